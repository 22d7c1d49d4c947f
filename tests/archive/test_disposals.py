"""Orders to dispose of recordings: what they owe, when the file may go, what takes them back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalogue import (
    customers,
    disposals,
    faults,
    files,
    further_enlisting,
    holds,
    kept,
    log,
    outbox,
    outbox_enlisting,
    recordings,
)
from archive.catalogue.further import Further
from archive.custody import Event
from archive.disposing import Disposing
from archive.errors import DiskError
from archive.fixity import Flaw, Kept, Level, Place, Slice
from archive.keeping import keep
from archive.layout import CUSTODY
from archive.mirror import Mirror
from archive.object_lock import LockRule
from archive.objects import StoredObject, StoreError
from archive.places import InArchive
from archive.records import Recording
from archive.said_records import Disposal
from archive.store import Store
from archive.verify import Verifying
from config.language import Message
from config.settings import Retention
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, MATCHED, ZONE, SmallArchive

SAID = Disposal("保存期满", "李经理", AT, {"kind": "years", "years": 5}, "0" * 64)
A, B = "张三/2026-11-16/a.mp3", "张三/2026-11-16/b.mp3"


def filed(archive: SmallArchive, path: str = A, *, mirrored: bool = True) -> Recording:
    held = archive.admit(path.encode(), f"2026-11-16/王芳/{path.replace('/', ' ')}")
    if mirrored:
        archive.mirrored(held)
    customer = archive.customer("张三", "13800000001")
    one = archive.move(archive.rule(held, MATCHED, customer), path)
    return archive.mirrored(one) if mirrored else one


def order(
    archive: SmallArchive, *some: Recording, mirrored: bool = True, told: bool = True
) -> None:
    with archive.catalogue.transaction() as tx:
        of = {one.id: SAID for one in some}
        disposals.order(tx, list(some), of, AT, mirrored=mirrored)
    if told:
        keep(archive.catalogue, archive.store, AT)


def enlist(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
        outbox_enlisting.enlist_custody_files(tx, AT)


def drain(archive: SmallArchive, store: MemoryStore, rule: LockRule | None = None) -> None:
    mirror = Mirror(archive.catalogue, archive.store, store, 2, lambda: AT, lock_rule=rule)
    mirror.drain(everything=True)


def disposing(archive: SmallArchive, *others: str, first: bool = True) -> Disposing:
    now = lambda: AT  # noqa: E731 - a clock
    return Disposing(archive.catalogue, archive.store, now, others, first=first)


def dispose(archive: SmallArchive, *others: str, first: bool = True) -> int:
    return disposing(archive, *others, first=first).run()


def hold(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        (of,) = customers.by_ids(tx, [1])
        holds.add(tx, of, "诉讼", "李经理", AT, mirrored=True)


def events(archive: SmallArchive, event: str) -> list[dict[str, object]]:
    said = [json.loads(one.entry) for one in archive.custody()]
    return [one for one in said if one["event"] == event]


# What must not be ordered


def test_what_is_held_moving_bound_or_leaving_already_is_not_ordered(archive: SmallArchive) -> None:
    in_holding = archive.admit(b"held")
    moving = filed(archive)
    with archive.catalogue.transaction() as tx:
        recordings.aim(tx, moving.id, B)
    leaving = filed(archive, "张三/2026-11-16/c.mp3")
    order(archive, leaving)
    for one in (in_holding, archive.again(moving), archive.again(leaving)):
        with pytest.raises(ValueError, match="must not be disposed of"):
            order(archive, one)
    free = filed(archive, "张三/2026-11-16/d.mp3")
    hold(archive)
    with pytest.raises(ValueError, match="must not be disposed of"):
        order(archive, free)


# What the mirror owes


def test_every_key_that_it_ever_had_is_removed(archive: SmallArchive) -> None:
    """Where a store keeps versions, its bytes lie under its former keys, too."""
    one = filed(archive)
    order(archive, one)
    held = f"_holding/2026-11-16/{one.sha256[:6]} {one.source.rpartition('/')[2]}"
    assert archive.owed() == [f"remove {held}", f"remove {A}"]


def test_a_former_key_where_another_lies_now_is_left_alone(archive: SmallArchive) -> None:
    one = filed(archive)
    moved = archive.mirrored(archive.move(one, B))
    other = filed(archive, A.replace("a.mp3", "c.mp3"))
    there = archive.move(other, A, mirrored=False)
    order(archive, moved)
    assert f"remove {A}" not in archive.owed()
    assert f"remove {B}" in archive.owed()
    assert archive.again(there).disposal is None


@pytest.mark.parametrize("keeps_checksums", [True, False])
def test_what_others_have_under_a_key_by_now_is_left_there(
    archive: SmallArchive, *, keeps_checksums: bool
) -> None:
    store, one = MemoryStore(keeps_checksums=keeps_checksums), filed(archive)
    order(archive, one)
    (held, _) = (said.removeprefix("remove ") for said in archive.owed())
    theirs = bytes(one.size)
    store.objects = {held: theirs, A: A.encode()}
    drain(archive, store)
    assert store.objects == {held: theirs}
    assert archive.owed() == [f"remove {held}"]
    assert dispose(archive) == 0  # and a person is told why
    store.objects.clear()
    drain(archive, store)
    assert dispose(archive) == 1


def test_what_was_never_sent_is_no_more_owed(archive: SmallArchive) -> None:
    one = filed(archive, mirrored=False)
    assert archive.owed() == [f"put {A}"]
    order(archive, one)
    assert archive.owed() == []
    assert dispose(archive) == 1


def test_nothing_is_removed_before_a_custody_file_tells_of_the_order(archive: SmallArchive) -> None:
    store, one = MemoryStore(), filed(archive, mirrored=False)
    drain(archive, store)
    order(archive, one, told=False)
    drain(archive, store)
    assert A in store.objects
    keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist_custody_files(tx, AT)
    drain(archive, store)
    assert A not in store.objects


def test_what_is_enlisted_later_follows_the_order(archive: SmallArchive) -> None:
    """It was ordered while no mirror was set up."""
    store, one = MemoryStore(), filed(archive, mirrored=False)
    drain(archive, store)
    waiting = filed(archive, B, mirrored=False)
    order(archive, one, waiting, mirrored=False)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    owed = [one for one in archive.owed() if "custody" not in one]
    assert owed == [f"remove {A}"]
    drain(archive, store)
    assert [key for key in store.objects if not key.startswith(".")] == []


class Guarded(MemoryStore):
    """Whose first custody file may not be looked at."""

    def look(self, key: str) -> StoredObject | None:
        if key == min(one for one in self.objects if one.startswith(f"{CUSTODY}/")):
            raise StoreError(Message.of("store.access_denied", key=key))
        return super().look(key)


def test_nothing_is_removed_from_a_store_that_does_not_tell_whether_it_is_the_one(
    archive: SmallArchive,
) -> None:
    store = MemoryStore()
    one = filed(archive, mirrored=False)
    enlist(archive)
    drain(archive, store)
    keep(archive.catalogue, archive.store, AT)
    enlist(archive)
    drain(archive, store)
    order(archive, one)
    enlist(archive)
    closed = Guarded()
    closed.objects = store.objects
    drain(archive, closed)
    assert A in store.objects
    drain(archive, store)
    assert A not in store.objects


def test_an_upload_that_was_on_its_way_when_the_order_came_is_removed_too(
    archive: SmallArchive,
) -> None:
    store, one = MemoryStore(), filed(archive, mirrored=False)
    with archive.catalogue.transaction() as tx:
        (errand,) = outbox.due(tx, AT, 10)
        outbox.send(tx, [errand])
    order(archive, one)
    with archive.catalogue.transaction() as tx:
        tx.exec_driver_sql("DELETE FROM outbox")  # the upload's errand had its number
        outbox.confirm(tx, errand, AT)
    assert dispose(archive) == 0
    assert archive.owed() == [f"remove {A}"]
    drain(archive, store)
    assert dispose(archive) == 1


def test_a_further_mirror_removes_what_it_has_and_had(archive: SmallArchive) -> None:
    second, one = Further("second"), filed(archive, mirrored=False)
    other = filed(archive, B, mirrored=False)
    with archive.catalogue.transaction() as tx:
        former = [
            Event("mirrored", one.sha256, {"key": key, "mirror": "second"})
            for key in ("_holding/x", "_holding/x", A, B)
        ]
        log.append(tx, former, AT)
        further_enlisting.enlist(tx, second.name, AT)
        owed = second.due(tx, None, 10)
        second.send(tx, owed)
    order(archive, one)
    with archive.catalogue.transaction() as tx:
        further_enlisting.enlist(tx, second.name, AT)
        found = tx.exec_driver_sql("SELECT action, key FROM further_object ORDER BY key").all()
        owed = [one for one in second.due(tx, None, 10) if one.action == "remove"]
        assert all(one.disposed for one in owed)
    told = {key: action for action, key in found if not key.startswith(".")}
    assert told == {"_holding/x": "remove", A: "remove", B: "put"}
    assert dispose(archive, "second") == 0
    assert dispose(archive) == 1  # it is listed no more
    assert archive.again(other).disposal is None


def test_former_keys_that_all_have_somebody_owe_nothing(archive: SmallArchive) -> None:
    one, other = filed(archive), filed(archive, B)
    with archive.catalogue.transaction() as tx:
        further_enlisting.leave(tx, "second", one, [other.path], AT)
        assert Further("second").owed(tx) == 0


# When the file goes


def test_the_file_waits_for_the_mirror_and_goes_then(archive: SmallArchive) -> None:
    store, one = MemoryStore(), filed(archive, mirrored=False)
    drain(archive, store)
    order(archive, one)
    assert dispose(archive) == 0
    assert archive.store.exists(A)
    drain(archive, store)
    assert dispose(archive) == 1
    assert not archive.store.path("张三").exists()
    assert archive.again(one).disposal == "disposed"
    assert [one["file"] for one in events(archive, "disposed")] == ["removed"]
    assert dispose(archive) == 0


def test_what_a_store_keeps_until_its_day_keeps_no_file(archive: SmallArchive) -> None:
    store, one = MemoryStore(locks=True), filed(archive, mirrored=False)
    drain(archive, store, LockRule("compliance", Retention(5), ZONE))
    order(archive, one)
    drain(archive, store)
    assert f"remove {A}" in archive.owed()
    with archive.catalogue.reading() as tx:
        papers = len([one for one in archive.owed() if one.startswith("put")])
        assert (outbox.owed(tx), outbox.waiting(tx)) == (papers + 1, papers)
    assert dispose(archive) == 1
    store.locked.clear()
    keep(archive.catalogue, archive.store, AT)
    drain(archive, store)
    assert f"remove {A}" not in archive.owed()


def test_a_fault_of_it_is_one_no_more(archive: SmallArchive) -> None:
    one = filed(archive, mirrored=False)
    with archive.catalogue.transaction() as tx:
        (copy,) = kept.by_ids(tx, [one.id])
        faults.found(tx, copy, Place.ARCHIVE, Flaw.MISSING, AT)
    order(archive, one)
    archive.store.path(A).unlink()
    assert dispose(archive) == 1
    assert events(archive, "disposed")[0]["file"] == "absent"
    with archive.catalogue.reading() as tx:
        assert faults.standing(tx) == []


@pytest.mark.parametrize("there", ["file", "folder", "changed"])
def test_what_else_lies_there_is_put_aside(archive: SmallArchive, there: str) -> None:
    one = filed(archive, mirrored=False)
    order(archive, one)
    path = archive.store.path(A)
    if there == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(b"something else")
    assert dispose(archive) == 1
    (told,) = events(archive, "disposed")
    assert told["file"] == "altered"
    assert archive.store.path(str(told["aside"])).exists()


def test_a_folder_that_became_a_file_has_it_absent(archive: SmallArchive) -> None:
    one = filed(archive, mirrored=False)
    order(archive, one)
    archive.store.path(A).unlink()
    archive.store.path(A).parent.rmdir()
    archive.store.path(A).parent.write_bytes(b"a file")
    assert dispose(archive) == 1
    assert events(archive, "disposed")[0]["file"] == "absent"


class Stuck(Store):
    """A disk on which some files can be looked at, and not read or removed, as on Windows."""

    unreadable: frozenset[str] = frozenset()
    unremovable: frozenset[str] = frozenset()
    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def read_sha256(self, relative: str) -> tuple[str, int]:
        if relative in self.unreadable:
            raise DiskError(_said())
        found = super().read_sha256(relative)
        self.meanwhile()
        return found

    def remove(self, relative: str) -> None:
        if relative in self.unremovable:
            raise DiskError(_said())
        super().remove(relative)


def _said() -> Message:
    return Message.of("archive.no_permission", path="archive", error="in use")


@pytest.fixture
def stuck(archive: SmallArchive) -> SmallArchive:
    return replace(archive, store=Stuck(archive.store.root))


def test_a_file_that_is_in_use_waits_and_keeps_nobody_up(stuck: SmallArchive) -> None:
    some = [filed(stuck, f"张三/2026-11-16/{name}.mp3", mirrored=False) for name in "abc"]
    order(stuck, *some)
    assert isinstance(stuck.store, Stuck)
    stuck.store.unreadable = frozenset({some[0].path})
    stuck.store.unremovable = frozenset({some[1].path})
    assert dispose(stuck) == 1
    assert [stuck.again(one).disposal for one in some] == ["ordered", "ordered", "disposed"]
    stuck.store.unreadable = stuck.store.unremovable = frozenset()
    assert dispose(stuck) == 2


def test_an_archive_whose_disk_is_away_has_nothing_absent(
    archive: SmallArchive, tmp_path: Path
) -> None:
    """The catalogue may lie on another one. A path that a disk does not have looks like none."""
    root, away = archive.store.root, tmp_path / "away"
    elsewhere = replace(archive, store=Stuck(root))
    one = filed(elsewhere, mirrored=False)
    order(elsewhere, one)
    assert isinstance(elsewhere.store, Stuck)
    going = [lambda: root.rename(away)]
    elsewhere.store.meanwhile = lambda: going.pop()() if going else None
    assert dispose(elsewhere, first=False) == 0
    away.rename(root)
    assert archive.again(one).disposal == "ordered"
    assert dispose(elsewhere, first=False) == 1
    assert [one["file"] for one in events(archive, "disposed")] == ["removed"]


# A legal hold that comes after the order


def test_a_hold_takes_the_order_back_while_the_file_lies_there(archive: SmallArchive) -> None:
    store, one = MemoryStore(), filed(archive, mirrored=False)
    drain(archive, store)
    order(archive, one)
    hold(archive)
    drain(archive, store)
    assert A in store.objects  # nothing goes any more, whoever comes first
    assert dispose(archive) == 0
    assert archive.again(one).disposal is None
    drain(archive, store)
    assert A in store.objects
    assert [one["reason"] for one in events(archive, "disposal_withdrawn")] == ["legal_hold"]


def test_what_stays_after_all_is_decided_anew(archive: SmallArchive) -> None:
    """It was not moved while it was to go, whatever was decided."""
    one = filed(archive, mirrored=False)
    with archive.catalogue.transaction() as tx:
        files.close(tx, [one.day])
    order(archive, one)
    hold(archive)
    dispose(archive, first=False)
    with archive.catalogue.reading() as tx:
        assert files.open_days(tx) == {one.day}


def test_a_hold_counts_what_it_keeps_from_going(archive: SmallArchive) -> None:
    one, two = filed(archive, mirrored=False), filed(archive, B, mirrored=False)
    order(archive, one)
    dispose(archive, first=False)
    order(archive, two)
    hold(archive)
    with archive.catalogue.reading() as tx:
        assert holds.reach(tx, 1).recordings == 1


def test_a_hold_brings_the_object_back_that_was_removed_already(archive: SmallArchive) -> None:
    store, one = MemoryStore(), filed(archive, mirrored=False)
    drain(archive, store)
    order(archive, one)
    drain(archive, store)
    assert A not in store.objects
    hold(archive)
    assert dispose(archive) == 0
    assert archive.owed()[-1] == f"put {A}"
    drain(archive, store)
    assert A in store.objects


def test_a_hold_in_the_last_moment_takes_the_order_back(stuck: SmallArchive) -> None:
    one, two = (filed(stuck, f"张三/2026-11-16/{name}.mp3", mirrored=False) for name in "ab")
    order(stuck, one, two)
    assert isinstance(stuck.store, Stuck)
    coming = [hold]
    stuck.store.meanwhile = lambda: [coming.pop()(stuck)] if coming else None
    assert dispose(stuck, first=False) == 0
    assert [stuck.again(each).disposal for each in (one, two)] == [None, None]


def test_what_is_gone_already_is_not_called_kept(archive: SmallArchive) -> None:
    """A kill came between the deletion and the catalogue, and a hold after that."""
    one = filed(archive, mirrored=False)
    order(archive, one)
    archive.store.path(A).unlink()
    hold(archive)
    assert dispose(archive) == 1
    assert archive.again(one).disposal == "disposed"
    assert events(archive, "disposal_withdrawn") == []


def test_before_anything_is_decided_it_is_clear_what_went_and_what_stays(
    archive: SmallArchive,
) -> None:
    """A kill came between the deletion of the first and the catalogue."""
    gone, there = filed(archive, mirrored=False), filed(archive, B, mirrored=False)
    disposing(archive, first=False).recover()  # nothing was ordered
    order(archive, gone, there, mirrored=False)
    archive.store.path(A).unlink()
    disposing(archive, first=False).recover()
    assert [archive.again(one).disposal for one in (gone, there)] == ["disposed", "ordered"]
    hold(archive)
    disposing(archive, first=False).recover()
    assert [archive.again(one).disposal for one in (gone, there)] == ["disposed", None]
    assert [one["file"] for one in events(archive, "disposed")] == ["absent"]


def test_a_file_that_cannot_be_looked_at_counts_as_there(
    archive: SmallArchive, tmp_path: Path
) -> None:
    one = filed(archive, mirrored=False)
    order(archive, one)
    folder = archive.store.path(A).parent
    folder.rename(tmp_path / "away")
    folder.symlink_to(folder)  # goes round in circles
    hold(archive)
    assert dispose(archive) == 0
    assert archive.again(one).disposal is None


# Who else goes by the catalogue


def test_verifying_passes_over_what_is_ordered_to_go_meanwhile(archive: SmallArchive) -> None:
    one = filed(archive, mirrored=False)

    class Meanwhile(InArchive):
        def examine(self, kept: Kept, level: Level) -> Flaw | None:
            if archive.again(one).disposal is None:
                order(archive, one)
                archive.store.path(A).unlink()
            return super().examine(kept, level)

    copies = Meanwhile(archive.store)
    run = (
        Verifying(archive.catalogue, copies, 1, lambda: AT)
        .run(Level.SIZE, Slice(1, 1))
        .verification
    )
    assert run.faults == 0


def test_a_name_that_was_given_is_never_given_again(archive: SmallArchive) -> None:
    one = filed(archive, mirrored=False)
    order(archive, one)
    dispose(archive)
    with archive.catalogue.reading() as tx:
        assert recordings.taken(tx, A)
        assert list(kept.unknown(tx, [A])) == [A]  # whatever lies there is none of ours
        assert disposals.of(tx, [one.id])[one.id].disposed_at == AT


def test_much_at_once(archive: SmallArchive) -> None:
    """More than one batch."""
    some = [filed(archive, f"张三/2026-11-16/{at}.mp3", mirrored=False) for at in range(70)]
    order(archive, *some)
    assert dispose(archive) == 70
