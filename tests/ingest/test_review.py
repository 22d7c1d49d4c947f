"""The walk through what is held: a key confirms, and what becomes clear by it is not asked for."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from ingest.review import walk
from tests.ingest.people import BROTHER, CHEN, ROWS, WANG, Person, a_day, places
from tests.ingest.small_office import SHEET, SmallOffice, recorded, sheet, sound

NEAR = recorded("刘海艳", "13869170009", "094100")
"""One character and one digit beside a customer."""


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return a_day(tmp_path)


@pytest.fixture
def person(desk: SmallOffice) -> Person:
    return Person(desk)


def test_the_best_candidates_come_first(person: Person) -> None:
    queue = person.queue()
    assert [one["source"] for one in queue] == [WANG, BROTHER]
    weights = [one["candidates"][0]["weight"] for one in queue]
    assert weights == sorted(weights, reverse=True)
    assert {one["customer"] for one in queue[0]["candidates"][:2]} == {"王伟"}
    assert all(one["candidates"][0]["reasons"] for one in queue)


def test_one_key_confirms_and_the_recording_moves_at_once(
    desk: SmallOffice, person: Person
) -> None:
    wanted = person.queue()[0]["candidates"][1]["call"]["line"]
    shown = person.review("2", "q")
    assert "1 confirmed, 0 stay held, 1 still wait" in shown
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == WANG]
    assert (line["status"], line["call"]["line"]) == ("filed", wanted)


def test_a_key_never_confirms_what_was_not_shown(desk: SmallOffice, person: Person) -> None:
    """While somebody listens, the sheet comes in once more with a line above."""
    shown = list[str]()
    pressed = iter("1q")

    def ask(_prompt: str) -> str:
        key = next(pressed)
        if key == "1":
            desk.drop(SHEET, sheet([("赵六", "15405381209", "8:00"), *ROWS]), time(13))
            desk.ingest()
        return key

    walk(person.desk, None, ask, shown.append)
    assert "the candidates changed; look again" in "\n".join(shown)
    assert places(desk)[WANG] == "_holding"
    assert person.queue()[0]["source"] == WANG


def test_an_answer_that_somebody_changed_since_cannot_be_taken_back(
    desk: SmallOffice, person: Person
) -> None:
    shown = list[str]()
    pressed = iter("1uq")

    def ask(_prompt: str) -> str:
        key = next(pressed)
        if key == "u":
            person.unassign(WANG)
        return key

    told = walk(person.desk, None, ask, shown.append)
    assert "changed again later" in "\n".join(shown)
    assert "1 still wait" in told.output
    assert places(desk)[WANG] == "_holding"


def test_nobody_s_stays_held_and_is_asked_for_no_more(desk: SmallOffice, person: Person) -> None:
    assert "0 confirmed, 2 stay held, 0 still wait" in person.review("n", "n")
    assert places(desk) == {CHEN: "陈建国", WANG: "_holding", BROTHER: "_holding"}
    assert person.queue() == []
    assert person.review() == "no recording waits for a person\n"


def test_the_last_answer_can_be_taken_back(desk: SmallOffice, person: Person) -> None:
    shown = person.review("u", "1", "u", "n", "s")
    assert "there is nothing to undo" in shown
    assert "act 2 is undone" in shown
    assert "0 confirmed, 1 stay held, 1 still wait" in shown
    assert places(desk)[WANG] == "_holding"


def test_keys_that_say_nothing_ask_again(person: Person) -> None:
    shown = person.review("x", "9", "0", "s", "s")
    assert shown.count("there is no such key") == 3
    assert "0 confirmed, 0 stay held, 2 still wait" in shown


def test_a_row_that_names_nobody_is_no_answer(desk: SmallOffice, person: Person) -> None:
    desk.drop(SHEET, sheet([*ROWS[:2], *ROWS[2:], ("王伟", "", "10:30")]), time(13))
    desk.ingest()
    (held,) = [one for one in person.queue() if one["source"] == WANG]
    lines = [one["call"]["line"] for one in held["candidates"]]
    keys = ["s"] * [one["source"] for one in person.queue()].index(WANG)
    shown = person.review(*keys, str(lines.index(6) + 1), "q")
    assert "line 6 does not say which customer it is" in shown
    assert desk.statuses()[WANG] == "ambiguous"


def test_what_becomes_clear_by_an_answer_is_not_asked_for(
    desk: SmallOffice, person: Person
) -> None:
    again = recorded("工地老赵", "15405387777", "143000")
    desk.drop(again, sound(9))
    desk.ingest()
    assert len(person.queue()) == 3
    order = [one["source"] for one in person.queue()]
    keys = ["s" if source == WANG else "1" for source in order[:2]]
    shown = person.review(*keys)
    assert "1 confirmed, 0 stay held, 1 still wait" in shown
    assert places(desk)[BROTHER] == places(desk)[again] != "_holding"
