# ruff: noqa: DTZ001  # Excel knows no time zones
from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.dates import find_day, loose_day, read_day, read_moment, read_promise
from ingest.workbook import Cell
from matcher.evidence import Precision

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)  # a Monday
NAIVE = datetime(2026, 11, 5, 9, 5, 30)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2026, 11, 5), "2026-11-05"), (NAIVE, "2026-11-05"),
        (46331.0, "2026-11-05"), (46331.4, "2026-11-05"), (20261105, "2026-11-05"),
        (11.5, "2026-11-05"), (11.16, "2026-11-16"), (5, "2026-11-05"), (30.0, "2026-11-30"),
        ("2026.11.5", "2026-11-05"), ("2026/11/5", "2026-11-05"), ("2026-11-05", "2026-11-05"),
        ("2026年11月5日", "2026-11-05"), ("2026年 11月 5日", "2026-11-05"),
        ("20261105", "2026-11-05"), ("２０２６．１１．５", "2026-11-05"), ("26.11.5", "2026-11-05"),
        ("11月5日", "2026-11-05"),
        ("11月5", "2026-11-05"), ("11.5", "2026-11-05"), ("11/5", "2026-11-05"),
        ("11-5", "2026-11-05"),
        ("5日", "2026-11-05"), ("5号", "2026-11-05"), ("十一月五日", "2026-11-05"),
        ("二十五号", "2026-11-25"), ("十号", "2026-11-10"), ("三十日", "2026-11-30"),
        ("11月5日（周四）", "2026-11-05"), ("2026-11-05 星期四", "2026-11-05"),
        ("2026-11-05 09:05", "2026-11-05"), ("5日上午9点", "2026-11-05"),
        ("本月5日", "2026-11-05"), ("下月5号", "2026-12-05"), ("上个月5号", "2026-10-05"),
    ],
)  # fmt: skip
def test_days_as_people_type_them(cell: Cell, day: str) -> None:
    assert read_day(cell, DAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "near", "day"),
    [
        ("1月3日", date(2026, 12, 30), date(2027, 1, 3)),
        ("12月30日", date(2027, 1, 3), date(2026, 12, 30)),
        ("30号", date(2027, 1, 3), date(2026, 12, 30)),
        ("2号", date(2026, 12, 30), date(2027, 1, 2)),
        ("2月29日", date(2026, 11, 16), None),
        ("2月29日", date(2027, 11, 16), date(2028, 2, 29)),
        ("下月31日", date(2026, 8, 16), None),
    ],
)
def test_what_a_date_leaves_out_is_taken_from_the_nearest(
    said: str, near: date, day: date | None
) -> None:
    assert read_day(said, near) == day


@pytest.mark.parametrize(
    "cell",
    [None, True, time(9, 5), timedelta(hours=1), "", "11月31日", "2026-13-01", "2026年11月", "改天",
     date(9999, 12, 31), datetime(1900, 1, 1),
     "11/5/26", 0, 45, 99999999, 13.45, "20-25日", "5-8日", "5、6日", "一二号", "二三十号",
     "十一二号"],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed(cell: Cell) -> None:
    assert read_day(cell, DAY) is None


def test_what_excel_made_of_11_10_is_only_read_where_the_day_is_one_of_both() -> None:
    assert read_day(11.1, DAY) is None
    assert read_day(11.1, date(2026, 11, 10)) == date(2026, 11, 10)
    assert read_day(11.1, date(2026, 11, 1)) == date(2026, 11, 1)
    assert read_promise(11.2, DAY) == date(2026, 11, 20)
    assert read_promise(11.2, date(2026, 11, 1)) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2026, 11, 20), "2026-11-20"), (11.25, "2026-11-25"), (20, "2026-11-20"),
        ("2026.11.20", "2026-11-20"), ("11月20日", "2026-11-20"), ("11.20", "2026-11-20"),
        ("20号", "2026-11-20"), ("20号前", "2026-11-20"), ("20日之前存", "2026-11-20"),
        ("11.20前", "2026-11-20"), ("20日左右", "2026-11-20"), ("20号下午3点", "2026-11-20"),
        ("20号存5000", "2026-11-20"), ("20号存5000，还差20号补", "2026-11-20"),
        ("承诺11月20日到账", "2026-11-20"), ("2026年11月20日下午还款2万", "2026-11-20"),
        ("二十号前", "2026-11-20"), ("今天", "2026-11-16"), ("今日下班前", "2026-11-16"),
        ("当天", "2026-11-16"), ("明天", "2026-11-17"), ("明天下午3点", "2026-11-17"),
        ("后天", "2026-11-18"), ("大后天", "2026-11-19"), ("月底", "2026-11-30"),
        ("月底前", "2026-11-30"), ("本月末", "2026-11-30"), ("下月底", "2026-12-31"),
        ("11月底", "2026-11-30"), ("1月底", "2027-01-31"), ("下月5号", "2026-12-05"),
        ("下周一", "2026-11-23"), ("下个星期三", "2026-11-25"), ("下下周日", "2026-12-06"),
        ("周五", "2026-11-20"), ("10号", "2026-12-10"), (5, "2026-12-05"), ("16号", "2026-11-16"),
         ("这周五", "2026-11-20"), ("本周天", "2026-11-22"),
    ],
)  # fmt: skip
def test_promises_as_people_type_them(cell: Cell, day: str) -> None:
    assert read_promise(cell, DAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "cell",
    [None, "", "尽快", "月初", "月中", "下旬", "周末", "过几天", "3日后", "三天内", "5日以内",
     "20号以后",
     "20-25日", "20号到25号", "11.20-11.25", "20号或25号", "20号存5000，30号存剩余", "周一",
     "5-8日", "15号", 14,
     "每月15号",
     "20号还不了", "1.5万", "20号楼", "11月31日", "2025-11-20", "2062-11-20", "有钱就存",
     time(9, 5)],
)  # fmt: skip
def test_what_names_no_one_day_is_no_promise(cell: Cell) -> None:
    assert read_promise(cell, DAY) is None


HOUR, MINUTE, SECOND = Precision.HOUR, Precision.MINUTE, Precision.SECOND


@pytest.mark.parametrize(
    ("cell", "moment", "precision"),
    [
        (NAIVE, "2026-11-05 09:05:30", SECOND),
        (NAIVE.replace(second=0), "2026-11-05 09:05:00", MINUTE),
        (46331.5, "2026-11-05 12:00:00", MINUTE),
        (time(9, 5), "2026-11-16 09:05:00", MINUTE),
        (0.378472222222222, "2026-11-16 09:05:00", MINUTE),
        (timedelta(hours=9, minutes=5), "2026-11-16 09:05:00", MINUTE),
        ("9:05", "2026-11-16 09:05:00", MINUTE),
        ("９：０５", "2026-11-16 09:05:00", MINUTE),
        ("09:05:30", "2026-11-16 09:05:30", SECOND),
        ("9点05分", "2026-11-16 09:05:00", MINUTE),
        ("9点5分30秒", "2026-11-16 09:05:30", SECOND),
        ("9时05", "2026-11-16 09:05:00", MINUTE),
        ("9点整", "2026-11-16 09:00:00", MINUTE),
        ("上午9点半", "2026-11-16 09:30:00", MINUTE),
        ("九点一刻", "2026-11-16 09:15:00", MINUTE),
        ("下午3点", "2026-11-16 15:00:00", HOUR),
        ("下午3点整", "2026-11-16 15:00:00", MINUTE),
        ("下午三点", "2026-11-16 15:00:00", HOUR),
        ("下午15:20", "2026-11-16 15:20:00", MINUTE),
        ("下午12点", "2026-11-16 12:00:00", HOUR),
        ("中午12点", "2026-11-16 12:00:00", HOUR),
        ("中午1点", "2026-11-16 13:00:00", HOUR),
        ("晚上8点", "2026-11-16 20:00:00", HOUR),
        ("凌晨1点", "2026-11-16 01:00:00", HOUR),
        ("凌晨12点10分", "2026-11-16 00:10:00", MINUTE),
        ("凌晨0点10分", "2026-11-16 00:10:00", MINUTE),
        ("夜里2点", "2026-11-16 02:00:00", HOUR),
        ("3:20 PM", "2026-11-16 15:20:00", MINUTE),
        ("12:20 am", "2026-11-16 00:20:00", MINUTE),
        ("23日下午3点", "2026-11-23 15:00:00", HOUR),
        ("11.5 9点半", "2026-11-05 09:30:00", MINUTE),
        ("2026/11/5 9:05", "2026-11-05 09:05:00", MINUTE),
        ("2026-11-05T09:05:30", "2026-11-05 09:05:30", SECOND),
        ("2026年11月5日 下午3点20分", "2026-11-05 15:20:00", MINUTE),
        ("9:05-9:12", "2026-11-16 09:05:00", MINUTE),
        ("2026-11-05 9:05至9:12", "2026-11-05 09:05:00", MINUTE),
        ("11月5日", "2026-11-05 00:00:00", Precision.DAY),
        (date(2026, 11, 5), "2026-11-05 00:00:00", Precision.DAY),
        (46331, "2026-11-05 00:00:00", Precision.DAY),
        (0.999999, "2026-11-16 23:59:59", SECOND),
    ],
)
def test_times_as_people_type_them(cell: Cell, moment: str, precision: Precision) -> None:
    expected = datetime.fromisoformat(moment).replace(tzinfo=TZ)
    assert read_moment(cell, DAY, TZ) == (expected, precision)


@pytest.mark.parametrize(
    "cell",
    [None, "", "上午", "25:00", "9:75", "上午15点", "晚上12点", "中午9点", "凌晨9点",
     "晚上12点10分", "夜里12点", "夜里0点10分", "晚上0点10分", "晚上1点",
     "9:05 通话2分", "某日9:05",
     "下班后", timedelta(hours=30), True, 3.7, 9.3, 16, datetime(1900, 1, 1, 9, 5),
     "9.30", "9-30"],
)  # fmt: skip
def test_what_is_no_time_is_not_guessed(cell: Cell) -> None:
    assert read_moment(cell, DAY, TZ) is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026年11月14日电话催收客户信息记录表", "2026-11-14"),
        ("催收记录20261114", "2026-11-14"),
        ("11月14日记录", "2026-11-14"),
        ("11月14日至11月15日记录", None),
        ("催收记录 V1.2", None),
        ("11.14", None),
    ],
)
def test_a_title_states_a_day_among_other_words(said: str, day: str | None) -> None:
    assert find_day(said, DAY) == (day and date.fromisoformat(day))


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("王芳11.14电话催收客户信息记录表", "2026-11-14"),
        ("王芳2026.11.14", "2026-11-14"),
        ("王芳1114", "2026-11-14"),
        ("王芳261114", "2026-11-14"),
        ("王芳14日", "2026-11-14"),
        ("记录表11-14", "2026-11-14"),
        ("记录表11.14-11.15", None),
        ("催收记录V1.2", None),
        ("11月催收记录", None),
        ("sheet1", None),
    ],
)
def test_a_files_name_states_a_day_in_shorter_forms(said: str, day: str | None) -> None:
    assert loose_day(said, DAY) == (day and date.fromisoformat(day))
