"""The day's report as the JSON that scripts rely on; `docs/report.schema.json` says it formally.

Keys and codes are the same in every language, and text stands as it was handed over: what people
see is escaped in the other forms, never here.
"""

from __future__ import annotations

from collections.abc import Mapping

from audit.day import (
    AnswerLine,
    CallLine,
    CallRef,
    CandidateLine,
    DayReport,
    Finding,
    MirrorLine,
    RecordingLine,
)


def as_json(report: DayReport) -> dict[str, object]:
    """Exactly the contract's keys, in its order; what is not known is `None`."""
    named = dict.fromkeys(line.who for line in report.calls if line.who)
    marks = {who: f"#{at}" for at, who in enumerate(named, 1)}
    return {
        "date": report.date.isoformat(),
        "generated_at": report.generated_at.isoformat(timespec="seconds"),
        "counts": dict(report.counts),
        "recordings": [_recording(line) for line in report.recordings],
        "calls": [_call(line, marks) for line in report.calls],
        "findings": [_finding(finding) for finding in report.findings],
    }


def _recording(line: RecordingLine) -> dict[str, object]:
    return {
        "source": line.source,
        "sha256": line.sha256,
        "size": line.size,
        "duration_seconds": line.duration_seconds,
        "format": line.format,
        "status": line.status,
        "customer": line.customer,
        "call": None if line.call is None else _place(line.call),
        "archive_path": line.archive_path,
        "mirror": _mirror(line.mirror),
        **_further(line),
        "reasons": list(line.reasons),
        "candidates": [_candidate(candidate) for candidate in line.candidates],
    }


def _further(line: RecordingLine) -> dict[str, object]:
    """Where only one mirror is set up, reports are as they were before there could be more."""
    told = [{"name": name, **_mirror(one)} for name, one in line.further]
    return {"mirrors": told} if told else {}


def _mirror(line: MirrorLine) -> dict[str, object]:
    return {"state": line.state, "key": line.key, "checksum": line.checksum}


def _candidate(candidate: CandidateLine) -> dict[str, object]:
    return {
        "customer": candidate.customer,
        "call": _place(candidate.call),
        "weight": candidate.weight,
        "reasons": list(candidate.reasons),
    }


def _call(line: CallLine, marks: Mapping[str, str]) -> dict[str, object]:
    """`marks` stand for whom rows name: that may be a number, which is none of the contract's."""
    return {
        **_place(line.call),
        "customer": line.customer,
        "who": marks[line.who] if line.who else None,
        "collector": line.collector,
        "reached": line.reached,
        "recordings": list(line.recordings),
    }


def _place(call: CallRef) -> dict[str, object]:
    return {"sheet": call.sheet, "tab": call.tab, "line": call.line}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "customer": finding.customer,
        "collector": finding.collector,
        "source": finding.source,
        "sheet": finding.sheet,
        "tab": finding.tab,
        "line": finding.line,
        "message": finding.message,
        "id": finding.id,
        "answer": None if finding.answer is None else _answer(finding.answer),
    }


def _answer(answer: AnswerLine) -> dict[str, object]:
    return {
        "reason": answer.reason,
        "by": answer.by,
        "at": answer.at.isoformat(timespec="seconds"),
    }
