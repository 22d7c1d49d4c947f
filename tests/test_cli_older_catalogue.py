"""A backup of the catalogue was put back beside a newer archive: nothing is told or done by it."""

from __future__ import annotations

import shutil
from datetime import time
from pathlib import Path

import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.s3_server import S3Server

CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")
ADVICE = "Run callvault rebuild"
OLDER = "an older copy of the archive was put back"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The backup is from before the call was filed and its customer came under legal hold."""
    desk = Desk(tmp_path / "office")
    desk.office.record(CALL)
    desk.run("ingest", "--as-of", IN_TIME)
    catalogue = desk.archive / ".callvault/catalogue.sqlite"
    shutil.copy(catalogue, tmp_path / "backup")
    desk.office.sheet(CHEN)
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == DONE
    assert desk.run("hold", "add", "陈建国", "--reason", "court").exit_code == DONE
    shutil.copy(tmp_path / "backup", catalogue)
    return desk


@pytest.mark.parametrize(
    "command",
    [
        "verify",
        "repair",
        "report",
        "search 陈建国",
        "history 陈建国",
        "hold list",
        "hold add 陈建国 --reason again",
        "assign 1 陈建国 --new",
        "export --customer 陈建国 -o package",
    ],
)
def test_a_command_stops_before_it_says_or_does_anything(desk: Desk, command: str) -> None:
    """`verify` had called the call missing, and `repair` put a second copy of it into holding."""
    before = desk.tree()
    told = desk.run(*command.split())
    assert (told.exit_code, told.stdout) == (FAILED, "")
    assert ADVICE in told.stderr
    assert desk.tree() == before


def test_the_log_is_not_called_whole_that_ends_too_early(desk: Desk) -> None:
    told = desk.run("custody", "--verify")
    assert told.exit_code == NEEDS_A_PERSON
    assert ADVICE in told.stderr


@pytest.mark.parametrize("command", ["verify", "repair", "search 陈建国"])
def test_nor_where_the_clock_was_set_back_since(desk: Desk, command: str) -> None:
    """The later custody files lie under earlier dates."""
    custody = desk.archive / ".callvault/custody"
    first, *later = sorted(custody.rglob("*.jsonl"))
    earlier = custody / "2025-01-02"
    earlier.mkdir()
    for path in later:
        path.rename(earlier / path.name)
    assert first.parent.name > earlier.name
    told = desk.run(*command.split())
    assert (told.exit_code, told.stdout) == (FAILED, "")
    assert ADVICE in told.stderr
    assert ADVICE in desk.run("custody", "--verify").stderr


def test_check_says_so(desk: Desk) -> None:
    told = desk.run("check")
    assert told.exit_code != DONE
    assert ADVICE in told.output


def test_after_a_rebuilding_all_is_as_it_was(desk: Desk) -> None:
    assert desk.run("rebuild").exit_code == DONE
    assert "court" in desk.run("hold", "list").stdout
    assert desk.run("verify").exit_code == desk.run("custody", "--verify").exit_code == DONE
    assert desk.told("search", "陈建国")[0]["status"] == "filed"


def test_an_archive_that_is_older_than_its_catalogue_is_told(
    tmp_path: Path, server: S3Server
) -> None:
    """The catalogue lies elsewhere, and a backup of the archive was put back: all that was taken in
    since lay nowhere, and `check` and `ingest` were content.
    """
    apart = f"[catalogue]\nurl = 'sqlite:///{tmp_path}/apart/catalogue.sqlite'\n"
    mirror = f'[mirror]\nbucket = "{server.bucket}"\nendpoint_url = "{server.endpoint_url}"\n'
    mirror += 'region = "us-east-1"\naddressing_style = "path"\n'
    desk = Desk(tmp_path / "office", more=mirror + apart)
    desk.office.record(CALL)
    desk.office.sheet(CHEN)
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == DONE
    shutil.copytree(desk.archive, tmp_path / "backup")
    desk.office.record(miui("陈建国", "15405381201", time(15, 0)))
    desk.run("ingest", "--as-of", IN_TIME)
    before = desk.tree()
    shutil.rmtree(desk.archive)
    shutil.copytree(tmp_path / "backup", desk.archive)
    assert OLDER in desk.run("check").stdout
    told = desk.run("ingest", "--as-of", IN_TIME)
    assert told.exit_code == NEEDS_A_PERSON
    assert OLDER in told.stderr
    desk.run("verify")
    desk.run("repair")
    assert desk.tree() == before
    assert OLDER not in desk.run("check").stdout
