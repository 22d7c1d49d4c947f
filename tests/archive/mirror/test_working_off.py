"""What is owed is put, confirmed and marked, batch after batch, until somebody stops it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from archive import mirror as mirror_module
from archive.catalogue.errands import PUT
from archive.mirror import Drained, Mirror, one_batch
from archive.mirror_records import Errand
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import FILED, Office
from tests.archive.small_archive import AT, SmallArchive


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


def test_what_was_owed_while_the_clock_was_ahead_waits_for_no_such_time(
    archive: SmallArchive,
) -> None:
    store = MemoryStore()
    recording = archive.admit(b"a call", now=AT + timedelta(days=365))
    assert Office(archive, store).drain().done == 1
    assert store.objects == {recording.path: b"a call"}


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
