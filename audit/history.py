"""One customer's history: calls, recordings, findings and what people did, in the order of time.

Two customers of one name are two histories; rows that leave open which of them they mean stand in
a third. What is asked of the catalogue has an index each, and findings are made anew for the latest
days only: a customer of many years is told as quickly as a new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from archive.catalogue import history, holds, log, mentions, recordings
from archive.catalogue.database import Transaction
from archive.records import Customer, Recording, Row
from audit.day import DayReport
from audit.errors import AuditError
from audit.happenings import (
    Happening,
    Telling,
    by_people,
    calls,
    found_on,
    held_by_name,
    of_exports,
    of_holds,
    of_recordings,
)
from audit.perhaps import theirs_perhaps
from config.language import Message
from matcher.numbers import fold, normalise
from matcher.spelling import spelled

LATEST = 60
"""Days of a customer on which findings and open rows are looked for: each costs as much as its day
has rows, whosever they are."""
_NAMED = re.compile(r"(.*?)[\s(（]*(\d{3,})[)）]?", re.DOTALL)
_ORDER = ("call", "recording", "held", "finding", "answer", "word", "hold", "listened", "export")
"""Of what happened at one time."""


Reports = Callable[[Sequence[date]], Sequence[DayReport]]
"""The reports of some days, as they would be written now."""


class HistoryError(AuditError):
    """Nobody is called so."""


@dataclass(frozen=True, slots=True)
class History:
    customer: Customer | None
    """`None`: of the rows that leave open whom of the others they mean."""
    name: str
    happenings: tuple[Happening, ...]
    """The newest last."""
    held_since: datetime | None = None
    """Under legal hold since then."""
    looked_from: date | None = None
    """The first day on which findings were looked for, where there are earlier ones."""


@dataclass(frozen=True, slots=True)
class Span:
    first: date | None = None
    last: date | None = None

    def has(self, day: date) -> bool:
        return (self.first or day) <= day <= (self.last or day)


def customers_called(tx: Transaction, text: str) -> Sequence[Customer]:
    """Whom a name, a name and last digits, a whole number, or a folder with a `/` after it can
    mean. HistoryError where that is nobody.
    """
    asked = text.strip()
    found: Sequence[Customer] = ()
    if asked.endswith("/"):
        found = history.of_folder(tx, asked[:-1])
    elif number := normalise(asked):
        found = history.of_number(tx, number)
    else:
        found = history.spelled_so(tx, spelled(asked)) or history.of_folder(tx, asked)
        if not found and (parted := _NAMED.fullmatch(asked)) and parted[1]:
            found = [
                one
                for one in history.spelled_so(tx, spelled(parted[1]))
                if any(number.endswith(fold(parted[2])) for number in one.numbers)
            ]
    if not found:
        raise HistoryError(Message.of("history.nobody", text=text))
    return sorted(found, key=lambda one: (one.name, min(one.numbers, default=""), one.id))


def histories(
    tx: Transaction, of: Sequence[Customer], telling: Telling, reports: Reports, span: Span = Span()
) -> list[History]:
    """One of each customer, and one of the open rows of their names where there are any."""
    held = recordings.held(tx, None)
    told = [_history(tx, one, held, telling, reports, span) for one in of]
    names = {one.spelling: one.name for one in of}
    for spelling, name in sorted(names.items()):
        rows = _open_rows(tx, spelling, span)
        if rows:
            told.append(History(None, name, tuple(calls(rows, {}, telling))))
    return told


def _history(
    tx: Transaction,
    of: Customer,
    held: Sequence[Recording],
    telling: Telling,
    reports: Reports,
    span: Span,
) -> History:
    rows = [one for one in history.rows(tx, of.id) if span.has(one.said.day)]
    zone = telling.zone
    filed = [one for one in history.recordings(tx, of.id) if span.has(one.call_day(zone))]
    days = sorted({one.said.day for one in rows} | {one.call_day(zone) for one in filed})
    looked = days[-LATEST:]
    by_row: dict[int, list[str]] = {}
    for one in filed:
        if one.row is not None:
            by_row.setdefault(one.row, []).append(one.sha256)
    entries = {one.id: log.of(tx, one.sha256) for one in filed}
    found = [*found_on(reports(looked), filed, rows, telling.words)]
    told = {one.details["sha256"] for one in found if one.kind == "held"}
    nobodys = [one for one in theirs_perhaps(tx, [of], held) if one.sha256 not in told]
    happenings = [
        *calls(rows, by_row, telling),
        *of_recordings(filed, telling),
        *found,
        *held_by_name(nobodys, telling),
        *by_people(filed, entries, telling),
        *of_holds(tx, of, telling),
        *of_exports(tx, filed, telling),
    ]
    standing = holds.standing(tx, of.id)
    return History(
        of,
        of.name,
        tuple(sorted((one for one in happenings if span.has(one.day)), key=_place)),
        telling.local(standing[0].said_at) if standing else None,
        looked[0] if len(looked) < len(days) else None,
    )


def _place(one: Happening) -> tuple[date, time, int]:
    whole_day = time.max if one.kind in ("finding", "held") else time.min
    return one.day, one.at.time() if one.at else whole_day, _ORDER.index(one.kind)


def _open_rows(tx: Transaction, spelling: str, span: Span) -> list[Row]:
    """Rows of this name that leave open whom they mean, of the latest days that have the name."""
    days = sorted(filter(span.has, mentions.days_of(tx, [spelling])))
    rows = history.open_rows(tx, days[-LATEST:])
    return [row for row in rows if spelled(row.said.customer_name or "") == spelling]
