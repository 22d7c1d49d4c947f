"""Custody files outlast the catalogue, say all that it says, and show whether they were touched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive import custody_files, keeping
from archive.catalogue import outbox, papers
from archive.catalogue.database import open_catalogue
from archive.custody_files import CustodyFile
from archive.errors import CustodyError, DiskError
from archive.layout import CUSTODY, custody_path
from archive.rebuilding import rebuild
from config.language import Message
from tests.archive.small_archive import AT, MATCHED, SmallArchive, row, sheet

FIRST = f"{CUSTODY}/2026-11-16/00000001.jsonl"
SECOND = f"{CUSTODY}/2026-11-17/00000002.jsonl"


@pytest.fixture
def kept(archive: SmallArchive) -> SmallArchive:
    """Two days, of which each has its custody file."""
    held = archive.admit(b"one", "2026-11-16/王芳/张三.mp3")
    (call,) = archive.enter(sheet(row(2, "张三", "13800138000")))
    archive.rule(held, MATCHED, archive.customer("张三", "13800138000"), call.id)
    assert keeping.keep(archive.catalogue, archive.store, AT) == 1
    archive.move(archive.again(held), "张三/2026-11-16/1.mp3")
    archive.admit(b"two")
    assert keeping.keep(archive.catalogue, archive.store, AT + timedelta(days=1)) == 1
    return archive


def files(archive: SmallArchive) -> list[str]:
    found = (archive.store.root / CUSTODY).rglob("*.jsonl")
    return sorted(path.relative_to(archive.store.root).as_posix() for path in found)


def paths(archive: SmallArchive) -> list[Path]:
    return [archive.store.path(one) for one in files(archive)]


def cut_short(archive: SmallArchive, path: str) -> None:
    """As a kill leaves it: the file stands, and the transaction that knew of it does not."""
    found = custody_files.read(archive.store.path(path))
    with archive.catalogue.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM custody_file WHERE number = ?", (found.heading.number,))
        for one in found.rows:
            key = json.dumps(one.key, ensure_ascii=False, separators=(",", ":"))
            tx.exec_driver_sql("INSERT OR IGNORE INTO changed VALUES (?, ?)", (one.table, key))


def refused(archive: SmallArchive) -> str:
    with pytest.raises(CustodyError) as caught:
        list(custody_files.follow(paths(archive)))
    return caught.value.message.key


def test_a_file_lies_under_its_date_and_follows_the_one_before(kept: SmallArchive) -> None:
    assert files(kept) == [FIRST, SECOND]
    first, second = custody_files.follow(paths(kept))
    assert [one.entry for one in (*first.entries, *second.entries)] == [
        one.entry for one in kept.custody()
    ]
    assert second.heading.before == first.sha256
    assert second.heading.head == kept.custody()[-1].hash


def test_where_nothing_changed_no_file_is_written(kept: SmallArchive) -> None:
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 0
    assert files(kept) == [FIRST, SECOND]


def test_a_row_stands_in_the_next_file_as_it_is_then(kept: SmallArchive) -> None:
    first, second = custody_files.follow(paths(kept))
    held, filed = (path_of_the_first(one) for one in (first, second))
    assert (held, filed) == ("_holding/2026-11-16/7692c3 张三.mp3", "张三/2026-11-16/1.mp3")
    assert "sheet_row" not in {one.table for one in second.rows}


def path_of_the_first(found: CustodyFile) -> object:
    (row,) = [one.row for one in found.rows if (one.table, one.key) == ("recording", (1,))]
    return row and row["path"]


def test_rows_without_entries_are_written_down_and_come_back(kept: SmallArchive) -> None:
    """Not every change is about a recording."""
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("INSERT INTO open_day VALUES ('2026-11-16')")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 1
    *_, last = custody_files.follow(paths(kept))
    assert (last.heading.entries, last.heading.rows) == (0, 1)
    url = f"sqlite:///{kept.store.root}/.callvault/catalogue.sqlite"
    kept.catalogue.close()
    rebuild(kept.store, url, AT)
    with closing(open_catalogue(url)) as anew, anew.reading() as tx:
        assert tx.exec_driver_sql("SELECT day FROM open_day").scalars().all() == ["2026-11-16"]


def test_another_try_of_an_errand_asks_for_no_file_and_it_begins_anew(kept: SmallArchive) -> None:
    with kept.catalogue.transaction() as tx:
        (first, *_) = outbox.due(tx, None, 10)
        outbox.postpone(tx, first, AT, Message.of("store.unreachable"))
        since = outbox.owed_since(tx)
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 0
    url = f"sqlite:///{kept.store.root}/.callvault/catalogue.sqlite"
    kept.catalogue.close()
    rebuild(kept.store, url, AT)
    with closing(open_catalogue(url)) as anew, anew.transaction() as tx:
        again = outbox.due(tx, AT, 10)[0]
        assert outbox.owed_since(tx) == since
    assert (again.key, again.attempts) == (first.key, 0)


def test_many_changes_are_spread_over_several_files(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MOST", 3)
    for number in range(5):
        archive.admit(bytes([number]), f"{number}.mp3")
    written = keeping.keep(archive.catalogue, archive.store, AT)
    found = list(custody_files.follow(paths(archive)))
    assert len(found) == written > 2
    assert [len(one.entries) for one in found][:2] == [3, 2]
    tables = [(one.table, one.key) for file in found for one in file.rows]
    assert sum(table == "recording" for table, _ in tables) == len(set(tables) & {
        ("recording", (number,)) for number in range(1, 6)
    }) == 5  # fmt: skip


def test_what_a_kill_left_behind_is_entered_as_it_is(kept: SmallArchive) -> None:
    """The file was whole under its name, and the catalogue had not heard of it."""
    cut_short(kept, SECOND)
    kept.admit(b"three", "3.mp3")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 2
    third = f"{CUSTODY}/2026-11-18/00000003.jsonl"
    assert files(kept) == [FIRST, SECOND, third]
    *_, last = custody_files.follow(paths(kept))
    assert last.heading.entries == 1
    with kept.catalogue.reading() as tx:
        assert [one.path for one in papers.custody_files(tx)] == files(kept)


def test_the_first_file_is_written_though_all_recordings_were_deleted_before(
    archive: SmallArchive,
) -> None:
    admitted = archive.admit(b"one")
    archive.store.path(admitted.path).unlink()
    assert keeping.keep(archive.catalogue, archive.store, AT) == 1


def test_where_files_and_all_recordings_are_gone_it_is_another_archive(kept: SmallArchive) -> None:
    for folder in (kept.store.path(CUSTODY), *kept.store.root.glob("[!.]*")):
        shutil.rmtree(folder)
    with pytest.raises(DiskError) as caught:
        keeping.keep(kept.catalogue, kept.store, AT)
    assert caught.value.message.key == "archive.emptied"


def test_an_empty_folder_of_a_later_date_hides_no_file(kept: SmallArchive) -> None:
    kept.store.path(f"{CUSTODY}/2026-12-01").mkdir()
    cut_short(kept, SECOND)
    assert keeping.keep(kept.catalogue, kept.store, AT) == 2
    assert len(list(custody_files.follow(sorted(paths(kept), key=lambda one: one.name)))) == 3


@pytest.mark.parametrize("days", [-1, 0, 2])
def test_one_left_behind_under_an_earlier_date_is_entered_too(
    kept: SmallArchive, days: int
) -> None:
    """The clock had gone back, a kill came just then, and the next pass is on whatever day."""
    cut_short(kept, SECOND)
    os.renames(kept.store.path(SECOND), early := kept.store.path(SECOND.replace("17", "15")))
    kept.admit(b"three", "3.mp3")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=days)) == 2
    assert early.exists()
    assert len(list(custody_files.follow(sorted(paths(kept), key=lambda one: one.name)))) == 3


def test_after_a_clock_that_was_ahead_no_file_lies_under_an_earlier_date(
    kept: SmallArchive,
) -> None:
    """Later ones are looked for in a mirror behind the last, by their paths."""
    for days in (200, 2):
        kept.admit(b"%d" % days, f"{days}.mp3")
        keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=days))
    ahead = f"{CUSTODY}/2027-06-04"
    assert files(kept) == [FIRST, SECOND, f"{ahead}/00000003.jsonl", f"{ahead}/00000004.jsonl"]
    last = custody_files.read(paths(kept)[-1])
    assert last.heading.written_at == (AT + timedelta(days=2)).isoformat()


def test_what_is_no_custody_file_hinders_nothing(kept: SmallArchive) -> None:
    """Somebody kept notes there, and a copy."""
    folder = kept.store.path(SECOND).parent
    (folder / "notes.jsonl").write_bytes(b"{}")
    (folder / "00000009 - copy.jsonl").write_bytes(b"{}")
    kept.admit(b"three", "3.mp3")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=1)) == 1


def test_a_catalogue_older_by_rows_alone_stops_too(kept: SmallArchive) -> None:
    """No entry tells that the second file says more; its row does."""
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE customer SET name = '张叁'")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 1
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM custody_file WHERE number = 3")
        tx.exec_driver_sql("UPDATE customer SET name = '张三'")
        tx.exec_driver_sql("DELETE FROM changed")
    with pytest.raises(CustodyError) as caught:
        keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=3))
    assert caught.value.message.key == "custody.ahead"


def test_a_row_that_is_written_again_as_it_was_asks_for_no_file(kept: SmallArchive) -> None:
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE outbox SET attempts = attempts, error = error")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 0
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE outbox SET sent = NOT sent")
    assert keeping.keep(kept.catalogue, kept.store, AT + timedelta(days=2)) == 1


@pytest.mark.parametrize("lost", [1, 2])
def test_a_catalogue_older_than_its_custody_files_stops(kept: SmallArchive, lost: int) -> None:
    """A backup was restored: its next entry would fork the history."""
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM custody_file WHERE number >= ?", (lost,))
        tx.exec_driver_sql("DELETE FROM custody WHERE seq > 1")
    for _ in range(2):
        with pytest.raises(CustodyError) as caught:
            keeping.keep(kept.catalogue, kept.store, AT)
        assert caught.value.message.key == "custody.ahead"
    assert files(kept) == [FIRST, SECOND]


def flip(path: Path, at: int) -> None:
    contents = bytearray(path.read_bytes())
    contents[at] ^= 1
    path.write_bytes(contents)


DAMAGES: dict[str, Callable[[SmallArchive], object]] = {
    "a bit of the heading": lambda kept: flip(kept.store.path(SECOND), 30),
    "a bit of an entry": lambda kept: flip(
        kept.store.path(FIRST), kept.store.path(FIRST).read_bytes().index(b'{\\"arrived_at')
    ),
    "a bit of a row": lambda kept: flip(
        kept.store.path(FIRST), kept.store.path(FIRST).read_bytes().index(b'"customer"') + 2
    ),
    "its last line": lambda kept: os.truncate(
        kept.store.path(SECOND), kept.store.path(SECOND).stat().st_size - 60
    ),
    "all of its last line": lambda kept: kept.store.path(SECOND).write_bytes(
        b"".join(kept.store.path(SECOND).read_bytes().splitlines(keepends=True)[:-1])
    ),
    "what its last line is": lambda kept: kept.store.path(SECOND).write_bytes(
        b"".join(kept.store.path(SECOND).read_bytes().splitlines(keepends=True)[:-1]) + b"[]\n"
    ),
    "the first file": lambda kept: kept.store.path(FIRST).unlink(),
    "all of a file": lambda kept: kept.store.path(SECOND).write_bytes(b""),
    "an entry, hashed anew": lambda kept: rewrite(kept.store.path(FIRST)),
}


def rewrite(path: Path) -> None:
    """As somebody does who knows the form: the file holds by itself."""
    found = custody_files.read(path)
    dropped = [one for one in found.rows if one.table != "inbox_file"][1:]
    heading = replace(found.heading, rows=len(dropped))
    path.write_bytes(b"".join(custody_files.lines(heading, found.entries, dropped)))
    assert custody_files.read(path).rows == dropped


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_wherever_it_is(kept: SmallArchive, damage: str) -> None:
    DAMAGES[damage](kept)
    assert refused(kept) in {"custody.damaged", "custody.gap", "custody.no_successor"}


def test_a_file_of_a_newer_callvault_is_not_guessed_at(kept: SmallArchive) -> None:
    path = kept.store.path(SECOND)
    heading, *rest = path.read_bytes().splitlines(keepends=True)
    newer = json.dumps(json.loads(heading) | {"form": 2}).encode() + b"\n"
    path.write_bytes(newer + b"".join(rest))
    assert refused(kept) == "custody.newer"


def test_a_file_that_cannot_be_read_is_named(kept: SmallArchive) -> None:
    kept.store.path(FIRST).unlink()
    kept.store.path(FIRST).mkdir()
    assert refused(kept) == "custody.unreadable"


def test_two_files_of_a_number_are_told_as_such(kept: SmallArchive) -> None:
    """Whoever goes on from an older copy writes the same number on another day."""
    again = kept.store.path(custody_path(2, date(2026, 11, 30)))
    again.parent.mkdir()
    again.write_bytes(kept.store.path(SECOND).read_bytes())
    assert refused(kept) == "custody.doubled"
