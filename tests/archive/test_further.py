"""What one further mirror owes as things happen, with a store that knows locks."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from archive.catalogue import customers, further_enlisting, further_faults, holds, recordings
from archive.catalogue.further import Further
from archive.fixity import Flaw
from archive.mirror import Drained, Mirror
from archive.mirror_records import Errand, Shown
from archive.object_lock import LockRule
from archive.objects import VERSION_LOCKED, StoreError
from archive.records import Recording
from config.language import Message
from config.settings import Retention
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, MATCHED, ZONE, SmallArchive

A, B = "张三/2026-11-16/a.mp3", "李四/2026-11-16/a.mp3"
DENIED = StoreError(Message.of("store.access_denied", bucket="b", endpoint="e", code="403"))


class Second:
    """A further mirror whose clock stands still unless it is set."""

    def __init__(self, archive: SmallArchive, store: MemoryStore) -> None:
        self.archive, self.store, self.now = archive, store, AT
        self.further = Further("second")

    def compare(self) -> None:
        with self.archive.catalogue.transaction() as tx:
            further_enlisting.enlist(tx, self.further.name, self.now)

    def drain(self) -> Drained:
        self.compare()
        mirror = Mirror(
            self.archive.catalogue,
            self.archive.store,
            self.store,
            2,
            lambda: self.now,
            owing=self.further,
        )
        return mirror.drain(everything=False)

    def owed(self) -> list[str]:
        asked = "SELECT action, key FROM further_object WHERE action IS NOT NULL ORDER BY id"
        with self.archive.catalogue.reading() as tx:
            return [f"{action} {key}" for action, key in tx.exec_driver_sql(asked)]


@pytest.fixture
def second(archive: SmallArchive) -> Second:
    return Second(archive, MemoryStore(locks=True))


def filed(archive: SmallArchive, path: str, contents: bytes = b"a call") -> Recording:
    held = archive.admit(contents, f"2026-11-16/王芳/{path.replace('/', ' ')}")
    customer = archive.customer(path.partition("/")[0], "13800000001")
    return archive.move(archive.rule(held, MATCHED, customer), path)


def hold(archive: SmallArchive, *, on: bool) -> None:
    with archive.catalogue.transaction() as tx:
        (of,) = customers.by_ids(tx, [1])
        if on:
            holds.add(tx, of, "诉讼", "李经理", AT, mirrored=True)
        else:
            holds.release(tx, of, "李经理", AT, mirrored=True)


def test_a_recording_that_moved_before_it_was_sent_has_one_object(
    archive: SmallArchive, second: Second
) -> None:
    recording = archive.admit(b"a call")
    second.compare()
    assert second.owed() == [f"put {recording.path}"]
    archive.move(recording, A)
    assert second.drain().done == 1
    assert list(second.store.objects) == [A]
    assert second.owed() == []


def test_the_old_object_goes_only_once_the_new_one_is_there(
    archive: SmallArchive, second: Second, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = filed(archive, A)
    second.drain()
    archive.move(recording, B)
    with monkeypatch.context() as patch:
        patch.setattr(second.store, "put", _denied)
        patch.setattr(second.store, "copy", _denied)
        assert second.drain().refused == 1
    assert list(second.store.objects) == [A]
    assert second.owed() == [f"remove {A}", f"put {B}"]
    second.now += timedelta(hours=1)
    second.drain()
    assert list(second.store.objects) == [B]
    assert second.owed() == []


def test_a_key_is_free_for_another_recording_once_the_first_ones_object_is_gone(
    archive: SmallArchive, second: Second
) -> None:
    """As when this mirror was away while the first one followed both moves."""
    first = filed(archive, A)
    second.drain()
    archive.mirrored(archive.move(first, B))
    other = filed(archive, A, b"another call")
    second.drain()
    second.drain()
    assert second.store.objects == {B: b"a call", A: b"another call"}
    assert second.owed() == []
    assert archive.again(other).path == A


def test_a_removal_that_was_sent_is_put_again_where_the_recording_came_back(
    archive: SmallArchive, second: Second, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = filed(archive, A)
    second.drain()
    moved = archive.move(recording, B)
    with monkeypatch.context() as patch:
        patch.setattr(second.store, "delete", _denied)
        second.drain()
    second.store.delete(A)  # it was done, and nobody heard of it
    archive.move(moved, A)
    second.now += timedelta(hours=1)
    second.drain()
    assert list(second.store.objects) == [A]
    assert second.owed() == []


def test_legal_holds_follow_in_this_mirror_too(archive: SmallArchive, second: Second) -> None:
    filed(archive, A)
    second.drain()
    hold(archive, on=True)
    second.drain()
    assert second.store.on_hold == {A}
    later = filed(archive, "张三/2026-11-16/later.mp3", b"a later call")
    second.drain()
    assert second.store.on_hold == {A, later.path}
    hold(archive, on=False)
    second.drain()
    assert second.store.on_hold == set()
    assert second.owed() == []


def test_an_object_under_hold_that_moves_is_held_at_its_new_key_first(
    archive: SmallArchive, second: Second
) -> None:
    recording = filed(archive, A)
    hold(archive, on=True)
    second.drain()
    archive.move(recording, "张三/2026-11-16/b.mp3")
    second.drain()
    assert second.store.on_hold == {"张三/2026-11-16/b.mp3"}
    assert list(second.store.objects) == ["张三/2026-11-16/b.mp3"]


def test_a_store_that_knows_no_hold_is_asked_once(archive: SmallArchive) -> None:
    second = Second(archive, MemoryStore())
    filed(archive, A)
    hold(archive, on=True)
    second.drain()
    second.drain()
    assert second.owed() == []


def test_a_hold_that_a_store_refused_is_tried_at_once_when_a_person_says_it_again(
    archive: SmallArchive, second: Second, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(archive, A)
    second.drain()
    hold(archive, on=True)
    with monkeypatch.context() as patch:
        patch.setattr(second.store, "hold", _denied)
        assert second.drain().refused == 1
    second.drain()
    assert second.store.on_hold == set()  # its turn has not come
    hold(archive, on=True)
    second.drain()
    assert second.store.on_hold == {A}
    assert second.owed() == []


def test_each_mirror_owes_by_itself(archive: SmallArchive, second: Second) -> None:
    recording = filed(archive, A)
    third = Further("third")
    with archive.catalogue.transaction() as tx:
        further_enlisting.enlist(tx, third.name, AT)
    second.drain()
    with archive.catalogue.reading() as tx:
        assert (second.further.owed(tx), third.owed(tx)) == (0, 1)
        assert third.knows(tx, A)
        assert third.states(tx, [recording.id])[recording.id].checksum is None
        assert second.further.states(tx, [recording.id])[recording.id].checksum == recording.sha256
    assert archive.owed()  # the first mirror's own


def test_what_keeps_all_from_being_sent_is_said_of_each_errand_that_was_not_tried(
    archive: SmallArchive, second: Second
) -> None:
    recording = filed(archive, A)
    second.compare()
    with archive.catalogue.transaction() as tx:
        second.further.explain_all(tx, DENIED.message)
        assert second.further.states(tx, [recording.id])[recording.id].error == DENIED.message
    second.drain()
    with archive.catalogue.reading() as tx:
        assert second.further.states(tx, [recording.id])[recording.id].error is None


def test_an_outage_in_the_midst_is_said_of_what_it_kept_waiting(
    archive: SmallArchive, second: Second
) -> None:
    recording = filed(archive, A)
    second.store.down = True
    assert second.drain().outage is not None
    with archive.catalogue.reading() as tx:
        state = second.further.states(tx, [recording.id])[recording.id]
    assert state.error is not None
    assert state.error.key == "store.unreachable"
    second.store.down = False
    second.drain()
    assert second.owed() == []


def test_custody_tells_until_when_this_mirror_locked_an_object(
    archive: SmallArchive, second: Second
) -> None:
    filed(archive, A)
    second.compare()
    rule = LockRule("compliance", Retention(5), ZONE)
    Mirror(
        archive.catalogue,
        archive.store,
        second.store,
        2,
        lambda: AT,
        lock_rule=rule,
        owing=second.further,
    ).drain(everything=False)
    with archive.catalogue.reading() as tx:
        asked = "SELECT entry FROM custody"
        told = [json.loads(row[0]) for row in tx.exec_driver_sql(asked)]
    (sent,) = [one for one in told if one["event"] == "mirrored"]
    assert (sent["key"], sent["mirror"]) == (A, "second")
    assert sent["locked_until"].startswith("2031-")


def test_faults_are_asked_for_by_recording(archive: SmallArchive, second: Second) -> None:
    first, other = filed(archive, A), filed(archive, B, b"another call")
    second.drain()
    with archive.catalogue.transaction() as tx:
        for copy in further_faults.after(tx, "second", 0, 10):
            further_faults.found(tx, "second", copy, Flaw.MISSING, AT)
        of = [
            {copy.kept.recording for copy in further_faults.standing(tx, "second", asked)}
            for asked in (None, {first.id}, {other.id})
        ]
        count = further_faults.count(tx, "second")
    assert of == [{first.id, other.id}, {first.id}, {other.id}]
    assert count == 2


def test_what_others_have_under_a_key_is_not_removed_when_the_recording_moves(
    archive: SmallArchive, second: Second
) -> None:
    recording = filed(archive, A)
    second.store.objects[A] = b"somebody else's"
    assert second.drain().refused == 1
    archive.move(recording, B)
    second.drain()
    assert second.store.objects == {A: b"somebody else's", B: b"a call"}
    assert second.owed() == []
    told = "".join(one.entry for one in archive.custody())
    assert '"event":"removed"' not in told


def test_a_hold_that_never_went_out_is_not_lifted_either(
    archive: SmallArchive, second: Second
) -> None:
    """What others set by other means stays."""
    filed(archive, A)
    second.drain()
    second.store.on_hold.add(A)
    hold(archive, on=True)
    second.compare()
    assert second.owed() == [f"hold {A}"]
    hold(archive, on=False)
    second.drain()
    assert second.store.on_hold == {A}
    assert second.owed() == []


def test_what_a_store_did_not_know_is_tried_again_when_the_hold_is_said_again(
    archive: SmallArchive, second: Second
) -> None:
    filed(archive, A)
    hold(archive, on=True)
    second.store.locks = False
    second.drain()
    assert second.store.on_hold == set()
    second.store.locks = True
    second.drain()
    assert second.store.on_hold == set()
    hold(archive, on=True)
    second.drain()
    assert second.store.on_hold == {A}


def test_the_old_object_stays_while_the_new_one_is_known_to_be_bad(
    archive: SmallArchive, second: Second
) -> None:
    recording = filed(archive, A)
    second.drain()
    archive.move(recording, B)
    second.compare()
    with archive.catalogue.transaction() as tx:
        errands = second.further.due(tx, None, 10)
        second.further.send(tx, errands)
    (put,) = errands
    second.store.objects[B] = b"a call"
    with archive.catalogue.transaction() as tx:
        second.further.confirm_all(tx, [(put, Shown())], AT)
        (new,) = [one for one in further_faults.after(tx, "second", 0, 10) if one.kept.path == B]
        further_faults.found(tx, "second", new, Flaw.ALTERED, AT)
    second.drain()
    assert A in second.store.objects


def test_a_name_is_not_given_again_while_this_mirror_has_another_recording_under_it(
    archive: SmallArchive, second: Second
) -> None:
    """Each would wait for the other to leave, and neither could."""
    first, other = filed(archive, A), filed(archive, B, b"another call")
    archive.mirrored(first)
    archive.mirrored(other)
    second.drain()
    archive.mirrored(archive.move(first, "王五/2026-11-16/a.mp3"))
    with archive.catalogue.reading() as tx:
        assert recordings.taken(tx, A, other.id)
        assert not recordings.taken(tx, A, first.id)
        assert not recordings.taken(tx, "赵六/2026-11-16/a.mp3", other.id)
        assert recordings.any_taken(tx, [A, "赵六/2026-11-16/a.mp3"]) == {A}
    second.drain()
    with archive.catalogue.reading() as tx:
        assert not recordings.taken(tx, A, other.id)


def test_a_recordings_own_old_key_in_other_letters_is_no_name_for_it(
    archive: SmallArchive, second: Second
) -> None:
    """In a folder of Windows both keys are one file, which would go with the old one."""
    recording = filed(archive, "ABC/2026-11-16/a.mp3")
    archive.mirrored(recording)
    second.drain()
    archive.mirrored(archive.move(recording, B))
    with archive.catalogue.reading() as tx:
        assert recordings.taken(tx, "Abc/2026-11-16/a.mp3", recording.id)
        assert not recordings.taken(tx, "ABC/2026-11-16/a.mp3", recording.id)
    second.drain()
    with archive.catalogue.reading() as tx:
        assert not recordings.taken(tx, "Abc/2026-11-16/a.mp3", recording.id)


def test_what_was_owed_while_the_clock_was_ahead_waits_for_no_such_time(
    archive: SmallArchive, second: Second
) -> None:
    filed(archive, A)
    second.now += timedelta(days=365)
    second.compare()
    second.now -= timedelta(days=365)
    assert second.drain().done == 1


def _denied(*_: object, **__: object) -> None:
    raise DENIED


def test_what_a_store_keeps_until_its_day_does_not_wait(
    archive: SmallArchive, second: Second
) -> None:
    one = filed(archive, A)
    second.drain()
    archive.move(one, B)
    second.compare()
    kept = Message.of(VERSION_LOCKED, key=A, until="2031-11-16")
    with archive.catalogue.transaction() as tx:
        before = second.further.waiting(tx)
        assert before == second.further.owed(tx) >= 2
        asked = "SELECT id FROM further_object WHERE action = 'remove'"
        id = tx.exec_driver_sql(asked).scalar_one()
        errand = Errand(id, "remove", A, one.id, one.source, one.sha256, one.size, 0)
        second.further.postpone(tx, errand, AT, kept)
        assert second.further.waiting(tx) == before - 1
        assert second.further.refused(tx) == 0
