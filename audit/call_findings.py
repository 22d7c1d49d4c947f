"""What is found where recordings are held against the rows that they are filed under. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from archive.records import Recording
from audit.day import Finding
from audit.facts import Facts
from audit.recording_findings import UNSOUND
from audit.rules import About, Rules

_SHORTER, _LONGER = 60.0, 120.0
"""Seconds: sheets have whole minutes, rounded up or down, and a recording may begin with the first
ring, of which a network gives a minute."""
_SHARE = 0.25
"""Of what the sheet says; long calls are written down as half an hour, or an hour."""


def durations(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Rows whose recording is far shorter or longer than the call that they state.

    Of several recordings under a row one may be the call, or all of them together.
    """
    for row in facts.rows:
        stated, found = row.said.duration_seconds, facts.filed_under[row.id]
        heard = _heard(found)
        if not stated or not heard or any(_fits(one, stated) for one in (*heard, sum(heard))):
            continue
        said, first = row.said, found[0]
        yield rules.finding(
            "duration_differs",
            About.of_row(said, row.sheet, first.source),
            where=row.sheet,
            tab=said.tab,
            at=said.line,
            who=said.customer_name or "",
            stated=_length(stated),
            heard=_length(sum(heard)),
        )


def more_than_calls(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Customers under whom recordings of the day are filed, by a person's word, and of whom no row
    tells a call. Where some row does, several recordings are `extra`.
    """
    rowless: defaultdict[int, list[Recording]] = defaultdict(list)
    for one in facts.recordings.values():
        if one.filed and one.day == facts.day and one.row is None and one.customer is not None:
            rowless[one.customer].append(one)
    for found in rowless.values():
        first = found[0]
        yield rules.finding(
            "more_recordings_than_calls",
            About(first.customer_name, first.collector, first.source),
            who=first.customer_name,
            count=len(found),
            files=rules.listed(one.source for one in found),
        )


def _heard(found: Sequence[Recording]) -> Sequence[float]:
    """How long the recordings are; nothing where one of them cannot say: it is unsound, or was not
    probed yet.
    """
    probed = [one.probed for one in found]
    lengths = [one.duration_seconds for one in probed if one and one.condition not in UNSOUND]
    whole = [length for length in lengths if length is not None]
    return whole if len(whole) == len(found) else ()


def _fits(heard: float, stated: float) -> bool:
    off = heard - stated
    return abs(off) <= _SHARE * stated or -_SHORTER <= off <= _LONGER


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
