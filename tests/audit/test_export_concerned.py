"""Findings about other people stay out of a package; those about what is in it stay in."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

from tests.audit.offices import DAY, miui
from tests.audit.packages import CALL, CHEN, LIU, exported, table
from tests.desk import IN_TIME, Desk

LATE = "2026-11-16T19:00"
CHEN_ONCE_MORE = replace(CHEN, at=time(11, 0))


def codes(package: Path) -> set[str]:
    return {row["代码"] for row in table(package, "findings")}


def taken_in(desk: Desk, at: str = IN_TIME) -> None:
    assert desk.run("ingest", "--as-of", at).exit_code in (0, 3)


def test_another_customers_recording_of_the_same_name_is_not_told_of(tmp_path: Path) -> None:
    """A recorder that numbers its files begins anew; the word is a person's."""
    desk = Desk(tmp_path / "office")
    desk.office.sheet(CHEN, LIU, replace(LIU, at=time(11, 0)))
    desk.office.record("1.mp3")
    taken_in(desk)
    held = next((desk.archive / "_holding").rglob("*.mp3"))
    desk.run("assign", held.name, "陈建国")
    taken_in(desk)
    desk.office.record("1.mp3")
    taken_in(desk)
    package = exported(desk, tmp_path / "out", "--customer", "陈建国")
    assert "unmatched_recording" not in codes(package)
    assert "recording_replaced" in codes(package)  # of the one that is in it


def test_what_is_told_of_a_collectors_whole_hand_off_stands_in_no_customers_package(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path / "office")
    desk.office.record(CALL)
    desk.office.sheet(CHEN, LIU)
    taken_in(desk, LATE)
    told = desk.told("report", "--date", str(DAY))
    assert "late_handoff" in {one["code"] for one in told["findings"]}
    package = exported(desk, tmp_path / "out", "--customer", "陈建国")
    assert "late_handoff" not in codes(package)


def test_the_only_row_that_was_taken_out_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "office")
    desk.office.record(CALL)
    desk.office.record(miui("刘海燕", "15405381204"))
    desk.office.sheet(CHEN, LIU)
    taken_in(desk)
    desk.office.sheet(LIU)
    taken_in(desk, "2026-11-16T16:40")
    package = exported(desk, tmp_path / "out", "陈建国")
    assert "row_edited" in codes(package)
    other = exported(desk, tmp_path / "other", "刘海燕")
    assert "row_edited" not in codes(other)
