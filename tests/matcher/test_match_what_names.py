"""What names a customer: a number, a name, last digits, and slips of them."""

from dataclasses import replace

import pytest

from matcher.customers import Known
from matcher.decision import Verdict
from matcher.evidence import Heard, Row
from matcher.match import match
from tests.matcher.a_day import A, B, C, clear, codes, heard, held, one, outcome, row


def test_a_number_names_the_customer() -> None:
    decision = one(heard(None, A), row("r1", "张建国", A), row("r2", "李建军", B))
    assert outcome(decision) == clear("r1")
    assert decision.customer == f"张建国|{A}"
    assert codes(decision) == {"number_equal", "collector_equal"}


def test_a_full_name_names_the_customer() -> None:
    decision = one(heard("张 建国"), row("r1", "张建国", A), row("r2", "李建军", B))
    assert outcome(decision) == clear("r1")


def test_a_landline_may_lack_its_area_code() -> None:
    assert outcome(one(heard(None, "053187654321"), row("r1", "张建国", "87654321"))) == clear("r1")


def test_time_collector_and_order_alone_name_nobody() -> None:
    decision = one(heard(time="10:00"), row("r1", "张建国", A, time="10:00"))
    assert outcome(decision) == ("unmatched no_evidence", None)
    assert [candidate.row for candidate in decision.candidates] == ["r1"]


def test_a_stranger_is_nobody_and_the_calls_of_that_hour_are_shown() -> None:
    decision = one(
        heard("赵六", "13700000000", time="10:00"),
        row("near", "张建国", A, time="10:20"),
        row("far", "李建军", B, time="12:20"),
        row("other", "王海", C, time="10:00", collector="张强"),
    )
    assert outcome(decision) == ("unmatched nobody", None)
    assert [candidate.row for candidate in decision.candidates] == ["near"]


def test_a_stranger_without_a_time_is_shown_nothing() -> None:
    assert one(heard("赵六"), row("r1", "张建国", A, time="10:20")).candidates == ()
    assert one(heard("赵六", time="10:00")).candidates == ()


def test_last_digits_name_a_customer_only_beside_the_time_or_the_collector() -> None:
    written = row("r1", "张建国", A, time="10:00")
    tail = heard("尾号5678", note="尾号5678", time="16:00", collector=None)
    assert outcome(one(tail, written)) == held("weak")
    tail = heard("尾号5678", time="10:02", collector=None)
    assert outcome(one(tail, written)) == clear("r1")
    assert "number_tail" in codes(one(tail, written))
    assert outcome(one(heard("尾号5678"), written)) == clear("r1")
    assert outcome(one(heard("尾号5678", collector="赵强"), written)) == held("weak")


def test_last_digits_that_a_customer_of_other_days_has_too_need_a_near_time() -> None:
    written = row("r1", "张建国", A, time="10:00")
    away = Known("away", "王五", frozenset({"13955555678"}))

    def told(recording: Heard, *rows: Row, others: Known = away) -> tuple[str, str | None]:
        return outcome(match([recording], rows or (written,), known=[others])[0])

    assert told(heard("尾号5678")) == held("weak")
    assert told(heard("尾号5678", time="10:02")) == clear("r1")
    assert told(heard("张建国", note="尾号5678")) == clear("r1")
    titled = heard(surname="张", note="老 尾号5678")
    assert told(titled) == clear("r1"), "王五 is no 张"
    assert told(titled, others=replace(away, name="张五")) == held("weak")
    bare = heard(surname="张", note="老 5678")
    assert told(bare) == clear("r1")
    assert told(bare, others=replace(away, name="张五")) == held("weak")
    masked = heard("客户", note="138****5678")
    assert told(masked) == clear("r1"), "his begins with 139"
    assert told(masked, others=replace(away, numbers=frozenset({"13811115678"}))) == held("weak")
    assert told(heard("尾号5678"), written, row("r2", "王五", B, customer="away")) == clear("r1")


def test_last_digits_do_not_outvote_the_name_beside_them() -> None:
    written = row("r1", "张建国", A, time="10:00")
    other = heard("李三", note="尾号5678", time="16:00")
    assert outcome(one(other, written)) == held("weak")
    both = [row("r1", "张建国", A), row("r2", "李三", B)]
    assert outcome(one(heard("李三", note="尾号5678"), *both)) == held("conflict")


@pytest.mark.parametrize(
    ("recording", "code"),
    [
        (heard(None, "13812345679", time="10:00"), "number_near"),
        (heard(None, "13812845678", time="10:00"), "number_slip"),
        (heard("张建军", time="10:00"), "name_near"),
        (heard("章健国", time="10:00"), "name_sound"),
        (heard(surname="张", time="10:00"), "surname_equal"),
    ],
)
def test_a_hint_needs_a_near_time_and_a_call_that_nobody_else_recorded(
    recording: Heard, code: str
) -> None:
    written = row("r1", "张建国", A, time="10:00")
    decision = one(recording, written)
    assert outcome(decision) == clear("r1")
    assert code in codes(decision)
    later = row("r1", "张建国", A, time="11:40")
    assert outcome(one(recording, later)) == held("weak")
    owner = heard("张建国", A, time="10:01", key="owner")
    both = match([recording, owner], [written])
    assert [outcome(each) for each in both] == [held("weak"), clear("r1")]
    if code != "number_slip":  # nobody else's number by chance
        unreached = row("r1", "张建国", A, time="10:00", reached=False)
        assert outcome(one(recording, unreached)) == held("weak")
        elsewhere = row("r1", "张建国", A, time="10:09", collector="赵强")
        assert outcome(one(recording, elsewhere))[0] != "matched clear"


def test_two_hints_at_one_call_are_both_held() -> None:
    written = row("r1", "张建国", A, time="10:00")
    hints = [heard("章建国", time="10:00", key="1"), heard("张健国", time="10:02", key="2")]
    assert {outcome(each) for each in match(hints, [written])} == {held("weak")}


def test_a_hint_yields_to_a_held_recording_with_the_number() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "李红", B, time="15:00")]
    contradicted = heard("李红", A, time="10:40", key="1")
    hint = heard("张健国", time="10:00", key="2")
    assert [outcome(each) for each in match([contradicted, hint], rows)] == [
        held("conflict"),
        held("weak"),
    ]


def test_without_times_a_slip_in_a_number_is_filed_where_one_call_is_left() -> None:
    rows = [row("r1", "张建国", A), row("r2", "李红", B)]
    slipped = A[:5] + "9" + A[6:]
    decision = one(heard(None, slipped), *rows)
    assert outcome(decision) == clear("r1")
    assert {"number_slip", "only_one_left"} <= codes(decision)
    twins = [heard(None, slipped, key="1"), heard(None, A[:6] + "0" + A[7:], key="2")]
    assert {outcome(each) for each in match(twins, rows)} == {held("weak")}
    owner = heard("张建国", key="owner")
    assert outcome(match([heard(None, slipped), owner], rows)[0]) == held("weak")


def test_without_times_a_like_name_may_be_that_of_a_forgotten_row() -> None:
    rows = [row("r1", "张建国", A), row("r2", "李红", B)]
    assert outcome(one(heard("章健国"), *rows)) == held("weak")
    assert outcome(one(heard("张建军"), *rows)) == held("weak")


def test_a_surname_without_a_time_is_never_enough() -> None:
    others = [row(f"r{place}", f"李{name}", C) for place, name in enumerate("甲乙丙丁戊己庚辛壬癸")]
    assert outcome(one(heard(surname="张"), row("r", "张建国", A), *others)) == held("weak")


def test_other_characters_of_the_same_name() -> None:
    assert outcome(one(heard("張建國"), row("r1", "张建国", A), row("r2", "张建军", B))) == clear(
        "r1"
    )
    same = one(heard("单雄信", time="10:00"), row("r1", "善雄信", A, time="10:02"))
    assert outcome(same) == clear("r1")


def test_another_customers_name_or_number_is_no_slip() -> None:
    """Papers of other days know the brother, whose row was forgotten."""
    written = row("r1", "张建国", A, time="10:00")
    brother = Known("张建军|" + B, "张建军", frozenset({"13812345679"}))
    for recording in (heard("张建军", time="10:00"), heard(None, "13812345679", time="10:00")):
        (decision,) = match([recording], [written], known=[brother])
        assert decision.verdict is not Verdict.MATCHED


@pytest.mark.parametrize("name", ["陈国明", "李大海", "王明"])
def test_a_slip_of_the_number_never_outvotes_another_persons_name(name: str) -> None:
    """A firm's men have neighbouring numbers: his own row may be one that nobody wrote."""
    written = row("r1", "张四海", A, time="10:00")
    for slipped in ("13812845678", "13812345679"):
        assert outcome(one(heard(name, slipped, time="10:00"), written)) == held("weak")
    assert outcome(one(heard("挖机老板", "13812845678", time="10:00"), written)) == clear("r1")


def test_a_number_from_the_customers_earlier_sheets_counts() -> None:
    written = row("r1", "张建国", A)
    earlier = Known(f"张建国|{A}", "张建国", frozenset({A, B}))
    (decision,) = match([heard(None, B)], [written], known=[earlier])
    assert outcome(decision) == clear("r1")
    assert "number_known" in codes(decision)


def test_what_a_person_confirmed_counts() -> None:
    written = row("r1", "张建国", A)
    taught = Known(f"张建国|{A}", "张建国", frozenset({A}), frozenset({C}), frozenset({"挖机老板"}))
    by_number, by_name = match(
        [heard("赵四", C, key="1"), heard("挖机老板", key="2")],
        [written, row("r2", "李红", B)],
        known=[taught],
    )
    assert by_name.row == "r1"
    assert "name_confirmed" in codes(by_name)
    assert "number_confirmed" in codes(by_number)


def test_a_slip_beside_the_other_evidence_does_no_harm() -> None:
    assert outcome(one(heard("张健国", A), row("r1", "张建国", A))) == clear("r1")
    assert outcome(one(heard("张建国", "13812345687"), row("r1", "张建国", A))) == clear("r1")
