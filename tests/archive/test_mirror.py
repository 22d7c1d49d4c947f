"""The mirror: what it says is mirrored is there with that checksum, and trouble only delays it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from archive import mirror as mirror_module
from archive.catalogue import outbox
from archive.catalogue.errands import PUT
from archive.mirror import Drained, Mirror, one_batch, wait_after
from archive.mirror_records import Errand
from archive.objects import ObjectLock, StoredObject, StoreError
from archive.records import Recording
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive, sha256

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


UNANSWERED = Message.of("store.interrupted", endpoint="memory", bucket="memory", code="-")

UNREACHABLE = Message.of("store.unreachable", endpoint="memory", code="down")


class SickStore(MemoryStore):
    """Has objects of which every request fails as if nobody were there."""

    def __init__(self) -> None:
        super().__init__()
        self.poisoned: set[str] = set()
        self.tried: list[str] = []

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        self.tried.append(key)
        if key in self.poisoned:
            said = Message.of("store.server_error", endpoint="memory", code="500", key=key)
            raise StoreError(said, outage=True)
        super().put(key, path, sha256, size, metadata, lock)


class DyingStore(SickStore):
    """Does not answer any more, whatever is asked, once it met a poisoned object."""

    def check(self) -> None:
        if self.poisoned & set(self.tried):
            raise StoreError(UNANSWERED, outage=True)


class FarStore(SickStore):
    """Cannot be connected to any more; whoever asks again waits in vain."""

    away = False

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        self.away = self.away or key in self.poisoned
        if self.away:
            raise StoreError(UNREACHABLE, outage=True, afar=True)
        super().put(key, path, sha256, size, metadata, lock)

    def look(self, key: str) -> StoredObject | None:
        contents = self.objects[key]
        return StoredObject(key, len(contents), sha256(contents))

    def check(self) -> None:
        assert not self.away


class SecretiveStore(SickStore):
    """Takes objects but does not let the bucket be looked at."""

    def check(self) -> None:
        raise StoreError(Message.of("store.access_denied", bucket="memory", key="", code="403"))

    def look(self, key: str) -> StoredObject | None:
        contents = self.objects[key]
        return StoredObject(key, len(contents), sha256(contents))


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


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror_module, "_BATCH", 64)


@pytest.mark.usefixtures("small_batches")
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


class CopyingStore(MemoryStore):
    """Notes what it is asked to do; its copies may go wrong."""

    def __init__(self, *, keeps_checksums: bool = True) -> None:
        super().__init__(keeps_checksums=keeps_checksums)
        self.asked: list[str] = []
        self.refuses: StoreError | None = None
        self.damages: bytes | None = None

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        self.asked.append(f"put {key}")
        super().put(key, path, sha256, size, metadata, lock)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self.asked.append(f"copy {key} {to}")
        if self.refuses is not None:
            raise self.refuses
        super().copy(key, to, lock)
        if self.damages is not None:
            self.objects[to] = self.damages

    def delete(self, key: str) -> bool:
        self.asked.append(f"delete {key}")
        return super().delete(key)


UNCOPIED = Message.of("store.refused", endpoint="memory", bucket="memory", code="NotImplemented")


@pytest.mark.parametrize("keeps_checksums", [True, False])
def test_a_recording_that_moved_is_copied_within_the_store(
    archive: SmallArchive, keeps_checksums: bool
) -> None:
    store = CopyingStore(keeps_checksums=keeps_checksums)
    office = Office(archive, store)
    held = archive.admit(b"a call", "b.mp3")
    office.drain()
    filed = archive.move(held, FILED)
    again = archive.move(filed, "李四/2026-11-16/a.mp3")
    office.drain()
    assert store.asked == [
        f"put {held.path}",
        f"copy {held.path} {again.path}",
        f"delete {held.path}",
    ]
    assert office.mirrored(again)
    assert store.metadata == {again.path: {"source": "b.mp3"}}


def test_what_cannot_be_copied_is_uploaded(archive: SmallArchive) -> None:
    store = CopyingStore()
    office = Office(archive, store)
    held = archive.admit(b"a call")
    office.drain()
    filed = archive.move(held, FILED)
    store.refuses = StoreError(UNCOPIED)
    assert office.drain() == Drained(2, 0, None, None)
    assert store.asked[1:3] == [f"copy {held.path} {FILED}", f"put {FILED}"]
    assert office.mirrored(filed)
    assert list(store.objects) == [FILED]


def test_a_copy_without_an_answer_is_put_off_and_uploaded_then(archive: SmallArchive) -> None:
    store = CopyingStore()
    office = Office(archive, store)
    held = archive.admit(b"a call")
    office.drain()
    filed = archive.move(held, FILED)
    store.refuses = StoreError(UNCOPIED, outage=True)
    assert office.drain().refused == 1
    assert store.objects == {held.path: b"a call"}
    office.now += timedelta(minutes=1)
    assert office.drain().done == 2
    assert store.asked.count(f"copy {held.path} {FILED}") == 1
    assert office.mirrored(filed)


@pytest.mark.parametrize("keeps_checksums", [True, False])
@pytest.mark.parametrize("damaged", [b"b call", b"a ca", b""])
def test_a_copy_with_other_bytes_is_uploaded_anew(
    archive: SmallArchive, damaged: bytes, keeps_checksums: bool
) -> None:
    store = CopyingStore(keeps_checksums=keeps_checksums)
    office = Office(archive, store)
    held = archive.admit(b"a call")
    office.drain()
    filed = archive.move(held, FILED)
    store.damages = damaged
    assert office.drain() == Drained(2, 0, None, None)
    assert office.mirrored(filed)
    assert store.objects == {FILED: b"a call"}


def test_a_copy_whose_confirmation_was_cut_off_is_not_made_again(archive: SmallArchive) -> None:
    """As a kill leaves it."""
    store = CopyingStore()
    office = Office(archive, store)
    held = archive.admit(b"a call")
    office.drain()
    filed = archive.move(held, FILED)
    store.copy(held.path, FILED)
    assert office.drain().done == 2
    assert store.asked.count(f"copy {held.path} {FILED}") == 1
    assert office.mirrored(filed)
    assert store.objects == {FILED: b"a call"}


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


@pytest.mark.usefixtures("small_batches")
def test_the_work_stops_when_asked_to(office: Office) -> None:
    for one in range(70):
        office.archive.admit(f"{one}".encode(), f"{one}.mp3")
    assert office.drain(stop=lambda: True) == Drained(0, 0, None, None)
    done: list[int] = []
    assert office.drain(progress=done.append, stop=lambda: bool(done)).done == 64
    assert len(office.archive.owed()) == 6


@pytest.mark.parametrize(
    ("megabytes", "count"), [(0.01, 256), (0.5, 128), (0.9, 71), (30, 64), (None, 256)]
)
def test_a_batch_has_fewer_where_they_are_large(megabytes: float | None, count: int) -> None:
    """It is written down as a whole, which over a slow line must not take long."""
    size = None if megabytes is None else int(megabytes * (1 << 20))
    due = [Errand(one, PUT, f"{one}", one, "", "", size, 0) for one in range(300)]
    assert len(one_batch(due)) == count
    assert one_batch(due[:3]) == due[:3]
    assert one_batch([]) == []


def test_the_work_stops_within_a_batch(office: Office) -> None:
    for one in range(10):
        office.archive.admit(f"{one}".encode(), f"{one}.mp3")
    asked = count()
    stopped = office.drain(stop=lambda: next(asked) > 4)
    assert stopped.done == 4
    assert office.drain() == Drained(6, 0, None, None)


def admitted(archive: SmallArchive, calls: int) -> list[Recording]:
    return [archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(calls)]


def test_an_object_that_always_fails_is_put_off_and_holds_nobody_up(archive: SmallArchive) -> None:
    store = SickStore()
    office = Office(archive, store)
    calls = admitted(archive, 70)
    poisoned = calls[3]
    store.poisoned = {poisoned.path}
    drained = office.drain()
    assert (drained.done, drained.refused, drained.outage) == (69, 1, None)
    assert office.error(poisoned) == "store.server_error"
    assert archive.mirror_state(poisoned).refusals == 1
    assert store.tried.count(poisoned.path) == 1
    assert office.drain() == Drained(0, 0, None, None)  # also by another process: it is put off
    office.now += timedelta(minutes=1)
    later = archive.admit(b"later")
    assert office.drain().done == 1
    assert office.mirrored(later)
    assert archive.mirror_state(poisoned).refusals == 2
    store.poisoned.clear()
    office.now += timedelta(minutes=2)
    assert office.drain().done == 1
    assert office.mirrored(poisoned)


def test_an_object_that_fails_alone_is_refused_where_the_bucket_answers(
    archive: SmallArchive,
) -> None:
    store = SickStore()
    office = Office(archive, store)
    held = archive.admit(b"a call")
    store.poisoned = {held.path}
    drained = office.drain()
    assert (drained.done, drained.refused, drained.outage) == (0, 1, None)
    assert archive.mirror_state(held).refusals == 1


def test_a_bucket_that_may_not_be_looked_at_answers_all_the_same(archive: SmallArchive) -> None:
    store = SecretiveStore()
    calls = admitted(archive, 5)
    store.poisoned = {calls[0].path}
    drained = Mirror(archive.catalogue, archive.store, store, 1, lambda: AT).drain(everything=False)
    assert (drained.done, drained.refused, drained.outage) == (0, 5, None)
    assert store.tried == [call.path for call in calls]


def test_an_outage_that_begins_half_way_refuses_nobody(archive: SmallArchive) -> None:
    store = DyingStore()
    office = Office(archive, store)
    calls = admitted(archive, 20)
    store.poisoned = {calls[10].path}
    drained = office.drain()
    assert drained.outage is not None
    assert drained.refused == 0
    assert drained.done <= 10
    assert [archive.mirror_state(call).refusals for call in calls] == [0] * 20
    store.poisoned = set()
    assert archive.owed() == [f"put {call.path}" for call in calls if not office.mirrored(call)]
    office.drain()
    assert all(office.mirrored(call) for call in calls)


def test_a_bucket_that_answers_and_takes_nothing_is_an_outage(archive: SmallArchive) -> None:
    """Else each of thousands would be waited for in turn."""
    store = SickStore()
    office = Office(archive, store)
    calls = admitted(archive, 70)
    store.poisoned = {call.path for call in calls}
    drained = office.drain()
    assert drained.outage is not None
    assert drained.outage.key == "store.server_error"
    assert 1 <= drained.refused < 8
    assert len(store.tried) <= 8 + 3  # each of four workers twice, and those that were at it
    store.poisoned.clear()
    assert office.drain(everything=True).done == 70


def test_however_many_are_poisoned_the_others_get_through(archive: SmallArchive) -> None:
    store = SickStore()
    office = Office(archive, store)
    calls = admitted(archive, 40)
    store.poisoned = {call.path for call in calls[:30]}
    for _ in range(20):
        office.drain(everything=True)
    assert all(office.mirrored(call) for call in calls[30:])


def test_a_dead_bucket_costs_each_worker_one_wait(archive: SmallArchive) -> None:
    store = DyingStore()
    office = Office(archive, store)
    store.poisoned = {call.path for call in admitted(archive, 64)}
    drained = office.drain()
    assert drained.outage is not None
    assert len(store.tried) <= 4


def test_where_no_connection_comes_about_nothing_more_is_asked(archive: SmallArchive) -> None:
    store = FarStore()
    calls = admitted(archive, 20)
    store.poisoned = {calls[5].path}
    drained = Office(archive, store).drain()
    assert drained.outage is not None
    assert drained.outage.key == "store.unreachable"
    assert drained.refused == 0


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


class SweepingStore(MemoryStore):
    """Has uploads that were left unfinished under some keys."""

    def __init__(self, unfinished: set[str]) -> None:
        super().__init__()
        self.unfinished = unfinished

    def sweep(self, mine: Callable[[str], bool]) -> None:
        self.check()
        self.unfinished = {key for key in self.unfinished if not mine(key)}


def test_unfinished_uploads_of_what_the_mirror_has_or_owes_are_swept(archive: SmallArchive) -> None:
    others = {"others.iso", "office/_holding/x.mp3", "backup/2026-11-16/x.iso"}
    held = archive.admit(b"a call", "a.mp3")
    sent = archive.move(held, FILED)
    store = SweepingStore({held.path, sent.path, *others})
    Office(archive, store).drain()
    owed = archive.move(archive.admit(b"another", "b.mp3"), "李四/2026-11-16/b.mp3")
    store.unfinished.add(owed.path)
    mirror = Mirror(archive.catalogue, archive.store, store, 1, lambda: AT)
    store.down = True
    mirror.sweep()
    assert store.unfinished == {held.path, sent.path, owed.path, *others}
    store.down = False
    mirror.sweep()
    assert store.unfinished == others


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


def test_what_others_have_under_a_key_is_not_removed_when_the_recording_moves(
    archive: SmallArchive,
) -> None:
    store = MemoryStore(keeps_checksums=False)
    office = Office(archive, store)
    recording = archive.admit(b"a call")
    store.objects[recording.path] = b"somebody else's"
    assert office.drain().refused == 1
    archive.move(recording, FILED)
    office.drain()
    assert store.objects == {recording.path: b"somebody else's", FILED: b"a call"}
    assert archive.owed() == []
    told = "".join(one.entry for one in archive.custody())
    assert '"event":"removed"' not in told


def test_what_was_owed_while_the_clock_was_ahead_waits_for_no_such_time(
    archive: SmallArchive,
) -> None:
    store = MemoryStore()
    recording = archive.admit(b"a call", now=AT + timedelta(days=365))
    assert Office(archive, store).drain().done == 1
    assert store.objects == {recording.path: b"a call"}
