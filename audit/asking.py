"""What a person means who searches: spans of days in words, names by sound, numbers as dialled."""

from __future__ import annotations

import re
import unicodedata
from calendar import isleap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from archive.catalogue.search_names import Asked
from audit.periods import Period, month_of, week_of
from matcher.numbers import fold, normalise
from matcher.spelling import readings, sounds, spelled

_LETTERS = re.compile(r"[a-zü' -]+")
_DIALLED = re.compile(r"[+(\d][\d\s().-]*")
_MASKED = re.compile(r"(\d*)\*+(\d+)")
"""As lists show it to whom whole numbers are not shown, and as people copy it from there."""
_APART = re.compile(r"[\s().-]")
_MONTH = re.compile(r"(?:(20\d\d)\s*[-./年]\s*)?(1[0-2]|0?[1-9])(?:月份?)?")
_DAY = re.compile(
    r"(?:(20\d\d)\s*[-./年]\s*)?(1[0-2]|0?[1-9])\s*[-./月]\s*(3[01]|[12]\d|0?[1-9])[日号]?"
)
_YEAR = re.compile(r"(20\d\d)年")  # without the mark it may be the last four of a number
_TO = re.compile(r"\.\.|~|到|至|[—–]+")
_RELATIVE = {
    "today": "day 0",
    "今天": "day 0",
    "今日": "day 0",
    "yesterday": "day -1",
    "昨天": "day -1",
    "昨日": "day -1",
    "前天": "day -2",
    "this week": "week 0",
    "本周": "week 0",
    "这周": "week 0",
    "last week": "week -1",
    "上周": "week -1",
    "this month": "month 0",
    "本月": "month 0",
    "这个月": "month 0",
    "last month": "month -1",
    "上月": "month -1",
    "上个月": "month -1",
    "this year": "year 0",
    "今年": "year 0",
    "last year": "year -1",
    "去年": "year -1",
}

Span = tuple[date, date]
"""The first and the last day."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a question, taken apart."""

    words: tuple[str, ...]
    """Names, numbers and parts of file names."""
    span: Span | None
    """The days that all spans of days have in common; the first after the last: none."""


def take_apart(words: Sequence[str], today: date) -> Said:
    """`last month` is one span of days, in one word or in two."""
    rest, spans = [], []
    for word, span in _read(words, today):
        if span is None:
            rest.append(word)
        else:
            spans.append(span)
    if not spans:
        return Said(tuple(rest), None)
    return Said(tuple(rest), (max(first for first, _ in spans), min(last for _, last in spans)))


def _read(words: Sequence[str], today: date) -> Iterator[tuple[str, Span | None]]:
    at = 0
    while at < len(words):
        pair = " ".join(words[at : at + 2])
        if at + 1 < len(words) and (span := days(pair, today)):
            yield pair, span
            at += 2
        else:
            yield words[at], days(words[at], today)
            at += 1


def days(text: str, today: date) -> Span | None:
    """The span of days that a text names, such as `2026-11`, `11月`, `last month`, `上个月` or
    `2026-11-03..2026-11-09`; `None` where it names none.

    A month or day without its year is the last one that has begun by `today`.
    """
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    ends = [part.strip() for part in _TO.split(said)]
    if len(ends) == 2 and all(ends):
        first, last = (_one(part, today) for part in ends)
        return (first[0], last[1]) if first and last else None
    return _one(said, today)


def _one(said: str, today: date) -> Span | None:
    if relative := _RELATIVE.get(said):
        return _relative(relative, today)
    try:
        if found := _DAY.fullmatch(said):
            return _dated(found, today)
        if (found := _MONTH.fullmatch(said)) and (found[1] or "月" in said):
            year = int(found[1]) if found[1] else _year(today, int(found[2]), 1)
            return _span(month_of(date(year, int(found[2]), 1)))
        if found := _YEAR.fullmatch(said):
            return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    except ValueError:  # such as 30 February
        return None
    return None


def _dated(found: re.Match[str], today: date) -> Span:
    month, day = int(found[2]), int(found[3])
    year = int(found[1]) if found[1] else _year(today, month, day)
    while not found[1] and (month, day) == (2, 29) and not isleap(year):
        year -= 1
    on = date(year, month, day)
    return on, on


def _year(today: date, month: int, day: int) -> int:
    """Nobody searches for what is yet to come."""
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _relative(said: str, today: date) -> Span:
    unit, number = said.split()
    back = int(number)
    if unit == "day":
        on = today + timedelta(days=back)
        return on, on
    if unit == "week":
        return _span(week_of(today + timedelta(weeks=back)))
    if unit == "year":
        return date(today.year + back, 1, 1), date(today.year + back, 12, 31)
    months = today.year * 12 + today.month - 1 + back
    return _span(month_of(date(months // 12, months % 12 + 1, 1)))


def _span(period: Period) -> Span:
    return period.first, period.last


def understand(word: str) -> Asked:
    """A word in the forms in which names and numbers are kept.

    An argument that was no text holds half characters, which no name in the catalogue does.
    """
    word = word.encode("utf-8", "replace").decode()
    spelling, folded = spelled(word), fold(word)
    letters = folded.casefold().strip()
    typed = re.sub("[ '-]", "", letters) if _LETTERS.fullmatch(letters) else ""
    return Asked(
        word,
        spelling,
        sounds=(typed.replace("ü", "v"),) if typed else (),
        alike=tuple(sorted(one.replace(" ", "") for one in readings(spelling))),
        digits=_digits(folded),
    )


def _digits(folded: str) -> str:
    if hidden := _MASKED.fullmatch(_APART.sub("", folded)):
        return f"{hidden[1]}*{hidden[2]}"
    if not _DIALLED.fullmatch(folded.strip()):
        return ""
    return normalise(folded) or "".join(filter(str.isdecimal, folded))


def spell(name: str) -> tuple[str, frozenset[str]]:
    """How a customer's name is kept for searching, and how it is typed in letters."""
    spelling = spelled(name)
    return spelling, sounds(spelling)
