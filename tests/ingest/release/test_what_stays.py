"""Without two copies of its very bytes, or in a place that cannot be changed, a source stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest import release as release_module
from ingest.release import Released
from ingest.session import open_session
from tests.ingest.release.releasing import (
    ANOTHER,
    CHEN,
    COPY,
    LIU,
    PRIVATE,
    SET,
    SOUNDS,
    in_archive,
    inbox,
    moved,
    object_of,
    releases,
    that,
    told,
)
from tests.ingest.small_office import SHEET, SmallOffice


def nothing(_desk: SmallOffice) -> None:
    """All is as it was."""


def lose_archive_copy(desk: SmallOffice) -> None:
    in_archive(desk, CHEN).unlink()


def alter_archive_copy(desk: SmallOffice) -> None:
    path = in_archive(desk, CHEN)
    path.chmod(0o600)
    path.write_bytes(ANOTHER)


def lose_object(desk: SmallOffice) -> None:
    object_of(desk, CHEN).unlink()


def alter_object(desk: SmallOffice) -> None:
    object_of(desk, CHEN).write_bytes(ANOTHER)


def alter_source_quietly(desk: SmallOffice) -> None:
    """Size and time stay as they were."""
    desk.drop(CHEN, ANOTHER)


@pytest.mark.parametrize("policy", ["move", "delete"])
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (nothing, None),
        (lose_archive_copy, "archive_missing"),
        (alter_archive_copy, "archive_differs"),
        (lose_object, "object_missing"),
        (alter_object, "object_differs"),
        (alter_source_quietly, "source_differs"),
    ],
)
def test_without_two_copies_of_its_very_bytes_a_source_stays(
    mirrored: Callable[[str], SmallOffice],
    harm: Callable[[SmallOffice], None],
    said: str | None,
    policy: str,
) -> None:
    desk = mirrored(policy)
    harm(desk)
    summary = desk.ingest()
    assert told(summary) == ([f"release.{said}"] if said else [])
    assert inbox(desk) == ({SHEET, CHEN} if said else {SHEET})
    assert CHEN not in dict(releases(desk)) or said is None
    assert summary.needs_a_person == (said is not None or summary.counts["held"] > 0)


def test_a_source_that_changed_is_another_file_and_stays(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    """It is taken in by a pass of its own; here only the release has a look."""
    desk = mirrored("delete")
    path = desk.inbox / CHEN
    path.write_bytes(SOUNDS[CHEN] + b"more")
    with open_session(desk.settings) as session:
        assert session.release(SET.now).sources == 3
    assert inbox(desk) == {SHEET, CHEN}


def make_link(path: Path) -> None:
    aside = path.with_name("aside.amr")
    path.rename(aside)
    path.symlink_to(aside)


def make_second_name(path: Path) -> None:
    os.link(path, path.with_name("second.amr"))


def make_another_file(path: Path) -> None:
    """With the size and the time of the one that was taken in."""
    before = path.stat()
    path.unlink()
    path.write_bytes(ANOTHER)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("swap", [make_link, make_second_name, make_another_file])
@pytest.mark.parametrize("policy", ["move", "delete"])
@pytest.mark.parametrize("late", [False, True])
def test_a_source_that_became_another_file_meanwhile_stays(
    mirrored: Callable[[str], SmallOffice],
    monkeypatch: pytest.MonkeyPatch,
    swap: Callable[[Path], None],
    policy: str,
    late: bool,
) -> None:
    """Swapped after the scan, or at the last moment, when it is written down already."""
    desk = mirrored(policy)
    path = desk.inbox / CHEN
    place = "_carry_out" if late else "prove"
    original: Callable[..., Any] = getattr(release_module, place)
    done: list[bool] = []

    def swapping(*arguments: Any) -> Any:
        mine = arguments[0].source if late else arguments[2].source
        if mine == CHEN and not done:
            done.append(True)
            swap(path)
        return original(*arguments)

    monkeypatch.setattr(release_module, place, swapping)
    with open_session(desk.settings) as session:
        released = session.release(SET.now)
    assert done
    assert released.sources == 3
    assert path.is_symlink() or path.exists()
    # A new file may be given an old one's number; then its bytes tell.
    said = {"release.source_differs", "release.changed_meanwhile"}
    (problem,) = released.problems
    assert problem.key in said
    events = [event for name, event in releases(desk) if name == CHEN]
    written = "source_moved" if policy == "move" else "source_deleted"
    assert events == (sorted(["source_kept", written]) if late else [])
    (row,) = [one for one in desk.rows()["recording"] if CHEN in one]
    assert not {"moved", "deleted"} & set(row)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_source_that_the_archive_leads_back_to_is_no_second_copy(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    """A customer's folder was replaced by a link to where the collector's own file lies."""
    desk = mirrored("keep")
    path = in_archive(desk, CHEN)
    source = f"copies/{path.name}"
    desk.drop(source, SOUNDS[CHEN])
    desk.ingest()
    shutil.rmtree(path.parent)
    path.parent.symlink_to((desk.inbox / source).parent)
    summary = that("delete", desk).ingest()
    assert told(summary) == ["release.source_is_archive"]
    assert inbox(desk) == {SHEET, source}


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root and Windows write into every folder"
)
def test_a_source_in_a_folder_that_cannot_be_changed_stays_and_custody_is_silent(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("delete")
    folder = (desk.inbox / CHEN).parent
    folder.chmod(0o500)
    try:
        summary = desk.ingest()
    finally:
        folder.chmod(0o700)
    assert told(summary) == ["release.in_the_way"]
    assert inbox(desk) == {SHEET, CHEN, LIU, PRIVATE}
    assert releases(desk) == [(COPY, "source_deleted")]
    assert desk.ingest().counts["released"] == 3


def test_a_source_that_cannot_be_removed_is_kept_and_custody_says_so(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a program opens it at the last moment; it is not tried again and again."""
    desk = mirrored("delete")

    remove = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == desk.inbox / CHEN:
            raise PermissionError(13, "in use")
        remove(path, missing_ok)

    with open_session(desk.settings) as session:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", refuse)
            first = session.release(SET.now)
            second = session.release(SET.now)
        assert session.release(SET.now) == Released()
    assert (first.sources, [one.key for one in first.problems]) == (3, ["release.in_the_way"])
    assert second == Released()
    events = [event for name, event in releases(desk) if name == CHEN]
    assert events == ["source_deleted", "source_kept"]
    assert inbox(desk) == {SHEET, CHEN}
    assert desk.ingest().counts["released"] == 1  # after a restart


def test_nothing_is_moved_to_another_volume(
    mirrored: Callable[[str], SmallOffice], tmp_path: Path
) -> None:
    desk = mirrored("move")
    if desk.folder.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second volume")
    changed = replace(desk.settings.inbox, released=tmp_path / "released")
    other = replace(desk, settings=replace(desk.settings, inbox=changed))
    assert told(other.ingest()) == ["release.other_volume"]
    assert moved(other) == {}
    assert inbox(desk) == {SHEET, *SOUNDS}
    assert releases(desk) == []


def test_a_folder_that_cannot_be_made_is_told(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("move")
    desk.settings.inbox.released.write_bytes(b"no folder")
    assert told(desk.ingest()) == ["release.no_folder"]
    assert inbox(desk) == {SHEET, *SOUNDS}
