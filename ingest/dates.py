"""Days, promises and times of day as people type them into a sheet.

Every reader returns `None` for what it does not understand without doubt. Nothing is guessed that
a person would have to guess too: 11.1 from Excel may be the 1st or the 10th, 20-25日 is no one day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingest.cells import plain
from ingest.workbook import Cell
from matcher.evidence import Precision

EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's calendar, for dates whose cell is formatted as a number."""
SERIALS = range(40_000, 60_000)
"""July 2009 to April 2064: such a number in a date's cell is a date."""
YEARS = range(2009, 2065)
"""A date of Excel's outside of these is a slip, such as 1900 for a time or 9999 for "open"."""

# --- days ---------------------------------------------------------------------------------------

NUMERALS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
CHINESE_NUMBER = re.compile(r"([一二两三四五六七八九十]{1,3})(?=[月号日点时分])")
WEEKDAYS = "一二三四五六日"
WEEKDAY_NOTE = re.compile(r"\(?(?:星期|礼拜|周)[一二三四五六日天]\)?")
FULL_DATE = re.compile(
    r"(?<!\d)(?P<y>20\d\d)(?:\s*[年./-]\s*(?P<m>\d{1,2})\s*[月./-]\s*(?P<d>\d{1,2})|"
    r"(?P<m8>[01]\d)(?P<d8>[0-3]\d))(?!\d)\s*[日号]?"
)
SHORT_YEAR = re.compile(r"(?P<y>\d\d)[年./-](?P<m>\d{1,2})[月./-](?P<d>\d{1,2})[日号]?")
MONTH_DAY = re.compile(r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})(?!\d)\s*[日号]?")
# 5-8日 is a span, so only other signs stand before a 日
BARE_MONTH_DAY = re.compile(r"(?P<m>\d{1,2})[./-](?P<d>\d{1,2})(?:(?<!-\d)(?<!-\d\d)[日号])?")
DAY_OF_MONTH = re.compile(
    r"(?P<rel>下个?月|本月|这个?月|当月|上个?月)?\s*(?<!\d)(?P<d>\d{1,2})\s*[日号](?![楼院线店机后内])"
)
WITH_MONTH = (FULL_DATE, MONTH_DAY, SHORT_YEAR, BARE_MONTH_DAY)
LOOSE = (
    re.compile(r"(?<![\w.])(?P<y>\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)", re.ASCII),
    re.compile(r"(?<![A-Za-z\d.-])(?P<m>\d{1,2})[.-](?P<d>\d{1,2})(?![\d.-]\d)(?!\d)"),
    re.compile(r"(?<![A-Za-z\d])(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"),
    DAY_OF_MONTH,
)
# 20-25日, 15号到20号, 5日或6日: two days, not one
SPAN = re.compile(r"\d[日号]?\s*(?:[-~—、,]|至|到|或|和)+\s*\d")


def read_day(cell: Cell, near: date) -> date | None:
    """The day of a call, completed to the year (and month) nearest to `near`."""
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return day if day.year in YEARS else None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        days = _days_of_number(cell, near)
        return days[0] if len(days) == 1 else (near if near in days else None)
    if isinstance(cell, str):
        said = _arabic(plain(cell))
        clock = CLOCK.search(said)
        return _typed_day(said[: clock.start()] if clock else said, near)
    return None


def find_day(said: str, near: date) -> date | None:
    """The one day that a title, a tab or a file name states among other words."""
    said = _arabic(plain(said))
    for pattern in (FULL_DATE, MONTH_DAY):
        days = {_completed(found, near) for found in pattern.finditer(said)}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def loose_day(said: str, near: date) -> date | None:
    """As `find_day`, for file names, which also have `11.16`, `1116`, `261116` and `16日`."""
    exact = find_day(said, near)
    if exact is not None:
        return exact
    said = FULL_DATE.sub("#", plain(said))
    for pattern in LOOSE:
        days = {day for found in pattern.finditer(said) if (day := _completed(found, near))}
        if days:
            return days.pop() if len(days) == 1 else None
    return None


def _arabic(said: str) -> str:
    """`十五号` as `15号`."""

    def number(found: re.Match[str]) -> str:
        tens, ten, ones = found[1].rpartition("十")
        if not ten:
            return str(NUMERALS[ones]) if len(ones) == 1 else found[1]
        if len(tens) > 1 or len(ones) > 1:
            return found[1]
        return str(NUMERALS.get(tens, 1) * 10 + NUMERALS.get(ones, 0))

    return CHINESE_NUMBER.sub(number, said)


def _typed_day(said: str, near: date) -> date | None:
    return _exact_day(said, near, (*WITH_MONTH, DAY_OF_MONTH))


def _exact_day(said: str, near: date, patterns: Sequence[re.Pattern[str]]) -> date | None:
    said = WEEKDAY_NOTE.sub("", said).strip()
    for pattern in patterns:
        if found := pattern.fullmatch(said):
            return _completed(found, near)
    return None


def _completed(found: re.Match[str], near: date) -> date | None:
    """The date that a pattern found, with what it leaves out taken from `near`."""
    parts = found.groupdict()
    day, month = int(parts.get("d") or parts["d8"]), parts.get("m") or parts.get("m8")
    if month is None:
        return _day_of_month(day, parts.get("rel"), near)
    if year := parts.get("y"):
        full = _date(int(year) % 100 + 2000, int(month), day)
        if len(year) == 2 and full is not None and abs((full - near).days) > 366:
            return None  # 11/5/26 is not 26 May 2011
        return full
    return _nearest([_date(near.year + step, int(month), day) for step in (-1, 0, 1)], near)


def _day_of_month(day: int, relative: str | None, near: date) -> date | None:
    if relative is None:
        return _nearest([in_month(near, step, day) for step in (-1, 0, 1)], near)
    return in_month(near, {"下": 1, "上": -1}.get(relative[0], 0), day)


def _days_of_number(number: float, near: date) -> list[date]:
    """Days a bare number can mean: 45235 (Excel's), 20261116, 11.5, 16.

    Excel turns 11.10 into 11.1, so 11.1 can be the 1st or the 10th.
    """
    if int(number) in SERIALS:
        return [EPOCH + timedelta(int(number))]
    if float(number).is_integer():
        said = [str(int(number)) if number > 31 else f"{int(number)}日"]
    else:
        said = [repr(number)]
        if re.fullmatch(r"\d+\.[123]", said[0]):
            said.append(f"{said[0]}0")
    return [day for each in said if (day := _typed_day(each, near)) is not None]


def _nearest(days: list[date | None], near: date) -> date | None:
    real = [day for day in days if day is not None]
    return min(real, key=lambda day: abs((day - near).days), default=None)


def in_month(near: date, step: int, day: int) -> date | None:
    """Day `day` (-1: the last) of the month `step` months from that of `near`."""
    year, month = divmod(near.year * 12 + near.month - 1 + step, 12)
    return _date(year, month + 1, monthrange(year, month + 1)[1] if day == -1 else day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- promises -----------------------------------------------------------------------------------

NEAR_DAYS = {"今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
NEAR_DAY = re.compile(r"(今|明|大后|后)[天日](?!起)|(当)[天日]")
MONTH_END = re.compile(r"(?:(?P<m>\d{1,2})月|(?P<rel>下个?月|本月|这个?月|当月|月))(?:底|末)")
WEEK_DAY = re.compile(r"(下下|下个?|本|这个?)?(?:周|星期|礼拜)([一二三四五六日天])")
VAGUE = re.compile(
    r"月初|月中|[上中下]旬|周末|几天|[以之][后内]|每|不了|不能|不上|无法|没法|不一定|[未待]定"
)
# What people add to a day without changing it: 20号前存, 15日左右
FILLER = re.compile(r"之前|以前|前|左右|晚上|上午|下午|中午|早上|存款|还款|打款|付款|到账|存|还|付")


def read_promise(cell: Cell, spoken: date) -> date | None:
    """The day on which a customer who spoke on `spoken` will pay, if one day is named.

    A day more than a month past or a year ahead is a slip of the pen and not taken.
    """
    if isinstance(cell, (int, float)) and cell in range(32):
        cell = f"{int(cell)}日"
    if isinstance(cell, (int, float)):
        days = _days_of_number(cell, spoken)
        days = [day for day in days if day >= spoken] or days
        day = days[0] if len(days) == 1 else None
    elif isinstance(cell, str):
        day = _typed_promise(_arabic(plain(cell)), spoken)
    else:
        day = read_day(cell, spoken)
    return day if day is not None and -31 <= (day - spoken).days <= 366 else None


def _typed_promise(said: str, spoken: date) -> date | None:
    exact = _exact_day(FILLER.sub("", said).replace(" ", ""), spoken, WITH_MONTH)
    if exact is not None or VAGUE.search(said):
        return exact
    unread, days = said, set[date | None]()
    for pattern, reader in PROMISES:
        days |= {reader(found, spoken) for found in pattern.finditer(unread)}
        unread = pattern.sub("#", unread)
    return days.pop() if len(days) == 1 and not SPAN.search(FULL_DATE.sub("#", said)) else None


def _day_ahead(found: re.Match[str], spoken: date) -> date | None:
    """A bare 5号 is the next one; said just after the 5th it may be the one just past, too."""
    if found["rel"]:
        return _completed(found, spoken)
    this, following = (in_month(spoken, step, int(found["d"])) for step in (0, 1))
    if this is None or this >= spoken:
        return this
    return following if (spoken - this).days > 3 else None


def _near_day(found: re.Match[str], spoken: date) -> date:
    return spoken + timedelta(NEAR_DAYS[found[1] or found[2]])


def _month_end(found: re.Match[str], spoken: date) -> date | None:
    if found["m"]:
        first = _nearest([_date(spoken.year + step, int(found["m"]), 1) for step in (0, 1)], spoken)
        return first and in_month(first, 0, -1)
    return in_month(spoken, 1 if found["rel"].startswith("下") else 0, -1)


def _week_day(found: re.Match[str], spoken: date) -> date | None:
    """下周三 is in the next week from Monday on; a bare 周三 must still lie ahead in this one."""
    ahead = WEEKDAYS.index(found[2].replace("天", "日")) - spoken.weekday()
    if found[1] is None:
        return spoken + timedelta(ahead) if ahead > 0 else None
    weeks = found[1].count("下")
    return spoken + timedelta(ahead + 7 * weeks)


PROMISES = (
    (FULL_DATE, _completed),
    (MONTH_DAY, _completed),
    (MONTH_END, _month_end),
    (DAY_OF_MONTH, _day_ahead),
    (NEAR_DAY, _near_day),
    (WEEK_DAY, _week_day),
)


# --- times --------------------------------------------------------------------------------------

CLOCK = re.compile(
    r"(?P<half>上午|早上|清晨|早|中午|下午|傍晚|晚上|晚间|晚|夜里|凌晨|[AP]M)?\s*"
    r"(?P<h>\d{1,2})\s*(?::(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?|"
    r"[点时](?:\s*(?P<m2>\d{1,2})\s*分?(?:(?P<s2>\d{1,2})秒)?|(?P<part>半|一刻|三刻)|整)?)"
    r"\s*(?P<after>[AP]M)?",
    re.IGNORECASE,
)
UNTIL = re.compile(r"\s*(?:[-~—]|至|到)\s*\d{1,2}[:点时].*")
# 9.30 in a column of times: half past nine, or 30 September?
HOUR_OR_DAY = re.compile(r"\d{1,2}[.-]\d{1,2}")
MORNING, NOON, NIGHT = {"上午", "早上", "清晨", "早", "AM"}, {"中午"}, {"凌晨", "夜里"}


def read_moment(cell: Cell, day: date, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    """When a call took place, aware; a bare time is completed with `day`, a bare date is midnight.

    Of a span (`9:05-9:12`) the beginning.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        cell = _of_serial(cell)
    if isinstance(cell, timedelta) and timedelta(0) <= cell < timedelta(1):
        cell = _of_serial(cell / timedelta(1))
    if isinstance(cell, datetime) and cell.year in YEARS:
        return cell.replace(tzinfo=tz), _precision(cell.time())
    if isinstance(cell, time):
        return datetime.combine(day, cell, tz), _precision(cell)
    if isinstance(cell, str):
        return _typed_moment(_arabic(plain(cell)), day, tz)
    whole = read_day(cell, day) if isinstance(cell, date) else None
    return None if whole is None else (datetime.combine(whole, time(), tz), Precision.DAY)


def _of_serial(number: float) -> Cell:
    """Excel's days since 1900 as what they stand for; `None` for other numbers: 9.3 is no day."""
    seconds = round(number % 60_000 * 86_400)
    if 0 <= number < 1:
        seconds = min(seconds, 86_399)  # the day's last half second is no midnight
    moment = datetime.combine(EPOCH, time()) + timedelta(seconds=seconds)
    if 0 <= number < 1:
        return moment.time()
    if int(number) not in SERIALS:
        return None
    return moment if number % 1 else moment.date()


def _precision(moment: time) -> Precision:
    """Excel stores no precision: a whole minute was most likely typed as one."""
    return Precision.SECOND if moment.second else Precision.MINUTE


def _typed_moment(said: str, day: date, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    said = re.sub(r"(?<=\d)T(?=\d)", " ", UNTIL.sub("", said))
    found = CLOCK.search(said)
    if found is None and HOUR_OR_DAY.fullmatch(said):
        return None
    if found is None:
        whole = _typed_day(said, day)
        return None if whole is None else (datetime.combine(whole, time(), tz), Precision.DAY)
    clock, rest = _clock(found), said[: found.start()].strip()
    whole = _typed_day(rest, day) if rest else day
    if clock is None or whole is None or said[found.end() :].strip():
        return None
    return datetime.combine(whole, clock, tz), _typed_precision(found)


def _typed_precision(found: re.Match[str]) -> Precision:
    if found["s"] or found["s2"]:
        return Precision.SECOND
    told = found["m"] or found["m2"] or found["part"] or found[0].strip().endswith("整")
    return Precision.MINUTE if told else Precision.HOUR


def _clock(found: re.Match[str]) -> time | None:
    part = {"半": "30", "一刻": "15", "三刻": "45"}.get(found["part"] or "", "0")
    hour = _hour(int(found["h"]), (found["half"] or found["after"] or "").upper())
    minute, second = found["m"] or found["m2"] or part, found["s"] or found["s2"] or "0"
    try:
        return None if hour is None else time(hour, int(minute), int(second))
    except ValueError:
        return None


def _hour(hour: int, half: str) -> int | None:
    """The hour of the day; `None` where the words contradict it, as in 上午15点."""
    if not half or hour > 12:
        return None if half in MORNING | NIGHT else hour
    if half in MORNING:
        return 0 if half == "AM" and hour == 12 else hour
    if half in NOON:
        return hour if hour >= 11 else hour + 12 if hour <= 2 else None
    if half in NIGHT:
        known = hour in range(half == "夜里", 7) or (hour, half) == (12, "凌晨")
        return hour % 12 if known else None
    if half not in {"下午", "PM"} and (hour < 5 or hour == 12):
        return None  # 晚上12点: the midnight that begins the day, or ends it?
    return 12 if hour == 12 else hour + 12
