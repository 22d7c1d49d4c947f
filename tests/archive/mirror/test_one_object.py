"""What is refused, lost, altered or unreadable is not marked, and is tried again ever later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from archive.catalogue import outbox
from archive.mirror import Drained, Mirror, wait_after
from archive.objects import ObjectLock, StoredObject
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive


class LosingStore(MemoryStore):
    """Takes what it is given and then has something else, as a bucket's rules may bring about."""

    def __init__(self, instead: bytes | None, *, keeps_checksums: bool) -> None:
        super().__init__(keeps_checksums=keeps_checksums)
        self.instead = instead
        self.loses = True

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        super().put(key, path, sha256, size, metadata, lock)
        if self.loses:
            del self.objects[key]
            if self.instead is not None:
                self.objects[key] = self.instead


class ParrotStore(LosingStore):
    """Repeats the checksum that came with an upload, whatever became of the bytes."""

    said: str | None = None

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        super().put(key, path, sha256, size, metadata, lock)
        self.said = sha256

    def look(self, key: str) -> StoredObject | None:
        found = super().look(key)
        return found and replace(found, sha256=self.said)


def test_a_poisoned_object_is_put_off_longer_each_time_and_holds_nobody_up(
    office: Office, store: MemoryStore
) -> None:
    poisoned = office.archive.admit(b"a call", "a.mp3")
    store.objects[poisoned.path] = b"other bytes"
    waits = []
    for turn in range(12):
        other = office.archive.admit(f"{turn}".encode(), f"{turn}.mp3")
        drained = office.drain()
        assert (drained.done, drained.refused, drained.outage) == (1, 1, None)
        assert drained.problem is not None
        assert drained.problem.key == "store.object_differs"
        assert office.mirrored(other)
        assert not office.mirrored(poisoned)
        assert office.archive.mirror_state(poisoned).refusals == turn + 1
        with office.archive.catalogue.transaction() as tx:
            next_at = outbox.next_at(tx)
        assert next_at is not None
        waits.append(next_at - office.now)
        office.now = next_at - timedelta(microseconds=1)
        assert office.drain() == Drained(0, 0, None, None)
        office.now = next_at
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
    assert store.objects[poisoned.path] == b"other bytes"
    del store.objects[poisoned.path]
    assert office.drain().done == 1
    assert office.mirrored(poisoned)


def test_however_many_objects_are_refused_each_is_tried_once_a_turn(
    office: Office, store: MemoryStore
) -> None:
    calls = [office.archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(70)]
    store.objects = {call.path: b"other bytes" for call in calls[:69]}
    assert (drained := office.drain(everything=True)).refused == 69
    assert drained.done == 1
    assert office.mirrored(calls[69])


def test_everything_means_also_what_was_put_off(office: Office, store: MemoryStore) -> None:
    held = office.archive.admit(b"a call")
    store.objects[held.path] = b"other bytes"
    office.drain()
    store.objects.clear()
    assert office.drain() == Drained(0, 0, None, None)
    assert office.drain(everything=True).done == 1


@pytest.mark.parametrize("keeps_checksums", [True, False])
@pytest.mark.parametrize(
    ("instead", "sentence"),
    [
        (None, "archive.mirror_absent"),
        (b"b call", "archive.mirror_differs"),
        (b"a ca", "archive.mirror_differs"),
        (b"", "archive.mirror_differs"),
    ],
)
def test_an_object_that_the_store_lost_or_altered_is_not_marked(
    archive: SmallArchive, instead: bytes | None, sentence: str, keeps_checksums: bool
) -> None:
    store = LosingStore(instead, keeps_checksums=keeps_checksums)
    office = Office(archive, store)
    held = archive.admit(b"a call")
    assert office.drain().refused == 1
    assert not office.mirrored(held)
    assert office.error(held) == sentence
    store.loses = False
    store.objects.clear()
    assert office.drain(everything=True).done == 1
    assert office.mirrored(held)


def test_a_repeated_checksum_does_not_cover_up_that_bytes_are_missing(
    archive: SmallArchive,
) -> None:
    office = Office(archive, ParrotStore(b"a ca", keeps_checksums=True))
    held = archive.admit(b"a call")
    assert office.drain().refused == 1
    assert office.error(held) == "archive.mirror_differs"
    assert archive.mirror_state(held).checksum is None


def test_a_recording_that_cannot_be_read_holds_nobody_up(office: Office) -> None:
    gone = office.archive.admit(b"a call", "a.mp3")
    other = office.archive.admit(b"another", "b.mp3")
    office.archive.store.path(gone.path).unlink()
    assert (drained := office.drain()).refused == 1
    assert drained.done == 1
    assert office.error(gone) == "archive.mirror_source"
    assert office.mirrored(other)


def test_a_recording_altered_in_the_archive_is_not_uploaded(
    office: Office, store: MemoryStore
) -> None:
    held = office.archive.admit(b"a call")
    office.archive.store.path(held.path).write_bytes(b"b call")
    assert office.drain().refused == 1
    assert store.objects == {}
    assert not office.mirrored(held)


def test_waits_are_shortened_by_chance(archive: SmallArchive, store: MemoryStore) -> None:
    held = archive.admit(b"a call")
    store.objects[held.path] = b"other bytes"
    waits = []
    for chance in (0.0, 0.5, 1.0):
        chosen = partial(float, chance)
        mirror = Mirror(archive.catalogue, archive.store, store, 1, lambda: AT, chosen)
        mirror.drain(everything=True)
        with archive.catalogue.transaction() as tx:
            next_at = outbox.next_at(tx)
        assert next_at is not None
        waits.append((next_at - AT).total_seconds())
    assert waits == [60, 2 * 54, 4 * 48]


def test_a_refused_errand_rests_a_minute_at_first_and_six_hours_at_most() -> None:
    assert [wait_after(refusals) for refusals in (0, 1, 5)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=32),
    ]
    assert wait_after(9) == wait_after(10**9) == timedelta(hours=6)
