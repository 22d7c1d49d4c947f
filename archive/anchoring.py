"""Anchors the custody log: writes the root of a tree over its new entries into it, for a stamp.

A time stamp is about a custody file, and a custody file tells of all customers. So that a stamp can
be shown for one recording alone, what is stamped is a file that has nothing but anchors: the roots
under which all entries before it stand (`archive/custody_tree.py`).
"""

from __future__ import annotations

import json
from datetime import datetime

from archive import custody_files, keeping
from archive.catalogue import log, papers
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.papers import KnownFile
from archive.custody import Entry, Event
from archive.custody_files import CustodyFile
from archive.custody_tree import Tree
from archive.errors import CustodyError
from archive.store import Store

EVENT = "anchored"
_MOST = 65_536
"""Entries under one root."""


def anchor(catalogue: Catalogue, store: Store, now: datetime) -> None:
    """Has the newest custody file be one of anchors, over all entries that are not proven yet.

    What somebody else writes between its steps stands in that file too: it is shown to nobody then,
    and the next anchor goes over the same entries again. `now` is aware.
    Raises CustodyError and DiskError as `keeping.keep`.
    """
    keeping.keep(catalogue, store, now)
    with catalogue.transaction() as tx:
        anchored = _append(tx, store, now)
    if anchored:
        keeping.keep(catalogue, store, now)


def of_anchors_alone(file: CustodyFile) -> bool:
    """Whether a custody file has anchors and tells of nothing else."""
    events = [json.loads(one.entry).get("event") for one in file.entries]
    return not file.rows and bool(events) and set(events) == {EVENT}


def _append(tx: Transaction, store: Store, now: datetime) -> bool:
    last, _ = log.head(tx)
    if last == 0:
        return False
    proven = _proven(tx, store)
    if _is_anchored(tx, store, last, proven):
        return False
    first, events = (json.loads(proven.entry)["last"] if proven else 0) + 1, []
    for begin in range(first, last + 1, _MOST):
        end = min(begin + _MOST - 1, last)
        root = Tree(log.hashes(tx, begin, end)).root
        events.append(Event(EVENT, root, {"first": begin, "last": end}))
    log.append(tx, events, now)
    return True


def _is_anchored(tx: Transaction, store: Store, last: int, proven: Entry | None) -> bool:
    """Whether nothing came since the newest anchor, whose file has its stamp or can have it yet."""
    newest = log.last_of(tx, EVENT, last)
    if newest is None or newest.seq != last:
        return False
    waiting = papers.last_file(tx)  # it is what the authority will be asked about
    return newest == proven or (
        papers.file_with(tx, last) == waiting and _can_be_shown(store, waiting)
    )


def _proven(tx: Transaction, store: Store) -> Entry | None:
    """The newest anchor that a package can show: in a file of anchors alone, with a time stamp.

    One that the authority did not answer to is of no use: what it is over comes under the next.
    """
    stamped = {one.file.number for one in papers.stamped(tx)}
    until, _ = log.head(tx)
    while found := log.last_of(tx, EVENT, until):
        file = papers.file_with(tx, found.seq)
        if file and file.number in stamped and _can_be_shown(store, file):
            return found
        until = found.seq - 1
    return None


def _can_be_shown(store: Store, file: KnownFile) -> bool:
    """Whether it is as it was written, and tells of nobody."""
    try:
        found = custody_files.read(store.path(file.path))
    except CustodyError:
        return False
    return found.sha256 == file.sha256 and of_anchors_alone(found)
