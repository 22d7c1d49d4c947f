"""The day that a recording belongs to, and numbers against names."""

from datetime import timedelta

import pytest

from matcher.customers import Known
from matcher.match import match
from tests.matcher.a_day import TODAY, A, B, C, clear, codes, heard, held, one, outcome, row


def test_a_recording_handed_over_late_owns_the_row_of_its_own_day() -> None:
    yesterday = TODAY - timedelta(1)
    rows = [row("old", "张建国", A, day=yesterday), row("new", "张建国", A)]
    late = heard("张建国", A, time="10:00", day=yesterday)
    assert outcome(one(late, *rows)) == clear("old")
    assert outcome(one(late, rows[1])) == held("weak")
    assert "day_differs" in codes(one(late, rows[1]))


def test_without_a_date_the_hand_off_day_decides() -> None:
    yesterday = TODAY - timedelta(1)
    rows = [row("old", "张建国", A, day=yesterday), row("new", "张建国", A)]
    assert outcome(one(heard(None, A), *rows)) == clear("new")
    assert outcome(one(heard(None, A, handed_over=yesterday), *rows)) == clear("old")


def test_two_calls_of_today_do_not_take_yesterdays_row() -> None:
    yesterday = TODAY - timedelta(1)
    rows = [row("old", "张建国", A, day=yesterday), row("new", "张建国", A)]
    calls = [
        heard(None, A, time="10:00", handed_over=yesterday, key="1"),
        heard(None, A, time="15:00", handed_over=yesterday, key="2"),
    ]
    assert [decision.row for decision in match(calls, rows)] == ["new", "new"]


@pytest.mark.parametrize(("call", "written"), [("0:02", "23:59"), ("23:58", "0:01")])
def test_a_call_across_midnight_is_one_call(call: str, written: str) -> None:
    step = timedelta(-1 if call == "0:02" else 1)
    decision = one(
        heard(None, A, time=call), row("r1", "张建国", A, time=written, day=TODAY + step)
    )
    assert outcome(decision) == clear("r1")


def test_number_and_name_of_two_customers_are_a_conflict() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "李建军", B)]
    decision = one(heard("李建军", A, time="10:00"), *rows)
    assert outcome(decision) == held("conflict")
    assert {candidate.row for candidate in decision.candidates} == {"r1", "r2"}
    assert outcome(one(heard("李健军", A, time="10:00"), *rows)) == held("conflict")


def test_another_persons_name_contradicts_a_number() -> None:
    assert outcome(one(heard("赵海", A), row("r1", "张建国", A))) == held("conflict")


@pytest.mark.parametrize("contact", ["挖机老板", "妈妈", "Papa", "宏达建材公司", "张家老二"])
def test_a_nickname_or_a_firm_contradicts_no_number(contact: str) -> None:
    assert outcome(one(heard(contact, A), row("r1", "张建国", A))) == clear("r1")


def test_a_foreign_number_beside_a_name_is_a_doubt_that_only_a_free_near_call_decides() -> None:
    """A second phone, or a namesake whose row was forgotten."""
    written = row("r1", "张建国", A, time="10:00")
    assert outcome(one(heard("张建国", C, time="10:00"), written)) == clear("r1")
    assert outcome(one(heard("张建国", C, time="10:40"), written)) == held("conflict")
    assert outcome(one(heard("张建国", C), row("r1", "张建国", A))) == held("conflict")
    owner = heard(None, A, time="10:02", key="owner")
    assert outcome(match([heard("张建国", C, time="10:00"), owner], [written])[0]) == held(
        "conflict"
    )
    tail = heard("张建国", note="尾号0000", time="10:40")
    assert outcome(one(tail, written)) == held("conflict")


def test_a_foreign_name_beside_a_number_is_a_doubt_that_only_a_free_near_call_decides() -> None:
    written = row("r1", "张建国", A, time="10:00")
    assert outcome(one(heard("赵海", A, time="10:01"), written)) == clear("r1")
    assert outcome(one(heard("赵海", A, time="11:01"), written)) == held("conflict")


def test_a_number_that_is_not_the_known_one_is_a_doubt_beside_rows_without_a_number() -> None:
    timeless = row("r1", "王伟", customer="wang")
    timed = row("r1", "王伟", customer="wang", time="10:00")
    known = [Known("wang", "王伟", frozenset({A}))]
    (held_back,) = match([heard("王伟", C)], [timeless], known=known)
    assert outcome(held_back) == held("conflict")
    (near,) = match([heard("王伟", C, time="10:01")], [timed], known=known)
    assert outcome(near) == clear("r1")
    assert outcome(one(heard("王伟", C), timeless)) == clear("r1")


def test_a_contact_that_names_two_customers_is_a_conflict() -> None:
    rows = [row("r1", "张三", A, time="10:00"), row("r2", "李四", B, time="15:00")]
    for recording in (
        heard("张三、李四", B, time="10:00"),
        heard("张三、李四", time="12:00"),
        heard("李四", note="张三老公", time="15:00"),
        heard("李四", B, note="张三老公", time="10:00"),
        heard("王五", B, note="张三老公", time="15:00"),
    ):
        assert outcome(one(recording, *rows)) == held("conflict")


def test_the_number_decides_which_of_two_named_it_is() -> None:
    rows = [row("r1", "张三", A, time="10:00"), row("r2", "李四", B, time="15:00")]
    assert outcome(one(heard("张三、李四", B, time="12:00"), *rows)) == clear("r2")
    assert outcome(one(heard("张三、李四", B, time="15:00"), *rows)) == clear("r2")
    assert outcome(one(heard("李四", B, note="张三老公", time="15:00"), *rows)) == clear("r2")


def test_a_note_may_name_the_customer() -> None:
    rows = [row("r1", "张三", A), row("r2", "李四", B)]
    decision = one(heard("王五", C, note="张三老公"), *rows)
    assert outcome(decision) == clear("r1")
    assert "name_in_note" in codes(decision)


def test_a_relatives_phone_contradicts_no_name() -> None:
    decision = one(heard("张建国", C, note="配偶"), row("r1", "张建国", A))
    assert outcome(decision) == clear("r1")
    assert "number_of_relative" in codes(decision)
    wife = heard("李红", A, note="张建国老婆")
    assert outcome(one(wife, row("r1", "张建国", A))) == clear("r1")


def test_a_relatives_phone_that_is_another_customers_is_a_conflict() -> None:
    rows = [row("r1", "张建国", A), row("r2", "李红", B)]
    assert outcome(one(heard("张建国", B, note="配偶"), *rows)) == held("conflict")


def test_another_row_of_the_customer_may_have_the_number() -> None:
    rows = [
        row("r1", "张建国", A, time="10:00", customer="张"),
        row("r2", "张建国", B, time="15:00", customer="张"),
        row("r3", None, time="12:00", customer="张"),
    ]
    assert outcome(one(heard("张建国", B, time="10:01"), *rows[:2])) == clear("r1")
    assert outcome(one(heard(None, B, time="12:00"), *rows)) == clear("r3")
