"""Reasons that came back in a report, into the catalogue, each under the finding that it is for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archive.answer_form import LONGEST, day_of, plain_reason
from archive.catalogue import answers
from archive.catalogue.answers import Speech
from archive.catalogue.database import Catalogue, Transaction
from archive.said_records import KnownFinding
from config.language import LANGUAGES, Message, Words
from config.visible import visible
from ingest.report_workbook import Filled, ReportWorkbook

KnownFindings = Callable[[Catalogue, Collection[date], datetime], Mapping[str, KnownFinding]]
"""The findings that the reports of some days have at an aware time, by their ids."""

MOST_DAYS = 100
"""Days are reconciled anew to see which findings they have; a report is of a quarter at most."""
_MOST_TOLD = 5

log = logging.getLogger(__name__)


def none_known(
    _catalogue: Catalogue, _days: Collection[date], _now: datetime
) -> Mapping[str, KnownFinding]:
    """Where nobody can say which findings there are, no reason has a place."""
    return {}


@dataclass(frozen=True, slots=True)
class Given:
    """Reasons of which it is known what they are for."""

    answers: tuple[tuple[KnownFinding, str], ...]
    problems: tuple[Message, ...]
    """What is to be told of the others."""


@dataclass(frozen=True, slots=True)
class Answering:
    known: KnownFindings = none_known
    office: str = ""
    """As whose word a reason counts where no folder says who handed it in."""

    def look_up(self, report: ReportWorkbook, catalogue: Catalogue, now: datetime) -> Given:
        """Finds the findings that the reasons are for; `now` is aware."""
        if not report.has_columns:
            return Given((), (_no_columns(),))
        days = sorted({day for one in report.filled if (day := day_of(one.id))}, reverse=True)
        findings = self.known(catalogue, days[:MOST_DAYS], now)
        placed: dict[str, str] = {}
        left: dict[str, list[Filled]] = {}
        for one in report.filled:
            if problem := _problem(one, findings, days[MOST_DAYS:]):
                left.setdefault(problem, []).append(one)
            else:
                placed[one.id] = one.reason
        told = tuple(_told(problem, rows) for problem, rows in left.items())
        return Given(tuple((findings[id], reason) for id, reason in placed.items()), told)

    def enter(
        self, tx: Transaction, given: Given, source: str, by: str | None, now: datetime
    ) -> tuple[Message, ...]:
        """Writes down what is new; returns what came of it, then the problems.

        What was said of a finding before is not new, taken back or not: a report that comes back
        shows the reasons that were there when it was made.
        """
        by = by or self.office
        before = answers.ever_said(tx, [finding.id for finding, _ in given.answers])
        before |= {(id, plain_reason(visible(reason))) for id, reason in before}
        new = [(of, reason) for of, reason in given.answers if (of.id, reason) not in before]
        for finding, reason in new:
            answers.give(tx, finding, Speech(reason, by, now, source))
            log.info("finding %s is answered", finding.id)
        read = Message.of("answers.read", count=len(new), by=by)
        return (read if new else Message.of("answers.nothing_new"), *given.problems)


NOTHING_KNOWN = Answering()


def _problem(
    one: Filled, findings: Mapping[str, KnownFinding], too_many: Collection[date]
) -> str | None:
    """Why a reason has no place; `None`: it has one."""
    if not one.id:
        return "without_id"
    if one.id in findings:
        return "too_long" if len(one.reason) > LONGEST else None
    return "too_many_days" if day_of(one.id) in too_many else "unknown"


def _told(problem: str, rows: Sequence[Filled]) -> Message:
    listed = "、".join(_places(rows[:_MOST_TOLD])) + ("…" if len(rows) > _MOST_TOLD else "")
    most = {"too_long": LONGEST, "too_many_days": MOST_DAYS}.get(problem)
    more = {"most": most} if most else {}
    return Message.of(f"answers.{problem}", rows=listed, **more)


def _places(rows: Sequence[Filled]) -> Iterator[str]:
    return (f"{one.tab} {one.line}" + (f" ({one.id[:20]})" if one.id else "") for one in rows)


def _no_columns() -> Message:
    heads = {"id": "finding_id", "reason": "reason"}
    named = {name: " / ".join(_languages(head)) for name, head in heads.items()}
    return Message.of("answers.no_columns", **named)


def _languages(head: str) -> Iterator[str]:
    return (Words(language)(f"report.{head}") for language in LANGUAGES)
