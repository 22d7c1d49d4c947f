"""Legal hold by customer: objects follow what people said last, through kills, moves and stores."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from archive.catalogue import acts, bound, customers, holds, outbox
from archive.catalogue.holds import Reach
from archive.objects import StoreError
from archive.records import Change, Customer, Place, Recording
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, MATCHED, UNMATCHED, SmallArchive

A, B = "张三/2026-11-16/a.mp3", "李四/2026-11-16/a.mp3"
BACK = "_holding/2026-11-16/back-1 a.mp3"
DENIED = StoreError(Message.of("store.access_denied", bucket="b", endpoint="e", code="403"))


class WatchedStore(MemoryStore):
    """Knows legal holds; something may happen while it is asked for one."""

    def __init__(self) -> None:
        super().__init__(locks=True)
        self.meanwhile: Callable[[], object] = lambda: None
        self.refusal: StoreError | None = None
        self.lifted: list[str] = []
        self.lost = False

    def hold(self, key: str, *, on: bool) -> bool:
        self.meanwhile()
        if self.refusal is not None:
            raise self.refusal
        if not on and key in self.on_hold:
            self.lifted.append(key)
        known = super().hold(key, on=on)
        if self.lost:
            del self.objects[key]
        return known


@pytest.fixture
def store() -> WatchedStore:
    return WatchedStore()


@pytest.fixture
def office(archive: SmallArchive, store: WatchedStore) -> Office:
    return Office(archive, store)


@pytest.fixture
def zhang(archive: SmallArchive) -> Customer:
    return known(archive, archive.customer("张三", "13800000001"))


@pytest.fixture
def filed(archive: SmallArchive, office: Office, zhang: Customer) -> Recording:
    """One recording of 张三, mirrored."""
    recording = file(archive, zhang, A)
    office.drain()
    return recording


def known(archive: SmallArchive, id: int) -> Customer:
    with archive.catalogue.reading() as tx:
        return customers.by_ids(tx, [id])[0]


def file(archive: SmallArchive, of: Customer, path: str, contents: bytes = b"a call") -> Recording:
    held = archive.admit(contents, f"2026-11-16/王芳/{path.replace('/', ' ')}")
    return archive.move(archive.rule(held, MATCHED, of.id), path)


def add(archive: SmallArchive, of: Customer, reason: str = "") -> None:
    with archive.catalogue.transaction() as tx:
        holds.add(tx, of, reason, "李经理", AT, mirrored=True)


def release(archive: SmallArchive, of: Customer) -> None:
    with archive.catalogue.transaction() as tx:
        assert holds.release(tx, of, "李经理", AT, mirrored=True)


def reach(archive: SmallArchive, of: Customer) -> Reach:
    with archive.catalogue.reading() as tx:
        return holds.reach(tx, of.id)


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


def back_into_holding(archive: SmallArchive, of: Recording) -> Recording:
    """A pass that finds nobody any more, as it writes that down."""
    with archive.catalogue.transaction() as tx:
        act = acts.begin(tx, acts.PASS, AT)
        nowhere = Place(None, None)
        change = Change(of.id, Place(of.customer, None), nowhere, None, None)
        acts.change(tx, act, [change], settled=True)
    return archive.move(archive.rule(of, UNMATCHED), BACK, filed=False)


def is_bound(archive: SmallArchive, one: Recording) -> bool:
    with archive.catalogue.reading() as tx:
        return bound.of(tx, [one.id]) == {one.id}


def test_what_goes_back_into_holding_keeps_its_hold_until_it_is_clear_whose_it_is(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    office.drain()
    back = back_into_holding(archive, archive.again(filed))
    assert is_bound(archive, back)
    office.drain()
    assert list(store.objects) == [BACK]
    assert store.on_hold == {BACK}
    assert is_bound(archive, back)
    archive.move(archive.rule(back, MATCHED, li.id), B)
    office.drain()
    assert list(store.objects) == [B]
    assert store.on_hold == set()
    assert not is_bound(archive, back)


def test_what_lies_in_holding_is_released_with_its_former_customer(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    back = back_into_holding(archive, archive.again(filed))
    office.drain()
    add(archive, zhang)
    office.drain()
    assert store.on_hold == {BACK}
    release(archive, zhang)
    office.drain()
    assert store.on_hold == set()
    assert not is_bound(archive, back)


def test_a_store_that_knows_no_hold_is_asked_once_and_again_when_a_person_says_so(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    store.locks = False
    add(archive, zhang)
    office.drain()
    assert archive.owed() == []
    assert reach(archive, zhang) == Reach(1, 1, 0, 1, None)
    with archive.catalogue.transaction() as tx:
        outbox.enlist(tx, AT)
    assert archive.owed() == []
    store.locks = True
    add(archive, zhang)
    office.drain()
    assert store.on_hold == {filed.path}
    assert reach(archive, zhang) == Reach(1, 1, 1, 0, None)


def test_a_release_needs_nothing_of_a_store_that_knows_no_hold(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    store.locks = False
    add(archive, zhang)
    office.drain()
    release(archive, zhang)
    assert archive.owed() == []
    assert archive.mirror_state(filed).checksum == filed.sha256


def test_what_was_said_while_there_was_no_mirror_is_owed_later(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    with archive.catalogue.transaction() as tx:
        holds.add(tx, zhang, "", "李经理", AT, mirrored=False)
        assert outbox.owed(tx) == 0
        assert outbox.enlist(tx, AT) == 1
    office.drain()
    assert store.on_hold == {filed.path}


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
        outbox.enlist(tx, AT)
    office.drain()
    assert list(store.objects) == [B]
    assert (store.on_hold, store.lifted) == (set(), [A])


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


def test_an_object_that_goes_while_it_is_put_on_hold_is_told(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    add(archive, zhang)
    store.lost = True
    office.drain()
    assert archive.owed() == [f"hold {filed.path}"]
    why = reach(archive, zhang).error
    assert why is not None
    assert why.key == "archive.mirror_absent"


class _Forgetful(set[str]):
    def add(self, element: str, /) -> None:
        pass


def test_customers_under_hold_are_known_though_nothing_else_names_them(
    archive: SmallArchive, zhang: Customer
) -> None:
    with archive.catalogue.reading() as tx:
        assert customers.everyone(tx) == []
    add(archive, zhang)
    with archive.catalogue.reading() as tx:
        assert [one.id for one in customers.everyone(tx)] == [zhang.id]
