"""The office that lives through a quarter: real files, passes, a real S3 server, people, reports.

Everything is the product's own but the clock, which is handed in as `--as-of` does it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from archive.catalogue.database import open_catalogue
from archive.errors import ArchiveError
from archive.fixity import Level, Place
from archive.repair import Repair
from archive.s3 import connect
from archive.store import Store
from audit import report as reports
from audit.day import DayReport
from audit.verification import Wanted, verify
from config.language import Words
from config.settings import Alarms, CallRules, Retention, Settings
from ingest.alarm_watch import AlarmWatch
from ingest.daemon import Reach
from ingest.desk import Desk
from ingest.errors import InboxError
from ingest.inbox_pass import Clock, Steps
from ingest.word_told import tell_assign, tell_unassign
from tests.archive.two_copies import flip
from tests.ingest.small_office import ZONE, SmallOffice, office
from tests.quarter.answers import fill_in, unanswered
from tests.quarter.hand_offs import Answer, Drop, Harm, Word
from tests.quarter.moments import Slot, Trouble, Weather
from tests.quarter.plan import RETENTION_YEARS, Quarter
from tests.quarter.working_days import CALENDAR
from tests.s3_server import S3Server
from tests.stores.between import FORBID, Between

_PASSES = {Slot.AFTERNOON: time(16, 50), Slot.EVENING: time(19, 30)}
_MORNING, _AFTER_DEADLINE, _VERIFIED, _REPORTED = time(9), time(17, 5), time(19, 45), time(20)
_LIMIT_MEGABYTES = 1
_TARGET_PERCENT = 50
"""So low that a few missing recordings a day are none too many."""
_ROOMY = Alarms(free_percent=0, free_gigabytes=0)
"""However full the disk is on which this is run."""


class QuarterOffice:
    def __init__(self, folder: Path, server: S3Server, quarter: Quarter) -> None:
        self._quarter = quarter
        self._server = server
        self._doors = ExitStack()
        self._refusing = self._doors.enter_context(Between(server.endpoint_url))
        self._refusing.spoil("PUT", FORBID, times=1_000_000)
        self._elsewhere = folder / "elsewhere.mp3"
        self._now = datetime.combine(quarter.days[0], _MORNING, ZONE)
        plain = office(folder / "office").with_limit(_LIMIT_MEGABYTES)
        settings = replace(
            plain.settings,
            source=folder / "callvault.toml",
            calendar=CALENDAR,
            rules=CallRules(completeness_percent=_TARGET_PERCENT),
            retention=Retention(RETENTION_YEARS),
        )
        self._desk = replace(plain, settings=settings)
        self._elsewhere.write_bytes(b"somebody else's")
        self._weather: Weather | None = None
        self._reach = self._reached()
        self._watch: AlarmWatch

    def live(self, night: int) -> None:
        """One working day, until before its report."""
        self._weather_is(self._quarter.weather[night])
        day = self._quarter.days[night]
        self._at(day, _MORNING)
        self._look()
        self._morning(night)
        answer = self._quarter.answers.get(night)
        meant = self._answer(answer) if answer else set()
        self._come(night, Slot.AFTERNOON)
        if answer:
            (report,) = self._compiled([answer.day])
            assert not unanswered(report, meant), f"{answer.source}: a reason was not read"
        self._after_deadline(night)
        if self._weather is Weather.REFUSES:
            self._try_again(day)
        if self._quarter.drops[night, Slot.EVENING] or night in self._quarter.troubles:
            self._come(night, Slot.EVENING)
        self._at(day, _VERIFIED)
        if self._quarter.harms[night] or night in self._quarter.repairs:
            self._verify()
        self._look()

    def rest(self, day: date) -> None:
        """A holiday, on which the computer runs all the same."""
        self._weather_is(Weather.FINE)
        self._at(day, _MORNING)
        self._look()
        self._at(day, _AFTER_DEADLINE)
        self._pass()
        self._look()

    def report(self, days: Sequence[date]) -> list[DayReport]:
        """As it is written at night."""
        self._now = datetime.combine(self._now.date(), _REPORTED, ZONE)
        return self._compiled(days)

    def _compiled(self, days: Sequence[date]) -> list[DayReport]:
        catalogue = self._reach.session().catalogue
        return reports.compile_days(catalogue, self._settings, days, self._now)

    def close(self) -> None:
        self._reach.close()
        self._doors.close()

    # --- what happens -----------------------------------------------------------------------------

    @property
    def _settings(self) -> Settings:
        return self._desk.settings

    def _reached(self) -> Reach:
        """The archive, and what reports say, as the daemon knows them."""
        return Reach(self._settings, partial(reports.known_findings, self._settings))

    def _at(self, day: date, moment: time) -> None:
        self._now = datetime.combine(day, moment, ZONE)

    @property
    def _clock(self) -> Clock:
        return Clock(lambda: self._now, own=False)

    def _weather_is(self, weather: Weather) -> None:
        """The store and the settings, from this morning on; the daemon is started anew."""
        if weather is self._weather:
            return
        self._weather = weather
        self._server.stop()
        if weather is not Weather.AWAY:
            self._server.start()
        store = self._refusing if weather is Weather.REFUSES else self._server
        desk = SmallOffice(self._desk.folder, replace(self._settings, mirror=None))
        if weather is not Weather.UNSET:
            desk = desk.with_mirror(store.endpoint_url, self._server.bucket)
        if weather is Weather.UNLOCKED:
            assert desk.settings.mirror is not None
            locked = replace(desk.settings.mirror, lock="governance")
            desk = replace(desk, settings=replace(desk.settings, mirror=locked))
        self._desk = desk
        self._reach.close()
        self._reach = self._reached()
        self._restart(_ROOMY)

    def _morning(self, night: int) -> None:
        if night in self._quarter.repairs:
            self._repair()
        for harm in self._quarter.harms[night]:
            self._harm(harm)
        for word in self._quarter.words[night]:
            self._say(word)

    def _answer(self, answer: Answer) -> set[str]:
        """Puts the report into the inbox; returns the ids of the findings it has reasons for."""
        (report,) = self._compiled([answer.day])
        self._put(Drop(answer.source))
        path = self._desk.inbox / answer.source
        truth = self._quarter.truth.of([answer.day], answer.night)
        standing = {told for one in truth for told in one.either}
        meant = fill_in(report, path, standing, unknown=answer.unknown)
        written = (self._now - timedelta(minutes=20)).timestamp()
        os.utime(path, (written, written))
        return meant

    def _come(self, night: int, slot: Slot) -> None:
        """What is handed in for a pass, and the pass."""
        self._at(self._quarter.days[night], _PASSES[slot])
        for drop in self._quarter.drops[night, slot]:
            self._put(drop)
        self._pass()

    def _try_again(self, day: date) -> None:
        """The daemon tries what the store refused again and again, ever more seldom."""
        wait = timedelta(minutes=1)
        while self._now + wait < datetime.combine(day, _PASSES[Slot.EVENING], ZONE):
            self._now += wait
            self._reach.session().mirror(self._clock.now, everything=False)
            wait *= 2

    def _after_deadline(self, night: int) -> None:
        """The daemon looks at what alarms are about; on some days a disk is away just then."""
        trouble = self._quarter.troubles.get(night)
        if trouble is None and night not in self._quarter.empty:
            return
        self._at(self._quarter.days[night], _AFTER_DEADLINE)
        if trouble is Trouble.ROOM:
            self._restart(Alarms(free_percent=100, free_gigabytes=0))
            self._look()
            self._restart(_ROOMY)
        elif trouble is Trouble.CLOCK:
            self._now -= timedelta(hours=1)
            self._look()
            self._now += timedelta(hours=1)
        else:
            with self._away(trouble), suppress(InboxError, ArchiveError):
                self._pass()

    @contextmanager
    def _away(self, trouble: Trouble | None) -> Iterator[None]:
        """The disk of the inbox or the archive is away, if that is the trouble."""
        places = {Trouble.INBOX: self._desk.inbox, Trouble.ARCHIVE: self._desk.archive}
        place = places[trouble] if trouble else None
        if place is not None:
            place.rename(place.with_name("unplugged"))
        yield
        self._look()
        if place is not None:
            place.with_name("unplugged").rename(place)

    def _restart(self, alarms: Alarms) -> None:
        """The daemon, with these alarms."""
        settings = replace(self._settings, alarms=alarms)
        self._watch = AlarmWatch(settings, lambda: self._now, lambda _: None, lambda _: None)

    def _pass(self) -> None:
        """What `callvault ingest --as-of` does, watched as the daemon watches its passes."""
        session = self._reach.session()
        try:
            session.ingest(self._clock, Steps(), lambda *_: None)
        except InboxError as error:
            self._watch.inbox_lost(error.message)
            raise
        self._watch.passed()

    def _look(self) -> None:
        try:
            self._watch.look(self._reach.session().catalogue)
        except ArchiveError as error:
            self._watch.look(error.message)

    def _put(self, drop: Drop) -> None:
        path = self._desk.inbox / drop.source
        path.parent.mkdir(parents=True, exist_ok=True)
        if drop.link:
            path.symlink_to(self._elsewhere)
            return
        path.write_bytes(drop.content)
        if drop.size is not None:
            os.truncate(path, drop.size)
        ago = timedelta(seconds=3) if drop.fresh else timedelta(minutes=20)
        written = (self._now - ago).timestamp()
        os.utime(path, (written, written))

    def _say(self, word: Word) -> None:
        """The daemon works on the archive, and follows."""
        desk = Desk(self._settings, Words("en"), self._clock, "李经理")
        if word.new:
            tell_assign(desk, word.source, word.new, "json", new=True, remember=False)
        elif word.call:
            target = f"{word.call.handoff.sheet}:{word.call.line}"
            tell_assign(desk, word.source, target, "json", new=False, remember=True)
        else:
            tell_unassign(desk, word.source, "json")
        self._reach.session().settle(self._now)

    # --- copies -----------------------------------------------------------------------------------

    def _harm(self, harm: Harm) -> None:
        """A copy is gone, or one of its bits is another; the report says where it lies."""
        (report,) = self._compiled([harm.day])
        (line,) = [one for one in report.recordings if one.source == harm.source]
        assert line.archive_path is not None
        assert line.mirror.key is not None
        path = self._desk.archive / line.archive_path
        if harm.code.startswith("mirror"):
            path = self._server.folder / self._server.bucket / line.mirror.key
        if harm.code.endswith("missing"):
            path.unlink()
        else:
            content = path.read_bytes()
            path.chmod(0o644)
            path.write_bytes(flip(content, self._quarter.rng.randrange(len(content) * 8)))

    def _verify(self) -> None:
        """Every byte, in both places."""
        wanted = Wanted(tuple(Place), Level.CONTENTS, 1, 1, restart=False)
        catalogue = self._reach.session().catalogue
        verify(catalogue, self._settings, wanted, lambda: self._now, lambda *_: None)

    def _repair(self) -> None:
        """The daemon is stopped for it."""
        self._reach.close()
        assert self._settings.mirror is not None
        objects, store = connect(self._settings.mirror), Store(self._desk.archive)
        with closing(open_catalogue(self._settings.catalogue.url)) as catalogue:
            repair = Repair(catalogue, store, objects, self._desk.inbox, lambda: self._now)
            list(repair.run(None, dry_run=False))
