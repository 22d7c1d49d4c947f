"""What speaks for and against one recording being the call of one row, as named, weighed reasons.

Only a number or a name can name a customer; the rest tells rows apart. The weights and where they
come from are in `matcher.weights`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product, starmap
from operator import attrgetter
from typing import NamedTuple

from matcher.decision import Reason
from matcher.evidence import Row
from matcher.learned import Learned
from matcher.names import is_noted, is_person
from matcher.numbers import hides, same
from matcher.said import Said, Written, ends_so
from matcher.slips import alike, base, in_last_two, in_the_middle, is_part, one_slip
from matcher.spelling import one_name, same_sound
from matcher.weights import CAVEATS, NAME_LIKE, WEIGHTS

_VERY_FAR = 180
_MINUTES = (
    (2, "time_equal"),
    (10, "time_near"),
    (15, "time_close"),
    (29, ""),
    (60, "time_apart"),
    (119, "time_off"),
    (_VERY_FAR - 1, "time_far"),
)
_EXACT_MINUTES = (
    (1, "time_exact"),
    (3, "time_equal"),
    (6, "time_near"),
    (10, "time_close"),
    (20, ""),
    (60, "time_apart"),
    (_VERY_FAR - 1, "time_far"),
)
"""Beside an author whose times are exact."""
_WEIGHT, _CODE = attrgetter("weight"), attrgetter("code")
_UNKNOWN = 60.0  # where no time says anything, a row is as near as one that is neither near nor off
_HALF_A_DAY = 12 * 60
_ROUNDED_UP = 10  # minutes
_SLACK, _NARROW = 2.0, 6  # minutes; parts of the day
_HAN = re.compile("[\u4e00-\u9fff]")
_NICKNAME = re.compile(r"[小老阿大].{1,2}|.{1,2}[姐哥总工]|.{1,2}(?:经理|主任|老师)")

NOBODY: Mapping[str, str | None] = {}


class Weighed(NamedTuple):
    """One recording against one row."""

    row: Row
    customer: str | None
    """Whose call it would be."""
    reasons: tuple[Reason, ...]
    weight: float
    naming: float
    """The part of the weight that number and name have in it."""
    codes: frozenset[str]
    apart: float
    """Minutes between the times, to choose between rows that weigh the same."""
    late: float | None
    """Minutes that the recording's time is later than the row's, by their own clocks."""
    writer: str | None
    """The collector who wrote the row."""


def weigh(
    call: Said, line: Written, learned: Learned, mentioned: Mapping[str, str | None] = NOBODY
) -> Weighed:
    """All reasons of one recording against one row, and their sum.

    `mentioned` are the customers' names that stand in the recording's note, and of each the caveat
    where it may mean another customer.
    """
    naming = [*_numbers(call, line), *_names(call, line, mentioned)]
    late = _minutes_late(call, line)
    clock = learned.clock(line.collector)
    apart = None if late is None else abs(late - clock.drift)
    if line.rough and late is not None:
        apart = _outside_the_hour(late - clock.drift)
    by = _collector(call, line)
    when = _time(call, line, apart, exact=clock.exact) or _order(call, line, learned, by)
    if when and _digits_were_no_time(call, naming):
        when = None if call.day_without == line.row.day else _day_differs(call, line)
    how_long = _duration(call, line)
    rest = (when, how_long, by, *_row_itself(line))
    reasons = (*naming, *filter(None, rest))
    return Weighed(
        row=line.row,
        customer=line.customer,
        reasons=reasons,
        weight=sum(map(_WEIGHT, reasons)),
        naming=sum([reason.weight for reason in naming if reason.code not in CAVEATS]),
        codes=frozenset(map(_CODE, reasons)),
        apart=_UNKNOWN if apart is None else apart,
        late=None if line.rough else late,
        writer=line.collector,
    )


def _reason(code: str, **values: str) -> Reason:
    return Reason(code, WEIGHTS[code], tuple(values.items()))


def _numbers(call: Said, line: Written) -> list[Reason]:
    """Any number of the recording against any of the customer's; the best agreement counts."""
    every = line.row.numbers + line.elsewhere
    if not (call.numbers or call.tail):
        return _perhaps_tail(call, line, (*every, *line.masked))
    if named := _named_by_number(call, line):
        others = call.of_number - {line.customer}
        if others.isdisjoint(call.absent):
            return [named]
        return [named, _reason("number_shared", number="、".join(call.numbers))]
    written = (*(every or _known_numbers(call, line)), *line.masked)
    nearly = _nearly(call, line, every) or _masked(call, line)
    if nearly or not written:
        return nearly
    if call.tail and ends_so(call, written):
        return _tail(call, line, call.tail)
    return [_other_number(call, written)]


def _masked(call: Said, line: Written) -> list[Reason]:
    """A number of the recording that may be the one that stands masked in the customer's rows."""
    pairs = product(call.numbers, line.masked)
    fits = next(((heard, masked) for heard, masked in pairs if hides(masked, heard)), None)
    return [_reason("number_masked", heard=fits[0], written=fits[1])] if fits else []


def _known_numbers(call: Said, line: Written) -> Sequence[str]:
    """By the papers of other days, where a customer's rows of this one have no number."""
    alone = line.customer is not None and call.of_name == {line.customer}
    return sorted(call.numbers_of_name) if alone else ()


def _named_by_number(call: Said, line: Written) -> Reason | None:
    if number := _shared(call.numbers, line.row.numbers):
        return _reason("number_equal", number=number)
    if number := _shared(call.numbers, line.elsewhere):
        return _reason("number_elsewhere", number=number)
    heard = "、".join(call.numbers)
    if line.customer and line.customer in call.confirmed_numbers:
        return _reason("number_confirmed", number=heard)
    if line.customer and line.customer in call.of_number:
        return _reason("number_known", number=heard)
    return None


def _nearly(call: Said, line: Written, every: Sequence[str]) -> list[Reason]:
    """A slip of one of the customer's numbers; another customer's number is none, but for a
    customer of that name, whose row has the slip.
    """
    mistyped = _mistyped(call.numbers, (*every, *line.row.misread))
    equal = line.name in call.names_of_number
    if call.of_number and not (equal and not every) and not (mistyped and _theirs(call, line)):
        return [_reason("number_of_other", number="、".join(call.numbers))]
    return [mistyped] if mistyped else []


def _theirs(call: Said, line: Written) -> bool:
    """Whether the row's name is that of the number's known customer, or another spelling of it."""
    name = line.name or ""
    return any(known == name or one_name(known, name) for known in call.names_of_number)


def _perhaps_tail(call: Said, line: Written, every: Sequence[str]) -> list[Reason]:
    tail = call.perhaps_tail
    if tail and any(number.endswith(tail) for number in every):
        return _tail(call, line, tail)
    return []


def _tail(call: Said, line: Written, tail: str) -> list[Reason]:
    """The last digits, which a customer of other days who has no row on this one may have, too."""
    equal = _reason("number_tail", tail=tail)
    if (call.of_tail - {line.customer}).isdisjoint(call.absent):
        return [equal]
    return [equal, _reason("tail_shared", tail=tail)]


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
                code = "number_near" if in_last_two(one, other) else "number_slip"
                return _reason(code, heard=one, written=other)
    return None


def _other_number(call: Said, every: Sequence[str]) -> Reason:
    if call.relative:
        return _reason("number_of_relative", note=call.note)
    heard = "、".join(call.numbers) or call.masked or f"尾号{call.tail}"
    return _reason("number_differs", heard=heard, written="、".join(every))


def _names(call: Said, line: Written, mentioned: Mapping[str, str | None]) -> list[Reason]:
    if not line.name:
        return []
    if not line.also_named:
        return _name(call, line, line.name, mentioned)
    every = [_name(call, line, name, mentioned) for name in (line.name, *line.also_named)]
    return max(every, key=lambda reasons: sum(map(_WEIGHT, reasons)))


def _name(
    call: Said, line: Written, name: str, mentioned: Mapping[str, str | None]
) -> list[Reason]:
    if call.name != name and name in mentioned:
        noted = _reason("name_in_note", name=name, note=call.told.strip())
        caveat = mentioned[name]
        return [noted, _reason(caveat, name=name)] if caveat else [noted]
    if call.name:
        return _full_name(call, call.name, line, name)
    return _surname(call.surname, line, name) if call.surname else []


def _full_name(call: Said, heard: str, line: Written, name: str) -> list[Reason]:
    customer = line.customer
    if heard == name:
        equal = [_reason("name_equal", name=name)]
        if caveat := _caveat(call, name):
            return [*equal, *caveat]
        return [*equal, *(_reason(code, name=name) for code in line.caveats)]
    caveat = _caveat(call, name)
    if customer and customer in call.confirmed_name:
        return [_reason("name_confirmed", heard=heard, written=name), *caveat]
    if heard == base(name):
        told_apart = name[len(heard) + 1 :].rstrip(")") in call.note
        code = "name_equal" if told_apart else "name_base"
        if not told_apart and call.note and not is_noted(call.note):  # 张三(小) beside 张三(大)
            caveat = [*caveat, _reason("name_goes_on", name=heard)]
        return [_reason(code, name=name, heard=heard, written=name), *caveat]
    return _other_name(call, heard, line, name)


def _caveat(call: Said, name: str) -> list[Reason]:
    """Who else may be meant: a customer who has no row on the days of the call, or a collector,
    whose names files bear, too.
    """
    if call.is_collectors and not call.numbers:
        return [_reason("name_of_collector", name=name)]
    if call.of_name.isdisjoint(call.absent):
        return []
    return [_reason("namesake_known" if call.dated else "namesake_undated", name=name)]


def _other_name(call: Said, heard: str, line: Written, name: str) -> list[Reason]:
    if is_part(heard, name) or (is_part(name, heard) and not line.also_named):
        return [_reason("name_part", heard=heard, written=name), *_caveat(call, heard)]
    theirs = not call.numbers_of_name.isdisjoint(line.row.numbers + line.elsewhere)
    if theirs and one_slip(heard, name):
        return [_reason("name_known", heard=heard, written=name)]
    unequal = _unequal(heard, line, name)
    if call.of_name:
        # A slip of the name beside the very number is a slip, be it somebody else's name; and so is
        # one where that customer's number has one, too.
        slip = any(reason.code in NAME_LIKE for reason in unequal)
        both = any(starmap(in_the_middle, product(call.numbers_of_name, line.row.numbers)))
        if not (slip and (both or _shared(call.numbers, line.row.numbers))):
            return [_reason("name_of_other", heard=heard, written=name)]
    return unequal


def _unequal(heard: str, line: Written, name: str) -> list[Reason]:
    unequal = _unequal_name(heard, name)
    if unequal == "name_half":
        values = (("heard", heard), ("written", name))
        return [Reason(unequal, WEIGHTS[unequal] + line.surname_bits - 1, values)]
    return [_reason(unequal, heard=heard, written=name)] if unequal else []


@lru_cache(maxsize=65536)
def _unequal_name(heard: str, name: str) -> str | None:
    if same_sound(heard, name):
        return "name_sound"
    if alike(heard, name):
        return "name_near"
    if not is_person(heard):  # a nickname, a firm or a note contradicts nobody
        return None
    if len(heard) == len(name) == 2 and heard[0] == name[0]:
        return "name_half"
    return "name_unlike" if _share_a_place(heard, name) else "name_differs"


def _share_a_place(heard: str, name: str) -> bool:
    """Whether a character stands in both, as the n-th from the beginning or from the end."""
    pairs = (*zip(heard, name, strict=False), *zip(heard[::-1], name[::-1], strict=False))
    return any(one == other for one, other in pairs)


def _surname(surname: str, line: Written, name: str) -> list[Reason]:
    if name.startswith(surname):
        values = (("surname", surname),)
        own = (line.name or "").startswith(surname)  # or that of another spelling
        return [Reason("surname_equal", line.surname_bits if own else 1.0, values)]
    return [_reason("surname_differs", surname=surname, written=name)] if is_person(name) else []


def _minutes_late(call: Said, line: Written) -> float | None:
    if call.minute is None or line.minute is None:
        return None
    return call.minute - line.minute


def _time(call: Said, line: Written, apart: float | None, *, exact: bool) -> Reason | None:
    same_day = call.day == line.row.day
    if not same_day and (apart is None or apart >= _VERY_FAR):  # closer, it crosses midnight
        return _day_differs(call, line)
    if apart is None:
        return None
    return _hours(round(apart)) if line.rough else _apart(round(apart), exact=exact)


def _outside_the_hour(late: float) -> float:
    """Minutes before the hour's begin or after its end; people round up, too."""
    return max(0.0, -_ROUNDED_UP - late, late - 60)


@lru_cache(maxsize=2048)
def _hours(minutes: int) -> Reason | None:
    return _reason("time_hour") if minutes == 0 else _apart(minutes + 60, exact=False)


@lru_cache(maxsize=2048)
def _apart(minutes: int, *, exact: bool) -> Reason | None:
    if abs(minutes - _HALF_A_DAY) <= 10:
        return _reason("time_half_day", minutes=str(minutes))
    steps = _EXACT_MINUTES if exact else _MINUTES
    code = next((code for most, code in steps if minutes <= most), "time_very_far")
    return _reason(code, minutes=str(minutes)) if code else None


def _day_differs(call: Said, line: Written) -> Reason:
    return _reason("day_differs", heard=call.day.isoformat(), written=line.row.day.isoformat())


def _digits_were_no_time(call: Said, naming: Sequence[Reason]) -> bool:
    """`姚文斌-0931`: a number's last digits, and no time of day or date."""
    tails = [dict(reason.values)["tail"] for reason in naming if reason.code == "number_tail"]
    return call.clock in tails


def _order(call: Said, line: Written, learned: Learned, by: Reason | None) -> Reason | None:
    """A row without a time, in a sheet whose lines stand in the order of the calls."""
    if call.minute is None or line.minute is not None or call.day != line.row.day:
        return None
    if by is not None and by.code == "collector_differs":  # his sheet's order is of his calls
        return None
    window = learned.window(line.row.key)
    if window is None or call.minute in window:  # it may be the recording's own
        return None
    if window.after - _SLACK <= call.minute <= window.before + _SLACK:
        narrow = (window.before - window.after) * _NARROW <= learned.span(line.row.key)
        return _reason("order_fits") if narrow else None
    return _reason("order_differs")


def _duration(call: Said, line: Written) -> Reason | None:
    """A recording may begin with the first ring, and a sheet may have whole minutes."""
    if call.duration is None or line.row.duration_seconds is None:
        return None
    heard, noted = call.duration, line.row.duration_seconds
    whole_minutes = noted % 60 == 0
    if -2 <= heard - noted <= 3 and not whole_minutes:
        code = "duration_equal"
    elif -60 <= heard - noted <= 75:
        code = "duration_near" if abs(heard - noted) <= max(20, noted / 4) else ""
    else:
        code = "duration_differs"
    return _reason(code, heard=f"{heard:.0f}", written=f"{noted:.0f}") if code else None


def _collector(call: Said, line: Written) -> Reason | None:
    heard, noted = call.collector, line.collector
    if noted and call.contradicted:
        return _reason("collector_differs", heard=call.contradicted, written=noted)
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


def _row_itself(line: Written) -> tuple[Reason | None, ...]:
    return (
        _reason("not_reached") if line.row.reached is False else None,
        _reason("row_open") if line.row.customer != line.customer else None,
    )
