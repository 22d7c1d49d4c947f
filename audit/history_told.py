"""`callvault history`: whom it is about, what happened, as a table that fits the screen or JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby

from archive.catalogue.database import Catalogue
from archive.number_ranges import ranges
from audit import report
from audit.happenings import Telling
from audit.history import LATEST, History, Span, customers_called, histories
from config.language import Words
from config.settings import Settings
from config.visible import visible
from matcher.masking import masked, masked_all


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    """A name, a name and last digits, a number, or a folder with a `/` after it."""
    first: date | None
    last: date | None
    """Days in the office's time, both included."""
    now: datetime
    """Aware."""
    full: bool
    """Whether numbers are to be shown whole."""


def tell(catalogue: Catalogue, settings: Settings, words: Words, asked: Asked) -> list[History]:
    """Raises HistoryError where nobody is called so."""
    telling = Telling(words, settings.office.timezone)
    reports = partial(report.compile_days, catalogue, settings, now=asked.now)
    span = Span(asked.first, asked.last)
    with catalogue.reading() as tx:
        found = customers_called(tx, asked.name)
        return histories(tx, found, telling, lambda days: reports(wanted=days), span)


def seen(told: Sequence[History], asked: Asked) -> dict[str, object]:
    """What the access log says of it."""
    return {
        "asked": {"words": [masked(asked.name)]},
        "customers": ranges(one.customer.id for one in told if one.customer),
        "full": asked.full,
    }


def as_json(told: Sequence[History], *, full: bool) -> str:
    every = [
        {
            "customer": one.name,
            "open": one.customer is None,
            "folder": one.customer and one.customer.folder,
            "numbers": sorted(one.customer.numbers) if one.customer else [],
            "legal_hold_since": one.held_since and one.held_since.isoformat(timespec="seconds"),
            "findings_from": one.looked_from and one.looked_from.isoformat(),
            "happenings": [
                {
                    "date": what.day.isoformat(),
                    "time": what.at and f"{what.at:%H:%M:%S}",
                    "kind": what.kind,
                    "text": what.text,
                    **what.details,
                }
                for what in one.happenings
            ],
        }
        for one in told
    ]
    shown = every if full else masked_all(every)
    return json.dumps(shown, ensure_ascii=False, indent=2) + "\n"


def as_text(told: Sequence[History], words: Words, width: int, *, colour: bool, full: bool) -> str:
    from rich.console import Console
    from rich.text import Text

    def show(text: str) -> Text:
        return Text(visible(text if full else masked(text)), overflow="fold")

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, no_color=not colour)
    if sum(one.customer is not None for one in told) > 1:
        count = sum(one.customer is not None for one in told)
        console.print(words("history.namesakes", count=count), highlight=False)
    for number, one in enumerate(told):
        if number:
            console.print()
        head = show(_head(one, words))
        head.stylize("bold")
        console.print(head)
        for note in _notes(one, words):
            console.print(note, highlight=False)
        if one.happenings:
            console.print(_table(one, words, show))
    return out.getvalue()


def _head(one: History, words: Words) -> str:
    count = len(one.happenings)
    if one.customer is None:
        return words("history.head_open", customer=one.name, count=count)
    numbers = ", ".join(sorted(one.customer.numbers)) or words("history.no_number")
    folder = one.customer.folder
    return words("history.head", customer=one.name, numbers=numbers, folder=folder, count=count)


def _notes(one: History, words: Words) -> list[str]:
    notes = []
    if one.held_since is not None:
        notes.append(words("history.held_since", since=f"{one.held_since:%Y-%m-%d %H:%M}"))
    if one.looked_from is not None:
        notes.append(words("history.looked_from", day=one.looked_from, days=LATEST))
    if not one.happenings:
        notes.append(words("history.nothing"))
    return notes


def _table(one: History, words: Words, show: Callable[[str], object]) -> object:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("date", "time", "kind"):
        table.add_column(words(f"history.{name}"), no_wrap=True)
    table.add_column(words("history.text"), overflow="fold")
    for day, of_day in groupby(one.happenings, key=lambda what: what.day):
        for number, what in enumerate(of_day):
            table.add_row(
                "" if number else day.isoformat(),
                f"{what.at:%H:%M}" if what.at else "",
                words(f"history.kind_{what.kind}"),
                show(what.text),  # type: ignore[arg-type]
            )
    return table
