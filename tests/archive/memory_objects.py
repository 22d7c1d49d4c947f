"""An object store in memory, for tests of what uses one."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.objects import (
    FROZEN,
    VERSION_LOCKED,
    ObjectDiffers,
    ObjectLock,
    StoredObject,
    StoreError,
)
from config.language import Message


class MemoryStore:
    """`ObjectStore` without a network.

    `objects` may be looked at and altered by a test; `down` makes every request fail as in an
    outage; without `keeps_checksums` only reading back tells what an object holds. With `locks` it
    knows Object Lock and legal hold, and keeps versions.
    """

    def __init__(self, *, keeps_checksums: bool = True, locks: bool = False) -> None:
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, dict[str, str]] = {}
        self.locked: dict[str, ObjectLock] = {}
        self.on_hold: set[str] = set()
        self.frozen: set[str] = set()
        """Keys of which it shows size and checksum, and gives no bytes."""
        self.locks = locks
        self.down = False
        self._keeps_checksums = keeps_checksums
        self._lock = threading.Lock()

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        self.check()
        contents = path.read_bytes()
        if len(contents) != size or hashlib.sha256(contents).hexdigest() != sha256:
            raise StoreError(Message.of("store.bytes_changed", key=key, bucket="memory"))
        with self._lock:
            if self.objects.setdefault(key, contents) != contents:
                raise ObjectDiffers(key, "memory")
            self.metadata.setdefault(key, dict(metadata))
            if lock is not None and self.locks:
                self.locked[key] = lock

    def look(self, key: str) -> StoredObject | None:
        self.check()
        contents = self.objects.get(key)
        if contents is None:
            return None
        checksum = hashlib.sha256(contents).hexdigest() if self._keeps_checksums else None
        held = key in self.on_hold
        return StoredObject(key, len(contents), checksum, self.locked.get(key), held)

    def read_sha256(self, key: str) -> str | None:
        self._give(key)
        contents = self.objects.get(key)
        return None if contents is None else hashlib.sha256(contents).hexdigest()

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        self._give(key)
        contents = self.objects.get(key)
        if contents is None:
            return None
        writer.write(contents)
        return hashlib.sha256(contents).hexdigest()

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self.check()
        with self._lock:
            if key not in self.objects:
                raise StoreError(
                    Message.of("store.refused", endpoint="memory", bucket="memory", code="404")
                )
            self.objects[to] = self.objects[key]
            self.metadata[to] = self.metadata.get(key, {})
            if lock is not None and self.locks:
                self.locked[to] = lock

    def hold(self, key: str, *, on: bool) -> bool:
        self.check()
        if key not in self.objects:
            raise StoreError(Message.of("store.refused", code="NoSuchKey"))
        if self.locks and on:
            self.on_hold.add(key)
        else:
            self.on_hold.discard(key)
        return self.locks

    def delete(self, key: str) -> bool:
        self.check()
        self.metadata.pop(key, None)
        self.locked.pop(key, None)
        self.on_hold.discard(key)
        return self.objects.pop(key, None) is not None and self.locks

    def purge(self, key: str) -> bool:
        """What is locked is hidden, and stays: a test looks at `locked`."""
        lock = self.locked.get(key)
        self.delete(key)
        if lock is not None:
            self.locked[key] = lock
            raise StoreError(Message.of(VERSION_LOCKED, until=f"{lock.until:%Y-%m-%d}"))
        return False

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        self.check()
        for key, contents in sorted(self.objects.items()):
            if key.startswith(prefix) and key > after:
                yield StoredObject(key, len(contents), None)

    def is_empty(self) -> bool:
        return next(self.list(""), None) is None

    def sweep(self, mine: Callable[[str], bool]) -> None:
        """Knows no uploads in parts."""

    def clock(self) -> datetime | None:
        return None

    def check(self) -> None:
        if self.down:
            place = {"endpoint": "memory", "code": "down"}
            raise StoreError(Message.of("store.unreachable", **place), outage=True, afar=True)

    def _give(self, key: str) -> None:
        self.check()
        if key in self.frozen:
            raise StoreError(Message.of(FROZEN, bucket="memory", key=key, code="403"))
