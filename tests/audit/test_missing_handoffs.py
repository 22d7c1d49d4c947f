"""Hand-offs that never came, on days that were really taken in."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from archive.catalogue import alarms
from archive.catalogue.database import open_catalogue
from archive.records import Alarm
from audit.day import Severity
from audit.report import known_findings
from config.calendar import Calendar, Days
from config.language import Message
from tests.audit.every_code import EVENING, FRIDAY, WEEK_BEFORE
from tests.audit.offices import (
    DAY,
    IN_TIME,
    NEXT_DAY,
    NEXT_MORNING,
    ZONE,
    Row,
    SmallOffice,
    miui,
    oppo,
)

CHEN, LIU = Row("陈建国", "15405381201"), Row("刘海燕", "15405381202")
SATURDAY = FRIDAY + timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def attend(office: SmallOffice, collector: str, *days: date) -> None:
    for day in days:
        office.record(miui("王伟", "15405381401", day=day), collector=collector, day=day)


def absent(office: SmallOffice, day: date = DAY, now: datetime = EVENING) -> list[str | None]:
    found = office.report(day, now=now).findings
    return [one.collector for one in found if one.code == "handoff_missing"]


def raise_alarm(office: SmallOffice, alarm: Alarm) -> None:
    url = office.settings.catalogue.url
    with closing(open_catalogue(url)) as catalogue, catalogue.transaction() as tx:
        alarms.write_down(tx, alarm)


def test_who_handed_over_on_most_of_the_last_working_days_is_expected(office: SmallOffice) -> None:
    attend(office, "王芳", *WEEK_BEFORE)
    attend(office, "赵敏", *WEEK_BEFORE[:3])
    attend(office, "李雷", *WEEK_BEFORE[3:])
    attend(office, "王芳", DAY)
    office.take_in(EVENING)
    assert absent(office) == ["赵敏"]
    found = office.report(now=EVENING).findings
    (finding,) = (one for one in found if one.code == "handoff_missing")
    assert finding.severity is Severity.WARNING
    assert "前 5 个工作日交过 3 天" in finding.message


@pytest.mark.parametrize(
    ("day", "now", "expected"),
    [
        (DAY, IN_TIME, []),  # the deadline has not passed
        (DAY, EVENING, ["赵敏"]),
        (SATURDAY, EVENING, []),
        (NEXT_DAY, EVENING, []),
    ],
)
def test_only_of_a_working_day_that_is_over(
    office: SmallOffice, day: date, now: datetime, expected: list[str]
) -> None:
    attend(office, "赵敏", *WEEK_BEFORE)
    attend(office, "王芳", DAY, SATURDAY)
    office.take_in(EVENING)
    assert absent(office, day, now) == expected


def test_on_a_holiday_nobody_is_expected_and_those_before_it_count(office: SmallOffice) -> None:
    attend(office, "赵敏", *WEEK_BEFORE)
    attend(office, "王芳", *WEEK_BEFORE, DAY, NEXT_DAY)
    office.take_in(NEXT_MORNING)
    off = Calendar(holidays=(Days(DAY, DAY),))
    office.settings = replace(office.settings, calendar=off)
    later = EVENING + timedelta(days=1)
    assert absent(office, DAY, later) == []
    assert absent(office, NEXT_DAY, later) == ["赵敏"]


@pytest.mark.parametrize("what", ["row", "late recording", "recording in a sheet's row", "refused"])
def test_whoever_handed_over_anything_is_there(office: SmallOffice, what: str) -> None:
    attend(office, "赵敏", *WEEK_BEFORE)
    attend(office, "王芳", DAY)
    if what == "row":
        office.sheet(replace(CHEN, collector="赵敏", outcome="未接"))
    elif what == "late recording":
        office.record(miui("妈妈", "15405389999", day=DAY), collector="赵敏", day=NEXT_DAY)
    elif what == "recording in a sheet's row":
        office.sheet(CHEN)
        office.record(miui("陈建国", "15405381201", day=DAY), collector="赵敏", day=NEXT_DAY)
    else:
        source = office.record(miui("陈建国", "15405381201"), collector="赵敏")
        (office.inbox / source).unlink()
        (office.inbox / source).symlink_to(office.inbox / "nowhere")
    office.take_in(NEXT_MORNING)
    assert absent(office) == []


def test_where_nobody_came_the_alarm_says_so_for_all(office: SmallOffice) -> None:
    attend(office, "赵敏", *WEEK_BEFORE)
    office.take_in(EVENING)
    assert absent(office) == ["赵敏"]  # no daemon, no alarm
    said = Message.of("alarms.nothing_handed_over", day=DAY, deadline="17:00")
    raise_alarm(office, Alarm("nothing_handed_over", said, EVENING, None))
    assert absent(office) == []
    attend(office, "王芳", DAY)
    office.take_in(EVENING)
    assert absent(office) == ["赵敏"]


def test_the_alarm_of_the_day_before_says_nothing_of_this_one(office: SmallOffice) -> None:
    attend(office, "赵敏", *WEEK_BEFORE)
    office.take_in(EVENING)
    said = Message.of("alarms.nothing_handed_over", day=FRIDAY, deadline="17:00")
    friday = datetime.combine(FRIDAY, time(18), ZONE)
    raise_alarm(office, Alarm("nothing_handed_over", said, friday, EVENING - timedelta(hours=18)))
    assert absent(office) == ["赵敏"]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (IN_TIME, None, []),
        (EVENING, None, ["赵敏"]),  # a pass saw the inbox after the deadline
        (IN_TIME, EVENING, ["赵敏"]),  # and so it did once it was back
    ],
)
def test_nobody_is_accused_while_the_inbox_cannot_be_seen(
    office: SmallOffice, since: datetime, until: datetime | None, expected: list[str]
) -> None:
    attend(office, "赵敏", *WEEK_BEFORE)
    attend(office, "王芳", DAY)
    office.take_in(IN_TIME)
    said = Message.of("ingest.inbox_unreachable", path="/x", error="gone")
    raise_alarm(office, Alarm("inbox_unreachable", said, since, until))
    assert absent(office) == expected


# Sheets without recordings


def silent_sheets(office: SmallOffice) -> list[str | None]:
    return [one.collector for one in office.found("sheet_without_recordings")]


def test_whose_recordings_never_came_is_asked_for_all_of_them(office: SmallOffice) -> None:
    office.record(miui("高明", "15405381301"), collector="赵敏")
    office.sheet(CHEN, LIU, Row("高明", "15405381301", collector="赵敏"))
    office.take_in()
    (finding,) = office.found("sheet_without_recordings")
    assert (finding.collector, finding.severity) == ("王芳", Severity.ERROR)
    assert "2 位客户" in finding.message
    assert len(office.found("missing_recording")) == 2


@pytest.mark.parametrize(
    "rows",
    [
        (CHEN,),  # of one alone the recording is missing
        (CHEN, replace(CHEN, at=time(15))),
        (CHEN, replace(LIU, outcome="未接")),
        (replace(CHEN, outcome="未接"), replace(LIU, outcome="关机")),
        (CHEN, Row(None, None)),
    ],
)
def test_one_customer_is_not_all_of_a_hand_off(office: SmallOffice, rows: tuple[Row, ...]) -> None:
    office.sheet(*rows)
    office.take_in()
    assert silent_sheets(office) == []


@pytest.mark.parametrize("what", ["her own", "nobody's", "damaged", "late", "under her row"])
def test_one_recording_that_may_be_hers_is_a_hand_off(office: SmallOffice, what: str) -> None:
    office.sheet(CHEN, LIU)
    name = miui("妈妈", "15405389999")
    if what == "nobody's":
        source = office.record(name)
        (office.inbox / source).rename(office.inbox / name)
    elif what == "damaged":
        office.hand_over(f"{DAY}/王芳/{name}", bytes(1000))
    elif what == "late":
        office.record(name, day=NEXT_DAY)
    elif what == "under her row":
        office.record(miui("陈建国", "15405381201"), collector="赵敏")
    else:
        office.record(name)
    office.take_in(NEXT_MORNING)
    assert silent_sheets(office) == []


def test_a_sheet_that_names_no_collector_has_no_recordings_where_none_came(
    office: SmallOffice,
) -> None:
    office.sheet(replace(CHEN, collector=None), replace(LIU, collector=None))
    office.take_in()
    (finding,) = office.found("sheet_without_recordings")
    assert finding.collector is None
    assert "未注明的催收员" in finding.message
    office.record(miui("妈妈", "15405389999"), collector="赵敏")
    office.take_in()
    assert silent_sheets(office) == []


# Folders that are called otherwise than the collectors in the sheets


def in_folder(office: SmallOffice, day: date, *rows: Row) -> None:
    """A sheet and a private call in a folder with a nickname."""
    office.sheet(*rows, source=f"{day}/小王/记录表.xlsx", day=day)
    office.record(miui("妈妈", "15405389999", day=day), collector="小王", day=day)


def test_a_sheet_in_the_folder_is_the_folders_sheet_whatever_the_rows_call_its_collector(
    office: SmallOffice,
) -> None:
    in_folder(office, DAY, CHEN, LIU)
    office.take_in()
    assert len(office.found("unmatched_recording")) == 1
    assert office.found("sheet_missing") == []
    assert silent_sheets(office) == [], "what is held may be hers"


def test_nor_does_a_colleagues_own_folder_have_anybody_elses_recordings(
    office: SmallOffice,
) -> None:
    office.record(miui("陈建国", "15405381201"))
    of_li = [replace(CHEN, collector="李雷"), replace(LIU, collector="李雷")]
    office.sheet(replace(CHEN, collector="王芳"), *of_li, source=f"{DAY}/王芳/记录表.xlsx")
    office.record(miui("妈妈", "15405389999"))
    office.take_in()
    assert silent_sheets(office) == ["李雷"]


def test_the_sheet_of_the_other_day_may_lie_in_a_folder_of_that_name(office: SmallOffice) -> None:
    in_folder(office, FRIDAY, CHEN)
    office.record(miui("爸爸", "15405389998", day=FRIDAY), collector="小王")
    office.take_in()
    assert of_another_day(office) == []


@pytest.mark.parametrize(
    ("came", "expected"), [("nothing", ["王芳"]), ("recording", []), ("sheet of others", ["王芳"])]
)
def test_who_is_called_otherwise_in_the_sheets_is_one_person(
    office: SmallOffice, came: str, expected: list[str]
) -> None:
    for day in WEEK_BEFORE:
        in_folder(office, day, replace(CHEN, collector="王芳"))
    attend(office, "赵敏", DAY)
    if came == "recording":
        office.record(miui("妈妈", "15405389997"), collector="小王")
    elif came == "sheet of others":
        in_folder(office, DAY, replace(LIU, collector="李雷"))
    office.take_in(EVENING)
    assert absent(office) == expected


def test_whoever_handed_over_with_another_in_one_folder_is_there(office: SmallOffice) -> None:
    attend(office, "王芳", *WEEK_BEFORE)
    attend(office, "赵敏、李雷", *WEEK_BEFORE)
    attend(office, "李雷", DAY)
    rows = [replace(CHEN, collector="王芳"), replace(LIU, collector="王芳")]
    office.sheet(*rows, source=f"{DAY}/记录表.xlsx")
    office.sheet(rows[0], source=f"{FRIDAY}/记录表.xlsx", day=FRIDAY)
    office.record(miui("妈妈", "15405389997"), collector="王芳、孙丽")
    office.record(miui("妈妈", "15405389996", day=FRIDAY), collector="孙丽、王芳")
    office.take_in(EVENING)
    assert absent(office) == ["赵敏"]
    assert office.found("sheet_without_recordings") == []
    assert of_another_day(office) == []


# Folders of customers


def test_what_lies_in_a_customers_folder_is_handed_over_by_nobody_named(
    office: SmallOffice,
) -> None:
    for day in (*WEEK_BEFORE, DAY):
        office.sheet(CHEN, LIU, source=f"{day}/记录表.xlsx", day=day)
        office.record(miui("刘海燕", "15405381202", day=day), collector="刘海燕", day=day)
        office.record(miui("妈妈", "15405389999", day=day), collector="刘海燕", day=day)
    for day in WEEK_BEFORE:
        office.record(miui("陈建国", "15405381201", day=day), collector="陈建国", day=day)
    office.record(miui("妈妈", "15405389999", time(11), day=FRIDAY), collector="刘海燕")
    office.take_in(EVENING)
    assert absent(office) == [], "nobody called that customer today"
    assert office.found("sheet_missing") == []
    assert of_another_day(office) == []
    assert {one.collector for one in office.found("late_handoff")} == {None}


def test_a_collector_who_is_called_like_a_customer_is_still_one(office: SmallOffice) -> None:
    hers = replace(CHEN, collector="刘海燕", outcome="未接")
    for day in WEEK_BEFORE:
        office.sheet(hers, replace(LIU, outcome="未接"), source=f"{day}/记录表.xlsx", day=day)
        office.record(miui("妈妈", "15405389999", day=day), collector="刘海燕", day=day)
    attend(office, "王芳", DAY)
    office.take_in(EVENING)
    assert absent(office) == ["刘海燕"]


# Recordings of another day


def of_another_day(office: SmallOffice, day: date = DAY) -> list[tuple[str | None, str]]:
    found = office.found("recordings_of_another_day", day)
    return [(one.collector, one.source or "") for one in found]


FRIDAYS = miui("孙国庆", "13905550001", day=FRIDAY)


def test_what_was_made_on_a_day_without_sheet_is_told_once_for_that_day(
    office: SmallOffice,
) -> None:
    first = office.record(FRIDAYS)
    office.record(miui("孙国庆", "13905550001", time(11), FRIDAY))
    other = office.record(miui("孙国庆", "13905550001", day=FRIDAY - timedelta(days=1)))
    office.take_in()
    assert sorted(of_another_day(office)) == sorted([("王芳", first), ("王芳", other)])
    messages = [one.message for one in office.found("recordings_of_another_day")]
    assert any("2 个 2026-11-13 的录音" in message for message in messages)
    # It is Friday's sheet that is lacking, and not Monday's.
    assert office.found("sheet_missing") == []
    assert len(office.found("unmatched_recording")) == 3


@pytest.mark.parametrize(
    ("collector", "expected"), [("王芳", False), (None, False), ("赵敏", True)]
)
def test_a_sheet_of_that_day_covers_those_whose_calls_it_has(
    office: SmallOffice, collector: str | None, expected: bool
) -> None:
    source = office.record(FRIDAYS)
    row = replace(CHEN, collector=collector, outcome="未接")
    office.sheet(row, source=f"{FRIDAY}/记录表.xlsx", day=FRIDAY)
    office.take_in()
    assert of_another_day(office) == ([("王芳", source)] if expected else [])
    assert len(office.found("sheet_missing")) == (0 if expected else 1)


def test_what_is_filed_or_somebodys_word_lacks_no_sheet(office: SmallOffice) -> None:
    office.sheet(replace(CHEN, collector="赵敏"), source=f"{FRIDAY}/记录表.xlsx", day=FRIDAY)
    filed = office.record(miui("陈建国", "15405381201", day=FRIDAY))
    nobodys = office.record(FRIDAYS)
    office.take_in()
    assert office.line(filed).status == "filed"
    assert of_another_day(office) == [("王芳", nobodys)]
    office.say_nobodys(nobodys)
    office.take_in()
    assert of_another_day(office) == []


def test_a_recording_of_nobody_named_is_covered_by_any_row_of_its_day(office: SmallOffice) -> None:
    name = oppo("孙国庆", day=FRIDAY)
    (office.inbox / office.record(name)).rename(office.inbox / name)
    office.hand_over(f"{DAY}/{name}", (office.inbox / name).read_bytes())
    (office.inbox / name).unlink()
    office.take_in()
    assert [who for who, _ in of_another_day(office)] == [None]
    row = replace(CHEN, outcome="未接")
    office.sheet(row, source=f"{FRIDAY}/记录表.xlsx", day=FRIDAY)
    office.take_in()
    assert of_another_day(office) == []


# Late, by the calendar


@pytest.mark.parametrize(
    ("off_due", "at", "late"),
    [
        ("same_day", datetime(2026, 11, 14, 18, tzinfo=ZONE), 1),
        ("next_working_day", datetime(2026, 11, 14, 18, tzinfo=ZONE), 0),
        ("next_working_day", datetime(2026, 11, 16, 17, tzinfo=ZONE), 0),
        ("next_working_day", EVENING, 1),
    ],
)
def test_a_day_off_is_due_as_the_office_says(
    office: SmallOffice, off_due: str, at: datetime, late: int
) -> None:
    handoff = replace(office.settings.handoff, off_due=off_due)
    office.settings = replace(office.settings, handoff=handoff)
    attend(office, "王芳", SATURDAY)
    office.take_in(at)
    found = office.found("late_handoff", SATURDAY)
    assert len(found) == late
    if late and off_due == "next_working_day":
        assert "在 2026-11-16 17:00 之后才交" in found[0].message


def test_that_nothing_came_can_be_answered(office: SmallOffice) -> None:
    """No sheet, recording or file of that day is in the catalogue."""
    attend(office, "赵敏", *WEEK_BEFORE)
    office.take_in(EVENING)
    report = office.report(now=EVENING)
    told = next(one for one in report.findings if one.code == "handoff_missing")
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:
        known = known_findings(office.settings, catalogue, [DAY], EVENING)
        assert known[told.id].code == "handoff_missing"
        assert not known_findings(office.settings, catalogue, [NEXT_DAY], EVENING)
