"""Neighbours, couples and brothers whom other days know."""

from dataclasses import replace

import pytest

from matcher.customers import Known
from matcher.decision import Verdict
from matcher.match import match
from tests.matcher.a_day import (
    GIVEN,
    A,
    B,
    C,
    clear,
    codes,
    filed,
    heard,
    held,
    known_as,
    one,
    outcome,
    row,
)

N1, N2 = "13800000001", "13800000002"


def test_a_number_of_an_absent_neighbour_is_his_and_no_slip_of_a_namesakes() -> None:
    neighbours = [known_as("王伟", N1), known_as("王伟", N2)]
    written = row("r1", "王伟", N2, time="10:00")
    away = heard(None, N1, time="16:00", collector=None)
    assert filed(away, written, known=neighbours) is None
    assert filed(away, written, known=neighbours[:1]) is None


def test_a_confirmed_number_confirms_no_name() -> None:
    taught = Known(f"张三|{B}", "张三", frozenset({B}), confirmed_numbers=frozenset({A}))
    rows = [row("r1", "张三", B), row("r2", "李四", C)]
    assert filed(heard("李四", A), *rows, known=[taught]) is None


def test_circumstances_do_not_outvote_a_neighbours_number() -> None:
    rows = [
        replace(row("r1", "王伟", N1, time="15:30"), duration_seconds=200),
        replace(row("r2", "王伟", N2, time="10:00"), duration_seconds=63),
    ]
    call = replace(heard("王伟", N1, time="10:00"), duration_seconds=63)
    assert filed(call, *rows) != f"王伟|{N2}"


def test_brothers_who_share_a_phone_are_told_apart_as_any_couple() -> None:
    rows = [row("r1", "张建军", A, time="10:00"), row("r2", "张建国", A, time="10:45")]
    assert filed(heard("张建国", A, time="10:00"), *rows) is None
    brothers = [known_as("张建国", A), known_as("张建军", A)]
    assert filed(heard("张建国"), row("r1", "张建军", A), known=brothers) is None


def test_a_couples_number_needs_more_on_whatever_row_it_stands() -> None:
    wife = [known_as("张三", A, B), known_as("李芳", A)]
    far = heard(None, A, time="16:00")
    assert filed(far, row("r1", "张三", B, time="10:00"), known=wife) is None
    two = [
        row("r1", "张三", A, B, time="10:00", customer="张三"),
        row("r2", "张三", B, time="11:00", customer="张三"),
    ]
    assert filed(far, *two, known=[Known("张三", "张三", frozenset({A, B})), wife[1]]) is None


@pytest.mark.parametrize(
    ("name", "written", "note"),
    [("王伟", "王伟(大桥镇)", None), ("永固建筑", "临沂市永固建筑工程有限公司", None)],
)
def test_who_bears_exactly_the_name_and_has_no_row_makes_the_longer_one_doubtful(
    name: str, written: str, note: str | None
) -> None:
    absent = [known_as(name, B)]
    call = heard(name, note=note, collector=None)
    assert filed(call, row("r1", written, A), known=absent) is None


def test_a_note_names_nobody_whose_namesake_is_away() -> None:
    absent = [known_as("张三", B)]
    call = heard("李芳", note="张三老婆", collector=None)
    assert filed(call, row("r1", "张三", A), known=absent) is None


def test_another_name_of_the_bytes_hides_no_contradiction() -> None:
    rows = [row("r1", "张三", A, time="10:00"), row("r2", "李四", B, time="16:00")]
    torn, copy = heard("张三", B, time="10:00"), heard("张三", time="10:00")
    assert filed(replace(torn, also=(copy.evidence,)), *rows) is None
    assert filed(replace(copy, also=(torn.evidence,)), *rows) is None


def test_of_two_names_of_the_bytes_the_one_that_knows_more_decides() -> None:
    rows = [row("r1", "王伟", A), row("r2", "王伟", B)]
    bare, whole = heard("王伟"), heard("王伟", B)
    assert filed(replace(bare, also=(whole.evidence,)), *rows) == f"王伟|{B}"
    assert filed(replace(whole, also=(bare.evidence,)), *rows) == f"王伟|{B}"


def test_a_third_hint_at_another_call_does_not_free_the_first() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="15:00")]
    calls = [
        heard("章建国", time="10:01", key="1"),
        heard("章建国", time="10:00", key="2"),
        heard("张建军", time="15:00", key="3"),
    ]
    assert [decision.verdict for decision in match(calls, rows)][:2] == [Verdict.AMBIGUOUS] * 2


def test_a_crowd_of_one_name_is_never_decided_by_time() -> None:
    rows = [
        row(f"r{n}", "王伟", f"139{n:08}", time="10:00" if n in (3, 58) else "15:00")
        for n in range(60)
    ]
    assert filed(heard("王伟", C, time="10:00"), *rows) is None


def test_in_a_village_of_one_surname_the_last_digits_tell() -> None:
    rows = [row(f"r{n}", f"孟{GIVEN[n // 8]}{GIVEN[n % 8]}", f"139{n:08}") for n in range(60)]
    assert outcome(one(heard(surname="孟", note="经理 0059"), *rows)) == clear("r59")
    assert outcome(one(heard(surname="孟", note="经理"), *rows)) == held("tie")


def test_a_name_yields_by_the_collectors_own_clock() -> None:
    """李娜's recorder is forty minutes ahead: the unrecorded call of 14:10 was at 14:50 by it."""
    sure = [heard(None, f"1371234567{i}", time=f"1{i}:45", key=f"{i}") for i in range(6)]
    rows = [row(f"r{i}", f"客户{i}", f"1371234567{i}", time=f"1{i}:05") for i in range(6)]
    rows += [row("a", "张建国", A), row("b", "张建军", B, time="9:10")]
    doubtful = heard("张建国", time="9:50", key="thin")
    assert outcome(match([doubtful, *sure], rows)[0]) == held("time")


def test_a_missing_last_digit_may_be_any_of_ten() -> None:
    rows = [replace(row("r1", "王伟", time="10:00", customer="x"), misread=("1380000000",))]
    decision = one(heard(None, N2, time="10:00"), *rows)
    assert "number_near" in codes(decision)


def test_in_a_folder_of_two_collectors_the_name_of_one_contradicts_nothing() -> None:
    rows = [row("1", "张三", A), row("2", "李四", B, collector="王芳")]
    noted = heard("张三", note="王芳", collector="李娜、王芳")
    assert outcome(one(noted, *rows)) == ("matched clear", "1")
    assert outcome(one(heard("张三", note="王芳", collector="李娜"), *rows)) == (
        "ambiguous weak",
        None,
    )
