"""What moves to another customer, or away and back, has the hold that it should have there."""

from __future__ import annotations

import pytest

from archive.catalogue import outbox, outbox_enlisting
from archive.records import Customer, Recording
from tests.archive.legal_holds.holding import DENIED, A, B, WatchedStore, add, known, reach, release
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, MATCHED, SmallArchive


def test_a_recording_that_moves_to_another_customer_takes_no_hold_along(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    """The old version would keep it for ever: it is lifted before the old key is removed."""
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    office.drain()
    archive.move(archive.rule(filed, MATCHED, li.id), B)
    office.drain()
    assert list(store.objects) == [B]
    assert store.on_hold == set()
    assert store.lifted == [A]
    add(archive, li)
    release(archive, zhang)
    archive.move(archive.rule(archive.again(filed), MATCHED, zhang.id), A)
    office.drain()
    assert store.on_hold == set()


def test_a_recording_that_moves_to_a_customer_under_hold_gets_it_before_the_old_object_goes(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, li)
    archive.move(archive.rule(filed, MATCHED, li.id), B)
    store.refusal = DENIED
    office.drain()
    assert set(store.objects) == {A, B}
    assert archive.owed() == [f"remove {A}", f"hold {B}"]
    why = reach(archive, li).error
    assert why is not None
    assert why.key == "store.access_denied"
    store.refusal = None
    office.drain(everything=True)
    assert list(store.objects) == [B]
    assert store.on_hold == {B}
    del zhang


def test_what_moved_while_there_was_no_mirror_leaves_no_hold_behind(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    with archive.catalogue.transaction() as tx:
        outbox.send(tx, outbox.due(tx, None, 10))
    store.hold(A, on=True)  # and nobody heard of it
    archive.move(archive.rule(filed, MATCHED, li.id), B, mirrored=False)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    office.drain()
    assert list(store.objects) == [B]
    assert (store.on_hold, store.lifted) == (set(), [A])


@pytest.mark.parametrize("removed", [True, False])
def test_a_hold_that_was_lifted_on_the_way_out_is_set_again_on_the_way_back(
    archive: SmallArchive,
    office: Office,
    store: WatchedStore,
    zhang: Customer,
    filed: Recording,
    *,
    removed: bool,
) -> None:
    """A kill, or a key that may not delete: the old object has no hold, and may be gone."""
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    office.drain()
    away = archive.move(archive.rule(filed, MATCHED, li.id), B)
    store.hold(A, on=False)
    if removed:
        store.delete(A)
    archive.move(archive.rule(away, MATCHED, zhang.id), A)
    office.drain()
    assert list(store.objects) == [A]
    assert store.on_hold == {A}
    assert reach(archive, zhang).shown == 1


def test_a_hold_that_nobody_heard_of_is_lifted_though_its_recording_left_and_came_back(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    """It came back while there was no mirror, and the hold was ended."""
    add(archive, zhang)
    store.hold(A, on=True)
    moved = archive.move(filed, "张三/2026-11-17/a.mp3")
    archive.move(moved, A, mirrored=False)
    release(archive, zhang)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    office.drain()
    assert list(store.objects) == [A]
    assert (store.on_hold, archive.owed()) == (set(), [])


def test_a_hold_that_a_store_copies_along_is_lifted_where_it_does_not_belong(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    office.drain()
    store.copies_holds = True
    archive.move(archive.rule(filed, MATCHED, li.id), B)
    office.drain()
    assert (list(store.objects), store.on_hold) == ([B], set())
