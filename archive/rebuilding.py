"""The catalogue made anew from the custody files alone.

It is made under another name and takes its place whole; an old one is kept aside. Custody files
are a chain: one that is missing or altered stops it, for half a history is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from archive import custody_files
from archive.catalogue import changes, log, papers, setting_right
from archive.catalogue.database import (
    Catalogue,
    Transaction,
    defer_references,
    open_catalogue,
    sqlite_file,
    sqlite_url,
)
from archive.catalogue.schema import HEAD, metadata
from archive.custody_files import CustodyFile
from archive.errors import CatalogueError, CustodyError
from archive.layout import ASIDE, CUSTODY, STAGING, custody_number
from archive.publish import make_folder, publish, sync_folder
from archive.stamping import enter_what_was_left
from archive.store import Store
from config.language import Message

_UNUSABLE = "archive.catalogue_unusable"
_BESIDE = ("", "-journal", "-wal", "-shm")
"""SQLite's own files, which belong to a database and go where it goes."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    files: int
    """Custody files that it was made of."""
    set_right: int
    """Recordings whose rows these have otherwise than the custody log tells, which counts."""


def rebuild(
    store: Store,
    url: str,
    now: datetime,
    progress: Callable[[int, int], None] = lambda *_: None,
    *,
    told: bool = False,
) -> Rebuilt:
    """Makes the catalogue at `url` from the archive's custody files.

    `told`: these tell all that the old one said when it was asked. Raises CustodyError where they
    are no whole chain, or none at all; CatalogueError where the catalogue is no SQLite file, or
    what was `told` is no more all. The archive's lock must be held. `progress` hears how many more
    files are done of how many.
    """
    place = sqlite_file(url) if url.startswith("sqlite") else None
    if place is None:
        raise CatalogueError(Message.of("custody.not_sqlite"))
    paths = custody_paths(store)
    if not paths:
        raise CustodyError(Message.of("custody.none", path=store.path(CUSTODY)))
    store.prepare()
    made = store.path(f"{STAGING}/catalogue.sqlite")
    if not _inside(store, place):  # it may be on another volume than the archive
        made = place.with_name(f"{place.name}.made")
    for suffix in _BESIDE:
        made.with_name(made.name + suffix).unlink(missing_ok=True)
    with closing(open_catalogue(sqlite_url(made))) as catalogue:
        set_right = _fill(catalogue, store, paths, now, progress)
        enter_what_was_left(catalogue, store)
    if told:
        _require_silence(url)
    _put_aside(place, aside_of(store, place), now)
    publish(made, place)
    sync_folder(place.parent)
    return Rebuilt(len(paths), set_right)


def custody_paths(store: Store) -> Sequence[Path]:
    """The archive's custody files by their numbers; what else lies among them is none of them."""
    found = store.path(CUSTODY).glob("*/*.jsonl")
    own = (one for one in found if custody_number(one.relative_to(store.root).as_posix()))
    return sorted(own, key=lambda path: path.name)


def _fill(
    catalogue: Catalogue,
    store: Store,
    paths: Sequence[Path],
    now: datetime,
    progress: Callable[[int, int], None],
) -> int:
    """Returns how many recordings' rows were set right. CustodyError names the newest file where
    rows cannot be loaded: no later one has its hash.
    """
    try:
        with catalogue.transaction() as tx:
            defer_references(tx)  # a row may refer to one that only a later file has
            for found in _vouched_for(custody_files.follow(paths)):
                _load(tx, store, paths[found.heading.number - 1], found)
                progress(1, len(paths))
            return setting_right.set_right(tx, now)
    except CatalogueError as error:
        if error.message.key != _UNUSABLE:
            raise
        raise _not_loaded(paths[-1], dict(error.message.values)["error"]) from error
    except (ValueError, TypeError) as error:
        raise _not_loaded(paths[-1], error) from error


def _not_loaded(newest: Path, why: object) -> CustodyError:
    return CustodyError(Message.of("custody.not_loaded", path=newest, error=why))


def _vouched_for(files: Iterator[CustodyFile]) -> Iterator[CustodyFile]:
    """Each one once the next was read, which has its hash; the newest has none that does."""
    held = next(files)
    for found in files:
        yield held
        held = found
    yield held


def _load(tx: Transaction, store: Store, path: Path, found: CustodyFile) -> None:
    if found.heading.schema > HEAD:
        raise CustodyError(Message.of("custody.newer", path=path))
    custody_files.check_tables(path, found, metadata.tables)
    changes.bring_back(tx, found.rows)
    log.bring_back(tx, found.entries)
    papers.enter_found(tx, path.relative_to(store.root).as_posix(), found)
    changes.forget(tx)


def _require_silence(url: str) -> None:
    """People's words take no archive's lock: one that was said while the new catalogue was made
    would be put aside with the old one, and whoever said it was told that it stands.
    """
    with closing(open_catalogue(url, make=False)) as old, old.reading() as tx:
        if log.since(tx, papers.last_file(tx).last, 1) or changes.noted(tx, 1):
            raise CatalogueError(Message.of("custody.said_meanwhile"))


def aside_of(store: Store, place: Path) -> Path:
    """Where old catalogues are kept: in the archive, or beside one that lies elsewhere."""
    return store.path(ASIDE) if _inside(store, place) else place.with_name(f"{place.name}.aside")


def _inside(store: Store, place: Path) -> bool:
    return store.root.absolute() in place.absolute().parents


def _put_aside(place: Path, aside: Path, now: datetime) -> None:
    """Nothing is thrown away: an old catalogue may say why it had to be made anew."""
    folders = (aside / f"{now:%Y%m%d_%H%M%S}_{number}" for number in count(1))
    folder = next(one for one in folders if not one.exists())
    for suffix in _BESIDE:
        old = place.with_name(place.name + suffix)
        if old.exists():
            make_folder(folder)
            publish(old, folder / old.name)
            sync_folder(folder)
            sync_folder(old.parent)
