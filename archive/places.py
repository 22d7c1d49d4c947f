"""The two places where copies are, and how one copy is looked at.

A place that is not there at all, a disk that was pulled out or a bucket that is suddenly empty,
says nothing about any copy: that is an error which ends the work, and never a fault.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import stat_result
from pathlib import Path
from typing import Protocol, TypeVar

from archive.catalogue.database import Catalogue
from archive.catalogue.kept import any_copy
from archive.errors import DiskError
from archive.fixity import Flaw, Kept, Level, Place
from archive.layout import PRIVATE
from archive.objects import FROZEN, NOT_OPENED, ObjectStore, StoreError
from archive.store import Store, disk_error
from config.language import Message
from config.settings import FIRST_MIRROR

_OF_ONE_OBJECT = (
    *("store.server_error", "store.encryption_failed", "store.interrupted", "store.folder_failed"),
    NOT_OPENED,
)
"""How stores fail whose disk cannot read one object, or that has it damaged where it is sealed; it
is asked whether all is well otherwise."""
_T = TypeVar("_T")
_O = TypeVar("_O")


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one copy came to."""

    flaw: Flaw | None
    """What is wrong with it; `None`: nothing."""
    given: bool = True
    """False: the store has it frozen and gives its bytes to nobody, so less was looked at than was
    asked for."""


class Copies(Protocol):
    """One place."""

    place: Place

    def expects(self, kept: Kept) -> bool:
        """Whether a copy of it is to be here."""

    def examine(self, kept: Kept, level: Level) -> Flaw | None:
        """What is wrong with the copy; `None`: nothing. ArchiveError if the place fails."""

    def check(self, *, empty: bool) -> None:
        """Raises ArchiveError if the place is not there; one that is `empty` may hold nothing."""


class InArchive:
    place = Place.ARCHIVE

    def __init__(self, store: Store) -> None:
        self._store = store

    def expects(self, kept: Kept) -> bool:
        del kept
        return True

    def examine(self, kept: Kept, level: Level) -> Flaw | None:
        flaw = self._look(kept.path, kept, level)
        moved = flaw is Flaw.MISSING and kept.target is not None
        # A move that has begun ends where it was to: only what is sound there has arrived.
        if moved and kept.target and self._look(kept.target, kept, Level.CONTENTS) is None:
            return None
        return flaw

    def check(self, *, empty: bool) -> None:
        root = self._store.root
        try:
            own = any((root / PRIVATE).iterdir())
            kept = own and (empty or next(_files(root), None) is not None)
        except FileNotFoundError:
            own = kept = False
        except OSError as error:
            raise disk_error(error, root) from error
        if not own:
            raise DiskError(Message.of("archive.absent", path=root))
        if not kept:
            raise DiskError(Message.of("archive.emptied", path=root))

    def _look(self, path: str, kept: Kept, level: Level) -> Flaw | None:
        file = self._store.path(path)
        try:
            found = file.lstat()
            if not stat.S_ISREG(found.st_mode) or _other_size(found, kept, level):
                return Flaw.ALTERED
            same = level is not Level.CONTENTS or _sha256(file) == kept.sha256
        except (FileNotFoundError, NotADirectoryError):
            return Flaw.MISSING
        except OSError:
            return Flaw.UNREADABLE
        return None if same else Flaw.ALTERED


class InMirror:
    place = Place.MIRROR

    def __init__(self, objects: ObjectStore, store: Store | None = None) -> None:
        """`store`: the archive, which tells how large papers are."""
        self._objects = objects
        self._store = store

    def expects(self, kept: Kept) -> bool:
        """What is owed yet is no fault."""
        return kept.mirrored

    def examine(self, kept: Kept, level: Level) -> Flaw | None:
        return of_one_object(self._objects, lambda: self._look(kept, level), Flaw.UNREADABLE)

    def check(self, *, empty: bool) -> None:
        self._objects.check()
        if not empty and self._objects.is_empty():
            raise StoreError(Message.of("archive.mirror_emptied"))

    def _look(self, kept: Kept, level: Level) -> Flaw | None:
        if level is Level.CONTENTS:
            sha256 = self._objects.read_sha256(kept.path)
            if sha256 is None:
                return Flaw.MISSING
            return None if sha256 == kept.sha256 else Flaw.ALTERED
        found = self._objects.look(kept.path)
        if found is None:
            return Flaw.MISSING
        if level is Level.PRESENCE:
            return None
        size = self._size(kept)
        sized = found.size == size or (size is None and found.size >= 0)
        summed = found.sha256 is None or found.sha256 == kept.sha256
        return None if sized and summed else Flaw.ALTERED

    def _size(self, kept: Kept) -> int | None:
        """Where none is noted, as of sheets, that of the file in the archive, if that is sound."""
        if kept.size is not None or self._store is None:
            return kept.size
        try:
            sha256, size = self._store.read_sha256(kept.path)
        except (OSError, DiskError):
            return None
        return size if sha256 == kept.sha256 else None


def look(copies: Copies, kept: Kept, level: Level) -> Look:
    """As thorough as `level`, or as the store lets: a frozen object shows its size and checksum.

    What that finds right may be wrong in a byte, so it proves nothing that every byte has to.
    """
    try:
        return Look(copies.examine(kept, level))
    except StoreError as error:
        if error.message.key != FROZEN:
            raise
    return Look(copies.examine(kept, Level.SIZE), given=False)


def of_one_object(objects: ObjectStore, ask: Callable[[], _T], otherwise: _O) -> _T | _O:
    """What the store answers; `otherwise` where it cannot read this object, and all else is well.

    Raises StoreError where the store as a whole fails.
    """
    for _ in range(2):  # once more, for it may have been a moment's trouble
        try:
            return ask()
        except StoreError as error:
            if error.message.key not in _OF_ONE_OBJECT:
                raise
        objects.check()
    return otherwise


def require(catalogue: Catalogue, copies: Copies, mirror: str = FIRST_MIRROR) -> None:
    """Raises ArchiveError where the place as a whole is not what the catalogue knows.

    `mirror` names the one that the copies are in, if they are in one.
    """
    with catalogue.reading() as tx:
        filled = any_copy(tx, copies.place, mirror)
    copies.check(empty=not filled)


def _other_size(found: stat_result, kept: Kept, level: Level) -> bool:
    told = level is not Level.PRESENCE and kept.size is not None
    return told and found.st_size != kept.size


def _sha256(file: Path) -> str:
    with file.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def _files(root: Path) -> Iterator[Path]:
    """Some file of people's, wherever it lies."""
    for folder in root.iterdir():
        if folder.name != PRIVATE and folder.is_dir():
            yield from (path for path in folder.rglob("*") if path.is_file())


def require_archive(root: Path) -> None:
    """Raises DiskError where there is none: opening its catalogue would make an empty one."""
    InArchive(Store(root)).check(empty=True)
