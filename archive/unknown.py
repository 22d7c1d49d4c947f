"""Files in the archive of which the catalogue knows nothing: told, and never touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from archive.catalogue import kept
from archive.catalogue.database import Catalogue
from archive.store import Store
from archive.tree import peoples, walk

_BATCH = 500


def unknown_files(catalogue: Catalogue, store: Store) -> Iterator[str]:
    """Paths relative to the archive, in order; DiskError if it cannot be listed.

    A file that is being moved or taken in meanwhile is known, by where it is going.
    """
    paths = (path for path, _ in walk(store.root, peoples))
    while batch := list(islice(paths, _BATCH)):
        doubtful = _unknown(catalogue, batch)
        # The catalogue may have gone on since the folder was listed.
        yield from (path for path in _unknown(catalogue, doubtful) if store.exists(path))


def _unknown(catalogue: Catalogue, paths: Sequence[str]) -> list[str]:
    if not paths:
        return []
    with catalogue.reading() as tx:
        return list(kept.unknown(tx, paths))
