"""Who saw what gets into the custody log, each access once; of a torn one nothing is guessed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from archive import access
from archive.access_spool import Access, spooled, write
from archive.catalogue import log
from archive.custody import broken
from archive.errors import DiskError
from archive.store import Store
from config.language import Message
from tests.archive.small_archive import AT, SmallArchive

SEARCHED = Access("searched", "李经理", AT, {"asked": {"words": ["陈建国"]}, "shown": 2})
NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=2)


def note(store: Store, seen: Access = SEARCHED, token: str = "0" * 16) -> Path:
    write(store.root, seen, token)
    return max(folder(store).iterdir(), key=lambda path: path.stat().st_mtime_ns)


def folder(store: Store) -> Path:
    return store.path(".callvault/access")


def entries(archive: SmallArchive) -> list[dict[str, Any]]:
    assert broken(archive.custody()) is None
    return [json.loads(one.entry) for one in archive.custody()]


def take(archive: SmallArchive, now: datetime = NOW) -> int:
    return access.take(archive.catalogue, archive.store, now)


def test_what_was_noted_becomes_an_entry(archive: SmallArchive) -> None:
    archive.admit(b"a call")
    note(archive.store)
    assert take(archive) == 1
    entry = entries(archive)[-1]
    assert (entry["event"], entry["by"], entry["shown"]) == ("searched", "李经理", 2)
    assert entry["asked"] == {"words": ["陈建国"]}
    assert datetime.fromisoformat(entry["when"]) == AT
    assert datetime.fromisoformat(entry["at"]) == NOW
    assert list(folder(archive.store).iterdir()) == []
    assert take(archive) == 0


def test_without_a_spool_there_is_nothing_to_take(archive: SmallArchive) -> None:
    assert take(archive) == 0
    assert not folder(archive.store).exists()


def test_two_of_the_same_moment_are_two(archive: SmallArchive) -> None:
    note(archive.store)
    note(archive.store, token="1" * 16)
    assert take(archive) == 2


def test_what_a_kill_left_there_is_not_entered_again(archive: SmallArchive) -> None:
    path = note(archive.store)
    contents = path.read_bytes()
    take(archive)
    path.write_bytes(contents)
    note(archive.store, token="1" * 16)
    assert take(archive) == 1
    assert len(entries(archive)) == 2
    assert list(folder(archive.store).iterdir()) == []


@pytest.mark.parametrize("left", [0, 1, 100, -65, -1])
def test_a_torn_one_is_told_once_nobody_can_be_writing_it(archive: SmallArchive, left: int) -> None:
    path = note(archive.store)
    contents = path.read_bytes()[:left]
    path.write_bytes(contents)
    assert take(archive) == 0
    assert path.exists()
    assert take(archive, LATER) == 1
    (entry,) = entries(archive)
    assert (entry["event"], entry["file"], entry["size"]) == (
        "access_torn",
        path.name,
        len(contents),
    )
    assert "by" not in entry
    (aside,) = archive.store.path(".callvault/aside").rglob("*.json")
    assert aside.read_bytes() == contents
    assert take(archive, LATER) == 0


@pytest.mark.parametrize(
    "line",
    [
        b'{"event": "admitted", "by": "x", "when": "2026-11-16T17:00:00+08:00"}',
        b"no JSON",
        b"[]",
        b"[" * 100_000,
        b'{"event": "searched", "by": "x"}',
        b'{"event": "searched", "by": "x", "when": "yesterday"}',
        b'{"event": "searched", "by": "x", "when": "2026-11-16T17:00:00"}',
        b'{"event": "searched", "by": 7, "when": "2026-11-16T17:00:00+08:00"}',
        b'{"event": "searched", "by": "\\ud800", "when": "2026-11-16T17:00:00+08:00"}',
        b'{"event": "searched", "by": "x", "when": "2026-11-16T17:00:00+08:00", "shown": [[]]}',
        b'{"event": "searched", "by": "x", "when": "2026-11-16T17:00:00+08:00", "asked": "x"}',
        b'{"event": "searched", "by": "x", "when": "2026-11-16T17+08:00", "asked": {"words": 1}}',
        b'{"event": "searched", "by": "x", "when": "2026-11-16T17+08:00", "asked": {"a": [[]]}}',
    ],
)
def test_what_callvault_does_not_write_is_no_access(archive: SmallArchive, line: bytes) -> None:
    path = note(archive.store)
    path.write_bytes(line + b"\n" + hashlib.sha256(line).hexdigest().encode() + b"\n")
    assert take(archive, LATER) == 1
    assert [entry["event"] for entry in entries(archive)] == ["access_torn"]


def test_a_spooled_file_cannot_say_when_it_was_entered(archive: SmallArchive) -> None:
    note(archive.store, Access("searched", "x", AT, {"at": "1999", "seq": 7, "sha256": "0"}))
    take(archive)
    (entry,) = entries(archive)
    assert (entry["seq"], entry["at"]) == (1, NOW.isoformat())
    assert len(entry["sha256"]) == 64


def test_a_name_that_is_no_text_does_no_harm(archive: SmallArchive) -> None:
    note(archive.store, Access("searched", "\udcff", AT, {}))
    assert take(archive) == 1
    assert entries(archive)[0]["by"] == "?"


def test_a_file_that_cannot_be_read_is_told_and_holds_nobody_up(archive: SmallArchive) -> None:
    unreadable = note(archive.store).with_name(f"20261116T090000000000-{'a' * 16}.json")
    unreadable.mkdir()
    found, problems = access.waiting(archive.store, NOW)
    assert [one.event for one in found] == ["searched"]
    assert [one.key for one in problems] == ["access.unreadable"]
    assert take(archive) == 1
    assert unreadable.is_dir()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes have names there")
def test_a_pipe_that_somebody_put_there_holds_nobody_up(archive: SmallArchive) -> None:
    os.mkfifo(note(archive.store).with_name(f"20261116T090000000000-{'a' * 16}.json"))
    found, problems = access.waiting(archive.store, NOW)
    assert [one.event for one in found] == ["searched"]
    assert [one.key for one in problems] == ["access.unreadable"]


@pytest.mark.skipif(os.name == "nt", reason="a long file takes its whole room there")
def test_of_a_file_that_callvault_never_writes_so_long_not_all_is_read(
    archive: SmallArchive,
) -> None:
    path = note(archive.store)
    os.truncate(path, 1 << 40)
    assert take(archive, LATER) == 1
    (entry,) = entries(archive)
    assert (entry["event"], entry["size"]) == ("access_torn", 1 << 40)


def test_what_is_gone_by_the_time_it_is_read_was_taken_by_another(archive: SmallArchive) -> None:
    path = note(archive.store)
    path.unlink()
    path.symlink_to("taken")
    (path.parent / "notes.txt").write_text("not ours", encoding="utf-8")
    assert list(spooled(archive.store.root)) == []


def test_a_folder_that_cannot_be_listed_is_told(archive: SmallArchive) -> None:
    folder(archive.store).write_bytes(b"in the way")
    (problem,) = spooled(archive.store.root)
    assert isinstance(problem, Message)
    with pytest.raises(DiskError) as refused:
        write(archive.store.root, SEARCHED, "0" * 16)
    assert refused.value.message.key == "access.cannot_write"


def test_one_that_cannot_be_removed_is_entered_once(archive: SmallArchive) -> None:
    path = note(archive.store)
    path.write_bytes(b"torn")
    archive.store.path(".callvault/aside").write_bytes(b"in the way")
    assert take(archive, LATER) == 1
    assert take(archive, LATER) == 0
    assert path.exists()
    assert len(entries(archive)) == 1


def test_more_than_are_asked_for_at_once_are_taken(archive: SmallArchive) -> None:
    path = note(archive.store)
    line = path.read_bytes().partition(b"\n")[0]
    for number in range(400):
        other = line.replace(b"0" * 16, f"{number + 1:016}".encode())
        whole = other + b"\n" + hashlib.sha256(other).hexdigest().encode() + b"\n"
        path.with_name(path.name.replace("0" * 16, f"{number + 1:016}")).write_bytes(whole)
    assert take(archive) == 401


def test_more_may_wait_than_a_question_to_the_catalogue_can_name(archive: SmallArchive) -> None:
    note(archive.store)
    take(archive)
    known = entries(archive)[0]["sha256"]
    with archive.catalogue.reading() as tx:
        assert log.known(tx, [known, *(f"{number:064}" for number in range(40_000))]) == {known}


def test_accesses_are_found_by_their_index(archive: SmallArchive) -> None:
    archive.admit(b"a call")
    note(archive.store)
    take(archive)
    with archive.catalogue.reading() as tx:
        assert [json.loads(one.entry)["event"] for one in log.accesses(tx)] == ["searched"]
        assert log.accesses(tx, LATER) == []
        assert log.accesses(tx, events=("exported",)) == []
    for plan in _plans(archive, lambda tx: (log.accesses(tx), log.accesses(tx, AT))):
        assert "ix_custody_access" in plan
        assert "SCAN" not in plan


def _plans(archive: SmallArchive, ask: Callable[[Connection], object]) -> list[str]:
    """How SQLite answers each question that is asked."""
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append("; ".join(str(step[3]) for step in plan.fetchall()))

    engine = archive.catalogue._engine
    event.listen(engine, "before_cursor_execute", explain)
    with archive.catalogue.reading() as tx:
        ask(tx)
    event.remove(engine, "before_cursor_execute", explain)
    assert plans
    return plans


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks there")
def test_a_kill_anywhere_loses_and_doubles_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    driver = [sys.executable, "-m", "tests.archive.access_killing", str(tmp_path)]
    done = subprocess.run(driver, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout) >= 15
