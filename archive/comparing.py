"""The catalogue's rows against the custody files, which have each row as it was last written down.

So a changed value is told in whatever column it is, though nobody but the catalogue uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive import custody_files
from archive.batches import batches
from archive.catalogue import changes, papers
from archive.catalogue.consistency import Difference, readable
from archive.catalogue.database import Catalogue
from archive.catalogue.papers import KnownFile
from archive.catalogue.schema import metadata
from archive.records import Image
from archive.store import Store

_Key = tuple[str, tuple[str | int, ...]]
"""A table and a row's key."""


def compare_rows(catalogue: Catalogue, store: Store) -> Iterator[Difference]:
    """Rows that are not as the newest custody file has them, and are not noted as changed since.

    Raises CustodyError where the files are no whole chain: then they tell nothing of the catalogue.
    """
    with readable(catalogue) as tx:
        known = papers.custody_files(tx)
    doubtful: dict[_Key, str] = {}
    paths = [store.path(one.path) for one in known]
    for path, found in zip(paths, custody_files.follow(paths), strict=True):
        custody_files.check_tables(path, found, metadata.tables)
        for images in batches(found.rows):
            _compare(catalogue, images, doubtful)
    # Another process may have changed rows meanwhile, and written them down.
    last: dict[_Key, str] = {}
    for one in _newer(catalogue, known):
        for image in custody_files.read(store.path(one.path)).rows:
            doubtful.pop((image.table, image.key), None)
    with readable(catalogue) as tx:
        for some in batches(list(doubtful)):
            last |= {key: doubtful[key] for key in changes.present(tx, some)}
    for (table, key), columns in sorted(last.items(), key=repr):
        at = "/".join(str(part) for part in key)
        yield Difference("written_otherwise", None, "", f"{table} {at}: {columns}")


def _compare(catalogue: Catalogue, images: Sequence[Image], doubtful: dict[_Key, str]) -> None:
    """Adds what differs to `doubtful`; what an earlier file had otherwise is taken off it again."""
    keys = [(one.table, one.key) for one in images]
    with readable(catalogue) as tx:
        now = changes.present(tx, keys)
    for key, was in zip(keys, images, strict=True):
        columns = _differing(was, now[key]) if key in now else ""
        if columns:
            doubtful[key] = columns
        else:
            doubtful.pop(key, None)


def _differing(was: Image, now: Image) -> str:
    """The columns that are another; a column that one of them does not know says nothing."""
    if was.row is None or now.row is None:
        return "" if was.row is now.row else "the row itself"
    is_, told = now.row, was.row
    return ", ".join(name for name in told if name in is_ and is_[name] != told[name])


def _newer(catalogue: Catalogue, known: Sequence[KnownFile]) -> Sequence[KnownFile]:
    with readable(catalogue) as tx:
        return papers.custody_files(tx)[len(known) :]
