"""What a careful clerk files without listening, with all the papers on the desk.

The clerk reads what `Shown` and `Line` show, no truth, and knows the day's sheets and the earlier
ones. Classes: `decidable` (one customer is the only reasonable reading), `tie` (two fit equally:
it must be held), `open` (neither; filing rightly is fine, holding is fine), `misled` (the only
reasonable reading is wrong, as when a friend is called like a customer; told apart by the truth
alone, and counted apart).

Near is within 10 minutes, far is more than an hour; 3:20 in a sheet may be 15:20. A person's rows
of the recording's day are compared; a person with none that day is away.

With a number in the file's name:
1. One person has it: decidable, unless the contact is a full name that is not theirs, nor a slip
   of it, or it was called half an hour off and somebody else just then whose number is one slip
   from it; then open.
2. Several have it (a couple): the contact's name or surname singles one out: decidable, unless
   only another's row is near. Otherwise they are told apart as namesakes are (5).
3. Nobody has it, but one person of the day has it with one slip (a digit wrong, two exchanged, one
   too few or too many): decidable with the equal name, or, unsaved, with time near, no other
   collector, no other person so near and no other recording for that row.
4. Nobody has it and the name is equal to one person's: decidable with time near and no other
   collector, else open.
Without a number:
5. The full name is one person's: decidable, unless that person is away, or the time far, or the
   collector another and the time not near; or, without a near time, nobody was reached, or the time
   is half an hour off and the collector not known to be the same. Several namesakes: the last
   digits in the contact; or only one is near and all others are half an hour off or away; or,
   without times, all have rows of the day and only one's are by this collector. Equal in time and
   collector: a tie. Anything between is open, and so is a tie between two spellings of one true
   customer, one in a sheet without times whose lines stand in the order of the calls (`order`) and
   leave one, and one that the papers of later days break.
6. A homophone or look-alike of one person's name, or a surname alone: decidable with time near, the
   same collector (for a slip: no other collector), no other such person within half an hour, and no
   other recording for that row. With last digits a surname is enough.
7. Nothing but a time: open.
8. What is decidable is open while somebody else was reached that day, near if the other was near
   and else not half an hour off, in a call to which no recording is read: who has the number, for a
   phone is saved under one of a couple; and who has the name, where no number was told and there
   are more recordings than calls of the one who is meant: files lie in others' folders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bench.office import desk, order
from bench.office.desk import Person
from bench.office.truth import Line, Office, Recording, Shown

NEAR, APART, FAR = 10, 30, 60
"""Minutes."""


class Class(StrEnum):
    DECIDABLE = "decidable"
    TIE = "tie"
    OPEN = "open"
    MISLED = "misled"


@dataclass(frozen=True, slots=True)
class Reading:
    """The clerk's reading of one recording."""

    kind: Class
    why: str
    """The rule that spoke: `number`, `number_shared`, `name`, `namesakes_time`, …"""
    person: Person | None = None
    fits: tuple[Person, ...] = ()
    """Whose it could be; for a tie and an open one."""
    rows: frozenset[str] = frozenset()
    """Keys of the rows that the recording takes up."""
    if_free: bool = False
    """Holds only if no other recording takes up these rows."""
    rivals: tuple[frozenset[str], ...] = ()
    """Holds only if other recordings take up all these rows, each those of one person."""
    namesakes: tuple[frozenset[str], ...] = ()
    """The same, where more recordings than `calls` take up `rows`."""
    calls: int = 0
    """How many of `rows` tell of somebody who was reached."""


def read_office(office: Office) -> tuple[Reading, ...]:
    """The clerk's readings, in the order of the office's recordings."""
    desks: dict[date, _Desk] = {}
    first = []
    for recording in office.recordings:
        limit = _limit(recording)
        if limit not in desks:
            desks[limit] = _Desk(desk.persons(desk.up_to(office.lines, limit)))
        first.append(desks[limit].read(recording))
    taken = Counter(key for one in first if not one.if_free for key in one.rows)
    asked = Counter(key for one in first if one.if_free for key in one.rows)
    settled = [_settled(one, taken, asked, first) for one in first]
    known = order.anchors(_clear(office, settled))
    late = _Desk(desk.persons(office.lines))
    return tuple(
        _against_truth(_by_later(_by_order(one, recording, known), recording, late), recording)
        for one, recording in zip(settled, office.recordings, strict=True)
    )


def _by_later(reading: Reading, recording: Recording, late: _Desk) -> Reading:
    """A tie that the papers of later days break is open: it is decided anew when they come. So is
    what is decidable only until they name another person of that name or number.
    """
    if reading.kind not in {Class.TIE, Class.DECIDABLE}:
        return reading
    later = late.read(recording)
    broken = later.kind is Class.DECIDABLE
    if broken is (reading.kind is Class.TIE) and not (broken and later.if_free):
        return replace(reading, kind=Class.OPEN, why=f"{reading.why}_until_later", person=None)
    return reading


def _clear(office: Office, readings: Sequence[Reading]) -> Iterator[tuple[str, datetime]]:
    """Rows that one recording clearly takes up, with its time."""
    for recording, reading in zip(office.recordings, readings, strict=True):
        shown = recording.shown
        if reading.kind is Class.DECIDABLE and len(reading.rows) == 1 and shown.at and shown.clock:
            yield next(iter(reading.rows)), shown.at


def _by_order(reading: Reading, recording: Recording, known: order.Anchors) -> Reading:
    """A tie that the order of the lines breaks is open: good enough for a hint."""
    at = recording.shown.at if recording.shown.clock else None
    if reading.kind is not Class.TIE or at is None:
        return reading
    fitting = [
        person
        for person in reading.fits
        if any(order.fits(known, one.key, at) for one in person.lines if one.day == at.date())
    ]
    if len(fitting) == 1:
        return replace(reading, kind=Class.OPEN, why=f"{reading.why}_but_order")
    return reading


def _limit(recording: Recording) -> date:
    days = [recording.handed]
    days += [one.shown.at.date() for one in recording.files if one.shown.at]
    return max(days)


def _settled(
    reading: Reading, taken: Counter[str], asked: Counter[str], every: Sequence[Reading]
) -> Reading:
    fits = (reading.person,) if reading.person else ()
    if reading.if_free and any(taken[key] or asked[key] > 1 for key in reading.rows):
        return replace(reading, kind=Class.OPEN, why=f"{reading.why}_taken", person=None, fits=fits)
    too_many = bool(reading.namesakes) and _called_up(reading.rows, every) > reading.calls
    rivals = (*reading.rivals, *(reading.namesakes if too_many else ()))
    if any(_called_up(rows, every) < len(rows) for rows in rivals):
        return replace(
            reading, kind=Class.OPEN, why=f"{reading.why}_or_rival", person=None, fits=fits
        )
    return reading


def _called_up(rows: frozenset[str], every: Sequence[Reading]) -> int:
    return sum(not one.if_free and not rows.isdisjoint(one.rows) for one in every)


def _against_truth(reading: Reading, recording: Recording) -> Reading:
    if reading.kind is Class.TIE and len(truths := {one.truth for one in reading.fits}) == 1:
        kind = Class.OPEN if recording.customer in truths.pop() else Class.MISLED
        return replace(reading, kind=kind, why="one_customer_written_twice")
    if reading.person is None or recording.customer in reading.person.truth:
        return reading
    return replace(reading, kind=Class.MISLED)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a person's rows of the day agree with the recording's time and collector."""

    person: Person
    minutes: float | None
    """To the nearest row of the day; `None` where either tells no time."""
    away: bool
    collector: str
    """`same`, `other` or `unknown`."""
    reached: bool
    likely: bool
    """Somebody was reached at no other time: within the hour by the same collector, else within
    half of it, or in a row without a time."""
    rows: frozenset[str]

    @property
    def near(self) -> bool:
        return self.minutes is not None and self.minutes <= NEAR

    @property
    def far(self) -> bool:
        return self.minutes is not None and self.minutes > FAR

    @property
    def apart(self) -> bool:
        return self.away or (self.minutes is not None and self.minutes > APART)


def _minutes(shown: Shown, line: Line) -> float | None:
    if not shown.clock or shown.at is None or line.at is None:
        return None
    apart = abs((shown.at - line.at).total_seconds()) / 60
    if line.at.hour < 8 and shown.at.hour >= 12:  # 3:20 meant 15:20
        return min(apart, abs(apart - 720))
    return apart


def _calls_of(
    persons: Sequence[Person], shown: Shown, meant: _Fit, day: date
) -> tuple[frozenset[str], ...]:
    """The calls of each but `meant` that the recording may be as well by its time."""
    return tuple(
        frozenset(line.key for line in one.lines if _may_be_it(shown, line, day, near=meant.near))
        for one in persons
        if one is not meant.person
    )


def _may_be_it(shown: Shown, line: Line, day: date, *, near: bool) -> bool:
    minutes = _minutes(shown, line)
    fits = not near if minutes is None else minutes <= (NEAR if near else APART)
    return line.day == day and line.reached and fits


class _Desk:
    def __init__(self, persons: Sequence[Person]) -> None:
        self.persons = persons

    def read(self, recording: Recording) -> Reading:
        shown = recording.shown
        day = shown.at.date() if shown.at else (shown.day or recording.handed)
        fit = _fitter(shown, day)
        reading = self._read(shown, fit)
        if reading.person is None or reading.if_free:
            return reading
        meant, person = fit(reading.person), reading.person
        told = shown.number in person.numbers or (shown.tail and _ends(person, shown.tail))
        number = {shown.number} & person.numbers
        couple = [one for one in self.persons if one.numbers & (number or person.numbers)]
        namesakes = [] if told else self._called(shown.names)
        return replace(
            reading,
            rivals=_calls_of(couple, shown, meant, day),
            namesakes=_calls_of(namesakes, shown, meant, day),
            calls=sum(line.reached for line in person.lines if line.key in reading.rows),
        )

    def _read(self, shown: Shown, fit: _Fitter) -> Reading:
        if shown.number:
            owners = [one for one in self.persons if shown.number in one.numbers]
            if owners:
                return self._or_slip(_owned(shown, owners, fit), shown.number, fit)
            return self._unknown_number(shown, shown.number, fit)
        if shown.names:
            return self._named(shown, fit)
        if shown.surname:
            return self._surnamed(shown, shown.surname, fit)
        return Reading(Class.OPEN, "nothing")

    def _or_slip(self, reading: Reading, number: str, fit: _Fitter) -> Reading:
        """A call just then whose number is one slip off may be it, if the owner's is elsewhen."""
        if reading.person is None or not fit(reading.person).apart:
            return reading
        for one in map(fit, self.persons):
            if one.near and any(desk.slipped_number(number, each) for each in one.person.numbers):
                fits = (reading.person, one.person)
                return Reading(Class.OPEN, f"{reading.why}_or_slip", fits=fits)
        return reading

    def _called(self, names: Iterable[str]) -> list[Person]:
        return [
            one for one in self.persons if any(desk.same_name(name, one.name) for name in names)
        ]

    def _slipped(self, names: Iterable[str]) -> list[Person]:
        return [
            one
            for one in self.persons
            if one.name and any(desk.slipped_name(name, one.name) for name in names)
        ]

    def _unknown_number(self, shown: Shown, number: str, fit: _Fitter) -> Reading:
        close = [
            one
            for one in map(fit, self.persons)
            if not one.away
            and any(desk.slipped_number(number, each) for each in one.person.numbers)
        ]
        if not shown.names:
            if shown.surname:
                close = [one for one in close if (one.person.name or "").startswith(shown.surname)]
            return _alone(close, "number_slip", collector={"same", "unknown"})
        called = [fit(one) for one in self._called(shown.names)]
        both = [one for one in called if one in close]
        if len(both) == 1 and len(called) == 1:
            return _filed("number_slip_name", both[0])
        near = [one for one in called if one.near and one.collector != "other"]
        if len(near) == 1 and all(one.apart for one in called if one not in near):
            return Reading(Class.DECIDABLE, "other_number_name", near[0].person, rows=near[0].rows)
        if called:
            return _open("other_number_name", called)
        slipped = [one for one in map(fit, self._slipped(shown.names)) if one in close]
        return _alone(slipped, "number_slip_name_slip", collector={"same", "unknown"})

    def _named(self, shown: Shown, fit: _Fitter) -> Reading:
        called = self._called(shown.names)
        if shown.tail and (told := _ending(called, shown.tail, fit)):
            return _filed("name_tail", told)
        if len(called) == 1:
            only = fit(called[0])
            if only.away or only.far or (only.collector == "other" and not only.near):
                return _open("name_contradicted", [only])
            if not (only.near or only.likely):
                return _open("name_unlikely", [only])
            return Reading(Class.DECIDABLE, "name", only.person, rows=only.rows)
        if called:
            ending = [one for one in called if shown.tail and _ends(one, shown.tail)]
            return _apart([fit(one) for one in ending or called], "namesakes")
        slipped = [one for one in map(fit, self._slipped(shown.names)) if not one.away]
        return _alone(slipped, "name_slip", collector={"same", "unknown"})

    def _surnamed(self, shown: Shown, surname: str, fit: _Fitter) -> Reading:
        called = [one for one in self.persons if one.name and one.name.startswith(surname)]
        if shown.tail and (ending := _ending(called, shown.tail, fit)):
            return _filed("surname_tail", ending)
        here = [one for one in map(fit, called) if not one.away]
        return _alone(here, "surname", collector={"same"})


_Fitter = Callable[[Person], _Fit]


def _fitter(shown: Shown, day: date) -> _Fitter:
    def fit(person: Person) -> _Fit:
        lines = [(line, _minutes(shown, line)) for line in person.lines if line.day == day]
        near = [line for line, minutes in lines if minutes is not None and minutes <= NEAR]
        counted = near or [line for line, _ in lines]
        collector = _collector(shown, counted)
        within = FAR if collector == "same" else APART
        return _Fit(
            person=person,
            minutes=min((minutes for _, minutes in lines if minutes is not None), default=None),
            away=not lines,
            collector=collector,
            reached=any(line.reached for line in counted),
            likely=any(line.reached and (minutes or 0) <= within for line, minutes in lines),
            rows=frozenset(line.key for line in counted),
        )

    return fit


def _collector(shown: Shown, lines: Sequence[Line]) -> str:
    told = {line.collector for line in lines if line.collector}
    if not shown.collector or not told:
        return "unknown"
    return "same" if shown.collector in told else "other"


def _ends(person: Person, tail: str) -> bool:
    return any(number.endswith(tail) for number in person.numbers)


def _ending(called: Sequence[Person], tail: str, fit: _Fitter) -> _Fit | None:
    """Whose number the last digits are; a name that is written in two ways is one person's."""
    fits = [fit(one) for one in called if _ends(one, tail)]
    if not fits or not frozenset.intersection(*(one.person.numbers for one in fits)):
        return None
    return next((one for one in fits if not one.away), fits[0])


def _owned(shown: Shown, owners: Sequence[Person], fit: _Fitter) -> Reading:
    """The number is somebody's."""
    fits = [fit(one) for one in owners]
    meant = [one for one in fits if _may_be(shown, one.person)]
    if not meant:
        return _open("number_other_name", fits)
    if len(meant) == 1:
        why = "number" if len(fits) == 1 else "number_shared_name"
        if len(fits) > 1 and not (shown.names or shown.surname):
            return _apart(fits, "number_shared")
        if meant[0].apart and any(one.near for one in fits):
            return _open("number_shared_contradicted", fits)
        return _filed(why, meant[0])
    return _apart(meant, "number_shared")


def _filed(why: str, fit: _Fit) -> Reading:
    """Decidable, but for a person whom the day's sheets do not have: without a row a recording is
    reported rather than filed, and who files it is not wrong either.
    """
    if fit.away:
        return _open(f"{why}_without_row", [fit])
    return Reading(Class.DECIDABLE, why, fit.person, rows=fit.rows)


def _may_be(shown: Shown, person: Person) -> bool:
    """Whether the contact does not name somebody else."""
    name = person.name
    if name is None or not (shown.names or shown.surname):
        return True
    if shown.surname:
        return name.startswith(shown.surname)
    return any(desk.same_name(said, name) or desk.slipped_name(said, name) for said in shown.names)


def _apart(fits: Sequence[_Fit], why: str) -> Reading:
    """Several people fit by name or number: told apart by time, else by collector."""
    near = [one for one in fits if one.near]
    if len(near) == 1 and all(one.apart for one in fits if one is not near[0]):
        return Reading(Class.DECIDABLE, f"{why}_time", near[0].person, rows=near[0].rows)
    here = [one for one in fits if not one.away]
    mine = [one for one in here if one.collector == "same"]
    others = {one.collector for one in here if one.collector != "same"}
    untimed = all(one.minutes is None for one in here)
    all_here = len(here) == len(fits) and others == {"other"}
    if untimed and len(mine) == 1 and mine[0].likely and all_here:
        return Reading(Class.DECIDABLE, f"{why}_collector", mine[0].person, rows=mine[0].rows)
    rivals = near or (here if untimed else [])
    alike = {(one.collector, one.reached) for one in rivals}
    if len(rivals) > 1 and len(alike) == 1:
        return Reading(Class.TIE, f"{why}_tie", fits=tuple(one.person for one in rivals))
    return _open(f"{why}_unclear", fits)


def _alone(fits: Sequence[_Fit], why: str, collector: set[str]) -> Reading:
    """A weak likeness: only one may be near, and its row free."""
    near = [one for one in fits if one.near and one.collector in collector]
    if len(near) == 1 and all(one.apart for one in fits if one is not near[0]):
        return Reading(Class.DECIDABLE, why, near[0].person, rows=near[0].rows, if_free=True)
    return _open(f"{why}_unclear", fits)


def _open(why: str, fits: Sequence[_Fit]) -> Reading:
    if not fits:
        return Reading(Class.OPEN, "nobody")
    return Reading(Class.OPEN, why, fits=tuple(one.person for one in fits))
