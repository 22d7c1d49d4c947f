"""The papers on a clerk's desk: the rows as they are written, and which person each row means.

People are told apart by what is written, never by the truth: rows of one name that share a number
are one person, and so are a firm's short name and its full one; a row without a number is the only
person of its name, and a person apart where there are several; a row without a name belongs to the
one who has its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bench.office.slips import LOOKALIKES
from bench.office.truth import Line


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the papers name."""

    id: int
    name: str | None
    numbers: frozenset[str]
    lines: tuple[Line, ...]

    @property
    def truth(self) -> frozenset[int]:
        """The true customers behind the rows; two where nothing written tells them apart."""
        return frozenset(line.customer for line in self.lines)


def plain(name: str) -> str:
    """A name without what people leave out when they compare: dots and spaces."""
    return "".join(name.replace("·", "").replace(".", "").split()).casefold()


def persons(lines: Sequence[Line]) -> tuple[Person, ...]:
    found: list[_Group] = []
    by_name: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.name:
            by_name[plain(line.name)].append(line)
    for name, mine in by_name.items():
        groups = _by_numbers([line for line in mine if line.numbers])
        without = [line for line in mine if not line.numbers]
        if without and len(groups) == 1:
            groups[0].extend(without)
        elif without:
            groups.append(without)
        found += [(name, _numbers(group), group) for group in groups]
    found = _firms_once(found)
    for line in lines:
        if not line.name:
            owners = [one for one in found if one[0] and one[1] & set(line.numbers)]
            if len(owners) == 1:
                owners[0][2].append(line)
            else:
                found.append((None, frozenset(line.numbers), [line]))
    return tuple(
        Person(id, name, numbers, tuple(group)) for id, (name, numbers, group) in enumerate(found)
    )


_Group = tuple[str | None, frozenset[str], list[Line]]


def _firms_once(groups: Sequence[_Group]) -> list[_Group]:
    """Rows that have a firm's short name go to the full name that shares a number with them."""
    kept: list[_Group] = []
    full = [one for one in groups if one[0] and one[0].endswith("公司")]
    for group in groups:
        name, numbers, lines = group
        own = [one for one in full if name and _firm(name, one[0] or "") and one[1] & numbers]
        if len(own) == 1 and own[0][0] != name:
            own[0][2].extend(lines)
        else:
            kept.append(group)
    return kept


def _by_numbers(lines: Sequence[Line]) -> list[list[Line]]:
    groups: list[tuple[set[str], list[Line]]] = []
    for line in lines:
        mine = set(line.numbers)
        joined = [line]
        apart = []
        for numbers, group in groups:
            if numbers & mine:
                mine |= numbers
                joined = group + joined
            else:
                apart.append((numbers, group))
        groups = [*apart, (mine, joined)]
    return [group for _, group in groups]


def _numbers(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(number for line in lines for number in line.numbers)


def up_to(lines: Sequence[Line], day: date) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.day <= day)


def same_name(said: str, written: str | None) -> bool:
    """Equal, or a firm's short name inside its full one."""
    if not written:
        return False
    one, other = plain(said), plain(written)
    return one == other or _firm(one, other) or _firm(other, one)


def _firm(short: str, full: str) -> bool:
    return full.endswith("公司") and len(short) >= 4 and short in full


@lru_cache(maxsize=65536)
def slipped_name(said: str, written: str) -> bool:
    """One is the other under a homophone, or with one character that looks like it."""
    one, other = plain(said), plain(written)
    if one == other or len(one) != len(other) or len(one) < 2:
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(differing) > 1:
        return False
    a, b = differing[0]
    return bool(_sounds(a) & _sounds(b)) or any(a in pair and b in pair for pair in LOOKALIKES)


_TITLES = ("总", "哥", "姐", "老板", "师傅", "经理", "主任")


@lru_cache(maxsize=65536)
def hints_at(said: str, written: str) -> bool:
    """One character off, or the surname with a title: no more than a likeness, but one that keeps
    people from saying that it is nobody's.
    """
    one, other = plain(said), plain(written)
    if one[:1] == other[:1] and one[1:] in _TITLES:
        return True
    if min(len(one), len(other)) < 2 or max(len(one), len(other)) < 3:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


@lru_cache(maxsize=8192)
def _sounds(character: str) -> frozenset[str]:
    from pypinyin import Style, pinyin

    return frozenset(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


@lru_cache(maxsize=65536)
def slipped_number(one: str, other: str) -> bool:
    """One wrong digit, two neighbours exchanged, or one digit too few or too many."""
    if one == other or min(len(one), len(other)) < 7:
        return False
    if len(one) == len(other):
        differing = [
            at for at, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1
        ]
        if len(differing) == 1:
            return True
        if len(differing) != 2 or differing[1] - differing[0] != 1:
            return False
        at = differing[0]
        return one[at] == other[at + 1] and one[at + 1] == other[at]
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
