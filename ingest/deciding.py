"""From the catalogue to the matcher and back: one cluster of days is decided as a whole.

Days hang together where a recording was handed over on one and made on another. The outcome is a
function of the recordings and rows of the cluster, and of the customers named before it, whatever
the order in which they came.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from archive.catalogue import recordings, sheets
from archive.catalogue.database import Transaction
from archive.catalogue.recordings import Ruling
from archive.records import Outcome, Recording, Row, Weighed
from config.language import Message
from ingest.hearing import evidence_of
from matcher import evidence
from matcher.customers import Known, identify
from matcher.decision import Candidate, Decision
from matcher.match import match

log = logging.getLogger(__name__)


def cluster(tx: Transaction, day: date) -> frozenset[date]:
    """`day` and all days that recordings tie to it."""
    days = frozenset({day})
    while (wider := recordings.days_beside(tx, days)) != days:
        days = wider
    return days


def decide(
    tx: Transaction,
    days: frozenset[date],
    timezone: ZoneInfo,
    patterns: Sequence[re.Pattern[str]],
) -> Sequence[Recording]:
    """Decides all recordings of `days` again and writes down what changed.

    Returns the recordings of these days as they stand afterwards.
    """
    held = recordings.of_days(tx, days)
    rows = sheets.rows_of_days(tx, days)
    named, customers = _identified(tx, rows, min(days), timezone)
    heard = [_heard(one, timezone, patterns) for one in held]
    said = {row.said.key: row for row in rows}
    changed = 0
    for recording, decision in zip(held, match(heard, named), strict=True):
        ruling = _ruling(recording, decision, said, customers)
        before = (recording.outcome, recording.customer, recording.row)
        if before != (ruling.outcome, ruling.customer, ruling.row):
            recordings.rule(tx, ruling)
            changed += 1
    log.info("%d recordings, %d rows: %d decisions changed", len(held), len(rows), changed)
    return recordings.of_days(tx, days)


def _identified(
    tx: Transaction, rows: Sequence[Row], first: date, timezone: ZoneInfo
) -> tuple[Sequence[evidence.Row], Mapping[str, int]]:
    """The rows with their customers, and the catalogue's number of each customer."""
    names = [row.said.customer_name for row in rows if row.said.customer_name]
    numbers = [number for row in rows for number in row.said.numbers]
    known = [
        Known(one.key, one.name, one.numbers)
        for one in sheets.customers_before(tx, names, numbers, first)
    ]
    identified = identify([_row(row, timezone) for row in rows], known)
    customers = {
        one.customer: sheets.register(tx, one.customer, one.name, one.numbers)
        for one in (*known, *identified.new)
    }
    for row, named in zip(rows, identified.rows, strict=True):
        customer = customers[named.customer] if named.customer else None
        if customer is not None:
            sheets.learn(tx, customer, named.numbers)
        if row.customer != customer:
            sheets.name_customer(tx, row.id, customer)
    return identified.rows, customers


def _row(row: Row, timezone: ZoneInfo) -> evidence.Row:
    said = row.said
    return evidence.Row(
        key=said.key,
        day=said.day,
        name=said.customer_name,
        numbers=said.numbers,
        called_at=said.called_at.astimezone(timezone) if said.called_at else None,
        precision=evidence.Precision(said.precision) if said.precision else None,
        collector=said.collector,
        reached=said.reached,
    )


def _heard(
    recording: Recording, timezone: ZoneInfo, patterns: Sequence[re.Pattern[str]]
) -> evidence.Heard:
    found = evidence_of(recording, timezone, patterns)
    if found.started_at is not None:  # the matcher takes the date as it stands
        found = replace(found, started_at=found.started_at.astimezone(timezone))
    return evidence.Heard(recording.sha256, recording.day, found)


def _ruling(
    recording: Recording,
    decision: Decision,
    rows: Mapping[str, Row],
    customers: Mapping[str, int],
) -> Ruling:
    outcome = Outcome(
        verdict=decision.verdict,
        why=decision.why,
        candidates=tuple(_weighed(one, rows) for one in decision.candidates),
    )
    return Ruling(
        recording=recording.id,
        outcome=outcome,
        customer=customers[decision.customer] if decision.customer else None,
        row=rows[decision.row].id if decision.row else None,
    )


def _weighed(candidate: Candidate, rows: Mapping[str, Row]) -> Weighed:
    row = rows[candidate.row]
    return Weighed(
        row=candidate.row,
        sheet=row.sheet,
        tab=row.said.tab,
        line=row.said.line,
        customer=row.said.customer_name,
        weight=round(candidate.weight, 3),
        reasons=tuple(
            Message(f"reasons.{reason.code}", reason.values) for reason in candidate.reasons
        ),
    )
