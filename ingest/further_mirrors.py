"""The mirrors beside the first, each by itself: one that is away holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from random import random
from threading import Event

from archive.catalogue import further_enlisting
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.further import Further
from archive.connecting import connect_for_sending
from archive.mirror import Drained, Mirror
from archive.object_lock import lock_rule
from archive.store import Store
from archive.waits import doubled
from config.language import Message
from config.settings import FolderMirror, Settings
from config.settings import Mirror as MirrorSettings
from ingest.working_off import NOTHING_OWED, WorkingOff

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=10)

log = logging.getLogger(__name__)


class FurtherMirrors:
    """All of them; `drained` says what the last work on each came to, by its name."""

    def __init__(self, settings: Settings, catalogue: Catalogue, store: Store) -> None:
        self._catalogue = catalogue
        self._all = [_One(settings, one, catalogue, store) for one in settings.further]
        self.drained: Mapping[str, Drained] = {}

    def archive_changed(self) -> None:
        """What each of them has is to be compared with the archive again."""
        for one in self._all:
            one.compared = False

    def alongside(
        self,
        first: Callable[[], Drained],
        now: Callable[[], datetime],
        stop: Callable[[], bool],
        *,
        everything: bool,
        again: bool = False,
    ) -> Drained:
        """Works on all of them while the `first` mirror is worked on, and returns what that says.

        `again`: it is the end of the work before. Never raises for a store.
        """
        if not self._all:
            return first()
        broken_off = Event()
        ends = lambda: broken_off.is_set() or stop()  # noqa: E731 - a name for what is passed on
        with ThreadPoolExecutor(len(self._all)) as pool:
            drain = partial(_One.drain, now=now, stop=ends, everything=everything)
            running = {one.name: pool.submit(drain, one) for one in self._all}
            try:
                drained = first()
            except BaseException:
                broken_off.set()
                raise
        came = {name: done.result() for name, done in running.items()}
        before = self.drained if again else {}
        self.drained = {name: before.get(name, NOTHING_OWED) + one for name, one in came.items()}
        return drained

    @property
    def problems(self) -> Iterable[Message]:
        """Why the last work on them did not come to its end."""
        for drained in self.drained.values():
            yield from drained.reasons

    def refused(self) -> int:
        """How many objects their stores refuse."""
        with self._catalogue.reading() as tx:
            return sum(Further(one.name).refused(tx) for one in self._all)

    def owed(self, tx: Transaction) -> Mapping[str, int]:
        """How many errands each has, by its name."""
        return {one.name: one.owing.waiting(tx) for one in self._all}

    def next_errand(self) -> datetime | None:
        """When the next errand's time comes."""
        with self._catalogue.reading() as tx:
            turns = [(one, one.owing.next_at(tx)) for one in self._all]
        return min((max(at, one.rests_until or at) for one, at in turns if at), default=None)


class _One:
    def __init__(
        self,
        settings: Settings,
        mirror: MirrorSettings | FolderMirror,
        catalogue: Catalogue,
        store: Store,
    ) -> None:
        self.name = mirror.name
        self.owing = Further(mirror.name)
        self.compared = False
        """With the archive, which has not changed since."""
        self.rests_until: datetime | None = None
        """After an outage."""
        self._outages = 0
        self._outage: Message | None = None
        self._working_off = WorkingOff(catalogue, self.owing)
        self._settings = settings
        self._mirror = mirror
        self._catalogue = catalogue
        self._store = store

    def drain(
        self, *, now: Callable[[], datetime], stop: Callable[[], bool], everything: bool
    ) -> Drained:
        """Does what is owed; after an outage it rests, longer each time, but for `everything`."""
        if self._rests(now()) and not everything:
            return Drained(0, 0, self._outage, None)
        with self._catalogue.transaction() as tx:
            if not self.compared:
                further_enlisting.enlist(tx, self.name, now())
            further_enlisting.enlist_custody_files(tx, self.name, now())
        self.compared = True
        reach = partial(self._reached, now)
        drained = self._working_off.run(reach, now, stop, everything=everything)
        self._outages = self._outages + 1 if drained.outage else 0
        self._outage, self.rests_until = drained.outage, None
        if drained.outage is not None:
            self.rests_until = now() + doubled(_FIRST_WAIT, self._outages, _LONGEST_WAIT)
            log.warning("mirror %s is away: %s", self.name, drained.outage.key)
        return drained

    def _rests(self, now: datetime) -> bool:
        """One that would rest for longer than any does began before the clock was set back."""
        return self.rests_until is not None and now < self.rests_until <= now + _LONGEST_WAIT

    def _reached(self, now: Callable[[], datetime]) -> Mirror:
        return Mirror(
            self._catalogue,
            self._store,
            connect_for_sending(self._mirror, self._store.root, self._catalogue),
            self._mirror.workers,
            now,
            random,
            lock_rule(self._settings, self._mirror),
            self.owing,
        )
