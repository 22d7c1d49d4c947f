"""Recordings brought back from the mirror into a folder outside the archive, which stays as it is.

They lie there under the archive's own folders and names. What is there already with the right bytes
is not fetched again, so a run that was cut short goes on; what is there otherwise is left alone.
"""

from __future__ import annotations

import logging
import stat
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archive.catalogue import chosen, kept
from archive.catalogue.database import Catalogue
from archive.errors import DiskError
from archive.fixity import Kept
from archive.layout import PRIVATE, STAGING
from archive.lock import restoring
from archive.objects import FROZEN, ObjectStore, StoreError
from archive.places import InMirror, of_one_object, require
from archive.restoring import Brought, bring, is_staged
from archive.store import Store
from config.folders import real
from config.language import Message
from config.settings import FIRST_MIRROR

_BATCH = 64
_OWN = {"restore.lock", "staging"}
"""What a run has in the folder's `.callvault` while it lasts; an archive has more."""

log = logging.getLogger(__name__)


class Fate(StrEnum):
    """What became of one recording."""

    FETCHED = "fetched"
    THERE = "there"
    """It lay in the folder already, with the right bytes."""
    OWED = "owed"
    """The mirror was never said to have it."""
    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    """The store has it, and cannot give it."""
    FROZEN = "frozen"
    """It gives it once somebody has had it thawed."""
    IN_THE_WAY = "in_the_way"
    """Something else has its name in the folder."""

    @property
    def well(self) -> bool:
        return self in (Fate.FETCHED, Fate.THERE)


@dataclass(frozen=True, slots=True)
class Returned:
    kept: Kept
    fate: Fate


def refuse_within(folder: Path, places: Iterable[Path]) -> None:
    """Raises DiskError where `folder` is, lies in or contains one of `places`, or is an archive.

    Likewise where what would be emptied in it is not, or not all, a run's own.
    """
    for place in places:
        if _within(folder, place) or _within(place, folder):
            raise DiskError(Message.of("restore.within", path=folder, place=place))
    private = folder / PRIVATE
    staging = folder.joinpath(*STAGING.split("/"))
    for own in (private, staging):
        if _leads_away(own):
            raise DiskError(Message.of("restore.not_own", path=own))
    if _names(private) - _OWN:
        raise DiskError(Message.of("restore.archive", path=folder))
    if not all(is_staged(name) for name in _names(staging)):
        raise DiskError(Message.of("restore.not_own", path=staging))


class Outside:
    """Restores into `folder`, which is made where it is missing; `workers` at a time."""

    def __init__(
        self,
        catalogue: Catalogue,
        objects: ObjectStore,
        folder: Path,
        workers: int,
        mirror: str = FIRST_MIRROR,
    ) -> None:
        """`objects` are those of the `mirror` of that name."""
        self._catalogue = catalogue
        self._objects = objects
        self._store = Store(folder)
        self._workers = workers
        self._mirror = mirror

    def restore(
        self, choice: chosen.Choice, progress: Callable[[int, int], None] = lambda *_: None
    ) -> Iterator[Returned]:
        """What becomes of each recording that fits, by number.

        Raises DiskError where the folder's disk fails, StoreError where the store does, or is
        suddenly empty, LockedError where another run is at work there. `progress` hears how many
        more are through, and of how many.
        """
        with self._catalogue.reading() as tx:
            total = chosen.count(tx, choice)
        with (
            self._explained(),
            restoring(self._store.root),
            ThreadPoolExecutor(self._workers) as pool,
        ):
            try:
                self._empty_staging()
                reached = 0
                while batch := self._batch(choice, reached):
                    returned = list(pool.map(self._return, batch))
                    if any(one.fate is Fate.MISSING for one in returned):
                        require(self._catalogue, InMirror(self._objects), self._mirror)
                    progress(len(batch), total)
                    yield from returned
                    reached = batch[-1].recording or reached
            finally:
                pool.shutdown(cancel_futures=True)
                self._tidy()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """The store of files speaks of the archive's disk; here it is the folder's."""
        try:
            yield
        except DiskError as error:
            reason = dict(error.message.values).get("error")
            raise (self._failed(reason) if reason else error) from None

    def _failed(self, reason: object) -> DiskError:
        root = self._store.root
        return DiskError(Message.of("restore.folder_failed", path=root, error=reason))

    def _batch(self, choice: chosen.Choice, reached: int) -> list[Kept]:
        with self._catalogue.reading() as tx:
            ids = chosen.after(tx, choice, reached, _BATCH)
            return list(kept.by_ids(tx, ids, self._mirror))

    def _return(self, one: Kept) -> Returned:
        fate = self._fate(one)
        log.info("recording %d restored outside: %s", one.recording, fate)
        return Returned(one, fate)

    def _fate(self, one: Kept) -> Fate:
        there = self._there(one)
        if there is None:
            return of_one_object(self._objects, lambda: self._fetch(one), Fate.UNREADABLE)
        return Fate.THERE if there else Fate.IN_THE_WAY

    def _there(self, one: Kept) -> bool | None:
        """Whether it lies in the folder already; False: something else; `None`: nothing."""
        path, root = self._store.path(one.path), real(self._store.root)
        try:
            if root not in real(path.parent).parents:  # a link leads out of the folder
                return False
            regular = stat.S_ISREG(path.lstat().st_mode)
            return regular and self._store.read_sha256(one.path)[0] == one.sha256
        except FileNotFoundError:
            return False if _file_above(path, self._store.root) else None
        except (OSError, RuntimeError, DiskError):
            # This name alone cannot be read, or goes round in circles (RuntimeError before Python
            # 3.13); a disk that fails is met with the next recording that is written.
            return False

    def _fetch(self, one: Kept) -> Fate:
        try:
            brought = bring(self._catalogue, self._store, self._objects, one)
        except FileExistsError:  # put there meanwhile
            return Fate.IN_THE_WAY
        except StoreError as error:
            if error.message.key != FROZEN:
                raise
            return Fate.FROZEN
        if brought is not Brought.FETCHED and not one.mirrored:
            return Fate.OWED  # other bytes there are somebody's, which keep it from being sent
        return Fate(brought.value)

    def _empty_staging(self) -> None:
        if self._store.path(STAGING).is_dir():
            self._store.empty_staging()

    def _tidy(self) -> None:
        self._empty_staging()
        with suppress(OSError):
            self._store.path(STAGING).rmdir()


def _names(folder: Path) -> set[str]:
    try:
        return {one.name for one in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def _leads_away(own: Path) -> bool:
    """A link, or a junction of Windows, which `is_symlink` does not know."""
    return own.is_symlink() or real(own) != real(own.parent) / own.name


def _file_above(path: Path, root: Path) -> bool:
    """Windows says "not found" of a path below a file."""
    above = (one for one in path.parents if root in one.parents)
    return any(one.exists() and not one.is_dir() for one in above)


def _within(inner: Path, outer: Path) -> bool:
    """Also where the one is named otherwise: by a link, by a mount, or in another case."""
    behind = real(inner)
    if not outer.exists():
        return real(outer) in (behind, *behind.parents)
    return any(one.exists() and one.samefile(outer) for one in (behind, *behind.parents))
