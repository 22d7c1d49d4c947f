"""A recording that moves: the mirror is to have it where it lies, and nothing of it elsewhere."""

from __future__ import annotations

import pytest

from archive.catalogue import outbox
from tests.archive.small_archive import SmallArchive

A, B, C = (f"{name}/2026-11-16/a.mp3" for name in ("张三", "李四", "王五"))


def send(archive: SmallArchive) -> None:
    """Sends what is due; the store's answers never come."""
    with archive.catalogue.transaction() as tx:
        outbox.send(tx, outbox.due(tx, None, 10))


def test_what_was_never_sent_need_not_be_removed(archive: SmallArchive) -> None:
    archive.move(archive.admit(b"a call"), A)
    assert archive.owed() == [f"put {A}"]


def test_what_was_sent_is_removed_although_no_answer_came(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    send(archive)
    archive.move(held, A)
    assert archive.owed() == [f"put {A}", f"remove {held.path}"]


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_recording_that_comes_back_keeps_its_object(
    archive: SmallArchive, confirmed: bool
) -> None:
    filed = archive.move(archive.admit(b"a call"), A)
    if confirmed:
        archive.mirrored(filed)
    else:
        send(archive)
    back = archive.move(archive.move(filed, B), A)
    assert archive.owed() == [f"put {A}"]
    archive.mirrored(back)
    assert archive.owed() == []


def test_an_object_that_may_be_there_is_removed_however_often_its_recording_moved(
    archive: SmallArchive,
) -> None:
    filed = archive.move(archive.admit(b"a call"), A)
    send(archive)
    moved = archive.move(archive.move(archive.move(filed, B), A), C)
    assert archive.owed() == [f"put {C}", f"remove {A}"]
    archive.mirrored(moved)
    assert archive.owed() == []


def test_every_object_of_a_recording_that_moved_during_an_outage_is_removed(
    archive: SmallArchive,
) -> None:
    recording = archive.admit(b"a call")
    held = recording.path
    for target in (A, B, C):
        send(archive)
        recording = archive.move(recording, target)
    assert sorted(archive.owed()) == sorted(
        [f"put {C}", f"remove {B}", f"remove {A}", f"remove {held}"]
    )
    archive.mirrored(recording)
    assert archive.owed() == []
    assert archive.mirror_state(recording).checksum == recording.sha256
