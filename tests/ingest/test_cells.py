from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from ingest.cells import is_blank, is_ditto, plain, read_duration, read_hours, read_reached, text
from ingest.workbook import Cell


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (None, ""),
        (" 张三 ", "张三"),
        (13812345678.0, "13812345678"),
        (8.5, "8.5"),
        (1.38e22, "1.38e+22"),
        (16, "16"),
        (True, "True"),
        (date(2026, 11, 16), "2026-11-16"),
        (datetime(2026, 11, 16, 9, 5), "2026-11-16 09:05"),  # noqa: DTZ001
        (datetime(2026, 11, 16, 9, 5, 30), "2026-11-16 09:05:30"),  # noqa: DTZ001
        (time(9, 5), "09:05"),
        (time(9, 5, 30), "09:05:30"),
        (timedelta(hours=30, minutes=5), "30:05"),
        (timedelta(minutes=3, seconds=20), "0:03:20"),
    ],
)
def test_a_cell_is_shown_as_the_spreadsheet_shows_it(cell: Cell, shown: str) -> None:
    assert text(cell) == shown


def test_full_width_signs_are_read_like_narrow_ones() -> None:
    assert plain("１１月\n５日　上午") == "11月 5日 上午"


@pytest.mark.parametrize("cell", [None, "", " ", "/", "／", "——", "-", "　"])
def test_a_stroke_says_nothing(cell: Cell) -> None:
    assert is_blank(cell)


@pytest.mark.parametrize("cell", ["无", "×", "0", 0, "张", "√"])
def test_short_answers_are_answers(cell: Cell) -> None:
    assert not is_blank(cell)


@pytest.mark.parametrize("cell", ["同上", " 同上 ", '"', "〃", "″", "”", "''", "↑", "同上行"])
def test_as_above(cell: str) -> None:
    assert is_ditto(cell)


@pytest.mark.parametrize("cell", [None, 1, "同上周", "上", "张三"])
def test_not_as_above(cell: Cell) -> None:
    assert not is_ditto(cell)


REACHED = """
    已接通 接通 是 √ ✓ 已联系上 联系上 有人接 承诺15日还款 本人接听 已接 通 Y yes 打通
    家人接听 接通，承诺月底 接听后挂断 接通，设备停机 挖机已停机，客户承诺20号存 家属接了
    未还款，已接通 接通，不接受方案 接通，打不了款 正常通话 拒绝还款 接通率低，最后接通 PTP
    未承诺还款
"""
NOT_REACHED = """
    未接 无人接听 关机 停机 空号 否 × x X 拒接 占线 未接通 无法接通 不在服务区 没接 没人接
    未能接通 没有接通 没有人接 未有人接 尚未接通 无应答 无人应答 联系不上 没联系上 未联系上
    无法联系 打不通 拨不通 接不通 不接电话 已停机 已关机 忙线 正在通话中 通话中 暂停服务
    呼入限制 失联 错号 号码错误 欠费停机 没打通 未打通 暂时无法接通 电话不通 未接来电 转来电提醒
    未及时接听 没能接通 找不到人 N no
"""
OPEN = """
    再联系 已发短信 未接，第二次接通 本人关机，家人接听 挂断 通话中断 1 是/否 □是□否 催收中
    已还款 未知 微信联系 设备停机 拒绝 正常 承诺未兑现
"""


@pytest.mark.parametrize("word", REACHED.split())
def test_outcomes_that_say_reached(word: str) -> None:
    assert read_reached(word) is True


@pytest.mark.parametrize("word", NOT_REACHED.split())
def test_outcomes_that_say_not_reached(word: str) -> None:
    assert read_reached(word) is False


@pytest.mark.parametrize("word", OPEN.split())
def test_outcomes_that_leave_it_open(word: str) -> None:
    assert read_reached(word) is None


def test_a_ticked_box_is_an_outcome() -> None:
    assert read_reached(True) is True
    assert read_reached(False) is False


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        (8, "8"), (8.0, "8"), (8.5, "8.5"), ("8h", "8h"), ("8.5小时", "8.5小时"),
        (10234.0, "10234"), ("不干活", "不干活"), (timedelta(hours=8), "8"),
        (timedelta(hours=8, minutes=30), "8.5"),
        (date(2026, 8, 5), None), (True, None),
    ],
)  # fmt: skip
def test_hours_as_people_type_them(cell: Cell, hours: str | None) -> None:
    assert read_hours(cell) == hours


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("3分20秒", 200),
        ("3 分 20 秒", 200),
        ("３分２０秒", 200),
        ("约3分钟", 180),
        ("3'20\"", 200),
        ("3min20s", 200),
        ("1小时", 3600),
        ("1时2分", 3720),
        ("200秒", 200),
        ("00:03:20", 200),
        ("1:02:03", 3723),
        ("75:00", 4500),
        ("200", 200),
        (200, 200),
        (200.5, 200.5),
        (0, 0),
        ("0", 0),
        (time(0, 3, 20), 200),
        (time(3, 20), 200),  # 3:20 as Excel takes it
        (time(1, 2, 3), 3723),
        (timedelta(seconds=200), 200),
        (timedelta(minutes=75, seconds=1), 4501),
        (200 / 86_400, 200),
    ],
)
def test_the_length_of_a_call(cell: Cell, seconds: float) -> None:
    assert read_duration(cell) == seconds


@pytest.mark.parametrize(
    "cell",
    [None, "/", True, 3, "3", 3.2, 9.99, "很久", "3-5分", "3分或5分", "约", date(2026, 1, 3)],
)
def test_a_length_that_may_be_another_is_left(cell: Cell) -> None:
    assert read_duration(cell) is None


def test_a_header_says_by_what_a_bare_number_counts() -> None:
    assert read_duration(3.5, 60) == read_duration("3.5", 60) == 210
    assert read_duration(0.5, 60) == 30
    assert read_duration(3, 1) == 3
    assert read_duration("3分20秒", 60) == 200
