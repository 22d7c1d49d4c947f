"""The day's report, from the catalogue to each form that it is read in."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from archive.catalogue import days, reached
from archive.catalogue.database import Catalogue
from archive.catalogue.reached import Reached
from archive.errors import ArchiveError
from archive.fixity import looked_after
from archive.said_records import KnownFinding
from archive.written import written
from audit import heat_map, reconcile
from audit.answered import known
from audit.day import DayReport
from audit.facts import Beside, gather
from audit.missing_handoffs import OF_LAST
from audit.periods import month_of
from audit.rules import Rules
from audit.uncollected import uncollected
from config.language import Message, Words
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
    past: Mapping[date, Reached] = field(default_factory=dict)
    """The days before, for the calendar of the page; see `calendar_of`."""


def known_findings(
    settings: Settings, catalogue: Catalogue, wanted: Collection[date], now: datetime
) -> Mapping[str, KnownFinding]:
    """The findings that the reports of these days have now, by their ids; of days to come of which
    nothing is known there are none. Of a day that is there, it may be found that nothing came.
    `now` is aware.
    """
    if not wanted:
        return {}
    today = now.astimezone(settings.office.timezone).date()
    with catalogue.reading() as tx:
        there = days.days_between(tx, min(wanted), max(wanted))
    asked = sorted(day for day in set(wanted) if day <= today or day in there)
    compiled = compile_days(catalogue, settings, asked, now)
    return {one.id: one for report in compiled for one in known(report)}


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


def ends(day: date) -> tuple[date, date]:
    """The first and the last day of its month."""
    whole = month_of(day)
    return whole.first, whole.last


def calendar_of(catalogue: Catalogue, wanted: Sequence[date]) -> Mapping[date, Reached]:
    """What the calendar shows of the months around the last of the `wanted` days.

    One query that counts; no day is reconciled for it.
    """
    if not wanted:
        return {}
    shown = heat_map.shown(min(wanted), max(wanted))
    with catalogue.reading() as tx:
        return reached.by_day(tx, shown.first, min(shown.last, max(wanted)))


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
        calls=settings.rules,
        calendar=settings.calendar,
        off_due=settings.handoff.off_due,
        now=now,
        report_at=settings.report.at,
    )
    prefix = settings.mirror.prefix if settings.mirror else ""
    compiled = []
    for day in wanted:
        with uncollected():
            with catalogue.reading() as tx:
                facts = gather(tx, day, _beside(settings, day))
            compiled.append(reconcile.report(facts, rules, settings.office.name, prefix, now))
    return compiled


def _beside(settings: Settings, day: date) -> Beside:
    return Beside(
        copies=looked_after(mirrored=settings.mirror is not None),
        further=[one.name for one in settings.further],
        recent=settings.calendar.working_days_before(day, OF_LAST),
        retention=settings.retention,
        timezone=settings.office.timezone,
    )


def as_text(reports: Sequence[DayReport], form: str, archive: Path, look: Look = Look()) -> str:
    """The reports in one of `TEXT_FORMS`; `archive` is where their paths start."""
    if form == "json":
        return _as_json(reports, ranged=look.ranged)
    if form == "html":
        from audit import html

        begin = archive.absolute().as_uri()

        def link(path: str) -> str:
            return f"{begin}/{quote(os.fsencode(path))}"

        return html.render(reports, link, look.past)
    from audit import overview_text, text

    told = [text.render(report, look.width, look.colour) for report in reports]
    if len(reports) > 1:
        told.insert(0, overview_text.render(reports, look.width, look.colour))
    return "\n".join(told)


def _as_json(reports: Sequence[DayReport], *, ranged: bool) -> str:
    from audit import contract, periods_contract

    written = [contract.as_json(report) for report in reports]
    whole: object = (
        written[0]
        if not ranged
        else {"days": written, "completeness": periods_contract.as_json(reports)}
    )
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def write(
    reports: Sequence[DayReport],
    form: str,
    path: Path,
    archive: Path,
    look: Look = Look(),
    *,
    lasting: bool = False,
) -> None:
    """Writes one of `TEXT_FORMS`, or `xlsx`, to `path`, whole or not at all.

    `lasting` as in `archive.written`. Files take neither the width nor the colours of `look`.
    Raises OSError if it cannot be written: on Windows also while a program has it open.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with written(path, lasting=lasting) as unfinished, uncollected():
        if form == "xlsx":
            from audit import xlsx

            xlsx.write(reports, unfinished)
        else:
            plain = Look(ranged=look.ranged, past=look.past)
            text = as_text(reports, form, archive, plain)
            unfinished.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def write_nightly(
    catalogue: Catalogue, settings: Settings, due: date, now: datetime
) -> Sequence[date]:
    """Writes the reports up to the day `due` in the forms that lie in no file yet; `now` is local.

    Of the last month every known day gets one, oldest first, so that a PC that was off leaves out
    none; of `due` itself, where that is today, also one that says that nothing came. What is
    written already stays: it says what was known that night; but one of a day to come, or of today
    and made later than `now`, is put aside. Returns the days that got one.

    A day that fails keeps no other from its report; the first error is raised at the end, as an
    ArchiveError where the folder could not be written.
    """
    with catalogue.reading() as tx:
        known = set(days.days_between(tx, due - _LOOK_BACK, due))
    if due == now.date():
        known.add(due)
    _set_aside(settings.report.folder, now)
    written, errors = [], []
    for day in sorted(known):
        try:
            if _write_night(catalogue, settings, day, now):
                written.append(day)
        except Exception as error:  # noqa: BLE001  whatever it is, it is raised below
            log.warning("no report of %s: %s", day, type(error).__name__)
            errors.append(error)
    if errors:
        raise _unwritten(settings, errors[0])
    return written


def _set_aside(folder: Path, now: datetime) -> None:
    """Reports that were made while the clock was ahead: their days would get no other ones."""
    for day in sorted({path.name[:10] for path in folder.glob("????-??-??.*")}):
        paths = [folder / f"{day}.{form}" for form in NIGHTLY_FORMS]
        if not _is_early(day, folder / f"{day}.json", now):
            continue
        log.warning("report of %s put aside: it was made while the clock was ahead", day)
        for path in paths:
            with suppress(OSError):  # it is not there, or open: the next night does it
                path.replace(path.with_name(f"{day}.clock-ahead{path.suffix}"))


def _is_early(day: str, path: Path, now: datetime) -> bool:
    """Whether a report is of a day to come, or of today and made later than now."""
    try:
        if date.fromisoformat(day) != now.date():
            return date.fromisoformat(day) > now.date()
        made = json.loads(path.read_text(encoding="utf-8"))["generated_at"]
        return datetime.fromisoformat(made) > now
    except (ValueError, OSError, KeyError, TypeError):  # no day, or no report of callvault's
        return False


def _unwritten(settings: Settings, error: Exception) -> Exception:
    """With what to do about it, where the folder's disk is to blame."""
    if not isinstance(error, OSError):
        return error
    folder, why = settings.report.folder, error.strerror or type(error).__name__
    return ArchiveError(Message.of("report.unwritten", folder=folder, error=why))


def _write_night(catalogue: Catalogue, settings: Settings, day: date, now: datetime) -> bool:
    """Whether a form was lacking."""
    paths = {form: settings.report.folder / f"{day}.{form}" for form in NIGHTLY_FORMS}
    missing = {form: path for form, path in paths.items() if not path.exists()}
    if not missing:
        return False
    # Not the folders above it: where they are missing, the disk that they are on is away.
    settings.report.folder.mkdir(exist_ok=True)
    compiled = compile_days(catalogue, settings, [day], now)
    look = Look(past=calendar_of(catalogue, [day] if "html" in missing else []))
    for form, path in missing.items():
        # A file that lost its bytes to a power cut would be taken for that night's report.
        write(compiled, form, path, settings.archive.path, look, lasting=True)
        log.info("report of %s written as %s", day, form)
    return True


def needs_a_person(reports: Sequence[DayReport]) -> bool:
    """Something in them is more than good to know, and nobody has given a reason for it."""
    return any(finding.is_to_act_on for report in reports for finding in report.findings)
