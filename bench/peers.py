"""What one would use else: equal numbers, and the likest name. They get callvault's own readings.

A peer files a recording under the row it picks, so it is right where that row is the customer's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bench.in_process import Read, called_on
from bench.office.truth import Office
from bench.score import Filed
from matcher.evidence import Heard, Row

LIKE = 80
"""Of 100: one wrong character in a name of three still passes at 67, which would file siblings."""


def filed_under_rows(office: Office, rows: Sequence[Row | None]) -> Filed:
    truth = {line.key: line.customer for line in office.lines}
    return [frozenset({truth[row.key]}) if row and row.key in truth else None for row in rows]


def _nearest(heard: Heard, rows: Sequence[Row]) -> Row | None:
    """The row of the day, the nearest in time where both tell one."""
    day = called_on(heard)
    today = [row for row in rows if row.day == day] or list(rows)
    started = heard.evidence.started_at

    def apart(row: Row) -> float:
        if started is None or row.called_at is None:
            return 1e9
        return abs((row.called_at - started).total_seconds())

    return min(today, key=apart, default=None)


def _by_number(rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for number in row.numbers:
            found[number].append(row)
    return found


def exact_number(read: Read) -> Sequence[Row | None]:
    """A join on the number, the nearest row where several have it."""
    rows = _by_number(read.rows)
    return [
        _nearest(one, [row for number in one.evidence.numbers for row in rows.get(number, ())])
        for one in read.heard
    ]


def likest_name(read: Read) -> Sequence[Row | None]:
    """The likest name among the day's rows, as rapidfuzz says, else the equal number."""
    from rapidfuzz import fuzz, process

    numbers = exact_number(read)
    of_day: dict[date, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in read.rows:
        if row.name:
            of_day[row.day][row.name].append(row)
    picked: list[Row | None] = []
    for one, fallback in zip(read.heard, numbers, strict=True):
        names = of_day.get(called_on(one), {})
        contact = one.evidence.contact
        best = contact and process.extractOne(
            contact, list(names), scorer=fuzz.ratio, score_cutoff=LIKE
        )
        picked.append(_nearest(one, names[best[0]]) if best else fallback)
    return picked


PEERS: Mapping[str, Callable[[Read], Sequence[Row | None]]] = {
    "equal number": exact_number,
    "rapidfuzz": likest_name,
}
