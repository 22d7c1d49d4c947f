from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.language import LANGUAGES, Words
from matcher.customers import Known, identify
from matcher.decision import Candidate, Decision, Verdict
from matcher.evidence import Evidence, Heard, Precision, Row, Word
from matcher.match import match
from matcher.names import canonical
from matcher.opinion import Rules
from tests.matcher.office import Office, Person

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 16)
A, B, C = "13812345678", "13987654321", "15011112222"
GIVEN = "建国志明海玉红春"


def at(clock: str, day: date = TODAY) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def heard(
    name: str | None = None,
    *numbers: str,
    time: str | None = None,
    day: date = TODAY,
    handed_over: date = TODAY,
    key: str = "recording",
    note: str | None = None,
    surname: str | None = None,
    collector: str | None = "李娜",
    reader: str = "general",
) -> Heard:
    return Heard(
        key,
        handed_over,
        Evidence(
            reader=reader,
            contact=name,
            note=note,
            surname=surname,
            numbers=numbers,
            started_at=at(time, day) if time else None,
            precision=Precision.SECOND if time else None,
            collector=collector,
        ),
    )


def row(
    key: str,
    name: str | None,
    *numbers: str,
    time: str | None = None,
    customer: str | None = "",
    day: date = TODAY,
    collector: str | None = "李娜",
    reached: bool | None = True,
) -> Row:
    return Row(
        key=key,
        day=day,
        name=name,
        numbers=numbers,
        customer=f"{name}|{min(numbers, default='')}" if customer == "" else customer,
        called_at=at(time, day) if time else None,
        precision=Precision.MINUTE if time else None,
        collector=collector,
        reached=reached,
    )


def one(recording: Heard, *rows: Row) -> Decision:
    (decision,) = match([recording], rows)
    return decision


def outcome(decision: Decision) -> tuple[str, str | None]:
    return f"{decision.verdict} {decision.why}", decision.row


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.candidates[0].reasons}


def held(why: str) -> tuple[str, None]:
    return f"ambiguous {why}", None


def clear(row: str) -> tuple[str, str]:
    return "matched clear", row


# What names a customer


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


def test_names_of_two_characters_are_not_alike() -> None:
    assert outcome(one(heard("王芳"), row("r1", "王伟", A))) == ("unmatched nobody", None)
    near = one(heard("王芳", time="10:00"), row("r1", "王伟", A, time="10:00"))
    assert outcome(near) == ("unmatched nobody", None)


def test_a_name_of_two_characters_is_a_longer_ones_only_to_the_minute() -> None:
    longer = row("r1", "王超艳", A, time="12:00")
    assert outcome(one(heard("王艳", time="12:06"), longer))[0] != "matched clear"
    assert outcome(one(heard("王艳", time="12:01"), longer)) == clear("r1")
    assert outcome(one(heard("王超燕", time="12:06"), longer)) == clear("r1")


def test_a_character_elsewhere_in_the_name_makes_it_no_likelier() -> None:
    """Beside an equal number: 张祥王 is nobody's slip of 王新鸿, and may be of 张新鸿."""
    number = row("r1", "张祥王", A, collector=None)
    assert outcome(one(heard("王新鸿", A), number)) == held("conflict")
    assert outcome(one(heard("张新鸿", A), number)) == clear("r1")


def test_names_of_two_characters_that_look_alike_need_a_call_just_then() -> None:
    assert outcome(one(heard("秦刚"), row("r1", "泰刚", A)))[0] != "matched clear"
    calls = [row("r1", "泰刚", A, time="10:02"), row("r2", "王刚", B, time="15:00")]
    near = one(heard("秦刚", time="10:00"), *calls)
    assert outcome(near) == clear("r1")
    assert "name_near" in codes(near)


def test_half_a_name_is_enough_to_the_minute_of_an_exact_author() -> None:
    sure = [heard(None, f"1371234567{i}", time=f"1{i}:45", key=f"{i}") for i in range(6)]
    rows = [row(f"r{i}", f"李乙{i}", f"1371234567{i}", time=f"1{i}:45") for i in range(6)]
    rows += [row(f"s{i}", f"赵甲{i}", f"1361234567{i}", collector="赵强") for i in range(10)]
    rows.append(row("r", "冯水", A, time="9:12"))
    decision = match([heard("冯斌", time="9:12", key="half"), *sure], rows)[0]
    assert outcome(decision) == clear("r")
    assert {"name_half", "time_exact"} <= codes(decision)
    decision = match([heard("冯斌", time="9:15", key="half"), *sure], rows)[0]
    assert outcome(decision) != clear("r")


def test_a_surname_needs_the_very_minute_of_an_exact_author() -> None:
    """A friend of the collector's is called 张, too; three minutes off are many here."""
    sure = [heard(None, f"1371234567{i}", time=f"1{i}:45", key=f"{i}") for i in range(6)]
    rows = [row(f"r{i}", f"李乙{i}", f"1371234567{i}", time=f"1{i}:45") for i in range(6)]
    rows.append(row("r", "张建国", A, time="9:12"))
    for minute, title, filed in ((13, "总", True), (15, "总", False), (13, "主任", False)):
        call = heard(surname="张", note=title, time=f"9:{minute}", key="surname")
        others = [row(f"o{i}", f"张丙{i}", f"1351234567{i}", time="18:00") for i in range(9)]
        assert (match([call, *sure], [*rows, *others])[0].verdict is Verdict.MATCHED) is filed


def test_a_name_that_is_one_character_off_from_two_is_neithers_by_the_time_alone() -> None:
    rows = [
        row("r1", "王红燕", A, time="11:41", collector=None),
        row("r2", "王宁龙", B, time="9:38", collector=None),
    ]
    assert outcome(one(heard("王宁燕", time="11:42"), *rows)) == held("weak")
    assert outcome(one(heard("王宁燕", time="11:42"), rows[0])) == clear("r1")


def test_a_couples_number_is_not_whose_name_it_has_where_the_others_call_was_just_then() -> None:
    rows = [row("r1", "张琳晶", A, time="17:35"), row("r2", "李泉文", A, time="6:18")]
    assert outcome(one(heard("张琳晶", A, time="18:16"), *rows)) == held("tie")
    assert outcome(one(heard("张琳晶", A, time="16:30"), *rows)) == clear("r1")


def test_a_couple_is_told_apart_by_the_time_also_where_the_contact_has_no_number() -> None:
    """The wife was called at 10:30, and her husband's name may be that of the phone."""
    husband = row("r1", "王金", A, time="10:10")
    for wife, expected in (
        (row("r2", "何娟", A, time="10:31"), held("time")),
        (row("r2", "何娟", B, time="10:31"), clear("r1")),
        (row("r2", "何娟", A, time="12:00"), clear("r1")),
    ):
        assert outcome(one(heard("王金", time="10:29"), husband, wife)) == expected


def test_a_couples_phone_saved_under_one_is_not_theirs_while_the_others_call_has_no_recording() -> (
    None
):
    wife, husband = row("r1", "赵玲丽", A), row("r2", "丁祺", A)
    by_name, by_number = heard("赵玲丽"), heard("赵玲丽", A)
    for call in (by_name, by_number):
        assert outcome(one(call, wife)) == clear("r1")
        assert outcome(one(call, wife, husband)) == held("tie")
        assert [shown.row for shown in one(call, wife, husband).candidates] == ["r1", "r2"]
        other = heard("丁祺", A, key="other")
        assert [outcome(each) for each in match([call, other], [wife, husband])] == [
            clear("r1"),
            clear("r2"),
        ]
    nobody_there = row("r2", "丁祺", A, reached=False)
    assert outcome(one(by_number, wife, nobody_there)) == clear("r1")
    timely, elsewhen = row("r1", "赵玲丽", A, time="10:00"), row("r2", "丁祺", A, time="15:00")
    assert outcome(one(heard("赵玲丽", A, time="10:03"), timely, husband)) == clear("r1")
    assert outcome(one(heard("赵玲丽", A, time="10:03"), wife, elsewhen)) == clear("r1")
    nearer = row("r2", "丁祺", A, time="10:17")
    assert outcome(one(heard("赵玲丽", A, time="10:15"), timely, nearer)) == held("tie")


def test_two_recordings_under_one_name_of_a_couple_may_be_one_of_each() -> None:
    rows = [row("r1", "赵玲丽", A), row("r2", "赵玲丽", A), row("r3", "丁祺", A)]
    calls = [heard("赵玲丽", A), heard("赵玲丽", A, key="other")]
    assert [outcome(each) for each in match(calls, rows)] == [held("tie"), held("tie")]


def test_a_number_that_was_called_elsewhen_may_be_another_call_just_then_but_for_a_digit() -> None:
    named = row("r1", "蔡国", A, time="15:00")
    call = heard(None, A, time="10:01")
    assert outcome(one(call, named)) == clear("r1")
    assert outcome(one(call, named, row("r2", "杨信", A[:-4] + "9" + A[-3:], time="10:05"))) == (
        held("time")
    )
    assert outcome(one(call, named, row("r2", "杨信", B, time="10:05"))) == clear("r1")
    lacking = replace(row("r2", "杨信", time="10:05"), misread=(A[:-1],))
    assert outcome(one(call, named, lacking)) == held("time")


def test_a_name_alone_is_not_a_call_that_nobody_answered_nor_one_of_another_time() -> None:
    unanswered = row("r1", "王海涛", A, reached=False)
    assert outcome(one(heard("王海涛"), unanswered)) == held("weak")
    assert outcome(one(heard("王海涛", A), unanswered)) == clear("r1")
    at_ten = row("r1", "王海涛", A, time="10:00", reached=False)
    assert outcome(one(heard("王海涛", time="10:13"), at_ten)) == held("weak")
    assert outcome(one(heard("王海涛", time="10:04"), at_ten)) == clear("r1")
    assert outcome(one(heard("王海涛"), unanswered, row("r2", "王海涛", A))) == clear("r2")
    elsewhen = row("r1", "王海涛", A, time="10:00", collector=None)
    assert outcome(one(heard("王海涛", time="10:45"), elsewhen)) == held("weak")
    own = row("r1", "王海涛", A, time="10:00")
    assert outcome(one(heard("王海涛", time="10:45"), own)) == clear("r1")
    assert outcome(one(heard("王海涛", time="10:25"), elsewhen)) == clear("r1")


def test_a_name_yields_to_a_call_just_then_whose_row_has_no_name() -> None:
    named = row("r1", "郭波娟", A, time="10:10")
    call = heard("郭波娟", time="10:30")
    assert outcome(one(call, named, row("r2", None, B, time="10:31"))) == held("time")
    assert outcome(one(call, named, row("r2", None, B, time="12:00"))) == clear("r1")


def test_beside_hints_at_other_times_a_call_just_then_that_resembles_is_shown() -> None:
    """唐秀兰 is the wife of 王霞琪, whom the sheet calls 汪霞琪."""
    elsewhen = row("r1", "林秀兰", A, time="8:40", collector="赵强")
    just_then = row("r2", "汪霞琪", B, time="13:05")
    decision = one(heard("唐秀兰", note="王霞琪配偶", time="13:04"), elsewhen, just_then)
    assert outcome(decision) == held("weak")
    assert [shown.row for shown in decision.candidates] == ["r2", "r1"]
    assert "resembles" in codes(decision)


def test_a_hint_that_resembles_half_a_day_off_is_shown_once() -> None:
    rows = [row("r1", "王伟强", A, time="3:39"), row("r2", "王玮强", B, time="9:00")]
    decision = one(heard("王维强", time="15:39"), *rows)
    assert [candidate.row for candidate in decision.candidates] == ["r1", "r2"]
    assert "resembles" in codes(decision)


def test_a_number_in_todays_row_of_another_is_not_whose_name_it_has_in_other_papers() -> None:
    rows = [row("r1", "姚云晶", B, customer="one"), row("r2", "刘永强", A)]
    known = [Known("one", "姚云晶", frozenset({A, B}))]
    (decision,) = match([heard("姚云晶", A)], [*rows, row("r3", "姚云晶", A, customer="one",
        day=TODAY - timedelta(days=1))], known=known)  # fmt: skip
    assert outcome(decision) == held("tie")


def test_a_namesake_who_is_away_makes_the_collector_too_little() -> None:
    away = Known(f"王伟|{B}", "王伟", frozenset({B}))
    written = row("r1", "王伟", A, time="10:00")
    for call, wanted in ((heard("王伟"), held("weak")), (heard("王伟", time="10:01"), clear("r1"))):
        (decision,) = match([call], [written], known=[away])
        assert outcome(decision) == wanted
    (decision,) = match([heard("王伟", time="10:01")], [row("r1", "王伟", A)], known=[away])
    assert outcome(decision) == held("weak")


def test_a_surname_that_two_near_calls_share_is_held_with_both() -> None:
    written = [row("r1", "张建国", A, time="10:00"), row("r2", "张海", B, time="10:05")]
    decision = one(heard(surname="张", note="老", time="10:01"), *written, row("r3", "李海", C))
    assert outcome(decision) == held("weak")
    assert [candidate.row for candidate in decision.candidates] == ["r1", "r2"]


def test_a_surname_says_nothing_of_another_collectors_or_hours_customers() -> None:
    recording = heard(surname="张", time="16:00")
    written = row("r1", "张建国", A, time="10:00")
    assert outcome(one(recording, written)) == ("unmatched nobody", None)
    other = row("r1", "张建国", A, time="16:00", collector="赵强")
    assert outcome(one(recording, other)) == ("unmatched nobody", None)


def test_a_surname_beside_a_strangers_number_hints_at_a_call_just_then_alone() -> None:
    stranger = heard(None, B, surname="李", note="主任", time="10:00")
    for clock, expected in ((None, "unmatched nobody"), ("10:05", "ambiguous weak")):
        written = row("r1", "李春燕", time=clock)
        assert outcome(one(stranger, written)) == (expected, None)


def test_a_surname_beside_a_number_does_no_harm() -> None:
    assert outcome(one(heard(None, A, surname="张"), row("r1", "张建国", A))) == clear("r1")


# How much is enough


def test_a_name_alone_is_not_enough_against_the_time() -> None:
    written = row("r1", "张建国", A, time="10:00")
    assert outcome(one(heard("张建国", time="11:30"), written)) == clear("r1")
    twice = [heard("张建国", A, time="10:01", key="1"), heard("张建国", time="11:30", key="2")]
    assert [outcome(each) for each in match(twice, [written])] == [clear("r1"), held("weak")]
    assert outcome(one(heard("张建国", time="16:30"), written)) == held("weak")
    assert outcome(one(heard("张建国", A, time="16:30"), written)) == clear("r1")


def test_a_name_in_another_collectors_folder_needs_a_near_time_where_times_are_known() -> None:
    written = row("r1", "张建国", A, time="10:00", collector="赵强")
    assert outcome(one(heard("张建国", time="11:30"), written)) == held("weak")
    assert outcome(one(heard("张建国", time="10:05"), written)) == clear("r1")
    assert outcome(one(heard(None, A), written)) == clear("r1")


def test_a_whole_name_holds_no_other_customers() -> None:
    rows = [row("r1", "刘虎", A), row("r2", "济宁市永固工程机械有限公司", B)]
    for whole in ("刘虎桂", "刘虎桂 邹城"):
        assert one(heard(whole), *rows).verdict is not Verdict.MATCHED
    assert outcome(one(heard("刘虎妻 邹城"), rows[0])) == clear("r1")
    assert (
        one(heard("陈学忠", note="李强弟弟"), row("r1", "陈学", A)).verdict is not Verdict.MATCHED
    )
    assert one(heard("潍坊永固工程机械有限公司"), *rows).verdict is not Verdict.MATCHED
    short = row("r3", "永固工程机械", C)
    assert outcome(one(heard("潍坊永固工程机械有限公司"), short)) == clear("r3")


def test_names_in_a_note_may_be_long() -> None:
    firm = row("r1", "泰安市鑫源建材有限公司", A)
    assert outcome(one(heard("陈文江", note="泰安市鑫源建材有限公司司机"), firm)) == clear("r1")
    dotted = row("r2", "玉素甫·哈斯木", B)
    assert outcome(one(heard("熊红梅 玉素甫·哈斯木"), firm, dotted)) == clear("r2")


def test_a_name_in_a_note_may_be_spaced_out() -> None:
    assert outcome(one(heard("周强", note="郭 东"), row("r1", "郭东", A))) == clear("r1")


def test_four_digits_that_may_be_a_date_or_last_digits_are_those_of_the_customer_who_has_them() -> (
    None
):
    later = TODAY + timedelta(days=2)
    rows = [row("r1", "尹涛", "15411111118"), row("r2", "尹涛", B, day=later)]
    call = heard("尹涛", note="1118", handed_over=TODAY)
    dated = replace(call.evidence, started_at=at("0:00", later), precision=Precision.DAY)
    call = replace(call, evidence=dated)
    assert outcome(one(call, *rows)) == clear("r1")
    other = replace(rows[0], numbers=(C,))
    assert outcome(one(call, other, rows[1])) == clear("r2")


def test_behind_a_collectors_name_the_note_is_the_contact() -> None:
    rows = [row("r1", "潍坊市天成建材有限公司", A, collector="黄海涛"), row("r2", "王芳", B)]
    call = heard("黄海涛", note="天成建材", collector=None)
    assert outcome(one(call, *rows)) == clear("r1")


def test_a_customer_who_is_called_like_a_collector_needs_the_number() -> None:
    written, other = row("r1", "李娜", A, time="10:15"), row("r3", "张三", C, time="10:14")
    assert "name_of_collector" in codes(one(heard("李娜"), written))
    for call in (heard("李娜"), heard("李娜", time="10:14"), heard("李娜", collector="王忠")):
        assert outcome(one(call, written, other)) == held("weak")
    department = replace(written, collector="信贷部李娜")
    assert outcome(one(heard("李娜", collector=None), department)) == held("weak")
    assert outcome(one(heard("李娜", A), written)) == clear("r1")
    saved = heard(
        "李娜", time="10:14", reader="vivo"
    )  # a contact of the phone's, not a file's name
    assert outcome(one(saved, written, other)) == clear("r1")
    longer = replace(written, collector="李娜英")
    assert outcome(one(heard("李娜", collector="李娜英"), longer)) == clear("r1")
    assert one(heard("李娜"), row("r2", "王芳", B)).why == "no_evidence"


@pytest.mark.parametrize(
    ("call", "resembles"),
    [
        (heard(None, B[:5] + "0" + B[6:], time="10:12", collector=None), True),
        (heard("李峰成曲阜", time="10:12"), True),
        (heard("周强", note="李丰成司机", time="10:12"), True),
        (heard("李峰成曲阜", time="10:52"), False),
        (heard("李峰成曲阜", time="22:12"), True),
        (heard("李峰城 " + "工地" * 100, time="10:12"), True),
        (heard("李峰成曲阜"), False),
        (heard("赵峰曲阜", time="10:12"), False),
    ],
)
def test_a_call_just_then_that_is_a_slip_away_is_shown_and_not_decided(
    call: Heard, resembles: bool
) -> None:
    rows = [row("r1", "李峰诚", B, time="10:15"), row("r2", "赵甲", C, time="10:10")]
    other = row("r3", "孙丙", B[:5] + "0" + B[6:], day=TODAY + timedelta(days=1))
    known = Known(other.customer or "", "孙丙", frozenset(other.numbers))
    (decision,) = match([call], rows, known=[known])
    assert decision.verdict is Verdict.UNMATCHED
    shown = [one.row for one in decision.candidates if "resembles" in codes_of(one)]
    assert shown == (["r1"] if resembles else [])


def codes_of(candidate: Candidate) -> set[str]:
    return {reason.code for reason in candidate.reasons}


def test_a_name_with_a_dot_that_goes_on_may_be_anothers_and_needs_the_time() -> None:
    # A town, or another person: 买买提江 is a name, too.
    rows = [row("r1", "阿卜杜拉·买买提", A, time="10:16", collector=None), row("r2", "王芳", B)]
    call = heard("阿卜杜拉·买买提曲阜", time="10:17")
    assert outcome(one(call, *rows)) == clear("r1")
    assert "name_goes_on" in codes(one(call, *rows))
    assert outcome(one(heard("阿卜杜拉·买买提曲阜", time="15:00"), *rows)) == held("weak")


def test_a_namesake_without_a_number_in_anothers_sheet_may_be_a_second_customer() -> None:
    # All three name one customer, whose numbers differ by a digit; nothing tells a fourth apart.
    rows = [
        row("r1", "汪金龙", A, customer="one"),
        row("r2", "汪金龙", A[:5] + A[5:6] + A[5:], customer="one", reached=False),
        row("r3", "汪金龙", customer="one", collector="许健福"),
    ]
    decision = one(heard("汪金龙", time="10:13"), *rows)
    assert outcome(decision) == held("weak")
    assert {"numbers_alike", "number_lacking"} <= codes(decision)
    assert one(heard("汪金龙", A, time="10:13"), *rows).customer == "one"
    own = replace(rows[2], collector="李娜")
    assert one(heard("汪金龙", time="10:13"), *rows[:2], own).customer == "one"


def test_last_digits_that_look_like_a_time_past_midnight_reach_for_no_other_day() -> None:
    # `林玲丽0152-1116`: as 01:52 it could be a call of the day before.
    spoken = heard("林玲丽", time="1:52", note="0152")
    spoken = replace(spoken, evidence=replace(spoken.evidence, precision=Precision.MINUTE))
    yesterday = row("r1", "林玲丽", "15496690152", day=TODAY - timedelta(1))
    today = row("r2", "林玲丽", "15496690152")
    assert outcome(one(spoken, yesterday, today)) == clear("r2")
    assert one(spoken, yesterday).verdict is not Verdict.MATCHED


def test_both_slips_of_one_known_customers_name_and_number_are_slips() -> None:
    known = [Known("义", "罗丽义", frozenset({"15443154242"}))]
    written = row("r1", "罗丽毅", "15441354242", time="10:42", customer="毅")
    call = heard("罗丽义", "15443154242", time="10:42")
    (decision,) = match([call], [written], known=known)
    assert outcome(decision) == clear("r1")
    (decision,) = match([heard("罗丽义", time="10:42")], [written], known=known)
    assert outcome(decision) == clear("r1")
    late = replace(written, called_at=at("15:00"))
    (decision,) = match([call], [late], known=known)
    assert decision.verdict is Verdict.AMBIGUOUS
    # The number alone is a slip, and the name is that other customer's: nobody else's call.
    other = replace(written, name="王伟")
    (decision,) = match([call], [other], known=known)
    assert decision.verdict is Verdict.UNMATCHED


def test_the_number_of_a_known_customer_of_like_sound_is_a_strangers_beside_a_bare_row() -> None:
    known = [Known("义", "罗丽义", frozenset({"15443154242"}))]
    bare = row("r1", "罗丽毅", time="10:42", customer="毅")
    (decision,) = match([heard("罗丽毅", "15443154242", time="10:42")], [bare], known=known)
    assert outcome(decision) == held("conflict")


def test_a_firms_number_on_another_day_under_its_short_name_makes_a_slip_no_strangers() -> None:
    known = [Known("short", "鑫源矿业", frozenset({"15423028182"}))]
    written = row("r1", "聊城市鑫源矿业有限公司", "15433028182", time="15:30")
    (decision,) = match([heard(None, "15423028182", time="15:22")], [written], known=known)
    assert outcome(decision) == clear("r1")
    anothers = [Known("other", "刘海燕", frozenset({"15423028182"}))]
    (decision,) = match([heard(None, "15423028182", time="15:22")], [written], known=anothers)
    assert decision.verdict is Verdict.UNMATCHED


def test_a_namesake_who_was_called_on_the_day_of_the_hand_off_alone_is_away() -> None:
    yesterday = TODAY - timedelta(1)
    rows = [row("r1", "章安", A, day=yesterday), row("r2", "章安", B)]
    known = [known_as("章安", A), known_as("章安", B)]
    late = heard("章安", time="12:07", day=yesterday, collector=None)
    assert filed(late, *rows, known=known) is None


def test_todays_number_goes_before_other_days_papers() -> None:
    rows = [row("r1", "王永强", A), row("r2", "秦娜", B)]
    wife = [known_as("秦娜", A, B)]
    assert filed(heard("秦娜", A), *rows, known=wife) is None


def test_a_bare_surname_is_nobodys_where_another_of_it_was_called_just_then() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张海", B, time="10:06")]
    owner = heard(None, B, time="10:06", key="owner")
    bare = heard(surname="张", note="总", time="10:00")
    assert outcome(match([bare, owner], rows)[0]) == held("weak")
    assert outcome(match([bare, owner], rows[:1])[0]) == clear("r1")


def test_another_surname_contradicts_a_number() -> None:
    boss = heard(None, A, surname="吴", note="老板", time="11:00")
    assert outcome(one(boss, row("r1", "袁忠信", A))) == held("conflict")
    assert outcome(one(boss, row("r1", "袁忠信", A, time="11:01"))) == clear("r1")


def test_a_collector_tells_no_namesakes_apart_against_the_time() -> None:
    rows = [
        row("r1", "刘成", A, time="15:05"),
        row("r2", "刘成", B, time="16:45", collector="赵强"),
    ]
    assert outcome(one(heard("刘成", time="15:52"), *rows)) == held("tie")


@pytest.mark.parametrize("first", ["10:00", None])
def test_a_couples_phone_may_be_the_others_call(first: str | None) -> None:
    rows = [row("r1", "谭刚", A, time=first), row("r2", "蒋桂英", A, time="13:51")]
    assert outcome(one(heard("谭刚", A, time="13:51"), *rows)) == held("tie")


def test_a_friend_of_a_customers_name_is_not_filed_under_another_collectors_call() -> None:
    written = row("r1", "张建国", A, collector="赵强")
    assert outcome(one(heard("张建国"), written)) == held("weak")


@pytest.mark.parametrize("nickname", ["小李", "娜姐", "信贷部李娜", "李经理", "collector3"])
def test_a_collectors_nickname_is_not_another_collector(nickname: str) -> None:
    decision = one(heard("张建国"), row("r1", "张建国", A, collector=nickname))
    assert outcome(decision) == clear("r1")
    assert codes(decision) == {"name_equal"}


def test_a_name_yields_to_another_call_of_that_minute_that_nobody_recorded() -> None:
    namesake = row("r1", "张建国", A, time="09:15")
    just_then = row("r2", "李秀英", B, time="10:30")
    recording = heard("张建国", time="10:31")
    assert outcome(one(recording, namesake, just_then)) == held("time")
    assert {shown.row for shown in one(recording, namesake, just_then).candidates} == {"r1", "r2"}
    recorded = heard("李秀英", B, time="10:30", key="other")
    assert outcome(match([recording, recorded], [namesake, just_then])[0]) == clear("r1")
    unreached = row("r2", "李秀英", B, time="10:30", reached=False)
    assert outcome(one(recording, namesake, unreached)) == clear("r1")
    assert outcome(one(heard("张建国", A, time="10:31"), namesake, just_then)) == clear("r1")


def test_a_name_whose_row_has_no_time_yields_only_to_a_like_name() -> None:
    namesake = row("r1", "张建国", A)
    recording = heard("张建国", time="10:31")
    assert outcome(one(recording, namesake, row("r2", "张建军", B, time="10:30"))) == held("time")
    assert outcome(one(recording, namesake, row("r2", "李秀英", B, time="10:30"))) == clear("r1")


def test_a_row_not_reached_weighs_against() -> None:
    missed = row("r1", "张建国", A, reached=False, collector="赵强", time="10:00")
    assert outcome(one(heard("张建国", time="10:07"), missed)) == clear("r1")
    assert outcome(one(heard("张建国", time="10:40"), missed)) == held("weak")
    again = row("r2", "张建国", A, reached=True, collector=None)
    assert outcome(one(heard("张建国"), missed, again)) == clear("r2")


def test_an_afternoon_hour_typed_without_twelve_is_no_contradiction() -> None:
    decision = one(heard("张建国", time="15:10"), row("r1", "张建国", A, time="3:10"))
    assert outcome(decision) == clear("r1")


# The day


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


# Number against name


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


# Ties


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


# What a person said


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


# The same bytes under several names


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


# Clocks and lengths


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


# Neighbours, couples and brothers whom other days know

N1, N2 = "13800000001", "13800000002"


def known_as(name: str, *numbers: str) -> Known:
    return Known(f"{name}|{min(numbers)}", name, frozenset(numbers))


def filed(recording: Heard, *rows: Row, known: Sequence[Known] = ()) -> str | None:
    outcomes = {
        match([recording], order, known=whom)[0].customer
        for order in (rows, rows[::-1])
        for whom in (known, known[::-1])
    }
    (customer,) = outcomes
    return customer


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


# Several calls of one customer


def test_each_call_of_a_customer_gets_its_own_row() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="10:08")]
    calls = [heard(None, A, time="10:09", key="1"), heard("张建国", time="10:06", key="2")]
    assert [decision.row for decision in match(calls, rows)] == ["r2", "r1"]


def test_the_nearer_of_two_near_rows_is_the_call() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="10:08")]
    assert outcome(one(heard(None, A, time="10:07"), *rows)) == clear("r2")


def test_calls_without_times_in_the_sheet_go_by_its_lines() -> None:
    rows = [row(f"sheet|{line}", "张建国", A) for line in (10, 9, 11)]
    calls = [heard(None, A, time=time, key=time) for time in ("15:00", "9:00", "12:00")]
    assert [decision.row for decision in match(calls, rows)] == ["sheet|11", "sheet|9", "sheet|10"]


def test_more_recordings_than_rows_stand_under_the_best_row() -> None:
    rows = [row("r1", "张建国", A, time="10:00")]
    calls = [heard("张建国", A, time=time, key=time) for time in ("10:01", "10:30", "11:10")]
    assert [outcome(decision) for decision in match(calls, rows)] == [clear("r1")] * 3


# What a person is shown


def test_candidates_are_at_most_five_with_every_customer_before_second_rows() -> None:
    rows = [row(f"a{i}", "王伟", A, time="10:00") for i in range(6)]
    rows.append(row("b", "王伟", B, time="11:00"))
    decision = one(heard("王伟", time="10:00"), *rows)
    assert len(decision.candidates) == 5
    assert decision.candidates[-1].row == "b"
    weights = [candidate.weight for candidate in decision.candidates]
    assert weights == sorted(weights, reverse=True)


def test_the_chosen_row_stands_first() -> None:
    rows = [row("r1", "张建国", A, time="10:00"), row("r2", "张建国", A, time="10:08")]
    calls = [heard(None, A, time="10:00", key="1"), heard(None, A, time="10:01", key="2")]
    assert [decision.candidates[0].row for decision in match(calls, rows)] == ["r1", "r2"]


def test_rules_set_what_is_enough() -> None:
    strict = Rules(enough=20, shown=1)
    (decision,) = match([heard("张建国")], [row("r1", "张建国", A)], strict)
    assert outcome(decision) == held("weak")


def test_every_reason_and_outcome_has_its_sentence() -> None:
    said = set()
    for truth in Office(7).days(6):
        rows = identify(truth.rows, ()).rows
        for decision in match(truth.recordings, rows):
            for language in LANGUAGES:
                words = Words(language)
                assert words(f"reasons.why_{decision.why}")
                for candidate in decision.candidates:
                    for reason in candidate.reasons:
                        said.add(reason.code)
                        assert "{" not in words(f"reasons.{reason.code}", **dict(reason.values))
    assert len(said) > 12


# Large days


def test_a_name_that_a_whole_day_shares_names_nobody() -> None:
    rows = [row(f"r{i:03}", "王伟", f"138{i:08}", time="10:00") for i in range(80)]
    assert outcome(one(heard("王伟", time="10:00"), *rows)) == held("tie")
    assert outcome(one(heard("王伟", "13800000000"), *rows)) == held("tie")


def test_a_customer_called_all_day_long() -> None:
    rows = [
        row(f"r{i:03}", "张建国", A, time=f"{8 + i // 60}:{i % 60:02}", customer="张")
        for i in range(200)
    ]
    assert outcome(one(heard(None, A, time="10:30"), *rows)) == clear("r150")
    calls = [heard(None, A, time=f"{8 + i // 60}:{i % 60:02}", key=f"{i:03}") for i in range(200)]
    assert all(decision.customer == "张" for decision in match(calls, rows))


# Order and a whole office

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
