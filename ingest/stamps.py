"""Dates and times as names of recordings and folders write them.

A pattern's named groups (`y mo d half h mi s zone epoch`) become an aware moment. What a form
leaves out, the year or the date, is completed from a day that the caller knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from matcher.evidence import Precision

Parts = Mapping[str, str | None]

# The blocks that recorders build their names from.
YMD = r"(?P<y>20\d\d)(?P<mo>\d\d)(?P<d>\d\d)"
YYMD = r"(?P<y>\d\d)(?P<mo>\d\d)(?P<d>\d\d)"
HMS = r"(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)"
T14 = YMD + HMS
DASHED = r"(?P<y>20\d\d)-(?P<mo>\d\d)-(?P<d>\d\d)"
HALVES = "凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜|深夜|AM|PM"
HALF = rf"(?:(?P<half>{HALVES})\s?)?"

_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "PM"})
_NIGHT = frozenset({"夜里", "半夜", "深夜"})
_SMALL_HOURS = range(7)
# How long a caller may have waited before the exchange began to record: its file's name has the
# local time of the recording, its epoch is that of the call.
_LONGEST_WAIT = timedelta(minutes=30)
_CLOCK_ERROR = timedelta(minutes=1)
_WIDEST_ZONE = timedelta(hours=14)
_LEAP_GAP = 8  # years between two 29 February at most


@dataclass(frozen=True, slots=True)
class Stamp:
    at: datetime
    """Aware."""
    precision: Precision


def stamp(parts: Parts, tz: ZoneInfo, day: date) -> Stamp | None:
    """The moment that the groups tell, or None where they tell neither a date nor a time.

    Without a zone of its own it is in `tz`. A date without year becomes the latest such date up to
    `day`; a time without date is on `day`; an hour without minutes (`下午3点`) is too rough to be
    one, and so is one at night of which it is not told whether it begins or ends the day
    (`晚上12点10分`). ValueError: there is no such date or time, or the year is later than the next.
    """
    timed = parts.get("h") is not None and parts.get("mi") is not None and not _of_two_days(parts)
    if not timed and parts.get("mo") is None:
        epoch = parts.get("epoch")
        return Stamp(datetime.fromtimestamp(int(epoch), tz), Precision.SECOND) if epoch else None
    on = _date(parts, day)
    if not timed:
        return Stamp(datetime.combine(on, time(), tz), Precision.DAY)
    naive = datetime.combine(on, _time(parts))
    precision = Precision.SECOND if parts.get("s") else Precision.MINUTE
    return Stamp(naive.replace(tzinfo=_zone(parts, naive, tz)), precision)


def _date(parts: Parts, day: date) -> date:
    month, dom = parts.get("mo"), parts.get("d")
    if month is None or dom is None:
        return day
    year = parts.get("y")
    if year is None:
        return latest(int(month), int(dom), day)
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if full > day.year + 1:
        raise ValueError(full)
    return date(full, int(month), int(dom))


def _of_two_days(parts: Parts) -> bool:
    """`晚上12点10分` of the 16th is early on the 17th for most people, and for some on the 16th."""
    half, hour = parts.get("half"), int(parts.get("h") or 0)
    return (half in _NIGHT and hour in {0, 12}) or (
        half in {"傍晚", "晚上"} and (hour in _SMALL_HOURS[:5] or hour == 12)
    )


def _time(parts: Parts) -> time:
    hour = int(parts["h"] or 0)
    half, minutes = parts.get("half"), parts.get("mi")
    if half == "中午":  # eleven to two
        hour += 12 if hour < 6 else 0
    elif half in _AFTERNOON:
        hour += 12 if hour < 12 else 0
    elif half in _NIGHT:
        hour += 12 if hour < 12 and hour not in _SMALL_HOURS else 0
    elif half and hour == 12:
        hour = 0
    return time(hour, 30 if minutes == "半" else int(minutes or 0), int(parts.get("s") or 0))


def _zone(parts: Parts, naive: datetime, tz: ZoneInfo) -> ZoneInfo | timezone:
    if zone := parts.get("zone"):  # +0800
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
        return timezone(-offset if zone[0] == "-" else offset)
    if epoch := parts.get("epoch"):
        return _zone_by_epoch(int(epoch), naive, tz)
    return tz


def _zone_by_epoch(epoch: int, naive: datetime, tz: ZoneInfo) -> ZoneInfo | timezone:
    """The zone in which an exchange's clock showed `naive` shortly after `epoch`."""
    began = datetime.fromtimestamp(epoch, tz)
    if -_CLOCK_ERROR <= naive - began.replace(tzinfo=None) < _LONGEST_WAIT:
        return tz
    utc = datetime.fromtimestamp(epoch, UTC).replace(tzinfo=None)
    offset = (naive - utc + _CLOCK_ERROR) // _LONGEST_WAIT * _LONGEST_WAIT
    return timezone(offset) if abs(offset) <= _WIDEST_ZONE else tz


def latest(month: int, dom: int, day: date) -> date:
    """The last such date up to the day after `day`; ValueError where no year has it.

    The day after: a recording may lie in the folder of the day before.
    """
    last = day + timedelta(days=1)
    for year in range(last.year, last.year - _LEAP_GAP - 1, -1):
        if (found := _on(year, month, dom)) and found <= last:
            return found
    raise ValueError(month, dom)


def nearest(month: int, dom: int, near: date) -> date:
    """The such date nearest to `near`, up to the next year; ValueError where none has it."""
    years = range(near.year - _LEAP_GAP, near.year + 2)
    found = filter(None, (_on(year, month, dom) for year in years))
    return min(found, key=lambda each: abs(each - near))


def _on(year: int, month: int, dom: int) -> date | None:
    try:
        return date(year, month, dom)
    except ValueError:
        return None


_DATE_TEXTS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"{YMD}(?:\D{{0,2}}{HMS})?",
        r"(?P<y>20\d\d)\D(?P<mo>\d{1,2})\D(?P<d>\d{1,2})\D?",
        YYMD,
        r"(?P<y>\d\d)\D(?P<mo>\d\d?)\D(?P<d>\d\d?)",
        r"(?P<mo>\d{1,2})\D(?P<d>\d{1,2})\D?",
        r"(?P<mo>\d\d)(?P<d>\d\d)",
    )
)
_TIME_TEXT = re.compile(
    rf"{HALF}(?P<h>\d{{1,2}})(?:\D?(?P<mi>\d\d)(?:\D?(?P<s>\d\d))?)?\D?", re.ASCII
)


def date_parts(text: str) -> Parts:
    """The groups of a text that is a date, or a date and a time, in any usual form.

    ValueError where it is none.
    """
    for pattern in _DATE_TEXTS:
        if found := pattern.fullmatch(text):
            return found.groupdict()
    raise ValueError(text)


def time_parts(text: str) -> Parts:
    """The groups of a text that is a time of day; ValueError where it is none."""
    if found := _TIME_TEXT.fullmatch(text):
        return found.groupdict()
    raise ValueError(text)
