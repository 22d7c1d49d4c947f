"""A customer whose recordings all went back into holding, or to others, is still known by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A collector has taken 陈建国 out of the sheet; the recording waits in holding."""
    desk = Desk(tmp_path / "office")
    desk.office.record(miui("陈建国", "15405381201"))
    for row in (Row("陈建国", "15405381201"), Row("刘强", "15405380002")):
        desk.office.sheet(row)
        desk.run("ingest", "--as-of", IN_TIME)
    assert any(name.startswith("_holding/") for name in desk.tree())
    return desk


@pytest.mark.parametrize("named", ["陈建国", "陈建国/", "15405381201"])
def test_a_hold_reaches_what_went_back_into_holding(desk: Desk, named: str) -> None:
    assert desk.run("hold", "add", named).exit_code == 0
    assert "1 recordings" in desk.run("hold", "list").output


def test_where_nobody_can_be_new_no_new_one_is_advised(desk: Desk) -> None:
    refused = desk.run("hold", "add", "王五")
    assert refused.exit_code != 0
    assert "王五" in refused.output
    assert "--new" not in refused.output
