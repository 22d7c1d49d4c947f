"""One case in words: the file, its evidence, the rows, the decision, the truth, the clerk."""

from __future__ import annotations

from functools import lru_cache

from bench import in_process
from bench.office.clerk import Reading, read_office
from bench.office.generate import generate
from bench.office.truth import Line, Office
from bench.score import Fault
from matcher.decision import Decision
from matcher.evidence import Evidence


@lru_cache(maxsize=2)
def _office(seed: int, recordings: int) -> tuple[Office, tuple[Reading, ...], in_process.Decided]:
    office = generate(seed, recordings)
    return office, read_office(office), in_process.decide(in_process.read(office))


def describe(fault: Fault, recordings: int) -> str:
    office, readings, decided = _office(fault.seed, recordings)
    recording, reading = office.recordings[fault.at], readings[fault.at]
    evidence, decision = decided.heard[fault.at].evidence, decided.decisions[fault.at]
    by_key = {line.key: line for line in office.lines}
    wanted = {one.row for one in decision.candidates[:3]} | set(reading.rows)
    wanted |= {recording.line} if recording.line else set()
    truth = "personal" if recording.customer is None else office.names[recording.customer]
    lines = [
        f"--- {fault.kind}: office {fault.seed}, recording {fault.at}, {' '.join(fault.traits)}",
        *(f"file      {file.source}" for file in recording.files),
        f"evidence  {_evidence(evidence)}",
        *(f"row       {_row(by_key[key], recording.line)}" for key in sorted(wanted)),
        f"decision  {_decision(decision)}",
        f"truth     {truth} #{recording.customer}, called {recording.called:%m-%d %H:%M}",
        f"clerk     {reading.kind} by {reading.why}"
        + (f": {reading.person.name} {sorted(reading.person.truth)}" if reading.person else "")
        + (f", fits {[one.name for one in reading.fits]}" if reading.fits else ""),
    ]
    return "\n".join(lines)


def _evidence(said: Evidence) -> str:
    return (
        f"{said.reader} contact={said.contact} note={said.note} surname={said.surname} "
        f"numbers={said.numbers} at={said.started_at} by={said.collector}"
    )


def _row(line: Line, own: str | None) -> str:
    at = f"{line.at:%H:%M}" if line.at else "--:--"
    mark = " <- this call" if line.key == own else ""
    return (
        f"{line.day:%m-%d} {at} {line.name} {'/'.join(line.numbers)} by={line.collector} "
        f"reached={line.reached} #{line.customer}{mark}  [{line.key}]"
    )


def _decision(decision: Decision) -> str:
    told = [f"{decision.verdict} ({decision.why}) {decision.customer or ''}"]
    for one in decision.candidates[:3]:
        reasons = ", ".join(f"{reason.code}{reason.weight:+.1f}" for reason in one.reasons)
        told.append(f"            {one.weight:+.1f} {one.customer} {one.row}: {reasons}")
    return "\n".join(told)
