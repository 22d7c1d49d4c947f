"""Which findings people have given a reason for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archive.said_records import Answer, KnownFinding
from audit.day import AnswerLine, DayReport, Finding
from audit.rules import Rules
from audit.wording import where


def answered(
    findings: Iterable[Finding], answers: Mapping[str, Answer], rules: Rules
) -> tuple[Finding, ...]:
    """The findings, those that have an answer with it; what has no finding any more is let be."""
    return tuple(
        replace(one, answer=_line(answers[one.id], rules)) if one.id in answers else one
        for one in findings
    )


def known(report: DayReport) -> list[KnownFinding]:
    """What an answer keeps of each of the report's findings."""
    hashes = {line.source: line.sha256 for line in report.recordings}
    return [
        KnownFinding(one.id, report.date, one.code, _about(one), hashes.get(one.source or ""))
        for one in report.findings
    ]


def _line(answer: Answer, rules: Rules) -> AnswerLine:
    return AnswerLine(answer.reason, answer.said_by, rules.local(answer.said_at))


def _about(finding: Finding) -> str:
    told = (finding.customer, finding.collector, where(finding))
    return " · ".join(part for part in told if part)
