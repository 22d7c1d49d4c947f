"""All is looked at again before it goes: what changed since the list was drawn up stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from config.settings import Retention
from ingest.desk import NEEDS_A_PERSON
from ingest.hold_told import tell_add
from tests.ingest.people import LIU, Person
from tests.ingest.retiring import LATER, Keeper, disposals, kept_for
from tests.ingest.small_office import SmallOffice, sheet


def test_a_hold_that_came_since_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
    told = keeper.order(1)
    assert told.exit_code == NEEDS_A_PERSON
    assert '"why": "hold"' in told.output
    assert [path.split("/")[0] for path in desk.kept()] == ["陈建国"]


def test_a_hold_that_comes_while_the_count_is_typed_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()

    def types(_: str) -> str:
        tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
        return "2"

    told = keeper.order(None, ask=types)
    assert told.exit_code == NEEDS_A_PERSON
    assert disposals(desk) == ["disposed", None]


def test_whatever_else_changed_since_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()

    def why(changed: Keeper) -> set[str]:
        return {one["why"] for one in changed.apply(0)["kept"]}

    longer = replace(keeper, office=kept_for(desk, Retention(6)))
    assert why(longer) == {"rule"}
    by_grade = kept_for(desk, Retention(4))
    assert why(replace(keeper, office=by_grade)) == {"rule"}
    assert why(replace(keeper, at=LATER - timedelta(days=2))) == {"early"}
    for path in desk.kept():
        (desk.archive / path).write_bytes(b"other bytes")
    assert why(keeper) == {"altered"}
    for path in desk.kept():
        (desk.archive / path).unlink()
    assert why(keeper) == {"missing"}
    assert disposals(desk) == [None, None]


def test_a_newer_recording_or_another_customer_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    desk.drop("2028-11-03/王芳/表.csv", sheet([("陈建国", "15405381201", "9:12")]))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    Person(desk).assign(LIU, "王伟 1402")
    kept = {one["recording"]: one["why"] for one in keeper.apply(0)["kept"]}
    assert kept == {2: "newer", 1: "reassigned"}
    Person(desk).unassign(LIU)
    assert {one["why"] for one in keeper.apply(0)["kept"]} == {"newer", "reassigned"}


def test_a_list_that_was_carried_out_disposes_of_nothing_more(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.dispose(2)
    assert {one["why"] for one in keeper.apply(0)["kept"]} == {"already"}
