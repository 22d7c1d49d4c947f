"""`callvault compare`: catalogue, archive and bucket by one merge of three sorted lists.

It alters nothing. Sizes are compared and no bytes: the bucket is listed, and asked about no object
but those of which the catalogue knows nothing.
What is held in memory does not grow with what is there, only with what differs.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from itertools import chain, islice
from operator import attrgetter
from tempfile import TemporaryFile

from archive.catalogue.database import Catalogue
from archive.catalogue.expected import expected
from archive.objects import ObjectStore, StoredObject
from archive.places import InArchive, InMirror, of_one_object, require
from archive.sides import Code, Compared, Expected, Sized, compared, merged
from archive.store import Store
from archive.tree import mirrored, walk
from config.settings import FIRST_MIRROR

_STEP = 500
"""Keys after which progress is told."""
_PAGE = 1000
"""Objects that most stores list at once."""
_TOLD = attrgetter(*(field.name for field in fields(Expected)))


@dataclass(frozen=True, slots=True)
class Comparing:
    catalogue: Catalogue
    store: Store
    objects: ObjectStore
    mirror: str = FIRST_MIRROR
    """Its name, in the catalogue."""

    def run(
        self, prefix: str = "", progress: Callable[[int, int], None] = lambda *_: None
    ) -> Iterator[Compared]:
        """What every key comes to that begins with `prefix`: first what is equal or owed, by key,
        then what differs, by key.

        Raises ArchiveError where archive or bucket is not there, suddenly empty, or cannot be read:
        that says nothing of any key. `progress` hears how many more the catalogue has been held
        against, and of how many.
        """
        doubtful = []
        require(self.catalogue, InArchive(self.store))
        with self._catalogued(prefix) as (known, total):
            sides = (_counted(known, total, progress), self._files(prefix), self._listed(prefix))
            for one in (compared(*row) for row in merged(*sides)):
                if one.code.sign.differs:
                    doubtful.append(one)
                else:
                    yield one
        if doubtful:
            require(self.catalogue, InArchive(self.store))
            yield from self._looked_at_again(doubtful, prefix)

    def _looked_at_again(self, doubtful: list[Compared], prefix: str) -> Iterator[Compared]:
        """What the catalogue says otherwise by now was only being worked on."""
        with self._catalogued(prefix) as (known, _):
            for one, now in merged(iter(doubtful), known):
                if one is not None:
                    same = one.expected == now and (now is not None or self._is_there(one))
                    yield one if same else replace(one, code=Code.CHANGING)

    def _is_there(self, unknown: Compared) -> bool:
        """What came and went between two looks at the catalogue is in neither."""
        key, code = unknown.key, unknown.code
        if code is not Code.OBJECT_UNKNOWN and os.path.lexists(self.store.path(key)):
            return True
        if code is Code.FILE_UNKNOWN:
            return False
        return of_one_object(self.objects, lambda: self.objects.look(key) is not None, True)

    @contextmanager
    def _catalogued(self, prefix: str) -> Iterator[tuple[Iterator[Expected], int]]:
        """Of one moment, and how many; through a file, for a transaction that stays open while a
        bucket is listed would keep writers out.
        """
        total = 0
        with TemporaryFile("w+", encoding="ascii") as spool:
            with self.catalogue.reading() as tx:
                wanted = (one for one in expected(tx, self.mirror) if one.key.startswith(prefix))
                while some := [_TOLD(one) for one in islice(wanted, _PAGE)]:
                    spool.write(json.dumps(some) + "\n")
                    total += len(some)
            spool.seek(0)
            yield (Expected(*told) for line in spool for told in json.loads(line)), total

    def _files(self, prefix: str) -> Iterator[Sized]:
        for path, entry in walk(self.store.root, mirrored, prefix):
            try:
                yield Sized(path, _size(entry))
            except FileNotFoundError:  # moved meanwhile
                continue

    def _listed(self, prefix: str) -> Iterator[Sized]:
        listing = _ahead(self.objects.list(prefix))
        first = next(listing, None)
        if first is None:
            require(self.catalogue, InMirror(self.objects), self.mirror)
            return
        for found in chain([first], listing):
            if mirrored(found.key):
                yield Sized(found.key, found.size)


def _ahead(listing: Iterator[StoredObject]) -> Iterator[StoredObject]:
    """The store makes the next page while this one is compared."""
    with ThreadPoolExecutor(1) as pool:

        def page() -> list[StoredObject]:
            return list(islice(listing, _PAGE))

        coming = pool.submit(page)
        while found := coming.result():
            coming = pool.submit(page)
            yield from found


def _size(entry: os.DirEntry[str]) -> int | None:
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _counted(
    known: Iterator[Expected], total: int, progress: Callable[[int, int], None]
) -> Iterator[Expected]:
    for number, one in enumerate(known, 1):
        yield one
        if number % _STEP == 0 or number == total:
            progress(number % _STEP or _STEP, total)
