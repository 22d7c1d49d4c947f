"""What a person ordered to go is deleted: its objects first, by the mirrors, then its file.

An order stands in the catalogue, in custody and in a custody file before anything is deleted, so a
kill anywhere leaves an order that the next run carries out, and never more than was ordered. Until
the file is gone a legal hold takes the order back. Nothing but the very bytes that were ordered to
go is deleted: whatever else lies in their place is put aside.
"""

from __future__ import annotations

import logging
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from archive import presence
from archive.batches import batches
from archive.catalogue import disposals
from archive.catalogue.database import Catalogue, Transaction
from archive.errors import DiskError
from archive.keeping import keep
from archive.records import Recording
from archive.store import Store

_BATCH = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """What lies at a recording's path; `state` tells this very file, as it is, from any other."""

    state: tuple[int, ...] | None
    """`None`: nothing."""
    sound: bool
    """It has the recording's bytes, which were read just now."""


_NOTHING = _Found(None, sound=False)


class Disposing:
    """Works on an archive whose lock is held. `now` is aware."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        now: Callable[[], datetime],
        others: Collection[str],
        *,
        first: bool,
    ) -> None:
        """`first` tells whether a first mirror is listed, `others` names those beside it."""
        self._catalogue = catalogue
        self._store = store
        self._now = now
        self._others = others
        self._first = first

    def recover(self) -> None:
        """Takes back what came under legal hold, and writes down what went before a kill: what is
        decided after this bears on what lies there yet. Deletes nothing.
        """
        with self._catalogue.reading() as tx:
            if not disposals.any_leaving(tx):
                return
        with self._catalogue.transaction() as tx:
            self._withdraw(tx, disposals.bound(tx))
        with self._catalogue.reading() as tx:
            ready = self._ready(tx)
        gone = [one for one in ready if not self._lies_there(one)]
        for some in batches(gone, _BATCH):
            self._dispose([(one, _NOTHING) for one in some])

    def run(self) -> int:
        """Deletes the files of what is ordered to go and lies in no mirror any more, but for what
        a store keeps until a day of its own; returns how many.

        A file that cannot be read or deleted now, because a program has it open for one, is left
        for the next run.
        """
        with self._catalogue.reading() as tx:
            if not disposals.any_leaving(tx):
                return 0
        with self._catalogue.transaction() as tx:
            self._withdraw(tx, disposals.bound(tx))
            if self._first:
                disposals.owe_again(tx, self._now())
        keep(self._catalogue, self._store, self._now())
        done = 0
        left: set[int] = set()
        while batch := self._batch(left):
            gone = self._dispose([(one, self._look(one)) for one in batch])
            left |= {one.id for one in batch} - gone
            done += len(gone)
        return done

    def _batch(self, left: Collection[int]) -> Sequence[Recording]:
        with self._catalogue.reading() as tx:
            found = self._ready(tx, limit=_BATCH + len(left))
        return [one for one in found if one.id not in left][:_BATCH]

    def _ready(self, tx: Transaction, **which: Any) -> Sequence[Recording]:
        return disposals.ready(tx, self._others, first=self._first, **which)

    def _withdraw(self, tx: Transaction, bound: Sequence[Recording]) -> frozenset[int]:
        """Takes back what came under legal hold; what is gone already is not called kept."""
        if not bound:
            return frozenset()
        nowhere = {one.id for one in self._ready(tx, among=[one.id for one in bound])}
        back = [one for one in bound if one.id not in nowhere or self._lies_there(one)]
        disposals.withdraw(tx, back, "legal_hold", self._now(), mirrored=self._first)
        for one in back:
            log.warning("recording %d is under legal hold and stays", one.id)
        return frozenset(one.id for one in back)

    def _lies_there(self, one: Recording) -> bool:
        """Also where nobody can tell."""
        try:
            return self._state(one) is not None
        except OSError:
            return True

    def _look(self, one: Recording) -> _Found | None:
        """Reads the bytes outside of any transaction, for they may be many; `None`: it cannot."""
        try:
            state = self._state(one)
            if state is None or not stat.S_ISREG(state[0]):
                return _Found(state, sound=False)
            sha256, _ = self._store.read_sha256(one.path)
        except (DiskError, OSError) as error:
            log.error("recording %d cannot be disposed of: %s", one.id, type(error).__name__)  # noqa: TRY400 - where it lies names the customer
            return None
        return _Found(state, sound=sha256 == one.sha256)

    def _dispose(self, batch: Sequence[tuple[Recording, _Found | None]]) -> frozenset[int]:
        """One transaction, so that no legal hold comes between the last look and the deletion. A
        kill after that leaves an order whose file is gone: then only this is written.
        """
        now = self._now()
        told: list[tuple[Recording, str, str | None]] = []
        with self._catalogue.transaction() as tx:
            back = self._withdraw(tx, disposals.bound(tx, [one.id for one, _ in batch]))
            for one, found in batch:
                gone = None if one.id in back else self._remove(one, found, now.date())
                if gone is not None:
                    told.append((one, *gone))
            self._store.sync(path for one, _, aside in told for path in (one.path, aside) if path)
            for one, how, aside in told:
                disposals.end(tx, one, how, aside, now)
        for one, how, _ in told:
            log.info("recording %d disposed of: its file was %s", one.id, how)
            self._store.tidy(one.path)
        return frozenset(one.id for one, _, _ in told)

    def _remove(
        self, one: Recording, found: _Found | None, today: date
    ) -> tuple[str, str | None] | None:
        """How its file went, and where something else is that lay there; `None`: it is there."""
        if found is None:
            return None
        try:
            state = self._state(one)
            if state is None:
                return "absent", None
            if not found.sound or state != found.state:
                log.error("recording %d: something else lies in its place", one.id)
                return "altered", self._store.put_aside(one.path, today)
            self._store.remove(one.path)
        except (DiskError, OSError) as error:
            log.error("recording %d cannot be disposed of: %s", one.id, type(error).__name__)  # noqa: TRY400 - where it lies names the customer
            return None
        return "removed", None

    def _state(self, one: Recording) -> tuple[int, ...] | None:
        """Which file it is, and as it is; OSError where the whole archive is away with it."""
        try:
            found = self._store.path(one.path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            if presence.identity(self._store.root) is None:
                raise
            return None
        return found.st_mode, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
