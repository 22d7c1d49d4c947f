"""What the catalogue says of a day, for those who report on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from archive.catalogue import days, files, outbox, recordings
from archive.catalogue.days import Attention
from archive.catalogue.files import Sighting
from archive.records import FileState, InboxFile, Recording, SheetState
from config.language import Message
from tests.archive.small_archive import AT, DAY, MATCHED, SmallArchive, row, sheet

YESTERDAY = DAY - timedelta(days=1)
TOMORROW = DAY + timedelta(days=1)


def saw(
    archive: SmallArchive,
    source: str,
    state: FileState,
    *,
    day: date = DAY,
    recording: Recording | None = None,
) -> InboxFile:
    """A file of the inbox whose taking in is over."""
    with archive.catalogue.transaction() as tx:
        (file,) = files.note(tx, [Sighting(source, 1, 1, state, day, None)], AT)
        if recording is not None:
            files.end(tx, file.id, state, recording.id)
    return file


def sources(found: Sequence[InboxFile | Recording]) -> list[str]:
    return [one.source for one in found]


def test_everything_handed_over_for_a_day_is_told_by_source(archive: SmallArchive) -> None:
    held = archive.admit(b"a call", "b.mp3")
    saw(archive, "c.xlsx", FileState.SHEET)
    saw(archive, "b.mp3", FileState.RECORDING, recording=held)
    saw(archive, "a.db", FileState.IGNORED)
    saw(archive, "x.mp3", FileState.REFUSED, day=TOMORROW)
    with archive.catalogue.transaction() as tx:
        found = days.files_of_day(tx, DAY)
        assert sources(found) == ["a.db", "b.mp3", "c.xlsx"]
        assert found[1].recording == held.id
        assert sources(recordings.by_ids(tx, [held.id, 999])) == ["b.mp3"]
        assert recordings.by_ids(tx, []) == []


def test_a_rows_recordings_are_those_filed_under_it_whenever_they_came(
    archive: SmallArchive,
) -> None:
    first, second = archive.enter(sheet(row(5), row(6)))
    customer = archive.customer("张三")
    late = archive.admit(b"late", "late.mp3", day=TOMORROW)
    archive.rule(late, MATCHED, customer, first.id)
    archive.move(archive.again(late), "张三/2026-11-16/late.mp3")
    undone = archive.admit(b"decided, not filed yet", "b.mp3")
    archive.rule(undone, MATCHED, customer, first.id)
    archive.admit(b"nobody's", "c.mp3")
    with archive.catalogue.transaction() as tx:
        assert sources(days.recordings_of_rows(tx, [first.id, second.id])) == ["late.mp3"]
        assert days.recordings_of_rows(tx, [second.id]) == []
        assert days.recordings_of_rows(tx, []) == []


def test_a_recording_whose_file_holds_other_bytes_by_now_is_still_told(
    archive: SmallArchive,
) -> None:
    first = archive.admit(b"the first bytes", "a.mp3")
    saw(archive, "a.mp3", FileState.RECORDING, recording=first)
    with archive.catalogue.transaction() as tx:
        assert days.replaced(tx, DAY) == []
    second = archive.admit(b"the second bytes", "a.mp3")
    saw(archive, "a.mp3", FileState.RECORDING, recording=second)
    with archive.catalogue.transaction() as tx:
        assert [one.id for one in days.replaced(tx, DAY)] == [first.id]
        assert days.replaced(tx, TOMORROW) == []
    saw(archive, "copy.mp3", FileState.DUPLICATE, recording=first)
    with archive.catalogue.transaction() as tx:
        assert [one.id for one in days.replaced(tx, DAY)] == [first.id]


def latest(archive: SmallArchive) -> date | None:
    with archive.catalogue.transaction() as tx:
        return days.latest_day(tx)


def test_the_latest_day_is_that_of_a_recording_or_a_sheet(archive: SmallArchive) -> None:
    assert latest(archive) is None
    for state in (FileState.IGNORED, FileState.WAITING, FileState.REFUSED, FileState.ANSWERS):
        saw(archive, state, state, day=TOMORROW)
    archive.enter(replace(sheet(source="x.xlsx", day=TOMORROW), state=SheetState.ANSWERS))
    assert latest(archive) is None
    saw(archive, "a.mp3", FileState.DUPLICATE, day=YESTERDAY)
    assert latest(archive) == YESTERDAY
    archive.enter(sheet())
    assert latest(archive) == DAY
    saw(archive, "b.mp3", FileState.RECORDING, day=TOMORROW)
    assert latest(archive) == TOMORROW


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (YESTERDAY, TOMORROW, [YESTERDAY, DAY, TOMORROW]),
        (YESTERDAY, YESTERDAY, [YESTERDAY]),
        (date(2020, 1, 1), YESTERDAY - timedelta(days=1), []),
        (TOMORROW, YESTERDAY, []),
    ],
)
def test_a_range_has_the_days_that_files_or_rows_are_of(
    archive: SmallArchive, first: date, last: date, expected: list[date]
) -> None:
    saw(archive, "a.mp3", FileState.RECORDING)
    saw(archive, "b.mp3", FileState.RECORDING)
    archive.enter(sheet(row(5, day=YESTERDAY), row(6), row(7, day=TOMORROW)))
    with archive.catalogue.transaction() as tx:
        assert days.days_between(tx, first, last) == expected


def attention(archive: SmallArchive) -> Attention:
    with archive.catalogue.transaction() as tx:
        return days.attention(tx)


def test_what_waits_for_a_person_is_counted_over_all_days(archive: SmallArchive) -> None:
    assert attention(archive) == Attention(0, 0, 0, 0)
    archive.admit(b"a call", "a.mp3", day=YESTERDAY)
    filed = archive.admit(b"filed", "b.mp3")
    archive.move(filed, "张三/2026-11-16/b.mp3")
    for day, state in ((YESTERDAY, FileState.WAITING), (DAY, FileState.REFUSED)):
        saw(archive, state, state, day=day)
    saw(archive, "junk", FileState.IGNORED)
    archive.enter(replace(sheet(), state=SheetState.UNREADABLE))
    refusal = Message.of("store.access_denied", bucket="b", key="k", code="403")
    with archive.catalogue.transaction() as tx:
        (errand, *_) = outbox.due(tx, None, 10)
        outbox.postpone(tx, errand, AT, refusal)
    assert attention(archive) == Attention(held=1, put_off=2, unreadable=1, refused_by_mirror=1)


def test_who_handed_over_is_told_by_day_and_junk_says_nothing(archive: SmallArchive) -> None:
    sightings = [
        Sighting("1", 1, 1, FileState.SHEET, YESTERDAY, "王芳"),
        Sighting("2", 1, 1, FileState.RECORDING, DAY, "王芳"),
        Sighting("3", 1, 1, FileState.DUPLICATE, DAY, "李娜、王芳"),
        Sighting("4", 1, 1, FileState.IGNORED, DAY, "赵强"),
        Sighting("5", 1, 1, FileState.SHEET, DAY, None),
        Sighting("6", 1, 1, FileState.SHEET, TOMORROW, "周洋"),
    ]
    with archive.catalogue.transaction() as tx:
        files.note(tx, sightings, AT)
        told = days.collectors_between(tx, YESTERDAY, DAY)
        assert told == {YESTERDAY: {"王芳"}, DAY: {"王芳", "李娜"}}


def test_who_handed_over_today_is_told_by_the_day_and_by_when_it_came(
    archive: SmallArchive,
) -> None:
    early, late = AT - timedelta(days=5), AT - timedelta(days=4)
    with archive.catalogue.transaction() as tx:
        files.note(tx, [Sighting("1", 1, 1, FileState.SHEET, DAY, "王芳")], early)
        files.note(tx, [Sighting("2", 1, 1, FileState.SHEET, YESTERDAY, "李娜")], AT)
        files.note(tx, [Sighting("3", 1, 1, FileState.SHEET, YESTERDAY, "赵强")], late)
        hour = timedelta(hours=1)
        assert days.handed_over_by(tx, DAY, AT - hour, AT + hour) == {"王芳", "李娜"}
