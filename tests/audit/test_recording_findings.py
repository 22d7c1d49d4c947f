"""What is found about recordings and other files, on days that were really taken in."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime, time
from pathlib import Path

import pytest

from archive.catalogue import faults, files, kept, learnt
from archive.catalogue.database import open_catalogue
from archive.fixity import Flaw, Place
from audit.day import Severity
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
from tests.sample.sound import AUDIO

CHEN = Row("陈建国", "15405381201")
CHENS = miui("陈建国", "15405381201")


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def codes(office: SmallOffice) -> set[str]:
    """What was found but for the mirror, which these offices do not have."""
    return {finding.code for finding in office.report().findings} - {"mirror_off"}


def test_of_a_day_on_which_all_is_well_nothing_is_found(office: SmallOffice) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    assert codes(office) == set()
    assert office.line(source).status == "filed"


def test_a_recording_of_nobody_in_the_sheet_is_unmatched(office: SmallOffice) -> None:
    source = office.record(miui("妈妈", "15405389999"))
    office.sheet(Row("陈建国", "15405381201", outcome="未接"))
    office.take_in()
    (finding,) = office.found("unmatched_recording")
    assert (finding.source, finding.customer, finding.collector) == (source, None, "王芳")
    assert finding.severity is Severity.WARNING
    assert "记录表中没有与此录音的号码或姓名相符的行" in finding.message
    assert office.line(source).status == "unmatched"


def test_a_recording_that_two_namesakes_fit_is_ambiguous(office: SmallOffice) -> None:
    source = office.record(oppo("王伟", time(10, 30)))
    office.sheet(Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40)))
    office.take_in()
    (finding,) = office.found("ambiguous_recording")
    assert (finding.source, finding.customer) == (source, None)
    line = office.line(source)
    assert line.status == "ambiguous"
    assert line.customer is None
    assert line.call is None
    assert {one.customer for one in line.candidates} == {"王伟"}
    assert len({one.call.line for one in line.candidates}) == 2
    assert all(one.reasons for one in line.candidates)


def test_a_copy_is_a_duplicate_of_the_original(office: SmallOffice) -> None:
    original = office.record(CHENS)
    copy = original.replace(".mp3", " (1).mp3")
    office.hand_over(copy, (office.inbox / original).read_bytes())
    office.sheet(CHEN)
    office.take_in()
    (finding,) = office.found("duplicate_recording")
    assert finding.source == copy
    assert finding.severity is Severity.INFO
    assert original in finding.message
    assert codes(office) == {"duplicate_recording"}
    line, first = office.line(copy), office.line(original)
    assert (line.status, first.status) == ("duplicate", "filed")
    assert (line.sha256, line.archive_path) == (first.sha256, first.archive_path)


def test_the_same_bytes_handed_over_again_next_day_are_that_days_duplicate(
    office: SmallOffice,
) -> None:
    original = office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    again = office.hand_over(f"{NEXT_DAY}/王芳/{CHENS}", (office.inbox / original).read_bytes())
    office.take_in(NEXT_MORNING)
    assert codes(office) == set()
    assert [one.source for one in office.found("duplicate_recording", NEXT_DAY)] == [again]
    assert office.found("unmatched_recording", NEXT_DAY) == []
    assert office.found("sheet_missing", NEXT_DAY) == []


def test_a_second_recording_of_one_customer_is_extra(office: SmallOffice) -> None:
    first = office.record(oppo("陈建国", time(9, 58)))
    second = office.record(miui("陈建国", "15405381201", time(10, 6)))
    office.sheet(CHEN)
    office.take_in()
    (finding,) = office.found("extra_recording")
    assert (finding.customer, finding.source) == ("陈建国", second)
    assert first in finding.message
    assert second in finding.message
    assert codes(office) == {"extra_recording"}


def test_the_extra_recording_is_the_later_one_whatever_their_names(office: SmallOffice) -> None:
    later = office.record(oppo("陈建国", time(10, 6)))
    office.record(miui("陈建国", "15405381201", time(9, 58)))
    office.sheet(CHEN)
    office.take_in()
    assert [one.source for one in office.found("extra_recording")] == [later]


def test_a_late_second_recording_is_extra_on_the_day_of_the_call(office: SmallOffice) -> None:
    office.record(CHENS)
    office.sheet(CHEN)
    late = office.record(miui("陈建国", "15405381201", time(10, 6)), day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert [one.source for one in office.found("extra_recording")] == [late]
    assert office.found("extra_recording", NEXT_DAY) == []


def test_a_recording_each_of_two_namesakes_is_not_extra(office: SmallOffice) -> None:
    office.record(miui("王伟", "15405381401"))
    office.record(miui("王伟", "15405381402", time(11)))
    office.sheet(Row("王伟", "15405381401"), Row("王伟", "15405381402", time(11)))
    office.take_in()
    assert codes(office) == set()


@pytest.mark.parametrize(
    "sample", ["broken/m4a_no_moov.m4a", "broken/zero_byte.mp3", "broken/html_named.mp3"]
)
def test_a_damaged_recording_is_filed_where_its_name_tells_and_reported(
    office: SmallOffice, sample: str
) -> None:
    source = office.record_as(CHENS, sample)
    office.sheet(CHEN)
    office.take_in()
    (finding,) = office.found("damaged_recording")
    assert (finding.source, finding.customer) == (source, "陈建国")
    assert finding.severity is Severity.ERROR
    assert codes(office) == {"damaged_recording"}
    line = office.line(source)
    assert (line.status, line.customer) == ("filed", "陈建国")
    assert line.reasons[-1] in finding.message


def test_a_damaged_recording_of_nobody_is_held_as_damaged(office: SmallOffice) -> None:
    source = office.record_as("新录音 3.m4a", "broken/m4a_no_moov.m4a")
    office.sheet(Row("陈建国", "15405381201", outcome="未接"))
    office.take_in()
    assert codes(office) == {"damaged_recording", "unmatched_recording"}
    assert office.line(source).status == "damaged"


def test_a_recording_that_breaks_off_is_damaged(office: SmallOffice) -> None:
    source = office.record_as(CHENS, "calls/15.m4a")
    whole = (office.inbox / source).read_bytes()
    office.hand_over(source, whole[: len(whole) * 2 // 3])
    office.sheet(CHEN)
    office.take_in()
    assert [one.source for one in office.found("damaged_recording")] == [source]


def test_a_recording_that_cannot_be_read_is_told_until_a_pass_has_read_it(
    office: SmallOffice,
) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    (file,) = (office.archive / "陈建国").rglob("*.mp3")
    content = file.read_bytes()
    file.unlink()
    _probe_anew(office)
    office.take_in()
    (finding,) = office.found("unread_recording")
    assert (finding.source, finding.customer) == (source, "陈建国")
    assert finding.severity is Severity.ERROR
    assert "callvault repair 1" in finding.message
    assert codes(office) == {"unread_recording"}
    file.write_bytes(content)
    office.take_in()
    assert codes(office) == set()


def test_before_a_pass_has_tried_nothing_is_said_of_a_recording_that_was_not_probed(
    office: SmallOffice,
) -> None:
    office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    _probe_anew(office, reopen=True)
    assert codes(office) == set()


def test_what_verifying_knows_of_a_file_is_not_told_a_second_time(office: SmallOffice) -> None:
    office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    (file,) = (office.archive / "陈建国").rglob("*.mp3")
    file.unlink()
    _probe_anew(office)
    office.take_in()
    office.list_mirror()
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:
        with catalogue.transaction() as tx:
            (one,) = kept.after(tx, 0, 10)
            faults.found(tx, one, Place.MIRROR, Flaw.MISSING, IN_TIME)
        assert codes(office) == {"unread_recording", "mirror_missing", "mirror_pending"}
        with catalogue.transaction() as tx:
            faults.found(tx, one, Place.ARCHIVE, Flaw.MISSING, IN_TIME)
    assert codes(office) == {"archive_missing", "mirror_missing", "mirror_pending"}


def _probe_anew(office: SmallOffice, *, reopen: bool = False) -> None:
    """As a repair asks for it, and a kill between admission and probing leaves it."""
    url = office.settings.catalogue.url
    with closing(open_catalogue(url)) as catalogue, catalogue.transaction() as tx:
        learnt.probe_anew(tx, 1)
        if reopen:
            files.reopen_of(tx, 1)


def test_a_recording_without_sound_is_silent(office: SmallOffice) -> None:
    source = office.record_as(CHENS, "calls/silent.mp3")
    office.sheet(CHEN)
    office.take_in()
    (finding,) = office.found("silent_recording")
    assert (finding.source, finding.customer) == (source, "陈建国")
    assert codes(office) == {"silent_recording"}


def test_a_wrong_header_is_good_to_know(office: SmallOffice) -> None:
    source = office.record_as(CHENS, "broken/wav_data0.wav")
    office.sheet(CHEN)
    office.take_in()
    (finding,) = office.found("header_wrong")
    assert (finding.source, finding.severity) == (source, Severity.INFO)
    assert codes(office) == {"header_wrong"}


def test_a_file_whose_bytes_changed_after_it_was_taken_in_is_replaced(
    office: SmallOffice,
) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    before = office.line(source)
    office.record(CHENS)
    office.take_in()
    (finding,) = office.found("recording_replaced")
    assert finding.source == source
    assert finding.severity is Severity.WARNING
    lines = {line.source: line for line in office.report().recordings}
    assert before.sha256 is not None
    old, new = lines[f"{source}@{before.sha256[:8]}"], lines[source]
    assert old.sha256 == before.sha256 != new.sha256
    assert old.archive_path == before.archive_path != new.archive_path
    for line in (old, new):
        assert line.archive_path is not None
        assert (office.archive / line.archive_path).is_file()


def test_what_is_found_of_a_file_stands_before_what_is_found_of_the_one_that_it_replaced(
    office: SmallOffice,
) -> None:
    """Both are named alike, and only their place tells their ids, and so their answers, apart."""
    source = office.record_as(CHENS, "broken/m4a_no_moov.m4a")
    office.sheet(CHEN)
    office.take_in()
    (old,) = office.found("damaged_recording")
    whole = (AUDIO / "calls/15.m4a").read_bytes()
    office.hand_over(source, whole[: len(whole) * 2 // 3])
    office.take_in()
    first, second = office.found("damaged_recording")
    assert (first.source, second.source) == (source, source)
    assert first.message != old.message == second.message


def test_a_file_that_is_only_touched_is_not_replaced(office: SmallOffice) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    office.touch(source, datetime.combine(DAY, time(13), ZONE))
    office.take_in()
    assert codes(office) == set()


def test_a_file_that_is_still_being_written_waits_for_the_next_pass(office: SmallOffice) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)
    moment = IN_TIME.timestamp() - 2
    os.utime(office.inbox / source, (moment, moment))
    office.take_in()
    (finding,) = office.found("recording_waiting")
    assert (finding.source, finding.severity) == (source, Severity.WARNING)
    line = office.line(source)
    assert (line.status, line.sha256, line.archive_path) == ("waiting", None, None)
    assert finding.message.endswith(line.reasons[0])

    office.take_in(IN_TIME.replace(minute=31))
    assert codes(office) == set()


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path, limit=1)
    source = office.hand_over(f"{DAY}/王芳/{CHENS}", bytes((1 << 20) + 1))
    office.take_in()
    (finding,) = office.found("refused_file")
    assert (finding.source, finding.severity) == (source, Severity.WARNING)
    assert "max_megabytes" in finding.message
    assert (office.line(source).status, office.line(source).size) == ("refused", (1 << 20) + 1)


def test_a_link_is_refused(office: SmallOffice, tmp_path: Path) -> None:
    elsewhere = tmp_path / "secret.mp3"
    elsewhere.write_bytes(b"another's")
    link = office.inbox / f"{DAY}/王芳/{CHENS}"
    link.parent.mkdir(parents=True)
    try:
        link.symlink_to(elsewhere)
    except OSError:
        pytest.skip("no right to make links here")
    office.take_in(NEXT_MORNING)
    (finding,) = office.found("refused_file")
    assert finding.source == f"{DAY}/王芳/{CHENS}"


def test_a_file_of_another_kind_is_ignored_and_said_to_be(office: SmallOffice) -> None:
    source = office.hand_over(f"{DAY}/王芳/说明.txt", b"see the sheet")
    office.take_in()
    (finding,) = office.found("ignored_file")
    assert (finding.source, finding.severity) == (source, Severity.INFO)
    assert office.line(source).status == "ignored"


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "~$记录表.xlsx", "a.mp3.part"])
def test_what_systems_leave_behind_is_accounted_for_without_a_finding(
    office: SmallOffice, name: str
) -> None:
    source = office.hand_over(f"{DAY}/王芳/{name}", b"\0" * 32)
    office.take_in()
    assert codes(office) == set()
    line = office.line(source)
    assert line.status == "ignored"
    assert line.reasons


def test_a_damaged_recording_handed_over_late_is_reported_on_the_day_of_its_hand_off(
    office: SmallOffice,
) -> None:
    office.sheet(CHEN)
    late = f"{NEXT_DAY}/王芳/{CHENS.replace('.mp3', '.m4a')}"
    office.hand_over(late, (AUDIO / "broken" / "m4a_no_moov.m4a").read_bytes())
    office.take_in(NEXT_MORNING)
    assert office.report().calls[0].recordings == (late,)
    assert office.found("damaged_recording") == []
    assert [one.source for one in office.found("damaged_recording", NEXT_DAY)] == [late]
