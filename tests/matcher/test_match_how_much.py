"""How much evidence is enough."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matcher.customers import Known
from matcher.decision import Verdict
from matcher.evidence import Heard, Precision
from matcher.match import match
from tests.matcher.a_day import (
    TODAY,
    A,
    B,
    C,
    at,
    clear,
    codes,
    codes_of,
    filed,
    heard,
    held,
    known_as,
    one,
    outcome,
    row,
)


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


def test_a_sum_is_nobodys_last_digits() -> None:
    rows = [row("r1", "张三", "13811115000"), row("r2", "张三", B)]
    for note in ("还款5000元", "欠5000", "承诺 5000"):
        assert outcome(one(heard("张三", note=note), *rows)) == held("tie")
    titled = heard(surname="张", note="老 还款5000元")
    assert one(titled, rows[0]).verdict is not Verdict.MATCHED
    assert outcome(one(heard("张三", note="5000"), *rows)) == clear("r1")


def test_a_masked_number_contradicts_a_name_with_another() -> None:
    masked = heard("张三", note="138****4444")
    assert outcome(one(masked, row("r1", "张三", A))) == held("conflict")
    rows = [row("r1", "张三", A), row("r2", "张三", "13811114444")]
    assert outcome(one(masked, *rows)) == clear("r2")


def test_a_masked_numbers_first_digits_must_agree_too() -> None:
    masked = heard("张三", note="138****4444")
    other = row("r1", "张三", "13955554444")
    assert outcome(one(masked, other)) == held("conflict")
    assert outcome(one(masked, other, row("r2", "张三", "13811114444"))) == clear("r2")
    titled = heard(surname="张", note="老 138****4444")
    assert one(titled, other).verdict is not Verdict.MATCHED


def test_a_rows_masked_number_contradicts_others_and_hints_at_its_own() -> None:
    shown = replace(row("r1", "张三", time="10:00"), masked=("138****4444",))
    customer = replace(shown, customer="张三|138****4444")
    assert outcome(one(heard("张三", "13955554444"), customer)) == held("conflict")
    assert outcome(one(heard("张三", "13955554444", time="10:01"), customer)) == clear("r1")
    assert outcome(one(heard("张三", "13855554444"), customer)) == clear("r1")
    assert outcome(one(heard("张三", note="138****4444"), customer)) == clear("r1")
    assert outcome(one(heard("张三", note="138****5555"), customer)) == held("conflict")
    assert outcome(one(heard("张三", note="尾号4444"), customer)) == clear("r1")
    # A number alone is no more than a hint: one in ten thousand begins and ends so.
    assert outcome(one(heard(None, "13855554444"), customer)) == held("weak")
    assert outcome(one(heard(None, "13855554444", time="10:01"), customer)) == clear("r1")
    assert outcome(one(heard(None, "13955554444", time="10:01"), customer)) == (
        "unmatched nobody",
        None,
    )


def test_of_namesakes_with_masked_numbers_each_has_his_own() -> None:
    rows = [
        replace(row("r1", "张三", customer="a"), masked=("138****4444",)),
        replace(row("r2", "张三", customer="b"), masked=("139****4444",)),
    ]
    assert outcome(one(heard("张三", "13955554444"), *rows)) == clear("r2")
    assert outcome(one(heard("张三", "13755554444"), *rows)) == held("conflict")
    assert outcome(one(heard("张三"), *rows)) == held("tie")
    whole = row("r3", "张三", "13855554444", customer="a")
    assert outcome(one(heard("张三", "13877774444"), rows[0], whole)) == held("conflict")


def test_a_name_of_two_characters_that_may_go_on_needs_a_near_time() -> None:
    written = row("r1", "刘金", A, time="10:00")
    assert outcome(one(heard("刘金属回收"), written)) == held("weak")
    assert outcome(one(heard("范刘金泰"), written)) == held("weak")
    assert outcome(one(heard("刘金属回收", time="10:01"), written)) == clear("r1")
    for goes_on in ("刘金未接", "王芳打给刘金", "刘金配偶电话", "刘金属相和刘金"):
        assert outcome(one(heard(goes_on), written)) == clear("r1")


def test_a_name_at_the_beginning_of_a_shops_needs_a_near_time() -> None:
    written = row("r1", "王大海", A, time="10:00")
    for shop in ("王大海鲜店", "王大海鲜大酒楼"):
        assert outcome(one(heard(shop), written)) == held("weak")
        assert outcome(one(heard(shop, time="10:01"), written)) == clear("r1")
    for his in ("王大海的店", "王大海媳妇店里电话"):
        assert outcome(one(heard(his), written)) == clear("r1")


def test_who_is_told_apart_in_brackets_is_not_another_who_is() -> None:
    big = row("r1", "张三(大)", A, time="10:00")
    for note in ("小", "济宁"):
        assert outcome(one(heard("张三", note=note), big)) == held("weak")
    assert outcome(one(heard("张三", note="大"), big)) == clear("r1")
    assert outcome(one(heard("张三", note="逾期2期"), big)) == clear("r1")
    assert outcome(one(heard("张三"), big)) == clear("r1")
    assert outcome(one(heard("张三", note="小", time="10:01"), big)) == clear("r1")


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
