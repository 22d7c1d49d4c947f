"""A recording that moved is copied within the store, and its old object goes last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from archive.mirror import Drained
from archive.objects import ObjectLock, StoreError
from archive.records import Recording
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import FILED, Office
from tests.archive.small_archive import SmallArchive


class RefusingStore(MemoryStore):
    """Refuses to remove objects, as a bucket under legal hold does."""

    def delete(self, key: str) -> bool:
        raise StoreError(Message.of("store.access_denied", bucket="memory", key=key, code="403"))


def moved(archive: SmallArchive, store: MemoryStore) -> tuple[Office, Recording, Recording]:
    """A recording that the store has, where it was and where it is."""
    office = Office(archive, store)
    held = archive.admit(b"a call")
    office.drain()
    return office, held, archive.move(held, FILED)


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
    office, held, filed = moved(archive, store)
    drained = office.drain()
    assert (drained.done, drained.refused) == (1, 1)
    assert office.mirrored(filed)
    assert archive.owed() == [f"remove {held.path}"]


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


# Copies within the store


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
    office, held, filed = moved(archive, store)
    store.refuses = StoreError(UNCOPIED)
    assert office.drain() == Drained(2, 0, None, None)
    assert store.asked[1:3] == [f"copy {held.path} {FILED}", f"put {FILED}"]
    assert office.mirrored(filed)
    assert list(store.objects) == [FILED]


def test_a_copy_without_an_answer_is_put_off_and_uploaded_then(archive: SmallArchive) -> None:
    store = CopyingStore()
    office, held, filed = moved(archive, store)
    store.refuses = StoreError(UNCOPIED, outage=True)
    assert office.drain().refused == 1
    assert store.objects == {held.path: b"a call"}
    office.now += timedelta(minutes=1)
    assert office.drain().done == 2
    assert store.asked.count(f"copy {held.path} {FILED}") == 1
    assert office.mirrored(filed)


def test_a_store_whose_copies_find_no_answer_holds_nobody_up(archive: SmallArchive) -> None:
    """It is asked by a few; the others are uploaded, and what came meanwhile as well."""
    store = CopyingStore()
    office = Office(archive, store)
    held = [archive.admit(bytes([number]), f"{number}.mp3") for number in range(60)]
    assert office.drain().done == len(held)
    for number, one in enumerate(held):
        archive.move(one, f"张三/2026-11-16/{number}.mp3")
    late = archive.admit(b"another call", "late.mp3")
    store.refuses = StoreError(UNCOPIED, outage=True)
    drained = office.drain()
    assert drained.outage is None
    assert drained.refused < 10
    assert office.mirrored(late)


@pytest.mark.parametrize("keeps_checksums", [True, False])
@pytest.mark.parametrize("damaged", [b"b call", b"a ca", b""])
def test_a_copy_with_other_bytes_is_uploaded_anew(
    archive: SmallArchive, damaged: bytes, keeps_checksums: bool
) -> None:
    store = CopyingStore(keeps_checksums=keeps_checksums)
    office, _, filed = moved(archive, store)
    store.damages = damaged
    assert office.drain() == Drained(2, 0, None, None)
    assert office.mirrored(filed)
    assert store.objects == {FILED: b"a call"}


def test_a_copy_whose_confirmation_was_cut_off_is_not_made_again(archive: SmallArchive) -> None:
    """As a kill leaves it."""
    store = CopyingStore()
    office, held, filed = moved(archive, store)
    store.copy(held.path, FILED)
    assert office.drain().done == 2
    assert store.asked.count(f"copy {held.path} {FILED}") == 1
    assert office.mirrored(filed)
    assert store.objects == {FILED: b"a call"}


@pytest.mark.parametrize("keeps_checksums", [True, False])
def test_a_damaged_object_whose_copy_was_cut_off_is_replaced_by_the_file(
    archive: SmallArchive, keeps_checksums: bool
) -> None:
    """Found by the model: what the copy left was taken for somebody else's ever after."""
    store = CopyingStore(keeps_checksums=keeps_checksums)
    office, held, filed = moved(archive, store)
    store.objects[held.path] = b"b call"
    store.copy(held.path, FILED)
    assert office.drain() == Drained(2, 0, None, None)
    assert office.mirrored(filed)
    assert store.objects == {FILED: b"a call"}
