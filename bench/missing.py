"""Whose recording was not handed over, by the truth and as the papers can tell.

Asked per person of the papers and day. `owed`: reached, no recording of theirs was handed over, and
none that a clerk leaves open could be theirs; these must be named. `had`: a clerk files a recording
under them; to name these is false. Between the two either is fine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bench.office import desk
from bench.office.clerk import Class, Reading
from bench.office.truth import Office

Owner = tuple[int, date]
"""A person of the papers, and a day."""


@dataclass(frozen=True, slots=True)
class Missing:
    owed: frozenset[Owner]
    had: frozenset[Owner]
    of_line: dict[str, Owner]
    """Whom a row is about."""


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
            had |= {of_line[key] for key in reading.rows}
        if recording.customer is not None:
            day = recording.called.date()
            could |= {
                of_line[line.key]
                for line in office.lines
                if line.customer == recording.customer and line.day == day
            }
    return Missing(frozenset(reached - could - had), frozenset(had), of_line)
