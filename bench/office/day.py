"""A working day: who is called when, what the phone records, what the collector writes down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from bench.office import contacts, slips
from bench.office.contacts import Contact
from bench.office.habits import CollectorHabits, OfficeHabits
from bench.office.people import Customer
from bench.office.sheets import NOT_REACHED, REACHED, Entry

_REMARKS = ("", "", "", "等工程款", "本人接听", "月底给", "机器在工地", "承诺15号存")


@dataclass(frozen=True, slots=True)
class Call:
    """What really happened."""

    id: int
    collector: CollectorHabits
    customer: Customer | None
    """`None` for a personal call."""
    contact: Contact | None
    """As the collector's phone has it."""
    number: str
    at: datetime
    reached: bool
    stand_in: bool
    out: bool

    @property
    def traits(self) -> frozenset[str]:
        found = set()
        if self.customer is None:
            return frozenset({"personal"})
        if self.stand_in:
            found.add("stand_in")
        if self.number == self.customer.unlisted:
            found.add("unlisted_number")
        elif self.number != self.customer.numbers[0]:
            found.add("second_number")
        if self.contact is None:
            found.add("unsaved")
        elif self.contact.style != "full":
            found.add(f"contact_{self.contact.style}")
        return frozenset(found)


class PhoneBooks:
    """What each collector has saved; saved once, it stays."""

    def __init__(self, rng: Random, customers: Sequence[Customer], mess: float) -> None:
        self._rng, self._customers, self._mess = rng, customers, mess
        self._saved: dict[tuple[str, str], Contact | None] = {}

    def look_up(
        self, collector: CollectorHabits, customer: Customer, number: str
    ) -> Contact | None:
        key = (collector.name, number)
        if key not in self._saved:
            other = self._rng.choice(self._customers).name
            saves = self._rng.random() < collector.saves
            self._saved[key] = (
                contacts.saved(self._rng, customer, number, self._mess, other) if saves else None
            )
        return self._saved[key]


def calls_of_day(
    rng: Random,
    habits: OfficeHabits,
    day: date,
    portfolios: Mapping[str, Sequence[Customer]],
    books: PhoneBooks,
    many: int,
) -> Iterator[Call]:
    """About so `many` calls by each collector."""
    everybody = [one for mine in portfolios.values() for one in mine]
    count = 0
    for collector in habits.collectors:
        moment = datetime.combine(day, time(8, 30)) + timedelta(minutes=rng.uniform(0, 40))
        earlier: list[Customer] = []
        for _ in range(max(1, round(many * rng.uniform(0.7, 1.3)))):
            moment += timedelta(minutes=rng.expovariate(1 / _gap(many)), seconds=rng.randrange(60))
            if rng.random() < habits.personal:
                yield _personal(rng, collector, moment, everybody, count)
                count += 1
                moment += timedelta(minutes=rng.uniform(1, 4))
            stand_in = rng.random() < habits.stand_ins
            if earlier and rng.random() < habits.repeats:
                customer, stand_in = rng.choice(earlier), False
            else:
                customer = rng.choice(everybody if stand_in else portfolios[collector.name])
            earlier.append(customer)
            number = _number(rng, customer)
            yield Call(
                id=count,
                collector=collector,
                customer=customer,
                contact=books.look_up(collector, customer, number),
                number=number,
                at=moment,
                reached=rng.random() < habits.reached,
                stand_in=stand_in,
                out=rng.random() < 0.92,
            )
            count += 1
            moment += timedelta(minutes=rng.uniform(0.5, 5))


def _gap(many: int) -> float:
    """Minutes between calls, so that the day suffices."""
    return max(0.5, 420 / max(many, 1) - 3.5)


def _number(rng: Random, customer: Customer) -> str:
    chance = rng.random()
    if chance < 0.04:
        return customer.unlisted
    return rng.choice(customer.numbers) if chance < 0.2 else customer.numbers[0]


def _personal(
    rng: Random, collector: CollectorHabits, at: datetime, everybody: Sequence[Customer], id: int
) -> Call:
    number = f"154{rng.randrange(10**8):08}"
    contact: Contact | None = None
    chance = rng.random()
    if chance < 0.04:  # a friend who is called like a customer
        contact = contacts.plain(rng.choice(everybody))
        contact = replace(contact, style="friend")
    elif chance < 0.8:
        word = rng.choice(contacts.PERSONAL)
        contact = Contact(word, "personal", (word,))
    return Call(id, collector, None, contact, number, at, True, False, rng.random() < 0.5)


def entry(rng: Random, habits: OfficeHabits, call: Call, customer: Customer) -> Entry | None:
    """What the collector writes down; `None` where the row is forgotten."""
    mess, form = habits.mess, call.collector.form
    if rng.random() < 0.004 + 0.05 * mess:
        return None
    name, traits = _written_name(rng, customer, mess)
    numbers, more = _written_numbers(rng, call, customer, mess, every=form.every_number)
    at, late = _written_time(rng, call, mess, form.rounded)
    remarked = None
    if call.number not in customer.numbers and form.has("remark") and rng.random() < 0.3:
        remarked = call.number
        more |= {"number_in_remark"}
    return Entry(
        call=call.id,
        day=call.at.date(),
        collector=call.collector.name,
        name=name,
        numbers=numbers,
        at=at,
        reached=call.reached,
        outcome=rng.choice(REACHED if call.reached else NOT_REACHED),
        customer=customer.id,
        suffix=rng.choice(("(配偶)", "（本人）", " 机主")) if rng.random() < 0.03 else "",
        remark=rng.choice(_REMARKS) if call.reached else "",
        remarked=remarked,
        traits=frozenset(traits | more | late),
    )


def _written_name(
    rng: Random, customer: Customer, mess: float
) -> tuple[str | None, frozenset[str]]:
    name = customer.name
    if rng.random() < 0.005 * mess:
        return None, frozenset({"name_blank"})
    if customer.short and rng.random() < 0.3:
        return customer.short, frozenset({"name_short"})
    if rng.random() < 0.002 + 0.05 * mess:
        way = rng.choice(("homophone", "homophone", "lookalike"))
        wrong = (slips.homophone if way == "homophone" else slips.lookalike)(rng, name)
        if wrong:
            return wrong, frozenset({f"row_name_{way}"})
    return name, frozenset()


def _written_numbers(
    rng: Random, call: Call, customer: Customer, mess: float, *, every: bool
) -> tuple[tuple[str, ...], frozenset[str]]:
    if rng.random() < 0.03 * mess:
        return (), frozenset({"row_number_blank"})
    numbers = list(customer.numbers) if every else [customer.numbers[0]]
    if not every and call.number in customer.numbers and rng.random() < 0.6:
        numbers = [call.number]
    if rng.random() < 0.002 + 0.05 * mess:
        numbers[0], kind = slips.miscopied(rng, numbers[0])
        return tuple(numbers), frozenset({f"row_number_{kind}"})
    return tuple(numbers), frozenset()


def _written_time(
    rng: Random, call: Call, mess: float, rounded: int
) -> tuple[datetime, frozenset[str]]:
    at = call.at
    traits = set()
    if rng.random() < 0.5:
        at += timedelta(minutes=rng.gauss(0, 0.5 + 2 * mess))
    if rng.random() < 0.03 * mess:
        at += timedelta(minutes=rng.choice((-1, 1)) * rng.uniform(15, 120))
        traits.add("row_time_off")
    at = at.replace(
        second=0 if call.collector.form.times != "seconds" else at.second, microsecond=0
    )
    if rounded > 1:
        minutes = round((at.hour * 60 + at.minute) / rounded) * rounded
        at = at.replace(hour=minutes // 60 % 24, minute=minutes % 60)
    if at.hour > 12 and rng.random() < 0.01 * mess:
        at = at.replace(hour=at.hour - 12)
        traits.add("row_time_12h")
    if at.date() != call.at.date():
        at = call.at.replace(second=0, microsecond=0)
    return at, frozenset(traits)
