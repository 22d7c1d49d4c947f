"""What the archive lacks after its disk or its catalogue was lost, brought back to its place.

Nothing is overwritten: only what is missing is brought back, and only where its bytes are right.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from archive.catalogue import kept
from archive.catalogue.database import Catalogue
from archive.errors import DiskError
from archive.fixity import Kept
from archive.layout import ASIDE, CUSTODY, PRIVATE, custody_number
from archive.objects import FROZEN, NOT_GIVEN, NOT_OPENED, ObjectStore, StoreError
from archive.places import of_one_object
from archive.store import Store
from archive.unknown import unknown_files
from config.language import Message

_BATCH = 500
_STAGED = "restore"

log = logging.getLogger(__name__)


class Brought(StrEnum):
    """What came of asking the mirror for something."""

    FETCHED = "fetched"
    MISSING = "missing"
    ALTERED = "altered"
    """What the mirror has instead has other bytes."""


@dataclass(frozen=True, slots=True)
class Restored:
    """How many recordings and papers lie where they belong."""

    there: int
    found: int
    """Lay elsewhere in the archive: they had been moved after the last custody file."""
    fetched: int
    """From the mirror."""
    missing: tuple[str, ...]
    """Paths of which no copy is to be had, or none now."""
    in_the_way: tuple[str, ...] = ()
    """Paths at which something lies that is no file."""
    frozen: Message | None = None
    """The mirror has some of them frozen: what it said of the first."""


def fetch_custody(store: Store, objects: ObjectStore) -> int:
    """Brings back the custody files that the archive lacks; returns how many.

    Not what a person put aside, where history was gone on with twice and only one can count.
    Whether they are a whole chain is seen when they are read. StoreError where the mirror fails.
    """
    store.prepare()
    count = 0
    for found in objects.list(f"{CUSTODY}/"):
        # Nothing else: whoever writes into the bucket must not name files outside the archive.
        aside = f"{ASIDE}/{found.key.removeprefix(f'{PRIVATE}/')}"
        if custody_number(found.key) and not (store.occupied(found.key) or store.exists(aside)):
            count += _custody_fetched(store, objects, found.key)
    return count


def _custody_fetched(store: Store, objects: ObjectStore, key: str) -> bool:
    """A time stamp that is sealed and damaged is no reason to do without the files."""
    try:
        return _fetch(store, objects, key, None) is Brought.FETCHED
    except StoreError as error:
        if error.message.key != NOT_OPENED or key.endswith(".jsonl"):
            raise
        return False


def restore(
    catalogue: Catalogue,
    store: Store,
    objects: ObjectStore | None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Restored:
    """Brings back every recording and paper that the archive lacks; the lock must be held.

    `progress` hears how many more were looked at, and of how many.
    """
    with catalogue.reading() as tx:
        total = kept.count(tx)
    there = found = fetched = 0
    lost, in_the_way, elsewhere = [], [], _Elsewhere(catalogue, store)
    frozen: Message | None = None
    for one in _everything(catalogue):
        if store.exists(one.path) or (one.target and store.exists(one.target)):
            there += 1
        elif store.occupied(one.path):
            in_the_way.append(one.path)
        elif elsewhere.bring(one):
            found += 1
        else:
            came = _brought(catalogue, store, objects, one) if objects else Brought.MISSING
            if came is Brought.FETCHED:
                fetched += 1
            else:
                lost.append(one.path)
            frozen = frozen or (came if isinstance(came, Message) else None)
        progress(int(one.recording is not None), total)
    return Restored(there, found, fetched, tuple(lost), tuple(in_the_way), frozen)


def _brought(
    catalogue: Catalogue, store: Store, objects: ObjectStore, one: Kept
) -> Brought | Message:
    """Why it is frozen, if it is. What the store cannot read is no reason to leave the rest."""
    try:
        fetch = partial(bring, catalogue, store, objects, one)
        return of_one_object(objects, fetch, Brought.ALTERED)
    except StoreError as error:
        if error.message.key != FROZEN:
            raise
        return error.message


class _Elsewhere:
    """Files of the archive that the catalogue does not know, by hash; read when first asked."""

    def __init__(self, catalogue: Catalogue, store: Store) -> None:
        self._catalogue = catalogue
        self._store = store
        self._by_hash: dict[str, str] | None = None

    def bring(self, one: Kept) -> bool:
        """Moves a file with these bytes to where the catalogue has it."""
        if self._by_hash is None:
            unknown = unknown_files(self._catalogue, self._store)
            hashes = ((self._sha256(path), path) for path in unknown)
            self._by_hash = {sha256: path for sha256, path in hashes if sha256}
        path = self._by_hash.pop(one.sha256, None)
        if path is None:
            return False
        self._store.move(path, one.path)
        self._store.sync([path, one.path])
        self._store.tidy(path)
        return True

    def _sha256(self, path: str) -> str | None:
        """One that cannot be read, on a disk that is dying, is no reason to do without the rest."""
        try:
            return self._store.read_sha256(path)[0]
        except DiskError:
            log.warning("a file of the archive that nobody knows cannot be read")
            return None


def _everything(catalogue: Catalogue) -> Iterator[Kept]:
    reached = 0
    while True:
        with catalogue.reading() as tx:
            batch = kept.after(tx, reached, _BATCH)
            papers = [] if batch else kept.papers(tx)
        yield from batch
        if not batch:
            yield from papers
            return
        reached = batch[-1].recording or reached


def is_staged(name: str) -> bool:
    """Whether `bring` calls a recording on its way so."""
    return re.fullmatch(rf"{_STAGED}-\d+", name) is not None


def bring(catalogue: Catalogue, store: Store, objects: ObjectStore, one: Kept) -> Brought:
    """Brings `one` from the mirror to its path in `store`; FileExistsError if that is taken.

    From its present key or, where the mirror had not followed it there, from one before. StoreError
    where the mirror fails, or has it nowhere but sealed and damaged, or frozen.
    """
    with catalogue.reading() as tx:
        before = [] if one.recording is None else kept.keys(tx, one.recording)
    came, refused = Brought.MISSING, None
    for key in dict.fromkeys([one.path, *before]):
        try:
            last = _fetch(store, objects, one.path, one, key)
        except StoreError as error:
            if error.message.key not in NOT_GIVEN:
                raise
            refused = error
            continue
        if last is Brought.FETCHED:
            return last
        if last is Brought.ALTERED:
            came = last
    if refused is not None:
        raise refused
    return came


def _fetch(
    store: Store, objects: ObjectStore, path: str, one: Kept | None, key: str | None = None
) -> Brought:
    """Publishes the object at `path` if it has the bytes that it should have."""
    token = f"{_STAGED}-{one.recording}" if one else _STAGED  # several may be on their way
    staged = store.receive(token, partial(objects.fetch, key or path))
    if staged is None:
        return Brought.MISSING
    if one is not None and staged.sha256 != one.sha256:
        log.error("an object of the mirror is not what it should be")
        store.discard(staged)
        return Brought.ALTERED
    store.publish(staged, path)
    store.sync([path])
    return Brought.FETCHED
