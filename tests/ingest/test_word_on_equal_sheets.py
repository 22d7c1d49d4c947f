"""A word on a row of a sheet that has equals: it means its line, whichever of them counts."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from archive.rebuilding import rebuild
from archive.store import Store
from tests.ingest.people import LINES, ROWS, Person
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    sheet,
    sound,
    workbook,
)

EQUAL = f"{DAY}/李强/记录表.csv"
"""Comes before the one in 王芳's folder, and counts in its place."""
NEXT_DAY = DAY + timedelta(days=1)
RENAMED = f"{NEXT_DAY}/王芳/a.csv"
"""Comes after both, with a tab of another name, and rows of another day."""
LATE = f"{NEXT_DAY}/王芳/语音.amr"


def told_of(desk: SmallOffice) -> tuple[object, ...]:
    """Both days and all folders; another pass changes nothing of all that is known."""
    before = desk.rows()
    desk.ingest()
    assert desk.rows() == before
    return desk.report(), desk.report(NEXT_DAY), sorted(desk.kept())


def with_equals(folder: Path, before: str, after: str) -> SmallOffice:
    """A recording, handed over a day after its call, that a person gave a row of `before`."""
    desk = office(folder)
    desk.drop(LATE, sound(1))
    desk.drop(before, sheet(ROWS))
    desk.ingest()
    Person(desk).assign(LATE, f"{before}:{LINES['王伟 1402']}", remember=False)
    desk.drop(after, sheet(ROWS))
    desk.ingest()
    return desk


@pytest.mark.parametrize("copy", [SHEET, RENAMED, f"{DAY}/李强/记录表 (1).csv"])
def test_a_word_on_a_row_means_that_line_whichever_of_equal_sheets_counts(
    tmp_path: Path, copy: str
) -> None:
    one = with_equals(tmp_path / "one", copy, EQUAL)
    other = with_equals(tmp_path / "other", EQUAL, copy)
    assert told_of(one) == told_of(other)
    for desk in (one, other):
        (line,) = desk.report(NEXT_DAY)["recordings"]
        assert (line["call"]["sheet"], line["call"]["line"]) == (EQUAL, LINES["王伟 1402"])
        assert line["archive_path"].startswith(f"王伟 (1402)/{DAY}/")
        # A sheet that has nothing to do with it has its day decided again.
        desk.drop(
            f"{NEXT_DAY}/赵敏/记录表.csv", sheet([("孙丽", "15405381299", "11:00")]), time(13)
        )
        desk.ingest()
    assert told_of(one) == told_of(other)
    assert one.report(NEXT_DAY)["recordings"][0]["call"]["sheet"] == EQUAL


def test_what_was_said_before_an_equal_sheet_came_can_be_undone(tmp_path: Path) -> None:
    desk = with_equals(tmp_path, SHEET, EQUAL)
    person = Person(desk)
    (said,) = [one for one in person.acts() if one["kind"] == "assign"]
    undone = person.undo(said["act"])
    assert desk.statuses(NEXT_DAY) == {LATE: "unmatched"}
    assert ("missing_recording", EQUAL) in desk.codes()
    person.undo(undone["act"])
    (line,) = desk.report(NEXT_DAY)["recordings"]
    assert (line["call"]["sheet"], line["call"]["line"]) == (EQUAL, LINES["王伟 1402"])


def test_a_word_is_back_at_its_own_sheet_once_that_counts_again(tmp_path: Path) -> None:
    desk = with_equals(tmp_path, SHEET, EQUAL)
    desk.drop(EQUAL, sheet([("孙丽", "15405381299", "11:00")]), time(13))
    desk.ingest()
    told_of(desk)
    (line,) = desk.report(NEXT_DAY)["recordings"]
    assert (line["call"]["sheet"], line["call"]["line"]) == (SHEET, LINES["王伟 1402"])


def test_a_row_that_a_correction_removes_holds_a_recording_of_another_day_no_more(
    tmp_path: Path,
) -> None:
    desk = with_equals(tmp_path, EQUAL, SHEET)
    for source in (EQUAL, SHEET):
        desk.drop(source, sheet(ROWS[:1]), time(13))
    desk.ingest()
    told_of(desk)
    (line,) = desk.report(NEXT_DAY)["recordings"]
    assert line["call"] is None
    assert line["archive_path"].startswith(f"王伟 (1402)/{NEXT_DAY}/")


def test_a_line_of_a_workbook_keeps_to_its_tab(tmp_path: Path) -> None:
    desk = office(tmp_path)
    desk.drop(LATE, sound(1))
    content = workbook({"记录表": ROWS[0], "下午": ROWS[1]})
    before, after = f"{DAY}/王芳/记录表.xlsx", f"{DAY}/李强/下午.xlsx"
    desk.drop(before, content)
    desk.ingest()
    Person(desk).assign(LATE, f"{before}:记录表:2", remember=False)
    desk.drop(after, content)
    desk.ingest()
    (line,) = desk.report(NEXT_DAY)["recordings"]
    assert (line["call"]["sheet"], line["customer"]) == (after, "陈建国")


def test_the_custody_files_tell_of_it_to_the_letter(tmp_path: Path) -> None:
    desk = with_equals(tmp_path, SHEET, EQUAL)
    before = desk.rows()
    (desk.archive / ".callvault/catalogue.sqlite").unlink()
    rebuild(Store(desk.archive), desk.settings.catalogue.url, EVENING)
    after = desk.rows()
    for table in ("word", "act", "act_change", "recording", "sheet", "sheet_row"):
        assert after[table] == before[table]
    told_of(desk)
