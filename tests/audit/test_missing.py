"""Who is named missing on days that were really taken in."""

from __future__ import annotations

import hashlib
from datetime import time
from pathlib import Path

import pytest

from audit.day import Severity
from audit.missing import given_out
from tests.audit.offices import (
    DAY,
    FIRST_LINE,
    NEXT_DAY,
    NEXT_MORNING,
    SHEET,
    Row,
    SmallOffice,
    miui,
    oppo,
)
from tests.sample.sound import call, tagged_mp3


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def missing(office: SmallOffice) -> list[tuple[str | None, int | None]]:
    """Customer and line of each of the day's `missing_recording`."""
    return [(one.customer, one.line) for one in office.found("missing_recording")]


def test_a_customer_who_was_reached_and_has_no_recording_is_missing(office: SmallOffice) -> None:
    office.record(miui("陈建国", "15405381201"))
    office.sheet(Row("陈建国", "15405381201"), Row("刘海燕", "15405381202"))
    office.take_in()
    (finding,) = office.found("missing_recording")
    assert finding.severity is Severity.ERROR
    assert (finding.customer, finding.collector) == ("刘海燕", "王芳")
    assert (finding.sheet, finding.line) == (SHEET, FIRST_LINE + 1)
    assert finding.source is None
    assert "刘海燕" in finding.message


@pytest.mark.parametrize("outcome", ["未接", "关机", "空号", None])
def test_a_customer_who_was_not_reached_misses_nothing(
    office: SmallOffice, outcome: str | None
) -> None:
    office.sheet(Row("陈建国", "15405381201", outcome=outcome))
    office.take_in()
    assert missing(office) == []


def test_in_a_sheet_without_outcomes_everybody_was_reached(office: SmallOffice) -> None:
    office.sheet(Row("陈建国", "15405381201"), without=["联系情况"])
    office.take_in()
    assert missing(office) == [("陈建国", FIRST_LINE)]


def test_several_calls_to_one_customer_miss_one_recording(office: SmallOffice) -> None:
    office.sheet(
        Row("陈建国", "15405381201", time(9), outcome="未接"),
        Row("陈建国", "15405381201", time(10)),
        Row("陈建国", "15405381201", time(11)),
    )
    office.take_in()
    assert missing(office) == [("陈建国", FIRST_LINE + 1)]


def test_one_recording_is_enough_for_all_calls_to_a_customer(office: SmallOffice) -> None:
    office.record(miui("陈建国", "15405381201", time(11)))
    office.sheet(Row("陈建国", "15405381201", time(10)), Row("陈建国", "15405381201", time(11)))
    office.take_in()
    assert missing(office) == []


def test_a_row_without_a_name_is_missing_by_its_number(office: SmallOffice) -> None:
    office.sheet(Row(None, "15405381201"))
    office.take_in()
    (finding,) = office.found("missing_recording")
    assert finding.customer is None
    assert "15405381201" in finding.message


def test_an_unmatched_recording_stands_for_nobody(office: SmallOffice) -> None:
    office.record(miui("妈妈", "15405389999"))
    office.sheet(Row("陈建国", "15405381201"))
    office.take_in()
    assert missing(office) == [("陈建国", FIRST_LINE)]


def test_a_like_name_beside_a_strangers_number_stands_for_nobody(office: SmallOffice) -> None:
    office.record(miui("邹海涛", "15405389999", time(14, 20)))
    office.sheet(Row("唐海涛", "15405381201", time(9, 20)))
    office.take_in()
    assert len(office.found("ambiguous_recording")) == 1
    assert missing(office) == [("唐海涛", FIRST_LINE)]


@pytest.mark.parametrize(("at", "lacking"), [(time(9, 50), 0), (time(14, 20), 1)])
def test_a_like_name_beside_no_number_may_be_theirs_unless_hours_off(
    office: SmallOffice, at: time, lacking: int
) -> None:
    office.record(oppo("邹海涛", at))
    office.sheet(Row("唐海涛", "15405381201", time(9, 20)))
    office.take_in()
    assert len(office.found("ambiguous_recording")) == 1
    assert len(missing(office)) == lacking


@pytest.mark.parametrize(("at", "lacking"), [(time(9, 21), 0), (time(9, 50), 1)])
def test_a_call_just_then_that_is_a_slip_away_may_be_theirs_though_it_names_another(
    office: SmallOffice, at: time, lacking: int
) -> None:
    """The number is a customer's, whom the next day's sheet has; or the digit is the row's slip."""
    office.record(oppo("15405381211", at))
    office.sheet(Row("唐海涛", "15405381201", time(9, 20)))
    another = Row("马俊峰", "15405381211", time(16, 0), outcome="未接")
    office.sheet(another, source=f"{NEXT_DAY}/{NEXT_DAY}.xlsx", day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert len(office.found("unmatched_recording")) == 1
    assert len(missing(office)) == lacking


def test_whom_a_held_recording_names_comes_before_whom_only_the_time_fits(
    office: SmallOffice,
) -> None:
    """One customer, whose row just then has both name and number mistyped."""
    office.record("高康江 邹城 2026-11-16 15-03-21.m4a")
    office.sheet(
        Row("高康江", "15479458098", time(13, 46)), Row("高康姜", "15445391209", time(15, 2))
    )
    office.take_in()
    assert missing(office) == [("高康姜", FIRST_LINE + 1)]


def test_what_a_person_said_is_nobodys_stands_for_nobody(office: SmallOffice) -> None:
    source = office.record(oppo("邹海涛", time(9, 21)))
    office.sheet(Row("唐海涛", "15405381201", time(9, 20)))
    office.take_in()
    assert missing(office) == []
    office.say_nobodys(source)
    assert missing(office) == [("唐海涛", FIRST_LINE)]


def test_a_recording_that_is_most_likely_another_call_of_a_namesake_stands_for_no_other(
    office: SmallOffice,
) -> None:
    office.record(oppo("王伟", time(10, 20)))
    office.record(oppo("王伟", time(13, 2)))
    office.sheet(
        Row("王伟", "15405381401", time(10, 20)),
        Row("王伟", "15405381401", time(13, 0)),
        Row("王伟", "15405381402", time(13, 40)),
    )
    office.take_in()
    assert missing(office) == [("王伟", FIRST_LINE + 2)]


def test_who_has_a_strangers_number_and_the_very_name_misses_nothing(office: SmallOffice) -> None:
    office.record(miui("唐海涛", "15405389999", time(14, 20)))
    office.sheet(Row("唐海涛", "15405381201", time(9, 20)))
    office.take_in()
    assert len(office.found("ambiguous_recording")) == 1
    assert missing(office) == []


@pytest.mark.parametrize(
    "name",
    [
        "陈文江(泰安市鑫源建材有限公司司机) 1000.mp3",
        "唐新民(泰安市鑫源建材有限公司老婆) 11月16日 上午10点00分.m4a",
    ],
)
def test_who_is_named_on_a_drivers_or_wifes_phone_has_a_recording(
    office: SmallOffice, name: str
) -> None:
    office.record(name)
    office.sheet(Row("泰安市鑫源建材有限公司", "15405381201", time(10, 0)))
    office.take_in()
    assert missing(office) == []


@pytest.mark.parametrize(("recordings", "lacking"), [(0, 2), (1, 1), (2, 0), (3, 0)])
def test_undecided_recordings_stand_for_as_many_namesakes_as_they_are(
    office: SmallOffice, recordings: int, lacking: int
) -> None:
    for minute in range(recordings):
        office.record(oppo("王伟", time(10, 30 + minute)))
    office.sheet(Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40)))
    office.take_in()
    assert len(office.found("ambiguous_recording")) == recordings
    assert [customer for customer, _ in missing(office)] == ["王伟"] * lacking


def test_of_three_namesakes_with_one_recording_two_are_missing(office: SmallOffice) -> None:
    office.record(oppo("王伟", time(10, 30)))
    office.sheet(*(Row("王伟", f"1540538140{n}", time(10, 20 + n)) for n in range(3)))
    office.take_in()
    assert len(missing(office)) == 2


@pytest.mark.parametrize("at", [time(10, 28), time(10, 52)])
def test_the_namesake_who_is_the_less_likely_owner_is_the_missing_one(
    office: SmallOffice, at: time
) -> None:
    office.record(oppo("王伟", at))
    office.sheet(Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(11, 0)))
    office.take_in()
    assert len(office.found("ambiguous_recording")) == 1
    nearer_to_the_first = at < time(10, 40)
    assert missing(office) == [("王伟", FIRST_LINE + nearer_to_the_first)]


@pytest.mark.parametrize("order", [1, -1])
def test_held_recordings_are_given_out_so_that_they_cover_the_most(
    office: SmallOffice, order: int
) -> None:
    """One could be either 张's, the other only the first one's, whichever is given out first."""
    sounds = sorted(
        (tagged_mp3(call("8.mp3"), f"order {n}") for n in range(2)),
        key=lambda sound: hashlib.sha256(sound).hexdigest(),
    )[::order]
    office.hand_over(f"{DAY}/王芳/{oppo('老张', time(10, 1))}", sounds[0])
    office.hand_over(f"{DAY}/王芳/{miui('张建国', '15405389999', time(10, 40))}", sounds[1])
    office.sheet(
        Row("张建国", "15405381201", time(10, 0)), Row("张海燕", "15405381202", time(10, 25))
    )
    office.take_in()
    assert len(office.found("ambiguous_recording")) == 2
    assert missing(office) == []


def test_however_many_recordings_hang_together_all_are_given_out() -> None:
    """Each may be of two customers, and the last one of the first's alone."""
    claims = {f"{one}": [f"{one}", f"{one + 1}"] for one in range(3000)}
    assert given_out({**claims, "last": ["0"]}) == {f"{one}" for one in range(3001)}
    assert given_out({**claims, "last": ["0"], "none": ["7"]}) == {f"{one}" for one in range(3001)}


def test_a_held_recording_is_of_whom_the_time_speaks_for_clearly(office: SmallOffice) -> None:
    """A customer is saved under his wife's name, and somebody of her name is called at noon."""
    office.record(oppo("李小红(彭刚老婆)", time(9, 55)))
    office.sheet(Row("彭刚", "15405381201", time(9, 53)), Row("李小红", "15405381202", time(14, 2)))
    office.take_in()
    assert len(office.found("ambiguous_recording")) == 1
    assert missing(office) == [("李小红", FIRST_LINE + 1)]


def test_a_hint_beside_another_number_is_nobodys_where_somebody_else_is_named(
    office: SmallOffice,
) -> None:
    """董小红 has a recording, and this one is of hers, too, rather than of 许德胜."""
    office.record(miui("董小红", "15405381201", time(9, 0)))
    office.record(miui("夏德胜(董小红弟弟)", "15405389999", time(11, 54)))
    office.sheet(
        Row("董小红", "15405381201", time(9, 0)), Row("许德胜", "15405381202", time(11, 58))
    )
    office.take_in()
    assert missing(office) == [("许德胜", FIRST_LINE + 1)]


def test_a_held_recording_that_cannot_be_a_customers_does_not_cover_them(
    office: SmallOffice,
) -> None:
    office.record(oppo("王伟", time(10, 30)))
    office.sheet(
        Row("王伟", "15405381401", time(10, 20)),
        Row("王伟", "15405381402", time(10, 40)),
        Row("陈建国", "15405381201", time(10, 30)),
    )
    office.take_in()
    assert ("陈建国", FIRST_LINE + 2) in missing(office)


def test_a_recording_handed_over_a_day_late_covers_the_day_of_its_call(
    office: SmallOffice,
) -> None:
    office.sheet(Row("陈建国", "15405381201"))
    office.take_in()
    assert missing(office) == [("陈建国", FIRST_LINE)]

    late = office.record(miui("陈建国", "15405381201", day=DAY), day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert missing(office) == []
    (row,) = office.report(DAY).calls
    assert row.recordings == (late,)
    assert late not in [line.source for line in office.report(DAY).recordings]
    line = office.line(late, NEXT_DAY)
    assert line.status == "filed"
    assert line.call == row.call
    assert line.archive_path is not None
    assert line.archive_path.startswith(f"陈建国/{DAY}/")


def test_an_undecided_recording_handed_over_a_day_late_counts_for_the_day_of_its_call(
    office: SmallOffice,
) -> None:
    office.sheet(Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40)))
    office.record(oppo("王伟", time(10, 30), day=DAY), day=NEXT_DAY)
    office.take_in(NEXT_MORNING)
    assert len(missing(office)) == 1
    assert len(office.found("ambiguous_recording", NEXT_DAY)) == 1


def test_a_corrected_sheet_settles_who_is_missing(office: SmallOffice) -> None:
    office.record(oppo("王伟", time(10, 30)))
    office.sheet(Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40)))
    office.take_in()
    assert len(missing(office)) == 1
    office.sheet(
        Row("王伟", "15405381401", time(10, 30)),
        Row("王伟", "15405381402", time(16, 0), outcome="未接"),
    )
    office.take_in()
    assert missing(office) == []


def test_it_is_said_in_the_office_s_language(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path, language="en")
    office.sheet(Row("陈建国", "15405381201"))
    office.take_in()
    (finding,) = office.found("missing_recording")
    assert finding.message.startswith("陈建国 was reached, but there is no recording.")
