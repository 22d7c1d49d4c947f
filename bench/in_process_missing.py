"""Whom the report would name missing, of an office that was decided in process.

The report's own rule, `audit.missing`, over the facts that it would be given: so what is named over
a thousand offices is counted in minutes. `tests/bench` holds it against the whole product's report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time

from archive import records
from audit.facts import Facts
from audit.missing import missing
from audit.rules import Rules
from bench.in_process import Decided, called_on
from bench.missing import HeldFor
from bench.office.truth import ZONE, Office
from config.language import Message, Words
from matcher.decision import Candidate, Decision
from matcher.evidence import Heard, Row

_RULES = Rules(ZONE, time(17), Words("en"), mirrored=False)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def named(decided: Decided) -> frozenset[str]:
    """Keys of the rows that a `missing_recording` names."""
    ids = {row.customer: at for at, row in enumerate(decided.rows, 1) if row.customer}
    rows = [_row(at, row, ids) for at, row in enumerate(decided.rows, 1)]
    recordings = _recordings(decided, {row.said.key: row for row in rows}, ids)
    return frozenset(
        key
        for day in sorted({row.said.day for row in rows})
        for key in _of_day(day, [row for row in rows if row.said.day == day], recordings)
    )


def held_for(office: Office, decided: Decided) -> HeldFor:
    """By row, the held recordings that have it among their candidates."""
    found: dict[str, list[str]] = {}
    for recording, decision in zip(office.recordings, decided.decisions, strict=True):
        if decision.customer is None:
            for candidate in decision.candidates:
                found.setdefault(candidate.row, []).append(recording.files[0].source)
    return found


def _of_day(
    day: date, rows: Sequence[records.Row], recordings: Sequence[records.Recording]
) -> Iterator[str]:
    keys = {(row.sheet, row.said.line): row.said.key for row in rows}
    for finding in missing(_facts(day, rows, recordings), _RULES):
        assert finding.sheet is not None  # a row's
        assert finding.line is not None
        yield keys[finding.sheet, finding.line]


def _facts(
    day: date, rows: Sequence[records.Row], recordings: Sequence[records.Recording]
) -> Facts:
    return Facts(
        day=day,
        files=(),
        recordings={one.id: one for one in recordings},
        held=tuple(one for one in recordings if not one.filed and day in _days(one)),
        replaced=(),
        filed_under={
            row.id: tuple(one for one in recordings if one.filed and one.row == row.id)
            for row in rows
        },
        rows=tuple(rows),
        calls={},
        sheets=(),
        mirror={},
        words={},
        withdrawn={},
        faulty=(),
        faults={},
        versions={},
    )


def _days(one: records.Recording) -> tuple[date, date]:
    return one.day, one.call_day(ZONE)


def _row(at: int, row: Row, ids: Mapping[str, int]) -> records.Row:
    sheet, tab, line = row.key.rsplit("|", 2)
    said = records.NewRow(
        key=row.key,
        tab=tab,
        line=int(line),
        day=row.day,
        collector=row.collector,
        department=None,
        customer_name=row.name,
        numbers=row.numbers,
        called_at=row.called_at,
        precision=row.precision,
        reached=row.reached,
        promised=None,
        promised_text=None,
        location=None,
        hours=None,
        raw=(),
        problems=(),
        misread=row.misread,
        masked=row.masked,
        of_others=row.of_others,
    )
    return records.Row(at, sheet, (), ids[row.customer] if row.customer else None, said)


def _recordings(
    decided: Decided, rows: Mapping[str, records.Row], ids: Mapping[str, int]
) -> Sequence[records.Recording]:
    return [
        _recording(at, heard, decision, rows, ids)
        for at, (heard, decision) in enumerate(
            zip(decided.heard, decided.decisions, strict=True), 1
        )
    ]


def _recording(
    at: int,
    heard: Heard,
    decision: Decision,
    rows: Mapping[str, records.Row],
    ids: Mapping[str, int],
) -> records.Recording:
    row = rows[decision.row] if decision.row else None
    called = datetime.combine(called_on(heard), time(12), ZONE)
    weighed = tuple(_weighed(one, rows) for one in decision.candidates)
    return records.Recording(
        id=at,
        sha256=f"{at:064x}",
        size=0,
        source=f"{at}",
        day=heard.day,
        collector=None,
        arrived_at=_LONG_AGO,
        path=f"{at}",
        target=None,
        filed=decision.customer is not None,
        started_at=called,
        precision=None,
        probed=None,
        outcome=records.Outcome(decision.verdict, decision.why, weighed),
        customer=ids[decision.customer] if decision.customer else None,
        customer_name=None,
        row=row.id if row else None,
    )


def _weighed(candidate: Candidate, rows: Mapping[str, records.Row]) -> records.Weighed:
    row = rows[candidate.row]
    reasons = tuple(Message(f"reasons.{one.code}", one.values) for one in candidate.reasons)
    said = row.said
    return records.Weighed(
        candidate.row, row.sheet, said.tab, said.line, said.customer_name, candidate.weight, reasons
    )
