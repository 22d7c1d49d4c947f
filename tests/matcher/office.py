"""A made-up office for tests of the matcher: days of calls, of which the truth is known.

People make the mistakes that offices make: digits and names mistyped, times rounded, rows and
recordings forgotten, contacts saved with notes, under a surname or not at all, spouses' phones,
namesakes, private calls among the recordings, yesterday's recordings handed over today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from matcher.evidence import Evidence, Heard, Precision, Row
from matcher.names import parse_contact

ZONE = ZoneInfo("Asia/Shanghai")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚华建国志文海玉红春"
NOTES = ("逾期2期", " 小松200", "(配偶)", "", "", "", "", "", "")
FIRST_DAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    number: str
    second_number: str
    collector: str
    alone: bool
    """Nobody else of that name is a customer."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One day as it was handed over, and what really happened."""

    recordings: tuple[Heard, ...]
    rows: tuple[Row, ...]
    person_of_recording: dict[str, Person | None]
    person_of_row: dict[str, Person]


Calls = list[tuple[Heard, Person | None]]


class Office:
    def __init__(self, seed: int, size: int = 90, collectors: int = 5) -> None:
        self.dice = Random(seed)
        self.collectors = [self._name() for _ in range(collectors)]
        self.people = list(self._people(size))
        self._count = 0

    def days(self, count: int) -> Iterator[Truth]:
        """Days in a row; a few recordings are handed over a day late."""
        late: Calls = []
        for number in range(count):
            day = FIRST_DAY + timedelta(number)
            rows, made = self._day(day)
            in_time = [call for call in made if self.dice.random() < 0.98]
            handed_over = [(replace(heard, day=day), person) for heard, person in late] + in_time
            late = [call for call in made if call not in in_time]
            yield Truth(
                tuple(heard for heard, _ in handed_over),
                tuple(row for row, _ in rows),
                {heard.recording: person for heard, person in handed_over},
                {row.key: person for row, person in rows},
            )

    def _people(self, size: int) -> Iterator[Person]:
        names = [self._name() for _ in range(size)]
        for place in range(0, size, 12):  # one customer in twelve has another's name
            names[place] = names[self.dice.randrange(size)]
        number = self._number()
        for name in names:
            # One in forty has a number next to the one before: one family, one shop.
            near = self.dice.random() < 1 / 40
            number = number[:-1] + str((int(number[-1]) + 1) % 10) if near else self._number()
            collector = self.dice.choice(self.collectors)
            yield Person(name, number, self._number(), collector, names.count(name) == 1)

    def _name(self) -> str:
        given = self.dice.choices(GIVEN, k=self.dice.choice((1, 2, 2)))
        return self.dice.choice(SURNAMES) + "".join(given)

    def _number(self) -> str:
        return "13" + "".join(self.dice.choices("0123456789", k=9))

    def _key(self) -> str:
        self._count += 1
        return f"{self.dice.randrange(16**8):08x}{self._count}"

    def _day(self, day: date) -> tuple[list[tuple[Row, Person]], Calls]:
        rows: list[tuple[Row, Person]] = []
        calls: Calls = [(self._private(day), None) for _ in range(3)]
        for person in self.dice.choices(self.people, k=len(self.people) * 2 // 3):
            opened = datetime(day.year, day.month, day.day, 8, tzinfo=ZONE)
            at = opened + timedelta(seconds=self.dice.randrange(9 * 3600))
            reached = self.dice.random() < 0.8
            # A namesake's forgotten row and his contact without a number could not be told from
            # the other's call by anybody, so namesakes' rows are complete here.
            if not person.alone or self.dice.random() < 0.98:
                rows.append((self._row(day, at, person, reached), person))
            if self.dice.random() < (0.95 if reached else 0.1):
                calls.append((self._heard(day, at, person), person))
            if self.dice.random() < 0.03:  # called again, and not written down
                again = at + timedelta(minutes=self.dice.randrange(1, 400))
                calls.append((self._heard(day, again, person), person))
        return rows, calls

    def _row(self, day: date, at: datetime, person: Person, reached: bool) -> Row:
        chance = self.dice.random()
        numbers: tuple[str, ...] = (person.number,)
        if chance < 0.03:
            numbers = (person.number, person.second_number)
        elif chance < 0.05 and person.alone:
            numbers = ()
        elif chance < 0.06 and person.alone:
            numbers = (self._slip(person.number, "0123456789"),)
        name = person.name
        if self.dice.random() < 0.01 and person.alone:
            name = name[0] + self._slip(name[1:], GIVEN)
        return Row(
            key=f"{day}/{person.collector}.xlsx|Sheet1|{self._key()}",
            day=day,
            name=name,
            numbers=numbers,
            called_at=self._typed(at) if self.dice.random() < 0.8 else None,
            precision=Precision.MINUTE,
            collector=person.collector,
            reached=reached,
        )

    def _typed(self, at: datetime) -> datetime:
        """The call's start or end, to the minute, or rounded by hand."""
        noted = at.replace(second=0, microsecond=0) + timedelta(minutes=self.dice.choice((0, 3)))
        step = self.dice.choice((1, 1, 5, 10, 30))
        return noted.replace(minute=noted.minute // step * step)

    def _heard(self, day: date, at: datetime, person: Person) -> Heard:
        contact = self.dice.choices(
            ("saved", "unsaved", "name only", "titled", "nickname"), (4, 3, 3, 0.3, 0.2)
        )[0]
        number = person.number if self.dice.random() < 0.98 else person.second_number
        note = self.dice.choice(NOTES)
        saved = {"titled": f"老{person.name[0]}", "nickname": "挖机老板"}.get(
            contact, person.name + note
        )
        parsed = parse_contact(saved)
        named, shown = contact != "unsaved", contact not in ("name only", "titled")
        return self._recording(
            day,
            Evidence(
                reader="made up",
                contact=parsed.name if named else None,
                surname=parsed.surname if named else None,
                note=parsed.note if named else None,
                numbers=(number,) if shown else (),
                started_at=at,
                precision=Precision.SECOND,
                collector=person.collector if self.dice.random() < 0.95 else None,
            ),
        )

    def _private(self, day: date) -> Heard:
        """A call of the collector's own: a stranger, or 妈妈."""
        at = datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)
        strange = self.dice.random() < 0.7
        names = {person.name for person in self.people}
        contact = next(iter({self._name() for _ in range(9)} - names)) if strange else "妈妈"
        return self._recording(
            day,
            Evidence(
                reader="made up",
                contact=contact,
                numbers=(self._number(),) if self.dice.random() < 0.5 else (),
                started_at=at + timedelta(minutes=self.dice.randrange(-240, 300)),
                precision=Precision.SECOND,
                collector=self.dice.choice(self.collectors),
            ),
        )

    def _recording(self, day: date, evidence: Evidence) -> Heard:
        if self.dice.random() < 0.03:
            evidence = replace(evidence, started_at=None, precision=None)
        return Heard(self._key(), day, evidence)

    def _slip(self, text: str, letters: str) -> str:
        place = self.dice.randrange(len(text))
        other = self.dice.choice([letter for letter in letters if letter != text[place]])
        return text[:place] + other + text[place + 1 :]
