"""Writes out what the custody files do not have yet. Safe to be killed: nothing is said twice.

A file is whole under its name before the catalogue knows of it. One that a kill left behind is
entered as it is, for it can only say what the catalogue said before the kill; one that says more
than the catalogue does is the proof that the catalogue is an older copy, and work stops.
"""

from __future__ import annotations

from datetime import datetime

from archive import custody_files
from archive.catalogue import changes, log, papers
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.papers import KnownFile
from archive.catalogue.schema import HEAD
from archive.custody_files import Heading
from archive.errors import CustodyError
from archive.layout import CUSTODY, custody_number, custody_path
from archive.store import Store
from config.language import Message

_MOST = 4_000
"""Entries, and rows, in one file: some 10 MB, and several times that in memory."""


def keep(catalogue: Catalogue, store: Store, now: datetime) -> int:
    """Brings the custody files up to the catalogue; returns how many that made.

    `now` is aware; a file lies under its date. CustodyError where the catalogue is older than its
    custody files.
    """
    store.prepare()
    count = 0
    while True:
        with catalogue.transaction() as tx:
            last = papers.last_file(tx)
            if left := _left_behind(store, last.number):
                _adopt(tx, store, last, left)
            elif not _write(tx, store, last, now):
                return count
        count += 1


def _write(tx: Transaction, store: Store, last: KnownFile, now: datetime) -> bool:
    """Writes the next custody file; False where there is nothing to write."""
    entries = log.since(tx, last.last, _MOST)
    rows = changes.noted(tx, _MOST)
    if not entries and not rows:
        return False
    heading = Heading(
        number=last.number + 1,
        before=last.sha256,
        previous=last.head,
        last=last.last + len(entries),
        head=entries[-1].hash if entries else last.head,
        entries=len(entries),
        rows=len(rows),
        schema=HEAD,
        written_at=now.isoformat(),
    )
    path = custody_path(heading.number, now.date())
    staged = store.write("custody", custody_files.lines(heading, entries, rows))
    store.publish(staged, path)
    store.sync([path])
    known = KnownFile(heading.number, path, staged.sha256, staged.size, heading.last, heading.head)
    papers.enter_file(tx, known, now)
    changes.told(tx, rows)
    return True


def _left_behind(store: Store, number: int) -> str | None:
    """The file after `number`, or else one that comes later.

    It lies under the newest date, unless the clock was wrong: then the next one is looked for
    under every date, for two of a number would break the chain for good.
    """
    newest = None
    for date in reversed(store.names(CUSTODY)):
        following = f"{CUSTODY}/{date}/{number + 1:08d}.jsonl"
        if store.exists(following):
            return following
        if newest is None:
            paths = (f"{CUSTODY}/{date}/{name}" for name in store.names(f"{CUSTODY}/{date}"))
            files = (path for path in paths if path.endswith(".jsonl") and custody_number(path))
            newest = max(files, default=None)
    later = newest is not None and (custody_number(newest) or 0) > number
    return newest if later else None


def _adopt(tx: Transaction, store: Store, last: KnownFile, path: str) -> None:
    found = custody_files.read(store.path(path))
    heading = found.heading
    began = (heading.number, heading.before, heading.previous)
    same = began == (last.number + 1, last.sha256, last.head)
    # Without a new entry only its rows tell: they are noted until a file of them is known.
    same = same and changes.all_noted(tx, found.rows)
    if not same or log.hash_of(tx, heading.last) != heading.head:
        raise CustodyError(Message.of("custody.ahead", path=path))
    papers.enter_found(tx, path, found)
