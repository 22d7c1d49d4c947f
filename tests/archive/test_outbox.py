"""What the mirror owes: nothing is forgotten, done too early, or left behind in the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from archive.catalogue import outbox, outbox_enlisting
from archive.keeping import keep
from archive.mirror_records import Errand, Shown
from config.language import Message
from tests.archive.small_archive import AT, SmallArchive

A, B = (f"{name}/2026-11-16/a.mp3" for name in ("张三", "李四"))
NO = Message.of("store.refused", code="AccessDenied")


def due(archive: SmallArchive, now: datetime | None = None, limit: int = 10) -> Sequence[Errand]:
    with archive.catalogue.transaction() as tx:
        return outbox.due(tx, now, limit)


def names(errands: Sequence[Errand]) -> list[str]:
    return [f"{one.action} {one.key}" for one in errands]


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
        outbox_enlisting.enlist_custody_files(tx, AT)
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


def test_a_removal_waits_until_the_mirror_has_the_custody_files(archive: SmallArchive) -> None:
    """A catalogue made from older ones would ask for the key that is gone."""
    held = archive.mirrored(archive.admit(b"a call"))
    archive.move(held, A)
    keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
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


def test_nothing_asked_for_is_nothing_told(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        assert outbox.states(tx, []) == {}
        assert outbox.due(tx, None, 10) == []
        assert outbox.owed(tx) == 0
