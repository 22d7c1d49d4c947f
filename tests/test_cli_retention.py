"""`callvault retention` as people type it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from commands.exit_codes import DONE, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk

LONG_AGO = date(2019, 11, 18)
ORDER = ("--by", "李经理", "--reason", "保存期满")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, more="[retention]\nyears = 3\n")
    desk.office.record(miui("马俊峰", "15405380001", day=LONG_AGO), day=LONG_AGO)
    sheet = f"{LONG_AGO}/王芳/表.xlsx"
    desk.office.sheet(Row("马俊峰", "15405380001"), day=LONG_AGO, source=sheet)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


@pytest.fixture
def signed(desk: Desk, tmp_path: Path) -> str:
    path = str(tmp_path / "due.csv")
    assert desk.run("retention", "due", "--out", path).exit_code == DONE
    return path


def test_it_is_listed_ordered_and_gone(desk: Desk, signed: str) -> None:
    assert "马俊峰: 1 recordings" in desk.run("retention", "due").stdout
    assert desk.run("retention", "due", "--format", "csv").stdout.count("\n") == 2
    done = desk.run("retention", "apply", signed, *ORDER, "--yes", "1")
    assert done.exit_code == DONE
    assert "1 recordings were ordered" in done.stdout
    assert not any(path.startswith("马俊峰") for path in desk.tree())
    assert "disposed of" in desk.run("search", "马俊峰").stdout
    (found,) = desk.told("search", "--status", "disposed")
    told = desk.run("custody", found["sha256"]).stdout
    assert "李经理" in told
    assert "保存期满" in told
    assert desk.run("custody", "--verify").exit_code == DONE
    assert desk.run("undo", found["sha256"]).exit_code == WRONG_USE


def test_each_takes_its_settings_file_after_its_name(desk: Desk, signed: str) -> None:
    elsewhere = desk.config.rename(desk.config.with_name("office.toml"))
    due = desk.run("retention", "due", "--config", str(elsewhere))
    assert due.exit_code == DONE
    gone = desk.run("retention", "apply", signed, *ORDER, "--yes", "1", "--config", str(elsewhere))
    assert gone.exit_code == DONE


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("apply",), WRONG_USE),
        (("apply", "{signed}", "--by", "li"), WRONG_USE),
        (("apply", "{signed}", *ORDER), WRONG_USE),  # nobody types the number
        (("apply", "{signed}", *ORDER, "--yes", "2"), WRONG_USE),
        (("apply", "{config}", *ORDER, "--yes", "1"), WRONG_USE),
        (("due", "--yes", "1"), WRONG_USE),
        ((), WRONG_USE),
    ],
)
def test_wrong_use_is_told_and_disposes_of_nothing(
    desk: Desk, signed: str, args: tuple[str, ...], code: int
) -> None:
    said = [one.format(signed=signed, config=desk.config) for one in args]
    told = desk.run("retention", *said)
    assert told.exit_code == code
    assert told.stderr
    assert any(path.startswith("马俊峰") for path in desk.tree())


def test_who_is_bound_since_is_kept_and_that_needs_a_person(desk: Desk, signed: str) -> None:
    desk.run("hold", "add", "马俊峰", "--reason", "诉讼")
    told = desk.run("retention", "apply", signed, *ORDER, "--yes", "1")
    assert told.exit_code == NEEDS_A_PERSON
    assert "under legal hold" in told.stdout
    assert "never due" in desk.run("retention", "due").stdout
