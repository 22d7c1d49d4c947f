"""The reader for names of no known form: recorders nobody has listed, files renamed by hand.

Dates and times are taken out first, then numbers, then what is left and can be a name. What is
only perhaps a date (`11.16`, `1116`) is read after the numbers, and only near the hand-off.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ingest.name_form import GENERIC, direction_of, noted, told
from ingest.stamps import HALF, HALVES, Parts, stamp
from matcher.evidence import Evidence
from matcher.names import BRANDS
from matcher.numbers import split, split_masked
from matcher.said import LAST_FOUR

_MO2 = r"(?P<mo>0[1-9]|1[0-2])"
_D2 = r"(?P<d>0[1-9]|[12]\d|3[01])"
_MO = r"(?P<mo>1[0-2]|0?[1-9])"
_D = r"(?P<d>[12]\d|3[01]|0?[1-9])"
_YY = r"(?P<y>[12]\d)"
_H2 = r"(?P<h>[01]\d|2[0-3])"
_MI = r"(?P<mi>[0-5]\d)"
_S = r"(?P<s>[0-5]\d)"
# `0531-87654321` after a date is a number and not a time.
_NO_NUMBER = r"(?!\d|[ -]\d{7,8}(?!\d)|[ -]\d{4}[ -]\d{4}(?!\d))"
_CLOCK = (
    r"(?P<h>[01]\d|2[0-3]|\d(?=[-.:_点时]))[-.:_点时]?"
    rf"{_MI}(?:[-.:_分]?{_S}(?:[._]?\d{{3}}(?!\d))?)?[分秒]?{_NO_NUMBER}"
)
_AFTER = r"(?:\s?(?P<half_after>[AaPp][Mm])(?![A-Za-z]))?"  # `3.05.12 PM`
_THEN_CLOCK = rf"(?:(?:[ T_,-]{{0,3}}| at ){HALF}{_CLOCK}{_AFTER})?"
_DOM_OVER_12 = r"(?P<d>1[3-9]|2\d|3[01])"
_NO_MONEY = r"(?!\s?[元块万千])"
# `承诺11月20日还款` is what the customer said or owes, and not when.
_DAY_WORDS = r"(?:20\d\d[-./_年])?\d{1,2}[-./_月]\d{1,2}[日号]?"
_PROMISED = re.compile(
    r"(?:承诺|预计|约定?|答应|逾期自|到期日|还款日|账单日)(?:还款|在|于)?[\s:]?"
    rf"(?:{_DAY_WORDS}|(?:20\d\d)?\d{{4}}(?!\d))"
    rf"|(?<![\d.]){_DAY_WORDS}[之以]?前?(?:[还存付]|[打汇转]款|到账)",
    re.ASCII,
)

_DECADE = 3660
_EPOCH = re.compile(r"1[2-9]\d{8}", re.ASCII)

Reading = tuple[re.Pattern[str], int | None]


def _reading(pattern: str, days: int | None = None) -> Reading:
    """A pattern, and up to how many days before the hand-off it is believed; None: always."""
    return re.compile(pattern, re.ASCII), days


_SURE: tuple[Reading, ...] = (
    _reading(rf"(?<!\d)(?P<y>20\d\d){_MO2}{_D2}{_THEN_CLOCK}(?!\d)"),
    _reading(rf"(?<!\d)(?P<y>20\d\d)[-./_年]{_MO}[-./_月]{_D}[日号]?{_THEN_CLOCK}(?!\d)"),
    # `16.11.2026` and `11/16/2026`: no month has a number over 12.
    _reading(rf"(?<![\d.-]){_DOM_OVER_12}[-./]{_MO}[-./](?P<y>20\d\d){_THEN_CLOCK}(?!\d)"),
    _reading(rf"(?<![\d.-]){_MO}[-./]{_DOM_OVER_12}[-./](?P<y>20\d\d){_THEN_CLOCK}(?!\d)"),
    _reading(rf"(?<!\d){_YY}{_MO2}{_D2}[ T_-]{_CLOCK}"),
    _reading(rf"(?<!\d){_YY}{_MO2}{_D2}{_H2}{_MI}{_S}?(?!\d)", _DECADE),
    _reading(rf"(?<![\d.-]){_YY}[-.]{_MO2}[-.]{_D2}{_THEN_CLOCK}(?![\d.])", 400),
    _reading(rf"(?<![\d.-])(?P<d>[0-3]\d)[-.]{_MO2}[-.](?P<y>2\d)[ T_-]{_CLOCK}", 31),
    # `11.1613812345678`: what follows the day is a whole mobile number, so it is the 16th.
    _reading(rf"(?<![\d.]){_MO}[.-]{_D}(?=1[3-9]\d{{9}}(?!\d))", 180),
    _reading(r"(?<!\d)(?P<epoch>1[2-9]\d{8})(?:\d{3})?(?:\.\d{1,6})?(?!\d)", _DECADE),
    _reading(rf"(?<!\d){_MO}月{_D}[日号]?{_THEN_CLOCK}(?!\d)"),
    _reading(
        rf"(?<!\d)(?:(?P<half>{HALVES})\s?)(?P<h>\d{{1,2}})[点时:]"
        rf"(?:(?P<mi>[0-5]?\d|半)(?:[分:]{_S}秒?)?分?)?(?!\d)"
    ),
    _reading(
        r"(?<!\d)(?P<h>\d{1,2})(?::(?=\d\d)|[点时])(?:(?P<mi>[0-5]?\d|半)"
        rf"(?:[分:]{_S}秒?)?分?)?{_AFTER}(?!\d)"
    ),
)
# After the numbers are out. `3.5万` is money.
_PERHAPS_DATE: tuple[Reading, ...] = (
    _reading(rf"(?<![\d.]){_MO}\.{_D}(?![\d.]|\s?(?:万|千|元|块|小时|[hH]|米|吨|期|个|台|%))", 180),
    _reading(rf"(?<![\d-])(?=\d\d-|\d-\d\d){_MO}-{_D}(?![\d-])", 62),
    # Stuck to a name, `尹涛1120`, it may as well be the last digits of a number.
    _reading(rf"(?<![\dA-Za-z\u4e00-\u9fff]){_MO2}{_D2}(?!\d){_NO_MONEY}", 7),
    _reading(rf"(?<=[\u4e00-\u9fff]){_MO2}{_D2}(?!\d){_NO_MONEY}", 3),
    _reading(rf"(?<![\dA-Za-z]){_YY}{_MO2}{_D2}(?!\d)", 400),
)
_PERHAPS_TIME: tuple[Reading, ...] = (
    _reading(rf"(?<![\dA-Za-z]){_H2}[-.:_]?{_MI}(?:[-.:_]?{_S})?(?!\d)"),
)
_TIME_ALONE: tuple[Reading, ...] = (_reading(rf"(?<![\d-]){_H2}-{_MI}-{_S}(?![\d-])"),)

# `小松20013812345678`: a machine's model, and right after it a mobile number.
_MODEL = re.compile(rf"((?:{BRANDS})\d{{2,3}})(?=1[3-9]\d{{9}}(?!\d))", re.ASCII)
_FOUR = re.compile(rf"(?<!\.){LAST_FOUR}(?![A-Za-z.])", re.ASCII)
_HAS_DIGIT = re.compile(r"\d", re.ASCII)
_BETWEEN = re.compile(r"[\s_@,;、|&#~=+-]+")
_DIRECTION = re.compile(
    r"呼入|拨入|来电|被叫|呼出|拨出|去电|主叫|[↑↓↗↙]"
    r"|(?<![A-Za-z])(?:in(?:c|coming|bound)?|out(?:going|bound)?)(?![A-Za-z])",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(?:新?录音|通话录音|通话|电话)?[-_ ]*(?P<name>[^\d]{2,}?)"
    r"(?:的?(?:通话|电话|手机)?录音|的?通话|的?电话)?"
)
_NO_NAME = re.compile(r"[0-9A-Za-z.]*[0-9][0-9A-Za-z.]*|[A-Za-z]|[\W\d_年月日号点时分秒]+")
_STUCK_DIGITS = re.compile(r"^\d{3,}|\d{5,}$", re.ASCII)
_WRAPPED = re.compile(r"(?P<before>[^(\[【]*)[(\[【](?P<inside>[^)\]】]*)[)\]】](?P<after>.*)")
_EMPTY_BRACKETS = re.compile(r"[(\[【]\s*[)\]】]")


def read_general(stem: str, tz: ZoneInfo, day: date) -> Evidence:
    """Evidence from any name, folded and without extension; what it does not say stays empty."""
    parts: dict[str, str | None] = {}
    numbers: tuple[str, ...] = ()
    masked, rest = split_masked(stem)
    stem = rest
    if _HAS_DIGIT.search(stem):
        rest = _take(_SURE, stem, parts, tz, day)
        numbers, rest = split(_MODEL.sub(r"\1 ", rest))
        rest = _take_perhaps(rest, parts, tz, day)
    direction = _direction(rest)
    name = _name_in(_DIRECTION.sub(" ", rest) if direction else rest)
    parts |= {
        "contact": name,
        "number": ",".join(numbers),
        "direction": direction,
    }
    digits = [*masked, *_last_digits(stem, rest, parts)] if name else []
    found = told("general", parts, stamp(parts, tz, day))
    return replace(found, note=noted(found.note, *digits))


def _last_digits(stem: str, rest: str, parts: Parts) -> list[str]:
    """Groups of four digits beside a name may be the last of a number, be they a time or not."""
    found = _FOUR.findall(rest)
    clock = f"{parts.get('h') or ''}{parts.get('mi') or ''}"
    return found + [group for group in _FOUR.findall(stem) if group == clock]


def _take_perhaps(text: str, parts: dict[str, str | None], tz: ZoneInfo, day: date) -> str:
    if not _HAS_DIGIT.search(text) or "epoch" in parts:
        return text
    if "mo" not in parts:
        text = _take(_PERHAPS_DATE, text, parts, tz, day)
    if "h" not in parts:
        text = _take(_PERHAPS_TIME if "mo" in parts else _TIME_ALONE, text, parts, tz, day)
    return text


def _take(
    readings: tuple[Reading, ...], text: str, parts: dict[str, str | None], tz: ZoneInfo, day: date
) -> str:
    """The text with a line break for every stamp; `parts` gains the first date and time."""
    for pattern, days in readings:
        promised = [said.span() for said in _PROMISED.finditer(text)]

        def take(
            found: re.Match[str],
            days: int | None = days,
            promised: Sequence[tuple[int, int]] = promised,
        ) -> str:
            groups = {key: value for key, value in found.groupdict().items() if value}
            if half := groups.pop("half_after", None):
                groups["half"] = half.upper()
            is_promised = any(first <= found.start() < last for first, last in promised)
            if is_promised or not _believable(groups, days, tz, day):
                return found[0]
            if "y" in groups and _is_rather_an_epoch(found[0], groups, tz, day):
                return found[0]
            _gain(parts, groups)
            return "\n"

        text = pattern.sub(take, text)
    return text


def _believable(groups: Parts, days: int | None, tz: ZoneInfo, day: date) -> bool:
    try:
        when = stamp(groups, tz, day)
    except ValueError:
        return False
    if when is None or days is None:  # None: an hour alone is no time, but no name either
        return True
    return -timedelta(days=1) <= day - when.at.date() <= timedelta(days=days)


def _is_rather_an_epoch(digits: str, groups: Parts, tz: ZoneInfo, day: date) -> bool:
    """1702140000 is 14 February 2017 as some phones write it, and 10 December 2023 as others do;
    of the two it is the one nearer to the hand-off.
    """
    epoch: Parts = {"epoch": digits}
    if not (_EPOCH.fullmatch(digits) and _believable(epoch, _DECADE, tz, day)):
        return False
    dated, counted = stamp(groups, tz, day), stamp(epoch, tz, day)
    far = [abs(day - when.at.date()) for when in (dated, counted) if when]
    return far[-1] < far[0]


def _gain(parts: dict[str, str | None], groups: dict[str, str]) -> None:
    """The first date, and the first time: the date's own, or one that stands apart from it."""
    dated = "mo" in parts or "epoch" in parts
    if "mo" in groups or "epoch" in groups:
        parts.update({} if dated else groups)
    elif "mi" in groups and "h" not in parts and "epoch" not in parts:
        parts.update(groups)


def _direction(text: str) -> str | None:
    found = _DIRECTION.search(text)
    return found[0] if found and direction_of(found[0]) else None


def _name_in(text: str) -> str:
    """The words of `text` that can be a name, joined by spaces."""
    words = _BETWEEN.split(_EMPTY_BRACKETS.sub(" ", text))
    return " ".join(word for each in words if (word := _word(each.strip(" .,:"))))


def _word(word: str) -> str:
    word = _STUCK_DIGITS.sub("", word)
    if not word or GENERIC.fullmatch(word) or _NO_NAME.fullmatch(word):
        return ""
    if (wrapped := _WRAPPED.fullmatch(word)) and not _word(wrapped["before"]):
        return " ".join(filter(None, (_word(wrapped["inside"]), _word(wrapped["after"]))))
    glued = _GLUED.fullmatch(word)
    return glued["name"] if glued else word
