"""`callvault hold` as people type it."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.exit_codes import DONE, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk

CHEN = Row("陈建国", "15405381201")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


def test_a_hold_is_added_listed_and_released(desk: Desk) -> None:
    assert desk.run("hold", "list").stdout == "nobody is under legal hold\n"
    added = desk.run("hold", "add", "陈建国", "--reason", "诉讼")
    assert added.exit_code == DONE
    assert "陈建国 15405381201 is under legal hold" in added.stdout
    assert "no mirror is set up" in added.stdout
    (one,) = desk.told("hold", "list")
    assert (one["customer"], one["reason"], one["recordings"]) == ("陈建国", "诉讼", 1)
    assert "陈建国" in desk.run("hold", "list").stdout
    assert desk.run("hold", "release", "陈建国").exit_code == DONE
    assert desk.told("hold", "list") == []


@pytest.mark.parametrize(
    "args",
    [
        ("add",),
        ("release",),
        ("list", "陈建国"),
        ("release", "陈建国", "--reason", "why"),
        ("release", "陈建国"),
        ("add", "没有的人"),
        ("keep", "陈建国"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(desk: Desk, args: tuple[str, ...]) -> None:
    told = desk.run("hold", *args)
    assert told.exit_code == WRONG_USE
    assert told.stderr
    assert desk.told("hold", "list") == []
