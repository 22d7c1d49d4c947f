"""What people said of findings: nothing of it is ever changed, and of each the last word counts."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, true
from sqlalchemy import Row as SqlRow

from archive.batches import batches
from archive.catalogue import log
from archive.catalogue.schema import answer
from archive.custody import Event
from archive.said_records import Answer, KnownFinding


@dataclass(frozen=True, slots=True)
class Speech:
    """What a person says of a finding."""

    reason: str
    by: str
    at: datetime
    """Aware."""
    sheet: str | None = None
    """The report, by its source in the inbox, in which it was filled in."""


def give(tx: Connection, to: KnownFinding, said: Speech) -> None:
    """Answers a finding, in place of what was said of it before."""
    _enter(tx, to, said.reason, said)
    details: dict[str, object] = {"reason": said.reason}
    if said.sheet is not None:
        details["original_name"] = said.sheet
    log.append(tx, [_event("answered", to, said.by, details)], said.at)


def withdraw(tx: Connection, of: KnownFinding, by: str, at: datetime) -> None:
    """Takes back what was said of a finding."""
    _enter(tx, of, None, Speech("", by, at))
    log.append(tx, [_event("answer_withdrawn", of, by, {})], at)


def of_day(tx: Connection, day: date) -> Mapping[str, Answer]:
    """The answers to findings of a day's report, by the findings' ids."""
    return {one.finding: one for one in _standing(tx, answer.c.day == day)}


def everything(tx: Connection) -> Sequence[Answer]:
    """All answers that stand, the latest first."""
    return _standing(tx, true())


def beginning(tx: Connection, id: str) -> Sequence[Answer]:
    """The answers that stand to findings whose ids begin so."""
    return _standing(tx, answer.c.finding.startswith(id, autoescape=True))


def ever_said(tx: Connection, findings: Collection[str]) -> frozenset[tuple[str, str]]:
    """Each of these findings with each reason that was ever given for it, taken back or not."""
    said: set[tuple[str, str]] = set()
    for some in batches(sorted(findings)):
        asked = select(answer.c.finding, answer.c.reason).where(
            answer.c.finding.in_(some), answer.c.reason.is_not(None)
        )
        said |= {(row.finding, row.reason) for row in tx.execute(asked)}
    return frozenset(said)


def _standing(tx: Connection, which: ColumnElement[bool]) -> Sequence[Answer]:
    last = select(func.max(answer.c.id)).where(which).group_by(answer.c.finding)
    asked = select(answer).where(answer.c.id.in_(last), answer.c.reason.is_not(None))
    return [_to_answer(row) for row in tx.execute(asked.order_by(answer.c.id.desc()))]


def _enter(tx: Connection, to: KnownFinding, reason: str | None, said: Speech) -> None:
    tx.execute(
        insert(answer).values(
            finding=to.id,
            day=to.day,
            code=to.code,
            about=to.about,
            reason=reason,
            said_by=said.by,
            said_at=said.at,
        )
    )


def _event(event: str, of: KnownFinding, by: str, more: Mapping[str, object]) -> Event:
    details = {
        "finding": of.id,
        "report_of": of.day.isoformat(),
        "code": of.code,
        "about": of.about,
        "by": by,
    }
    sha256 = of.sha256 or hashlib.sha256(of.id.encode()).hexdigest()
    return Event(event, sha256, details | dict(more))


def _to_answer(row: SqlRow[tuple[object, ...]]) -> Answer:
    return Answer(
        finding=row.finding,
        day=row.day,
        code=row.code,
        about=row.about,
        reason=row.reason,
        said_by=row.said_by,
        said_at=row.said_at,
    )
