"""An object store in a folder: on another disk, or on a NAS that this computer has as a folder.

A disk that is not connected is an outage, and never an empty store: on the bare mount point a copy
would be written to the wrong disk, and one that is there would be called missing. So the folder is
marked with an id at its first use, which the archive remembers, and is asked for it each time.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import BinaryIO
from uuid import uuid4

from archive.errors import DiskError
from archive.objects import ObjectDiffers, ObjectLock, StoredObject, StoreError
from archive.publish import make_folder, publish, sync_folder
from archive.tree import walk
from config.language import Message

PRIVATE = ".callvault-mirror"
"""The store's own folder in it: the id, and copies that have no name yet."""
_OF_DISKS = {
    "$recycle.bin",
    "#recycle",
    "@eadir",
    "@recycle",
    "lost+found",
    "system volume information",
}
"""Folders that systems and NAS keep on their disks; some of them nobody may list."""
_CHUNK = 1 << 20
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_UNFINISHED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Staged:
    path: Path
    sha256: str
    size: int


class FolderStore:
    """`ObjectStore` whose objects are files. It keeps no metadata, and knows no lock or hold."""

    def __init__(self, folder: Path, remembered: Path) -> None:
        """`remembered` is the file beside the catalogue that keeps which folder is meant."""
        self._folder = folder
        self._own = folder / PRIVATE
        self._remembered = remembered
        self._one_at_a_time = RLock()
        """Of those who give names and those who tidy folders away."""

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        del metadata, lock
        with path.open("rb") as reader:
            self.check()
            if self._is_there(key, sha256):
                return
            staged = self._stage(lambda: reader.read(_CHUNK))
        if (staged.sha256, staged.size) != (sha256, size):
            self._discard(staged)
            raise StoreError(Message.of("store.bytes_changed", key=key, bucket=self._folder))
        self._publish(staged, key)

    def look(self, key: str) -> StoredObject | None:
        try:
            found = self._path(key).lstat()
        except (FileNotFoundError, NotADirectoryError):
            found = None
        except OSError as error:
            raise self._failure(error) from error
        if found is None or not stat.S_ISREG(found.st_mode):
            self.check()
            return None
        return StoredObject(key, found.st_size, None)

    def read_sha256(self, key: str) -> str | None:
        return self._hashed(key, lambda _: None)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        return self._hashed(key, writer.write)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        del lock
        self.check()
        with self._opened(key) as reader:
            staged = self._stage(lambda: self._read(reader))
        self._publish(staged, to)

    def hold(self, key: str, *, on: bool) -> bool:
        del key, on
        return False

    def delete(self, key: str) -> bool:
        self.check()
        path = self._path(key)
        with self._one_at_a_time, self._explained():
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return False
            sync_folder(path.parent)
            with suppress(OSError):  # until one is not empty
                for folder in path.parents:
                    if folder == self._folder:
                        break
                    folder.rmdir()
        return False

    def purge(self, key: str) -> bool:
        return self.delete(key)

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        def wanted(path: str) -> bool:
            beyond = path > after or (path.endswith("/") and after.startswith(path))
            return beyond and _is_kept(path)

        self.check()
        try:
            for key, entry in walk(self._folder, wanted, prefix):
                with suppress(FileNotFoundError):  # deleted meanwhile
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(found.st_mode):
                        yield StoredObject(key, found.st_size, None)
        except OSError as error:
            raise self._failure(error) from error
        except DiskError as error:
            self.check()
            reason = dict(error.message.values).get("error", "")
            raise self._error("folder_failed", error=reason) from error
        self.check()

    def is_empty(self) -> bool:
        return next(self.list(""), None) is None

    def sweep(self, mine: Callable[[str], bool]) -> None:
        """What a kill left half copied; it has no key yet, and is the store's own."""
        del mine
        self.check()
        with self._explained():
            staging = self._own / "staging"
            now = self._stage(lambda: b"")  # by the clock of the disk, or of the NAS
            moment = now.path.stat().st_mtime
            self._discard(now)
            for left in staging.iterdir():
                if moment - left.stat().st_mtime >= _UNFINISHED.total_seconds():
                    left.unlink()

    def clock(self) -> datetime | None:
        return None

    def check(self) -> None:
        """Marks the folder at its first use; after that it must be the one that was marked."""
        with self._one_at_a_time:
            known, found = self._recalled(), self._marked()
            if known is not None and found is None:
                raise self._error("folder_away", away=True)
            if known is not None and found != known:
                raise self._error("folder_other", away=True)
            if known is None:
                self._remember(found or self._mark())

    def _recalled(self) -> str | None:
        with self._named_outage("folder_not_remembered"):
            return _text(self._remembered)

    def _marked(self) -> str | None:
        with self._named_outage("folder_unreachable"):
            return _text(self._own / "id")

    def _mark(self) -> str:
        if not self._folder.is_dir():
            raise self._error("folder_missing", away=True)
        with self._named_outage("folder_unreachable"):
            staged = self._stage(iter((uuid4().hex.encode(), b"")).__next__)
            with suppress(FileExistsError):  # another process did
                publish(staged.path, self._own / "id")
            sync_folder(self._own)
            self._discard(staged)
            id = _text(self._own / "id")
        if id is None:
            raise self._error("folder_mark_empty", away=True, mark=self._own / "id")
        return id

    def _remember(self, id: str) -> None:
        """Only beside a catalogue: where there is no archive yet none may seem to be there.

        Half of it, or forgotten, it would let a bare mount point be marked.
        """
        if not self._remembered.parent.is_dir():
            return
        new = self._remembered.with_name(f"{self._remembered.name}.new")
        with self._named_outage("folder_not_remembered"):
            with new.open("wb") as writer:
                writer.write(id.encode("ascii"))
                writer.flush()
                os.fsync(writer.fileno())
            new.replace(self._remembered)
            sync_folder(self._remembered.parent)

    def _hashed(self, key: str, take: Callable[[bytes], object]) -> str | None:
        """The SHA-256 of an object that `take` is given piece by piece; `None` if there is none."""
        if self.look(key) is None:
            return None
        digest = hashlib.sha256()
        with self._opened(key) as reader:
            while chunk := self._read(reader):
                digest.update(chunk)
                take(chunk)
        return digest.hexdigest()

    def _is_there(self, key: str, sha256: str) -> bool:
        """Whether the key is taken by these bytes; `ObjectDiffers` where it is by others.

        Its name is made durable: a kill may have come before that.
        """
        found = self.read_sha256(key)
        if found is None:
            return False
        if found != sha256:
            raise ObjectDiffers(key, str(self._folder))
        with self._explained():
            for folder in self._path(key).parents:
                sync_folder(folder)
                if folder == self._folder:
                    break
        return True

    def _stage(self, read: Callable[[], bytes]) -> _Staged:
        """What `read` gives, piece by piece, synced and without a name; its errors come out.

        What fails here has no key yet: it would fail for every other object as well.
        """
        staged = self._own / "staging" / uuid4().hex
        digest, size = hashlib.sha256(), 0
        with self._written():
            make_folder(staged.parent)
            writer = staged.open("xb", buffering=0)
        try:
            with writer:
                while chunk := read():
                    digest.update(chunk)
                    size += len(chunk)
                    with self._written():
                        _write(writer, chunk)
                with self._written():
                    os.fsync(writer.fileno())
        except BaseException:
            with suppress(OSError):
                staged.unlink()
            raise
        return _Staged(staged, digest.hexdigest(), size)

    def _publish(self, staged: _Staged, key: str) -> None:
        target = self._path(key)
        try:
            with self._one_at_a_time, self._explained():
                make_folder(target.parent)
                publish(staged.path, target)
                sync_folder(target.parent)
        except FileExistsError:
            self._is_there(key, staged.sha256)
        finally:
            self._discard(staged)

    def _discard(self, staged: _Staged) -> None:
        with suppress(OSError):  # it is swept some time
            staged.path.unlink()

    @contextmanager
    def _opened(self, key: str) -> Iterator[BinaryIO]:
        try:
            reader = self._path(key).open("rb")
        except OSError as error:
            raise self._failure(error) from error
        with reader:
            yield reader

    def _read(self, reader: BinaryIO) -> bytes:
        with self._explained():
            return reader.read(_CHUNK)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except FileExistsError:
            raise
        except OSError as error:
            raise self._failure(error) from error

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._failure(error, "folder_not_written", outage=True) from error

    @contextmanager
    def _named_outage(self, code: str) -> Iterator[None]:
        """Where a failure cannot be told from a folder that is away, as at the first use."""
        try:
            yield
        except StoreError as error:
            if error.message.key != "store.folder_not_written":
                raise
            reason: object = dict(error.message.values)["error"]
            raise self._error(code, away=True, error=reason) from error
        except OSError as error:
            raise self._error(code, away=True, error=error.strerror or error) from error

    def _failure(
        self, error: OSError, code: str = "folder_failed", *, outage: bool = False
    ) -> StoreError:
        """What went wrong with one object, unless the folder as a whole is away."""
        if _text_or_none(self._remembered) is not None:
            self.check()
        if error.errno in _FULL:
            return self._error("folder_full", outage=True)
        return self._error(code, outage=outage, error=error.strerror or error)

    def _error(
        self, code: str, *, away: bool = False, outage: bool = False, **said: object
    ) -> StoreError:
        message = Message.of(f"store.{code}", path=self._folder, **said)
        return StoreError(message, outage=away or outage, afar=away)

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        if not {"", ".", ".."}.isdisjoint(parts):
            raise self._error("folder_failed", error=os.strerror(errno.EINVAL))
        return self._folder.joinpath(*parts)


def _is_kept(path: str) -> bool:
    """Whether objects may lie there: one that ends with `/` is a folder."""
    if not path.endswith("/"):
        return True
    return path != f"{PRIVATE}/" and path[:-1].rpartition("/")[2].casefold() not in _OF_DISKS


def _write(writer: BinaryIO, chunk: bytes) -> None:
    """All of it: an unbuffered file may take a part."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[writer.write(rest) :]


def _text(path: Path) -> str | None:
    """What a small file says; `None` where there is none, or nothing in it."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip() or None
    except (FileNotFoundError, NotADirectoryError):
        return None


def _text_or_none(path: Path) -> str | None:
    with suppress(OSError):
        return _text(path)
    return None
