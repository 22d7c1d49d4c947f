"""The auditor's search, put into a table, JSON or CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from archive.catalogue.search import Hit
from config.csv_text import csv_line, harmless
from config.language import Words
from matcher.masking import masked

FORMS = ("table", "json", "csv")
_FIELDS = (
    "customer",
    "date",
    "time",
    "collector",
    "seconds",
    "status",
    "mirrored",
    "archive_path",
    "source",
    "sheet",
    "line",
    "sha256",
)
_SHOWN = ("customer", "date", "time", "collector", "seconds", "status", "archive_path")


@dataclass(frozen=True, slots=True)
class Page:
    """Where some hits stand among all."""

    skipped: int
    count: int
    counted: bool = True
    """False: there are more than `count`."""


def without_numbers(hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the numbers masked that stand in names of people, folders and files."""
    return [
        replace(
            hit,
            customer=hit.customer and masked(hit.customer),
            collector=hit.collector and masked(hit.collector),
            archive_path=masked(hit.archive_path),
            source=masked(hit.source),
            sheet=hit.sheet and masked(hit.sheet),
        )
        for hit in hits
    ]


def as_dict(hit: Hit, timezone: ZoneInfo) -> dict[str, object]:
    """One hit with the fields of every format; times in the office's zone."""
    started = hit.started_at.astimezone(timezone) if hit.started_at else None
    return {
        "customer": hit.customer,
        "date": hit.day.isoformat(),
        "time": f"{started:%H:%M:%S}" if started else None,
        "collector": hit.collector,
        "seconds": hit.duration_seconds,
        "status": hit.status,
        "mirrored": hit.mirrored,
        "archive_path": hit.archive_path,
        "source": hit.source,
        "sheet": hit.sheet,
        "line": hit.line,
        "sha256": hit.sha256,
    }


def render(
    hits: Sequence[Hit],
    form: str,
    timezone: ZoneInfo,
    words: Words,
    width: int,
    *,
    colour: bool,
    page: Page | None = None,
) -> str:
    """The hits in one of `FORMS`; only the table speaks the office's language."""
    if form == "json":
        return as_json(hits, timezone)
    if form == "csv":
        return as_csv(hits, timezone)
    return as_table(hits, timezone, words, width, colour=colour, page=page)


def as_json(hits: Sequence[Hit], timezone: ZoneInfo) -> str:
    found = [as_dict(hit, timezone) for hit in hits]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def as_csv(hits: Sequence[Hit], timezone: ZoneInfo) -> str:
    """With a head line; cells that a spreadsheet would run as a formula are made harmless."""
    rows = [as_dict(hit, timezone) for hit in hits]
    lines = [_FIELDS, *([harmless(values[field]) for field in _FIELDS] for values in rows)]
    return "".join(map(csv_line, lines))


def as_table(
    hits: Sequence[Hit],
    timezone: ZoneInfo,
    words: Words,
    width: int,
    *,
    colour: bool,
    page: Page | None = None,
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from config.visible import visible

    table = Table(box=None, pad_edge=False, header_style="bold")
    for field in _SHOWN:
        table.add_column(words(f"search.{field}"), overflow="fold")
    for hit in hits:
        values = as_dict(hit, timezone) | {"status": words(f"search.status_{hit.status}")}
        cells = ("" if values[field] is None else str(values[field]) for field in _SHOWN)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, no_color=not colour)
    console.print(table)
    console.print(_told(page or Page(0, len(hits)), len(hits), words), highlight=False)
    return out.getvalue()


def _told(page: Page, shown: int, words: Words) -> str:
    if not shown and not page.counted:
        return words("search.found_past", count=page.skipped)
    if not shown or (page.counted and page.skipped == 0 and shown == page.count):
        return words("search.found", count=page.count)
    key = "found_more" if page.counted else "found_many"
    first, last = page.skipped + 1, page.skipped + shown
    return words(f"search.{key}", first=first, last=last, count=page.count)
