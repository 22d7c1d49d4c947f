"""What people say of legal holds, and a store that is told of them."""

from __future__ import annotations

from collections.abc import Callable

from archive.catalogue import customers, holds
from archive.catalogue.holds import Reach
from archive.objects import ObjectLock, StoreError
from archive.records import Customer, Recording
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, MATCHED, SmallArchive

A, B = "张三/2026-11-16/a.mp3", "李四/2026-11-16/a.mp3"
DENIED = StoreError(Message.of("store.access_denied", bucket="b", endpoint="e", code="403"))


class WatchedStore(MemoryStore):
    """Knows legal holds; something may happen while it is asked for one."""

    def __init__(self) -> None:
        super().__init__(locks=True)
        self.meanwhile: Callable[[], object] = lambda: None
        self.refusal: StoreError | None = None
        self.lifted: list[str] = []
        self.lost = False
        self.copies_holds = False

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        super().copy(key, to, lock)
        if self.copies_holds and key in self.on_hold:
            self.on_hold.add(to)

    def hold(self, key: str, *, on: bool) -> bool:
        self.meanwhile()
        if self.refusal is not None:
            raise self.refusal
        if not on and key in self.on_hold:
            self.lifted.append(key)
        known = super().hold(key, on=on)
        if self.lost:
            del self.objects[key]
        return known


def known(archive: SmallArchive, id: int) -> Customer:
    with archive.catalogue.reading() as tx:
        return customers.by_ids(tx, [id])[0]


def file(archive: SmallArchive, of: Customer, path: str, contents: bytes = b"a call") -> Recording:
    held = archive.admit(contents, f"2026-11-16/王芳/{path.replace('/', ' ')}")
    return archive.move(archive.rule(held, MATCHED, of.id), path)


def add(archive: SmallArchive, of: Customer, reason: str = "") -> None:
    with archive.catalogue.transaction() as tx:
        holds.add(tx, of, reason, "李经理", AT, mirrored=True)


def release(archive: SmallArchive, of: Customer) -> None:
    with archive.catalogue.transaction() as tx:
        assert holds.release(tx, of, "李经理", AT, mirrored=True)


def reach(archive: SmallArchive, of: Customer) -> Reach:
    with archive.catalogue.reading() as tx:
        return holds.reach(tx, of.id)
