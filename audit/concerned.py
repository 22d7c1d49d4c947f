"""Which of the days' findings are about these recordings and calls, and nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from archive.batches import batches
from archive.catalogue import recordings
from archive.catalogue.database import Transaction
from archive.custody import Entry
from archive.records import Recording, Row
from audit.day import Finding
from audit.facts import gather
from audit.reconcile import findings
from audit.rules import Rules

_OF_COLLECTOR = ("late_handoff", "recordings_of_another_day")
"""Their source is one of many; they count all that a collector handed over, of whomever."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom and what a package or a history is about."""

    sources: frozenset[tuple[str, str | None]]
    """Of each recording whence it came, and whose it is."""
    names: frozenset[str]
    """Sources under which nothing came but recordings of the package."""
    lines: frozenset[tuple[str, int, str | None]]
    """Of each call its sheet, its line, and the customer as the row names them."""
    rows: frozenset[tuple[str, str | None]]
    """Sheets and customers: a row that was taken out has no line any more."""

    @classmethod
    def of(
        cls,
        tx: Transaction,
        found: Sequence[Recording],
        rows: Sequence[Row],
        entries: Sequence[Entry],
        perhaps: Sequence[tuple[Recording, Row]] = (),
        nobodys: Sequence[Recording] = (),
    ) -> Concerned:
        """`perhaps`: what lies in holding, with the rows of `rows` that it may be the call of;
        `nobodys`: what lies there and may be theirs without a row.
        """
        of_rows = {(one.sheet, one.said.customer_name) for one in rows}
        return cls(
            frozenset(
                {(one.source, one.customer_name) for one in found}
                | _held(tx, found, perhaps, nobodys)
            ),
            frozenset({one.source for one in found} - _shared(tx, found)),
            frozenset((one.sheet, one.said.line, one.said.customer_name) for one in rows),
            frozenset(of_rows | _filed_by(found, entries)),
        )

    def by(self, finding: Finding) -> bool:
        if finding.code in _OF_COLLECTOR:
            return False
        of_row = (finding.sheet, finding.line, finding.customer) in self.lines
        if finding.source is not None:
            of_recording = (finding.source, finding.customer) in self.sources
            return finding.source in self.names or of_recording or of_row
        if finding.code == "row_edited" and finding.customer:
            return (finding.sheet, finding.customer) in self.rows
        return of_row


def _held(
    tx: Transaction,
    found: Sequence[Recording],
    perhaps: Sequence[tuple[Recording, Row]],
    nobodys: Sequence[Recording],
) -> set[tuple[str, str | None]]:
    """Whence came what may be theirs: nobody's, or by name the customer's of the row."""
    held = [*(one for one, _ in perhaps), *nobodys]
    told = {(one.source, None) for one in held}
    shared = _shared(tx, [*found, *held])
    named = {(one.source, row.said.customer_name) for one, row in perhaps}
    return {(source, name) for source, name in told | named if source not in shared}


def _shared(tx: Transaction, found: Sequence[Recording]) -> set[str]:
    """Sources under which a recording came that is not of the package, before or after."""
    mine = {one.sha256 for one in found}
    sources = sorted({one.source for one in found})
    return {
        source
        for some in batches(sources)
        for source, sha256 in recordings.handed_over_as(tx, some)
        if sha256 not in mine
    }


def _filed_by(found: Sequence[Recording], entries: Sequence[Entry]) -> set[tuple[str, str | None]]:
    """The sheets by which these recordings were filed, and their customers.

    Nobody's to whom one was filed by mistake: only of its customer now, or where it has none.
    """
    whose = {one.sha256: one.customer_name for one in found}
    bodies = [json.loads(one.entry) for one in entries]
    return {
        (body["call"]["sheet"], body["customer"])
        for body in bodies
        if body["event"] == "filed"
        and body["call"]["sheet"]
        and whose[body["sha256"]] in (None, body["customer"])
    }


def findings_about(
    tx: Transaction, concerned: Concerned, days: Sequence[date], rules: Rules
) -> Iterator[tuple[date, Finding]]:
    silent = replace(rules, mirrored=True)  # of the office's mirrors nothing is told
    for day in days:
        told = findings(gather(tx, day), silent)
        yield from ((day, one) for one in told if concerned.by(one))
