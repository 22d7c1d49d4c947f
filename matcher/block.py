"""Which rows are worth weighing against a recording, found by look-ups and not by trying all.

A recording meets the customers that share its number, its name or a part of it, its number's tail,
or a name in its note, and those whom other days know by these; only where none does, those one slip
or one sound away, and, of a contact that tells the surname alone, those of that surname. So the
work grows with the day's calls, not with their square.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from config.several_people import each_of
from matcher.day_index import DayIndex
from matcher.evidence import Row
from matcher.learned import Learned
from matcher.names import begins_note, is_firm, is_person, parse_contact, relative
from matcher.owners import MOST, Owner, around_time, owners_by_day
from matcher.register import Register
from matcher.said import Said, Spelling, Written

_AROUND = 60  # minutes
_CLOSE = 15  # minutes, as far as `time_close` reaches
_HALF_A_DAY = 12 * 60  # minutes
WORDS = re.compile(r"[^\w·]+")
"""What stands between the words of a contact and its note."""
_SPACED = re.compile(r"(?<!\w)([\u4e00-\u9fff])[ \u3000]+([\u4e00-\u9fff])(?!\w)")
"""`郭 东`: a name of two characters, set as wide as one of three."""

_SHORT = 2
_NAME_GOES_ON = re.compile(
    "(?![未已不没下打接说问要在的与跟及和转让请把被给因称拒是无再他她还又催欠了])[\u4e00-\u9fff]"
)
"""No given name goes on with these: 张三未接, 李四问张三情况."""

_OF_A_SHOP = re.compile(
    "(?!的)[\u4e00-\u9fff]{0,2}?(?:店|铺|馆|酒楼|超市|门市|公司|集团|工厂|商行|经营部|合作社|养殖场|工作室|诊所|药房)"
)
"""王大海鲜店 is a fishmonger called 王, or 王大海's; 王大海的店 is his."""


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
        self._days = {day: DayIndex(found) for day, found in owners.items()}

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
        elif call.collector and (others := self._others_named_in(call, collectors)):
            call = call._replace(contradicted=f"{call.collector}/{min(others)}")
        known = call.of_number | call.of_name | call.of_tail
        if not known:
            return call
        own = self._days.get(call.day)
        absent = {customer for customer in known if not (own and own.of(customer))}
        return call._replace(absent=frozenset(absent))

    def _others_named_in(self, call: Said, collectors: Collection[str]) -> set[str]:
        own = each_of(call.collector)
        words = map(self.spelling, WORDS.split(call.told)) if call.told else ()
        return {word for word in words if word in collectors and word not in own}

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

    def numbered(self, call: Said, numbers: Iterable[str]) -> tuple[Written, ...]:
        """The rows of a recording's day, of any customer, with one of `numbers`."""
        day = self._days.get(call.day)
        owners = {id(one): one for each in numbers for one in day.numbered(each)} if day else {}
        return tuple(row for one in owners.values() for row in one.rows)

    def sounding(self, call: Said) -> tuple[Written, ...]:
        """The rows of a recording's day, of customers whose name sounds like the one it says."""
        day = self._days.get(call.day)
        owners = day.sounding(call.name) if day and call.name else ()
        return tuple(row for one in owners[:MOST] for row in one.rows)

    def just_then(self, call: Said, learned: Learned) -> list[Written]:
        """Rows of all collectors that may be close to a recording's time, by each one's clock, and
        those of half a day before: 3:39 in a sheet may be 15:39.
        """
        if call.minute is None:
            return []
        days = [self._days[day] for day in call.days if day in self._days]
        return [
            row
            for day in days
            for writer, rows in day.by_writer.items()
            for before in (0, _HALF_A_DAY)
            for row in _between(rows, call.minute - learned.clock(writer).drift - before)
        ]

    @cached_property
    def _by_key(self) -> dict[str, Written]:
        return {row.row.key: row for day in self._days.values() for row in day.rows}

    def _mentioned(self, call: Said, days: Sequence[DayIndex]) -> Mapping[str, str | None]:
        """Customers' full names in contact and note, the longest where they overlap; and of each
        the caveat where it may mean somebody else.
        """
        found: dict[str, bool] = {}
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
                if name:
                    found[name] = found.get(name, True) and _may_go_on(name, word[place:])
                place += len(name) if name else 1
        return {
            name: self._caveat(name, call, days, goes_on=found[name])
            for name in sorted(found.keys() - {own})
        }

    def _caveat(
        self, name: str, call: Said, days: Sequence[DayIndex], *, goes_on: bool
    ) -> str | None:
        """Why a name in a note may mean somebody else: a longer name, of which it is a part, or a
        known customer of that name who has no row on these days.
        """
        if goes_on or ("·" in name and (call.name or "").startswith(name)):
            return "name_goes_on"
        if any(day.is_part_of_another(name) for day in days):
            return "namesake_known"
        known = self._register.of_name(name)
        absent = any(not any(day.of(customer) for day in days) for customer in known)
        return "namesake_known" if absent else None


def _may_go_on(name: str, text: str) -> bool:
    """Whether `text`, which begins with a name, may be of somebody else. A name of two characters
    may go on as one of three: 刘金属回收 is 刘 who trades in metal, or 刘金属, and hardly 刘金. And
    any may be the beginning of what a shop is called.
    """
    rest = text[len(name) :]
    goes_on = len(name) == _SHORT and _NAME_GOES_ON.match(rest)
    other = is_person(name) and (goes_on or _OF_A_SHOP.match(rest))
    return bool(other) and not begins_note(rest)


def _has(days: Iterable[DayIndex], name: str) -> bool:
    return any(day.has(name) for day in days)


def _between(rows: Sequence[Written], minute: float) -> Sequence[Written]:
    """Of rows by time those that can be close to it; one that knows the hour alone is at its
    beginning.
    """
    first = bisect_left(rows, minute - _AROUND - _CLOSE, key=attrgetter("minute"))
    last = bisect_right(rows, minute + _CLOSE, key=attrgetter("minute"))
    return [row for row in rows[first:last] if row.rough or (row.minute or 0) >= minute - _CLOSE]
