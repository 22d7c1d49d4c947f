"""Which customer each row names: one folder, one person.

Two people may have one name and one person several numbers, so neither alone tells customers
apart. The rules, each on the safe side, because a folder too many can be merged by a person and a
recording in a stranger's folder is the worst error there is:

- Only rows of one name can be one customer: in traditional or simplified characters, or, where
  they share a number, in other characters of one sound, or a firm's short form. A number that
  stands under two names (a couple, a company's switchboard) joins nobody.
- Within a name, a shared number makes one customer, and a row that lists two numbers joins both;
  but a guarantor's or a contact's number, which several customers may have, joins nobody.
  Numbers that never meet are two customers, but for a number with a slip in its middle.
- A row without a number is the only customer of its name on all papers at hand, those of other days
  too; where there are several it stays open.
  A row whose digits are no number is the customer of whose number they are a slip, and one whose
  number stands masked, 138****8000, is whose number fits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from matcher.evidence import Row
from matcher.groups import Groups
from matcher.names import canonical
from matcher.numbers import hides, local_part, split_masked
from matcher.slips import in_the_middle, one_slip, shortened
from matcher.spelling import spelled, spellings_among


@dataclass(frozen=True, slots=True)
class Known:
    """A customer with a folder, in the catalogue or new in these rows."""

    customer: str
    """The key. A new one is `name|smallest number`, be it masked, or `name|` without any number."""
    name: str
    numbers: frozenset[str]
    """In the normal form of `matcher.numbers`."""
    confirmed_numbers: frozenset[str] = frozenset()
    """Numbers that a person confirmed for this customer; no sheet need have them."""
    confirmed_names: frozenset[str] = frozenset()
    """Contacts, in the form of `matcher.names.canonical`, that a person confirmed."""

    @property
    def masked(self) -> str:
        """The number by which the customer was met, where it stood masked."""
        return "".join(split_masked(self.customer.rpartition("|")[2])[0])


@dataclass(frozen=True, slots=True)
class Identified:
    rows: tuple[Row, ...]
    """In the order given, each with `customer` set, or `None` where it is open."""
    new: tuple[Known, ...]
    """Customers of these rows that were not known, by key. A known customer may have gained
    numbers; they stand in its rows."""


def identify(
    rows: Sequence[Row], known: Sequence[Known], others: Sequence[Known] = ()
) -> Identified:
    """Tell which customer each row names; the order of the inputs plays no part.

    Args:
        rows: Of some days.
        known: Customers of earlier days, whom a row can name by number or name.
        others: Customers of later days: they tell only whom a row without a number can mean.

    """
    whole, rows = rows, [_with_own_numbers(row) for row in rows]
    lines = _lines(
        [number for row in whole for number in row.numbers]
        + [number for customer in known for number in customer.numbers]
    )
    named, nameless = _by_name(rows)
    keys: dict[int, str | None] = {}
    new: list[Known] = []
    later: defaultdict[str, list[Known]] = defaultdict(list)
    for customer in others:
        later[spelled(customer.name)].append(customer)
    for name, places, theirs in _namesakes(rows, named, known, lines):
        namesakes = _Namesakes(name, theirs, lines, later[name])
        keys |= namesakes.identify({place: rows[place] for place in places})
        new += namesakes.new

    owners = _owners(whole, keys, known, lines)
    for place in nameless:
        of_number = set().union(*(owners[lines[number]] for number in rows[place].numbers))
        keys[place] = of_number.pop() if len(of_number) == 1 else None
    return Identified(
        tuple(replace(row, customer=keys[place]) for place, row in enumerate(whole)),
        tuple(sorted(new, key=lambda customer: customer.customer)),
    )


def _with_own_numbers(row: Row) -> Row:
    """Without a guarantor's number, unless it is all that tells whom the row names."""
    if not (row.of_others and row.name):
        return row
    own = tuple(number for number in row.numbers if number not in row.of_others)
    return replace(row, numbers=own)


def _namesakes(
    rows: Sequence[Row],
    named: Mapping[str, list[int]],
    known: Sequence[Known],
    lines: Mapping[str, str],
) -> Iterable[tuple[str, list[int], list[Known]]]:
    """The rows and known customers of each name, spellings of one name together; by one of them."""
    names_of: defaultdict[str, set[str]] = defaultdict(set)
    for name, places in named.items():
        for place in places:
            for number in rows[place].numbers:
                names_of[lines[number]].add(name)
    known_by_name: defaultdict[str, list[Known]] = defaultdict(list)
    for customer in known:
        known_by_name[spelled(customer.name)].append(customer)
        for number in customer.numbers:
            names_of[lines[number]].add(spelled(customer.name))
    spelling = _spellings(names_of.values())
    together: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted({*named, *known_by_name}):
        together[spelling.lead(name)].append(name)
    for name, spellings in together.items():
        places = sorted(place for each in spellings for place in named.get(each, ()))
        if places:
            yield name, places, [one for each in spellings for one in known_by_name[each]]


def _spellings(sharing: Iterable[set[str]]) -> Groups[str]:
    """Names that share a number and are spellings of one name."""
    found = Groups[str]()
    for names in sharing:
        for one, other in spellings_among(names):
            found.join(one, other)
    return found


class _Namesakes:
    """All customers of one name: the known ones, and those that rows add."""

    def __init__(
        self, name: str, known: Sequence[Known], lines: Mapping[str, str], later: Sequence[Known]
    ) -> None:
        self.name = name
        self._later = later
        self.known = known
        self.new: list[Known] = []
        self._lines = lines
        self._known_by_line = defaultdict[str, set[str]](set)
        for customer in known:
            for number in customer.numbers:
                self._known_by_line[lines[number]].add(customer.customer)
        self._mistaken: dict[str, str] = {}
        """A line for one that it is a slip of."""
        self._known_by_meant = defaultdict[str, set[str]](set)

    def identify(self, rows: Mapping[int, Row]) -> dict[int, str | None]:
        written = {self._lines[number] for row in rows.values() for number in row.numbers}
        self._mistaken = _slips(written | set(self._known_by_line))
        for line, customers in self._known_by_line.items():
            self._known_by_meant[self._mistaken.get(line, line)] |= customers
        keys: dict[int, str | None] = {}
        for places in self._sharing_a_number(rows):
            keys |= self._one_person({place: rows[place] for place in places})
        unnumbered = {place: row for place, row in rows.items() if not row.numbers}
        masked = {place: row for place, row in unnumbered.items() if row.masked}
        keys |= {place: self._of_masked(row) for place, row in masked.items()}
        misread = {place: row for place, row in unnumbered.items() if row.misread}
        keys |= {place: self._misread(row) for place, row in misread.items() if place not in keys}
        spellings = self._spellings({place: rows[place] for place in keys}, keys)
        bare: defaultdict[str, dict[int, Row]] = defaultdict(dict)
        for place, row in rows.items():
            if place not in keys:
                bare[spelled(row.name or "")][place] = row
        for name in sorted(bare):
            keys |= dict.fromkeys(bare[name], self._sole(name, bare[name], spellings))
        return keys

    def _spellings(
        self, rows: Mapping[int, Row], keys: Mapping[int, str | None]
    ) -> Mapping[str, set[str]]:
        """How each customer's name is written, of all the spellings that are one name."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in (*self.known, *self.new, *self._later):
            found[one.customer].add(spelled(one.name))
        for place, row in rows.items():
            if (customer := keys[place]) is not None:
                found[customer].add(spelled(row.name or ""))
        return found

    def _misread(self, row: Row) -> str | None:
        """Of whose number a row's digits are a slip: `None` for several, of nobody's a new one."""
        fitting = {
            one.customer
            for one in (*self.known, *self.new)
            if any(one_slip(digits, number) for digits in row.misread for number in one.numbers)
        }
        if not fitting:
            return self._by_digits(min(row.misread), row)
        return fitting.pop() if len(fitting) == 1 else None

    def _of_masked(self, row: Row) -> str | None:
        """Whose number fits a masked one: `None` for several, for nobody's a new customer."""
        for everyone in ((*self.known, *self.new), self._later):
            fitting = {
                one.customer
                for one in everyone
                for masked in row.masked
                if masked == one.masked or any(hides(masked, number) for number in one.numbers)
            }
            if fitting:
                return fitting.pop() if len(fitting) == 1 else None
        return self._by_digits(min(row.masked), row)

    def _by_digits(self, digits: str, row: Row) -> str:
        """A customer by what is no whole number."""
        fresh = Known(f"{self.name}|{digits}", self._written({0: row}), frozenset())
        if all(one.customer != fresh.customer for one in (*self.known, *self.new)):
            self.new.append(fresh)
        return fresh.customer

    def _sharing_a_number(self, rows: Mapping[int, Row]) -> Iterable[list[int]]:
        """Rows that hang together through their numbers, directly or through another row."""
        lines = Groups[str]()
        for row in rows.values():
            for number in row.numbers:
                lines.join(self._line(number), self._line(row.numbers[0]))
        together = defaultdict(list)
        for place, row in rows.items():
            if row.numbers:
                together[lines.lead(self._line(row.numbers[0]))].append(place)
        return together.values()

    def _one_person(self, rows: Mapping[int, Row]) -> dict[int, str | None]:
        """The customer of rows that hang together: the known one among them, or a new one.

        Where they tie two known customers together, each row goes by its own numbers, and the
        row that names both is left open.
        """
        hit = {place: self._hit(row) for place, row in rows.items()}
        known = set().union(*hit.values())
        numbers = frozenset(number for row in rows.values() for number in row.numbers)
        if not known:
            known = self._met_masked(numbers)
            hit = dict.fromkeys(rows, known)
        if not known:
            fresh = Known(f"{self.name}|{min(numbers)}", self._written(rows), numbers)
            self.new.append(fresh)
            return dict.fromkeys(rows, fresh.customer)
        if len(known) == 1:
            return dict.fromkeys(rows, known.pop())
        return {place: min(own) if len(own) == 1 else None for place, own in hit.items()}

    def _line(self, number: str) -> str:
        line = self._lines[number]
        return self._mistaken.get(line, line)

    def _hit(self, row: Row) -> set[str]:
        """The known customers of a row's numbers; of what they are a slip of, where of none."""
        exact = set().union(*(self._known_by_line[self._lines[number]] for number in row.numbers))
        if exact or not self._mistaken:
            return exact
        meant = {self._line(number) for number in row.numbers}
        return set().union(*(self._known_by_meant.get(line, ()) for line in meant))

    def _met_masked(self, numbers: Iterable[str]) -> set[str]:
        """Customers of whom no more is known than a masked number, which one of these fits."""
        return {
            one.customer
            for one in self.known
            if one.masked and not one.numbers and any(hides(one.masked, each) for each in numbers)
        }

    def _sole(
        self, name: str, bare: Mapping[int, Row], written: Mapping[str, set[str]]
    ) -> str | None:
        """Whom rows without a number mean, made anew where nobody has the name yet.

        Who is known without a number is somebody who is known with one, as far as papers tell. Of
        several the one who alone is written so.
        """
        everyone = [*self.known, *self.new, *self._later]
        candidates = {one.customer for one in everyone if one.numbers or one.masked}
        candidates = candidates or {one.customer for one in (*self.known, *self.new)}
        if len(candidates) > 1:
            candidates = {one for one in candidates if name in written[one]} or candidates
        if bare and not candidates:
            fresh = Known(f"{self.name}|", self._written(bare), frozenset())
            self.new.append(fresh)
            return fresh.customer
        return candidates.pop() if len(candidates) == 1 else None

    def _written(self, rows: Mapping[int, Row]) -> str:
        """The name as the rows write it; in simplified characters where any does."""
        names = {canonical(row.name or "") for row in rows.values()}
        return self.name if self.name in names else min(names)


def _slips(lines: set[str]) -> dict[str, str]:
    """Each line that is a slip in the middle of another, with the smallest that it leads to."""
    by_rest: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for line in lines:
        for rest in shortened(line):
            by_rest[line[:3], line[-2:], rest].append(line)
    near = Groups[str]()
    for alike in by_rest.values():
        for one, other in combinations(alike, 2):
            if in_the_middle(one, other):
                near.join(one, other)
    leads = {line: near.lead(line) for line in lines}
    return {line: lead for line, lead in leads.items() if lead != line}


def _lines(numbers: Iterable[str]) -> dict[str, str]:
    """Each number with the one that stands for its line: a landline written without its area code
    is the only number in sight that ends in it, and itself where there are several.
    """
    all_numbers = set(numbers)
    with_area = defaultdict(set)
    for number in all_numbers:
        if local := local_part(number):
            with_area[local].add(number)
    return {
        number: min(with_area[number]) if len(with_area[number]) == 1 else number
        for number in all_numbers
    }


def _by_name(rows: Sequence[Row]) -> tuple[dict[str, list[int]], list[int]]:
    named = defaultdict(list)
    nameless = []
    for place, row in enumerate(rows):
        if name := spelled(row.name or ""):
            named[name].append(place)
        else:
            nameless.append(place)
    return named, nameless


def _owners(
    rows: Sequence[Row],
    keys: Mapping[int, str | None],
    known: Sequence[Known],
    lines: Mapping[str, str],
) -> Mapping[str, set[str | None]]:
    """Every customer of each line, `None` among them where a row that has it is open."""
    owners: dict[str, set[str | None]] = defaultdict(set)
    for customer in known:
        for number in customer.numbers:
            owners[lines[number]].add(customer.customer)
    for place, key in keys.items():
        for number in rows[place].numbers:
            owners[lines[number]].add(key)
    return owners
