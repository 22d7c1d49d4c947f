"""An archive opened for work: locked, its catalogue and store at hand, its mirror within reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from random import random

from archive import access, presence
from archive.anchoring import anchor
from archive.catalogue import days, files, outbox, outbox_enlisting
from archive.catalogue.database import Catalogue, open_catalogue
from archive.catalogue.days import Attention
from archive.connecting import bare, connect_for_sending
from archive.disposing import Disposing
from archive.keeping import keep, newest_lacking, require_newest
from archive.lock import locked
from archive.mirror import Drained, Mirror
from archive.object_lock import lock_rule
from archive.objects import ObjectStore, StoreError
from archive.stamping import NOTHING, Stamped, Stamping
from archive.store import Store
from archive.waits import is_due
from config.language import Message
from config.settings import Custody, Settings
from config.settings import Mirror as MirrorSettings
from ingest.answer_entry import KnownFindings, none_known
from ingest.further_mirrors import FurtherMirrors
from ingest.inbox_pass import Clock, InboxPass, Passed, Steps
from ingest.release import Released, Releasing
from ingest.status_file import INBOX, MIRROR, OPEN_DAYS, Waiting
from ingest.summary import Summary
from ingest.working_off import NOTHING_OWED, WorkingOff

_HOURLY = timedelta(hours=1)


class Session:
    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        store: Store,
        known: KnownFindings = none_known,
    ) -> None:
        self.catalogue = catalogue
        self._settings = settings
        self._store = store
        self._pass = InboxPass(settings, catalogue, store, known)
        self._releasing = Releasing(settings, catalogue, store)
        self._further = FurtherMirrors(settings, catalogue, store)
        self._enlisted = False
        """All that could lack an errand was looked at, and no sheet has come since."""
        self._stamping = _stamping(settings.custody, catalogue, store)
        self._clocks_compared: datetime | None = None
        self._working_off = WorkingOff(catalogue, outbox)
        self.store_ahead: timedelta | None = None
        """By how much the mirror's clock was ahead when it was last asked."""

    def ingest(self, clock: Clock, steps: Steps, wait: Callable[[int, float], None]) -> Summary:
        """A pass and its mirroring; a second pass where the first met files that were too fresh.

        `wait` is told how many those are and for how many seconds they have to stand still; with
        a set clock it is not asked, for waiting would not age them.
        """
        passed = self.take_in(clock, steps)
        if passed.waiting and clock.own:
            wait(passed.waiting, self._settings.inbox.settle_seconds)
            passed += self.take_in(clock, steps)
        drained = self.mirror(
            clock.now,
            everything=True,
            progress=lambda done, owed: steps.tell("mirror", done, owed),
        )
        disposed = 0 if passed.waiting else self.dispose(clock.now)
        if disposed and drained.outage is None:
            drained += self.mirror(clock.now, everything=True)  # the custody files that tell of it
        released = Released() if drained.outage else self.release(clock.now)
        stamped = self.stamp(clock.now())
        if stamped.new and drained.outage is None:
            drained += self.mirror(clock.now, everything=True)
        return Summary(passed, drained, released, self.attention(), stamped, self.beside)

    def take_in(self, clock: Clock, steps: Steps) -> Passed:
        """One pass over the inbox; the mirror follows in `mirror`."""
        lacking = newest_lacking(self.catalogue, self._store)
        self._keep(clock.now())  # what a kill left; a catalogue older than its custody files stops
        enlisted, self._enlisted = self._enlisted, False
        self._disposing(clock.now).recover()
        passed = self._pass.run(clock, steps)
        if not passed.waiting:  # what came may say that what is to go is another customer's
            self.dispose(clock.now)
        self._enlisted = enlisted and not passed.entered
        self._further.archive_changed()
        self._keep(clock.now())
        return replace(passed, problems=(*passed.problems, lacking)) if lacking else passed

    def dispose(self, now: Callable[[], datetime]) -> int:
        """Deletes the files of what people ordered to go, where no mirror has it any more; returns
        how many. Raises DiskError where the archive's disk fails.
        """
        done = self._disposing(now).run()
        if done:
            self._keep(now())
        return done

    def _disposing(self, now: Callable[[], datetime]) -> Disposing:
        others = [one.name for one in self._settings.further]
        first = self._settings.mirror is not None
        return Disposing(self.catalogue, self._store, now, others, first=first)

    def settle(self, now: datetime) -> int:
        """Decides and moves what is open, as a person's word leaves it; returns the moves."""
        self._disposing(lambda: now).recover()
        moved = self._pass.settle(now)
        self._further.archive_changed()
        self._keep(now)
        return moved

    def open_days(self) -> frozenset[date]:
        """The days on which something is new, a person's word for one."""
        with self.catalogue.reading() as tx:
            return files.open_days(tx)

    def mirror(
        self,
        now: Callable[[], datetime],
        *,
        everything: bool,
        whole: bool = True,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Drained:
        """Works off what the mirrors owe; no mirror owes nothing. Never raises for a store.

        What comes back is of the first mirror. Not `whole` leaves to a pass the further ones, and
        what happened while no mirror was set up: finding it looks at every recording.
        """
        if self._settings.mirror is None:
            return NOTHING_OWED
        if whole and not self._enlisted:
            with self.catalogue.transaction() as tx:
                outbox_enlisting.enlist(tx, now())
            self._enlisted = True
        reached = cache(partial(self._reached, self._settings.mirror, now))

        def drain(first: Callable[[], Drained], *, everything: bool, again: bool) -> Drained:
            if not whole:
                return first()
            return self._further.alongside(first, now, stop, everything=everything, again=again)

        first = partial(self._drain, reached, now, stop, progress, everything=everything)
        drained = drain(first, everything=everything, again=False)
        if self._keep(now()):
            # The entries of what was just mirrored are mirrored too. What failed rests first.
            if drained.outage is None:
                first = partial(self._drain, reached, now, stop, everything=False)
            else:
                first = partial(Drained, 0, 0, drained.outage, None)
            drained += drain(first, everything=False, again=True)
        return drained

    @property
    def beside(self) -> tuple[Message, ...]:
        """Why the last work on the further mirrors did not come to its end."""
        return tuple(self._further.problems)

    def stamp(self, now: datetime) -> Stamped:
        """Has what the custody files say by now time-stamped, where the office wants that and it
        is due; the mirror owes the token then. Never raises for the authority.
        """
        return self._stamping.stamp(now) if self._stamping else NOTHING

    def _drain(
        self,
        reached: Callable[[], Mirror],
        now: Callable[[], datetime],
        stop: Callable[[], bool],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        *,
        everything: bool,
    ) -> Drained:
        with self.catalogue.transaction() as tx:
            outbox_enlisting.enlist_custody_files(tx, now())
        return self._working_off.run(reached, now, stop, everything=everything, progress=progress)

    def _reached(self, settings: MirrorSettings, now: Callable[[], datetime]) -> Mirror:
        """Loads boto3, which is worth the while only where something is owed."""
        try:
            objects = connect_for_sending(settings, self._store.root, self.catalogue)
        except StoreError as error:
            if not error.outage:  # as for the clock: refusals tell the time, too
                with suppress(StoreError):
                    self._compare_clocks(bare(settings, self._store.root), now())
            raise
        self._compare_clocks(objects, now())
        rule = lock_rule(self._settings, settings)
        return Mirror(self.catalogue, self._store, objects, settings.workers, now, random, rule)

    def _compare_clocks(self, objects: ObjectStore, now: datetime) -> None:
        if not is_due(self._clocks_compared, now, _HOURLY):
            return
        with suppress(StoreError):  # the mirror itself is about to say so
            told = objects.clock()
            self.store_ahead = told - now if told is not None else None
            self._clocks_compared = now

    def _keep(self, now: datetime) -> int:
        """Brings custody files up to the catalogue; and into that, if it is no old one, who saw
        what since.
        """
        count = keep(self.catalogue, self._store, now)
        if access.take(self.catalogue, self._store, now):
            count += keep(self.catalogue, self._store, now)
        return count

    def require_newest(self) -> None:
        """CustodyError where the catalogue is an older copy, and what it tells was so once."""
        require_newest(self.catalogue, self._store)

    def release(
        self, now: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
    ) -> Released:
        """Releases the sources that the office wants moved or deleted, once they are mirrored."""
        released = self._releasing.run(now, stop)
        self._keep(now())
        return released

    def attention(self) -> Attention:
        with self.catalogue.reading() as tx:
            found = days.attention(tx)
        refused = found.refused_by_mirror + self._further.refused()
        return replace(found, refused_by_mirror=refused)

    def waiting(self) -> list[Waiting]:
        """What is still to be done: files of the inbox, open days, what each mirror owes."""
        with self.catalogue.reading() as tx:
            told = [
                Waiting(INBOX, files.untaken(tx)),
                Waiting(OPEN_DAYS, len(files.open_days(tx))),
            ]
            if self._settings.mirror is not None:
                told.append(Waiting(MIRROR, outbox.waiting(tx), self._settings.mirror.name))
            owed = self._further.owed(tx)
        return told + [Waiting(MIRROR, count, name) for name, count in owed.items()]

    def next_errand(self) -> datetime | None:
        with self.catalogue.reading() as tx:
            turns = (outbox.next_at(tx), self._further.next_errand())
        return min((turn for turn in turns if turn is not None), default=None)


def _stamping(custody: Custody, catalogue: Catalogue, store: Store) -> Stamping | None:
    if custody.timestamp_url is None:
        return None
    from archive.authority import Authority

    clock = partial(datetime.now, UTC)  # also where a pass is given another time
    authority = Authority(custody.timestamp_url, custody.timestamp_ca, clock)
    every = timedelta(hours=custody.timestamp_hours)
    prepare = partial(anchor, catalogue, store)
    return Stamping(catalogue, store, authority.stamp, every, prepare)


@contextmanager
def open_session(settings: Settings, known: KnownFindings = none_known) -> Iterator[Session]:
    """Raises ArchiveError if another process works on the archive or it cannot be used.

    `GoneError` where it was used before and its disk is away. `known` says which findings there
    are, for reasons that a pass reads.
    """
    presence.require(settings)
    with locked(settings.archive.path):
        catalogue = open_catalogue(settings.catalogue.url)
        try:
            yield Session(settings, catalogue, Store(settings.archive.path), known)
        finally:
            catalogue.close()
