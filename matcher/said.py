"""A recording's evidence and a sheet's row, made ready to be weighed against each other.

What stands in the inner loop is a named tuple, made in a third of a frozen dataclass's time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from matcher.evidence import Evidence, Heard, Precision, Row
from matcher.names import is_person, relative
from matcher.numbers import ends_of, hides, split_masked
from matcher.register import Register

_MIDNIGHT = (3, 21)  # hours: as long as times may be apart and still be one call
_TAIL = re.compile(r"(?:尾号|尾数|末四位|后四位)\D?(\d{4,6})(?!\d)", re.ASCII)
_OF_MONEY = "[还款付存欠汇转差剩缴诺约长¥]"
LAST_FOUR = (
    rf"(?<![\dA-Za-z])(?<!{_OF_MONEY})(?<!{_OF_MONEY}[\s_:-])"
    r"\d{4}(?!\d|-\d\d?-\d|\s?[元块万千年])"
)
"""Four digits that may be a number's last; `还款5000元` is a sum, `承诺1117` a day."""
_PERHAPS_TAIL = re.compile(LAST_FOUR, re.ASCII)

_BY_HAND = frozenset({"general", "voice_memo"})
"""Readers of names that people type."""

Spelling = Callable[[str], str]


class Said(NamedTuple):
    """What one name of a recording says of its call."""

    recording: str
    day: date
    """The call's day: the recording's own date, and the hand-off's only without one."""
    days: tuple[date, ...]
    """Whose sheets may hold the call: its day, the hand-off's, around midnight the neighbour's."""
    minute: float | None
    """Minutes since 1970 where the time of day is known."""
    name: str | None
    surname: str | None
    numbers: tuple[str, ...]
    tail: str | None
    masked: str | None
    """A number of which the first digits stand there, too, and the last are the tail:
    `138****8000`.
    """
    clock: str | None
    """The time of day as four digits, where it is known to the minute only; of a bare date month
    and day.
    """
    day_without: date
    """The call's day if those digits are no time and no date."""
    perhaps_tail: str | None
    """Four digits beside a name: a number's last ones, a machine's model, a year."""
    note: str
    relative: bool
    collector: str | None
    duration: float | None
    """Seconds."""
    told: str
    """Contact and note as they stand, in which other people's names may be."""
    of_number: frozenset[str]
    """Customers who are known by one of the numbers, from whatever day."""
    names_of_number: frozenset[str]
    of_name: frozenset[str]
    numbers_of_name: frozenset[str]
    of_tail: frozenset[str]
    """Customers with a number that ends so, and whose name is not another than the one told."""
    absent: frozenset[str]
    """Those of all these who have no row on the days of the call."""
    confirmed_numbers: frozenset[str]
    """Customers for whom a person confirmed one of the numbers."""
    confirmed_name: frozenset[str]
    """Customers for whom a person confirmed the contact."""
    dated: bool
    """Whether it tells a date; else its day is that of the hand-off."""
    by_hand: bool
    """Named by hand; a recorder writes the contact that the phone has saved."""
    contradicted: str | None
    """The folder's collector and another one whom the file's own name has: it is neither's."""
    is_collectors: bool
    """The name is a collector's of these days, too, and may be no more than that."""


class Written(NamedTuple):
    """A row made ready to be weighed."""

    row: Row
    customer: str | None
    """Whom the row names or, where it leaves that open, one of those whom it may name."""
    owner: str
    """Equal for all rows of one customer; a row that leaves the customer open has its own."""
    minute: float | None
    rough: bool
    """The minute is only the hour's first."""
    name: str | None
    """The row's name, or that of its customer's other rows."""
    also_named: tuple[str, ...]
    """Other spellings in the customer's other rows."""
    elsewhere: tuple[str, ...]
    """Numbers in other rows of the customer, not in this one."""
    masked: tuple[str, ...]
    """Numbers of the customer's that stand masked in its rows, and are none of the others."""
    caveats: tuple[str, ...]
    """Why the customer's rows may be two people of one name."""
    collector: str | None
    surname_bits: float
    """What the surname says: the fewer customers of the day have it, the more."""


def said(heard: Heard, evidence: Evidence, spelling: Spelling, register: Register) -> Said:
    """What `evidence`, of the recording itself or of another name of its bytes, says."""
    contact, note = evidence.contact or "", evidence.note or ""
    masked, tail = (
        _last_digits(f"{contact} {note}") if note or not contact.isalpha() else (None, None)
    )
    name = spelling(contact) or None
    of_number, of_name = register.of_numbers(evidence.numbers), register.of_name(name)
    perhaps = _PERHAPS_TAIL.search(note)
    perhaps_tail = perhaps[0] if perhaps else None
    day = evidence.started_at.date() if evidence.started_at else heard.day
    return Said(
        recording=heard.recording,
        day=day,
        days=_days(evidence, heard.day),
        minute=_minute(evidence.started_at, evidence.precision),
        name=name,
        surname=evidence.surname,
        numbers=evidence.numbers,
        tail=tail,
        masked=masked,
        clock=_clock(evidence),
        day_without=heard.day if evidence.precision is Precision.DAY else day,
        perhaps_tail=perhaps_tail,
        note=note,
        relative=bool(note) and relative(note),
        collector=spelling(evidence.collector or "") or None,
        duration=heard.duration_seconds,
        told=f"{contact} {note}" if note or len(contact) > 3 else "",
        of_number=of_number,
        names_of_number=register.names_of(of_number),
        of_name=of_name,
        numbers_of_name=register.numbers_of(of_name),
        of_tail=_of_tail(tail or perhaps_tail, masked, name, evidence.surname, register),
        absent=frozenset(),
        confirmed_numbers=register.confirmed_numbers(evidence.numbers),
        confirmed_name=register.confirmed_name(name),
        dated=evidence.started_at is not None,
        by_hand=evidence.reader in _BY_HAND,
        contradicted=None,
        is_collectors=False,
    )


def written(
    row: Row,
    customer: str | None,
    names: Sequence[str],
    numbers: Sequence[str],
    spelling: Spelling,
    surname_bits: float = 1.0,
    caveats: tuple[str, ...] = (),
    masked: tuple[str, ...] = (),
) -> Written:
    """`names`, `numbers` and `masked` ones are the customer's, from all its rows."""
    name = spelling(row.name or "") or (names[0] if names else None)
    return Written(
        row=row,
        customer=customer,
        owner=f"row {row.key}" if customer is None else f"of {customer}",
        minute=_minute(row.called_at, row.precision),
        rough=row.precision is Precision.HOUR,
        name=name,
        also_named=tuple(each for each in names if each != name),
        elsewhere=tuple(number for number in numbers if number not in row.numbers),
        masked=masked,
        caveats=caveats,
        collector=spelling(row.collector or "") or None,
        surname_bits=surname_bits,
    )


def ends_so(call: Said, every: Sequence[str]) -> bool:
    """Whether one of the numbers has the last digits, and the first ones where they are told."""
    tail, head = call.tail or "", ends_of(call.masked or "")[0]
    return bool(tail) and any(one.endswith(tail) and one.startswith(head) for one in every)


def _of_tail(
    tail: str | None, masked: str | None, name: str | None, surname: str | None, register: Register
) -> frozenset[str]:
    person = name if name and is_person(name) else None
    return frozenset(
        who
        for who, theirs, number in (register.ending_in(tail) if tail else ())
        if (masked is None or hides(masked, number))
        and person in (None, theirs)
        and theirs.startswith(surname or "")
    )


def _last_digits(text: str) -> tuple[str | None, str | None]:
    """A masked number in a contact or a note, and the last digits that are told there."""
    if masked := split_masked(text)[0]:
        return masked[0], ends_of(masked[0])[1]
    found = _TAIL.search(text)
    return None, found[1] if found else None


def _clock(evidence: Evidence) -> str | None:
    if evidence.started_at is None:
        return None
    forms = {Precision.MINUTE: "%H%M", Precision.DAY: "%m%d"}
    form = forms.get(evidence.precision) if evidence.precision else None
    return f"{evidence.started_at:{form}}" if form else None


def _days(evidence: Evidence, handed_over: date) -> tuple[date, ...]:
    started_at = evidence.started_at
    if started_at is None:
        return (handed_over,)
    day = started_at.date()
    days = {day, handed_over}
    if evidence.precision is not Precision.DAY:
        early, late = _MIDNIGHT
        if started_at.hour < early:
            days.add(day - timedelta(1))
        elif started_at.hour >= late:
            days.add(day + timedelta(1))
    return tuple(sorted(days))


def _minute(time: datetime | None, precision: Precision | None) -> float | None:
    if time is None or precision is Precision.DAY:
        return None
    return time.timestamp() / 60
