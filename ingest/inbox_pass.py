"""One pass over the inbox: recover, scan, settle, admit, read, probe, match, file.

Every step leaves the catalogue saying what is true, so a pass may be killed anywhere and the next
one goes on; over an unchanged inbox it does next to nothing. Mirroring follows on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from archive.catalogue import files
from archive.catalogue.database import Catalogue
from archive.catalogue.files import Sighting
from archive.records import FileState, SheetState
from archive.store import Store
from config.language import Message
from config.settings import Settings
from ingest.answer_entry import Answering, KnownFindings, none_known
from ingest.cells import Outcomes
from ingest.evidence import gather
from ingest.examining import Examining
from ingest.filing import Filing
from ingest.hearing import Ears
from ingest.inbox import (
    Kind,
    Scan,
    Seen,
    arrival,
    kind,
    settled,
    settles_at,
    sounds,
)
from ingest.intake import Admitted, Intake, Terms
from ingest.news import UNTAKEN, is_news, look, refusal
from ingest.open_days import OpenDays
from ingest.opening import Opening
from ingest.sheet_entry import SheetEntry, place
from ingest.sidecar import owners
from ingest.sidecar_entry import SidecarEntry


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is."""

    now: Callable[[], datetime]
    """Aware."""
    own: bool = True
    """False where somebody set it (`--as-of`): then the disk's times are of another world."""

    @classmethod
    def of_computer(cls, zone: ZoneInfo) -> Clock:
        return cls(lambda: datetime.now(UTC).astimezone(zone))

    @classmethod
    def set_to(cls, moment: datetime, zone: ZoneInfo) -> Clock:
        """One that always shows `moment`, which is of `zone` where it names none."""
        fixed = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return cls(lambda: fixed, own=False)


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass did."""

    files: int
    """Files in the inbox."""
    admitted: Admitted
    sheets: int
    """Sheets that were entered and count."""
    moved: int
    waiting: int
    """Files that do not stand still yet."""
    problems: tuple[Message, ...]
    entered: int = 0
    """All sheets that were entered, copies and unreadable ones too: each is kept."""
    settles_at: datetime | None = None
    """When the first of the waiting files will have stood still for long enough."""

    def __add__(self, later: Passed) -> Passed:
        """Two passes over one inbox, one after the other, as one."""
        return Passed(
            later.files,
            self.admitted + later.admitted,
            self.sheets + later.sheets,
            self.moved + later.moved,
            later.waiting,
            later.problems,
            self.entered + later.entered,
            later.settles_at,
        )


@dataclass(frozen=True, slots=True)
class Steps:
    """How a pass reports progress: a step's name and how many more are done of how many."""

    tell: Callable[[str, int, int], None] = lambda _step, _done, _total: None


class InboxPass:
    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        store: Store,
        known: KnownFindings = none_known,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._store = store
        self._timezone = settings.office.timezone
        self._mirrored = settings.mirror is not None
        self._ears = Ears.of(settings)
        limit = settings.inbox.max_megabytes << 20
        terms = Terms(self._timezone, self._ears.patterns, limit, self._mirrored)
        self._limit = limit
        self._intake = Intake(catalogue, store, terms)
        of = settings.sheet
        outcomes = Outcomes(of.reached, of.not_reached)
        answering = Answering(known, settings.office.name)
        self._sheets = SheetEntry(catalogue, store, self._timezone, of.columns, answering, outcomes)
        self._sidecars = SidecarEntry(catalogue, self._ears)
        filing = Filing(catalogue, store, self._timezone, settings.archive.name, self._mirrored)
        self._filing = filing
        self._open_days = OpenDays(catalogue, filing, self._ears, mirrored=self._mirrored)

    def run(self, clock: Clock, steps: Steps = Steps()) -> Passed:
        """One pass. What was begun is ended first; InboxError if the inbox cannot be listed."""
        self._store.prepare()
        self._intake.recover(clock.now())
        moved = self._filing.carry_out(clock.now())
        found, news = self._look()
        now = clock.now()
        ready = [seen for seen in news if self._ready(seen, now)]
        moving = [seen for seen in news if not self._ready(seen, now)]
        self._note(moving, FileState.WAITING, Message.of("archive.source_changing"), clock)
        owned = owners(seen.source for seen in found.files)
        sidecars = self._due(found, owned, ready, moving)
        with self._examining(steps) as examining:
            taken = [seen for seen in ready if seen.source not in owned]
            admitted, sheets, entered = self._take(taken, clock, steps, examining)
            self._sidecars.enter(
                [
                    (seen, owned[seen.source], arrival(seen, clock.now(), own_clock=clock.own))
                    for seen in sidecars
                ]
            )
            examining.end()
        moved += self._open_days.work_off(clock.now(), partial(steps.tell, "file"))
        settle = self._settings.inbox.settle_seconds
        first = min((settles_at(seen, now, settle) for seen in moving), default=None)
        problems = (*found.problems, *examining.problems)
        return Passed(found.count, admitted, sheets, moved, len(moving), problems, entered, first)

    def settle(self, now: datetime) -> int:
        """Decides and moves what is open without a look at the inbox; returns the moves."""
        self._store.prepare()
        return self._open_days.work_off(now)

    def _look(self) -> tuple[Scan, list[Seen]]:
        """What lies in the inbox, and of that the files that are new or changed, or whose turn had
        not come. Of known files only those are looked at closely that may be.

        What left the inbox untaken is forgotten: it was renamed or removed. An empty or broken
        listing says nothing of the kind.
        """
        with self._catalogue.reading() as tx:
            known = files.known(tx)
        found = look(self._settings.inbox.path, known)
        if found.count and not found.problems:
            self._let_go(known, found)
        news = [one for one in found.files if is_news(one, known.get(one.source), self._limit)]
        return found, news

    def _let_go(self, known: Mapping[str, files.Known], found: Scan) -> None:
        untaken = [one for one, (_, _, state) in known.items() if state in UNTAKEN]
        here = {seen.source for seen in found.files} if untaken else set()
        if gone := [one for one in untaken if one not in here]:
            with self._catalogue.transaction() as tx:
                files.let_go(tx, gone)

    def _due(
        self, found: Scan, owned: Mapping[str, str], ready: Sequence[Seen], moving: Sequence[Seen]
    ) -> list[Seen]:
        """Sidecars that are to be read: new ones, and known ones of recordings that come anew."""
        new = {seen.source for seen in ready}
        waiting = {seen.source for seen in moving}
        again = [one for one, of in owned.items() if of in new and one not in new | waiting]
        self._sidecars.expect(again)
        return [
            seen
            for seen in found.files
            if seen.source in owned and (seen.source in new or seen.source in again)
        ]

    def _ready(self, seen: Seen, now: datetime) -> bool:
        """It stands still, or is junk, which nobody waits for."""
        return settled(seen, now, self._settings.inbox.settle_seconds) or (
            kind(seen.source) is Kind.JUNK
        )

    def _examining(self, steps: Steps) -> Examining:
        return Examining(
            self._catalogue,
            self._store,
            self._ears,
            self._settings.inbox.raw_audio,
            partial(steps.tell, "probe"),
        )

    def _take(
        self, ready: Sequence[Seen], clock: Clock, steps: Steps, examining: Examining
    ) -> tuple[Admitted, int, int]:
        """Takes in what stands still, each kind in its own way."""
        fit = []
        for seen in ready:
            if reason := refusal(seen, self._limit):
                self._note([seen], FileState.REFUSED, reason, clock)
            else:
                fit.append((_kind(seen), seen))
        by_kind = {kind: [seen for its, seen in fit if its is kind] for kind in Kind}
        self._note(by_kind[Kind.JUNK], FileState.IGNORED, Message.of("ingest.junk"), clock)
        self._note(by_kind[Kind.UNKNOWN], FileState.IGNORED, Message.of("ingest.unknown"), clock)
        admitted = self._admit(by_kind[Kind.RECORDING], clock, steps, examining)
        return admitted, *self._enter(by_kind[Kind.SHEET], clock, steps)

    def _admit(
        self, seen: Sequence[Seen], clock: Clock, steps: Steps, examining: Examining
    ) -> Admitted:
        def progress(done: int) -> None:
            steps.tell("admit", done, len(seen))
            examining.begin()

        examining.get_ready(len(seen))
        arrived = [(one, arrival(one, clock.now(), own_clock=clock.own)) for one in seen]
        return self._intake.admit(arrived, clock.now(), progress)

    def _enter(self, seen: Sequence[Seen], clock: Clock, steps: Steps) -> tuple[int, int]:
        """Returns how many sheets were entered that count, and how many at all."""
        read = entered = 0
        # In the order in which equal ones count: none takes another's place within a pass.
        with Opening() as opening:
            for one in sorted(seen, key=lambda one: place(one.source)):
                arrived_at = arrival(one, clock.now(), own_clock=clock.own)
                state = self._sheets.enter(one, arrived_at, clock.now(), opening)
                read += state is SheetState.READ
                entered += state is not None
                steps.tell("sheets", 1, len(seen))
            read += self._sheets.count_copies(clock.now(), opening)
        return read, entered

    def _note(self, seen: Sequence[Seen], state: FileState, reason: Message, clock: Clock) -> None:
        with self._catalogue.transaction() as tx:
            for one in seen:
                arrived_at = arrival(one, clock.now(), own_clock=clock.own)
                day, evidence = gather(
                    one.source, self._timezone, arrived_at.astimezone(self._timezone).date()
                )
                sighting = Sighting(
                    one.source, one.size, one.mtime_ns, state, day, evidence.collector, reason
                )
                files.note(tx, [sighting], arrived_at)


def _kind(seen: Seen) -> Kind:
    """By name, else by contents; a file that cannot be read is left to admission, which says so."""
    named = kind(seen.source)
    if named is not Kind.UNKNOWN:
        return named
    try:
        return Kind.RECORDING if sounds(seen.path) else Kind.UNKNOWN
    except OSError:
        return Kind.RECORDING
