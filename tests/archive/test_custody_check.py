"""Whether the custody log is whole: its chain, its files, and what the mirror has of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from archive import keeping
from archive.custody_check import check
from archive.layout import CUSTODY
from archive.store import Store
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, SmallArchive

SECOND = f"{CUSTODY}/2026-11-17/00000002.jsonl"
World = tuple[SmallArchive, MemoryStore]


@pytest.fixture
def world(archive: SmallArchive) -> World:
    """Two custody files, both mirrored."""
    objects = MemoryStore()
    for day in range(2):
        archive.admit(bytes([day]), f"{day}.mp3")
        keeping.keep(archive.catalogue, archive.store, AT + timedelta(days=day))
    for path in (archive.store.root / CUSTODY).rglob("*.jsonl"):
        key = path.relative_to(archive.store.root).as_posix()
        sha256, size = archive.store.read_sha256(key)
        objects.put(key, path, sha256, size, {})
    token = archive.inbox / "token"
    token.write_bytes(b"a time stamp")
    objects.put(
        SECOND.replace("jsonl", "tsr"), token, *Store(archive.inbox).read_sha256("token"), {}
    )
    return archive, objects


def problems(world: World) -> list[str]:
    archive, objects = world
    checked = check(archive.catalogue, Store(archive.store.root), objects)
    return [one.key for one in checked.problems]


def test_a_log_that_nobody_touched_is_whole_in_all_three_places(world: World) -> None:
    archive, objects = world
    checked = check(archive.catalogue, archive.store, objects)
    assert (checked.problems, checked.files, checked.mirrored) == ((), 2, 2)
    assert (checked.entries, checked.head) == (2, archive.custody()[-1].hash)
    assert check(archive.catalogue, archive.store, None).mirrored is None


def execute(archive: SmallArchive, statement: str) -> None:
    with archive.catalogue.transaction() as tx:
        tx.exec_driver_sql(statement)


def replace_object(objects: MemoryStore, archive: SmallArchive) -> None:
    other = archive.inbox / "other"
    other.write_bytes(b"another history")
    objects.delete(SECOND)
    objects.put(SECOND, other, *Store(archive.inbox).read_sha256("other"), {})


def more_in_the_mirror(objects: MemoryStore, archive: SmallArchive) -> None:
    path = archive.store.path(SECOND)
    sha256, size = archive.store.read_sha256(SECOND)
    objects.put(SECOND.replace("02.", "03."), path, sha256, size, {})


DAMAGES: dict[str, tuple[Callable[[SmallArchive, MemoryStore], object], set[str]]] = {
    "an entry in the catalogue": (
        lambda archive, _: execute(archive, "UPDATE custody SET entry = '{}' WHERE seq = 1"),
        {"custody.log_broken"},
    ),
    "the last entries are gone": (
        lambda archive, _: execute(archive, "DELETE FROM custody WHERE seq = 2"),
        {"custody.file_differs"},
    ),
    "a file": (
        lambda archive, _: archive.store.path(SECOND).write_bytes(b"{}\n"),
        {"custody.damaged"},
    ),
    "a file is gone": (
        lambda archive, _: archive.store.path(SECOND).unlink(),
        {"custody.file_gone"},
    ),
    "the hash of a file": (
        lambda archive, _: execute(archive, "UPDATE custody_file SET sha256 = 'f' WHERE number=2"),
        {"custody.file_differs", "custody.object_differs"},
    ),
    "an object": (
        lambda archive, objects: replace_object(objects, archive),
        {"custody.object_differs"},
    ),
    "the mirror knows more": (
        lambda archive, objects: more_in_the_mirror(objects, archive),
        {"custody.mirror_knows_more"},
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_touched_is_named(world: World, damage: str) -> None:
    touch, expected = DAMAGES[damage]
    touch(*world)
    assert set(problems(world)) == expected


def test_a_log_that_ends_too_early_is_not_called_whole(world: World) -> None:
    """A backup of the catalogue was put back: what it has of the log holds."""
    archive, objects = world
    execute(archive, "DELETE FROM custody_file WHERE number = 2")
    execute(archive, "DELETE FROM custody WHERE seq = 2")
    checked = check(archive.catalogue, archive.store, None)
    assert [one.key for one in checked.problems] == ["custody.ahead"]
    assert set(problems((archive, objects))) == {"custody.ahead", "custody.mirror_knows_more"}


def test_what_the_mirror_has_shown_and_lacks_now_is_named(world: World) -> None:
    archive, objects = world
    columns = "path, sha256, written_at FROM custody_file WHERE number = 2"
    execute(archive, f"INSERT INTO object (key, checksum, confirmed_at) SELECT {columns}")
    assert problems(world) == []
    objects.delete(SECOND)
    assert problems(world) == ["custody.object_gone"]
