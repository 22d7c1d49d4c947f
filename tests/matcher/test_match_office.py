"""What holds of any day, and of a whole made-up office."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.customers import Known, identify
from matcher.decision import Decision, Verdict
from matcher.evidence import Heard, Row
from matcher.match import match
from matcher.names import canonical
from tests.matcher.a_day import (
    TODAY,
    A,
    B,
    C,
    heard,
    row,
)
from tests.matcher.office import Office, Person

names = st.sampled_from(["王伟", "王伟", "张建国", "张建军", "李红", None])
numbers = st.lists(st.sampled_from([A, B, C, "13812345679"]), max_size=2, unique=True)
times = st.none() | st.integers(0, 23 * 60).map(lambda minute: f"{minute // 60}:{minute % 60}")
collectors = st.sampled_from(["李娜", "赵强", None])
days = st.sampled_from([TODAY, TODAY - timedelta(1)])


@st.composite
def small_days(draw: st.DrawFn) -> tuple[list[Heard], list[Row]]:
    recordings = [
        heard(
            draw(names),
            *draw(numbers),
            time=draw(times),
            day=draw(days),
            key=f"recording {i}",
            note=draw(st.sampled_from([None, "配偶", "尾号5678"])),
            collector=draw(collectors),
        )
        for i in range(draw(st.integers(1, 6)))
    ]
    rows = [
        row(
            f"row {i}",
            draw(names),
            *draw(numbers),
            time=draw(times),
            day=draw(days),
            collector=draw(collectors),
            reached=draw(st.sampled_from([True, False, None])),
        )
        for i in range(draw(st.integers(0, 6)))
    ]
    return recordings, list(identify(rows, ()).rows)


@settings(max_examples=150, deadline=None)
@given(small_days(), st.randoms(use_true_random=False))
def test_the_order_of_recordings_and_rows_plays_no_part(
    office: tuple[list[Heard], list[Row]], dice: Random
) -> None:
    recordings, rows = office
    decisions = match(recordings, rows)
    expected = {decision.recording: decision for decision in decisions}
    assert [decision.recording for decision in decisions] == list(expected)
    dice.shuffle(recordings)
    dice.shuffle(rows)
    again = match(recordings, rows)
    assert [decision.recording for decision in again] == [each.recording for each in recordings]
    assert {decision.recording: decision for decision in again} == expected


@settings(max_examples=150, deadline=None)
@given(small_days())
def test_what_a_decision_always_holds(office: tuple[list[Heard], list[Row]]) -> None:
    recordings, rows = office
    by_key = {each.key: each for each in rows}
    for decision in match(recordings, rows):
        if decision.verdict is Verdict.MATCHED:
            assert decision.customer is not None
            assert decision.row is not None
            assert by_key[decision.row].customer in (decision.customer, None)
            assert decision.candidates[0].row == decision.row
        else:
            assert decision.customer is decision.row is None
        assert len(decision.candidates) <= 5


@pytest.mark.parametrize("seeds", [range(first, first + 5) for first in range(0, 20, 5)])
def test_an_office_is_filed_without_one_wrong_customer(seeds: Sequence[int]) -> None:
    """Two hundred days in all. Beside that, at least 97 % of what a person could file at a glance
    (by the exact number, or by a full name that one customer has) is filed.
    """
    count: Counter[str] = Counter()
    for seed in seeds:
        for decision, wrong, easy in _judged(Office(seed), 10):
            matched = decision.verdict is Verdict.MATCHED
            assert not (matched and wrong), decision
            count["easy"] += easy
            count["easy and matched"] += easy and matched
    assert count["easy"] > 1500
    assert count["easy and matched"] >= 0.97 * count["easy"]


def _judged(office: Office, number_of_days: int) -> list[tuple[Decision, bool, bool]]:
    """Every decision; whether its customer is not the true one; whether it was easy."""
    judged = []
    known: list[Known] = []
    yesterdays: tuple[Row, ...] = ()
    person_of_row: dict[str, Person] = {}
    for truth in office.days(number_of_days):
        person_of_row |= truth.person_of_row
        identified = identify(yesterdays + truth.rows, known)
        yesterdays = truth.rows
        known += identified.new
        rows_of = defaultdict(list)
        for each in identified.rows:
            rows_of[each.customer].append(each)
        for recording, decision in zip(
            truth.recordings, match(truth.recordings, identified.rows), strict=True
        ):
            person = truth.person_of_recording[recording.recording]
            wrong = any(person_of_row[each.key] != person for each in rows_of[decision.customer])
            easy = person is not None and _easy(recording, person, identified.rows, person_of_row)
            judged.append((decision, wrong, easy))
    return judged


def _easy(
    recording: Heard, person: Person, rows: Sequence[Row], person_of_row: dict[str, Person]
) -> bool:
    evidence = recording.evidence
    day = evidence.started_at.date() if evidence.started_at else recording.day
    own = [
        each
        for each in rows
        if person_of_row[each.key] == person and each.reached and each.day == day
    ]
    if any(number in each.numbers for each in own for number in evidence.numbers):
        return True
    name = canonical(evidence.contact or "")
    bearers = {person_of_row[each.key] for each in rows if canonical(each.name or "") == name}
    return any(canonical(each.name or "") == name for each in own) and len(bearers) == 1
