"""Files in the archive of which the catalogue knows nothing: told, and never touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from archive.catalogue import kept
from archive.catalogue.database import Catalogue
from archive.layout import PRIVATE
from archive.store import Store, disk_error

_BATCH = 500
_OF_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store"}
"""What file managers leave in every folder that somebody looks into."""


def unknown_files(catalogue: Catalogue, store: Store) -> Iterator[str]:
    """Paths relative to the archive, in order; DiskError if it cannot be listed.

    A file that is being moved or taken in meanwhile is known, by where it is going.
    """
    walk = _walk(store.root, "")
    while batch := list(islice(walk, _BATCH)):
        doubtful = _unknown(catalogue, batch)
        # The catalogue may have gone on since the folder was listed.
        yield from (path for path in _unknown(catalogue, doubtful) if store.exists(path))


def _unknown(catalogue: Catalogue, paths: Sequence[str]) -> list[str]:
    if not paths:
        return []
    with catalogue.reading() as tx:
        return list(kept.unknown(tx, paths))


def _walk(root: Path, below: str) -> Iterator[str]:
    try:
        with os.scandir(root / below) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:  # tidied away meanwhile
        return
    except OSError as error:
        raise disk_error(error, root) from error
    yield from _below(root, below, entries)


def _below(root: Path, below: str, entries: Iterable[os.DirEntry[str]]) -> Iterator[str]:
    for entry in entries:
        path = f"{below}/{entry.name}" if below else entry.name
        if entry.is_dir(follow_symlinks=False):
            if path != PRIVATE:
                yield from _walk(root, path)
        elif entry.name.casefold() not in _OF_SYSTEMS:
            yield path
