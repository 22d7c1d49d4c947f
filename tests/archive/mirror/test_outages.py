"""An outage only delays the work, and an object that always fails holds nobody up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from archive.mirror import Drained, Mirror
from archive.objects import ObjectLock, StoredObject, StoreError
from archive.records import Recording
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import FILED, Office
from tests.archive.small_archive import AT, SmallArchive, sha256


class SilentStore(MemoryStore):
    """Takes an object and goes down before it answers."""

    answers = False

    def look(self, key: str) -> StoredObject | None:
        self.down = not self.answers
        return super().look(key)


UNANSWERED = Message.of("store.interrupted", endpoint="memory", bucket="memory", code="-")
WRONG_SECRET = Message.of("store.wrong_secret", endpoint="memory", code="-")
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
        refused = self._refused(key)
        self.tried.append(key)
        if refused is not None:
            raise refused
        super().put(key, path, sha256, size, metadata, lock)

    def _refused(self, key: str) -> StoreError | None:
        said = Message.of("store.server_error", endpoint="memory", code="500", key=key)
        return StoreError(said, outage=True) if key in self.poisoned else None


class LockedOutStore(SickStore):
    """Takes no signature of ours any more once it met a poisoned object; or of those alone."""

    of_these_alone = False

    def _refused(self, key: str) -> StoreError | None:
        over = key in self.poisoned or self._is_over()
        return StoreError(WRONG_SECRET) if over else None

    def check(self) -> None:
        if self._is_over():
            raise StoreError(WRONG_SECRET)

    def _is_over(self) -> bool:
        return not self.of_these_alone and bool(self.poisoned & set(self.tried))


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


def admitted(archive: SmallArchive, calls: int) -> list[Recording]:
    return [archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(calls)]


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


def test_a_key_that_is_taken_back_half_way_puts_nobody_off(archive: SmallArchive) -> None:
    """Else all would wait for hours after there is a new one."""
    store = LockedOutStore()
    office = Office(archive, store)
    calls = admitted(archive, 70)
    store.poisoned = {calls[10].path}
    for _ in range(10):
        drained = office.drain()
        assert drained.outage == WRONG_SECRET
        assert drained.refused == 0
    assert office.error(calls[10]) == "store.wrong_secret"
    assert [archive.mirror_state(call).refusals for call in calls] == [0] * 70
    store.poisoned = set()
    office.drain()
    assert all(office.mirrored(call) for call in calls)


def test_a_signature_that_is_wrong_of_some_keys_alone_holds_nobody_up(
    archive: SmallArchive,
) -> None:
    """As of names that a store encodes in another way."""
    store = LockedOutStore()
    store.of_these_alone = True
    office = Office(archive, store)
    calls = admitted(archive, 70)
    store.poisoned = {call.path for call in calls[:40]}
    drained = office.drain()
    assert (drained.done, drained.refused, drained.outage) == (30, 40, None)
    assert office.error(calls[0]) == "store.wrong_secret"


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
