"""Whether the custody log is whole: its chain, its custody files, and their objects in the mirror.

The log in the catalogue, the files and the mirrored files each say the same history. Who wants to
change it has to change all three, and the mirror is out of a PC's reach where its bucket is locked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import custody_files
from archive.catalogue import log, papers
from archive.catalogue.database import Catalogue
from archive.catalogue.papers import KnownFile, KnownStamp
from archive.custody import broken
from archive.errors import CustodyError
from archive.layout import CUSTODY
from archive.objects import NOT_OPENED, ObjectStore, StoreError
from archive.store import Store
from config.language import Message


@dataclass(frozen=True, slots=True)
class Checked:
    entries: int
    files: int
    mirrored: int | None
    """Custody files that the mirror has, unaltered; `None` without a mirror."""
    stamp: KnownStamp
    """Of the newest custody file that has one."""
    head: str
    """Hash of the last entry: who notes it down can tell later whether history was changed."""
    problems: tuple[Message, ...]


def check(catalogue: Catalogue, store: Store, objects: ObjectStore | None) -> Checked:
    """Reads all of it. Raises StoreError where the mirror cannot be asked."""
    with catalogue.reading() as tx:
        entry = broken(log.entries(tx))
        known = papers.custody_files(tx)
        entries, head = log.head(tx)
        stamp = papers.last_stamp(tx)
        told = {one.number: log.hash_of(tx, one.last) for one in known}
    problems = [] if entry is None else [Message.of("custody.log_broken", entry=entry)]
    problems += _files(store, known)
    problems += [
        Message.of("custody.file_differs", path=one.path)
        for one in known
        if told[one.number] != one.head
    ]
    mirrored = None
    if objects is not None:
        mirrored, amiss = _mirrored(objects, known)
        problems += amiss
    return Checked(entries, len(known), mirrored, stamp, head, tuple(problems))


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


def _mirrored(objects: ObjectStore, known: Sequence[KnownFile]) -> tuple[int, Sequence[Message]]:
    by_path = {one.path: one for one in known}
    problems, sound = [], 0
    for found in objects.list(f"{CUSTODY}/"):
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
