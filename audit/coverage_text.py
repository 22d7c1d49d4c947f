"""A month's coverage in a terminal: the groups, what is to be done, then every customer."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from audit.coverage import PERSON, Coverage, Customer, Standing
from audit.coverage_wording import days, group_name, plan_of, standing, state, to_do
from audit.text import printed
from audit.wording import month_name
from config.language import Words
from config.visible import visible

_COLOURS = {"act": "bold red", "open": "bold cyan", "done": "bold green"}
_COUNTS = (Standing.DONE, Standing.OUTSIDE, Standing.DUE, Standing.PARTLY, Standing.NOT_CALLED)


def render(coverage: Coverage, office: str, words: Words, width: int, colour: bool) -> str:
    """The coverage as lines of at most `width` cells, with ANSI colours only if `colour`."""
    return printed(_parts(coverage, office, words), width, colour)


def _parts(coverage: Coverage, office: str, words: Words) -> Iterator[RenderableType]:
    yield _headline(coverage, office, words)
    yield Text()
    yield _groups(coverage, words)
    sentences = list(to_do(words, coverage))
    if sentences:
        yield Text()
        yield Text(words("report.to_do"), style="bold")
        yield from (Padding(_shown(one), (0, 0, 0, 2)) for one in sentences)
    for group in coverage.groups:
        yield Text()
        yield Text(group_name(words, group.name), style="bold").append(
            f"  {plan_of(words, group.name, group.planned, coverage.credit_calls)}", "dim not bold"
        )
        yield _customers([one for one in coverage.customers if one.group == group.name], words)


def _headline(coverage: Coverage, office: str, words: Words) -> Text:
    month, name = month_name(words, coverage.month.first), state(coverage)
    as_of = words("coverage.as_of", day=coverage.today)
    line = Text(f"{words('coverage.title')}  {month}  {visible(office)}  {as_of}\n")
    line.append(words(f"coverage.state_{name}"), _COLOURS[name])
    done_of = words("coverage.done_of", due=coverage.planned, done=coverage.done)
    return line.append(f"  {done_of}")


def _groups(coverage: Coverage, words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(words("report.group"))
    names = ("customers", *(str(one) for one in _COUNTS), "reached", "recorded")
    for name in names:
        table.add_column(words(f"report.{name}"), justify="right")
    for group in coverage.groups:
        counts = (group.standings[one] for one in _COUNTS)
        figures = (group.customers, *counts, group.reached, group.recorded)
        table.add_row(group_name(words, group.name), *(str(number or "") for number in figures))
    return table


def _customers(customers: list[Customer], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("customer", "collector", "standing", "called_on", "reached_on", "recorded_on"):
        table.add_column(words(f"report.{name}"), overflow="fold")
    for one in customers:
        table.add_row(
            _shown(one.name),
            _shown(one.collector or ""),
            Text(standing(words, one.standing), "red" if one.standing in PERSON else ""),
            days(one.called),
            days(one.reached),
            days(one.recorded),
        )
    return table


def _shown(text: str) -> Text:
    return Text(visible(text), overflow="fold")
