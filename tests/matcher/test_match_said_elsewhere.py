"""What a person said, other names of the same bytes, clocks and lengths."""

from dataclasses import replace

from matcher.evidence import Precision, Row, Word
from matcher.match import match
from tests.matcher.a_day import (
    A,
    B,
    C,
    clear,
    codes,
    heard,
    held,
    one,
    outcome,
    row,
)


def test_nothing_outweighs_a_persons_word() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "李红", B, time="15:00")]
    said = replace(heard("李红", B, time="15:00"), word=Word(f"张建国|{A}"))
    assert outcome(one(said, *rows)) == ("matched person", "r1")
    row_named = replace(said, word=Word(f"李红|{B}", "r2"))
    assert outcome(one(row_named, *rows)) == ("matched person", "r2")
    held_by_word = replace(said, word=Word(None))
    assert outcome(one(held_by_word, *rows)) == ("unmatched person", None)


def test_a_person_may_name_a_customer_whom_the_day_has_no_row_of() -> None:
    decision = one(replace(heard("李红", B), word=Word("王海|1")), row("r2", "李红", B))
    assert outcome(decision) == ("matched person", None)
    assert decision.customer == "王海|1"


def test_a_row_that_a_person_gave_away_is_no_longer_free() -> None:
    written = row("r1", "张建国", A, time="10:00")
    given = replace(heard("大哥", time="10:00", key="1"), word=Word(f"张建国|{A}", "r1"))
    hint = heard("张健国", time="10:01", key="2")
    assert [outcome(each) for each in match([given, hint], [written])] == [
        ("matched person", "r1"),
        held("weak"),
    ]


def test_other_names_of_the_same_bytes_must_agree() -> None:
    rows = [row("r1", "张建国", A), row("r2", "李红", B)]
    alone = heard("张建国", A)
    for also, expected in (
        (heard("李红", B), held("conflict")),
        (heard("陈默"), held("conflict")),
        (heard("张建国"), clear("r1")),
        (heard(None), clear("r1")),
    ):
        assert outcome(one(replace(alone, also=(also.evidence,)), *rows)) == expected
    nameless = replace(heard(None), also=(heard("李红").evidence,))
    assert outcome(one(nameless, *rows)) == clear("r2")


def test_a_collectors_clock_is_learned_from_the_sure_calls_of_the_day() -> None:
    """All of 李娜's times are 40 minutes early, and so her 王伟 is told from the other."""
    sure = [heard(None, f"1371234567{i}", time=f"1{i}:45", key=f"{i}") for i in range(6)]
    rows = [row(f"r{i}", f"客户{i}", f"1371234567{i}", time=f"1{i}:05") for i in range(6)]
    rows += [row("a", "王伟", A, time="9:00"), row("b", "王伟", B, time="9:50")]
    thin = heard("王伟", time="9:40", key="thin")
    assert outcome(match([thin, *sure], rows)[0]) == clear("a")
    assert outcome(match([thin], rows)[0]) == held("tie")


def test_the_order_of_a_sheets_lines_stands_for_times_that_it_lacks() -> None:
    """A call every half hour, in the sheet's order; the mistyped one lies between two of them."""
    lines = range(10, 26)
    rows = [row(f"s|1|{line}", f"客户{line}", f"137123456{line}") for line in lines]
    rows[4] = row("s|1|14", "张建国", A)
    sure = [
        heard(None, f"137123456{line}", time=f"{3 + line // 2}:{line % 2 * 30}", key=f"{line}")
        for line in lines
        if line != 14
    ]
    between = heard("张建军", time="9:50", key="between")
    decision = match([between, *sure], rows)[0]
    assert outcome(decision) == clear("s|1|14")
    assert "order_fits" in codes(decision)
    late = heard("张建军", time="14:50", key="late")
    decision = match([late, *sure], rows)[0]
    assert outcome(decision) == held("weak")
    assert "order_differs" in codes(decision)


def test_an_hour_alone_tells_namesakes_apart_and_names_no_slip_of_a_number() -> None:
    def hour(key: str, number: str, time: str) -> Row:
        return replace(row(key, "王伟", number, time=time), precision=Precision.HOUR)

    rows = [hour("r1", A, "10:00"), hour("r2", B, "14:00")]
    assert outcome(one(heard("王伟", time="10:48"), *rows)) == clear("r1")
    assert "time_hour" in codes(one(heard("王伟", time="10:48"), *rows))
    assert outcome(one(heard("王伟", time="11:20"), *rows)) == held("weak")
    assert outcome(one(heard("王伟", C, time="10:48"), rows[0])) == held("conflict")


def test_the_length_of_a_call_tells_two_of_an_hour_apart() -> None:
    rows = [
        replace(row("r1", "王伟", A, time="10:00"), duration_seconds=83),
        replace(row("r2", "王伟", B, time="12:30"), duration_seconds=305),
    ]
    long = replace(heard("王伟", time="10:02"), duration_seconds=306)
    short = replace(heard("王伟", time="10:02"), duration_seconds=84)
    assert outcome(one(short, *rows)) == clear("r1")
    assert outcome(one(long, *rows)) == held("tie")
