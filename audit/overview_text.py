"""Several days in a terminal: completeness by month, week, day and collector, before the days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from audit.completeness import Tally, by_collector, tally
from audit.day import DayReport
from audit.periods import Period, by_month, by_week
from audit.text import printed
from audit.wording import month_name, percent, period
from config.language import Words
from config.visible import visible

_FIGURES = ("customers_due", "recorded", "share", "late", "corrected", "missing", "open")


def render(reports: Sequence[DayReport], width: int, colour: bool) -> str:
    """The tables as lines of at most `width` cells; ValueError without a day."""
    if not reports:
        raise ValueError("an overview needs at least one day")
    days = sorted(reports, key=lambda report: report.date)
    words = Words(days[0].language)
    return printed(_parts(days, words), width, colour)


def _parts(days: Sequence[DayReport], words: Words) -> Iterator[RenderableType]:
    yield Text(f"{period(words, days)}  {visible(days[0].office)}", style="bold")
    months = [(month_name(words, of.first), one.whole) for of, one in by_month(days).items()]
    yield _table("month", months, words)
    weeks = [(_week(of), one.whole) for of, one in by_week(days).items()]
    yield _table("week", weeks, words)
    yield _table("date", [(f"{one.date}", tally([one])) for one in days], words)
    collectors = by_collector(days)
    named = [(name or words("report.nobody"), people) for name, people in collectors.items()]
    yield _table("collector", [*named, (words("report.whole_office"), tally(days))], words)


def _table(head: str, rows: Iterable[tuple[str, Tally]], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", title_justify="left")
    table.add_column(words(f"report.{head}"), overflow="fold", min_width=24)
    for name in _FIGURES:
        table.add_column(words(f"report.{name}"), justify="right")
    for name, people in rows:
        table.add_row(Text(visible(name)), *_figures(people))
    return table


def _figures(people: Tally) -> Iterator[Text]:
    yield Text(str(people.due))
    yield Text(str(people.recorded))
    yield Text(percent(people.recorded, people.due) if people.due else "")
    yield Text(str(people.late or ""))
    yield Text(str(people.corrected or ""))
    yield Text(str(people.missing or ""), "red")
    yield Text(str(people.open or ""))


def _week(of: Period) -> str:
    return f"{of.first} – {_short(of.last)}"


def _short(day: date) -> str:
    return f"{day:%m-%d}"
