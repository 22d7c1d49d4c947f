"""What lies in holding and may be of the calls asked for is told in a package, not handed out."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from tests.audit.offices import Row, miui, oppo
from tests.audit.packages import exported, table, tree
from tests.desk import IN_TIME, Desk

HELD = "2026-11-16/王芳/王伟-2611161030.mp3"
TOLD = "归属未定：暂存的录音中有可能是这通电话的，不在本包"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two called 王伟 and a recording that is either's, beside a row that may mean both."""
    desk = Desk(tmp_path / "office")
    desk.office.record(oppo("王伟", time(10, 30)))
    desk.office.record(miui("王伟", "15405381401", time(9, 0)))
    desk.office.sheet(
        Row("王伟", "15405381401", time(9, 0)),
        Row("王伟", "15405381402", time(10, 48)),
        Row("王偉", None, time(10, 30)),
        Row("王伟", None, time(13, 30)),
        Row("刘海燕", "15405381204", time(15, 0)),
    )
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == 3
    return desk


def test_what_may_be_of_the_calls_is_told_and_not_handed_out(desk: Desk, tmp_path: Path) -> None:
    held = next((desk.archive / "_holding").rglob("*.mp3")).read_bytes()
    done = desk.run("export", "--customer", "王伟", "-o", str(tmp_path / "out"))
    package = tmp_path / "out"
    assert "1 recordings in holding may be of these calls" in done.stdout
    (finding,) = (one for one in table(package, "findings") if one["交来时的文件名"] == HELD)
    assert finding["代码"] == "ambiguous_recording"
    assert held not in tree(package).values()
    assert len(table(package, "recordings")) == 1
    page = (package / "report.html").read_text(encoding="utf-8")
    assert HELD in page
    assert "<dt>归属未定的录音</dt>" in page


def test_a_call_whose_recording_it_may_be_is_not_told_as_one_that_has_none(
    desk: Desk, tmp_path: Path
) -> None:
    package = exported(desk, tmp_path / "out", "--customer", "王伟")
    told = {one["原表：通话时间"]: one["录音"] for one in table(package, "calls")}
    assert told["09:00"] == "有，在本包"
    assert told["10:30"] == TOLD


def test_of_calls_that_it_cannot_be_nothing_is_told(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("export", "刘海燕", "-o", str(tmp_path / "out"))
    assert "holding" not in done.stdout
    assert [one["录音"] for one in table(tmp_path / "out", "calls")] == ["已接通，没有录音"]
    assert not any(HELD in one.decode(errors="replace") for one in tree(tmp_path / "out").values())


def test_what_goes_along_as_held_is_not_told_as_left_out(desk: Desk, tmp_path: Path) -> None:
    """A word is part of a held recording's file name, too."""
    done = desk.run("export", "王伟", "-o", str(tmp_path / "out"))
    assert "exported" in done.stdout
    assert "holding" not in done.stdout
    assert HELD in {one["交来时的文件名"] for one in table(tmp_path / "out", "recordings")}
    told = {one["原表：通话时间"]: one["录音"] for one in table(tmp_path / "out", "calls")}
    assert told["10:30"] == "归属未定：本包 data/_holding 里暂存的录音有可能是这通电话的"


def test_of_a_recording_whose_name_has_no_seconds_none_are_told(desk: Desk, tmp_path: Path) -> None:
    package = exported(desk, tmp_path / "out", "王伟")
    told = {one["交来时的文件名"]: one["时间"] for one in table(package, "recordings")}
    assert told[HELD] == "10:30"
    assert "09:00:00" in told.values()


def test_of_what_a_person_said_is_nobodys_nothing_is_told(desk: Desk, tmp_path: Path) -> None:
    assert desk.run("unassign", HELD).exit_code == 0
    package = exported(desk, tmp_path / "out", "--customer", "王伟")
    assert TOLD not in {one["录音"] for one in table(package, "calls")}


@pytest.mark.parametrize(
    "asked", [("王伟",), ("王偉",), ("--customer", "王伟"), ("--customer", "王偉")]
)
def test_a_row_that_leaves_open_whom_it_means_is_found_in_either_spelling(
    desk: Desk, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    package = exported(desk, tmp_path / "out", *asked)
    assert {one["原表：通话时间"] for one in table(package, "calls")} == {
        "09:00",
        "10:48",
        "10:30",
        "13:30",
    }
