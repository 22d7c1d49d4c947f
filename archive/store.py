"""The local archive tree: bytes in, complete and durable, under names that are never overwritten.

The order of writes that makes this hold is in `docs/design.md`. The store knows paths and bytes;
what they mean stands in the catalogue.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from archive import layout
from archive.errors import DiskError, SourceError
from archive.publish import make_folder, publish, sync_folder
from config.language import Message

_CHUNK = 1 << 20
_ADVICE = {
    errno.ENOSPC: "archive.disk_full",
    errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC: "archive.disk_full",
    errno.EROFS: "archive.read_only",
    errno.ENOTSUP: "archive.no_safe_rename",
    errno.EACCES: "archive.no_permission",
    errno.EPERM: "archive.no_permission",
    errno.EXDEV: "archive.several_volumes",
}


@dataclass(frozen=True, slots=True)
class Staged:
    """A complete, synced copy that has no final name yet."""

    path: Path
    sha256: str
    size: int


class Store:
    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Makes the archive's own folders."""
        with self._own_disk():
            for folder in (layout.STAGING, layout.SHEETS, layout.HOLDING):
                self._make_folder(self.root / folder)

    def path(self, relative: str) -> Path:
        return self.root.joinpath(*relative.split("/"))

    def exists(self, relative: str) -> bool:
        with self._own_disk():
            return self.path(relative).is_file()

    def occupied(self, relative: str) -> bool:
        """Whether anything lies there: a folder or a link is in the way of a file, too."""
        with self._own_disk():
            return os.path.lexists(self.path(relative))

    def stage(
        self, source: Path, token: str, limit: int, seen: os.stat_result | None = None
    ) -> Staged:
        """Copies `source` onto the archive's volume, hashing on the way, and syncs it.

        Raises SourceError if it is no regular file, larger than `limit` bytes, in use, changed
        since it was `seen` or changes while it is read; DiskError if the archive's disk fails.
        """
        staged = self.root / layout.STAGING / token
        with _opened(source, limit) as (reader, before):
            if seen is not None and _state(before) != _state(seen):
                raise SourceError(Message.of("archive.source_changing"), later=True)
            sha256, size = self._copy(reader, before.st_size, staged)
            after = _stat(reader)
        if size != before.st_size or _state(after) != _state(before):
            self.discard(Staged(staged, sha256, size))
            raise SourceError(Message.of("archive.source_changing"), later=True)
        return Staged(staged, sha256, size)

    def receive(self, token: str, write: Callable[[BinaryIO], str | None]) -> Staged | None:
        """Stages and syncs what `write` writes, of which it tells the SHA-256; `None`: nothing.

        What it raises comes out as it is, and nothing stays behind.
        """
        staged = self.root / layout.STAGING / token
        with self._own_disk():
            self._make_folder(staged.parent)
            staged.unlink(missing_ok=True)
        try:
            with self._own_disk(), staged.open("xb") as writer:
                sha256 = write(writer)
                writer.flush()
                os.fsync(writer.fileno())
                size = writer.tell()
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
        received = Staged(staged, sha256 or "", size)
        if sha256 is None:
            self.discard(received)
            return None
        return received

    def put_aside(self, relative: str, day: date) -> str:
        """Moves a bad copy to where it hinders nothing, whatever it is, and returns where that is.

        Nothing is deleted or overwritten; the folders need a `sync` yet.
        """
        asides = layout.aside_path(relative, day)
        while True:
            aside = next(asides)
            try:
                self.move(relative, aside)
            except FileExistsError:
                continue
            return aside

    def remove(self, relative: str) -> None:
        """Deletes a file of the archive for good, which nothing but a person's order asks for.

        Its folder needs a `sync` yet.
        """
        with self._own_disk():
            self.path(relative).unlink()

    def write(self, token: str, pieces: Iterable[bytes]) -> Staged:
        """Writes a file of callvault's own into staging, and syncs it."""
        staged = self.root / layout.STAGING / token
        digest, size = hashlib.sha256(), 0
        with self._own_disk():
            staged.unlink(missing_ok=True)
            with staged.open("xb") as writer:
                for piece in pieces:
                    digest.update(piece)
                    size += writer.write(piece)
                writer.flush()
                os.fsync(writer.fileno())
        return Staged(staged, digest.hexdigest(), size)

    def names(self, folder: str) -> list[str]:
        """What lies in a folder of the archive; nothing, where there is no such folder."""
        with self._own_disk():
            place = self.path(folder)
            return sorted(found.name for found in place.iterdir()) if place.is_dir() else []

    def publish(self, staged: Staged, relative: str) -> str:
        """Gives a staged copy its name; FileExistsError if taken. Its folder needs a `sync` yet.

        Returns by which of the system's means.
        """
        return self._rename(staged.path, self.path(relative))

    def move(self, old: str, new: str) -> None:
        """Renames within the archive; FileExistsError if `new` is taken."""
        self._rename(self.path(old), self.path(new))

    def drop_second_name(self, old: str, new: str) -> bool:
        """Ends a move that was cut between link and unlink; False if they are two files."""
        with self._own_disk():
            if not self.path(old).samefile(self.path(new)):
                return False
            self.path(old).unlink()
            return True

    def sync(self, relatives: Iterable[str]) -> None:
        """Makes the names of these files durable, and their removal from where they were."""
        with self._own_disk():
            # Of a batch most lie in one folder.
            for below in sorted({relative.rpartition("/")[0] for relative in relatives}):
                folder = self.path(below)
                if folder.is_dir():
                    sync_folder(folder)

    def was_published(self, token: str, relative: str) -> bool:
        """Whether what lies at `relative` is the copy staged as `token`, which is gone then.

        A copy that still stands was never published: somebody else put a file there. Cut between
        link and unlink it has both names.
        """
        staged = self.root / layout.STAGING / token
        with self._own_disk():
            if not self.path(relative).is_file():
                return False
            return not staged.exists() or staged.samefile(self.path(relative))

    def discard(self, staged: Staged) -> None:
        with self._own_disk():
            staged.path.unlink(missing_ok=True)

    def empty_staging(self) -> None:
        """Removes what a killed pass left half-copied; nothing there has a name or a row."""
        with self._own_disk():
            for left in sorted((self.root / layout.STAGING).iterdir()):
                left.unlink()

    def read_sha256(self, relative: str) -> tuple[str, int]:
        """SHA-256 in hex and size of what lies at `relative` now."""
        with self._own_disk(), self.path(relative).open("rb") as reader:
            return hashlib.file_digest(reader, "sha256").hexdigest(), os.fstat(
                reader.fileno()
            ).st_size

    def tidy(self, relative: str) -> None:
        """Removes the folders that a file moved out of, where they are empty now."""
        folder = self.path(relative).parent
        for _ in range(2):
            own = folder in (self.root, self.root / layout.HOLDING)
            if own or self.root not in folder.parents:
                return
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def free_bytes(self) -> int:
        with self._own_disk():
            return shutil.disk_usage(self.root).free

    def _copy(self, reader: FileIO, expected: int, staged: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self._own_disk(), _emptied(staged) as writer:
            for chunk in _chunks(reader, expected):
                digest.update(chunk)
                size += len(chunk)
                _write(writer, chunk)
            os.fsync(writer.fileno())
        return digest.hexdigest(), size

    def _rename(self, old: Path, new: Path) -> str:
        with self._own_disk():
            self._make_folder(new.parent)
            return publish(old, new)

    def _make_folder(self, folder: Path) -> None:
        try:
            make_folder(folder)
        except FileExistsError as error:  # not the name that was asked for, one on the way to it
            raise DiskError(Message.of("archive.folder_is_file", path=error.filename)) from error

    @contextmanager
    def _own_disk(self) -> Iterator[None]:
        try:
            yield
        except FileExistsError:
            raise
        except OSError as error:
            raise disk_error(error, self.root) from error


def disk_error(error: OSError, root: Path) -> DiskError:
    """What the archive's disk said, put into advice."""
    key = _ADVICE.get(error.errno or 0, "archive.unusable")
    return DiskError(Message.of(key, path=root, error=error.strerror or error))


def _emptied(staged: Path) -> FileIO:
    """A new file, also where a kill left one of that name; without a buffer, which costs more."""
    try:
        return staged.open("xb", buffering=0)
    except FileExistsError:
        staged.unlink()
        return staged.open("xb", buffering=0)


def _write(writer: FileIO, chunk: bytes) -> None:
    """All of it: the system may take less at once."""
    left = memoryview(chunk)
    while left:
        left = left[writer.write(left) :]


@contextmanager
def _opened(source: Path, limit: int) -> Iterator[tuple[FileIO, os.stat_result]]:
    """Opens a file of the inbox without following a link, and only if it is a plain file."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    # NONBLOCK: opening a named pipe would wait for somebody to write into it.
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        named = source.lstat()
        if reason := unfit(named, limit):
            raise SourceError(reason, later=False)
        reader = os.fdopen(os.open(source, flags), "rb", buffering=0)
    except OSError as error:
        raise SourceError(_busy(error), later=True) from error
    with reader:
        opened = _stat(reader)
        # What was looked at and what was opened are one file, or somebody swaps them meanwhile.
        if (opened.st_dev, opened.st_ino) != (named.st_dev, named.st_ino):
            raise SourceError(Message.of("archive.source_changing"), later=True)
        yield reader, opened


def read_source(source: Path, limit: int, seen: os.stat_result) -> bytes:
    """The bytes of a small file of the inbox, of up to `limit`; SourceError as in `Store.stage`."""
    with _opened(source, limit) as (reader, before):
        contents = b"".join(_chunks(reader, before.st_size))
        if _state(before) != _state(seen) or len(contents) != before.st_size:
            raise SourceError(Message.of("archive.source_changing"), later=True)
    return contents


def source_sha256(source: Path, seen: os.stat_result) -> str:
    """Reads a file of the inbox that was `seen`; SourceError as in `Store.stage`."""
    with _opened(source, sys.maxsize) as (reader, before):
        if _state(before) != _state(seen):
            raise SourceError(Message.of("archive.source_changing"), later=True)
        digest, size = hashlib.sha256(), 0
        for chunk in _chunks(reader, before.st_size):
            digest.update(chunk)
            size += len(chunk)
        after = os.fstat(reader.fileno())
    if size != before.st_size or _state(after) != _state(before):
        raise SourceError(Message.of("archive.source_changing"), later=True)
    return digest.hexdigest()


def unfit(found: os.stat_result, limit: int) -> Message | None:
    """Why a file of the inbox is refused for good, or `None`."""
    if stat.S_ISLNK(found.st_mode):
        return Message.of("archive.source_link")
    if not stat.S_ISREG(found.st_mode):
        return Message.of("archive.source_special")
    if found.st_nlink > 1:
        return Message.of("archive.source_hardlink", count=found.st_nlink)
    if found.st_size > limit:
        return Message.of("archive.source_large", megabytes=found.st_size >> 20, limit=limit >> 20)
    return None


def _chunks(reader: FileIO, expected: int) -> Iterator[bytes]:
    """All of a file; of one that has grown beyond `expected` bytes one byte more, and no end."""
    left = expected + 1
    while chunk := _read(reader, min(left, _CHUNK)):
        left -= len(chunk)
        yield chunk


def _read(reader: FileIO, most: int) -> bytes:
    try:
        return reader.read(most)
    except OSError as error:
        raise SourceError(
            Message.of("archive.source_unreadable", error=error.strerror or error), later=True
        ) from error


def _stat(reader: FileIO) -> os.stat_result:
    try:
        return os.fstat(reader.fileno())
    except OSError as error:
        raise SourceError(_busy(error), later=True) from error


def _busy(error: OSError) -> Message:
    if isinstance(error, FileNotFoundError):
        return Message.of("archive.source_gone")
    return Message.of("archive.source_unreadable", error=error.strerror or error)


def _state(found: os.stat_result) -> tuple[int, ...]:
    """Which file it is, for its folder may have become a link since, and what is in it."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
