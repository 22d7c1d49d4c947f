"""The day's report, from the catalogue to each form that it is read in."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.catalogue import days
from archive.catalogue.database import Catalogue
from audit import reconcile
from audit.day import DayReport, Severity
from audit.facts import gather
from audit.rules import Rules
from config.language import Words
from config.quiet import quiet_until
from config.settings import Mirror, Settings

TEXT_FORMS = ("text", "json", "html")
NIGHTLY_FORMS = ("html", "xlsx", "json")
"""Those that people open, and the one that scripts read."""

_LOOK_BACK = timedelta(days=31)
"""The nights that a PC may be off, with the longest holidays."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """The days that a report was asked for."""

    days: Sequence[date]
    ranged: bool = False
    """They were asked for as a range, of which only the known days count."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a report is shown; files take the default."""

    width: int = 120
    colour: bool = False
    ranged: bool = False
    """As JSON a day is one object, a range `{"days": [...]}` however many it holds."""


def asked_for(
    catalogue: Catalogue, day: date | None, first: date | None, last: date | None
) -> Asked:
    """`day`, or the known days of a range that `None` leaves open, or the last known day."""
    if first is not None and first == last:
        day = first
    if day is not None:
        return Asked([day])
    with catalogue.reading() as tx:
        if first or last:
            return Asked(days.days_between(tx, first or date.min, last or date.max), ranged=True)
        latest = days.latest_day(tx)
    return Asked([latest] if latest else [])


def compile_days(
    catalogue: Catalogue, settings: Settings, wanted: Sequence[date], now: datetime
) -> list[DayReport]:
    """Reconciles each of the `wanted` days; `now` is aware."""
    rules = Rules(
        timezone=settings.office.timezone,
        deadline=settings.handoff.deadline,
        words=Words(settings.office.language),
        mirrored=settings.mirror is not None,
        locked=settings.mirror is not None and settings.mirror.lock != "off",
        quiet_until=quiet_until(
            settings.mirror.quiet if settings.mirror else (),
            now.astimezone(settings.office.timezone),
        ),
        further_locked=frozenset(
            one.name for one in settings.further if isinstance(one, Mirror) and one.lock != "off"
        ),
        further={
            one.name: one.prefix if isinstance(one, Mirror) else "" for one in settings.further
        },
    )
    prefix = settings.mirror.prefix if settings.mirror else ""
    compiled = []
    for day in wanted:
        with catalogue.reading() as tx:
            facts = gather(tx, day, rules.further.keys())
        compiled.append(reconcile.report(facts, rules, settings.office.name, prefix, now))
    return compiled


def as_text(reports: Sequence[DayReport], form: str, archive: Path, look: Look = Look()) -> str:
    """The reports in one of `TEXT_FORMS`; `archive` is where their paths start."""
    if form == "json":
        from audit.contract import as_json

        written = [as_json(report) for report in reports]
        whole: object = {"days": written} if look.ranged else written[0]
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    if form == "html":
        from audit import html

        return html.render(reports, lambda path: archive.joinpath(path).absolute().as_uri())
    from audit import text

    return "\n".join(text.render(report, look.width, look.colour) for report in reports)


def write(
    reports: Sequence[DayReport], form: str, path: Path, archive: Path, *, ranged: bool = False
) -> None:
    """Writes one of `TEXT_FORMS`, or `xlsx`, to `path`, whole or not at all.

    Raises OSError if it cannot be written: on Windows also while a program has it open.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        if form == "xlsx":
            from audit import xlsx

            xlsx.write(reports, unfinished)
        else:
            text = as_text(reports, form, archive, Look(ranged=ranged))
            unfinished.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_nightly(
    catalogue: Catalogue, settings: Settings, due: date, now: datetime
) -> Sequence[date]:
    """Writes the reports up to the day `due` in the forms that lie in no file yet; `now` is local.

    Of the last month every known day gets one, oldest first, so that a PC that was off leaves out
    none; of `due` itself, where that is today, also one that says that nothing came. What is
    written already stays: it says what was known that night. Returns the days that got one.
    """
    with catalogue.reading() as tx:
        known = set(days.days_between(tx, due - _LOOK_BACK, due))
    if due == now.date():
        known.add(due)
    written = []
    for day in sorted(known):
        paths = {form: settings.report.folder / f"{day}.{form}" for form in NIGHTLY_FORMS}
        missing = {form: path for form, path in paths.items() if not path.exists()}
        compiled = compile_days(catalogue, settings, [day], now) if missing else []
        for form, path in missing.items():
            write(compiled, form, path, settings.archive.path)
            log.info("report of %s written as %s", day, form)
        if missing:
            written.append(day)
    return written


def needs_a_person(reports: Sequence[DayReport]) -> bool:
    """Something in them is more than good to know."""
    return any(
        finding.severity is not Severity.INFO for report in reports for finding in report.findings
    )
