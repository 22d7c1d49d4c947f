"""Names that are like a customer's, and the numbers of couples."""

from dataclasses import replace
from datetime import timedelta

from matcher.customers import Known
from matcher.decision import Verdict
from matcher.match import match
from tests.matcher.a_day import (
    TODAY,
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
