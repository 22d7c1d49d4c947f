"""The reconciliation of a day: recordings against rows, and both against the office's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from archive.mirror_records import MirrorState
from archive.records import FileState, InboxFile, Recording, Row
from archive.said_records import Disposal, Word
from audit.alarm_findings import about_alarms
from audit.answered import answered
from audit.call_findings import durations, more_than_calls
from audit.clock_findings import clock_drift
from audit.completeness import tally
from audit.corrections import corrections
from audit.day import (
    CallLine,
    CallRef,
    CandidateLine,
    DayReport,
    Finding,
    MirrorLine,
    RecordingLine,
    Severity,
)
from audit.facts import Facts
from audit.handoff_findings import about_copies, about_mirror, about_sheets, late, sheets_missing
from audit.identity import identified
from audit.keeping_findings import about_keeping
from audit.late_findings import closed
from audit.missing import customer_of, missing
from audit.missing_handoffs import (
    handoffs_missing,
    recordings_of_other_days,
    sheets_without_recordings,
)
from audit.recording_findings import about_files, about_recordings, extra
from audit.row_findings import about_rows, too_many_calls
from audit.rules import SEVERITIES, About, Rules

_CHECKS = (
    about_keeping,
    handoffs_missing,
    sheets_without_recordings,
    missing,
    about_recordings,
    extra,
    more_than_calls,
    recordings_of_other_days,
    durations,
    clock_drift,
    about_files,
    about_rows,
    too_many_calls,
    late,
    about_sheets,
    corrections,
    sheets_missing,
    about_copies,
    about_mirror,
    about_alarms,
    closed,
)
_GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}
_ORDER = {code: rank for rank, code in enumerate(SEVERITIES)}
_STATUSES = {
    FileState.DUPLICATE: "duplicate",
    FileState.IGNORED: "ignored",
    FileState.REFUSED: "refused",
    FileState.WAITING: "waiting",
    FileState.PLANNED: "waiting",
}


def findings(facts: Facts, rules: Rules) -> tuple[Finding, ...]:
    """All findings of the day, the gravest first."""
    return _in_order(finding for check in _CHECKS for finding in check(facts, rules))


def _in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (_GRAVITY[one.severity], _ORDER[one.code])))


def report(facts: Facts, rules: Rules, office: str, prefix: str, now: datetime) -> DayReport:
    """The day's report; `prefix` stands before the keys of objects, `now` is aware."""
    recordings = tuple(_recording_lines(facts, rules, prefix))
    calls = tuple(_call_line(row, facts, rules) for row in facts.rows)
    found = findings(facts, rules)
    whole = DayReport(
        date=facts.day,
        generated_at=rules.local(now),
        office=office,
        language=rules.words.language,
        counts={},
        recordings=recordings,
        calls=calls,
        findings=found,
    )
    found = _in_order([*found, *_completeness(whole, rules)])
    found = answered(identified(facts.day, found, calls), facts.answers, rules)
    return replace(whole, findings=found, counts=_counts(recordings, calls, found))


def _completeness(report: DayReport, rules: Rules) -> Iterator[Finding]:
    """Whether the day, as its report counts it, falls short of the office's target."""
    people, target = tally([report]), rules.calls.completeness_percent
    if people.recorded * 100 < target * people.due:
        yield rules.finding(
            "completeness_low",
            About(),
            due=people.due,
            recorded=people.recorded,
            percent=people.recorded * 100 // people.due,
            target=target,
        )


def _counts(
    recordings: tuple[RecordingLine, ...],
    calls: tuple[CallLine, ...],
    found: tuple[Finding, ...],
) -> dict[str, int]:
    statuses = Counter(line.status for line in recordings)
    names = ("filed", "ambiguous", "unmatched", "damaged", *sorted(set(_STATUSES.values())))
    return {
        "recordings": len(recordings),
        **{name: statuses[name] for name in names},
        "calls": len(calls),
        "reached": sum(call.reached is True for call in calls),
        "missing": sum(finding.code == "missing_recording" for finding in found),
        "findings": len(found),
        "answered": sum(finding.answer is not None for finding in found),
    }


def _recording_lines(facts: Facts, rules: Rules, prefix: str) -> Iterator[RecordingLine]:
    for file in facts.files:
        recording = facts.recordings.get(file.recording) if file.recording is not None else None
        if file.state in (FileState.SHEET, FileState.ANSWERS):
            continue
        if recording is None or file.state not in (FileState.RECORDING, FileState.DUPLICATE):
            yield _file_line(file, rules)
        else:
            line = _recording_line(recording, facts, rules, prefix)
            yield replace(line, source=file.source, **_told_apart(file, rules))
    for id in facts.replaced:
        line = _recording_line(facts.recordings[id], facts, rules, prefix)
        # Its file in the inbox is another recording by now, which has the name.
        yield replace(line, source=f"{line.source}@{facts.recordings[id].sha256[:8]}")


def _file_line(file: InboxFile, rules: Rules) -> RecordingLine:
    return RecordingLine(
        source=file.source,
        status=_STATUSES[file.state],
        size=file.size,
        collector=file.collector,
        reasons=(rules.words.say(file.reason),) if file.reason else (),
    )


def _told_apart(file: InboxFile, rules: Rules) -> dict[str, Any]:
    """What a duplicate's line says in place of its recording's."""
    if file.state is not FileState.DUPLICATE:
        return {}
    reasons = (rules.words.say(file.reason),) if file.reason else ()
    return {
        "status": "duplicate",
        "collector": file.collector,
        "reasons": reasons,
        "candidates": (),
    }


def _recording_line(recording: Recording, facts: Facts, rules: Rules, prefix: str) -> RecordingLine:
    row = facts.calls.get(recording.row) if recording.row is not None else None
    probed = recording.probed
    return RecordingLine(
        source=recording.source,
        status=_status(recording),
        size=recording.size,
        sha256=recording.sha256,
        duration_seconds=probed.duration_seconds if probed else None,
        format="/".join(part for part in (probed.container, probed.codec) if part) or None
        if probed
        else None,
        collector=recording.collector,
        customer=recording.customer_name,
        call=_call_ref(row) if row else None,
        archive_path=recording.path,
        mirror=_mirror_of(recording, facts.mirror, rules, prefix),
        further=tuple(
            (name, _mirror_of(recording, facts.further[name], rules, before))
            for name, before in rules.further.items()
        ),
        reasons=(
            *_disposed(facts.disposals.get(recording.id), rules),
            *_reasons(recording, facts.words.get(recording.id), rules),
        ),
        candidates=tuple(_candidates(recording, rules)),
    )


def _status(recording: Recording) -> str:
    if recording.filed:
        return "filed"
    if recording.probed is not None and recording.probed.condition in ("damaged", "empty"):
        return "damaged"
    if recording.outcome is None or recording.outcome.verdict == "matched":
        return "waiting"  # a pass was cut short; the next one decides and files it
    return recording.outcome.verdict


def _disposed(said: Disposal | None, rules: Rules) -> Iterator[str]:
    if said is not None:
        key = "to_be_disposed" if said.disposed_at is None else "disposed"
        on = rules.local(said.disposed_at or said.said_at).date()
        yield rules.words(f"report.{key}", on=on, by=said.said_by, reason=said.reason)


def _mirror_of(
    recording: Recording, states: Mapping[int, MirrorState], rules: Rules, prefix: str
) -> MirrorLine:
    """Of what is to be in no mirror any more nothing is owed."""
    return (
        MirrorLine("off")
        if recording.disposal
        else _mirror_line(states[recording.id], rules, prefix)
    )


def _mirror_line(state: MirrorState, rules: Rules, prefix: str) -> MirrorLine:
    if not rules.mirrored:
        return MirrorLine("off")
    key = f"{prefix.strip('/')}/{state.key}".lstrip("/")
    if state.checksum is not None:
        return MirrorLine("mirrored", key, state.checksum)
    return MirrorLine("failed" if state.refusals else "pending", key)


def _reasons(recording: Recording, word: Word | None, rules: Rules) -> Iterator[str]:
    """Why it lies where it lies, then what its audio says."""
    outcome = recording.outcome
    if word is not None:
        yield rules.told_by(word)
    if outcome is not None and not (word and outcome.verdict != "matched"):
        if outcome.verdict == "matched":
            top = outcome.candidates[0].reasons if outcome.candidates else ()
            yield from (rules.words.say(reason) for reason in top)
        else:
            yield rules.words(f"reasons.why_{outcome.why}")
    if recording.probed is not None:
        yield from (rules.words.say(note) for note in recording.probed.notes)


def _candidates(recording: Recording, rules: Rules) -> Iterator[CandidateLine]:
    for one in recording.outcome.candidates if recording.outcome else ():
        yield CandidateLine(
            customer=one.customer,
            call=CallRef(one.sheet, one.tab, one.line),
            weight=one.weight,
            reasons=tuple(rules.words.say(reason) for reason in one.reasons),
        )


def _call_line(row: Row, facts: Facts, rules: Rules) -> CallLine:
    arrived = [one.arrived_at for one in facts.filed_under[row.id]]
    due = rules.due(facts.day)
    reported = datetime.combine(facts.day, rules.report_at, rules.timezone)

    def all_after(at: datetime) -> bool:
        return bool(arrived) and min(arrived) > at

    return CallLine(
        call=_call_ref(row),
        customer=row.said.customer_name,
        collector=row.said.collector,
        reached=row.said.reached,
        recordings=tuple(one.source for one in facts.filed_under[row.id]),
        who=customer_of(row) or None,
        late=all_after(due),
        corrected=all_after(max(due, reported)),  # a day off may be due after its report
    )


def _call_ref(row: Row) -> CallRef:
    return CallRef(row.sheet, row.said.tab, row.said.line)
