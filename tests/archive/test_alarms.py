"""Alarms in the catalogue, and what the catalogue tells those who raise them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from archive.catalogue import alarms, days, files, log, outbox
from archive.catalogue.files import Sighting
from archive.custody import Event
from archive.records import Alarm, FileState
from config.language import Message
from tests.archive.small_archive import AT, DAY, SmallArchive

FULL = Alarm("disk_nearly_full", Message.of("alarms.disk_nearly_full", free="1.0"), AT, None)
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


def over(alarm: Alarm, at: datetime) -> Alarm:
    return Alarm(alarm.code, alarm.message, alarm.raised_at, at)


def test_an_alarm_stands_once_until_it_is_over(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        alarms.write_down(tx, FULL)
        alarms.write_down(tx, Alarm(FULL.code, FULL.message, AT + HOUR, None))
        assert alarms.standing(tx) == {FULL.code: FULL}
        assert alarms.around(tx, DAY) == [FULL]
        ended = over(FULL, AT + HOUR)
        alarms.write_down(tx, ended)
        assert alarms.standing(tx) == {}
        assert alarms.around(tx, DAY) == [ended]
        again = Alarm(FULL.code, FULL.message, AT + 2 * HOUR, None)
        alarms.write_down(tx, again)
        assert alarms.around(tx, DAY) == [ended, again]


def test_one_that_was_over_before_it_could_be_written_down_is_written_whole(
    archive: SmallArchive,
) -> None:
    ended = over(FULL, AT + HOUR)
    with archive.catalogue.transaction() as tx:
        alarms.write_down(tx, ended)
        assert alarms.standing(tx) == {}
        assert alarms.around(tx, DAY) == [ended]


def test_alarms_of_other_days_are_not_around(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        alarms.write_down(tx, over(FULL, AT + HOUR))
        assert alarms.around(tx, DAY + 5 * ONE_DAY) == []
        assert alarms.around(tx, DAY - 5 * ONE_DAY) == []
        standing = Alarm("clock_off", FULL.message, AT, None)
        alarms.write_down(tx, standing)
        assert alarms.around(tx, DAY + 5 * ONE_DAY) == [standing]


# Since when the mirror owes something


def test_a_mirror_that_owes_nothing_owes_it_since_never(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        assert outbox.owed_since(tx) is None
        assert outbox.last_confirmed(tx, AT) is None


def test_an_errand_is_as_old_as_the_oldest_however_often_it_was_refused(
    archive: SmallArchive,
) -> None:
    archive.admit(b"a call", "a.mp3", now=AT)
    archive.admit(b"another", "b.mp3", now=AT + HOUR)
    now = AT
    for _ in range(4):
        with archive.catalogue.transaction() as tx:
            assert outbox.owed_since(tx) == AT
            errand = outbox.due(tx, now, 1)[0]
            now += 3 * HOUR  # the daemon was stopped meanwhile
            outbox.postpone(tx, errand, now, Message.of("store.busy", endpoint="x", code="1"))
    with archive.catalogue.transaction() as tx:
        assert outbox.owed_since(tx) == AT


def test_what_the_store_showed_last(archive: SmallArchive) -> None:
    archive.mirrored(archive.admit(b"a call"))
    with archive.catalogue.transaction() as tx:
        assert outbox.last_confirmed(tx, AT) == AT


def test_what_it_showed_while_the_clock_was_ahead_keeps_no_later_silence_quiet(
    archive: SmallArchive,
) -> None:
    archive.mirrored(archive.admit(b"a call"))
    with archive.catalogue.transaction() as tx:
        assert outbox.last_confirmed(tx, AT - HOUR) is None


# Whether something came


@pytest.mark.parametrize(
    ("state", "day", "at", "expected"),
    [
        (FileState.RECORDING, DAY, AT, True),
        (FileState.WAITING, DAY, AT, True),
        (FileState.SHEET, DAY - ONE_DAY, AT, True),  # for yesterday, today
        (FileState.SHEET, DAY, AT - ONE_DAY, True),  # for today, yesterday
        (FileState.SHEET, DAY - ONE_DAY, AT - ONE_DAY, False),
        (FileState.IGNORED, DAY, AT, False),
        (FileState.REFUSED, DAY, AT, False),
        (FileState.ANSWERS, DAY, AT, False),
    ],
)
def test_what_came_today_or_for_today(
    archive: SmallArchive, state: FileState, day: date, at: datetime, expected: bool
) -> None:
    midnight = AT.replace(hour=0)
    with archive.catalogue.transaction() as tx:
        files.note(tx, [Sighting("x", 1, 1, state, day, None)], at)
        assert days.arrived(tx, DAY, midnight, midnight + ONE_DAY) is expected


# The latest time in custody


def test_the_latest_time_of_the_last_entries(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        assert log.latest(tx) is None
        log.append(tx, [Event("held", "0" * 64, {})], AT + 1000 * ONE_DAY)
        log.append(tx, [Event("held", "0" * 64, {})] * 499, AT)
        assert log.latest(tx) == (AT + 1000 * ONE_DAY).astimezone(UTC)
        log.append(tx, [Event("held", "0" * 64, {})], AT)
        assert log.latest(tx) == AT
