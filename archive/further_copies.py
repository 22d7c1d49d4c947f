"""The copies in one further mirror: looked through, and put right from the archive.

What is wrong is written down with the copy itself, so that a repair finds it, and one that was cut
short is begun again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from archive.carrying_out import CarryingOut
from archive.catalogue import further_faults, log
from archive.catalogue.database import Catalogue
from archive.catalogue.further import Further
from archive.catalogue.further_faults import Copy
from archive.custody import Event
from archive.fixity import Flaw, Level, Place, Slice
from archive.object_lock import LockRule
from archive.objects import FROZEN, ObjectStore, StoreError
from archive.places import InArchive, InMirror, Look, look
from archive.repair import Good, Mended, Outcome, repaired
from archive.sending_anew import send_anew
from archive.store import Store

_BATCH = 64

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FurtherCopies:
    """`now` is aware; `workers` copies are read at a time."""

    catalogue: Catalogue
    further: Further
    objects: ObjectStore
    workers: int
    now: Callable[[], datetime]

    def verify(
        self,
        level: Level,
        part: Slice,
        store: Store,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Iterator[tuple[Copy, Look]]:
        """Looks at every copy of the slice; faults are written down before they are told.

        `store` is the archive. Raises StoreError where the mirror fails, or is suddenly empty: that
        says nothing of a copy.
        """
        place, reached = InMirror(self.objects, store), 0
        place.check(empty=True)
        with ThreadPoolExecutor(self.workers) as pool:
            while batch := self._batch(reached):
                mine = [one for one in batch if part.covers(one.kept.sha256)]
                looked = list(pool.map(partial(self._look, place, level), mine))
                if any(seen.flaw for _, seen in looked):
                    place.check(empty=False)
                yield from self._written_down(looked)
                progress(len(mine))
                reached = batch[-1].id

    def _batch(self, reached: int) -> list[Copy]:
        with self.catalogue.reading() as tx:
            return list(further_faults.after(tx, self.further.name, reached, _BATCH))

    def _look(self, place: InMirror, level: Level, one: Copy) -> tuple[Copy, Look]:
        """Whether a fault has ended only every byte tells."""
        return one, look(place, one.kept, Level.CONTENTS if one.fault else level)

    def _written_down(self, looked: list[tuple[Copy, Look]]) -> Iterator[tuple[Copy, Look]]:
        """What moved meanwhile is no fault: the catalogue is asked again."""
        told = []
        name = self.further.name
        with self.catalogue.transaction() as tx:
            for one, seen in looked:
                if seen.flaw is not None and further_faults.still(tx, name, one) != one:
                    continue
                if seen.flaw is not None or seen.given:
                    further_faults.found(tx, name, one, seen.flaw, self.now())
                told.append((one, seen))
        yield from told

    def repair(
        self,
        recordings: Collection[int] | None,
        store: Store,
        lock_rule: LockRule | None,
        *,
        dry_run: bool,
        restorable: Collection[str] = (),
    ) -> Iterator[Mended]:
        """Puts right what is known to be wrong, of these recordings or of all.

        `restorable`: paths of which a dry run found that the archive's file would be restored. The
        archive's lock is held. Raises StoreError where the store as a whole fails.
        """
        with self.catalogue.reading() as tx:
            faulty = further_faults.standing(tx, self.further.name, recordings)
        if not faulty:
            return
        self.objects.check()
        for one in faulty:
            ready = one.kept.path in restorable
            mended = self._mend(one, store, lock_rule, dry_run=dry_run, ready=ready)
            mended = replace(mended, mirror=self.further.name)
            logger.info("copy %d in mirror %s: %s", one.id, self.further.name, mended.outcome)
            yield mended

    def _mend(
        self, one: Copy, store: Store, lock_rule: LockRule | None, *, dry_run: bool, ready: bool
    ) -> Mended:
        kept, good = one.kept, Good("archive")
        try:
            flaw = InMirror(self.objects).examine(kept, Level.CONTENTS)
        except StoreError as error:
            if error.message.key != FROZEN:
                raise
            return Mended(kept, Place.MIRROR, None, Outcome.FAILED, error=error.message)
        if flaw is None:
            if not dry_run:
                with self.catalogue.transaction() as tx:
                    further_faults.found(tx, self.further.name, one, None, self.now())
            return Mended(kept, Place.MIRROR, None, Outcome.SOUND)
        if not ready and InArchive(store).examine(kept, Level.CONTENTS) is not None:
            return Mended(kept, Place.MIRROR, flaw, Outcome.NO_GOOD_COPY)
        if dry_run:
            return Mended(kept, Place.MIRROR, flaw, Outcome.POSSIBLE, good)
        try:
            aside = self._put_anew(one, flaw, store, lock_rule)
        except StoreError as error:
            if error.outage:
                raise
            told = error.message
            return Mended(kept, Place.MIRROR, flaw, Outcome.FAILED, good, error=told)
        return Mended(kept, Place.MIRROR, flaw, Outcome.REPAIRED, good, aside)

    def _put_anew(
        self, one: Copy, flaw: Flaw, store: Store, lock_rule: LockRule | None
    ) -> str | None:
        """The catalogue first: what it calls confirmed is not. Then aside, then anew."""
        with self.catalogue.transaction() as tx:
            errand = self.further.again(tx, one, self.now())
        work = CarryingOut(store, self.objects, self.now, lock_rule)
        do, today = partial(work.do, errand), self.now().date()
        told, aside = send_anew(self.objects, one.kept, flaw, do, today)
        event = repaired(one.kept, Place.MIRROR, Good("archive"), aside)
        details = {**event.details, "mirror": self.further.name}
        with self.catalogue.transaction() as tx:
            self.further.confirm_all(tx, [(errand, told)], self.now())
            log.append(tx, [Event(event.event, event.sha256, details)], self.now())
        return aside
