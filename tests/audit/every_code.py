"""What brings each finding about: a function of its code's name, for the office it happens to.

All is done with real files, real passes and, where a mirror is needed, a real server.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl

from archive.catalogue import learnt
from archive.catalogue.database import Catalogue, open_catalogue
from archive.fixity import Place
from archive.layout import SHEETS
from audit import verification
from audit.day import DayReport
from config.language import Message, Words
from config.settings import Alarms, CallRules, Mirror, Retention
from ingest.alarm_watch import AlarmWatch
from ingest.alarms import SILENCE
from ingest.desk import Desk
from ingest.hold_told import tell_add
from ingest.inbox_pass import Clock
from ingest.word_told import tell_assign
from tests.audit.offices import (
    DAY,
    IN_TIME,
    NEXT_DAY,
    NEXT_MORNING,
    SHEET,
    ZONE,
    Row,
    SmallOffice,
    miui,
    number_of,
    oppo,
)
from tests.s3_server import S3Server

CHEN = Row("陈建国", "15405381201")
LIU = Row("刘海燕", "15405381202")
CHENS = miui("陈建国", "15405381201")
NOBODYS = miui("妈妈", "15405389999", time(12))
FULL = {"预计存款时间": DAY, "车辆位置": "济宁", "工作小时数": 8}
EVENING = datetime.combine(DAY, time(18), ZONE)
"""After the deadline of a Monday."""
FRIDAY = DAY - timedelta(days=3)
WEEK_BEFORE = tuple(FRIDAY - timedelta(days=back) for back in range(5))
WITHOUT_SERVER = Mirror(
    "recordings", "", "http://127.0.0.1:9", "us-east-1", "path", None, workers=2
)

Happening = Callable[[SmallOffice], DayReport]


def happening(code: str) -> Happening:
    """What brings this finding about."""
    found: Happening = globals()[code]
    return found


def ordinary(office: SmallOffice, *rows: Row) -> str:
    """One call with its recording; returns the recording's source."""
    source = office.record(CHENS)
    office.sheet(CHEN, *rows)
    office.take_in()
    return source


# Keeping


def custody_broken(office: SmallOffice) -> DayReport:
    """Somebody with the database at hand makes the recording another collector's."""
    ordinary(office)
    with closing(_catalogue(office)) as catalogue, catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE custody SET entry = replace(entry, '王芳', '赵敏')")
    return office.report()


def retention_due(office: SmallOffice) -> DayReport:
    office.settings = replace(office.settings, retention=Retention(5))
    long_ago = date(2021, 11, 12)
    office.record(miui("陈建国", "15405381201", day=long_ago), day=long_ago)
    office.sheet(replace(CHEN, promised=long_ago), day=long_ago, source=f"{long_ago}/王芳/表.xlsx")
    return _next(office)


def archive_missing(office: SmallOffice) -> DayReport:
    office.record(NOBODYS)
    ordinary(office)
    _file(office).unlink()
    return _verified(office, Place.ARCHIVE)


def archive_altered(office: SmallOffice) -> DayReport:
    ordinary(office)
    path = _file(office)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[::-1])
    return _verified(office, Place.ARCHIVE)


def mirror_missing(office: SmallOffice, server: S3Server) -> DayReport:
    _mirrored(office, server).unlink()
    return _verified(office, Place.MIRROR)


def mirror_altered(office: SmallOffice, server: S3Server) -> DayReport:
    _mirrored(office, server).write_bytes(b"something else")
    return _verified(office, Place.MIRROR)


def mirror_failed(office: SmallOffice, server: S3Server) -> DayReport:
    """Under the key of a recording lies what others put there."""
    _with(office, server)
    ordinary(office)
    key = server.folder / server.bucket / _file(office).relative_to(office.archive)
    key.parent.mkdir(parents=True)
    key.write_bytes(b"somebody else's")
    office.mirror()
    return office.report()


def mirror_unlocked(office: SmallOffice, server: S3Server) -> DayReport:
    """The server knows no locks."""
    _with(office, server)
    assert office.settings.mirror is not None
    locked = replace(office.settings.mirror, lock="governance")
    office.settings = replace(office.settings, mirror=locked, retention=Retention(5))
    ordinary(office)
    office.mirror()
    return office.report()


def mirror_pending(office: SmallOffice) -> DayReport:
    office.settings = replace(office.settings, mirror=WITHOUT_SERVER)
    ordinary(office)
    return office.report()


def mirror_off(office: SmallOffice) -> DayReport:
    return _next(office)


# Alarms


def archive_unreachable(office: SmallOffice) -> DayReport:
    return _alarm(office, away=Message.of("archive.gone", path="D:\\", list="E:\\"))


def inbox_unreachable(office: SmallOffice) -> DayReport:
    lost = Message.of("ingest.inbox_unreachable", path="//nas/inbox", error="timed out")
    return _alarm(office, inbox=lost)


def disk_nearly_full(office: SmallOffice) -> DayReport:
    """It has no such disk, of which a million gigabytes are to be free."""
    office.settings = replace(office.settings, alarms=Alarms(free_gigabytes=1_000_000))
    return _alarm(office)


def mirror_silent(office: SmallOffice) -> DayReport:
    office.settings = replace(office.settings, mirror=WITHOUT_SERVER)
    return _alarm(office)


def clock_off(office: SmallOffice) -> DayReport:
    return _alarm(office, store_ahead=timedelta(minutes=20))


def copies_bad(office: SmallOffice) -> DayReport:
    """Verifying found that a sheet, as it was handed in, was altered."""
    return _alarm(office, altered=True)


def passes_stopped(office: SmallOffice) -> DayReport:
    return _alarm(office, stopped=True)


def nothing_handed_over(office: SmallOffice) -> DayReport:
    return _alarm(office, nothing=True)


# Hand-offs


def handoff_missing(office: SmallOffice) -> DayReport:
    """赵敏 was there all week; on Monday only 王芳 hands over."""
    for day in WEEK_BEFORE:
        office.record(miui("王伟", "15405381401", day=day), collector="赵敏", day=day)
    ordinary(office)
    return office.report(now=EVENING)


def sheet_without_recordings(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    office.sheet(
        CHEN,
        replace(LIU, collector="赵敏"),
        Row("高明", "15405381301", collector="赵敏"),
    )
    return _next(office)


def sheet_missing(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    return _next(office)


def recordings_of_another_day(office: SmallOffice) -> DayReport:
    """Friday's recordings come with Monday's, and Friday's sheet does not."""
    office.record(miui("孙国庆", "13905550001", day=FRIDAY))
    ordinary(office)
    return office.report()


def late_handoff(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    office.sheet(CHEN, source=f"{DAY}/王芳/记录表.xlsx")
    office.take_in(EVENING)
    return office.report()


def completeness_low(office: SmallOffice) -> DayReport:
    office.settings = replace(office.settings, rules=CallRules(completeness_percent=90))
    ordinary(office, LIU)
    return office.report()


# Recordings


def missing_recording(office: SmallOffice) -> DayReport:
    ordinary(office, LIU)
    return office.report()


def unmatched_recording(office: SmallOffice) -> DayReport:
    office.record(NOBODYS)
    ordinary(office)
    return office.report()


def ambiguous_recording(office: SmallOffice) -> DayReport:
    """Two customers are called 王伟, and the call lies between theirs."""
    office.record(oppo("王伟", time(10, 30)))
    office.sheet(Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40)))
    return _next(office)


def filing_withdrawn(office: SmallOffice) -> DayReport:
    """The corrected sheet has the row no more under which the recording was filed."""
    ordinary(office, replace(LIU, outcome="未接"))
    office.sheet(replace(LIU, outcome="未接"))
    return _next(office)


def hold_of_former(office: SmallOffice) -> DayReport:
    """The corrected sheet has a number more, and so another customer of that name."""
    ordinary(office)
    at_desk = Desk(office.settings, Words("en"), Clock(lambda: IN_TIME, own=False), "李经理")
    tell_add(at_desk, "陈建国", "", "json")
    office.sheet(replace(CHEN, number="15405380001、15405381201"))
    return _next(office)


def held_by_person(office: SmallOffice) -> DayReport:
    office.say_nobodys(ordinary(office))
    return _next(office)


def duplicate_recording(office: SmallOffice) -> DayReport:
    source = ordinary(office)
    office.hand_over(source.replace(".mp3", " (1).mp3"), (office.inbox / source).read_bytes())
    return _next(office)


def extra_recording(office: SmallOffice) -> DayReport:
    office.record(miui("陈建国", "15405381201", time(10, 6)))
    ordinary(office)
    return office.report()


def more_recordings_than_calls(office: SmallOffice) -> DayReport:
    """A person knows whose it is, and nobody wrote the call down."""
    source = office.record(NOBODYS)
    ordinary(office)
    tell_assign(_desk(office), source, "刘海燕", "json", new=True, remember=False)
    return _next(office)


def damaged_recording(office: SmallOffice) -> DayReport:
    source = office.record(CHENS)
    whole = (office.inbox / source).read_bytes()
    office.hand_over(source, bytes(len(whole)))
    office.sheet(CHEN)
    return _next(office)


def unread_recording(office: SmallOffice) -> DayReport:
    """It is to be probed anew, as after a repair, and its file is gone by then."""
    ordinary(office)
    with closing(_catalogue(office)) as catalogue, catalogue.transaction() as tx:
        learnt.probe_anew(tx, 1)
    _file(office).unlink()
    return _next(office)


def silent_recording(office: SmallOffice) -> DayReport:
    office.record_as(CHENS, "calls/silent.mp3")
    office.sheet(CHEN)
    return _next(office)


def header_wrong(office: SmallOffice) -> DayReport:
    """A recorder that lost its power wrote no length into the header."""
    source = office.record_as(CHENS, "calls/8.pcm.wav")
    contents = bytearray((office.inbox / source).read_bytes())
    contents[4:8] = contents[40:44] = b"\xff\xff\xff\xff"
    office.hand_over(source, bytes(contents))
    office.sheet(CHEN)
    return _next(office)


def duration_differs(office: SmallOffice) -> DayReport:
    """A recording of eight seconds lies under a call of five minutes."""
    lengths = ((time(10), "5分20秒"), (time(11), "8秒"))
    office.own_sheet([{"通话时间": at, "通话时长": length, **FULL} for at, length in lengths])
    for customer, at in ((1, time(10)), (2, time(11))):
        office.record(miui(f"客户{customer}", number_of(customer), at))
    return _next(office)


def clock_drift(office: SmallOffice) -> DayReport:
    """The phone is 25 minutes fast, and the sheet is written by the clock on the wall."""
    hours = range(9, 14)
    office.own_sheet([{"通话时间": time(hour, 5), **FULL} for hour in hours])
    for customer, hour in enumerate(hours, start=1):
        office.record(miui(f"客户{customer}", number_of(customer), time(hour, 30)))
    return _next(office)


# Files


def recording_replaced(office: SmallOffice) -> DayReport:
    ordinary(office)
    office.record(CHENS)
    return _next(office)


def recording_waiting(office: SmallOffice) -> DayReport:
    source = office.record(CHENS)
    os.utime(office.inbox / source, (IN_TIME.timestamp(),) * 2)
    office.sheet(CHEN)
    return _next(office)


def refused_file(office: SmallOffice) -> DayReport:
    source = office.record(CHENS)
    (office.inbox / source).rename(office.inbox.parent / "elsewhere.mp3")
    (office.inbox / source).symlink_to(office.inbox.parent / "elsewhere.mp3")
    office.sheet(CHEN)
    return _next(office)


def ignored_file(office: SmallOffice) -> DayReport:
    office.hand_over(f"{DAY}/王芳/说明.docx", b"nothing of ours")
    ordinary(office)
    return office.report()


def missing_closed(office: SmallOffice) -> DayReport:
    """The recording comes the morning after the report that lacked it."""
    office.sheet(CHEN, source=f"{DAY}/王芳/记录表.xlsx")
    office.take_in()
    office.record(CHENS)
    office.take_in(NEXT_MORNING)
    return office.report()


# Rows and sheets


def answers_read(office: SmallOffice) -> DayReport:
    _answer(office, None)
    return _next(office)


def answer_unknown(office: SmallOffice) -> DayReport:
    _answer(office, "手机送修")
    return _next(office)


def incomplete_row(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    office.sheet(replace(CHEN, location=None))
    return _next(office)


def row_unreadable(office: SmallOffice) -> DayReport:
    ordinary(office, replace(LIU, number="1540538", outcome="未接"))
    return office.report()


def customer_unclear(office: SmallOffice) -> DayReport:
    numbers = ("15405381401", "15405381402", None)
    office.sheet(*(Row("王伟", number, outcome="未接") for number in numbers))
    return _next(office)


def promise_beyond_authority(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    office.sheet(replace(CHEN, promised=date(2026, 11, 20)), department="信贷部")
    return _next(office)


def call_out_of_hours(office: SmallOffice) -> DayReport:
    office.sheet(replace(CHEN, at=time(22, 10), outcome="未接"))
    return _next(office)


def too_many_calls(office: SmallOffice) -> DayReport:
    office.sheet(*(replace(CHEN, at=time(hour), outcome="未接") for hour in (9, 10, 11, 14)))
    return _next(office)


def sheet_unreadable(office: SmallOffice) -> DayReport:
    office.hand_over(SHEET, b"PK\x03\x04 no workbook")
    return _next(office)


def sheet_problem(office: SmallOffice) -> DayReport:
    office.sheet()
    return _next(office)


def column_missing(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    office.sheet(CHEN, without=["工作小时数"])
    return _next(office)


def duplicate_sheet(office: SmallOffice) -> DayReport:
    office.record(CHENS)
    office.sheet(CHEN)
    copy = SHEET.replace(".xlsx", " - 副本.xlsx")
    office.hand_over(copy, (office.inbox / SHEET).read_bytes())
    return _next(office)


def row_edited(office: SmallOffice) -> DayReport:
    ordinary(office)
    office.sheet(replace(CHEN, promised=NEXT_DAY))
    return _next(office)


# What they have in common


def _next(office: SmallOffice) -> DayReport:
    """The day's report after one more pass."""
    office.take_in()
    return office.report()


def _answer(office: SmallOffice, reason: str | None) -> None:
    """A report that comes back, with a finding of an id that no report has."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["callvault 编号", "原因（填在这里）"])
    book.worksheets[0].append(["261116-00000000", reason])
    source = f"{DAY}/李经理/报告.xlsx"
    office.hand_over(source, b"")
    book.save(office.inbox / source)
    office.touch(source, datetime.combine(DAY, time(12), ZONE))


def _catalogue(office: SmallOffice) -> Catalogue:
    return open_catalogue(office.settings.catalogue.url)


def _desk(office: SmallOffice) -> Desk:
    return Desk(office.settings, Words("en"), Clock(lambda: IN_TIME, own=False), "李经理")


def _file(office: SmallOffice) -> Path:
    """The only recording that is filed."""
    (path,) = (office.archive / "陈建国").rglob("*.mp3")
    return path


def _with(office: SmallOffice, server: S3Server) -> None:
    mirror = replace(WITHOUT_SERVER, bucket=server.bucket, endpoint_url=server.endpoint_url)
    office.settings = replace(office.settings, mirror=mirror)


def _mirrored(office: SmallOffice, server: S3Server) -> Path:
    """Where the server keeps the object of the recording that is filed."""
    _with(office, server)
    office.record(NOBODYS)
    ordinary(office)
    office.mirror()
    return server.folder / server.bucket / _file(office).relative_to(office.archive)


def _verified(office: SmallOffice, place: Place) -> DayReport:
    wanted = verification.Wanted([place], None, 1, 1, restart=False)
    with closing(_catalogue(office)) as catalogue:
        verification.verify(catalogue, office.settings, wanted, lambda: IN_TIME, lambda *_: None)
    return office.report()


def _alarm(
    office: SmallOffice,
    *,
    away: Message | None = None,
    inbox: Message | None = None,
    store_ahead: timedelta | None = None,
    nothing: bool = False,
    altered: bool = False,
    stopped: bool = False,
) -> DayReport:
    """The daemon's watch looks at six in the evening, an hour and more after the pass."""
    if nothing:
        office.take_in()
    else:
        ordinary(office)
    now = EVENING - SILENCE
    watch = AlarmWatch(office.settings, lambda: now, lambda _: None, lambda _: None)
    if stopped:
        watch.pass_stopped()
    now = EVENING
    if not stopped:
        watch.inbox_lost(inbox) if inbox else watch.passed()
    if altered:
        (sheet,) = (office.archive / SHEETS).iterdir()
        sheet.chmod(0o644)
        sheet.write_bytes(b"another sheet")
        _verified(office, Place.ARCHIVE)
    with closing(_catalogue(office)) as catalogue:
        if away:
            watch.look(away)
        watch.look(catalogue, store_ahead)
    return office.report()


OF_SERVER: Mapping[str, Callable[[SmallOffice, S3Server], DayReport]] = {
    one.__name__: one for one in (mirror_missing, mirror_altered, mirror_failed, mirror_unlocked)
}
"""Those for which a mirror is needed that answers."""
BESIDE: Mapping[str, frozenset[str]] = {
    code: frozenset(others)
    for code, *others in (
        # What lacks is named for each customer and recording, and whom to ask once for all of it.
        ("sheet_without_recordings", "missing_recording"),
        ("completeness_low", "missing_recording"),
        ("sheet_missing", "unmatched_recording"),
        ("recordings_of_another_day", "unmatched_recording"),
        # The customer's recording is not there; why not is the other finding.
        ("ambiguous_recording", "missing_recording"),
        ("held_by_person", "missing_recording"),
        ("recording_waiting", "missing_recording"),
        ("refused_file", "missing_recording"),
        # What was done, and what came of it.
        ("filing_withdrawn", "row_edited", "ambiguous_recording"),
        ("hold_of_former", "row_edited"),
        ("recording_replaced", "extra_recording"),
        ("mirror_silent", "mirror_pending"),
        ("answer_unknown", "answers_read"),
        ("missing_closed", "late_handoff"),
        # Nobody's recording is there so that a place is not empty once the other one is gone.
        ("archive_missing", "unmatched_recording"),
        ("mirror_missing", "unmatched_recording"),
        ("mirror_altered", "unmatched_recording"),
    )
}
"""What else stands in the report."""
