"""What speaks for and against one recording being the call of one row, as named, weighed reasons.

Owns the weights: bits, log2(m / u), where m is how often the reason holds for the right row and u
how often it holds for a wrong row of the same day (Fellegi and Sunter, 1969). Bits add up, absent
evidence adds nothing. Only a number or a name can name a customer; the rest tells rows apart.
What stands in the inner loop is a named tuple, made in a third of a frozen dataclass's time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from matcher.decision import Reason
from matcher.evidence import Heard, Precision, Row
from matcher.names import is_person, relative
from matcher.numbers import same

WEIGHTS = {
    # u: two customers of one office share a number about once in 100,000 pairs (couples, firms).
    # Strong enough that a far time and another collector's folder together leave it standing.
    "number_equal": 17.0,
    # As strong; a little less, so that of one customer's rows the one that has the number wins.
    "number_elsewhere": 16.0,
    # m: one number in a hundred is mistyped. u: families and firms buy neighbouring numbers, and
    # the neighbour's row may be the forgotten one; so near time and collector must not lift it to
    # what files. Beside an equal name it explains the difference.
    "number_near": 1.5,
    # u: 1 in 10,000 for four digits, but nothing checks them. Needs the time: the own collector
    # alone (7.5) must not file what a name stuck to the digits may contradict.
    "number_tail": 5.5,
    # m: second numbers and changed numbers, one call in fifteen. Beside an equal name it is a
    # conflict whatever its weight, see `matcher.match`.
    "number_differs": -4.0,
    "number_of_relative": 0.0,
    # m: 0.95; u: the commonest full names are borne by one person in a thousand.
    "name_equal": 10.0,
    # The row tells namesakes apart in brackets and the recording does not.
    "name_base": 8.0,
    # m: one name in fifty is mistyped. u: one pair in two hundred is this alike, brothers above
    # all. Time and collector together (7.5 with it) must not lift it to what files.
    "name_near": 1.5,
    "name_unlike": -2.0,
    "name_differs": -6.0,
    # u: 王 or 李 is one customer in thirteen.
    "surname_equal": 1.0,
    "surname_differs": -2.0,
    # u: a wrong row lies within 10 minutes one time in twenty; m: hands round to 5 or 10 minutes,
    # and note a call's start or its end.
    "time_near": 4.0,
    "time_close": 2.0,
    "time_off": -1.0,
    # Up to two hours may still be a morning's calls written up at noon; more is another call, and
    # a name that merely happens to be a customer's must not be filed against it.
    "time_far": -5.0,
    "time_very_far": -6.0,
    "day_differs": -10.0,
    # u: an office has four to twenty collectors.
    "collector_equal": 2.0,
    # m: they stand in for each other, and sheets have nicknames.
    "collector_differs": -3.5,
    # m: a call that nobody answered seldom leaves a recording.
    "not_reached": -3.0,
}

NAMES_A_CUSTOMER = frozenset(
    {"number_equal", "number_elsewhere", "number_tail", "name_equal", "name_base"}
)
HINTS_AT_A_CUSTOMER = frozenset({"number_near", "name_near"})

_VERY_FAR = 180
_MINUTES = (
    (10, "time_near"),
    (15, "time_close"),
    (60, ""),
    (119, "time_off"),
    (_VERY_FAR - 1, "time_far"),
)
_WEIGHT, _CODE = attrgetter("weight"), attrgetter("code")
_UNKNOWN = 60.0  # where no time says anything, a row is as near as one that is neither near nor off
_HALF_A_DAY = 12 * 60
_MIDNIGHT = (3, 21)  # hours: as long as times may be apart and still be one call
_TAIL = re.compile(r"(?:尾号|尾数|末四位|后四位)\D?(\d{4,6})(?!\d)", re.ASCII)
_HAN = re.compile("[\u4e00-\u9fff]")
_NICKNAME = re.compile(r"[小老阿大].{1,2}|.{1,2}[姐哥总工]|.{1,2}(?:经理|主任|老师)")


class Said(NamedTuple):
    """A recording's evidence, made ready to be weighed."""

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
    note: str
    relative: bool
    collector: str | None


class Written(NamedTuple):
    """A row made ready to be weighed."""

    row: Row
    owner: str
    """Equal for all rows of one customer; a row that leaves the customer open has its own."""
    minute: float | None
    name: str | None
    """The row's name, or that of its customer's other rows."""
    elsewhere: tuple[str, ...]
    """Numbers in other rows of the customer, not in this one."""
    collector: str | None


class Weighed(NamedTuple):
    """One recording against one row."""

    row: Row
    reasons: tuple[Reason, ...]
    weight: float
    naming: float
    """The part of the weight that number and name have in it."""
    codes: frozenset[str]
    apart: float
    """Minutes between the times, to choose between rows that weigh the same."""


def said(heard: Heard, canonical: Callable[[str], str]) -> Said:
    evidence = heard.evidence
    contact, note = evidence.contact or "", evidence.note or ""
    found = _TAIL.search(f"{contact} {note}") if note or not contact.isalpha() else None
    name = canonical(contact)
    return Said(
        recording=heard.recording,
        day=evidence.started_at.date() if evidence.started_at else heard.day,
        days=_days(heard),
        minute=_minute(evidence.started_at, evidence.precision),
        name=name or None,
        surname=evidence.surname,
        numbers=evidence.numbers,
        tail=found[1] if found else None,
        note=note,
        relative=bool(note) and relative(note),
        collector=canonical(evidence.collector or "") or None,
    )


def written(
    row: Row, names: Sequence[str], numbers: Sequence[str], canonical: Callable[[str], str]
) -> Written:
    """`names` and `numbers` are the customer's, from all its rows."""
    return Written(
        row=row,
        owner=f"row {row.key}" if row.customer is None else f"of {row.customer}",
        minute=_minute(row.called_at, row.precision),
        name=canonical(row.name or "") or (names[0] if names else None),
        elsewhere=tuple(number for number in numbers if number not in row.numbers),
        collector=canonical(row.collector or "") or None,
    )


def _days(heard: Heard) -> tuple[date, ...]:
    started_at = heard.evidence.started_at
    if started_at is None:
        return (heard.day,)
    day = started_at.date()
    days = {day, heard.day}
    if heard.evidence.precision is not Precision.DAY:
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


def weigh(call: Said, line: Written) -> Weighed:
    """All reasons of one recording against one row, and their sum."""
    number, name = _number(call, line), _name(call, line)
    apart = _minutes_apart(call, line)
    every = (number, name, _time(call, line, apart), _collector(call, line), _reached(line))
    reasons = tuple(filter(None, every))
    return Weighed(
        row=line.row,
        reasons=reasons,
        weight=sum(map(_WEIGHT, reasons)),
        naming=(number.weight if number else 0.0) + (name.weight if name else 0.0),
        codes=frozenset(map(_CODE, reasons)),
        apart=_UNKNOWN if apart is None else apart,
    )


def _reason(code: str, **values: str) -> Reason:
    return Reason(code, WEIGHTS[code], tuple(values.items()))


def _number(call: Said, line: Written) -> Reason | None:
    """Any number of the recording against any of the customer's; the best agreement counts."""
    every = line.row.numbers + line.elsewhere
    if not every or not (call.numbers or call.tail):
        return None
    if number := _shared(call.numbers, line.row.numbers):
        return _reason("number_equal", number=number)
    if number := _shared(call.numbers, line.elsewhere):
        return _reason("number_elsewhere", number=number)
    if call.tail and any(number.endswith(call.tail) for number in every):
        return _reason("number_tail", tail=call.tail)
    return _mistyped(call.numbers, every) or _number_differs(call, every)


def _shared(some: Sequence[str], others: Sequence[str]) -> str | None:
    for one in some:
        for other in others:
            if same(one, other):
                return one
    return None


def _mistyped(heard: Sequence[str], every: Sequence[str]) -> Reason | None:
    for one in heard:
        for other in every:
            if one_slip(one, other):
                return _reason("number_near", heard=one, written=other)
    return None


def _number_differs(call: Said, every: Sequence[str]) -> Reason:
    if call.relative:
        return _reason("number_of_relative", note=call.note)
    heard = "、".join(call.numbers) or f"尾号{call.tail}"
    return _reason("number_differs", heard=heard, written="、".join(every))


def _name(call: Said, line: Written) -> Reason | None:
    if not line.name:
        return None
    if call.name:
        return _full_name(call.name, call.note, line.name)
    return _surname(call.surname, line.name) if call.surname else None


def _full_name(heard: str, note: str, name: str) -> Reason | None:
    if heard == name:
        return _reason("name_equal", name=name)
    if heard == base(name):
        told_apart = name[len(heard) + 1 :].rstrip(")") in note
        code = "name_equal" if told_apart else "name_base"
        return _reason(code, name=name, heard=heard, written=name)
    if alike(heard, name):
        return _reason("name_near", heard=heard, written=name)
    if not is_person(heard):  # a nickname, a firm or a note contradicts nobody
        return None
    code = "name_unlike" if set(heard) & set(name) else "name_differs"
    return _reason(code, heard=heard, written=name)


def _surname(surname: str, name: str) -> Reason | None:
    if name.startswith(surname):
        return _reason("surname_equal", surname=surname)
    return _reason("surname_differs", surname=surname, written=name) if is_person(name) else None


def base(name: str) -> str:
    """A name without the bracket that tells it from a namesake's: 王伟(大桥镇)."""
    return name.partition("(")[0]


def alike(one: str, other: str) -> bool:
    """One slip apart, and still two characters in common: 王伟 and 王芳 are merely two people."""
    return max(len(one), len(other)) > 2 and one_slip(one, other)


def one_slip(one: str, other: str) -> bool:
    """One character mistyped, left out, added, or swapped with its neighbour; not equal."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    first = next((i for i, letter in enumerate(one) if letter != other[i]), len(one))
    if len(one) < len(other):
        return one[first:] == other[first + 1 :]
    swapped = one[first : first + 2] == other[first : first + 2][::-1]
    return one[first + 1 :] == other[first + 1 :] or (
        swapped and one[first + 2 :] == other[first + 2 :]
    )


def _minutes_apart(call: Said, line: Written) -> float | None:
    if call.minute is None or line.minute is None:
        return None
    return abs(call.minute - line.minute)


def _time(call: Said, line: Written, apart: float | None) -> Reason | None:
    same_day = call.day == line.row.day
    if not same_day and (apart is None or apart >= _VERY_FAR):  # closer, it crosses midnight
        return _day_differs(call, line)
    return None if apart is None else _apart(round(apart))


@lru_cache(maxsize=1024)
def _apart(minutes: int) -> Reason | None:
    if abs(minutes - _HALF_A_DAY) <= _MINUTES[0][0]:  # 3:10 typed for 15:10
        return None
    code = next((code for most, code in _MINUTES if minutes <= most), "time_very_far")
    return _reason(code, minutes=str(minutes)) if code else None


def _day_differs(call: Said, line: Written) -> Reason:
    return _reason("day_differs", heard=call.day.isoformat(), written=line.row.day.isoformat())


def _collector(call: Said, line: Written) -> Reason | None:
    heard, noted = call.collector, line.collector
    return _collectors(heard, noted) if heard and noted else None


@lru_cache(maxsize=1024)
def _collectors(heard: str, noted: str) -> Reason | None:
    if heard == noted:
        return _reason("collector_equal", collector=noted)
    if _may_be_one(heard, noted):
        return None
    return _reason("collector_differs", heard=heard, written=noted)


def _may_be_one(one: str, other: str) -> bool:
    """李娜 may be 小李, 娜姐, 信贷部李娜, or `collector3` where names of another kind are used."""
    if one in other or other in one or bool(_HAN.search(one)) != bool(_HAN.search(other)):
        return True
    nickname = _NICKNAME.fullmatch(one) or _NICKNAME.fullmatch(other)
    return bool(nickname) and not set(one).isdisjoint(other)


def _reached(line: Written) -> Reason | None:
    return _reason("not_reached") if line.row.reached is False else None
