"""Whether a mirror and the catalogue are of one history.

One that knows more has an archive older than it: a backup was put back, somebody began anew beside
a mirror in use, or two computers share one. What was sent then would be a second history beside the
first, and no catalogue could be made from both. One that lacks what it showed is another bucket by
now, or was emptied: what it has not says nothing of what there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path

from archive.catalogue import papers
from archive.catalogue.database import Catalogue
from archive.catalogue.papers import KnownFile
from archive.custody_files import parse
from archive.errors import CustodyError
from archive.layout import CUSTODY, custody_number
from archive.objects import NOT_OPENED, ObjectStore, StoreError
from config.language import Message

MIRROR_AHEAD = "store.mirror_ahead"
"""The message of a `StoreError` for a mirror that knows more history than the catalogue."""
MIRROR_LACKS = "store.mirror_lacks"
"""Likewise for one that has not what it showed."""


def unknown_file(catalogue: Catalogue, mirror: str, objects: ObjectStore) -> str | None:
    """The key of a custody file with which the mirror of that name knows more, if there is one.

    Of those beyond the last that it has shown, or of all where that is not there as it was: as a
    rule that is a look and a list, of which nothing comes. One that later ones of the catalogue
    stand beside by now makes nothing worse. StoreError where the mirror fails.
    """
    with catalogue.reading() as tx:
        last = papers.last_mirrored(tx, mirror)
    if last.number and not _is_there(objects, last):
        last = papers.NONE  # it was emptied, or the settings name another one by now
    newest, beyond, unknown = last, last.number, None
    for number, key in _files(objects, last.path):
        with catalogue.reading() as tx:
            known = papers.file_of(tx, number)
        if known is not None and known.path == key:
            newest = max(newest, known, key=lambda one: one.number)
        elif number > beyond:
            beyond, unknown = number, key
    if beyond > newest.number:
        return unknown
    # Each has the hash of the one before it: where the newest is ours, so are they all.
    return newest.path if newest is not last and _is_another(objects, newest) else None


def older_than(catalogue: Catalogue, mirror: str, objects: ObjectStore) -> StoreError | None:
    """What is to be told where the mirror of that name knows more history than the catalogue.

    StoreError where the mirror fails.
    """
    key = unknown_file(catalogue, mirror, objects)
    return StoreError(Message.of(MIRROR_AHEAD, name=mirror, key=key)) if key is not None else None


def require_what_it_showed(catalogue: Catalogue, mirror: str, objects: ObjectStore) -> None:
    """StoreError where the mirror of that name lacks the first custody file that it is said to have
    shown, or fails.
    """
    with catalogue.reading() as tx:
        first = papers.first_mirrored(tx, mirror)
    if first.number and objects.look(first.path) is None:
        raise StoreError(Message.of(MIRROR_LACKS, name=mirror, key=first.path))


def one_beyond(objects: ObjectStore, known: Collection[str]) -> str | None:
    """The key of a custody file in the mirror that is none of these, if any."""
    return next((key for _, key in _files(objects) if key not in known), None)


def _files(objects: ObjectStore, after: str = "") -> Iterator[tuple[int, str]]:
    """The custody files in the mirror beyond that key: each one's number and key."""
    for found in objects.list(f"{CUSTODY}/", after):
        number = custody_number(found.key) if found.key.endswith(".jsonl") else None
        if number:
            yield number, found.key


def _is_there(objects: ObjectStore, known: KnownFile) -> bool:
    """As far as the store tells without being read."""
    found = objects.look(known.path)
    if found is None or found.size != known.size:
        return False
    return found.sha256 in (None, known.sha256)


def _is_another(objects: ObjectStore, known: KnownFile) -> bool:
    """Whether another one of its number lies there, whole: what is damaged, or was swapped, says
    nothing. A bit that flipped in a row leaves size and entries as they were.
    """
    found = BytesIO()
    try:
        sha256 = objects.fetch(known.path, found)
    except StoreError as error:
        if error.message.key != NOT_OPENED:
            raise
        return False
    if sha256 is None or sha256 == known.sha256:
        return False
    try:
        told = parse(Path(known.path), found.getvalue())
    except CustodyError:
        return False
    same = (told.heading.head, told.size) == (known.head, known.size)
    return told.heading.number == known.number and not same
