"""What lies in holding without a row of any sheet and may be a customer's is told in a package."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from commands.exit_codes import NEEDS_A_PERSON
from tests.audit.offices import NEXT_DAY, Row, miui, oppo
from tests.audit.packages import CALL, CHEN, exported, table, tree
from tests.desk import IN_TIME, Desk

LATER = "2026-11-18T09:00"
NUMBERED = miui("陈建国", "15405381201", time(9, 0), NEXT_DAY)
NAMED = oppo("陳建國逾期2期", time(9, 10), NEXT_DAY)
NAMESAKE = miui("陈建国", "15405381299", time(9, 20), NEXT_DAY)
LONGER = oppo("陈建国强", time(9, 30), NEXT_DAY)
OF_NUMBER = "15405381201_20261117094000.mp3"
OTHER = miui("刘海燕", "15405381204", time(9, 50), NEXT_DAY)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """On the second day recordings came, and no sheet."""
    desk = Desk(tmp_path_factory.mktemp("office"))
    desk.office.record(CALL)
    desk.office.sheet(CHEN, Row("陈建国", "15405381299", time(11, 0)), Row("刘海燕", "15405381204"))
    desk.run("ingest", "--as-of", IN_TIME)
    for name in (NUMBERED, NAMED, NAMESAKE, LONGER, OF_NUMBER, OTHER):
        desk.office.record(name, day=NEXT_DAY)
    desk.run("ingest", "--as-of", LATER)
    assert len(list((desk.archive / "_holding").rglob("*.*"))) == 6
    return desk


def told_of(package: Path) -> set[str]:
    """The file names of findings on what is in nobody's name."""
    found = (one for one in table(package, "findings") if one["代码"] == "unmatched_recording")
    return {one["交来时的文件名"].rpartition("/")[2] for one in found}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (("--phone", "15405381201"), {NAMED}),  # what has the number goes along itself
        (("--customer", "陈建国"), {NUMBERED, NAMED, NAMESAKE, OF_NUMBER}),
        (("--customer", "陳建國", "--collector", "王芳"), {NUMBERED, NAMED, NAMESAKE, OF_NUMBER}),
        (("陈建国", "15405381201"), {NAMED, OF_NUMBER}),
        (("陈建国", "王芳"), {NAMED, OF_NUMBER}),
        (("--customer", "陈建国", "--to", "2026-11-16"), set()),
        (("--customer", "陈建国", "--collector", "李"), None),
        (("--customer", "刘海燕"), {OTHER}),
    ],
)
def test_what_may_be_whose_that_is_asked_for_is_told(
    desk: Desk, tmp_path: Path, asked: tuple[str, ...], names: set[str] | None
) -> None:
    package = tmp_path / "out"
    done = desk.run("export", *asked, "-o", str(package))
    if names is None:
        assert (done.exit_code, "in holding" in done.stderr) == (NEEDS_A_PERSON, False)
        return
    gone_along = {one["交来时的文件名"].rpartition("/")[2] for one in table(package, "recordings")}
    assert told_of(package) - gone_along == names
    assert (f"{len(names)} recordings in holding may be" in done.stdout) == bool(names)
    page = (package / "report.html").read_text(encoding="utf-8")
    assert (f'<dt>归属未定的录音</dt><dd class="lack">{len(names)}</dd>' in page) == bool(names)


def test_neither_its_bytes_nor_its_custody_go_along(desk: Desk, tmp_path: Path) -> None:
    package = exported(desk, tmp_path / "out", "--customer", "陈建国")
    held = next((desk.archive / "_holding").rglob(f"*{NUMBERED}")).read_bytes()
    assert held not in tree(package).values()
    assert not any(
        NUMBERED.encode() in one for name, one in tree(package).items() if "custody" in name
    )


def test_where_nothing_else_fits_it_is_told_without_a_package(desk: Desk, tmp_path: Path) -> None:
    asked = ("--customer", "陈建国", "--from", str(NEXT_DAY), "-o", str(tmp_path / "out"))
    done = desk.run("export", *asked)
    assert done.exit_code == NEEDS_A_PERSON
    assert "4 recordings in holding may be of who was asked for" in done.stderr
    assert not (tmp_path / "out").exists()


def test_of_what_a_person_said_is_nobodys_nothing_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "office")
    desk.office.record(CALL)
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", IN_TIME)
    desk.office.record(NUMBERED, day=NEXT_DAY)
    desk.run("ingest", "--as-of", LATER)
    assert desk.run("unassign", NUMBERED).exit_code == 0
    done = desk.run("export", "--customer", "陈建国", "-o", str(tmp_path / "out"))
    assert "in holding" not in done.stdout
