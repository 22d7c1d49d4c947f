"""The mirror: what it says is mirrored is there with that checksum, and trouble only delays it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalogue import outbox
from archive.mirror import Drained, wait_after
from archive.objects import ObjectLock, StoredObject, StoreError
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import SmallArchive

FILED = "张三/2026-11-16/a.mp3"


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


class RefusingStore(MemoryStore):
    """Refuses to remove objects, as a bucket under legal hold does."""

    def delete(self, key: str) -> bool:
        raise StoreError(Message.of("store.access_denied", bucket="memory", key=key, code="403"))


class SilentStore(MemoryStore):
    """Takes an object and goes down before it answers."""

    answers = False

    def look(self, key: str) -> StoredObject | None:
        self.down = not self.answers
        return super().look(key)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def office(archive: SmallArchive, store: MemoryStore) -> Office:
    return Office(archive, store)


def test_everything_owed_is_put_confirmed_and_marked(office: Office, store: MemoryStore) -> None:
    calls = [office.archive.admit(bytes([one]), f"{one}.mp3") for one in range(3)]
    done: list[int] = []
    assert office.drain(progress=done.append) == Drained(3, 0, None, None)
    assert done == [3]
    assert all(office.mirrored(call) for call in calls)
    assert store.objects == {call.path: bytes([one]) for one, call in enumerate(calls)}
    assert store.metadata[calls[0].path] == {"source": "0.mp3"}
    assert office.drain() == Drained(0, 0, None, None)


def test_a_store_without_checksums_is_read_back(archive: SmallArchive) -> None:
    office = Office(archive, MemoryStore(keeps_checksums=False))
    held = archive.admit(b"a call")
    assert office.drain().done == 1
    assert office.mirrored(held)


def test_more_than_one_batch_is_worked_off(office: Office) -> None:
    calls = [office.archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(70)]
    done: list[int] = []
    assert office.drain(progress=done.append).done == 70
    assert done == [64, 6]
    assert all(office.mirrored(call) for call in calls)


# Moves


def test_a_moved_recordings_old_object_goes_after_the_new_one_is_there(
    office: Office, store: MemoryStore
) -> None:
    held = office.archive.admit(b"a call")
    office.drain()
    filed = office.archive.move(held, FILED)
    assert list(store.objects) == [held.path]
    assert office.drain().done == 2
    assert store.objects == {FILED: b"a call"}
    assert office.mirrored(filed)


def test_the_old_object_stays_while_the_new_one_cannot_be_confirmed(
    office: Office, store: MemoryStore
) -> None:
    held = office.archive.admit(b"a call")
    office.drain()
    filed = office.archive.move(held, FILED)
    store.objects[FILED] = b"somebody else's"
    assert office.drain(everything=True) == Drained(
        0, 1, None, Message.of("store.object_differs", key=FILED, bucket="memory")
    )
    assert store.objects[held.path] == b"a call"
    assert not office.mirrored(filed)


def test_an_old_object_that_may_not_be_removed_is_tried_again(archive: SmallArchive) -> None:
    store = RefusingStore()
    office = Office(archive, store)
    held = archive.admit(b"a call")
    office.drain()
    filed = archive.move(held, FILED)
    drained = office.drain()
    assert (drained.done, drained.refused) == (1, 1)
    assert office.mirrored(filed)
    assert archive.owed() == [f"remove {held.path}"]


# Outages


def test_an_outage_ends_the_work_and_delays_it_only(office: Office, store: MemoryStore) -> None:
    calls = [office.archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(70)]
    store.down = True
    drained = office.drain()
    assert (drained.done, drained.refused, drained.problem) == (0, 0, None)
    assert drained.outage is not None
    assert drained.outage.key == "store.unreachable"
    assert office.error(calls[0]) == "store.unreachable"
    assert office.archive.mirror_state(calls[0]).refusals == 0
    assert office.archive.mirror_state(calls[69]).error is None  # not even tried
    store.down = False
    assert office.drain() == Drained(70, 0, None, None)
    assert all(office.mirrored(call) for call in calls)


def test_an_outage_before_the_confirmation_marks_nothing(archive: SmallArchive) -> None:
    store = SilentStore()
    office = Office(archive, store)
    held = archive.admit(b"a call")
    assert office.drain().outage is not None
    assert store.objects == {held.path: b"a call"}
    assert archive.mirror_state(held).checksum is None
    filed = archive.move(held, FILED)
    store.down, store.answers = False, True
    assert office.drain().done == 2
    assert office.mirrored(filed)
    assert store.objects == {FILED: b"a call"}


def test_the_work_stops_when_asked_to(office: Office) -> None:
    for one in range(70):
        office.archive.admit(f"{one}".encode(), f"{one}.mp3")
    assert office.drain(stop=lambda: True) == Drained(0, 0, None, None)
    turns = iter([False, True])
    assert office.drain(stop=lambda: next(turns)).done == 64
    assert len(office.archive.owed()) == 6


# What a store does to one object


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


def test_the_log_names_no_customer(
    office: Office, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    filed = office.archive.move(office.archive.admit(b"a call", "张三.mp3"), FILED)
    store.objects[FILED] = b"other bytes"
    with caplog.at_level(logging.DEBUG):
        office.drain()
        store.objects.clear()
        office.drain(everything=True)
    assert caplog.messages == [
        f"mirror put recording {filed.id}: store.object_differs",
        f"mirror put recording {filed.id}: done",
    ]


def test_a_refused_errand_rests_a_minute_at_first_and_six_hours_at_most() -> None:
    assert [wait_after(refusals) for refusals in (0, 1, 5)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=32),
    ]
    assert wait_after(9) == wait_after(10**9) == timedelta(hours=6)
