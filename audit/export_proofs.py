"""That custody entries stood in the log when an authority saw it, shown without anybody else's.

An entry stands under an anchor, the anchor in a custody file that has anchors alone, and that file
has a time stamp: all of it can be given out (`archive/anchoring.py`).
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import custody_files
from archive.anchoring import of_anchors_alone
from archive.catalogue import log
from archive.catalogue.database import Transaction
from archive.catalogue.papers import KnownFile, StampedFile
from archive.custody import Entry, broken
from archive.custody_tree import Tree
from archive.errors import CustodyError
from archive.store import Store
from audit.export_contents import Contents
from config.language import Message


@dataclass(frozen=True, slots=True)
class Shown:
    """An anchor whose custody file and time stamp go into the package."""

    anchor: Entry
    first: int
    last: int
    """Of the entries that it is over."""
    stamp: StampedFile


@dataclass(frozen=True, slots=True)
class Proof:
    """The way of one entry up to the root that an anchor tells."""

    anchor: int
    """The anchor's number."""
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as the package tells it."""

    entry: Entry
    file: KnownFile | None
    """The custody file that has it; `None`: none was written since."""
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Chain:
    entries: tuple[Told, ...]
    shown: tuple[Shown, ...]
    """The anchors that they stand under."""


def chain(tx: Transaction, store: Store, contents: Contents) -> Chain:
    """The earliest proof of each entry.

    CustodyError where a custody file is damaged, or the log does not hold: such a package would
    not stand its own check.
    """
    proofs: dict[int, Proof] = {}
    used = []
    for one in contents.entries:
        _refuse_broken(one)
    for shown in _shown(store, contents):
        tree = Tree(log.hashes(tx, shown.first, shown.last))
        if tree.root != json.loads(shown.anchor.entry)["sha256"]:
            raise CustodyError(Message.of("custody.log_broken", entry=shown.first))
        used.append(shown)
        for one in _between(contents.entries, shown.first, shown.last):
            path = tree.path(one.seq - shown.first)
            proofs.setdefault(one.seq, Proof(shown.anchor.seq, path))
    needed = {one.anchor for one in proofs.values()}
    told = [Told(one, _file(one, contents.files), proofs.get(one.seq)) for one in contents.entries]
    return Chain(tuple(told), tuple(one for one in used if one.anchor.seq in needed))


def _refuse_broken(one: Entry) -> None:
    if broken([one], one.seq, one.previous) is not None:
        raise CustodyError(Message.of("custody.log_broken", entry=one.seq))


def _between(entries: Sequence[Entry], first: int, last: int) -> Sequence[Entry]:
    """Of entries by number, those from `first` to `last`."""
    begin = bisect_left(entries, first, key=lambda one: one.seq)
    return entries[begin : bisect_right(entries, last, key=lambda one: one.seq)]


def _file(one: Entry, files: Sequence[KnownFile]) -> KnownFile | None:
    at = bisect_left(files, one.seq, key=lambda file: file.last)
    return files[at] if at < len(files) else None


def _shown(store: Store, contents: Contents) -> Iterator[Shown]:
    """The anchors over some of the entries that can be given out, oldest first."""
    stamps = {one.file.number: one for one in contents.stamps}
    for anchor in contents.anchors:
        over = json.loads(anchor.entry)
        file = _file(anchor, contents.files)
        stamp = stamps.get(file.number) if file else None
        if stamp is None or not _between(contents.entries, over["first"], over["last"]):
            continue
        found = custody_files.read(store.path(stamp.file.path))
        if found.sha256 != stamp.file.sha256:
            raise CustodyError(Message.of("custody.file_differs", path=stamp.file.path))
        if of_anchors_alone(found):
            if anchor not in found.entries:
                raise CustodyError(Message.of("custody.log_broken", entry=anchor.seq))
            yield Shown(anchor, over["first"], over["last"], stamp)
