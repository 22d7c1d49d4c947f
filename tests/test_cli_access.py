"""Who saw what: written down before it is shown, told by `callvault access`, kept for good."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON
from ingest.logged_on import user
from tests.audit.packages import CALL, desk_with
from tests.desk import IN_TIME, Desk, finish
from tests.test_cli_process import wait_for

NUMBER = "15405381201"
MASKED = "154****1201"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_with(tmp_path / "office")
    desk.run("search")  # brings what searching looks at up to date
    shutil.rmtree(desk.archive / ".callvault/access")
    return desk


def accesses(desk: Desk, *asked: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = desk.told("access", *asked)
    return told


def test_a_search_is_told_with_its_words_and_what_it_showed(desk: Desk) -> None:
    found = desk.told("search", "陈建国", "--from", "2026-11-01", "--limit", "5")
    (told,) = accesses(desk)
    assert (told["event"], told["by"]) == ("searched", user())
    assert told["asked"] == {"words": ["陈建国"], "first": "2026-11-01"}
    assert (told["hits"], told["shown"], told["full"]) == (len(found), 1, False)
    assert [one["id"] for one in desk.told("review")] != [int(told["recordings"])]
    said = desk.run("access").stdout
    assert "searched for “陈建国 --from 2026-11-01”" in said
    assert "not in the custody log yet" in said


def test_a_choice_between_two_is_told_as_it_is_typed(desk: Desk) -> None:
    desk.run("search", "--not-reached")
    desk.run("search", "--reached")
    said = desk.run("access").stdout
    assert "“--not-reached”" in said
    assert "“--reached”" in said


def test_what_is_not_counted_is_told_as_such(desk: Desk) -> None:
    desk.run("search", "--limit", "1")
    (told,) = accesses(desk)
    assert (told["asked"], told["hits"], told["shown"]) == ({}, None, 1)
    assert "everything" in desk.run("access").stdout


def test_numbers_that_are_searched_for_are_kept_masked(desk: Desk) -> None:
    desk.run("search", NUMBER, "--phone", "+86 154 0538 1201")
    (spooled,) = (desk.archive / ".callvault/access").iterdir()
    assert "0538" not in spooled.read_text(encoding="utf-8")
    desk.run("ingest", "--as-of", IN_TIME)
    files = (desk.archive / ".callvault/custody").rglob("*.jsonl")
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    (entry,) = (line for line in lines if "searched" in line)
    assert MASKED in entry
    assert "0538" not in entry


def test_the_next_pass_takes_it_into_the_chain_and_a_rebuilding_brings_it_back(desk: Desk) -> None:
    desk.run("search", "陈建国")
    desk.run("custody", CALL, "--full")
    before = accesses(desk)
    assert [one["entry"] for one in before] == [None, None]
    assert "2 accesses more are written down" in desk.run("custody", "--verify").stdout
    assert desk.told("custody", "--verify")["accesses_waiting"] == 2
    desk.run("ingest", "--as-of", IN_TIME)
    entered = accesses(desk)
    assert [one["at"] for one in entered] == [one["at"] for one in before]
    assert all(one["entry"] for one in entered)
    assert desk.run("custody", "--verify").exit_code == DONE
    assert desk.told("custody", "--verify")["accesses_waiting"] == 0
    assert desk.run("rebuild").exit_code == DONE
    assert accesses(desk) == entered
    assert desk.run("custody", "--verify").exit_code == DONE


def test_by_whom_and_since_when_can_be_asked(desk: Desk) -> None:
    desk.run("search", "陈建国")
    assert len(accesses(desk, "--by", user(), "--since", "2026-11-01")) == 1
    assert accesses(desk, "--by", "somebody else") == []
    assert accesses(desk, "--since", "2999-01-01") == []
    assert "2999-01-01" in desk.run("access", "--since", "2999-01-01").stdout


def test_exports_and_histories_are_told_too(desk: Desk, tmp_path: Path) -> None:
    desk.run("export", "--customer", "陈建国", "--phone", NUMBER, "-o", str(tmp_path / "package"))
    desk.run("custody", CALL)
    exported, history = accesses(desk)
    assert (exported["event"], exported["by"]) == ("exported", user())
    assert exported["query"] == {"customer": "陈建国", "phone": MASKED}
    assert (history["event"], history["full"]) == ("history_told", False)
    said = desk.run("access").stdout
    assert f"exported “--customer 陈建国 --phone {MASKED}”" in said
    assert "was told the history of recording" in said


@pytest.mark.parametrize(
    "command", [("review",), ("remembered",), ("hold", "list"), ("explain", "1")]
)
def test_who_works_on_numbers_sees_them_whole_and_that_is_told(
    desk: Desk, command: tuple[str, ...]
) -> None:
    desk.run(*command, "--format", "json")
    (told,) = accesses(desk)
    assert told["event"] == "numbers_shown"
    assert told["command"] == " ".join(command).removesuffix(" 1")
    assert "was shown whole numbers" in desk.run("access").stdout


def test_whoever_writes_searching_waits_for_nobody(desk: Desk) -> None:
    """Nor does a daemon that has the archive's lock: `test_cli_process`."""
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        database.execute("BEGIN IMMEDIATE")
        assert len(desk.told("search", "陈建国")) == 1
        assert len(accesses(desk)) == 1


def test_where_it_cannot_be_written_nothing_is_shown(desk: Desk) -> None:
    (desk.archive / ".callvault/access").write_bytes(b"in the way")
    for command in (("search", "陈建国"), ("custody", CALL), ("review", "--format", "json")):
        told = desk.run(*command)
        assert (told.exit_code, told.stdout) == (FAILED, "")
        assert "access log cannot be written" in told.stderr
    verified = desk.run("custody", "--verify")
    assert verified.exit_code == NEEDS_A_PERSON
    assert "cannot be read" in verified.stderr
    assert desk.run("access").exit_code == NEEDS_A_PERSON


def test_one_that_a_crash_cut_short_is_told(desk: Desk) -> None:
    desk.run("search", "陈建国")
    (spooled,) = (desk.archive / ".callvault/access").iterdir()
    spooled.write_bytes(spooled.read_bytes()[:40])
    assert accesses(desk) == []  # somebody may be writing it just now
    os.utime(spooled, (1, 1))
    verified = desk.run("custody", "--verify")
    assert verified.exit_code == NEEDS_A_PERSON
    assert "is torn" in verified.stderr
    desk.run("ingest", "--as-of", "2026-12-31T16:30")
    assert "was cut short" in desk.run("access", "--since", "1970-01-01").stdout
    assert desk.run("custody", "--verify").exit_code == DONE


def test_an_old_catalogue_is_given_nothing_that_it_would_lose(desk: Desk, tmp_path: Path) -> None:
    place = desk.archive / ".callvault/catalogue.sqlite"
    shutil.copy(place, tmp_path / "backup")
    desk.run("hold", "add", "陈建国")
    desk.run("search", "陈建国")
    shutil.copy(tmp_path / "backup", place)
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert "callvault rebuild" in refused.stderr
    desk.run("rebuild")
    desk.run("ingest", "--as-of", IN_TIME)
    (told,) = accesses(desk)
    assert told["entry"]


def test_the_daemon_takes_it_in(desk: Desk) -> None:
    daemon = desk.start("run")
    try:
        desk.run("search", "陈建国")
        wait_for(lambda: any(one["entry"] for one in accesses(desk)), daemon)
        assert [one["event"] for one in accesses(desk)] == ["searched"]
    finally:
        daemon.terminate()
        finish(daemon)
