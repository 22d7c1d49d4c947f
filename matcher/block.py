"""Which rows are worth weighing against a recording, found by look-ups and not by trying all.

A recording meets the customers that share its number, its name or a part of it, its number's tail,
or a name in its note, and those whom other days know by these; only where none does, those one slip
or one sound away, and, of a contact that tells the surname alone, those of that surname. So the
work grows with the day's calls, not with their square.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from matcher.evidence import Row
from matcher.learned import Learned
from matcher.names import LONGEST, is_firm, is_person, parse_contact, relative
from matcher.numbers import line_of
from matcher.owners import MOST, Owner, around_time, by_time, owners_by_day
from matcher.register import Register
from matcher.said import Said, Spelling, Written
from matcher.slips import SHORTEST_PART, alike, base, one_slip, shortened
from matcher.spelling import readings

_AROUND = 60  # minutes
_CLOSE = 15  # minutes, as far as `time_close` reaches
_TAIL = 4
WORDS = re.compile(r"[^\w·]+")
"""What stands between the words of a contact and its note."""
_SPACED = re.compile(r"(?<!\w)([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?!\w)")
"""`郭 东`: a name of two characters, set as wide as one of three."""


class Met(NamedTuple):
    """Whom a recording may concern."""

    owners: tuple[Owner, ...]
    crowded: bool
    """More customers share a number or name with it than were looked at."""
    mentioned: Mapping[str, str | None]
    """Customers' names that stand in its note, and the caveat where one may mean another, too."""


class Blocks:
    """All rows, to be asked recording by recording."""

    def __init__(self, rows: Sequence[Row], spelling: Spelling, register: Register) -> None:
        self.spelling, self._register = spelling, register
        owners = owners_by_day(rows, spelling, register)
        self._days = {day: _Day(found) for day, found in owners.items()}

    def meet(self, call: Said) -> Met:
        owners: dict[int, Owner] = {}
        crowded = False
        days = [self._days[day] for day in call.days if day in self._days]
        mentioned = self._mentioned(call, days)
        for day in days:
            for block in day.blocks(call, mentioned):
                crowded |= len(block) > MOST
                owners |= {id(owner): owner for owner in block[:MOST]}
        return Met(tuple(owners.values()), crowded, mentioned)

    def of_customer(self, customer: str, call: Said) -> tuple[Written, ...]:
        """The rows of a customer on the days of a recording."""
        days = [self._days[day] for day in call.days if day in self._days]
        return tuple(row for day in days for owner in day.of(customer) for row in owner.rows)

    def row(self, key: str) -> Written | None:
        """The row of that key, of whatever day."""
        return self._by_key.get(key)

    def with_absent(self, call: Said) -> Said:
        """A call that knows which of its customers have no row on its days.

        A name that is a collector's and no customer's says who made the call.
        """
        days = [self._days[day] for day in call.days if day in self._days]
        name = call.name or ""
        collectors = {call.collector or "", *(one for day in days for one in day.collectors)}
        if name and any(one.endswith(name) for one in collectors):  # 信贷部李娜 is 李娜
            if _has(days, name):
                call = call._replace(is_collectors=call.by_hand)
            elif name in collectors:
                call = self._of_note(call)._replace(collector=call.collector or name)
        known = call.of_number | call.of_name
        if not known:
            return call
        own = self._days.get(call.day)
        absent = {customer for customer in known if not (own and own.of(customer))}
        return call._replace(absent=frozenset(absent))

    def _of_note(self, call: Said) -> Said:
        """A call whose contact is its collector: `王芳-张三女儿`, so the note is the contact."""
        contact = parse_contact(call.note)
        name = self.spelling(contact.name or "") or None
        of_name = self._register.of_name(name)
        return call._replace(
            name=name,
            surname=contact.surname,
            note=contact.note or "",
            of_name=of_name,
            numbers_of_name=self._register.numbers_of(of_name),
            confirmed_name=self._register.confirmed_name(name),
        )

    def around(self, call: Said, drift: float = 0.0) -> tuple[Written, ...]:
        """Rows of the recording's collector close to its time, for a person to pick from.

        `drift` are the minutes by which the recording's clock is ahead of the collector's.
        """
        day = self._days.get(call.day)
        if day is None or call.minute is None or call.collector is None:
            return ()
        minute = call.minute - drift
        rows = around_time(day.by_writer.get(call.collector, ()), minute)
        return tuple(row for row in rows if abs((row.minute or 0) - minute) <= _AROUND)

    def just_then(self, call: Said, learned: Learned) -> list[Written]:
        """Rows of all collectors that may be close to a recording's time, by each one's clock."""
        if call.minute is None:
            return []
        days = [self._days[day] for day in call.days if day in self._days]
        return [
            row
            for day in days
            for writer, rows in day.by_writer.items()
            for row in _between(rows, call.minute - learned.clock(writer).drift)
        ]

    @cached_property
    def _by_key(self) -> dict[str, Written]:
        return {row.row.key: row for day in self._days.values() for row in day.rows}

    def _mentioned(self, call: Said, days: Sequence[_Day]) -> Mapping[str, str | None]:
        """Customers' full names in contact and note, the longest where they overlap; and of each
        the caveat where it may mean somebody else.
        """
        found: set[str] = set()
        # A whole name may hold another's: 刘虎桂 is not 刘虎, nor one firm another of its town.
        own = call.name or ""
        written = _has(days, own)
        whole = is_person(own) or is_firm(own) or written
        # 阿卜杜拉·买买提曲阜 may be 阿卜杜拉·买买提 with his town, or somebody else's whole name.
        goes_on = "·" in own and not written
        longest = max((day.longest_name for day in days), default=0)
        told = _SPACED.sub(r"\1\2", call.told if goes_on or not whole else call.note)
        for word in map(self.spelling, WORDS.split(told)):
            if is_person(word) and not ("·" in word or relative(word) or _has(days, word)):
                continue  # nor is 孟志明 邹城 孟志
            place = 0
            while place < len(word) - 1:
                ends = range(min(len(word), place + longest), place + 1, -1)
                names = (word[place:end] for end in ends)
                name = next((name for name in names if _has(days, name)), None)
                found |= {name} if name else set()
                place += len(name) if name else 1
        return {name: self._caveat(name, call, days) for name in sorted(found - {own})}

    def _caveat(self, name: str, call: Said, days: Sequence[_Day]) -> str | None:
        """Why a name in a note may mean somebody else: a longer name, of which it is a part, or a
        known customer of that name who has no row on these days.
        """
        if "·" in name and (call.name or "").startswith(name):
            return "name_goes_on"
        if any(day.is_part_of_another(name) for day in days):
            return "namesake_known"
        known = self._register.of_name(name)
        absent = any(not any(day.of(customer) for day in days) for customer in known)
        return "namesake_known" if absent else None


class _Day:
    def __init__(self, owners: Sequence[Owner]) -> None:
        self._owners = owners
        self._by_number: defaultdict[str, list[Owner]] = defaultdict(list)
        self._by_name: defaultdict[str, list[Owner]] = defaultdict(list)
        self._by_customer: defaultdict[str | None, list[Owner]] = defaultdict(list)
        for owner in owners:
            for line in set(map(line_of, owner.numbers)):
                self._by_number[line].append(owner)
            for name in {*owner.names, *map(base, owner.names)}:
                self._by_name[name].append(owner)
            self._by_customer[owner.customer].append(owner)

    def has(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def longest_name(self) -> int:
        """Characters; a firm's name or 阿卜杜拉·买买提 has more than a person's four."""
        return min(LONGEST, max(map(len, self._by_name), default=0))

    def is_part_of_another(self, name: str) -> bool:
        return name in self._by_part

    def of(self, customer: str) -> Sequence[Owner]:
        return self._by_customer.get(customer, ())

    def blocks(self, call: Said, mentioned: Iterable[str]) -> Iterator[Sequence[Owner]]:
        numbered = [self._by_number.get(line_of(number), ()) for number in call.numbers]
        yield from numbered
        known = [
            owner
            for customer in sorted(call.of_number | call.of_name | call.confirmed_name)
            for owner in self.of(customer)
        ]
        yield known
        yield from (self._by_number.get(line_of(one), ()) for one in sorted(call.numbers_of_name))
        if call.tail:
            yield self._by_tail.get(call.tail[-_TAIL:], ())
        for name in sorted(mentioned):
            yield self._by_name.get(name, ())
        if not any(numbered):
            yield from (self._one_digit_off(number) for number in call.numbers)
        if call.name:
            named = self._by_name.get(call.name, ())
            yield named or self._like_named(call.name)
            yield self._by_part.get(call.name, ())
            if is_firm(call.name):
                yield from (self._by_name.get(part, ()) for part in sorted(_parts(call.name)))
            if len(call.name) == 2 and call.minute is not None and not (named or any(numbered)):
                alike = self._of_surname(call.name[0], call.collector)
                yield alike if len(alike) <= MOST else ()
        elif call.surname and not any(numbered):
            yield self._surnamed(call, call.surname)

    def _one_digit_off(self, number: str) -> Sequence[Owner]:
        return [
            owner
            for owner in _through(self._near_numbers, shortened(number))
            if any(one_slip(number, other) for other in owner.digits)
        ]

    def _like_named(self, name: str) -> Sequence[Owner]:
        near = [
            owner
            for owner in _through(self._near_names, shortened(name))
            if any(alike(name, other) for other in owner.names)
        ]
        others = (*_through(self._by_sound, readings(name)), *self._by_part.get(name, ()))
        return list({id(owner): owner for owner in (*near, *others)}.values())

    def _surnamed(self, call: Said, surname: str) -> Sequence[Owner]:
        """Those of the surname; in a village of one name those of the number's last digits."""
        every = self._of_surname(surname, call.collector)
        tail = call.tail or call.perhaps_tail
        if len(every) <= MOST or tail is None or tail == call.clock:
            return every
        return [one for one in every if any(each.endswith(tail) for each in one.numbers)] or every

    def _of_surname(self, surname: str, collector: str | None) -> Sequence[Owner]:
        """Customers of the surname whom `collector` called; whom anybody called, where that is
        not known.
        """
        collectors = (collector, None) if collector else (*self.collectors, None)
        found = [owner for one in collectors for owner in self._by_surname.get((surname, one), ())]
        return list({id(owner): owner for owner in found}.values())

    @cached_property
    def _by_tail(self) -> dict[str, list[Owner]]:
        return _index(self._owners, lambda owner: {number[-_TAIL:] for number in owner.numbers})

    @cached_property
    def _near_numbers(self) -> dict[str, list[Owner]]:
        return _index(
            self._owners,
            lambda owner: {key for number in owner.digits for key in shortened(number)},
        )

    @cached_property
    def _near_names(self) -> dict[str, list[Owner]]:
        return _index(
            self._owners, lambda owner: {key for name in owner.names for key in shortened(name)}
        )

    @cached_property
    def _by_sound(self) -> dict[str, list[Owner]]:
        return _index(
            self._owners, lambda owner: {sound for name in owner.names for sound in readings(name)}
        )

    @cached_property
    def _by_part(self) -> dict[str, list[Owner]]:
        return _index(
            self._owners, lambda owner: {part for name in owner.names for part in _parts(name)}
        )

    @cached_property
    def collectors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.collector for row in self.rows if row.collector))

    @cached_property
    def _by_surname(self) -> dict[tuple[str, str | None], list[Owner]]:
        """By surname, of one character or two, and collector; `None` where no row says one."""
        found: defaultdict[tuple[str, str | None], list[Owner]] = defaultdict(list)
        for owner in self._owners:
            collectors = {row.collector for row in owner.rows}
            surnames = {name[:length] for name in owner.names for length in (1, 2)}
            for surname in surnames:
                for collector in collectors:
                    found[surname, collector].append(owner)
        return found

    @cached_property
    def by_writer(self) -> Mapping[str | None, list[Written]]:
        """Rows with a time, by time; `None` are those that name no collector."""
        found: defaultdict[str | None, list[Written]] = defaultdict(list)
        for row in sorted(self.rows, key=by_time):
            if row.minute is not None:
                found[row.collector].append(row)
        return found

    @property
    def rows(self) -> Iterator[Written]:
        return (row for owner in self._owners for row in owner.rows)


def _has(days: Iterable[_Day], name: str) -> bool:
    return any(day.has(name) for day in days)


def _between(rows: Sequence[Written], minute: float) -> Sequence[Written]:
    """Of rows by time those that can be close to it; one that knows the hour alone is at its
    beginning.
    """
    first = bisect_left(rows, minute - _AROUND - _CLOSE, key=attrgetter("minute"))
    last = bisect_right(rows, minute + _CLOSE, key=attrgetter("minute"))
    return [row for row in rows[first:last] if row.rough or (row.minute or 0) >= minute - _CLOSE]


def _parts(name: str) -> set[str]:
    """All that may stand for a firm's long name."""
    lengths = range(SHORTEST_PART, len(name) - 1)
    return {name[at : at + length] for length in lengths for at in range(len(name) - length + 1)}


def _index(owners: Iterable[Owner], keys: Callable[[Owner], set[str]]) -> dict[str, list[Owner]]:
    found: defaultdict[str, list[Owner]] = defaultdict(list)
    for owner in owners:
        for key in keys(owner):
            found[key].append(owner)
    return found


def _through(index: dict[str, list[Owner]], keys: Iterable[str]) -> list[Owner]:
    found = {id(owner): owner for key in keys for owner in index.get(key, ())}
    return sorted(found.values(), key=lambda owner: owner.rows[0].owner)
