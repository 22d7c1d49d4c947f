"""What was said last of a hold counts, however quickly it changed and whatever a kill lost."""

from __future__ import annotations

import json

import pytest

from archive.catalogue import customers, holds, outbox, outbox_enlisting
from archive.catalogue.holds import Reach
from archive.records import Customer, Recording
from tests.archive.legal_holds.holding import A, B, WatchedStore, add, file, known, reach, release
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive


def said(archive: SmallArchive) -> list[str]:
    """What custody says of holds."""
    entries = [json.loads(one.entry) for one in archive.custody()]
    return [
        f"{one['event']} {one.get('key') or one.get('customer')}"
        for one in entries
        if one["event"].startswith("hold_")
    ]


def test_a_hold_reaches_the_objects_and_goes_with_its_release(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    add(archive, zhang, "诉讼")
    assert archive.owed() == [f"hold {A}"]
    office.drain()
    assert store.on_hold == {A}
    assert reach(archive, zhang) == Reach(1, 1, 1, 0, None)
    release(archive, zhang)
    office.drain()
    assert store.on_hold == set()
    assert archive.owed() == []
    assert said(archive) == [
        "hold_added 张三", f"hold_set {A}", "hold_released 张三", f"hold_lifted {A}",
    ]  # fmt: skip
    added = json.loads(next(e.entry for e in archive.custody() if "hold_added" in e.entry))
    assert (added["by"], added["reason"], added["customer_key"]) == ("李经理", "诉讼", zhang.key)
    assert store.objects[filed.path] == b"a call"


def test_what_comes_later_gets_it_once_it_is_mirrored(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer
) -> None:
    add(archive, zhang)
    file(archive, zhang, A)
    assert archive.owed() == [f"put {A}"]
    office.drain()
    assert store.on_hold == {A}
    assert archive.owed() == []


def test_another_customers_objects_are_left_alone(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    li = known(archive, archive.customer("李四", "13800000002"))
    file(archive, li, B, b"another call")
    add(archive, zhang)
    office.drain()
    assert store.on_hold == {filed.path}


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_what_was_said_last_counts_however_quickly_it_changed(
    archive: SmallArchive,
    office: Office,
    store: WatchedStore,
    zhang: Customer,
    filed: Recording,
    times: int,
) -> None:
    for turn in range(times):
        (add if turn % 2 == 0 else release)(archive, zhang)
    office.drain()
    assert store.on_hold == ({filed.path} if times % 2 else set())
    assert archive.owed() == []


def test_a_hold_that_never_went_out_is_not_lifted_either(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    """What others set by other means stays."""
    store.on_hold.add(filed.path)
    add(archive, zhang)
    release(archive, zhang)
    office.drain()
    assert store.on_hold == {filed.path}
    assert archive.owed() == []


@pytest.mark.parametrize("first", ["on", "off"])
def test_what_is_said_while_the_store_is_asked_comes_to_be(
    archive: SmallArchive,
    office: Office,
    store: WatchedStore,
    zhang: Customer,
    filed: Recording,
    first: str,
) -> None:
    """A person speaks between the store's doing and the catalogue's hearing of it."""
    add(archive, zhang)
    if first == "off":
        office.drain()
        release(archive, zhang)

    def change() -> None:
        store.meanwhile = lambda: None
        (release if first == "on" else add)(archive, zhang)

    store.meanwhile = change
    office.drain()
    assert store.on_hold == (set() if first == "on" else {filed.path})
    assert archive.owed() == []


@pytest.mark.parametrize("on", [True, False])
def test_an_answer_that_a_kill_lost_is_had_again(
    archive: SmallArchive,
    office: Office,
    store: WatchedStore,
    zhang: Customer,
    filed: Recording,
    *,
    on: bool,
) -> None:
    add(archive, zhang)
    if not on:
        office.drain()
        release(archive, zhang)
    with archive.catalogue.transaction() as tx:
        (errand,) = outbox.due(tx, None, 10)
        outbox.send(tx, [errand])
    store.hold(errand.key, on=errand.legal_hold)
    assert reach(archive, zhang).shown == (0 if on else 1)
    office.drain()
    assert store.on_hold == ({filed.path} if on else set())
    assert archive.owed() == []


def test_what_was_said_while_there_was_no_mirror_is_owed_later(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    with archive.catalogue.transaction() as tx:
        holds.add(tx, zhang, "", "李经理", AT, mirrored=False)
        assert outbox.owed(tx) == 0
        assert outbox_enlisting.enlist(tx, AT) == 1
    office.drain()
    assert store.on_hold == {filed.path}


def test_customers_under_hold_are_known_though_nothing_else_names_them(
    archive: SmallArchive, zhang: Customer
) -> None:
    with archive.catalogue.reading() as tx:
        assert customers.everyone(tx) == []
    add(archive, zhang)
    with archive.catalogue.reading() as tx:
        assert [one.id for one in customers.everyone(tx)] == [zhang.id]
