"""An object store whose objects are sealed on this computer, over any other store.

Whoever has the store sees keys, sizes, times and the plain SHA-256, and no sound.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast

from archive.objects import (
    NOT_OPENED,
    ObjectDiffers,
    ObjectLock,
    ObjectStore,
    StoredObject,
    StoreError,
)
from archive.sealing import Key, NotOpenedError, Opening, plain_size, seal
from config.language import Message

_NO_SEALED_SIZE = -1
"""Told of an object that cannot be a sealed one: no file has it, so it is never called equal."""
_PREFIX = "callvault-sealed-"
_REMEMBERED = 4096
_LEFT = timedelta(hours=1)


class SealedStore:
    """`ObjectStore` that takes and gives plain files. `place` is the store's name for people."""

    def __init__(self, inner: ObjectStore, key: Key, place: str) -> None:
        self.inner = inner
        self._key = key
        self._place = place
        self._recent: OrderedDict[str, str] = OrderedDict()
        """The plain SHA-256 of what was sealed lately, by the sealed one."""
        self._one_at_a_time = Lock()

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        del size
        del metadata  # where a recording came from names people
        with self._temporary() as file:
            sealed = self._seal(key, path, sha256, file)
            told = {"sha256": sha256}
            try:
                self.inner.put(key, file, sealed, file.stat().st_size, told, lock)
            except ObjectDiffers:
                if not self._opens_as(key, sha256):
                    raise
            except OSError as error:
                raise _trouble(error) from error

    def look(self, key: str) -> StoredObject | None:
        """The plain checksum only of what this process has sealed: of others nothing tells it but
        metadata, which prove nothing of the bytes.
        """
        found = self.inner.look(key)
        if found is None:
            return None
        with self._one_at_a_time:
            sha256 = self._recent.get(found.sha256) if found.sha256 else None
        return replace(_plain(found), sha256=sha256)

    def read_sha256(self, key: str) -> str | None:
        return self._opened(key, len)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        return self._opened(key, writer.write)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self.inner.copy(key, to, lock)

    def hold(self, key: str, *, on: bool) -> bool:
        return self.inner.hold(key, on=on)

    def delete(self, key: str) -> bool:
        return self.inner.delete(key)

    def purge(self, key: str) -> bool:
        return self.inner.purge(key)

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        return map(_plain, self.inner.list(prefix, after))

    def is_empty(self) -> bool:
        return self.inner.is_empty()

    def sweep(self, mine: Callable[[str], bool]) -> None:
        """Also what a kill left in the system's folder for temporary files."""
        self.inner.sweep(mine)
        with self._temporary() as now, suppress(OSError):
            moment = now.stat().st_mtime
            for left in now.parent.glob(f"{_PREFIX}*"):
                with suppress(OSError):  # somebody else's, or Windows has it open
                    if moment - left.stat().st_mtime >= _LEFT.total_seconds():
                        left.unlink()

    def clock(self) -> datetime | None:
        return self.inner.clock()

    def check(self) -> None:
        self.inner.check()

    def _seal(self, key: str, path: Path, sha256: str, to: Path) -> str:
        """Seals the file, and returns the SHA-256 of what was made.

        What has other bytes than those it was admitted with is not given to anybody.
        """
        plain, sealed = hashlib.sha256(), hashlib.sha256()

        def read(count: int) -> bytes:
            block = reader.read(count)
            plain.update(block)
            return block

        with path.open("rb") as reader, _writer(to) as writer:
            for piece in seal(read, self._key, sha256):
                sealed.update(piece)
                with _explained():
                    _write(writer, piece)
        if plain.hexdigest() != sha256:
            raise StoreError(Message.of("store.bytes_changed", key=key, bucket=self._place))
        self._remember(sealed.hexdigest(), sha256)
        return sealed.hexdigest()

    def _remember(self, sealed: str, plain: str) -> None:
        with self._one_at_a_time:
            self._recent[sealed] = plain
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)

    def _opened(self, key: str, take: Callable[[bytes], object]) -> str | None:
        """Hands on the plain object; its SHA-256."""
        digest = hashlib.sha256()

        def taken(plain: bytes) -> None:
            digest.update(plain)
            take(plain)

        opening = Opening(self._key, taken)
        try:
            if self.inner.fetch(key, cast("BinaryIO", opening)) is None:
                return None
            opening.end()
        except NotOpenedError:
            raise StoreError(Message.of(NOT_OPENED, key=key, place=self._place)) from None
        return digest.hexdigest()

    def _opens_as(self, key: str, sha256: str) -> bool:
        """Rclone seals the same bytes with a nonce of its own."""
        try:
            return self.read_sha256(key) == sha256
        except StoreError as error:
            if error.outage:
                raise
            return False

    @contextmanager
    def _temporary(self) -> Iterator[Path]:
        """A file that is gone in the end. It is opened anew: Windows lets nobody open it twice."""
        with _explained(), tempfile.NamedTemporaryFile(prefix=_PREFIX, delete=False) as made:
            file = Path(made.name)
        try:
            yield file
        finally:
            with suppress(OSError):  # it is swept some time
                file.unlink()


def beneath(objects: ObjectStore) -> ObjectStore:
    """The store that has the objects as they are, sealed or not."""
    return objects.inner if isinstance(objects, SealedStore) else objects


def _plain(found: StoredObject) -> StoredObject:
    size = plain_size(found.size)
    return replace(found, size=_NO_SEALED_SIZE if size is None else size)


def _writer(file: Path) -> BinaryIO:
    with _explained():
        return file.open("r+b", buffering=0)


def _write(writer: BinaryIO, piece: bytes) -> None:
    """All of it: an unbuffered file may take a part."""
    rest = memoryview(piece)
    while rest:
        rest = rest[writer.write(rest) :]


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _trouble(error) from error


def _trouble(error: OSError) -> StoreError:
    """Of the folder for temporary files: everything else would fail as well."""
    reason = error.strerror or str(error)
    return StoreError(Message.of("store.temporary_failed", error=reason), outage=True)
