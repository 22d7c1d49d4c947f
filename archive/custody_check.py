"""Whether the custody log is whole: its chain, its custody files, and their objects in the mirror.

The log in the catalogue, the files and the mirrored files each say the same history. Who wants to
change it has to change all three, and the mirror is out of a PC's reach where its bucket is locked.
What the catalogue says of time stamps and of objects is believed only where they are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive import custody_files, keeping, timestamp
from archive.catalogue import kept, log, papers
from archive.catalogue.database import Catalogue
from archive.catalogue.papers import KnownFile, KnownStamp, StampedFile
from archive.custody import broken
from archive.errors import CustodyError, StampError
from archive.layout import CUSTODY, stamp_path
from archive.objects import NOT_OPENED, ObjectStore, StoreError
from archive.store import Store
from config.language import Message

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Checked:
    entries: int
    files: int
    mirrored: int | None
    """Custody files that the mirror has, unaltered; `None` without one that can be asked."""
    stamp: KnownStamp
    """Of the newest custody file that has one which holds."""
    head: str
    """Hash of the last entry: who notes it down can tell later whether history was changed."""
    problems: tuple[Message, ...]
    unasked: Message | None = None
    """Why the mirror could not be asked."""


def check(
    catalogue: Catalogue,
    store: Store,
    objects: ObjectStore | None,
    trusted: tuple[Certificate, ...] = (),
) -> Checked:
    """Reads all of it; what is on this computer, too, where the mirror cannot be asked.

    `trusted` certificates have to vouch for the newest time stamp; earlier ones may be of another
    authority.
    """
    with catalogue.reading() as tx:
        entry = broken(log.entries(tx))
        known = papers.custody_files(tx)
        entries, head = log.head(tx)
        stamped = papers.stamped(tx)
        shown = {one.path for one in kept.papers(tx) if one.mirrored}
        told = {one.number: log.hash_of(tx, one.last) for one in known}
    problems = [] if entry is None else [Message.of("custody.log_broken", entry=entry)]
    problems += _older(catalogue, store)
    problems += _files(store, known)
    problems += [
        Message.of("custody.file_differs", path=one.path)
        for one in known
        if told[one.number] != one.head
    ]
    stamp = KnownStamp(0, None)
    for one in stamped:
        doubt = _doubt(store, one, trusted if one is stamped[-1] else ())
        if doubt is None:
            stamp = KnownStamp(one.file.number, one.at)
        else:
            problems.append(doubt)
    mirrored = unasked = None
    if objects is not None:
        try:
            mirrored, amiss = _mirrored(objects, known, shown)
            problems += amiss
        except StoreError as error:
            unasked = error.message
    return Checked(entries, len(known), mirrored, stamp, head, tuple(problems), unasked)


def _older(catalogue: Catalogue, store: Store) -> Iterator[Message]:
    """A log that ends too early holds as well: what came after stands in later files."""
    try:
        keeping.require_newest(catalogue, store)
    except CustodyError as error:
        yield error.message


def _files(store: Store, known: Sequence[KnownFile]) -> Iterator[Message]:
    paths = {one.number: store.path(one.path) for one in known}
    missing = [number for number, path in paths.items() if not path.is_file()]
    for number in missing:
        yield Message.of("custody.file_gone", path=paths[number])
    if missing:
        return
    expected = {one.number: one.sha256 for one in known}
    try:
        for found in custody_files.follow(list(paths.values())):
            number = found.heading.number
            if found.sha256 != expected[number]:
                yield Message.of("custody.file_differs", path=paths[number])
    except CustodyError as error:
        yield error.message


def _doubt(store: Store, one: StampedFile, trusted: tuple[Certificate, ...]) -> Message | None:
    """Why its time stamp proves nothing."""
    path = store.path(stamp_path(one.file.path))
    try:
        der = path.read_bytes()
        token = timestamp.read(der, one.file.sha256, trusted=trusted)
    except FileNotFoundError:
        return Message.of("custody.stamp_gone", path=path)
    except OSError as error:
        return Message.of("custody.unreadable", path=path, error=error.strerror or error)
    except StampError as error:
        untrusted = error.message.key == "stamp.not_trusted"
        key = "custody.stamp_untrusted" if untrusted else "custody.stamp_differs"
        return Message.of(key, path=path)
    if (hashlib.sha256(der).hexdigest(), token.at) != (one.stamp_sha256, one.at):
        return Message.of("custody.stamp_differs", path=path)
    return None


def _mirrored(
    objects: ObjectStore, known: Sequence[KnownFile], shown: set[str]
) -> tuple[int, Sequence[Message]]:
    """`shown`: what the mirror has shown before."""
    by_path = {one.path: one for one in known}
    problems, sound, gone = [], 0, shown & by_path.keys()
    for found in objects.list(f"{CUSTODY}/"):
        gone -= {found.key}
        if not found.key.endswith(".jsonl"):
            continue
        one = by_path.get(found.key)
        if one is None:
            problems.append(Message.of("custody.mirror_knows_more", key=found.key))
            continue
        if _sha256(objects, found.key) == one.sha256:
            sound += 1
        else:
            problems.append(Message.of("custody.object_differs", key=found.key))
    problems += [Message.of("custody.object_gone", key=key) for key in sorted(gone)]
    return sound, problems


def _sha256(objects: ObjectStore, key: str) -> str | None:
    """`None` also of one that is sealed and damaged."""
    seen = objects.look(key)
    try:
        return seen.sha256 if seen and seen.sha256 else objects.read_sha256(key)
    except StoreError as error:
        if error.message.key != NOT_OPENED:
            raise
        return None
