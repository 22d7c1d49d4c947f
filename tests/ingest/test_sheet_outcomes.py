"""Whether somebody was reached, and how long they spoke."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from config.language import Words
from tests.ingest.written_sheets import keys, one


def test_a_blank_outcome_is_unknown_and_no_outcome_column_means_reached(tmp_path: Path) -> None:
    assert one(tmp_path, ["姓名", "是否接通", "电话"], "张三", None, "1").reached is None
    assert one(tmp_path, ["姓名", "是否接通", "电话"], "张三", None, "1").problems == ()
    assert one(tmp_path, ["姓名", "电话"], "张三", "1").reached is True


@pytest.mark.parametrize(
    ("header", "cell", "seconds"),
    [
        ("通话时长", "3分20秒", 200),
        ("时长", time(0, 3, 20), 200),
        ("录音时长", 200, 200),
        ("通话时长（秒）", 7, 7),
        ("通话时长(分钟)", 3, 180),
        ("通话时长（分:秒）", "3:20", 200),
        ("通话时长", "/", None),
    ],
)
def test_the_length_of_a_call_is_read(
    tmp_path: Path, header: str, cell: object, seconds: float | None
) -> None:
    row = one(tmp_path, ["姓名", "电话", header], "张三", "13812345678", cell)
    assert row.duration_seconds == seconds
    assert row.problems == ()


def test_a_length_that_cannot_be_told_is_named_and_kept(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话", "通话时长"], "张三", "13812345678", 3)
    assert row.duration_seconds is None
    assert keys(row) == ["duration_unreadable"]
    assert ("通话时长", "3") in row.raw
    for language in ("zh", "en"):
        assert "3分20秒" in Words(language).say(row.problems[0])


def test_how_long_it_rang_is_no_problem(tmp_path: Path) -> None:
    header = ["姓名", "电话", "是否接通", "通话时长"]
    row = one(tmp_path, header, "张三", "13812345678", "未接", 3)
    assert (row.duration_seconds, row.problems) == (None, ())
