"""Before the deadline those are named who have handed over nothing yet, once a day."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from archive.catalogue import files
from archive.catalogue.database import open_catalogue
from archive.catalogue.files import Sighting
from archive.records import FileState
from config.calendar import Calendar
from config.language import LANGUAGES, Message, Words
from config.settings import Handoff
from ingest.daemon import Daemon, Surroundings
from ingest.inbox_pass import Clock
from ingest.reminding import Reminder, lacking
from tests.ingest.small_office import DAY, ZONE, SmallOffice, office, sheet

YESTERDAY = date(2026, 11, 13)
"""The working day before."""
BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    """Of that November."""
    return datetime.combine(date(2026, 11, day), time(hour, minute, second), ZONE)


def days(*collectors: str) -> dict[date, frozenset[str]]:
    """One day after the other, each with the initials of who handed over."""
    return {date(2026, 11, 1 + number): frozenset(one) for number, one in enumerate(collectors)}


@pytest.mark.parametrize(
    ("before", "came", "wanted"),
    [
        (days("AB"), "A", "B"),
        (days("AB"), "AB", ""),
        (days("AB"), "CD", "AB"),
        (days(), "", ""),
        (days("A", "B", "C"), "", "ABC"),
        (days("A", "B", "C", "D"), "", "BCD"),
    ],
)
def test_who_handed_over_on_the_last_three_days_is_expected(
    before: dict[date, frozenset[str]], came: str, wanted: str
) -> None:
    assert lacking(before, frozenset(came)) == list(wanted)


@pytest.mark.parametrize(
    ("now", "minutes", "last", "expected"),
    [
        (at(16, 16, 30), 30, None, True),
        (at(16, 16, 29, 59), 30, None, False),
        (at(16, 16, 59, 59), 30, None, True),
        (at(16, 17, 0), 30, None, False),
        (at(16, 16, 30), 30, DAY, False),
        (at(16, 16, 30), 30, YESTERDAY, True),
        (at(15, 16, 30), 30, None, False),
        (at(16, 16, 59), 0, None, False),
    ],
)
def test_it_is_due_once_within_the_minutes_before_the_deadline_of_a_working_day(
    tmp_path: Path, now: datetime, minutes: int, last: date | None, expected: bool
) -> None:
    settings = replace(office(tmp_path).settings, handoff=Handoff(time(17), remind_minutes=minutes))
    reminder = Reminder(settings, lambda: now, lambda _: None)
    assert reminder.due(last) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN), False),
        (datetime(2026, 10, 25, 2, 40, fold=1, tzinfo=BERLIN), False),
        (datetime(2026, 10, 25, 2, 50, fold=1, tzinfo=BERLIN), True),  # 25 minutes before 3:15
        (datetime(2027, 3, 28, 1, 40, tzinfo=BERLIN), False),
        (datetime(2027, 3, 28, 1, 50, tzinfo=BERLIN), True),  # likewise
        (datetime(2027, 3, 28, 3, 10, tzinfo=BERLIN), True),
    ],
)
def test_minutes_are_minutes_when_the_clocks_are_changed(
    tmp_path: Path, now: datetime, expected: bool
) -> None:
    made = office(tmp_path).settings
    settings = replace(
        made,
        office=replace(made.office, timezone=BERLIN),
        handoff=Handoff(time(3, 15)),
        calendar=Calendar(frozenset(range(1, 8))),
    )
    assert Reminder(settings, lambda: now, print).due(None) is expected


def hand_over(desk: SmallOffice, *sightings: tuple[str, date, datetime]) -> list[Message]:
    """What is said half an hour before the deadline of the day."""
    said: list[Message] = []
    now = datetime.combine(DAY, time(16, 30), ZONE)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        with catalogue.transaction() as tx:
            for number, (collector, day, arrived) in enumerate(sightings):
                seen = Sighting(f"{number}", 1, 1, FileState.SHEET, day, collector)
                files.note(tx, [seen], arrived)
        assert Reminder(desk.settings, lambda: now, said.append).remind(catalogue) == DAY
    return said


def test_those_who_lack_are_named_in_both_languages(tmp_path: Path) -> None:
    desk = office(tmp_path)
    desk.archive.joinpath(".callvault").mkdir(parents=True)
    friday = datetime.combine(YESTERDAY, time(16), ZONE)
    today = friday + timedelta(days=3)
    (message,) = hand_over(
        desk,
        ("王芳", YESTERDAY, friday),
        ("李娜", YESTERDAY, friday),
        ("赵强", YESTERDAY, friday),
        ("王芳", DAY, today),
        ("赵强", YESTERDAY, today),  # came today, for another day
    )
    for language in LANGUAGES:
        said = Words(language).say(message)
        assert "李娜" in said
        assert "17:00" in said
        assert "王芳" not in said
        assert "赵强" not in said


def test_where_nobody_lacks_nothing_is_said(tmp_path: Path) -> None:
    desk = office(tmp_path)
    desk.archive.joinpath(".callvault").mkdir(parents=True)
    assert hand_over(desk) == []


def test_who_is_called_like_a_customer_is_named_to_nobody(tmp_path: Path) -> None:
    """An office may have a folder for each customer, in which no collector is named."""
    desk = office(tmp_path)
    desk.drop(f"{YESTERDAY}/陈建国/记录表.csv", sheet([("陈建国", "15405381201", "10:00")]))
    desk.drop(f"{YESTERDAY}/李娜/记录表.csv", sheet([("刘海燕", "15405381202", "10:00")]))
    desk.ingest(datetime.combine(YESTERDAY, time(16), ZONE))
    (message,) = hand_over(desk)
    said = Words("zh").say(message)
    assert "李娜" in said
    assert "陈建国" not in said


def test_nobody_is_reminded_while_the_inbox_cannot_be_seen(tmp_path: Path) -> None:
    desk = office(tmp_path)
    desk.drop(f"{YESTERDAY}/李娜/记录表.csv", sheet([("刘海燕", "15405381202", "10:00")]))
    desk.ingest(datetime.combine(YESTERDAY, time(16), ZONE))
    away = desk.inbox.rename(tmp_path / "away")
    now, said = at(16, 16, 31), list[str]()
    given = Surroundings(
        Clock(lambda: now, own=False),
        report=lambda *_: (),
        tell=lambda message: said.append(message.key),
    )
    settings = replace(desk.settings, source=tmp_path / "callvault.toml")
    with closing(Daemon(settings, given)) as daemon:
        daemon.begin()
        service = daemon.service(lambda: True)
        service.turn()
        assert "ingest.inbox_unreachable" in said
        assert "remind.lacking" not in said
        away.rename(desk.inbox)
        now += timedelta(minutes=5)
        service.turn()
    assert said.count("remind.lacking") == 1
