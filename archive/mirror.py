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
from functools import partial
from itertools import accumulate
from threading import Event
from typing import Protocol

from archive.catalogue import outbox
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.errands import HOLD, LONGEST_WAIT, REMOVE
from archive.custody_ahead import MIRROR_LACKS, require_what_it_showed
from archive.layout import HOLDING, PRIVATE
from archive.mirror_records import Errand, Shown
from archive.object_lock import LockRule, shortfall
from archive.objects import (
    NOT_OPENED,
    VERSION_LOCKED,
    ObjectDiffers,
    ObjectLock,
    ObjectStore,
    StoredObject,
    StoreError,
)
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
class Failure:
    message: Message
    outage: bool
    afar: bool = False
    """An outage that no errand can be to blame for."""
    answered: bool = True
    """The store said so itself."""

    @property
    def lasts(self) -> bool:
        """It ends by itself, on a day that nobody can change: there is nothing to be done."""
        return self.message.key == VERSION_LOCKED


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
        self._store = store
        self._objects = objects
        self._workers = workers
        self._clock = clock
        self._chance = chance
        self._lock_rule = lock_rule
        self._another: Failure | None = None
        """Why this may not be the store that showed what is said to be there."""

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
        self._another = None
        try:
            require_what_it_showed(self._catalogue, self._owing.name, self._objects)
        except StoreError as error:
            self._another = _failed(error)
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
            told = self.do(errand)
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

    def do(self, errand: Errand) -> Shown | Failure:
        """Does an errand and has the store show it; what came of it is not written down."""
        try:
            if errand.action == REMOVE:
                return self._remove(errand)
            if errand.action == HOLD:
                return self._hold(errand)
            return self._put(errand)
        except StoreError as error:
            return _failed(error)
        except OSError as error:
            reason = error.strerror or str(error)
            return Failure(Message.of("archive.mirror_source", key=errand.key, error=reason), False)

    def _put(self, errand: Errand) -> Shown | Failure:
        """Without the lock that was asked for, an object is better than none: it is told."""
        path = self._store.path(errand.key)
        size = path.stat().st_size if errand.size is None else errand.size
        rule, metadata = self._lock_rule, {"source": errand.source}
        lock = rule.lock(errand.day, self._clock()) if rule is not None else None
        copied = self._copied(errand, size, lock)
        if copied is not None:
            return _shown(copied, lock)
        upload = partial(self._objects.put, errand.key, path, errand.sha256, size, metadata, lock)
        try:
            upload()
        except ObjectDiffers:
            if not self._is_copy_of_damaged(errand):
                raise
            self._objects.delete(errand.key)
            upload()
        found = self._objects.look(errand.key)
        return self._doubt(errand, size, found) or _shown(found, lock)

    def _copied(self, errand: Errand, size: int, lock: ObjectLock | None) -> StoredObject | None:
        """A recording that moved need not be uploaded again: the object, where the store copied it.

        What failed once is uploaded, and so is what the store copied wrongly.
        """
        if errand.copy_of is None or errand.attempts:
            return None
        if self._objects.look(errand.key) is not None:
            return None  # an upload finds out what it is
        try:
            self._objects.copy(errand.copy_of, errand.key, lock)
        except StoreError as error:
            if error.outage:
                raise
            return None
        found = self._objects.look(errand.key)
        if self._doubt(errand, size, found) is None:
            return found
        self._objects.delete(errand.key)  # nothing was there but this copy
        return None

    def _is_copy_of_damaged(self, errand: Errand) -> bool:
        """Whether other bytes lie at a key since a damaged object was copied there and the work was
        cut off before it was looked at. Nothing goes with it: the old key has the same bytes.
        """
        from archive.sealed_objects import beneath  # NaCl takes a while to load

        objects = beneath(self._objects)
        was = errand.copy_of
        return was is not None and objects.read_sha256(errand.key) == objects.read_sha256(was)

    def _doubt(self, errand: Errand, size: int, found: StoredObject | None) -> Failure | None:
        """What the store shows of the object, where it is not what was sent."""
        if found is None:
            return Failure(Message.of("archive.mirror_absent", key=errand.key), False)
        try:
            sha256 = found.sha256 or self._objects.read_sha256(errand.key)
        except StoreError as error:
            if error.message.key != NOT_OPENED:
                raise
            return Failure(error.message, False)
        if found.size != size or sha256 != errand.sha256:
            return Failure(Message.of("archive.mirror_differs", key=errand.key), False)
        return None

    def _hold(self, errand: Errand) -> Shown | Failure:
        gone = Failure(Message.of("archive.mirror_gone", key=errand.key), False)
        try:
            if not self._objects.hold(errand.key, on=errand.legal_hold):
                return Shown()
        except StoreError as error:
            if error.outage or self._objects.look(errand.key) is not None:
                raise
            return gone
        found = self._objects.look(errand.key)
        if found is None:
            return gone
        if found.legal_hold != errand.legal_hold:
            return Failure(Message.of("archive.mirror_hold", key=errand.key), False)
        return Shown(legal_hold=found.legal_hold)

    def _remove(self, errand: Errand) -> Shown | Failure:
        """A legal hold is ended first: where versions are kept, the old one would keep it.

        What goes for good goes only where it is what was ordered to go: a key that it once had may
        be somebody else's by now, who shares the bucket. And that nothing is there says nothing of
        a store that lacks what it showed: another has it.
        """
        if errand.disposed and self._another is not None:
            return self._another
        if errand.disposed and self._is_anothers(errand):
            return Failure(Message.of("archive.removal_differs", key=errand.key), False)
        if errand.legal_hold and self._objects.look(errand.key) is not None:
            self._objects.hold(errand.key, on=False)
        remove = self._objects.purge if errand.disposed else self._objects.delete
        return Shown(version_kept=remove(errand.key))

    def _is_anothers(self, errand: Errand) -> bool:
        found = self._objects.look(errand.key)
        return found is not None and self._doubt(errand, errand.size or 0, found) is not None

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


def _failed(error: StoreError) -> Failure:
    return Failure(error.message, error.ends_work, error.afar, answered=not error.outage)


def one_batch(due: Sequence[Errand]) -> Sequence[Errand]:
    """The first of them: many that are small, fewer that are large."""
    sizes = accumulate(errand.size or 0 for errand in due[:_BATCH])
    fitting = sum(size <= _BATCH_BYTES for size in sizes)
    return due[: max(fitting, _AT_LEAST)]


def _shown(found: StoredObject | None, asked: ObjectLock | None) -> Shown:
    """What the store shows of an object's lock and legal hold."""
    lock = found.lock if found is not None else None
    return Shown(
        locked_until=lock.until if lock is not None else None,
        unlocked=shortfall(asked, lock) if asked is not None else None,
        legal_hold=found is not None and found.legal_hold,
    )


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
