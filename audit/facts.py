"""All that the catalogue holds of one day, fetched at once for a pure reconciliation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from typing import TypeVar

from archive.catalogue import (
    acts,
    alarms,
    answers,
    arrivals,
    bound,
    chained,
    customer_files,
    days,
    disposals,
    faults,
    handed_over,
    outbox,
    recordings,
    sheets,
    words,
)
from archive.catalogue.database import Transaction
from archive.catalogue.files import open_days
from archive.catalogue.further import Further
from archive.fixity import Fault, Place
from archive.mirror_records import MirrorState
from archive.records import Alarm, Arrival, InboxFile, Recording, Row, Sheet
from archive.retention import recordings_due
from archive.said_records import Answer, Disposal, Word
from config.settings import Retention
from matcher.names import canonical
from matcher.spelling import spelled


@dataclass(frozen=True, slots=True)
class Facts:
    day: date
    files: tuple[InboxFile, ...]
    """What was handed over for the day; in a customer's folder by nobody named."""
    recordings: Mapping[int, Recording]
    """The recordings of `files`, of the day's rows, and those that were replaced."""
    held: tuple[Recording, ...]
    """Recordings handed over for the day or made on it that are not filed yet."""
    replaced: tuple[int, ...]
    """Recordings whose file in the inbox holds other bytes by now."""
    filed_under: Mapping[int, tuple[Recording, ...]]
    """For each of the day's rows the recordings filed under it, late ones too."""
    rows: tuple[Row, ...]
    """The rows of the day."""
    calls: Mapping[int, Row]
    """The rows under which `recordings` are filed, of whatever day."""
    sheets: tuple[Sheet, ...]
    mirror: Mapping[int, MirrorState]
    words: Mapping[int, Word]
    """What people said of `recordings` and of what is held."""
    withdrawn: Mapping[int, str]
    """Held recordings that a pass took out of a customer's folder, by the customer's name."""
    faulty: tuple[Recording, ...]
    """Recordings of the day with a bad copy, and those of which one was found about then."""
    faults: Mapping[int, Sequence[Fault]]
    """Of each of `faulty`."""
    versions: Mapping[str, Sequence[Sequence[Row]]]
    """The day's rows in each version of the sheets that were corrected, oldest first."""
    alarms: tuple[Alarm, ...] = ()
    """Those that stood on the day in some time zone."""
    further: Mapping[str, Mapping[int, MirrorState]] = field(default_factory=dict)
    """As `mirror`, of each mirror beside the first, by its name."""
    sheets_came: Mapping[str, datetime] = field(default_factory=dict)
    """When the first version of each sheet with rows of the day came, by source."""
    came: tuple[Arrival, ...] = ()
    """What came on the day in some time zone, for a customer of an earlier day who had none."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """What people said of the day's findings, by the findings' ids."""
    attended: Mapping[date, frozenset[str | None]] = field(default_factory=dict)
    """Who put recordings or sheets into the inbox for each of the days that were asked for."""
    written: Mapping[date, frozenset[tuple[str | None, str | None]]] = field(default_factory=dict)
    """Who handed over a sheet, and whose calls its rows are, of the day itself, of these days and
    of those on which what is held was made.
    """
    formerly_held: Mapping[int, str] = field(default_factory=dict)
    """`recordings` that only a legal hold of whose they were binds, by that customer's name."""
    custody_broken: int | None = None
    """The first of the day's custody entries that does not hold."""
    kept_long_enough: int = 0
    """Recordings of customers whose retention was over on the day, and whom nothing binds."""
    undecided: bool = False
    """Something of the day is new, and no pass has worked it off yet."""
    disposals: Mapping[int, Disposal] = field(default_factory=dict)
    """Those of `recordings` that people ordered to go."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a report needs to know beside its day."""

    copies: Collection[Place] = tuple(Place)
    """Where copies are to be: without a mirror nobody can put right what is bad in one."""
    further: Collection[str] = ()
    """The names of the mirrors beside the first."""
    recent: Collection[date] = ()
    """The working days before, by which it is told who usually hands over."""
    retention: Retention | None = None
    """`None`: the office has no rule on how long recordings are kept."""
    timezone: tzinfo = UTC
    """The office's, by which it is told what was written on the day."""


NOTHING_ELSE = Beside()


def gather(tx: Transaction, day: date, beside: Beside = NOTHING_ELSE) -> Facts:
    files = days.files_of_day(tx, day)
    replaced = days.replaced(tx, day)
    rows = sheets.rows_of_days(tx, [day])
    under = days.recordings_of_rows(tx, [row.id for row in rows])
    by_row: dict[int | None, list[Recording]] = defaultdict(list)
    for one in sorted(under, key=_by_source):
        by_row[one.row].append(one)
    known = {one.id: one for one in (*replaced, *under)}
    of_files = {one.recording for one in files if one.recording}
    known |= {one.id: one for one in recordings.by_ids(tx, of_files - known.keys())}
    # In a fixed order, by which findings that are named alike are told apart: not in that in which
    # they came, for equal input makes equal reports.
    in_order = sorted(known.values(), key=lambda one: (one.id not in of_files, _by_source(one)))
    told = {one.id: one for one in in_order}
    held = tuple(recordings.held(tx, day))
    faulty = faults.of_day(tx, day, beside.copies)
    said = words.of(tx, told.keys() | {one.id for one in held})
    attended = handed_over.collectors_of_files(tx, beside.recent)
    written = handed_over.collectors_of_rows(
        tx, {day, *beside.recent, *handed_over.days_of_held(tx, day)}
    )
    by = {one.collector for one in files} | {one.collector for one in held}
    by = by.union(*attended.values())
    theirs = _customers_folders(tx, by, (who for pairs in written.values() for _, who in pairs))
    return Facts(
        day=day,
        files=_by_nobody(files, theirs),
        recordings=told,
        held=_by_nobody(held, theirs),
        replaced=tuple(one.id for one in replaced),
        filed_under={row.id: tuple(by_row[row.id]) for row in rows},
        rows=tuple(rows),
        calls=_calls(tx, rows, told.values()),
        sheets=tuple(sheets.sheets_of_day(tx, day)),
        mirror=outbox.states(tx, told),
        words=said,
        formerly_held=bound.by_former(tx, told.keys()),
        withdrawn=acts.withdrawn(tx, [one.id for one in held if one.id not in said]),
        faulty=tuple(recordings.by_ids(tx, faulty)),
        faults=faults.of(tx, faulty, beside.copies),
        versions=sheets.versions_of_day(tx, day),
        alarms=tuple(alarms.around(tx, day)),
        further={name: Further(name).states(tx, told) for name in beside.further},
        attended={at: frozenset(who - theirs) for at, who in attended.items()},
        written=written,
        custody_broken=chained.broken_on(tx, day, beside.timezone),
        undecided=day in open_days(tx),
        kept_long_enough=_due(tx, beside.retention, day),
        disposals=disposals.of(tx, [one.id for one in told.values() if one.disposal]),
        sheets_came=arrivals.first_of_sheets(tx, {row.sheet for row in rows}),
        came=tuple(arrivals.around(tx, day)),
        answers=answers.of_day(tx, day),
    )


def _customers_folders(
    tx: Transaction, handed_over_by: Iterable[str | None], collectors: Iterable[str | None]
) -> frozenset[str]:
    """Of the names of folders those that are customers': an office may have a folder for each.

    What lies in one is handed over by nobody named. A collector who is called like a customer is
    one whom some row names.
    """
    known = {canonical(name) for name in collectors if name}
    names = {name: canonical(name) for name in handed_over_by if name}
    asked = {plain for plain in names.values() if plain not in known}
    customers = handed_over.called_like_customers(tx, asked)
    return frozenset(name for name, plain in names.items() if plain in customers)


HandedOver = TypeVar("HandedOver", InboxFile, Recording)


def _by_nobody(some: Iterable[HandedOver], theirs: Collection[str]) -> tuple[HandedOver, ...]:
    return tuple(replace(one, collector=None) if one.collector in theirs else one for one in some)


def _due(tx: Transaction, rule: Retention | None, day: date) -> int:
    if rule is None:
        return 0
    return recordings_due(customer_files.of_those_over(tx, rule, day, spelled))


def _calls(
    tx: Transaction, rows: Iterable[Row], recordings: Iterable[Recording]
) -> Mapping[int, Row]:
    """The rows of `recordings`; those among the day's own `rows` need not be read again."""
    wanted = {one.row for one in recordings if one.row is not None}
    known = {row.id: row for row in rows if row.id in wanted}
    return known | {row.id: row for row in sheets.rows_by_id(tx, wanted - known.keys())}


def _by_source(one: Recording) -> tuple[str, int]:
    return one.source, one.id
