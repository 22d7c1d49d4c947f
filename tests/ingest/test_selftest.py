"""`callvault selftest`, the command: what it says, how it ends, and that it may run at any time."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue import database
from archive.catalogue.database import journal_mode
from archive.trial import Outcome, Result, Trial
from archive.volumes import place_of
from config.language import LANGUAGES, Message, Words
from ingest.selftest import Clocks, exit_code, line, tried
from tests.archive.shares import IN_A_PROCESS, as_share
from tests.desk import run
from tests.ingest.commands import ROOT, callvault, settings_file
from tests.ingest.small_office import EVENING, SmallOffice, office, recorded, sound, tree
from tests.s3_server import S3Server

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def told(output: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["part"], one["name"]): one for one in json.loads(output)}


def failed(output: str) -> set[tuple[str, str]]:
    """What failed; how much room and what kind of disk this computer has is no matter here."""
    matters = (one for one in told(output).items() if one[0][1] not in {"room", "lasting"})
    return {key for key, one in matters if one["outcome"] != "pass"}


# As a process


def test_a_new_office_passes_in_both_languages(desk: SmallOffice) -> None:
    marks = []
    for language in LANGUAGES:
        done = callvault(settings_file(desk, language=language), "selftest")
        assert done.returncode in {0, 3}
        assert done.stderr == ""
        lines = done.stdout.splitlines()
        marks.append([one[0] for one in lines])
        assert len(lines) > 20
        assert Words(language)("selftest.try_archive_atomic") in done.stdout
    assert marks[0] == marks[1]
    assert set(marks[0]) <= {"✓", "✗"}
    assert [one for one in desk.archive.rglob("*") if "selftest" in one.name] == []


def test_a_mirror_is_tried_and_left_empty(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3Server(desk.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        config = settings_file(desk, server.endpoint_url)
        done = callvault(config, "selftest", "--format", "json")
        assert failed(done.stdout) == set()
        assert told(done.stdout)["mirror", "read"] == {
            "part": "mirror",
            "name": "read",
            "outcome": "pass",
            "must": True,
            "message": "the same bytes",
        }
        assert ("clock", "store") in told(done.stdout)
        assert [one for one in (desk.folder / "bucket").rglob("*") if one.is_file()] == []
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        refused = callvault(config, "selftest", "--format", "json")
    assert refused.returncode == 3
    assert ("mirror", "reached") in failed(refused.stdout)
    away = callvault(config, "selftest", "--format", "json")
    assert away.returncode == 3
    assert told(away.stdout)["mirror", "reached"]["outcome"] == "unknown"
    assert "cannot be reached" in told(away.stdout)["mirror", "reached"]["message"]


def test_a_profile_that_is_not_there_is_told(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    done = callvault(settings_file(desk, "http://127.0.0.1:9"), "selftest", "--format", "json")
    assert failed(done.stdout) == {("mirror", "reached")}
    assert "nobody" in told(done.stdout)["mirror", "reached"]["message"]


def test_it_may_run_while_the_archive_is_worked_on(desk: SmallOffice) -> None:
    config = settings_file(desk)
    desk.drop(recorded("妈妈", "15405389999", "120500"), sound(1))
    assert callvault(config, "ingest", "--as-of", "2026-11-16T16:30+08:00").returncode == 3
    before = tree(desk.archive)
    from archive.lock import locked

    with locked(desk.archive):
        done = callvault(config, "selftest", "--format", "json")
    assert failed(done.stdout) == set()
    assert tree(desk.archive) == before


def test_an_archive_that_cannot_be_written_ends_with_1(desk: SmallOffice) -> None:
    desk.archive.write_bytes(b"no folder")
    done = callvault(settings_file(desk), "selftest", "--format", "json")
    assert done.returncode == 1
    assert ("archive", "writable") in failed(done.stdout)
    assert "Traceback" not in done.stderr


# Refused at the start


def on_a_share(config: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """The command on a computer whose disks are all NFS shares."""
    return subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, "--config", str(config), *args],
        cwd=ROOT,
        env=dict(os.environ) | {"LC_ALL": "C"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


@linux
@pytest.mark.parametrize("command", ["ingest", "run"])
def test_on_a_share_nothing_is_taken_in(desk: SmallOffice, command: str) -> None:
    desk.drop(recorded("妈妈", "15405389999", "120500"), sound(1))
    done = on_a_share(settings_file(desk), command)
    assert done.returncode == 1
    assert "archive folder" in done.stderr
    assert "nfs4" in done.stderr
    assert "Traceback" not in done.stderr
    assert not desk.archive.exists()


@linux
@pytest.mark.parametrize(
    "command",
    [
        ("assign", "1", "张三"),
        ("unassign", "1"),
        ("review",),
        ("undo", "1"),
        ("forget", "1"),
        ("report",),
    ],
    ids=lambda command: command[0],
)
def test_on_a_share_no_word_is_written_down(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    as_share(monkeypatch)
    done = run("--config", str(settings_file(desk)), *command)
    assert done.exit_code == 1
    assert "catalogue" in done.stderr
    assert "nfs4" in done.stderr
    assert not desk.archive.exists()


@linux
def test_check_and_selftest_say_so_of_a_share(desk: SmallOffice) -> None:
    config = settings_file(desk)
    checked = on_a_share(config, "check", "--format", "json")
    assert checked.returncode == 3
    unfit = {one["part"]: one["message"] for one in json.loads(checked.stdout) if not one["fit"]}
    assert {"archive", "catalogue"} <= set(unfit)
    assert "network share" in unfit["archive"]
    done = on_a_share(config, "selftest", "--format", "json")
    assert done.returncode == 1
    assert {("archive", "volume"), ("catalogue", "volume")} <= failed(done.stdout)


@pytest.mark.skipif(journal_mode(sqlite3.sqlite_version_info) == "WAL", reason="has not the bug")
def test_a_catalogue_held_in_wal_mode_is_not_worked_on(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SWITCHING_MS", 20)
    ingest = "--config", str(settings_file(desk)), "ingest", "--as-of", "2026-11-16T16:30+08:00"
    assert run(*ingest).exit_code == 0
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT * FROM customer").fetchall()
        done = run(*ingest)
        assert done.exit_code == 1
        assert sqlite3.sqlite_version in done.stderr
        assert "WAL" in done.stderr
    assert run(*ingest).exit_code == 0


# Clocks, and how it ends


def clocks(*moments: tuple[float, float]) -> Clocks:
    """By the computer's clock and the one that never goes back, in seconds, look by look."""
    walls = iter([EVENING + timedelta(seconds=wall) for wall, _ in moments])
    counts = iter([count for _, count in moments])
    return Clocks(lambda: next(walls), lambda: next(counts))


@pytest.mark.parametrize(
    ("passed", "counted", "outcome"),
    [(5, 5, "pass"), (5.9, 5, "pass"), (5, 6.1, "fail"), (65, 5, "fail"), (-3600, 5, "fail")],
)
def test_a_clock_that_jumps_meanwhile_is_told(
    desk: SmallOffice, passed: float, counted: float, outcome: str
) -> None:
    found = {
        (one.part, one.name): one for one in tried(desk.settings, clocks((0, 0), (passed, counted)))
    }
    assert found["clock", "steady"].result.outcome == outcome
    assert not found["clock", "steady"].must


@pytest.mark.parametrize(("year", "outcome"), [(1980, "fail"), (2026, "pass")])
def test_a_clock_in_the_past_is_told(desk: SmallOffice, year: int, outcome: str) -> None:
    now: datetime = EVENING.replace(year=year)
    found = {(one.part, one.name): one for one in tried(desk.settings, Clocks(lambda: now, float))}
    assert found["clock", "year"].result.outcome == outcome
    assert found["clock", "zone"].result.outcome == "pass"


def made(*outcomes: tuple[Outcome, bool]) -> Iterable[Trial]:
    result = Message.of("selftest.opens")
    return [Trial("archive", "lock", must, Result(outcome, result)) for outcome, must in outcomes]


@pytest.mark.parametrize(
    ("trials", "code"),
    [
        (made((Outcome.PASS, True), (Outcome.PASS, False)), 0),
        (made((Outcome.PASS, True), (Outcome.FAIL, False)), 3),
        (made((Outcome.UNKNOWN, True), (Outcome.PASS, False)), 3),
        (made((Outcome.FAIL, False), (Outcome.FAIL, True), (Outcome.PASS, True)), 1),
    ],
)
def test_a_missing_must_weighs_most(trials: Iterable[Trial], code: int) -> None:
    assert exit_code(trials) == code


def test_each_outcome_has_its_mark() -> None:
    words = Words("en")
    lines = [line(one, words) for one in made(*((outcome, True) for outcome in Outcome))]
    assert [one[0] for one in lines] == ["✓", "✗", "?"]
    assert lines[0] == "✓ archive · lock between two processes: ready"


@linux
def test_the_tests_run_on_a_disk_that_counts_as_local(tmp_path: Path) -> None:
    """Where this fails, the computer keeps its temporary files on a share: set TMPDIR."""
    from archive.volumes import is_share

    assert not is_share(place_of(tmp_path))
