"""The mirror: works off the outbox, and marks an object only once the store has shown it.

An outage ends the work early: everything else would fail too, and nothing is lost by waiting. An
errand that the store refuses is put off for longer each time and holds nobody up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.catalogue import outbox
from archive.catalogue.database import Catalogue
from archive.objects import ObjectStore, StoreError
from archive.records import Errand
from archive.store import Store
from config.language import Message

_BATCH = 64
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    message: Message
    outage: bool


@dataclass(frozen=True, slots=True)
class Drained:
    """What working off the outbox came to."""

    done: int
    """Errands of recordings; sheets and custody files are not counted."""
    refused: int
    outage: Message | None
    """Why it stopped early."""
    problem: Message | None
    """Why the first refused errand was refused."""

    def __add__(self, later: Drained) -> Drained:
        return Drained(
            self.done + later.done,
            self.refused + later.refused,
            later.outage,
            self.problem or later.problem,
        )


class Mirror:
    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        objects: ObjectStore,
        workers: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._objects = objects
        self._workers = workers
        self._clock = clock

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
        done = refused = 0
        outage = problem = None
        put_off: set[int] = set()
        with ThreadPoolExecutor(self._workers) as pool:
            while outage is None and not stop():
                batch = self._due(everything, put_off)
                if not batch:
                    break
                results = list(zip(batch, pool.map(self.do, batch), strict=True))
                self._write_down(results)
                put_off |= {errand.id for errand, failure in results if failure}
                failures = [failure for _, failure in results if failure]
                refusals = [failure.message for failure in failures if not failure.outage]
                outage = next((failure.message for failure in failures if failure.outage), None)
                problem = problem or next(iter(refusals), None)
                refused += len(refusals)
                done += sum(failure is None and bool(one.recording) for one, failure in results)
                progress(len(batch) - len(failures))
        return Drained(done, refused, outage, problem)

    def _due(self, everything: bool, put_off: set[int]) -> Sequence[Errand]:
        now = None if everything else self._clock()
        with self._catalogue.transaction() as tx:
            due = outbox.due(tx, now, _BATCH + len(put_off))
            batch = [errand for errand in due if errand.id not in put_off][:_BATCH]
            outbox.send(tx, batch)
        return batch

    def do(self, errand: Errand) -> Failure | None:
        """Does an errand and has the store show it; what came of it is not written down."""
        try:
            if errand.action == outbox.REMOVE:
                self._objects.delete(errand.key)
                return None
            path = self._store.path(errand.key)
            size = path.stat().st_size if errand.size is None else errand.size
            metadata = {"source": errand.source}
            self._objects.put(errand.key, path, errand.sha256, size, metadata)
            return self._doubt(errand, size)
        except StoreError as error:
            return Failure(error.message, error.outage)
        except OSError as error:
            reason = error.strerror or str(error)
            return Failure(Message.of("archive.mirror_source", key=errand.key, error=reason), False)

    def _doubt(self, errand: Errand, size: int) -> Failure | None:
        """What the store shows of the object, where it is not what was sent."""
        found = self._objects.look(errand.key)
        if found is None:
            return Failure(Message.of("archive.mirror_absent", key=errand.key), False)
        sha256 = found.sha256 or self._objects.read_sha256(errand.key)
        if found.size != size or sha256 != errand.sha256:
            return Failure(Message.of("archive.mirror_differs", key=errand.key), False)
        return None

    def _write_down(self, results: Sequence[tuple[Errand, Failure | None]]) -> None:
        now = self._clock()
        with self._catalogue.transaction() as tx:
            outbox.confirm_all(tx, [errand for errand, failure in results if not failure], now)
            for errand, failure in results:
                if failure is None:
                    continue
                if failure.outage:
                    outbox.explain(tx, errand, failure.message)
                else:
                    outbox.postpone(tx, errand, now + wait_after(errand.attempts), failure.message)
        for errand, failure in results:
            outcome = "done" if failure is None else failure.message.key
            what = f"recording {errand.recording}" if errand.recording else "paper"
            log.info("mirror %s %s: %s", errand.action, what, outcome)


def owed_since(earliest: Mapping[int, datetime]) -> datetime | None:
    """Since when the oldest errand has been owed; from `outbox.earliest`.

    An errand's turn is when it was made, put off after each refusal for as long as `wait_after`
    says. One that was tried before its turn seems older than it is, by the waits it was spared.
    """
    made = (
        turn - sum(map(wait_after, range(refusals)), timedelta())
        for refusals, turn in earliest.items()
    )
    return min(made, default=None)


def wait_after(refusals: int) -> timedelta:
    """How long a refused errand rests after so many refusals before this one."""
    return min(_FIRST_WAIT * (1 << min(refusals, 20)), _LONGEST_WAIT)
