"""Stores that know no hold, hide it, have one already, or lost the object."""

from __future__ import annotations

import pytest

from archive.catalogue import kept, outbox, outbox_enlisting
from archive.catalogue.holds import Reach
from archive.records import Customer, Recording
from config.language import LANGUAGES, Words
from tests.archive.legal_holds.holding import DENIED, A, WatchedStore, add, file, reach, release
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive


def test_a_store_that_knows_no_hold_is_asked_once_and_again_when_a_person_says_so(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    store.locks = False
    add(archive, zhang)
    office.drain()
    assert archive.owed() == []
    assert reach(archive, zhang) == Reach(1, 1, 0, 1, None)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    assert archive.owed() == []
    store.locks = True
    add(archive, zhang)
    office.drain()
    assert store.on_hold == {filed.path}
    assert reach(archive, zhang) == Reach(1, 1, 1, 0, None)


def test_a_store_that_refused_a_hold_is_asked_at_once_when_a_person_says_so(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    """The right to it was granted meanwhile; it would wait for hours else."""
    add(archive, zhang)
    store.refusal = DENIED
    office.drain(everything=True)
    office.drain(everything=True)
    assert reach(archive, zhang).error == DENIED.message
    store.refusal = None
    office.drain()
    assert store.on_hold == set()
    add(archive, zhang)
    assert reach(archive, zhang).error is None
    office.drain()
    assert store.on_hold == {filed.path}


def test_a_release_needs_nothing_of_a_store_that_knows_no_hold(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    store.locks = False
    add(archive, zhang)
    office.drain()
    release(archive, zhang)
    assert archive.owed() == []
    assert archive.mirror_state(filed).checksum == filed.sha256


def test_a_hold_that_was_only_owed_is_not_called_shown_by_a_store_that_knows_none(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    store.locks = False
    add(archive, zhang)
    moved = archive.move(filed, "张三/2026-11-17/a.mp3")
    archive.move(moved, A)
    office.drain()
    assert archive.owed() == []
    assert reach(archive, zhang) == Reach(1, 1, 0, 1, None)


@pytest.mark.parametrize("bound_too", [True, False])
def test_a_hold_that_somebody_else_set_is_not_lifted(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, *, bound_too: bool
) -> None:
    """The bucket had the object before: from a lost catalogue, or sent with another program."""
    file(archive, zhang, A)
    store.objects[A] = b"a call"
    store.on_hold.add(A)
    if bound_too:
        add(archive, zhang)
    office.drain()
    assert (store.on_hold, archive.owed()) == ({A}, [])
    assert reach(archive, zhang) == Reach(1, 1, 1 if bound_too else 0, 0, None)


def test_a_hold_outlasts_the_repair_of_its_object_and_ends_with_its_release(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    add(archive, zhang)
    office.drain()
    release(archive, zhang)
    with archive.catalogue.transaction() as tx:
        (one,) = kept.by_ids(tx, [filed.id])
        outbox.again(tx, one, AT)
    office.drain()
    assert (store.on_hold, archive.owed()) == (set(), [])


class _Forgetful(set[str]):
    def add(self, element: str, /) -> None:
        pass


def test_a_store_that_takes_a_hold_and_does_not_show_it_is_asked_again(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    add(archive, zhang)
    store.meanwhile = lambda: setattr(store, "on_hold", _Forgetful())
    office.drain()
    assert archive.owed() == [f"hold {filed.path}"]
    assert reach(archive, zhang).shown == 0
    why = reach(archive, zhang).error
    assert why is not None
    assert why.key == "archive.mirror_hold"
    store.meanwhile, store.on_hold = (lambda: None), set()
    office.drain(everything=True)
    assert reach(archive, zhang).shown == 1


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_an_object_that_is_gone_when_it_is_put_on_hold_is_told_with_its_remedy(
    archive: SmallArchive,
    office: Office,
    store: WatchedStore,
    zhang: Customer,
    filed: Recording,
    when: str,
) -> None:
    add(archive, zhang)
    store.lost = True
    if when == "before":
        store.delete(filed.path)
    office.drain()
    assert archive.owed() == [f"hold {filed.path}"]
    why = reach(archive, zhang).error
    assert why is not None
    assert why.key == "archive.mirror_gone"
    assert all(Words(language).say(why) for language in LANGUAGES)
