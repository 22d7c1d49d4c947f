"""The mirror: works off the outbox, and marks an object only once the store has shown it.

An outage ends the work early: everything else would fail too, and nothing is lost by waiting. So
does a key that the store does not take: put off one by one, all that is owed would wait for hours
after somebody has mended it. An errand that the store refuses is put off for longer each time and
holds nobody up. So is one that fails as if nobody answered while the bucket does: some objects
always meet a 500 or a time-out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from threading import Event
from typing import Protocol

from archive.carrying_out import CarryingOut, Failure, failed
from archive.catalogue import outbox
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.errands import LONGEST_WAIT
from archive.custody_ahead import MIRROR_LACKS, require_what_it_showed
from archive.layout import HOLDING, PRIVATE
from archive.mirror_records import Errand, Shown
from archive.object_lock import LockRule
from archive.objects import ObjectStore, StoreError
from archive.store import Store
from archive.waits import doubled
from config.language import Message

_BATCH = 256
_AT_LEAST = 64
_BATCH_BYTES = 64 << 20
"""A batch is written down when all of it is done: over a slow line that must not take too long."""
_FIRST_WAIT = timedelta(minutes=1)
_JITTER = 0.2  # of a wait: what was refused together does not come back all at once
_FRUITLESS = 2  # errands of each worker without an answer, and none with one: it is an outage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drained:
    """What working off the outbox came to."""

    done: int
    """Errands of recordings; sheets and custody files are not counted."""
    refused: int
    outage: Message | None
    """Why it stopped early."""
    problem: Message | None
    """Why the first refused errand was refused, or what else there is to be told."""

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Why not all was done, each reason once, though it be met with two objects."""
        told = [one for one in (self.outage, self.problem) if one is not None]
        return tuple(told[:1] if len({one.key for one in told}) == 1 else told)

    def __add__(self, later: Drained) -> Drained:
        return Drained(
            self.done + later.done,
            self.refused + later.refused,
            later.outage,
            self.problem or later.problem,
        )


class Owing(Protocol):
    """Where it stands what one mirror owes: in the outbox, or with the further mirrors."""

    @property
    def name(self) -> str:
        """The mirror's."""

    def due(self, tx: Transaction, now: datetime | None, limit: int) -> Sequence[Errand]: ...

    def send(self, tx: Transaction, errands: Collection[Errand]) -> None: ...

    def confirm_all(
        self, tx: Transaction, done: Sequence[tuple[Errand, Shown]], now: datetime
    ) -> None: ...

    def postpone(
        self, tx: Transaction, refused: Errand, next_at: datetime, error: Message
    ) -> None: ...

    def explain(self, tx: Transaction, waiting: Errand, error: Message) -> None: ...

    def explain_all(self, tx: Transaction, error: Message) -> None: ...

    def owed(self, tx: Transaction) -> int: ...

    def knows(self, tx: Transaction, key: str) -> bool: ...


Tried = tuple[Errand, Shown | Failure]


class Mirror:
    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        objects: ObjectStore,
        workers: int,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = lambda: 0.0,
        lock_rule: LockRule | None = None,
        owing: Owing = outbox,
    ) -> None:
        """`chance`, from 0 to 1, says by how much a refused errand's wait is shortened."""
        self._owing = owing
        self._catalogue = catalogue
        self._objects = objects
        self._workers = workers
        self._clock = clock
        self._chance = chance
        self._carrying_out = CarryingOut(store, objects, clock, lock_rule)

    def drain(
        self,
        *,
        everything: bool,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Drained:
        """Does the errands whose time has come, or `everything`; ends early on an outage or `stop`.

        `progress` is told how many were done each time.
        """
        came, fruitless = Drained(0, 0, None, self._compared()), 0
        put_off: set[int] = set()
        with ThreadPoolExecutor(self._workers) as pool:
            while came.outage is None and not stop():
                batch = self._due(everything, put_off)
                if not batch:
                    break
                tried = self._try(pool, batch, stop)
                answered = any(isinstance(told, Shown) or told.answered for _, told in tried)
                fruitless = 0 if answered else fruitless + len(tried)
                certain = fruitless >= _FRUITLESS * self._workers
                outage = self._outage(tried, certain=certain)
                results = tried if outage else [*map(_refusal, tried)]
                self._write_down(results)
                put_off |= {errand.id for errand, told in results if isinstance(told, Failure)}
                came += _came_to(results, outage)
                progress(sum(isinstance(told, Shown) for _, told in results))
        return came

    def _compared(self) -> Message | None:
        """Finds out whether it is the store that showed what is said to be there; what to tell of
        it, if not.
        """
        self._carrying_out.another = None
        try:
            require_what_it_showed(self._catalogue, self._owing.name, self._objects)
        except StoreError as error:
            self._carrying_out.another = failed(error)
            return error.message if error.message.key == MIRROR_LACKS else None
        return None

    def sweep(self) -> None:
        """Has the store remove what uploads of the archive's own left unfinished long ago.

        A lost answer leaves parts that nobody sees and the office pays for. Others may use the
        bucket, so only keys that are unmistakable, or that the catalogue knows, are touched.
        """
        with suppress(StoreError):  # nothing hangs on it
            self._objects.sweep(self._is_own)

    def _is_own(self, key: str) -> bool:
        if key.partition("/")[0] in {HOLDING, PRIVATE}:
            return True  # also of what has moved since
        with self._catalogue.transaction() as tx:
            return self._owing.knows(tx, key)

    def _due(self, everything: bool, put_off: set[int]) -> Sequence[Errand]:
        """The next batch; of everything, what was put off comes last, however much that is."""
        turns = (self._clock(), None) if everything else (self._clock(),)
        with self._catalogue.transaction() as tx:
            for now in turns:
                due = self._owing.due(tx, now, _BATCH + len(put_off))
                batch = one_batch([errand for errand in due if errand.id not in put_off])
                if batch:
                    break
            self._owing.send(tx, batch)
        return batch

    def _try(
        self, pool: ThreadPoolExecutor, batch: Sequence[Errand], stop: Callable[[], bool]
    ) -> Sequence[Tried]:
        """Does the batch, but begins none once one found no answer: each may wait for minutes."""
        unanswered = Event()

        def attempt(errand: Errand) -> Tried | None:
            if unanswered.is_set() or stop():
                return None
            told = self._carrying_out.do(errand)
            if isinstance(told, Failure) and told.outage:
                unanswered.set()
            return errand, told

        return [tried for tried in pool.map(attempt, batch) if tried is not None]

    def _outage(self, tried: Sequence[Tried], *, certain: bool) -> Message | None:
        """Why the store is out of reach, where one found no answer; the bucket itself is asked."""
        found = [told for _, told in tried if isinstance(told, Failure) and told.outage]
        if not found:
            return None
        if certain or any(failure.afar for failure in found):
            return found[0].message
        try:
            self._objects.check()
        except StoreError as error:
            return error.message if error.ends_work else None
        return None

    def _write_down(self, results: Sequence[Tried]) -> None:
        now = self._clock()
        with self._catalogue.transaction() as tx:
            shown = [(errand, told) for errand, told in results if isinstance(told, Shown)]
            self._owing.confirm_all(tx, shown, now)
            for errand, told in results:
                if isinstance(told, Shown):
                    continue
                if told.outage:
                    self._owing.explain(tx, errand, told.message)
                else:
                    wait = wait_after(errand.attempts) * (1 - _JITTER * self._chance())
                    self._owing.postpone(tx, errand, now + wait, told.message)
        for errand, told in results:
            outcome = told.message.key if isinstance(told, Failure) else "done"
            what = f"recording {errand.recording}" if errand.recording else "paper"
            log.info("mirror %s %s: %s", errand.action, what, outcome)


def one_batch(due: Sequence[Errand]) -> Sequence[Errand]:
    """The first of them: many that are small, fewer that are large."""
    sizes = accumulate(errand.size or 0 for errand in due[:_BATCH])
    fitting = sum(size <= _BATCH_BYTES for size in sizes)
    return due[: max(fitting, _AT_LEAST)]


def _came_to(results: Sequence[Tried], outage: Message | None) -> Drained:
    failures = [told for _, told in results if isinstance(told, Failure)]
    refusals = [one.message for one in failures if not (one.outage or one.lasts)]
    done = sum(isinstance(told, Shown) and bool(of.recording) for of, told in results)
    return Drained(done, len(refusals), outage, next(iter(refusals), None))


def _refusal(tried: Tried) -> Tried:
    """As it is where the bucket answers: who found no answer then was refused."""
    errand, told = tried
    return errand, replace(told, outage=False) if isinstance(told, Failure) else told


def wait_after(refusals: int) -> timedelta:
    """How long at most a refused errand rests after so many refusals before this one."""
    return doubled(_FIRST_WAIT, refusals, LONGEST_WAIT)
