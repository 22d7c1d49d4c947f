"""Whose recording was not handed over, by the truth and as the papers can tell.

Asked per person of the papers and day. `owed`: reached, no recording of theirs was handed over, and
none that a clerk leaves open could be theirs; these must be named. `had`: a clerk files a recording
under them; to name these is false. Between the two either is fine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bench.office import desk
from bench.office.clerk import FAR, Class, Reading
from bench.office.truth import Line, Office, Recording, Shown

Owner = tuple[int, date]
"""A person of the papers, and a day."""
HeldFor = Mapping[str, Sequence[str]]
"""By the key of a row, the held recordings that have it among their candidates."""


@dataclass(frozen=True, slots=True)
class Missing:
    owed: frozenset[Owner]
    had: frozenset[Owner]
    of_line: dict[str, Owner]
    """Whom a row is about."""
    one_customer: Mapping[Owner, frozenset[Owner]]
    """A day's persons who are one true customer, written twice: it is enough to name one."""

    def named(self, rows: frozenset[str]) -> frozenset[Owner]:
        """Those of `owed` whom these rows name."""
        owners = {self.of_line[key] for key in rows}
        return frozenset(one for one in self.owed if self.one_customer[one] & owners)

    def falsely(self, rows: frozenset[str]) -> frozenset[Owner]:
        return self.had & {self.of_line[key] for key in rows}


def missing(office: Office, readings: Sequence[Reading]) -> Missing:
    of_line = {
        line.key: (person.id, line.day)
        for person in desk.persons(office.lines)
        for line in person.lines
    }
    reached = {of_line[line.key] for line in office.lines if line.reached}
    had: set[Owner] = set()
    could: set[Owner] = set()
    for recording, reading in zip(office.recordings, readings, strict=True):
        persons = (*reading.fits, *((reading.person,) if reading.person else ()))
        owners = {of_line[line.key] for one in persons for line in one.lines}
        could |= owners
        if reading.kind is Class.DECIDABLE:
            taken = {of_line[key] for key in reading.rows}
            # One person that day, whom later papers tell to be two: it is one of theirs.
            had |= taken if len(taken) == 1 else set()
        else:
            could |= {of_line[line.key] for line in _hinted_at(office, recording)}
        if recording.customer is not None:
            day = recording.called.date()
            could |= {
                of_line[line.key]
                for line in office.lines
                if line.customer == recording.customer and line.day == day
            }
    owed = frozenset(reached - could - had)
    return Missing(owed, frozenset(had), of_line, _one_customer(office, of_line))


def _hinted_at(office: Office, recording: Recording) -> Iterator[Line]:
    """Rows within the hour of whose name what is shown may be a slip or a surname, and no number
    contradicts it.
    """
    for shown in (file.shown for file in recording.files):
        day = shown.at.date() if shown.at else (shown.day or recording.handed)
        names = () if shown.number else shown.names
        for line in office.lines:
            near = line.day == day and _within_the_hour(shown, line)
            if near and any(desk.hints_at(said, line.name or "") for said in names):
                yield line


def _within_the_hour(shown: Shown, line: Line) -> bool:
    if not shown.clock or shown.at is None or line.at is None:
        return True
    return abs((shown.at - line.at).total_seconds()) <= FAR * 60


def _one_customer(office: Office, of_line: Mapping[str, Owner]) -> Mapping[Owner, frozenset[Owner]]:
    of_customer: dict[tuple[int, date], set[Owner]] = {}
    for line in office.lines:
        of_customer.setdefault((line.customer, line.day), set()).add(of_line[line.key])
    same: dict[Owner, frozenset[Owner]] = {}
    for owners in of_customer.values():
        for one in owners:
            same[one] = same.get(one, frozenset()) | owners
    return same


# --- telling the cases ---------------------------------------------------------------------------


def cases(
    office: Office,
    readings: Sequence[Reading],
    truth: Missing,
    named: frozenset[str],
    held_for: HeldFor,
) -> Sequence[str]:
    """Who was named falsely, with a recording of theirs for `--case`; and who was not named."""
    return [*_false(office, readings, truth, named), *_lacking(office, truth, named, held_for)]


def _false(
    office: Office, readings: Sequence[Reading], truth: Missing, named: frozenset[str]
) -> Iterator[str]:
    owners = truth.falsely(named)
    for at, (recording, reading) in enumerate(zip(office.recordings, readings, strict=True)):
        if (
            reading.kind is Class.DECIDABLE
            and {truth.of_line[key] for key in reading.rows} & owners
        ):
            name = reading.person.name if reading.person else None
            source = recording.files[0].source
            yield f"  falsely {name} {office.seed}:{at}, by {reading.why}: {source}"


def _lacking(
    office: Office, truth: Missing, named: frozenset[str], held_for: HeldFor
) -> Iterator[str]:
    for owner in sorted(truth.owed - truth.named(named)):
        lines = [line for line in office.lines if truth.of_line[line.key] == owner]
        held = sorted({source for line in lines for source in held_for.get(line.key, ())})
        name = lines[0].name or "/".join(lines[0].numbers)
        rows = ", ".join(line.key for line in lines)
        yield f"  not named {name} {office.seed}, {rows}; held: {', '.join(held) or 'nothing'}"
