"""`explain` says why a recording lies where it lies, and what would change that."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from config.language import LANGUAGES
from ingest.explaining import strength
from ingest.open_days import OpenDays
from tests.ingest.people import BROTHER, CHEN, LIU, ROWS, WANG, Person
from tests.ingest.small_office import DAY, SHEET, SmallOffice, office, recorded, sheet, sound

NAMELESS = f"{DAY}/王芳/录音001.amr"
EARLY = ("王伟", "15405381401", "8:05")
OTHER_NUMBER = recorded("刘海燕", "15405381201", "150000")
MISTYPED = f"{DAY}/王芳/陈健国-2611161500.amr"


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    desk = office(tmp_path)
    sources = (CHEN, WANG, BROTHER, NAMELESS, OTHER_NUMBER, MISTYPED)
    for number, source in enumerate(sources):
        desk.drop(source, sound(number))
    desk.drop(SHEET, sheet([*ROWS[:2], EARLY, ("王伟", "15405381402", "")]))
    desk.ingest()
    return desk


@pytest.fixture
def person(desk: SmallOffice) -> Person:
    return Person(desk)


def test_a_filed_one_says_what_spoke_for_its_customer(person: Person) -> None:
    told = person.explain(CHEN).splitlines()
    assert told[:3] == [
        CHEN,
        "is filed under 陈建国: 陈建国/2026-11-16/20261116_091207_陈建国_1201.amr",
        f"Its call: {SHEET}, tab 记录表, line 2",
    ]
    assert "  strongly for: the number is the same: 15405381201" in told
    assert any("callvault unassign" in line for line in told)


@pytest.mark.parametrize(
    ("source", "why", "remedies"),
    [
        (WANG, "tie", ["fill in the time of the call with 王伟 in line 5", "listen"]),
        (BROTHER, "nobody", ["add its row (工地老赵 15405387777)", "listen", "--new"]),
        (NAMELESS, "no_evidence", ["listen", "--new"]),
        (OTHER_NUMBER, "conflict", ["check name, number", "check name, number", "listen"]),
        (MISTYPED, "weak", ["check name, number", "listen"]),
    ],
)
def test_a_held_one_says_what_would_change_that(
    person: Person, source: str, why: str, remedies: list[str]
) -> None:
    told = person.explained(source)
    assert (told["status"], told["why"]) == ("held", why)
    assert len(told["what_would_change_it"]) == len(remedies)
    for said, part in zip(told["what_would_change_it"], remedies, strict=True):
        assert part in said
    assert person.explain(source).startswith(f"{source}\nis held: _holding/")


def test_what_is_filled_in_as_it_says_files_the_recording(
    desk: SmallOffice, person: Person
) -> None:
    desk.drop(SHEET, sheet([*ROWS[:2], EARLY, ("王伟", "15405381402", "10:31")]), time(13))
    assert person.explained(WANG)["status"] == "held"
    desk.ingest()
    assert person.explained(WANG)["status"] == "filed"


def test_it_says_what_separates_the_first_from_the_next(person: Person) -> None:
    told = person.explain(OTHER_NUMBER)
    assert "What separates" in told
    assert "the number is the same: 15405381201" in told


def test_a_person_s_decision_names_who_and_when_and_how_to_take_it_back(person: Person) -> None:
    act = person.assign(BROTHER, "陈建国")["act"]
    told = person.explained(BROTHER)
    assert told["word"] == {
        "customer": "陈建国",
        "row": None,
        "by": "李经理",
        "at": "2026-11-16T16:30:00+08:00",
    }
    assert f"callvault undo {act}" in told["what_would_change_it"][0]
    assert "Said by 李经理 on 2026-11-16 16:30" in person.explain(BROTHER)
    person.unassign(BROTHER)
    assert "李经理 said on 2026-11-16 16:30 that it stays" in person.explain(BROTHER)


def test_what_was_taken_back_says_from_whom(desk: SmallOffice, person: Person) -> None:
    desk.drop(SHEET, sheet(ROWS[1:]), time(13))
    desk.ingest()
    assert person.explained(CHEN)["withdrawn_from"] == "陈建国"
    assert "It had been filed under 陈建国" in person.explain(CHEN)


def test_other_names_of_the_same_bytes_are_told(desk: SmallOffice, person: Person) -> None:
    desk.drop(LIU, sound(3), time(13))
    desk.ingest()
    told = person.explained(NAMELESS)
    assert [one["source"] for one in told["evidence"]] == [NAMELESS, LIU]


def test_it_speaks_the_office_s_language(desk: SmallOffice) -> None:
    told = Person(desk, language="zh").explain(CHEN)
    assert "已归档到客户 陈建国 名下" in told
    assert "有力支持：号码一致" in told


def test_what_waits_for_the_next_pass_says_so(tmp_path: Path) -> None:
    """As a kill between admission and decision leaves it."""
    desk = office(tmp_path)
    desk.drop(CHEN, sound(1))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(OpenDays, "work_off", lambda *_: 0)
        desk.ingest()
    told = Person(desk).explain(CHEN)
    assert "Not decided yet" in told
    assert "callvault ingest goes on" in told


def test_every_weight_has_a_word() -> None:
    from config.language import Words

    for weight in (-20.0, -5.0, -1.0, 0.0, 1.0, 5.0, 20.0):
        assert all(Words(language)(f"explain.{strength(weight)}") for language in LANGUAGES)
    assert strength(9.0) == "strong_for"
    assert strength(-4.0) == "against"
