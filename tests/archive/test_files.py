"""What the catalogue remembers of the inbox's files, and which days it wants matched again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from archive.catalogue import days, files
from archive.catalogue.files import Sighting
from archive.records import FileState, InboxFile
from config.language import Message
from tests.archive.small_archive import AT, DAY, SmallArchive

SIGHTING = Sighting("2026-11-16/王芳/a.mp3", 100, 12345678901234567, FileState.PLANNED, DAY, "王芳")
LATER = AT + timedelta(hours=1)


def note(archive: SmallArchive, *sightings: Sighting, again: bool = False) -> Sequence[InboxFile]:
    with archive.catalogue.transaction() as tx:
        return files.note(tx, sightings, LATER if again else AT)


def end(
    archive: SmallArchive, file: InboxFile, state: FileState, recording: int | None = None
) -> None:
    with archive.catalogue.transaction() as tx:
        files.end(tx, file.id, state, recording)


def by_source(archive: SmallArchive) -> Sequence[InboxFile]:
    with archive.catalogue.transaction() as tx:
        return days.files_of_day(tx, DAY)


def test_a_file_is_remembered_with_what_was_seen(archive: SmallArchive) -> None:
    reason = Message.of("archive.source_large", megabytes=3, limit=1)
    refused = replace(
        SIGHTING, source="b.mp3", state=FileState.REFUSED, collector=None, reason=reason
    )
    first, second = note(archive, SIGHTING, refused)
    assert first.source == SIGHTING.source
    assert (first.size, first.mtime_ns) == (100, 12345678901234567)
    assert (first.day, first.collector, first.arrived_at) == (DAY, "王芳", AT)
    assert (first.reason, first.path, first.recording) == (None, None, None)
    assert (second.collector, second.reason) == (None, reason)
    with archive.catalogue.transaction() as tx:
        assert files.known(tx) == {
            SIGHTING.source: (100, 12345678901234567, FileState.PLANNED),
            "b.mp3": (100, 12345678901234567, FileState.REFUSED),
        }


def test_a_file_still_being_written_keeps_the_time_it_was_first_seen(archive: SmallArchive) -> None:
    (waiting,) = note(archive, replace(SIGHTING, state=FileState.WAITING))
    (taken,) = note(archive, replace(SIGHTING, size=200), again=True)
    assert (taken.id, taken.arrived_at, taken.size) == (waiting.id, AT, 200)


def test_a_recording_whose_bytes_changed_came_when_they_did(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    for state in (FileState.RECORDING, FileState.DUPLICATE):
        (file,) = note(archive, replace(SIGHTING, source=state))
        end(archive, file, state, held.id)
        (changed,) = note(archive, replace(SIGHTING, source=state, size=200), again=True)
        assert (changed.id, changed.arrived_at) == (file.id, LATER)
        assert changed.state is FileState.PLANNED


def test_a_planned_file_knows_where_it_is_going_until_its_admission_ends(
    archive: SmallArchive,
) -> None:
    held = archive.admit(b"a call")
    first, second = note(archive, SIGHTING, replace(SIGHTING, source="b.mp3"))
    with archive.catalogue.transaction() as tx:
        files.reserve(tx, {first.id: "_holding/2026-11-16/1 a.mp3"})
        assert [(one.source, one.path) for one in files.planned(tx)] == [
            (SIGHTING.source, "_holding/2026-11-16/1 a.mp3"),
            ("b.mp3", None),
        ]
        files.end(tx, first.id, FileState.RECORDING, held.id)
        files.end(
            tx,
            second.id,
            FileState.DUPLICATE,
            held.id,
            Message.of("ingest.duplicate_of", first="a"),
        )
        assert files.planned(tx) == []
    first, second = by_source(archive)
    assert (first.state, first.path, first.recording) == (FileState.RECORDING, None, held.id)
    assert second.state is FileState.DUPLICATE
    assert second.reason == Message.of("ingest.duplicate_of", first="a")


def test_bytes_that_came_before_keep_the_time_they_came(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    (file,) = note(archive, SIGHTING, again=True)
    with archive.catalogue.transaction() as tx:
        files.end(tx, file.id, FileState.RECORDING, held.id, arrived_at=AT)
    assert [one.arrived_at for one in by_source(archive)] == [AT]


def test_a_file_seen_anew_is_no_longer_tied_to_the_recording_it_was(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    (file,) = note(archive, SIGHTING)
    end(archive, file, FileState.RECORDING, held.id)
    (changed,) = note(archive, replace(SIGHTING, size=200, state=FileState.WAITING))
    assert changed.recording is None


def test_a_forgotten_file_is_met_as_new(archive: SmallArchive) -> None:
    first, _ = note(archive, SIGHTING, replace(SIGHTING, source="b.mp3"))
    with archive.catalogue.transaction() as tx:
        files.forget(tx, first.id)
        assert list(files.known(tx)) == ["b.mp3"]
        files.let_go(tx, ["b.mp3", "never seen.mp3"])
        assert files.known(tx) == {}


def test_a_day_is_open_until_it_is_closed_however_often_it_was_opened(
    archive: SmallArchive,
) -> None:
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    with archive.catalogue.transaction() as tx:
        assert files.open_days(tx) == frozenset()
        files.reopen(tx, [DAY, before, DAY])
        files.reopen(tx, [DAY, after])
        files.reopen(tx, [DAY])
        files.reopen(tx, [])
        assert files.open_days(tx) == {before, DAY, after}
        files.close(tx, [DAY, after, after + timedelta(days=1)])
        assert files.open_days(tx) == {before}
        files.close(tx, [])
        assert files.open_days(tx) == {before}


def test_files_that_were_seen_and_not_taken_are_counted(archive: SmallArchive) -> None:
    waiting = replace(SIGHTING, state=FileState.WAITING)
    note(archive, SIGHTING, replace(waiting, source="b.mp3"), replace(waiting, source="c.mp3"))
    with archive.catalogue.transaction() as tx:
        assert files.untaken(tx) == 2
