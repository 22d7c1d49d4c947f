"""Codes, dates, places and lengths as every form of the report words them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from audit.day import AnswerLine, DayReport, Finding
from config.language import Words, sentences


def title(words: Words, code: str) -> str:
    """A finding's short title; a code that has none stands for itself."""
    return _named(words, "code", code)


def status(words: Words, name: str) -> str:
    return _named(words, "status", name)


def _named(words: Words, kind: str, name: str) -> str:
    key = f"report.{kind}_{name}"
    return words(key) if key in sentences() else name


def long_date(words: Words, day: date) -> str:
    """`2026年11月16日 星期一`, `Monday 16 November 2026`: months and days in the report's language,
    not in that of the computer.
    """
    return words(
        "report.day",
        year=day.year,
        month=words(f"report.month_{day.month}"),
        day=day.day,
        weekday=words(f"report.weekday_{day.weekday()}"),
    )


def month_name(words: Words, first: date) -> str:
    """`2026年11月`, `November 2026`."""
    return words("report.a_month", year=first.year, month=words(f"report.month_{first.month}"))


def percent(part: int, whole: int) -> str:
    """`93.4%`; rounded down, so that 100% is said of nothing that is not complete."""
    tenths = 1000 * part // whole
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


def period(words: Words, reports: Sequence[DayReport]) -> str:
    days = sorted(report.date for report in reports)
    if len(days) == 1:
        return long_date(words, days[0])
    return words("report.range", first=days[0], last=days[-1])


def where(finding: Finding) -> str:
    """The recording's source, or the sheet and the row as `sheet.xlsx:5`."""
    if finding.source or not finding.sheet:
        return finding.source or ""
    return finding.sheet if finding.line is None else f"{finding.sheet}:{finding.line}"


def answered_by(answer: AnswerLine) -> str:
    """Who gave a reason, and when."""
    return f"{answer.by} · {answer.at:%Y-%m-%d %H:%M}"


def length(seconds: float | None) -> str:
    """`0:27`, `1:02:03`; empty where it is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
