"""The coverage of a month, from the catalogue to each form that it is read in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from archive.catalogue import customer_calls, days
from archive.catalogue.database import Catalogue
from archive.written import written
from audit.coverage import Coverage, cover
from audit.periods import month_before, month_of
from config.language import Words
from config.settings import Settings


def compile_month(
    catalogue: Catalogue, settings: Settings, wanted: date | None, today: date
) -> Coverage:
    """The coverage of the month that `wanted` is of, else of the latest day of which anything is
    known, else of `today`; local dates.
    """
    with catalogue.reading() as tx:
        month = month_of(wanted or days.latest_day(tx) or today)
        begin = month.first
        for _ in range(settings.coverage.months_back):
            begin = month_before(begin)
        calls = customer_calls.between(tx, begin, month.last)
        nameless = customer_calls.nameless(tx, month.first, month.last)
    return cover(calls, settings.coverage, month, today, nameless, settings.calendar)


@dataclass(frozen=True, slots=True)
class Telling:
    """How a coverage is told; files take neither width nor colour."""

    office: str
    words: Words
    now: datetime
    width: int = 120
    colour: bool = False


def as_text(coverage: Coverage, form: str, how: Telling) -> str:
    """The coverage as `text`, `json` or `html`."""
    if form == "json":
        from audit.coverage_contract import as_json

        return json.dumps(as_json(coverage), ensure_ascii=False, indent=2) + "\n"
    if form == "html":
        from audit import coverage_html

        return coverage_html.render(coverage, how.office, how.words, how.now)
    from audit import coverage_text

    return coverage_text.render(coverage, how.office, how.words, how.width, how.colour)


def write(coverage: Coverage, form: str, path: Path, how: Telling) -> None:
    """Writes one of the forms of `as_text`, or `xlsx`, to `path`, whole or not at all.

    Raises OSError if it cannot be written: on Windows also while a program has it open.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with written(path) as unfinished:
        if form == "xlsx":
            _write_xlsx(coverage, unfinished, how)
        else:
            text = as_text(coverage, form, Telling(how.office, how.words, how.now))
            unfinished.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _write_xlsx(coverage: Coverage, path: Path, how: Telling) -> None:
    from audit import coverage_tables, xlsx
    from audit.wording import month_name

    contents = xlsx.Contents(
        title=how.words("coverage.title"),
        office=how.office,
        period=month_name(how.words, coverage.month.first),
        generated=how.now,
        summary=[coverage_tables.groups(coverage, how.words)],
        tabs=[coverage_tables.customers(coverage, how.words)],
    )
    xlsx.write_contents(contents, how.words, path)
