"""What happened while no mirror was configured is owed once there is one."""

from __future__ import annotations

import pytest

from archive.catalogue import outbox, outbox_enlisting
from tests.archive.small_archive import AT, SmallArchive

A = "张三/2026-11-16/a.mp3"


def test_a_mirror_set_up_later_owes_everything_once(archive: SmallArchive) -> None:
    first = archive.admit(b"a call", mirrored=False)
    filed = archive.move(archive.admit(b"another", "b.mp3", mirrored=False), A, mirrored=False)
    for expected in (2, 0):
        with archive.catalogue.transaction() as tx:
            assert outbox_enlisting.enlist(tx, AT) == expected
    assert archive.owed() == [f"put {first.path}", f"put {filed.path}"]
    for recording in (first, filed):
        archive.mirrored(recording)
    with archive.catalogue.transaction() as tx:
        assert outbox_enlisting.enlist(tx, AT) == 0


def test_what_moved_while_no_mirror_was_configured_moves_in_the_mirror_too(
    archive: SmallArchive,
) -> None:
    held = archive.mirrored(archive.admit(b"a call"))
    moved = archive.move(held, A, mirrored=False)
    assert archive.mirror_state(moved).checksum is None
    with archive.catalogue.transaction() as tx:
        assert outbox_enlisting.enlist(tx, AT) == 2
        assert outbox_enlisting.enlist(tx, AT) == 0
    assert archive.owed() == [f"put {A}", f"remove {held.path}"]
    archive.mirrored(moved)
    assert archive.owed() == []
    assert archive.mirror_state(moved).checksum == moved.sha256


@pytest.mark.parametrize("sent", [True, False])
def test_what_was_owed_of_the_place_that_a_recording_left_meanwhile_is_owed_no_more(
    archive: SmallArchive, *, sent: bool
) -> None:
    """Its file is gone from there, so nobody could send it; what was sent may be there."""
    held = archive.admit(b"a call")
    if sent:
        with archive.catalogue.transaction() as tx:
            outbox.send(tx, outbox.due(tx, None, 10))
    moved = archive.move(held, A, mirrored=False)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
        assert outbox_enlisting.enlist(tx, AT) == 0
    assert sorted(archive.owed()) == [f"put {A}"] + ([f"remove {held.path}"] if sent else [])
    archive.mirrored(moved)
    assert archive.owed() == []


@pytest.mark.parametrize("sent", [True, False])
def test_what_came_back_meanwhile_to_where_it_was_to_be_removed_is_owed_there(
    archive: SmallArchive, *, sent: bool
) -> None:
    held = archive.mirrored(archive.admit(b"a call"))
    moved = archive.move(held, A)
    if sent:
        with archive.catalogue.transaction() as tx:
            (put,) = outbox.due(tx, None, 10)
            outbox.confirm(tx, put, AT)
            outbox.send(tx, outbox.due(tx, None, 10))
    back = archive.move(moved, held.path, filed=False, mirrored=False)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
        assert outbox_enlisting.enlist(tx, AT) == 0
    archive.mirrored(back)
    assert archive.owed() == []
    assert archive.mirror_state(back).checksum == back.sha256
