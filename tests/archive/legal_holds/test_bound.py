"""What the machine takes from a customer under hold stays bound until a person says whose it is."""

from __future__ import annotations

import pytest

from archive.catalogue import acts, bound, words
from archive.catalogue.holds import Reach
from archive.records import Customer, Recording
from archive.said_records import Change, Place, Word
from tests.archive.legal_holds.holding import DENIED, B, WatchedStore, add, known, reach, release
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, MATCHED, UNMATCHED, SmallArchive

C = "李四/2026-11-17/a.mp3"
BACK = "_holding/2026-11-16/back-1 a.mp3"


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
