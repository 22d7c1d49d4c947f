"""Undoing puts back what an act changed, and can be undone itself."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from ingest.errors import WordError
from ingest.undo_told import tell_undo
from tests.ingest.people import BROTHER, CHEN, ROWS, WANG, Person, a_day, places
from tests.ingest.small_office import (
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
)

SECOND = recorded("刘海燕", "13869170000", "094011")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return a_day(tmp_path)


@pytest.fixture
def person(desk: SmallOffice) -> Person:
    return Person(desk)


def test_undoing_an_assignment_hands_the_recording_back_to_the_machine(
    desk: SmallOffice, person: Person
) -> None:
    before = places(desk)
    act = person.assign(WANG, "王伟 1402")["act"]
    told = person.undo(act)
    assert (told["undoes"], [one["source"] for one in told["recordings"]]) == (act, [WANG])
    assert places(desk) == before
    assert desk.statuses()[WANG] == "ambiguous"
    assert [one["event"] for one in desk.custody()][-4:] == [
        "filed",
        "handed_back",
        "decided",
        "held",
    ]
    assert desk.custody()[-3]["undoes"] == act


def test_undoing_a_second_assignment_brings_back_the_first(
    desk: SmallOffice, person: Person
) -> None:
    person.assign(WANG, "王伟 1402")
    other = Person(desk, "张主任")
    other.undo(other.assign(WANG, "王伟 1401")["act"])
    assert places(desk)[WANG] == "王伟 (1402)"
    assert "李经理" in person.explain(WANG)


def test_undoing_takes_what_was_remembered_back(desk: SmallOffice, person: Person) -> None:
    later = recorded("工地老赵", "15405387777", "143000")
    act = person.assign(BROTHER, "陈建国")["act"]
    desk.drop(later, sound(8))
    desk.ingest()
    assert places(desk)[later] == "陈建国"
    told = person.undo(act)
    assert [one["value"] for one in told["forgotten"]] == ["工地老赵", "15405387777"]
    assert person.remembered() == []
    assert places(desk)[later] == places(desk)[BROTHER] == "_holding"


def test_undoing_a_pass_sends_what_it_filed_back_and_it_stays(
    desk: SmallOffice, person: Person
) -> None:
    desk.drop(SECOND, sound(5))
    desk.ingest()
    last, first = person.acts()
    assert [one["kind"] for one in (last, first)] == ["pass", "pass"]
    person.undo(last["act"])
    expected = {CHEN: "陈建国", SECOND: "_holding", WANG: "_holding", BROTHER: "_holding"}
    assert places(desk) == expected
    desk.drop(SHEET, sheet([*ROWS, ("孙丽", "15405381299", "11:00")]), time(13))
    desk.ingest()
    assert places(desk) == expected
    person.assign(SECOND, "刘海燕")
    assert places(desk)[SECOND] == "刘海燕"


def test_undoing_a_correction_s_pass_puts_back_what_it_moved(
    desk: SmallOffice, person: Person
) -> None:
    desk.drop(SHEET, sheet(ROWS[1:]), time(13))
    desk.ingest()
    assert places(desk)[CHEN] == "_holding"
    person.undo(person.acts()[0]["act"])
    assert places(desk)[CHEN] == "陈建国"


@pytest.mark.parametrize("what", ["pass", "assign", "unassign", "forget"])
def test_undoing_an_undoing_is_as_if_nothing_had_been_undone(
    desk: SmallOffice, person: Person, what: str
) -> None:
    person.assign(BROTHER, "陈建国")
    if what == "assign":
        person.assign(BROTHER, "刘海燕")
    elif what == "unassign":
        person.unassign(BROTHER)
    elif what == "forget":
        person.forget(1, 2)
    act = next(one["act"] for one in person.acts() if one["kind"] == what)

    def state() -> object:
        return places(desk), person.remembered(), said(desk)

    before = state()
    undoing = person.undo(act)["act"]
    assert state() != before
    again = person.undo(undoing)["act"]
    assert state() == before
    person.undo(again)
    person.undo(person.acts()[0]["act"])
    assert state() == before


def said(desk: SmallOffice) -> object:
    """Who said what of which recording."""
    return desk.rows()["word"]


def test_what_was_changed_again_since_is_left_alone_and_told(tmp_path: Path) -> None:
    both = office(tmp_path)
    for number, source in enumerate((CHEN, SECOND)):
        both.drop(source, sound(number))
    both.drop(SHEET, sheet(ROWS))
    both.ingest()
    one = Person(both)
    one.unassign(CHEN)
    told = one.undo(1)
    assert [left["source"] for left in told["left_alone"]] == [CHEN]
    assert [back["source"] for back in told["recordings"]] == [SECOND]
    text = tell_undo(one.desk, "2", "text").output
    assert "act 2 is undone" in text


def test_what_cannot_be_undone_is_told(desk: SmallOffice, person: Person) -> None:
    act = person.assign(WANG, "王伟 1402")["act"]
    undoing = person.undo(act)["act"]
    for named, key in (
        (str(act), "word.undone_already"),
        ("99", "word.no_act"),
        (BROTHER, "word.nothing_decided"),
        ("nothing.amr", "word.no_recording"),
    ):
        with pytest.raises(WordError) as caught:
            person.undo(named)
        assert caught.value.message.key == key
        assert person.desk.words.say(caught.value.message)
    person.assign(CHEN, "刘海燕")
    with pytest.raises(WordError) as caught:
        person.undo(1)
    assert caught.value.message.key == "word.changed_since"
    assert undoing == act + 1
    assert places(desk)[CHEN] == "刘海燕"


def test_the_last_decision_on_a_recording_is_undone_by_its_name(
    desk: SmallOffice, person: Person
) -> None:
    person.assign(WANG, "王伟 1402")
    person.assign(BROTHER, "陈建国")
    person.undo(WANG)
    assert places(desk)[WANG] == "_holding"
    assert places(desk)[BROTHER] == "陈建国"
    person.undo(CHEN)
    assert places(desk)[CHEN] == "_holding"


def test_the_last_acts_are_listed(desk: SmallOffice, person: Person) -> None:
    act = person.assign(BROTHER, "陈建国")["act"]
    person.undo(act)
    person.unassign(CHEN)
    person.assign(BROTHER, "陈建国")
    person.forget(1)
    told = tell_undo(person.desk, None, "text").output.splitlines()
    moment = "2026-11-16 16:30  李经理"
    assert told == [
        f"6  {moment}  forgot contacts or numbers: 1",
        f"5  {moment}  assigned {BROTHER} → 陈建国",
        f"4  {moment}  unassigned {CHEN}",
        f"3  {moment}  undid act 2 (recordings: 1)",
        f"2  {moment}  assigned {BROTHER} → 陈建国",
        "1  2026-11-16 16:30  callvault  a pass: 1 decisions",
    ]
    nobody = Person(office(desk.folder / "new"), at=EVENING + timedelta(days=1))
    assert tell_undo(nobody.desk, None, "text").output == "there is nothing to undo yet\n"
