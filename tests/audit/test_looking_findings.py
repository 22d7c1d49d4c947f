"""Recordings are found by what the report of their day found of them."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import pytest

from audit import looking_findings
from audit.looking_findings import FindingUnknownError, codes_of
from commands.exit_codes import DONE, WRONG_USE
from tests.audit.offices import DAY, NEXT_DAY, NEXT_MORNING, Row, miui
from tests.desk import Desk

BROKEN = miui("高明", "15405381301", time(9, 30))
SILENT = miui("何丽华", "15405381206", time(14, 10))
CHENS = miui("陈建国", "15405381201")
NEXT = miui("陈建国", "15405381201", day=NEXT_DAY)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.office.record_as(BROKEN, "broken/m4a_no_moov.m4a", collector="李强")
    desk.office.record_as(SILENT, "calls/silent.mp3")
    desk.office.record(CHENS)
    desk.office.record(miui("工地老赵", "15405387777"))
    desk.office.record(NEXT, day=NEXT_DAY)
    desk.office.sheet(
        Row("高明", "15405381301", time(9, 30), collector="李强"),
        Row("何丽华", "15405381206", time(14, 10)),
        Row("陈建国", "15405381201", location=None),
        Row("刘海燕", "15405381204"),
    )
    desk.office.sheet(
        Row("陈建国", "15405381201", promised=NEXT_DAY),
        source=f"{NEXT_DAY}/sheet.xlsx",
        day=NEXT_DAY,
    )
    desk.office.take_in(NEXT_MORNING)
    return desk


def found(desk: Desk, *asked: str) -> set[str]:
    told = desk.run("search", *asked, "--format", "json", "--full")
    assert told.exit_code == DONE, told.stderr
    return {Path(hit["source"]).stem for hit in json.loads(told.stdout)}


@pytest.mark.parametrize(
    ("finding", "names"),
    [
        ("damaged_recording", [BROKEN]),
        ("录音损坏", [BROKEN]),
        ("silent", [SILENT]),
        ("incomplete_row", [CHENS]),  # of the row under which it is filed
        ("unmatched_recording", ["通话录音@工地老赵(15405387777)_20261116100000.mp3"]),
        ("missing_recording", []),  # a call without one is no recording
        ("Damaged", [BROKEN]),
    ],
)
def test_a_recording_is_found_by_what_was_found_of_it(
    desk: Desk, finding: str, names: list[str]
) -> None:
    assert found(desk, "--finding", finding) == {Path(name).stem for name in names}


def test_everything_else_that_is_asked_must_hold_too(desk: Desk) -> None:
    assert found(desk, "陈建国", "--finding", "damaged_recording") == set()
    assert found(desk, "高明", "--finding", "damaged_recording") == {Path(BROKEN).stem}
    assert found(desk, "--finding", "damaged_recording", "--from", str(NEXT_DAY)) == set()


def test_pages_and_saved_searches_know_of_it(desk: Desk) -> None:
    told = desk.run("search", "--finding", "recording", "--limit", "1", "--save", "amiss")
    assert "there are more" in told.stdout
    first = found(desk, "--saved", "amiss")
    second = found(desk, "--saved", "amiss", "--page", "2")
    assert (len(first), len(second), len(first | second)) == (1, 1, 2)
    asked = [one["asked"] for one in desk.told("access")]
    assert {"finding": "recording", "words": []} in [{**one, "words": []} for one in asked]


def test_what_no_finding_is_called_is_said(desk: Desk) -> None:
    for text in ("no_such", " ", ""):
        told = desk.run("search", "--finding", text)
        assert told.exit_code == WRONG_USE
        assert "damaged_recording" in told.stderr
    with pytest.raises(FindingUnknownError):
        codes_of("")


def test_only_so_many_days_are_reconciled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_findings, "MOST", 1)
    told = desk.run("search", "--finding", "damaged_recording")
    assert f"back to {NEXT_DAY}" in told.stderr
    assert told.stdout.endswith("0 recordings found\n")
    assert found(desk, "--finding", "damaged_recording", "--to", str(DAY)) == {Path(BROKEN).stem}
