"""What is read of a file's name in an office of Shanghai's time."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ingest.recorders import read_name
from matcher.evidence import Direction, Evidence

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
IN, OUT = Direction.IN, Direction.OUT


def read(name: str, *patterns: str) -> Evidence:
    return read_name(name, TZ, DAY, [re.compile(pattern) for pattern in patterns])


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TZ)  # type: ignore[misc, arg-type]
