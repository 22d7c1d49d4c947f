"""The whole product on a made-up office: inbox, `callvault ingest` day by day, its report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bench.missing import Missing, cases, missing
from bench.office import sounds
from bench.office.clerk import read_office
from bench.office.generate import generate
from bench.office.truth import ZONE, Office
from bench.score import Filed, Tally, score

SETTINGS = """\
[office]
name = "bench"
language = "en"
[inbox]
path = 'inbox'
settle_seconds = 0.1
[archive]
path = 'archive'
"""
NEEDS_A_PERSON = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What the reports of an office say."""

    filed: Filed
    named: frozenset[str]
    """Keys of the rows that a `missing_recording` names."""
    held_for: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By row, the held recordings that have it among their candidates."""


@dataclass(slots=True)
class Naming:
    """How the missing were named."""

    owed: int = 0
    named: int = 0
    false: int = 0
    others: int = 0
    """Named, though a recording of theirs lies undecided; neither right nor wrong."""
    cases: list[str] = field(default_factory=list)
    """The false ones with the recording that is theirs, and those not named with what is held."""


def run(seeds: Iterable[int], recordings: int) -> int:
    from bench.matching import CALLVAULT, breakdown, table

    tally, naming = Tally(), Naming()
    for seed in seeds:
        office = generate(seed, recordings)
        readings = read_office(office)
        told = through_callvault(office)
        tally.add(score(office, readings, told.filed))
        truth = missing(office, readings)
        count_named(naming, truth, told.named)
        naming.cases += cases(office, readings, truth, told.named, told.held_for)
    print(table({CALLVAULT: tally}))
    print(
        f"missing recordings: {naming.named} of {naming.owed} named, {naming.false} falsely, "
        f"{naming.others} whose recording lies undecided"
    )
    print("\n".join([*_not_held(tally), *naming.cases]))
    print(breakdown(tally))
    return int(tally.wrong > 0 or tally.ties_decided > 0 or naming.false > 0)


def count_named(naming: Naming, truth: Missing, named: frozenset[str]) -> None:
    owners = {truth.of_line[key] for key in named}
    naming.owed += len(truth.owed)
    naming.named += len(truth.named(named))
    naming.false += len(truth.falsely(named))
    naming.others += len(owners - truth.owed - truth.had)


def _not_held(tally: Tally) -> Iterator[str]:
    for fault in tally.faults:
        if fault.kind in ("wrong", "tie decided"):
            yield f"  {fault.kind} {fault.seed}:{fault.at}, {', '.join(fault.traits)}"


def through_callvault(office: Office) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "callvault.toml").write_text(SETTINGS, encoding="utf-8")
        (home / "inbox").mkdir()
        for day in _handovers(office):
            _hand_over(office, day, home / "inbox")
            _callvault(home, "ingest", "--as-of", f"{day}T23:30")
        reports = {
            day: json.loads(_callvault(home, "report", "--date", f"{day}", "--format", "json"))
            for day in sorted({*_handovers(office), *(line.day for line in office.lines)})
        }
    return _told(office, reports)


def _handovers(office: Office) -> list[date]:
    days = {recording.handed for recording in office.recordings}
    return sorted(days | {sheet.handed for sheet in office.sheets})


def _hand_over(office: Office, day: date, inbox: Path) -> None:
    files = {sheet.source: sheet.content for sheet in office.sheets if sheet.handed == day}
    for recording in office.recordings:
        if recording.handed == day:
            content = sounds.of(recording.sound)
            files |= {file.source: content for file in recording.files}
    for source, content in files.items():
        path = inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        evening = datetime.combine(day, time(16, 30), ZONE).timestamp()
        os.utime(path, (evening, evening))


def _callvault(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "cli", "--config", str(home / "callvault.toml"), *arguments]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[1], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode not in (0, NEEDS_A_PERSON):
        raise RuntimeError(f"callvault {arguments[0]}: {done.stderr}")
    return done.stdout


def _told(office: Office, reports: Mapping[date, Any]) -> Told:
    customer = {line.key: line.customer for line in office.lines}
    into: dict[str, frozenset[int]] = {}
    named: set[str] = set()
    held_for: dict[str, list[str]] = {}
    for day, report in reports.items():
        for one in report["recordings"]:
            if one["status"] == "filed":
                into[one["source"]] = _owner(office, one, customer)
            elif one["status"] != "duplicate":
                for candidate in one["candidates"]:
                    held_for.setdefault(_key(candidate["call"]), []).append(one["source"])
        keys = {
            (line.key.split("|")[0], int(line.key.split("|")[2])): line.key
            for line in office.lines
            if line.day == day
        }
        for finding in report["findings"]:
            if finding["code"] == "missing_recording":
                named.add(keys[finding["sheet"], finding["line"]])
    filed = [
        next((into[file.source] for file in recording.files if file.source in into), None)
        for recording in office.recordings
    ]
    return Told(filed, frozenset(named), held_for)


def _key(call: Any) -> str:
    return f"{call['sheet']}|{call['tab']}|{call['line']}"


def _owner(office: Office, line: Any, customer: Mapping[str, int]) -> frozenset[int]:
    """The true customers of a filed recording's row, or of its customer's name."""
    if call := line["call"]:
        return frozenset({customer[_key(call)]})
    return frozenset(id for id, name in office.names.items() if name == line["customer"])
