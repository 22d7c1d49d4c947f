"""The office's own pattern comes first, where all its parts can be read."""

from datetime import datetime

import pytest

from matcher.evidence import Direction
from tests.ingest.recorder_names import IN, OUT, at, read

OFFICE = r"(?P<contact>[^#]+)#(?P<number>[^#]+)#(?P<date>[^#]+)#(?P<time>[^#]+)#(?P<direction>.+)"


@pytest.mark.parametrize(
    ("name", "started", "direction"),
    [
        ("张三#138-0013-8000#20261116#093015#呼出.mp3", at(2026, 11, 16, 9, 30, 15), OUT),
        ("张三#13800138000#2026-11-16#09-30-15#in.mp3", at(2026, 11, 16, 9, 30, 15), IN),
        ("张三#13800138000#2026年11月16日#9点30分#被叫.mp3", at(2026, 11, 16, 9, 30), IN),
        ("张三#13800138000#26.11.16#下午3点05分#主叫.mp3", at(2026, 11, 16, 15, 5), OUT),
        ("张三#13800138000#261116#0930#?.mp3", at(2026, 11, 16, 9, 30), None),
        ("张三#13800138000#11-16#0930#?.mp3", at(2026, 11, 16, 9, 30), None),
        ("张三#13800138000#1116#0930#?.mp3", at(2026, 11, 16, 9, 30), None),
    ],
)
def test_the_offices_own_pattern_comes_first(
    name: str, started: datetime, direction: Direction | None
) -> None:
    evidence = read(name, r"nothing", OFFICE)
    assert evidence.reader == "office"
    assert (evidence.contact, evidence.numbers) == ("张三", ("13800138000",))
    assert (evidence.started_at, evidence.direction) == (started, direction)


def test_an_office_pattern_with_a_part_that_cannot_be_read_does_not_fit() -> None:
    assert read("张三#13800138000#gestern#0930#in.mp3", OFFICE).reader == "general"
    assert read("张三#13800138000#20261116#noon#in.mp3", OFFICE).reader == "general"
    assert read("张三#13800138000#20261399#0930#in.mp3", OFFICE).reader == "general"


def test_an_office_pattern_may_tell_the_whole_moment_at_once_or_none() -> None:
    whole = read("x20261116093015张三.mp3", r"x(?P<date>\d{14})(?P<contact>.+)")
    assert whole.started_at == at(2026, 11, 16, 9, 30, 15)
    only_time = read("x0930张三.mp3", r"x(?P<time>\d{4})(?P<contact>.+)")
    assert only_time.started_at == at(2026, 11, 16, 9, 30)
    none = read("x-张三.mp3", r"x-(?P<contact>.+)")
    assert (none.reader, none.contact, none.started_at) == ("office", "张三", None)
