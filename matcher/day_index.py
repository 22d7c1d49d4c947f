"""The customers of one day, by number, name, part of it, sound, last digits and surname."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from matcher.names import LONGEST, is_firm
from matcher.numbers import line_of, masked
from matcher.owners import MOST, Owner, by_time
from matcher.said import Said, Written
from matcher.slips import SHORTEST_PART, alike, base, one_slip, shortened
from matcher.spelling import readings

_TAIL = 4


class DayIndex:
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

    def numbered(self, number: str) -> Sequence[Owner]:
        return self._by_number.get(line_of(number), ())

    def blocks(self, call: Said, mentioned: Iterable[str]) -> Iterator[Sequence[Owner]]:
        numbered = [self.numbered(number) for number in call.numbers]
        yield from numbered
        known = [
            owner
            for customer in sorted(call.of_number | call.of_name | call.confirmed_name)
            for owner in self.of(customer)
        ]
        yield known
        yield from (self.numbered(one) for one in sorted(call.numbers_of_name))
        if call.tail:
            yield self._by_tail.get(call.tail[-_TAIL:], ())
        for name in sorted(mentioned):
            yield self._by_name.get(name, ())
        if not any(numbered):
            yield from (self._one_digit_off(number) for number in call.numbers)
            yield from (self._by_masked.get(masked(number), ()) for number in call.numbers)
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

    def sounding(self, name: str) -> Sequence[Owner]:
        """Whose name sounds the same."""
        return _through(self._by_sound, readings(name))

    def _like_named(self, name: str) -> Sequence[Owner]:
        near = [
            owner
            for owner in _through(self._near_names, shortened(name))
            if any(alike(name, other) for other in owner.names)
        ]
        others = (*self.sounding(name), *self._by_part.get(name, ()))
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
        return _index(
            self._owners,
            lambda owner: {number[-_TAIL:] for number in (*owner.numbers, *owner.masked)},
        )

    @cached_property
    def _by_masked(self) -> dict[str, list[Owner]]:
        return _index(self._owners, lambda owner: set(owner.masked))

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
