"""What the mirror owes: nothing is forgotten, done too early, or left behind in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from archive.catalogue import outbox
from archive.keeping import keep
from archive.records import Errand, Shown
from config.language import Message
from tests.archive.small_archive import AT, SmallArchive

A, B, C = (f"{name}/2026-11-16/a.mp3" for name in ("张三", "李四", "王五"))
NO = Message.of("store.refused", code="AccessDenied")


def due(archive: SmallArchive, now: datetime | None = None, limit: int = 10) -> Sequence[Errand]:
    with archive.catalogue.transaction() as tx:
        return outbox.due(tx, now, limit)


def names(errands: Sequence[Errand]) -> list[str]:
    return [f"{one.action} {one.key}" for one in errands]


def send(archive: SmallArchive) -> None:
    """Sends what is due; the store's answers never come."""
    with archive.catalogue.transaction() as tx:
        outbox.send(tx, outbox.due(tx, None, 10))


def next_at(archive: SmallArchive) -> datetime | None:
    with archive.catalogue.transaction() as tx:
        return outbox.next_at(tx)


def test_an_errand_says_all_that_its_doing_needs(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    (errand,) = due(archive)
    assert (errand.action, errand.key, errand.recording) == ("put", held.path, held.id)
    assert (errand.source, errand.sha256, errand.size) == (held.source, held.sha256, held.size)
    assert errand.attempts == 0
    with archive.catalogue.transaction() as tx:
        assert outbox.owed(tx) == 1


def test_errands_come_oldest_first_and_no_more_than_asked_for(archive: SmallArchive) -> None:
    paths = [archive.admit(bytes([one]), f"{one}.mp3").path for one in range(3)]
    assert names(due(archive, limit=2)) == [f"put {path}" for path in paths[:2]]


def test_what_is_confirmed_is_owed_no_more_and_stands_in_custody(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    assert archive.mirror_state(held).checksum is None
    archive.mirrored(held)
    assert archive.owed() == []
    assert next_at(archive) is None
    state = archive.mirror_state(held)
    assert (state.key, state.checksum) == (held.path, held.sha256)
    last = json.loads(archive.custody()[-1].entry)
    assert (last["event"], last["key"], last["sha256"]) == ("mirrored", held.path, held.sha256)


def test_a_refused_errand_rests_and_says_why(archive: SmallArchive) -> None:
    held, other = archive.admit(b"a call"), archive.admit(b"another", "b.mp3")
    later = AT + timedelta(minutes=1)
    with archive.catalogue.transaction() as tx:
        outbox.postpone(tx, outbox.due(tx, None, 10)[0], later, NO)
    state = archive.mirror_state(held)
    assert (state.checksum, state.refusals, state.error) == (None, 1, NO)
    assert archive.mirror_state(other).refusals == 0
    assert names(due(archive, AT)) == [f"put {other.path}"]
    assert names(due(archive, later)) == [f"put {held.path}", f"put {other.path}"]
    assert [one.attempts for one in due(archive)] == [1, 0]


def test_an_outage_is_explained_and_is_no_refusal(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    down = Message.of("store.unreachable", endpoint="x", code="y")
    with archive.catalogue.transaction() as tx:
        outbox.explain(tx, outbox.due(tx, None, 10)[0], down)
    state = archive.mirror_state(held)
    assert (state.refusals, state.error) == (0, down)
    assert names(due(archive, AT)) == [f"put {held.path}"]


def test_what_is_confirmed_at_once_is_as_if_each_were(archive: SmallArchive) -> None:
    moved = archive.move(archive.mirrored(archive.admit(b"a call")), A)
    left = archive.move(archive.mirrored(archive.admit(b"another", "2.mp3")), B)
    new = archive.admit(b"a third", "3.mp3")
    archive.mirrored(moved)
    keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        outbox.enlist_custody_files(tx, AT)
        first = outbox.due(tx, None, 10)
        outbox.confirm_all(tx, [(one, Shown()) for one in first], AT)
        removal = outbox.due(tx, None, 10)
        outbox.confirm_all(tx, [(one, Shown()) for one in removal], AT)
        outbox.confirm_all(tx, [], AT)
    assert [one.recording for one in first] == [left.id, new.id, None]
    assert [one.action for one in removal] == ["remove"]
    assert archive.owed() == []
    assert archive.mirror_state(left).checksum == left.sha256
    assert archive.mirror_state(new).checksum == new.sha256
    told = [json.loads(entry.entry) for entry in archive.custody()[-3:]]
    assert [one["event"] for one in told] == ["mirrored", "mirrored", "removed"]
    assert [one["sha256"] for one in told] == [left.sha256, new.sha256, left.sha256]


# Moves


def test_an_object_is_removed_only_after_the_new_one_is_confirmed(archive: SmallArchive) -> None:
    held = archive.mirrored(archive.admit(b"a call"))
    moved = archive.move(held, A)
    assert names(due(archive)) == [f"put {A}"]
    assert archive.mirror_state(moved).checksum is None
    with archive.catalogue.transaction() as tx:
        outbox.confirm(tx, outbox.due(tx, None, 10)[0], AT)
    assert names(due(archive)) == [f"remove {held.path}"]
    archive.mirrored(moved)
    assert archive.owed() == []
    assert json.loads(archive.custody()[-1].entry)["event"] == "removed"


def test_an_object_whose_removal_was_sent_is_not_called_confirmed(archive: SmallArchive) -> None:
    """The answer may never come; and the recording may come back to where it lay."""
    held = archive.mirrored(archive.admit(b"one"))
    moved = archive.move(held, "张三/2026-11-16/1.mp3")
    with archive.catalogue.transaction() as tx:
        (put,) = outbox.due(tx, None, 10)
        outbox.send(tx, [put])
        outbox.confirm(tx, put, AT)
        (remove,) = outbox.due(tx, None, 10)
        outbox.send(tx, [remove])
        outbox.postpone(tx, remove, AT, Message.of("store.unreachable"))
    back = archive.move(moved, held.path, filed=False)
    state = archive.mirror_state(back)
    assert (state.key, state.checksum) == (held.path, None)
    assert archive.owed() == [f"put {held.path}", f"remove {moved.path}"]


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


def test_a_removal_waits_until_the_mirror_has_the_custody_files(archive: SmallArchive) -> None:
    """A catalogue made from older ones would ask for the key that is gone."""
    held = archive.mirrored(archive.admit(b"a call"))
    archive.move(held, A)
    keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        outbox.enlist(tx, AT)
        first, paper = outbox.due(tx, None, 10)
        outbox.confirm(tx, first, AT)
        assert names(outbox.due(tx, None, 10)) == [f"put {paper.key}"]
        outbox.confirm(tx, paper, AT)
        assert names(outbox.due(tx, None, 10)) == [f"remove {held.path}"]


# When


def test_the_next_errand_is_the_earliest_one_that_is_possible(archive: SmallArchive) -> None:
    held = archive.mirrored(archive.admit(b"a call"))
    archive.move(held, A)
    later = AT + timedelta(hours=6)
    with archive.catalogue.transaction() as tx:
        (errand,) = outbox.due(tx, None, 10)
        outbox.postpone(tx, errand, later, NO)
    assert next_at(archive) == later  # the removal waits for it, whatever its own time
    found = next_at(archive)
    assert found is not None
    assert found.tzinfo is UTC


# A mirror that is set up later


def test_a_mirror_set_up_later_owes_everything_once(archive: SmallArchive) -> None:
    first = archive.admit(b"a call", mirrored=False)
    filed = archive.move(archive.admit(b"another", "b.mp3", mirrored=False), A, mirrored=False)
    for expected in (2, 0):
        with archive.catalogue.transaction() as tx:
            assert outbox.enlist(tx, AT) == expected
    assert archive.owed() == [f"put {first.path}", f"put {filed.path}"]
    for recording in (first, filed):
        archive.mirrored(recording)
    with archive.catalogue.transaction() as tx:
        assert outbox.enlist(tx, AT) == 0


def test_what_moved_while_no_mirror_was_configured_moves_in_the_mirror_too(
    archive: SmallArchive,
) -> None:
    held = archive.mirrored(archive.admit(b"a call"))
    moved = archive.move(held, A, mirrored=False)
    assert archive.mirror_state(moved).checksum is None
    with archive.catalogue.transaction() as tx:
        assert outbox.enlist(tx, AT) == 2
        assert outbox.enlist(tx, AT) == 0
    assert archive.owed() == [f"put {A}", f"remove {held.path}"]
    archive.mirrored(moved)
    assert archive.owed() == []
    assert archive.mirror_state(moved).checksum == moved.sha256


def test_nothing_asked_for_is_nothing_told(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        assert outbox.states(tx, []) == {}
        assert outbox.due(tx, None, 10) == []
        assert outbox.owed(tx) == 0


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
        outbox.enlist(tx, AT)
        assert outbox.enlist(tx, AT) == 0
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
        outbox.enlist(tx, AT)
        assert outbox.enlist(tx, AT) == 0
    archive.mirrored(back)
    assert archive.owed() == []
    assert archive.mirror_state(back).checksum == back.sha256
