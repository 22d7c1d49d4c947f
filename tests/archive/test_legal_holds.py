"""Legal hold by customer: objects follow what people said last, through kills, moves and stores."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from archive.catalogue import acts, bound, customers, holds, kept, outbox, outbox_enlisting, words
from archive.catalogue.holds import Reach
from archive.objects import ObjectLock, StoreError
from archive.records import Customer, Recording
from archive.said_records import Change, Place, Word
from config.language import LANGUAGES, Message, Words
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, MATCHED, UNMATCHED, SmallArchive

A, B = "张三/2026-11-16/a.mp3", "李四/2026-11-16/a.mp3"
C = "李四/2026-11-17/a.mp3"
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
        self.copies_holds = False

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        super().copy(key, to, lock)
        if self.copies_holds and key in self.on_hold:
            self.on_hold.add(to)

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


def changed(
    archive: SmallArchive, of: Recording, to: Customer | None, path: str, kind: str = acts.PASS
) -> Recording:
    """A pass, or what a person said, as it is written down, and its move."""
    id = to.id if to else None
    with archive.catalogue.transaction() as tx:
        act = acts.begin(tx, kind, AT)
        before, after = Place(of.customer, None), Place(id, None)
        acts.change(tx, act, [Change(of.id, before, after, None, None)], settled=True)
        if kind != acts.PASS:
            words.say(tx, {of.id: Word(id, None, "李经理", AT)})
    ruled = archive.rule(of, MATCHED if to else UNMATCHED, id)
    return archive.move(ruled, path, filed=to is not None)


def back_into_holding(archive: SmallArchive, of: Recording) -> Recording:
    """By a pass that finds nobody any more."""
    return changed(archive, of, None, BACK)


def is_bound(archive: SmallArchive, one: Recording) -> bool:
    with archive.catalogue.reading() as tx:
        return bound.of(tx, [one.id]) == {one.id}


def test_what_goes_back_into_holding_keeps_its_hold_until_a_person_says_whose_it_is(
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
    changed(archive, back, li, B, "assign")
    office.drain()
    assert list(store.objects) == [B]
    assert store.on_hold == set()
    assert not is_bound(archive, back)


@pytest.mark.parametrize("at_once", [True, False])
def test_what_the_machine_gives_to_somebody_else_stays_bound_until_a_person_says_so(
    archive: SmallArchive,
    office: Office,
    store: WatchedStore,
    zhang: Customer,
    filed: Recording,
    *,
    at_once: bool,
) -> None:
    """One more number in a corrected sheet makes a customer another one."""
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    office.drain()
    if not at_once:
        back_into_holding(archive, archive.again(filed))
    theirs = changed(archive, archive.again(filed), li, B)
    office.drain()
    assert (list(store.objects), store.on_hold) == ([B], {B})
    assert is_bound(archive, theirs)
    assert reach(archive, zhang) == Reach(1, 1, 1, 0, None)
    assert reach(archive, li).recordings == 1
    changed(archive, theirs, li, C, "assign")
    office.drain()
    assert (list(store.objects), store.on_hold) == ([C], set())
    assert reach(archive, zhang).recordings == 0


def test_a_word_that_was_taken_back_takes_nothing_out_of_the_hold(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    """Put into holding by a person, who then undoes that: it is the machine that decides again."""
    li = known(archive, archive.customer("李四", "13800000002"))
    add(archive, zhang)
    theirs = changed(archive, archive.again(filed), li, B)
    back = changed(archive, theirs, None, BACK, "unassign")
    assert is_bound(archive, back)
    with archive.catalogue.transaction() as tx:
        words.say(tx, {back.id: None})
    again = changed(archive, back, li, C)
    office.drain()
    assert is_bound(archive, again)
    assert (list(store.objects), store.on_hold) == ([C], {C})


def test_what_the_machine_gave_to_somebody_else_is_released_with_the_hold(
    archive: SmallArchive, office: Office, store: WatchedStore, zhang: Customer, filed: Recording
) -> None:
    li = known(archive, archive.customer("李四", "13800000002"))
    changed(archive, archive.again(filed), li, B)
    add(archive, zhang)
    store.refusal = DENIED
    office.drain()
    why = reach(archive, zhang).error
    assert why is not None
    assert why.key == "store.access_denied"
    store.refusal = None
    office.drain(everything=True)
    assert store.on_hold == {B}
    release(archive, zhang)
    office.drain()
    assert store.on_hold == set()


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
        outbox_enlisting.enlist(tx, AT)
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
        assert outbox_enlisting.enlist(tx, AT) == 1
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
