"""Admission: what is taken into holding, what is put off, what is a duplicate."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from archive.catalogue import files
from archive.catalogue.database import open_catalogue
from archive.catalogue.files import Sighting
from archive.errors import DiskError
from archive.records import FileState
from archive.store import Store
from ingest.inbox import Seen, scan
from ingest.intake import Admitted, Intake, Terms
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    ZONE,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
)

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "15405381202", "094011")
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "15405381202", "9:40")]
TOMORROW = EVENING + timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


@contextmanager
def intake_of(desk: SmallOffice) -> Iterator[Intake]:
    catalogue = open_catalogue(desk.settings.catalogue.url)
    store = Store(desk.archive)
    store.prepare()
    try:
        yield Intake(catalogue, store, Terms(ZONE, (), 1 << 20, mirrored=False))
    finally:
        catalogue.close()


def listed(desk: SmallOffice) -> list[tuple[Seen, datetime]]:
    return [(seen, EVENING) for seen in scan(desk.inbox).files]


def hashes(desk: SmallOffice) -> list[str]:
    return sorted(digest for digest, _ in desk.kept().values())


# Taken in


def test_a_recording_is_copied_into_holding_and_entered_into_custody(desk: SmallOffice) -> None:
    path = desk.drop(CHEN, sound(1))
    before = path.stat()
    with intake_of(desk) as intake:
        assert intake.admit(listed(desk), EVENING) == Admitted(recordings=1)
    (held,) = desk.kept()
    assert held.startswith("_holding/2026-11-16/000001 通话录音@陈建国(15405381201)")
    assert (desk.archive / held).read_bytes() == path.read_bytes() == sound(1)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    (entry,) = desk.custody()
    assert {name: entry[name] for name in ("event", "sha256", "original_name", "collector")} == {
        "event": "admitted",
        "sha256": sha256(sound(1)),
        "original_name": CHEN,
        "collector": "王芳",
    }


def test_hundreds_are_taken_in_batches_and_told_as_they_are_done(desk: SmallOffice) -> None:
    for number in range(258):
        desk.drop(f"2026-11-16/王芳/{number}.amr", sound(0)[: 100 + number])
    told: list[int] = []
    with intake_of(desk) as intake:
        assert intake.admit(listed(desk), EVENING, told.append) == Admitted(recordings=258)
    assert told == [256, 2]
    assert len(desk.kept()) == 258


# Put off


def test_a_file_that_grew_since_it_was_seen_is_put_off_and_taken_whole_later(
    desk: SmallOffice,
) -> None:
    path = desk.drop(CHEN, sound(1)[:5000])
    seen = listed(desk)
    path.write_bytes(sound(1))
    with intake_of(desk) as intake:
        assert intake.admit(seen, EVENING) == Admitted(put_off=1)
    assert desk.kept() == {}
    assert ("recording_waiting", CHEN) in desk.codes()
    desk.ingest(EVENING)
    assert hashes(desk) == [sha256(sound(1))]


def test_a_file_that_changes_while_it_is_read_is_put_off(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.drop(CHEN, sound(1)[:5000])
    real = os.fstat
    opened: list[int] = []

    def growing(descriptor: int) -> os.stat_result:
        """The collector's program writes on just after callvault has opened the file."""
        found = real(descriptor)
        if found.st_size == 5000 and not opened:
            opened.append(descriptor)
            path.write_bytes(sound(1))
        return found

    with intake_of(desk) as intake:
        seen = listed(desk)
        monkeypatch.setattr(os, "fstat", growing)
        assert intake.admit(seen, EVENING) == Admitted(put_off=1)
    assert opened
    assert desk.kept() == {}


def test_a_file_that_vanishes_before_it_is_read_is_told_of(desk: SmallOffice) -> None:
    path = desk.drop(CHEN, sound(1))
    desk.drop(LIU, sound(2))
    seen = listed(desk)
    path.unlink()
    with intake_of(desk) as intake:
        assert intake.admit(seen, EVENING) == Admitted(recordings=1, put_off=1)
    assert hashes(desk) == [sha256(sound(2))]
    (waiting,) = (one for one in desk.report()["recordings"] if one["source"] == CHEN)
    assert waiting["status"] == "waiting"
    assert waiting["reasons"] == [
        "was gone before it could be taken; make sure that it is not lost"
    ]


# Duplicates


@pytest.mark.parametrize(
    "name",
    [
        "通话录音@陈建国(15405381201)_20261116091207 - 副本.amr",
        "通话录音@陈建国(15405381201)_20261116091207(1).amr",
        "通话录音@陈建国(15405381201)_20261116091207 (2).amr",
        "Copy of 通话录音@陈建国(15405381201)_20261116091207.amr",
    ],
)
def test_of_equal_files_the_one_that_is_named_like_a_copy_is_the_duplicate(
    desk: SmallOffice, name: str
) -> None:
    copy = f"2026-11-16/王芳/{name}"
    desk.drop(copy, sound(1))
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet(ROWS[:1]))
    assert desk.ingest().counts["duplicates"] == 1
    assert desk.statuses() == {CHEN: "filed", copy: "duplicate"}
    assert ("duplicate_recording", copy) in desk.codes()
    assert hashes(desk) == [sha256(sound(1))]


def test_equal_files_in_two_folders_are_kept_once_and_both_told(desk: SmallOffice) -> None:
    other = CHEN.replace("王芳", "李强")
    desk.drop(CHEN, sound(1))
    desk.drop(other, sound(1))
    desk.ingest()
    assert sorted(desk.statuses().values()) == ["duplicate", "unmatched"]
    assert hashes(desk) == [sha256(sound(1))]
    assert [entry["event"] for entry in desk.custody()] == ["admitted", "duplicate", "decided"]
    assert {entry["original_name"] for entry in desk.custody()[:2]} == {CHEN, other}


def test_a_copy_handed_over_a_day_later_is_that_days_duplicate(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet(ROWS[:1]))
    desk.ingest()
    before = desk.kept()
    again = CHEN.replace("2026-11-16/", "2026-11-17/")
    desk.drop(again, sound(1))
    desk.ingest(TOMORROW)
    assert desk.kept() == before
    assert desk.statuses(TOMORROW.date()) == {again: "duplicate"}
    (finding,) = (
        one
        for one in desk.report(TOMORROW.date())["findings"]
        if one["code"] == "duplicate_recording"
    )
    assert CHEN in finding["message"]
    assert desk.codes() == [("mirror_off", "")]


# Changed after admission


@pytest.mark.parametrize("rows", [[], ROWS[:1]], ids=["held", "filed"])
def test_a_file_that_changes_after_admission_is_a_second_recording_and_both_are_kept(
    desk: SmallOffice, rows: list[tuple[str, str, str]]
) -> None:
    desk.drop(CHEN, sound(1))
    if rows:
        desk.drop(SHEET, sheet(rows))
    desk.ingest()
    desk.drop(CHEN, sound(2), time(13))
    assert desk.ingest().counts["admitted"] == 1
    assert hashes(desk) == sorted([sha256(sound(1)), sha256(sound(2))])
    assert ("recording_replaced", CHEN) in desk.codes()
    status = "filed" if rows else "unmatched"
    first = f"{CHEN}@{sha256(sound(1))[:8]}"
    assert desk.statuses() == {CHEN: status, first: status}
    before = desk.kept(), desk.rows()
    desk.ingest()
    assert (desk.kept(), desk.rows()) == before


def test_while_a_changed_file_waits_its_former_recording_is_told(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.ingest()
    desk.drop(CHEN, sound(2)[:4000], EVENING.time())
    desk.ingest()
    first = f"{CHEN}@{sha256(sound(1))[:8]}"
    assert desk.statuses() == {CHEN: "waiting", first: "unmatched"}


def test_a_file_that_changes_back_is_its_first_recording_again(desk: SmallOffice) -> None:
    for number, at in ((1, 12), (2, 13), (1, 14)):
        desk.drop(CHEN, sound(number), time(at))
        desk.ingest()
    assert hashes(desk) == sorted([sha256(sound(1)), sha256(sound(2))])
    assert desk.statuses() == {
        CHEN: "unmatched",
        f"{CHEN}@{sha256(sound(2))[:8]}": "unmatched",
    }


def test_a_file_that_is_only_touched_is_neither_new_nor_late(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet(ROWS[:1]))
    desk.ingest()
    before = desk.kept(), desk.custody(), desk.codes()
    desk.drop(CHEN, sound(1), time(13))
    desk.drop(SHEET, sheet(ROWS[:1]), time(13))
    desk.ingest(EVENING + timedelta(hours=5))
    assert (desk.kept(), desk.custody(), desk.codes()) == before


# Cut short


def test_an_admission_cut_after_its_file_had_a_name_is_ended(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop(CHEN, sound(1))
    cut_at_the_last_sync(desk, monkeypatch)
    (held,) = desk.kept()
    desk.ingest()
    assert [path for path in desk.kept() if path == held] == [held]
    assert desk.statuses() == {CHEN: "unmatched"}
    assert [entry["event"] for entry in desk.custody()] == ["admitted", "decided"]


def test_an_admission_cut_while_its_source_was_being_replaced_keeps_both(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop(CHEN, sound(1))
    cut_at_the_last_sync(desk, monkeypatch)
    desk.drop(CHEN, sound(2), time(13))
    desk.ingest()
    assert hashes(desk) == sorted([sha256(sound(1)), sha256(sound(2))])
    assert len(desk.statuses()) == 2


def cut_at_the_last_sync(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails when the published file's folder is to be synced."""
    real = os.fsync

    def failing(descriptor: int) -> None:
        if "_holding/2026-11-16" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(5, "Input/output error")
        real(descriptor)

    with monkeypatch.context() as patched, intake_of(desk) as intake:
        seen = listed(desk)
        patched.setattr(os, "fsync", failing)
        with pytest.raises(DiskError):
            intake.admit(seen, EVENING)


@pytest.mark.parametrize("place", ["unpublished", "published", "the recording's own"])
def test_a_planned_file_whose_bytes_are_known_by_now_is_met_as_a_duplicate(
    desk: SmallOffice, place: str
) -> None:
    desk.drop(CHEN, sound(1))
    desk.ingest()
    (held,) = desk.kept()
    desk.drop(LIU, sound(1))
    seen = next(one for one, _ in listed(desk) if one.source == LIU)
    planned = Sighting(LIU, seen.size, seen.mtime_ns, FileState.PLANNED, DAY, "王芳")
    reserved = held if place == "the recording's own" else f"_holding/{DAY}/000002 planned.amr"
    catalogue = open_catalogue(desk.settings.catalogue.url)
    with catalogue.transaction() as tx:
        (file,) = files.note(tx, [planned], EVENING)
        files.reserve(tx, {file.id: reserved})
    catalogue.close()
    if place == "published":
        (desk.archive / reserved).write_bytes(sound(1))
    desk.ingest()
    assert list(desk.kept()) == [held]
    assert hashes(desk) == [sha256(sound(1))]
    assert desk.statuses() == {CHEN: "unmatched", LIU: "duplicate"}
