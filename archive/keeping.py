"""Writes out what the custody files do not have yet. Safe to be killed: nothing is said twice.

A file is whole under its name before the catalogue knows of it. One that a kill left behind is
entered as it is, for it can only say what the catalogue said before the kill; one that says more
than the catalogue does is the proof that the catalogue is an older copy, and work stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archive import custody_files
from archive.catalogue import changes, log, papers
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.papers import KnownFile
from archive.catalogue.schema import HEAD, recording
from archive.custody_files import CustodyFile, Heading
from archive.errors import CustodyError
from archive.layout import CUSTODY, custody_number, custody_path
from archive.places import InArchive, require
from archive.records import Image
from archive.store import Store
from config.language import Message

_MOST = 4_000
"""Entries, and rows, in one file: some 10 MB, and several times that in memory."""


def keep(catalogue: Catalogue, store: Store, now: datetime) -> int:
    """Brings the custody files up to the catalogue; returns how many that made.

    `now` is aware; a file lies under its date, or that of the file before. CustodyError where the
    catalogue is older than its custody files, its log was cut, or a recording deleted from it;
    DiskError where the archive is another one, that has nothing of what it knows.
    """
    store.prepare()
    if not store.names(CUSTODY) and _has_written(catalogue):
        require(catalogue, InArchive(store))
    count = 0
    while True:
        with catalogue.transaction() as tx:
            last = papers.last_file(tx)
            _require_uncut(tx, last)
            if left := _left_behind(store, last.number, store.names(CUSTODY)):
                _adopt(tx, store, last, left)
            elif not _write(tx, store, last, now):
                return count
        count += 1


def require_newest(catalogue: Catalogue, store: Store) -> None:
    """CustodyError where the catalogue is older than its custody files: what it tells was so once.

    Writes nothing, and works beside a daemon.
    """
    before = None
    while True:
        with catalogue.reading() as tx:
            last = papers.last_file(tx)
            left = _left_behind(store, last.number, store.names(CUSTODY))
            if left is None or _follows(tx, last, custody_files.read(store.path(left))):
                return
        if last == before:  # or another process has written that file since the catalogue was asked
            raise _ahead(left)
        before = last


def _has_written(catalogue: Catalogue) -> bool:
    with catalogue.reading() as tx:
        return papers.last_file(tx).number > 0


def newest_lacking(catalogue: Catalogue, store: Store) -> Message | None:
    """What to say where the archive lacks the newest custody file: it is an older copy, beside a
    catalogue that lies elsewhere, or somebody deletes there.
    """
    with catalogue.reading() as tx:
        last = papers.last_file(tx)
    if last.number == 0 or store.exists(last.path):
        return None
    return Message.of("custody.archive_older", path=last.path)


def _require_uncut(tx: Transaction, last: KnownFile) -> None:
    """What was written after a log that was cut would follow no custody file, in the mirror too."""
    if log.hash_of(tx, last.last) != last.head:
        raise CustodyError(Message.of("custody.log_cut", path=last.path, entry=last.last))


def _write(tx: Transaction, store: Store, last: KnownFile, now: datetime) -> bool:
    """Writes the next custody file; False where there is nothing to write."""
    entries = log.since(tx, last.last, _MOST)
    rows = changes.noted(tx, _MOST)
    if not entries and not rows:
        return False
    _require_none_deleted(rows)
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
    path = custody_path(heading.number, now.date(), last.path)
    staged = store.write("custody", custody_files.lines(heading, entries, rows))
    store.publish(staged, path)
    store.sync([path])
    known = KnownFile(heading.number, path, staged.sha256, staged.size, heading.last, heading.head)
    papers.enter_file(tx, known, now)
    changes.told(tx, rows)
    return True


def _require_none_deleted(rows: Sequence[Image]) -> None:
    """No recording is ever deleted: somebody did it, and that is not to become history."""
    for one in rows:
        if one.table == recording.name and one.row is None:
            raise CustodyError(Message.of("custody.row_deleted", id=one.key[0]))


def _left_behind(store: Store, number: int, dates: Sequence[str]) -> str | None:
    """The file after `number` that lies under one of `dates`, or else one that comes later.

    It lies under the newest date, unless the clock was wrong: then the next one is looked for
    under every date, for two of a number would break the chain for good.
    """
    newest = None
    for date in reversed(dates):
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
    if not _follows(tx, last, found):
        raise _ahead(path)
    papers.enter_found(tx, path, found)


def _follows(tx: Transaction, last: KnownFile, found: CustodyFile) -> bool:
    """Whether it comes right after `last`, and says nothing that the catalogue does not know."""
    heading = found.heading
    began = (heading.number, heading.before, heading.previous)
    same = began == (last.number + 1, last.sha256, last.head)
    # Without a new entry only its rows tell: they are noted until a file of them is known.
    same = same and changes.all_noted(tx, found.rows)
    return same and log.hash_of(tx, heading.last) == heading.head


def _ahead(path: str) -> CustodyError:
    return CustodyError(Message.of("custody.ahead", path=path))
