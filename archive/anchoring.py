"""Anchors the custody log: writes the root of a tree over its new entries into it, for a stamp.

A time stamp is about a custody file, and a custody file tells of all customers. So that a stamp can
be shown for one recording alone, what is stamped is a file that has nothing but anchors: the roots
under which all entries before it stand (`archive/custody_tree.py`).
"""

from __future__ import annotations

import json
from datetime import datetime

from archive import keeping
from archive.catalogue import log, papers
from archive.catalogue.database import Catalogue, Transaction
from archive.custody import Event
from archive.custody_files import CustodyFile
from archive.custody_tree import Tree
from archive.store import Store

EVENT = "anchored"
_MOST = 65_536
"""Entries under one root."""


def anchor(catalogue: Catalogue, store: Store, now: datetime) -> None:
    """Has the newest custody file be one of anchors, over all entries that no stamped one is over.

    What somebody else writes between its steps stands in that file too: it is shown to nobody then.
    `now` is aware.
    Raises CustodyError and DiskError as `keeping.keep`.
    """
    keeping.keep(catalogue, store, now)
    with catalogue.transaction() as tx:
        anchored = _append(tx, now)
    if anchored:
        keeping.keep(catalogue, store, now)


def of_anchors_alone(file: CustodyFile) -> bool:
    """Whether a custody file has anchors and tells of nothing else."""
    events = [json.loads(one.entry).get("event") for one in file.entries]
    return not file.rows and bool(events) and set(events) == {EVENT}


def _append(tx: Transaction, now: datetime) -> bool:
    last, _ = log.head(tx)
    newest = log.last_of(tx, EVENT, last)
    if last == 0 or (newest is not None and newest.seq == last):  # nothing came since
        return False
    first, events = _unstamped(tx), []
    for begin in range(first, last + 1, _MOST):
        end = min(begin + _MOST - 1, last)
        root = Tree(log.hashes(tx, begin, end)).root
        events.append(Event(EVENT, root, {"first": begin, "last": end}))
    log.append(tx, events, now)
    return True


def _unstamped(tx: Transaction) -> int:
    """The number of the first entry that no stamped anchor is over.

    One that the authority did not answer to is of no use: what it is over comes under the next.
    """
    stamped = papers.last_stamp(tx).number
    until = papers.file_of_number(tx, stamped).last if stamped else 0
    anchor = log.last_of(tx, EVENT, until)
    over: int = json.loads(anchor.entry)["last"] if anchor else 0
    return over + 1
