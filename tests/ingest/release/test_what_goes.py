"""What has two copies is moved or deleted, and custody and the day's report still know it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.release import Released
from tests.ingest.release.releasing import (
    CHEN,
    SOUNDS,
    an_office,
    hand_over,
    in_archive,
    inbox,
    moved,
    releases,
    told,
)
from tests.ingest.small_office import EVENING, SHEET, SmallOffice, sha256, sound, tree
from tests.s3_server import S3Server


def test_by_default_the_inbox_is_only_read(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("keep")
    before = tree(desk.inbox)
    summary = desk.ingest()
    assert summary.released == Released()
    assert tree(desk.inbox) == before
    assert not desk.settings.inbox.released.exists()


def test_recordings_are_moved_once_they_are_mirrored_and_sheets_stay(
    folder: Path, server: S3Server
) -> None:
    desk = an_office(folder / "office", server, "move")
    hand_over(desk)
    before = {source: digest for source, (digest, _) in tree(desk.inbox).items()}
    summary = desk.ingest()
    assert told(summary) == []
    assert summary.counts["released"] == 4
    assert inbox(desk) == {SHEET}
    assert moved(desk) == {one: digest for one, digest in before.items() if one != SHEET}
    assert releases(desk) == sorted((source, "source_moved") for source in SOUNDS)
    assert (desk.inbox / CHEN).parent.is_dir()


def test_recordings_are_deleted_once_they_are_mirrored(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("delete")
    desk.ingest()
    assert inbox(desk) == {SHEET}
    assert releases(desk) == sorted((source, "source_deleted") for source in SOUNDS)
    kept = {digest for digest, _ in desk.kept().values()}
    assert kept == {sha256(content) for content in SOUNDS.values()}


def test_custody_says_where_a_source_went_and_what_was_proven(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("move")
    desk.ingest()
    (entry,) = [
        one for one in desk.custody() if one.get("original_name") == CHEN and "proof" in one
    ]
    digest, path = sha256(SOUNDS[CHEN]), in_archive(desk, CHEN).relative_to(desk.archive).as_posix()
    assert (entry["event"], entry["sha256"]) == ("source_moved", digest)
    assert entry["to"] == str(desk.settings.inbox.released / CHEN)
    assert entry["proof"] == {
        "at": EVENING.isoformat(),
        "archive": {"path": path, "sha256": digest},
        "object": {"key": path, "sha256": digest, "checked": entry["proof"]["object"]["checked"]},
    }


@pytest.mark.parametrize("policy", ["move", "delete"])
def test_the_day_is_reported_as_if_the_sources_were_still_there(
    mirrored: Callable[[str], SmallOffice], policy: str
) -> None:
    desk = mirrored(policy)
    before = desk.report()
    desk.ingest()
    assert inbox(desk) == {SHEET}
    assert desk.report() == before
    again = desk.ingest()
    assert (again.counts["released"], told(again)) == (0, [])
    assert desk.report() == before
    assert desk.ingest().counts["files"] == 1
    (desk.inbox / SHEET).unlink()
    desk.ingest()
    assert desk.report() == before


def test_a_copy_that_is_handed_over_later_goes_too(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("delete")
    desk.ingest()
    desk.drop("later.amr", SOUNDS[CHEN])
    assert desk.ingest().counts["released"] == 1
    assert inbox(desk) == {SHEET}
    assert ("later.amr", "source_deleted") in releases(desk)


def test_what_is_handed_over_again_under_its_old_name_lies_beside_what_was_moved(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("move")
    desk.ingest()
    desk.drop(CHEN, SOUNDS[CHEN])
    desk.ingest()
    stem = CHEN.removesuffix(".amr")
    assert {one for one in moved(desk) if one.startswith(stem)} == {CHEN, f"{stem} (2).amr"}


def test_a_new_recording_under_the_name_of_a_released_one_replaces_nothing(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("move")
    desk.ingest()
    desk.drop(CHEN, sound(7))
    assert desk.ingest().counts["admitted"] == 1
    assert "recording_replaced" not in {code for code, _ in desk.codes()}
    lines = [one["sha256"] for one in desk.report()["recordings"]]
    assert {sha256(SOUNDS[CHEN]), sha256(sound(7))} <= set(lines)
