"""Customers between whom the evidence does not decide, and what tells them apart."""

from dataclasses import replace

import pytest

from matcher.customers import Known, identify
from matcher.decision import Verdict
from matcher.match import match
from tests.matcher.a_day import (
    A,
    B,
    C,
    at,
    clear,
    codes,
    heard,
    held,
    known_as,
    one,
    outcome,
    row,
)


def test_two_customers_of_one_name_are_a_tie() -> None:
    rows = [row("r1", "王伟", A), row("r2", "王伟", B)]
    decision = one(heard("王伟", time="10:00"), *rows)
    assert outcome(decision) == held("tie")
    assert {candidate.customer for candidate in decision.candidates} == {f"王伟|{A}", f"王伟|{B}"}
    assert outcome(one(heard("王伟", B), *rows)) == clear("r2")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("10:05", "13:00", clear("r1")),
        ("10:05", "12:10", clear("r1")),
        ("10:05", "11:30", clear("r1")),
        ("10:05", "10:50", held("tie")),
        ("10:20", "15:00", held("tie")),
        ("10:05", None, held("tie")),
        ("10:00", None, held("tie")),
        (None, "15:00", held("tie")),
    ],
)
def test_only_a_clear_time_separates_namesakes(
    first: str | None, second: str | None, expected: tuple[str, str | None]
) -> None:
    rows = [row("r1", "王伟", A, time=first), row("r2", "王伟", B, time=second)]
    assert outcome(one(heard("王伟", time="10:00"), *rows)) == expected


def test_a_namesake_with_one_near_call_among_several_is_not_behind() -> None:
    rows = [
        row("r1", "王伟", A, time="10:00"),
        row("r2", "王伟", B, time="16:00"),
        row("r3", "王伟", B),
    ]
    for minute in ("01", "05"):
        assert outcome(one(heard("王伟", time=f"10:{minute}"), *rows)) == held("tie")
    assert outcome(one(heard("王伟", time="10:05"), *rows[:2])) == clear("r1")


def test_the_collector_separates_namesakes() -> None:
    mine, other = row("r1", "王伟", A), row("r2", "王伟", B, collector="赵强")
    assert outcome(one(heard("王伟"), mine, other)) == clear("r1")
    assert outcome(one(heard("王伟", collector=None), mine, other)) == held("tie")


def test_a_folder_with_a_recording_too_many_does_not_separate_namesakes() -> None:
    mine, other = row("r1", "王伟", A), row("r2", "王伟", B, collector="赵强")
    two = [heard("王伟"), heard("王伟", key="other")]
    assert [outcome(each) for each in match(two, [mine, other])] == [held("tie"), held("tie")]
    theirs = heard("王伟", B, collector="赵强", key="theirs")
    assert [outcome(each) for each in match([*two, theirs], [mine, other])[:2]] == [
        clear("r1"),
        clear("r1"),
    ]
    unanswered = row("r2", "王伟", B, collector="赵强", reached=False)
    assert outcome(match(two, [mine, unanswered])[0]) == clear("r1")
    assert outcome(match(two, [mine, other, row("r3", "王伟", A)])[0])[0] == "matched clear"


def test_a_recording_too_many_may_be_of_somebody_whose_name_sounds_the_same() -> None:
    mine, other = row("r1", "薛玉梅", A), row("r2", "薛育梅", B)
    numbered, named = heard("薛玉梅", A, key="numbered"), heard("薛玉梅")
    assert outcome(one(named, mine, other)) == clear("r1")
    assert [outcome(each) for each in match([numbered, named], [mine, other])] == [
        clear("r1"),
        held("tie"),
    ]
    assert outcome(match([numbered, named], [mine])[1]) == clear("r1")


def test_another_collectors_name_in_the_files_own_contradicts_the_folder() -> None:
    """`田明虎-王伟-0309.mp3` lies with 李娜 by mistake."""
    mine, other = row("r1", "王伟", A), row("r2", "王伟", B, collector="田明虎")
    misplaced = heard("田明虎 王伟", collector="李娜", time="10:00")
    own = heard("李娜 王伟", collector="李娜", time="10:00")
    anybody = row("r3", "赵六", C, collector="田明虎")
    for rows in ([mine, other], [mine, anybody], [other]):
        assert outcome(one(misplaced, *rows)) == held("weak")
    assert outcome(one(own, mine, other)) == clear("r1")


def test_of_two_whom_nobody_reached_none_is_nearer_to_have_been_recorded() -> None:
    wife = row("r1", "张海燕", A, time="13:21", reached=False)
    open_row = row("r2", "张强", customer=None, time="14:24", reached=False)
    known = [Known(f"张强|{A}", "张强", frozenset({A}))]
    (decision,) = match([heard(None, A, time="12:34")], [wife, open_row], known=known)
    assert outcome(decision) == held("tie")
    (decision,) = match([heard(None, A, time="13:22")], [wife, open_row], known=known)
    assert outcome(decision) == clear("r1")


def test_the_collector_does_not_outvote_the_time() -> None:
    mine = row("r1", "王伟", A, time="16:00")
    other = row("r2", "王伟", B, time="10:00", collector="赵强")
    assert outcome(one(heard("王伟", time="10:00"), mine, other)) == held("tie")


def test_circumstances_do_not_outvote_a_name() -> None:
    rows = [
        row("r1", "张建国", A, time="16:00", collector="赵强"),
        row("r2", "张建军", B, time="10:00"),
    ]
    assert outcome(one(heard("张建国", "13987654322", time="10:00"), *rows))[0] != "matched clear"


def test_a_shared_number_needs_a_name_or_a_clear_time() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "李红", A, time="15:00")]
    assert outcome(one(heard(None, A), *rows)) == held("tie")
    others = heard("张建国", A, key="others")
    assert outcome(match([heard("李红", A), others], rows)[0]) == clear("r2")
    assert outcome(one(heard(None, A, time="10:03"), *rows)) == clear("r1")


def test_what_tells_namesakes_apart_in_the_sheet_counts() -> None:
    rows = [row("r1", "王伟(大桥镇)", A), row("r2", "王伟(二道河)", B)]
    assert outcome(one(heard("王伟"), *rows)) == held("tie")
    assert outcome(one(heard("王伟"), rows[0])) == clear("r1")
    near = heard("王伟", note="大桥镇", time="10:00", collector=None)
    assert outcome(one(near, *rows)) == held("tie")


def test_a_row_that_leaves_the_customer_open_is_never_filed_under() -> None:
    decision = one(heard("王伟"), row("r1", "王伟", customer=None))
    assert outcome(decision) == held("tie")
    rows = [row("r1", "王伟", customer=None), row("r2", "王伟", A)]
    other = [Known(f"王伟|{B}", "王伟", frozenset({B}))]
    (decision,) = match([heard("王伟")], rows, known=other)
    assert outcome(decision) == held("tie")
    (decision,) = match([heard("王伟", A)], rows, known=other)
    assert outcome(decision) == clear("r2")


def test_a_row_without_the_number_may_be_a_namesakes_and_takes_no_recording_at_its_far_time() -> (
    None
):
    rows = [
        row("r1", "张勇", A, time="11:42"),
        row("r2", "张勇", time="10:20", customer=f"张勇|{A}", collector="王忠"),
    ]
    calls = [heard(None, A, time=time, key=time) for time in ("08:51", "11:40")]
    assert [one.row for one in match(calls, rows)] == ["r1", "r1"]
    own = replace(rows[1], called_at=at("08:50"), collector="李娜")
    assert [one.row for one in match(calls, [rows[0], own])] == ["r2", "r1"]
    timeless = [replace(one, called_at=None, collector="李娜") for one in rows]
    assert {one.row for one in match(calls, timeless)} == {"r1", "r2"}


def test_an_open_row_at_a_far_time_is_nobodys_call() -> None:
    rows = [row("r1", "王伟", B, time="15:00"), row("open", "王伟", customer=None, time="10:47")]
    known = [Known(f"王伟|{number}", "王伟", frozenset({number})) for number in (A, B)]
    (decision,) = match([heard("王伟", A, time="14:44")], rows, known=known)
    assert outcome(decision) == held("weak")


def test_an_open_row_is_the_call_of_whom_the_number_names() -> None:
    rows = [
        row("r1", "王伟", A, time="9:00"),
        row("r2", "王伟", B, time="15:00"),
        row("open", "王伟", customer=None, time="10:00"),
    ]
    decision = one(heard(None, A, time="10:01"), *rows)
    assert (decision.customer, decision.row) == (f"王伟|{A}", "open")
    assert "row_open" in codes(decision)
    earlier = [Known(f"王伟|{number}", "王伟", frozenset({number})) for number in (A, B)]
    (decision,) = match([heard("王伟", B)], rows[2:], known=earlier)
    assert (decision.customer, decision.row) == (f"王伟|{B}", "open")
    (decision,) = match([heard("王伟")], rows[2:], known=earlier)
    assert decision.verdict is Verdict.AMBIGUOUS


def test_nobody_is_named_by_elimination() -> None:
    rows = [row("r1", "王伟", A), row("r2", "王伟", B)]
    calls = [heard("王伟", A, key="1"), heard("王伟", key="2")]
    assert [outcome(decision) for decision in match(calls, rows)] == [clear("r1"), held("tie")]


def test_a_time_is_spent_once() -> None:
    """The near row is explained by the recording with its number; the other may be anybody's."""
    rows = [row("r1", "王伟", A, time="10:00"), row("r2", "王伟", B, time="15:00")]
    sure, thin = heard(None, A, time="10:01", key="1"), heard("王伟", time="10:04", key="2")
    assert outcome(one(thin, *rows)) == clear("r1")
    assert [outcome(decision) for decision in match([thin, sure], rows)] == [
        held("tie"),
        clear("r1"),
    ]
    twin = heard("王伟", time="10:02", key="3")
    assert {outcome(decision) for decision in match([thin, twin], rows)} == {held("tie")}


def test_a_time_that_made_thin_evidence_enough_is_spent_once() -> None:
    written = row("r1", "张建国", A, time="10:00", collector="赵强")
    sure, thin = heard(None, A, time="10:01", key="1"), heard("张建国", time="10:04", key="2")
    assert [outcome(decision) for decision in match([sure, thin], [written])] == [
        clear("r1"),
        held("weak"),
    ]


def test_one_customer_spelled_two_ways_with_one_number_is_no_tie() -> None:
    rows = [row("r1", "王雯泉", A, time="11:38"), row("r2", "王文泉", A, time="13:41")]
    rows = list(identify(rows, ()).rows)
    assert outcome(one(heard("王文泉", A, time="11:39"), *rows)) == clear("r1")
    firm = [
        row("r1", "金石建筑工程", A, time="8:39"),
        row("r2", "泰安金石建筑工程有限公司", A, time="9:50"),
    ]
    firm = list(identify(firm, ()).rows)
    assert outcome(one(heard(None, A, time="9:48"), *firm)) == clear("r2")
    couple = [row("r1", "张建国", A, time="11:38"), row("r2", "李红", A, time="13:41")]
    assert outcome(one(heard("李红", A, time="11:39"), *couple)) == held("tie")


def test_a_firm_may_be_saved_without_its_town_and_form() -> None:
    rows = [row("r1", "临沂市永固建筑工程有限公司", A), row("r2", "临沂市永兴建筑工程有限公司", B)]
    assert outcome(one(heard("永固建筑工程"), *rows)) == clear("r1")
    assert outcome(one(heard("建筑工程"), *rows)) == held("tie")


def test_a_number_that_other_papers_know_as_two_customers_needs_a_time_that_fits() -> None:
    wife = Known(f"李红|{A}", "李红", frozenset({A}))
    written = row("r1", "张建国", A, time="10:00")
    (far,) = match([heard(None, A, time="12:30")], [written], known=[wife])
    assert far.verdict is Verdict.AMBIGUOUS
    (near,) = match([heard(None, A, time="10:01")], [written], known=[wife])
    assert outcome(near) == clear("r1")


def test_a_namesake_whom_other_papers_know_needs_more_than_the_name() -> None:
    other = Known(f"王伟|{B}", "王伟", frozenset({B}))
    written = row("r1", "王伟", A, time="10:00")
    (bare,) = match([heard("王伟", collector=None)], [written], known=[other])
    assert bare.verdict is Verdict.AMBIGUOUS
    (near,) = match([heard("王伟", time="10:01")], [written], known=[other])
    assert outcome(near) == clear("r1")


def test_a_mistyped_name_is_whole_on_another_days_sheet() -> None:
    """Brothers have one phone, too: it needs the time."""
    earlier = Known(f"冯斌|{A}", "冯斌", frozenset({A}))
    written = row("r1", "冯水", A, time="10:00")
    (decision,) = match([heard("冯斌", time="10:01")], [written], known=[earlier])
    assert outcome(decision) == clear("r1")
    assert "name_known" in codes(decision)
    (decision,) = match([heard("冯斌")], [written], known=[earlier])
    assert decision.verdict is not Verdict.MATCHED
    other = row("r1", "冯水", B, time="10:00")
    (decision,) = match([heard("冯斌", time="10:01")], [other], known=[earlier])
    assert decision.verdict is not Verdict.MATCHED


def test_a_collectors_name_on_a_recording_says_who_made_the_call() -> None:
    written = row("r1", "张建国", A)
    decision = one(heard("李娜", A, collector=None), written)
    assert outcome(decision) == clear("r1")
    assert "collector_equal" in codes(decision)
    customer = [written, row("r2", "李娜", B, collector="赵强")]
    assert outcome(one(heard("李娜", A, collector=None), *customer)) == held("conflict")


def test_a_name_in_the_note_may_be_a_part_of_another_firms() -> None:
    firm, other = row("r1", "顺达建筑工程", A), row("r2", "枣庄市顺达建筑工程有限公司", B)
    call = heard("王丽华", note="顺达建筑工程")
    assert outcome(one(call, firm)) == clear("r1")
    assert one(call, firm, other).verdict is not Verdict.MATCHED


def test_a_slip_of_the_name_beside_the_number_is_one_though_another_bears_that_name() -> None:
    rows = [row("r1", "石莉华", A, time="17:28")]
    (decision,) = match([heard("石丽华", A)], rows, known=[known_as("石丽华", B)])
    assert outcome(decision) == clear("r1")
    assert "name_sound" in codes(decision)


def test_time_and_length_alone_name_nobody() -> None:
    written = replace(row("r1", "张建国", A, time="10:00"), duration_seconds=83)
    private = replace(heard("物业", C, time="10:00"), duration_seconds=83)
    assert one(private, written).verdict is not Verdict.MATCHED
