"""Alarms are told once when they are raised and once when they are over, and are written down.

Disk, catalogue and archive are real; only the clock is the tests'.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from archive.catalogue import alarms
from archive.catalogue.database import Catalogue, open_catalogue
from archive.catalogue.schema import recording
from archive.errors import DiskError
from archive.fixity import Level, Place
from audit.verification import Verified, Wanted, verify
from config.language import LANGUAGES, Message, Words, sentences
from config.settings import Alarms
from ingest.alarm_watch import AlarmWatch
from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.ingest.people import CHEN, ROWS
from tests.ingest.small_office import DAY, EVENING, SHEET, SmallOffice, office, sheet, sound
from tests.s3_server import ENVIRONMENT, S3Server
from tests.stores.between import FORBID, Between

AWAY = Message.of("archive.gone", path="/x", list="/y")
UNPLUGGED = Message.of("ingest.inbox_unreachable", path="/x", error="gone")
MINUTE = timedelta(minutes=1)
NIGHT = datetime.combine(DAY, EVENING.timetz()).replace(hour=18)
"""After the deadline of a Monday."""
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Desk:
    office: SmallOffice
    now: datetime = EVENING
    said: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)
    notifier: Message | None = None

    def watch(self) -> AlarmWatch:
        return AlarmWatch(self.office.settings, lambda: self.now, self._tell, self._notify)

    def standing(self, catalogue: Catalogue) -> set[str]:
        with catalogue.transaction() as tx:
            return set(alarms.standing(tx))

    def codes(self, day: date = DAY) -> set[str]:
        """The day's findings of an alarm."""
        known = {key.removesuffix("_over").removeprefix("alarms.") for key in sentences()}
        return {code for code, _ in self.office.codes(day) if code in known}

    def _tell(self, said: Message) -> None:
        assert all(Words(language).say(said) for language in LANGUAGES)
        self.said.append(said.key)

    def _notify(self, said: Message) -> Message | None:
        self.notified.append(said.key)
        return self.notifier


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = office(tmp_path)
    made.drop(SHEET, sheet([]))
    made.ingest()
    # Whatever the disk that the tests run on has left.
    settings = replace(made.settings, alarms=Alarms((), 1, 1))
    return Desk(replace(made, settings=settings))


@pytest.fixture
def catalogue(desk: Desk) -> Iterator[Catalogue]:
    with closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue:
        yield catalogue


def test_where_all_is_well_nothing_is_said(desk: Desk, catalogue: Catalogue) -> None:
    watch = desk.watch()
    watch.passed()
    watch.look(catalogue)
    assert (desk.said, desk.notified, desk.standing(catalogue)) == ([], [], set())


def test_an_alarm_is_told_and_notified_once_and_again_when_it_is_over(
    desk: Desk, catalogue: Catalogue
) -> None:
    watch = desk.watch()
    watch.inbox_lost(UNPLUGGED)
    for _ in range(3):
        watch.look(catalogue)
    assert desk.said == ["ingest.inbox_unreachable"]
    assert desk.standing(catalogue) == {"inbox_unreachable"}
    assert desk.codes() == {"inbox_unreachable"}
    desk.now += MINUTE
    watch.passed()
    for _ in range(3):
        watch.look(catalogue)
    assert desk.said == ["ingest.inbox_unreachable", "alarms.inbox_unreachable_over"]
    assert desk.notified == desk.said
    assert desk.standing(catalogue) == set()
    assert desk.codes() == {"inbox_unreachable"}  # it was so on that day
    assert desk.codes(DAY + timedelta(days=1)) == set()


def test_after_a_restart_what_stands_is_not_told_again_and_can_end(
    desk: Desk, catalogue: Catalogue
) -> None:
    first = desk.watch()
    first.inbox_lost(UNPLUGGED)
    first.look(catalogue)
    again = desk.watch()
    again.inbox_lost(UNPLUGGED)
    again.look(catalogue)
    assert desk.said == ["ingest.inbox_unreachable"]
    again.passed()
    again.look(catalogue)
    assert desk.said[1:] == ["alarms.inbox_unreachable_over"]


def test_while_the_archive_is_away_it_is_told_and_written_down_once_it_is_back(
    desk: Desk, catalogue: Catalogue
) -> None:
    watch = desk.watch()
    watch.passed()
    watch.look(AWAY)
    desk.now += MINUTE
    watch.look(AWAY)
    assert desk.said == ["archive.gone"]
    assert desk.codes() == set()
    desk.now += MINUTE
    watch.look(catalogue)
    assert desk.said == ["archive.gone", "alarms.archive_unreachable_over"]
    with catalogue.transaction() as tx:
        (alarm,) = alarms.around(tx, DAY)
    assert (alarm.raised_at, alarm.cleared_at) == (EVENING, EVENING + 2 * MINUTE)
    assert desk.codes() == {"archive_unreachable"}


def test_a_program_that_fails_is_told_and_stops_nothing(desk: Desk, catalogue: Catalogue) -> None:
    desk.notifier = Message.of("alarms.notifier_failed", program="x", error="exit 1")
    watch = desk.watch()
    watch.inbox_lost(UNPLUGGED)
    watch.look(catalogue)
    watch.passed()
    watch.look(catalogue)
    assert desk.said == [
        "ingest.inbox_unreachable",
        "alarms.notifier_failed",
        "alarms.inbox_unreachable_over",
        "alarms.notifier_failed",
    ]
    assert desk.standing(catalogue) == set()


def test_a_disk_with_less_than_the_office_wants_is_an_alarm(
    desk: Desk, catalogue: Catalogue
) -> None:
    free = shutil.disk_usage(desk.office.archive).free >> 30
    settings = replace(desk.office.settings, alarms=Alarms((), 1, free + 100))
    desk.office = replace(desk.office, settings=settings)
    desk.watch().look(catalogue)
    assert desk.said == ["alarms.disk_nearly_full"]


def test_a_mirror_that_owes_objects_for_an_hour_is_an_alarm(
    desk: Desk, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    desk.office = desk.office.with_mirror("http://127.0.0.1:9")
    desk.office.ingest()  # the outbox has the sheet from now on
    watch = desk.watch()
    desk.now += timedelta(minutes=59)
    watch.look(catalogue)
    assert "alarms.mirror_silent" not in desk.said
    desk.now += MINUTE
    watch.look(catalogue)
    assert "alarms.mirror_silent" in desk.said


def test_one_object_that_is_refused_does_not_make_a_mirror_silent(
    desk: Desk, catalogue: Catalogue, server: S3Server
) -> None:
    """It would be an alarm each evening, and over each morning. The report tells of it."""
    desk.office = desk.office.with_mirror(server.endpoint_url)
    desk.office.drop(CHEN, sound(1))
    desk.office.ingest()
    desk.office.drop(SHEET, sheet(ROWS))
    with open_session(desk.office.settings) as session:
        session.take_in(Clock(lambda: EVENING, own=False), Steps())
    taken = server.folder / server.bucket / next(key for key in desk.office.kept() if "陈" in key)
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"somebody else's")
    desk.office.ingest()
    watch = desk.watch()
    desk.now += timedelta(hours=3)
    watch.look(catalogue)
    assert "alarms.mirror_silent" not in desk.said
    assert "mirror_failed" in {code for code, _ in desk.office.codes()}


def test_a_store_that_refuses_everything_is_silent(
    desk: Desk, catalogue: Catalogue, server: S3Server
) -> None:
    with Between(server.endpoint_url) as between:
        between.poisoned = (server.bucket, FORBID)
        desk.office = desk.office.with_mirror(between.endpoint_url)
        desk.office.ingest()
    watch = desk.watch()
    desk.now += timedelta(hours=3)
    watch.look(catalogue)
    assert "alarms.mirror_silent" in desk.said


def test_a_clock_that_was_set_back_behind_custody_is_an_alarm(
    desk: Desk, catalogue: Catalogue
) -> None:
    desk.office.drop("x.amr", b"#!AMR\n")
    desk.office.ingest()
    watch = desk.watch()
    desk.now -= timedelta(days=30)
    watch.look(catalogue)
    assert desk.said == ["alarms.clock_off"]
    desk.now = EVENING
    watch.look(catalogue)
    assert desk.said == ["alarms.clock_off", "alarms.clock_off_over"]


def test_a_clock_that_is_not_the_stores_is_an_alarm_until_the_store_says_otherwise(
    desk: Desk, catalogue: Catalogue
) -> None:
    """After a start, and after the archive was away, the store is not asked at once."""
    desk.office = desk.office.with_mirror("http://127.0.0.1:9")
    watch = desk.watch()
    watch.look(catalogue, timedelta(minutes=20))
    watch.look(AWAY)
    watch.look(catalogue)
    assert "alarms.clock_off_over" not in desk.said
    anew = desk.watch()
    anew.look(catalogue)
    assert "clock_off" in desk.standing(catalogue)
    anew.look(catalogue, timedelta(seconds=2))
    assert desk.said.count("alarms.clock_off") == 0
    assert desk.said.count("alarms.clock_off_store") == 1
    assert "clock_off" not in desk.standing(catalogue)


def test_a_clock_that_was_not_the_stores_is_right_where_there_is_no_mirror_any_more(
    desk: Desk, catalogue: Catalogue
) -> None:
    mirrored = replace(desk, office=desk.office.with_mirror("http://127.0.0.1:9"))
    mirrored.watch().look(catalogue, timedelta(minutes=20))
    desk.watch().look(catalogue)
    assert desk.said[-1] == "alarms.clock_off_over"


@pytest.mark.parametrize(
    ("since", "now", "told"),
    [
        (
            datetime(2027, 3, 28, 1, 55, tzinfo=BERLIN),
            datetime(2027, 3, 28, 3, 5, tzinfo=BERLIN),
            False,
        ),
        (
            datetime(2027, 3, 28, 1, 55, tzinfo=BERLIN),
            datetime(2027, 3, 28, 3, 55, tzinfo=BERLIN),
            True,
        ),
        (
            datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN),
            datetime(2026, 10, 25, 2, 50, fold=1, tzinfo=BERLIN),
            True,
        ),
    ],
)
def test_an_hour_of_stopped_passes_is_an_hour_when_the_clocks_are_changed(
    desk: Desk, catalogue: Catalogue, since: datetime, now: datetime, *, told: bool
) -> None:
    office = replace(desk.office.settings.office, timezone=BERLIN)
    desk.office = replace(desk.office, settings=replace(desk.office.settings, office=office))
    watch = desk.watch()
    desk.now = since
    watch.pass_stopped()
    desk.now = now
    watch.look(catalogue)
    assert ("alarms.passes_stopped" in desk.said) is told


def test_that_nothing_was_handed_over_is_told_once_for_its_day(
    desk: Desk, catalogue: Catalogue
) -> None:
    watch = desk.watch()
    tuesday = DAY + timedelta(days=1)
    desk.now = NIGHT + timedelta(days=1)
    while desk.now < NIGHT + timedelta(days=2) - timedelta(hours=2):
        watch.passed()
        watch.look(catalogue)
        desk.now += timedelta(minutes=30)
    assert desk.said == ["alarms.nothing_handed_over", "alarms.nothing_handed_over_over"]
    assert desk.codes(tuesday) == {"nothing_handed_over"}
    assert desk.codes(DAY) == desk.codes(DAY + timedelta(days=2)) == set()


def test_a_hand_over_after_the_deadline_ends_the_alarm(desk: Desk, catalogue: Catalogue) -> None:
    watch = desk.watch()
    desk.now = NIGHT + timedelta(days=1)
    watch.passed()
    watch.look(catalogue)
    desk.office.drop("late.amr", b"#!AMR\n")
    desk.office.ingest(desk.now)
    watch.look(catalogue)
    assert desk.said == ["alarms.nothing_handed_over", "alarms.nothing_handed_over_over"]


def test_what_is_wrong_with_a_sheet_is_an_alarm_that_outlasts_a_restart(
    desk: Desk, catalogue: Catalogue
) -> None:
    (kept,) = (desk.office.archive / ".callvault" / "sheets").iterdir()
    sound = kept.read_bytes()
    kept.chmod(0o644)
    kept.write_bytes(sound[:-1] + b"?")
    _verify(desk, catalogue)
    desk.watch().look(catalogue)
    assert desk.said == ["alarms.copies_bad"]
    kept.write_bytes(sound)
    again = desk.watch()
    again.look(catalogue)
    _verify(desk, catalogue, Level.SIZE)  # it sees no changed byte
    again.look(catalogue)
    assert desk.standing(catalogue) == {"copies_bad"}
    desk.now += MINUTE
    _verify(desk, catalogue)
    again.look(catalogue)
    assert desk.said == ["alarms.copies_bad", "alarms.copies_bad_over"]


def test_what_was_found_until_the_mirror_did_not_answer_is_an_alarm(
    desk: Desk, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (kept,) = (desk.office.archive / ".callvault" / "sheets").iterdir()
    kept.unlink()
    desk.office = desk.office.with_mirror("http://127.0.0.1:9")
    assert len(_verify(desk, catalogue, places=tuple(Place)).stopped) == 1
    desk.watch().look(catalogue)
    assert desk.said == ["alarms.copies_bad"]


def test_what_the_catalogue_says_otherwise_than_custody_is_an_alarm_too(
    desk: Desk, catalogue: Catalogue
) -> None:
    desk.office.drop("x.amr", b"#!AMR\n")
    desk.office.ingest()
    with catalogue.transaction() as tx:
        tx.execute(update(recording).values(source="another.amr"))
    _verify(desk, catalogue)
    desk.watch().look(catalogue)
    assert desk.said == ["alarms.copies_bad"]


def test_a_file_that_nobody_knows_is_no_bad_copy(desk: Desk, catalogue: Catalogue) -> None:
    (desk.office.archive / "planted.mp3").write_bytes(b"?")
    assert [one.code for one in _verify(desk, catalogue).discoveries] == ["archive_unknown"]
    desk.watch().look(catalogue)
    assert desk.said == []


def _verify(
    desk: Desk,
    catalogue: Catalogue,
    level: Level | None = None,
    places: Sequence[Place] = (Place.ARCHIVE,),
) -> Verified:
    """As `callvault verify` does."""
    wanted = Wanted(places, level, 1, 1, restart=False)
    return verify(catalogue, desk.office.settings, wanted, lambda: desk.now, lambda *_: None)


def test_a_disk_that_does_not_tell_how_full_it_is_is_an_error(
    desk: Desk, catalogue: Catalogue
) -> None:
    shutil.rmtree(desk.office.archive)
    with pytest.raises(DiskError):
        desk.watch().look(catalogue)
