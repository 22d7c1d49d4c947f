"""A scenario made ready: the office before, how it ends unharmed, each call in between."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.crash import program, trace
from tests.crash.place import Look, Place, look, place
from tests.crash.program import Ended
from tests.crash.promises import Terms
from tests.crash.scenarios import INGEST, Command, Cut, Scenario
from tests.crash.trace import Call, Point
from tests.ingest.small_office import DAY
from tests.s3_server import S3Server

DONE, NEEDS_A_PERSON = 0, 3
_REPORT = ("report", "--date", DAY.isoformat(), "--format", "json")
Before = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run called, of what touches the office's folder `root` or its bucket."""

    root: Path
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class Stage:
    """Places are made in `folder`, and may be thrown away."""

    folder: Path
    scenario: Scenario
    ready: Place
    """Right before the command."""
    base: Place
    """Before a pass that was cut short, if any; else as it is right before the command."""
    earlier: Recorded
    """That pass: not all of it may have reached the disk."""
    recorded: Recorded
    """The command, unharmed."""
    terms: Terms
    """Once all is taken in."""
    outcomes: Sequence[Any]
    """How it may come out in the end: as if unharmed; of a person's word also as if unsaid."""
    mutant: Before

    @property
    def calls(self) -> Sequence[Call]:
        return self.recorded.calls

    def copy(self) -> Place:
        return self.ready.copied(free(self.folder))

    def run(
        self,
        here: Place,
        command: Command,
        watching: Sequence[str] = (),
        before: Before = lambda: None,
    ) -> Ended:
        def change() -> None:
            self.mutant()
            before()

        return program.run(here.arguments(command), self.folder, watching, change)

    def strike(self, here: Place, command: Command, point: Point, injected: str) -> Ended:
        """Runs the command, whose call at `point` is a `signal=SIGKILL` or `error=EIO`."""
        return self.run(here, command, striking(point, injected, self.folder / "struck"))

    def look(self, here: Place) -> Look:
        return look(here, self.folder)


def striking(point: Point, injected: str, log: Path) -> list[str]:
    what = f"inject={point.call}:{injected}:when={point.count}"
    return ["-o", str(log), "-s", "0", "-e", f"trace={point.call}", "-e", what]


def set_up(
    scenario: Scenario, folder: Path, server: S3Server | None, mutant: Before = lambda: None
) -> Stage:
    """Plays what comes before, and the command itself once unharmed.

    Only the command is run as a `mutant`, not what comes before, and not the model.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = server if scenario.mirrored else None
    ready, base, earlier = _played(scenario, folder, server)
    model, traced = ready.copied(free(folder)), ready.copied(free(folder))
    start = look(ready, folder)
    unsaid = _ending(ready.copied(free(folder)), folder, ()) if scenario.act else None
    outcome = _ending(model, folder, scenario.command, scenario)
    recorded = record(traced, folder, scenario.command, mutant)
    end = look(model, folder)
    wanted = frozenset(end.kept.values())
    if len(wanted) != len(scenario.numbers) or unsaid == outcome:
        raise AssertionError(f"the scenario does not do what it is for: {outcome}")
    terms = Terms(
        bytes=wanted,
        inboxes=[start.inbox, end.inbox],
        mirrored=scenario.mirrored,
        once_mirrored=frozenset(row["checksum"] for row in start.of("object")),
        accesses=frozenset(
            path.removeprefix("access/") for path in start.own if path.startswith("access/")
        ),
        going=frozenset(row["sha256"] for row in end.of("recording") if row["disposal"]),
    )
    return Stage(
        folder=folder,
        scenario=scenario,
        ready=ready,
        base=base or ready,
        earlier=earlier,
        recorded=recorded,
        terms=terms,
        outcomes=[outcome] if unsaid is None else [outcome, unsaid],
        mutant=mutant,
    )


def quick_folder() -> Path | None:
    """Where many small syncs are quick; `None` for wherever temporary files go."""
    memory = Path("/dev/shm")  # noqa: S108
    return memory if os.access(memory, os.W_OK) else None


def free(folder: Path) -> Path:
    """A name in `folder` that nothing ever had; buckets are called so, too."""
    return folder / f"{folder.name.replace('_', '-')}-{next(_numbers)}"


_numbers = count(1)


def _played(
    scenario: Scenario, folder: Path, server: S3Server | None
) -> tuple[Place, Place | None, Recorded]:
    here, base = place(free(folder), server), None
    earlier = Recorded(here.desk.folder, ())
    for step in scenario.before:
        if isinstance(step, tuple):
            sound(program.run(here.arguments(step), folder))
        elif isinstance(step, Cut):
            base = here.copied(free(folder))
            earlier = _cut(here, folder, step)
        else:
            step(here.desk)
    return here, base, earlier


def _cut(here: Place, folder: Path, cut: Cut) -> Recorded:
    """Has a pass killed; returns what it called."""
    calls = record(here.copied(free(folder)), folder, INGEST).calls
    altering = [one.point for one in calls if one.name == cut.call and one.alters]
    log = folder / "cut"
    point = altering[cut.count - 1]
    inject = f"inject={point.call}:signal=SIGKILL:when={point.count}"
    ended = program.run(
        here.arguments(INGEST), folder, ["-o", str(log), *trace.RECORD, "-e", inject]
    )
    assert ended.killed, ended.said
    return _recorded(log, here)


def record(here: Place, folder: Path, command: Command, mutant: Before = lambda: None) -> Recorded:
    if not program.traces():
        return Recorded(here.desk.folder, ())
    log = folder / "record"
    sound(program.run(here.arguments(command), folder, ["-o", str(log), *trace.RECORD], mutant))
    return _recorded(log, here)


def _recorded(log: Path, here: Place) -> Recorded:
    root = here.desk.folder
    return Recorded(root, [one for one in trace.read(log) if one.within(root)])


def _ending(
    here: Place, folder: Path, command: Command, scenario: Scenario | None = None
) -> dict[str, Any]:
    if command:
        sound(program.run(here.arguments(command), folder))
    if scenario and scenario.meanwhile:
        scenario.meanwhile(here.desk)
    sound(program.run(here.arguments(INGEST), folder))
    return outcome(here, folder)


def sound(ended: Ended) -> None:
    if ended.code not in (DONE, NEEDS_A_PERSON):
        raise AssertionError(f"a pass that nobody harmed ended with {ended.code}: {ended.said}")


def outcome(here: Place, folder: Path) -> dict[str, Any]:
    """What decides and is told: the day's report, the decisions, and what custody tells of each."""
    told = program.run(here.arguments(_REPORT), folder)
    sound(told)
    report = json.loads(told.said)
    now = look(here, folder)
    first = _first_of_equals(report["recordings"])
    return {
        "recordings": sorted(
            (first[one["source"]], one["status"], one["customer"] or "", one["mirror"]["state"])
            for one in report["recordings"]
        ),
        "calls": sorted(
            (one["line"], one["customer"], [first[source] for source in one["recordings"]])
            for one in report["calls"]
        ),
        "findings": sorted(
            (one["code"], first.get(one["source"], one["source"]) or "")
            for one in report["findings"]
        ),
        "decisions": sorted(
            (
                row["sha256"],
                row["verdict"],
                row["why"] or "",
                bool(row["customer_id"]),
                row["filed"],
            )
            for row in now.of("recording")
        ),
        "folders": sorted((digest, path.split("/")[0]) for path, digest in now.kept.items()),
        "custody": _custody(now),
        "acts": [row["kind"] for row in now.of("act") if row["by"]],
    }


def _first_of_equals(recordings: Sequence[Any]) -> dict[str, str]:
    """For each file one of those of the same bytes: which of them came first, and is no duplicate,
    may hang on a folder that could not be read for a moment.
    """
    named: dict[str, str] = {}
    for source, sha256 in sorted((one["source"], one["sha256"]) for one in recordings):
        named.setdefault(sha256, source)
    return {one["source"]: named[one["sha256"]] for one in recordings}


_BY_THE_WAY = ("mirrored", "removed", "decided")
"""Told as often as it happens: a day that lacked a sheet for one pass is decided twice."""


def _custody(now: Look) -> list[tuple[str, str, str, int]]:
    told = [json.loads(row["entry"]) for row in now.of("custody")]
    kinds = Counter(
        (one["event"], one["sha256"], one.get("customer") or "")
        for one in told
        if one["event"] not in _BY_THE_WAY
    )
    return sorted((*kind, times) for kind, times in kinds.items())
