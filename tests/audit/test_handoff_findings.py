"""What is found about hand-offs, sheets and the mirror, on days that were really taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import pytest

from audit.day import Severity
from config.settings import Mirror
from tests.audit.offices import (
    DAY,
    FIRST_LINE,
    IN_TIME,
    NEXT_DAY,
    NEXT_MORNING,
    SHEET,
    ZONE,
    Row,
    SmallOffice,
    miui,
)
from tests.s3_server import S3Server

CHEN = Row("陈建国", "15405381201")
CHENS = miui("陈建国", "15405381201")
NOBODYS = miui("妈妈", "15405389999")
LATE = datetime(2026, 11, 16, 17, 42, tzinfo=ZONE)


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def test_what_is_handed_over_after_the_deadline_is_late_once_for_each_collector(
    office: SmallOffice,
) -> None:
    office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    first = office.record(miui("刘海燕", "15405381202"))
    office.record(miui("高明", "15405381301"))
    office.record(miui("王伟", "15405381401"), collector="赵敏")
    office.take_in(LATE)
    findings = {one.collector: one for one in office.found("late_handoff")}
    assert sorted(name or "" for name in findings) == ["王芳", "赵敏"]
    fang = findings["王芳"]
    assert fang.source == first
    assert fang.severity is Severity.WARNING
    assert "2 个文件" in fang.message
    assert "17:00" in fang.message
    assert "2026-11-16 17:42" in fang.message


@pytest.mark.parametrize(
    ("at", "late"),
    [(time(17, 0), 0), (time(17, 0, 1), 1)],
)
def test_the_deadline_itself_is_in_time(office: SmallOffice, at: time, late: int) -> None:
    office.record(CHENS)
    office.take_in(datetime.combine(DAY, at, ZONE))
    assert len(office.found("late_handoff")) == late


def test_a_late_sheet_for_the_whole_office_is_late_too(office: SmallOffice) -> None:
    office.sheet(CHEN)
    office.take_in(LATE)
    (finding,) = office.found("late_handoff")
    assert (finding.collector, finding.source) == (None, SHEET)
    assert "未注明的催收员" in finding.message


def test_a_late_hand_off_is_not_late_for_the_next_day(office: SmallOffice) -> None:
    office.record(miui("陈建国", "15405381201", day=DAY), day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert office.found("late_handoff", NEXT_DAY) == []


def test_what_systems_leave_behind_is_never_late(office: SmallOffice) -> None:
    office.hand_over(f"{DAY}/王芳/Thumbs.db", b"\0" * 32)
    office.take_in(LATE)
    assert office.found("late_handoff") == []


def test_a_correction_after_the_deadline_does_not_make_the_sheet_late(office: SmallOffice) -> None:
    office.sheet(CHEN)
    office.take_in()
    office.sheet(CHEN, Row("刘海燕", "15405381202"))
    office.take_in(LATE)
    assert len(office.report().calls) == 2
    assert office.found("late_handoff") == []


def test_a_sheet_that_cannot_be_read_is_reported_with_the_reason(office: SmallOffice) -> None:
    office.record(CHENS)
    source = office.hand_over(f"{DAY}/王芳/记录表.xlsx", b"PK\x03\x04 no workbook")
    office.take_in()
    (finding,) = office.found("sheet_unreadable")
    assert (finding.sheet, finding.collector) == (source, "王芳")
    assert finding.severity is Severity.ERROR
    assert "另存为" in finding.message
    # One cause, one finding: she did hand a sheet over.
    assert office.found("sheet_missing") == []


def test_an_unreadable_sheet_of_the_office_explains_why_nobody_s_calls_are_known(
    office: SmallOffice,
) -> None:
    office.record(CHENS)
    office.hand_over(SHEET, b"")
    office.take_in()
    assert len(office.found("sheet_unreadable")) == 1
    assert office.found("sheet_missing") == []


def test_an_unreadable_correction_leaves_the_rows_before_it_standing(office: SmallOffice) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)
    office.take_in()
    office.hand_over(SHEET, b"PK\x03\x04 half a workbook")
    office.take_in()
    assert len(office.found("sheet_unreadable")) == 1
    assert len(office.report().calls) == 1
    assert office.line(source).status == "filed"
    office.sheet(CHEN)
    office.take_in()
    assert office.found("sheet_unreadable") == []


def test_a_copy_of_a_sheet_counts_once(office: SmallOffice) -> None:
    office.sheet(CHEN)
    copy = office.hand_over(
        SHEET.replace(".xlsx", " - 副本.xlsx"), (office.inbox / SHEET).read_bytes()
    )
    office.take_in()
    (finding,) = office.found("duplicate_sheet")
    assert (finding.sheet, finding.severity) == (copy, Severity.INFO)
    assert SHEET in finding.message
    assert len(office.report().calls) == 1
    assert len(office.found("missing_recording")) == 1


def test_two_different_sheets_are_no_copies(office: SmallOffice) -> None:
    office.sheet(CHEN)
    office.sheet(Row("王伟", "15405381401", collector="赵敏"), source=f"{DAY}/赵敏/记录表.xlsx")
    office.take_in()
    assert office.found("duplicate_sheet") == []
    assert len(office.report().calls) == 2


def test_a_sheet_without_a_call_is_a_problem(office: SmallOffice) -> None:
    office.sheet()
    office.take_in()
    (finding,) = office.found("sheet_problem")
    assert (finding.sheet, finding.severity) == (SHEET, Severity.WARNING)
    assert "没有一行通话记录" in finding.message


def test_a_sheet_in_which_all_is_well_has_no_finding(office: SmallOffice) -> None:
    office.sheet(CHEN)
    office.take_in()
    assert [one.code for one in office.report().findings if one.sheet and one.line is None] == []


def test_columns_that_the_rules_ask_for_are_named_where_the_sheet_has_none(
    office: SmallOffice,
) -> None:
    office.sheet(CHEN, without=["车辆位置", "工作小时数", "备注"])
    office.take_in()
    (finding,) = office.found("column_missing")
    assert (finding.sheet, finding.severity) == (SHEET, Severity.INFO)
    assert finding.message.endswith("车辆位置、工作小时数")


def test_a_collector_whom_no_sheet_covers_is_asked_for_one(office: SmallOffice) -> None:
    office.record(CHENS)
    office.record(NOBODYS)
    office.take_in()
    (finding,) = office.found("sheet_missing")
    assert (finding.collector, finding.severity) == ("王芳", Severity.ERROR)
    assert "2 个录音" in finding.message
    assert f"{DAY}/王芳" in finding.message


def test_another_collector_s_sheet_covers_nobody_else(office: SmallOffice) -> None:
    office.record(CHENS)
    office.record(NOBODYS, collector="赵敏")
    office.sheet(CHEN)
    office.take_in()
    assert [one.collector for one in office.found("sheet_missing")] == ["赵敏"]


def test_whoever_hands_over_the_same_recording_first_both_lack_a_sheet(office: SmallOffice) -> None:
    mine = (office.inbox / office.record(CHENS)).read_bytes()
    office.hand_over(f"{DAY}/赵敏/{CHENS}", mine)
    office.take_in()
    found = office.found("sheet_missing")
    assert sorted(one.collector or "" for one in found) == ["王芳", "赵敏"]
    assert all("1 个录音" in one.message for one in found)


def test_recordings_that_name_no_collector_need_a_sheet_of_the_day(office: SmallOffice) -> None:
    office.hand_over(CHENS, (office.inbox / office.record(CHENS)).read_bytes() + b"\0")
    (office.inbox / f"{DAY}/王芳/{CHENS}").unlink()
    office.take_in()
    (finding,) = office.found("sheet_missing")
    assert finding.collector is None
    assert f"放进 {DAY}" in finding.message
    office.sheet(Row("高明", "15405381301"))
    office.take_in()
    assert office.found("sheet_missing") == []


@pytest.mark.parametrize("collector", ["王芳", None])
def test_a_sheet_with_her_calls_or_for_all_covers_a_collector(
    office: SmallOffice, collector: str | None
) -> None:
    office.record(NOBODYS)
    office.sheet(Row("陈建国", "15405381201", collector=collector))
    office.take_in()
    assert office.found("sheet_missing") == []
    assert len(office.found("unmatched_recording")) == 1


def test_whose_recordings_are_all_filed_lacks_no_sheet(office: SmallOffice) -> None:
    """A late recording is of yesterday's sheet; another collector may have written the row."""
    office.sheet(CHEN, Row("刘海燕", "15405381202"))
    office.record(miui("陈建国", "15405381201", day=DAY), day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert office.found("sheet_missing", NEXT_DAY) == []
    office.record(NOBODYS, day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert [one.collector for one in office.found("sheet_missing", NEXT_DAY)] == ["王芳"]


def test_an_office_without_a_mirror_is_told_so(office: SmallOffice) -> None:
    source = office.record(CHENS)
    office.take_in()
    (finding,) = office.found("mirror_off")
    assert finding.severity is Severity.INFO
    assert office.line(source).mirror.state == "off"


class TestMirror:
    """With a real S3 server beside the office."""

    @pytest.fixture
    def server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
        server = S3Server(tmp_path / "s3")
        server.sign_in(monkeypatch)
        with server:
            yield server

    @pytest.fixture
    def office(self, tmp_path: Path, server: S3Server) -> SmallOffice:
        mirror = Mirror(server.bucket, "济南/", server.endpoint_url, "us-east-1", "path", None, 2)
        office = SmallOffice(tmp_path, mirror=mirror)
        office.record(CHENS)
        office.record(NOBODYS)
        office.sheet(CHEN)
        return office

    def test_what_is_mirrored_is_no_finding(self, office: SmallOffice) -> None:
        office.take_in()
        office.mirror()
        codes = {finding.code for finding in office.report().findings}
        assert not [code for code in codes if code.startswith("mirror")]
        for line in office.report().recordings:
            assert line.mirror.state == "mirrored"
            assert line.mirror.checksum == line.sha256
            assert line.mirror.key == f"济南/{line.archive_path}"

    def test_what_waits_for_the_mirror_is_one_finding(
        self, office: SmallOffice, server: S3Server
    ) -> None:
        office.take_in()
        (not_tried,) = office.found("mirror_pending")
        server.stop()
        assert office.mirror().outage is not None
        (finding,) = office.found("mirror_pending")
        assert finding.id != not_tried.id, "an answer stands for one cause"
        assert finding.severity is Severity.WARNING
        assert "有 2 个录音" in finding.message
        assert server.endpoint_url in finding.message
        assert {line.mirror.state for line in office.report().recordings} == {"pending"}

    def test_an_answer_to_one_mirror_stands_for_no_other(self, office: SmallOffice) -> None:
        office.take_in()
        (first,) = office.found("mirror_pending")
        assert office.settings.mirror is not None
        second = replace(office.settings.mirror, name="second")
        office.settings = replace(office.settings, further=(second,))
        both = {one.id for one in office.found("mirror_pending")}
        assert len(both) == 2
        assert first.id in both

    def test_what_the_mirror_refuses_has_failed(
        self, office: SmallOffice, server: S3Server
    ) -> None:
        office.take_in()
        (filed,) = (line for line in office.report().recordings if line.status == "filed")
        assert filed.archive_path is not None
        taken = server.folder / server.bucket / "济南" / filed.archive_path
        taken.parent.mkdir(parents=True)
        taken.write_bytes(b"somebody else's")
        office.mirror()
        (finding,) = office.found("mirror_failed")
        assert finding.severity is Severity.ERROR
        assert "有 1 个录音" in finding.message
        assert "没有覆盖" in finding.message
        assert office.found("mirror_pending") == []
        states = {line.status: line.mirror.state for line in office.report().recordings}
        assert states == {"filed": "failed", "unmatched": "mirrored"}

    def test_a_late_recording_waits_in_the_report_of_its_hand_off(
        self, office: SmallOffice
    ) -> None:
        office.take_in()
        office.mirror()
        office.record(miui("陈建国", "15405381201", time(11), DAY), day=NEXT_DAY)
        office.take_in(NEXT_MORNING)
        assert office.found("mirror_pending", DAY) == []
        assert len(office.found("mirror_pending", NEXT_DAY)) == 1


def test_lines_are_those_that_a_spreadsheet_shows(office: SmallOffice) -> None:
    office.sheet(CHEN)
    office.take_in(IN_TIME)
    assert [call.call.line for call in office.report().calls] == [FIRST_LINE]
