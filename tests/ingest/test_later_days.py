"""What other days tell of a customer counts on every day, in whatever order the days came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.ingest.small_office import DAY, SHEET, office, recorded, sheet, sound

NEXT_SHEET = "2026-11-17/王芳/记录表.csv"
Rows = list[tuple[str, str, str]]
Step = Sequence[tuple[str, bytes]]

CASES: list[tuple[str, Rows, Rows, str]] = [
    # The number is another customer's, and only the next day knows.
    (
        recorded("陈建国", "15405389999", "091207"),
        [("陈建国", "15405381201", "9:12")],
        [("李四光", "15405389999", "9:30")],
        "ambiguous",
    ),
    # So is the contact.
    (
        recorded("李四光", "15405381201", "091207"),
        [("陈建国", "15405381201", "9:12")],
        [("李四光", "15405389999", "9:30")],
        "ambiguous",
    ),
    # The customer's second number is the next day's news.
    (
        recorded("陈建国", "15405389999", "091207"),
        [("陈建国", "15405381201", "19:12")],
        [("陈建国", "15405381201、15405389999", "9:30")],
        "filed",
    ),
]


def outcome(folder: Path, steps: Sequence[Step], source: str) -> str:
    desk = office(folder)
    for step in steps:
        for each, content in step:
            desk.drop(each, content)
        desk.ingest()
    found = desk.statuses()[source]
    desk.ingest()
    assert desk.statuses()[source] == found
    return found


def archived(archive: Path) -> list[Path]:
    return [path.relative_to(archive) for path in archive.glob("[!.]*/*/*")]


@pytest.mark.parametrize(("source", "today", "tomorrow", "expected"), CASES)
def test_the_order_of_two_days_plays_no_part(
    tmp_path: Path, source: str, today: Rows, tomorrow: Rows, expected: str
) -> None:
    first: Step = [(SHEET, sheet(today)), (source, sound(1))]
    second: Step = [(NEXT_SHEET, sheet(tomorrow))]
    ways: list[list[Step]] = [[first, second], [second, first], [[*first, *second]]]
    for number, steps in enumerate(ways):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert outcome(folder, steps, source) == expected


def test_a_customer_who_gains_a_number_is_no_namesake_of_himself(tmp_path: Path) -> None:
    whole = recorded("15405385555", "15405385555", "100000")
    bare = f"{DAY}/陈建国-2611161000.amr"
    desk = office(tmp_path)
    desk.drop(f"{DAY}/王芳/甲.csv", sheet([("陈建国", "15405385555", "10:00")]))
    desk.drop(whole, sound(1))
    desk.drop(bare, sound(2))
    desk.ingest()
    more = [("陈建国", "15405381111、15405385555", "15:00")]
    desk.drop(f"{DAY}/王芳/乙.csv", sheet(more))
    desk.ingest()
    assert {desk.statuses()[source] for source in (whole, bare)} == {"filed"}


def test_a_row_that_comes_back_is_heard_again(tmp_path: Path) -> None:
    desk = office(tmp_path)
    bare = f"{DAY}/陈建国-2611161000.amr"
    desk.drop(SHEET, sheet([("陈建国", "15405381201", "9:35")]))
    desk.drop(bare, sound(1))
    held = sheet([("陈建国", "15405389999", "9:00"), ("刘海燕", "13869170000", "9:40")])
    without = sheet([("刘海燕", "13869170000", "9:40")])
    told = []
    for version, content in enumerate((without, held, without, held)):
        desk.drop(NEXT_SHEET, content + b"\n" * version)
        desk.ingest()
        told.append(desk.statuses()[bare])
    assert told == ["filed", "ambiguous", "filed", "ambiguous"]


def test_a_row_without_a_number_is_whom_all_papers_know_by_that_name(tmp_path: Path) -> None:
    """One folder, though the number came a day later; and none where a namesake turns up."""
    bare, whole = (
        f"{DAY}/陈建国-2611160912.amr",
        "2026-11-17/通话录音@15405381201_20261117100000.amr",
    )
    desk = office(tmp_path)
    desk.drop(SHEET, sheet([("陈建国", "", "9:12")]))
    desk.drop(bare, sound(1))
    desk.ingest()
    assert desk.statuses()[bare] == "filed"
    desk.drop(NEXT_SHEET, sheet([("陈建国", "15405381201", "10:00")]))
    desk.drop(whole, sound(2))
    desk.ingest()
    folders = {path.parts[0] for path in archived(desk.archive)}
    assert len(folders) == 1
    namesake = ("陈建国", "15405389999", "16:00")
    desk.drop(NEXT_SHEET, sheet([("陈建国", "15405381201", "10:00"), namesake]))
    desk.ingest()
    assert desk.statuses()[bare] == "ambiguous"
