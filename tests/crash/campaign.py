"""Kills the program at every system call of every scenario, fails every call, and judges what is left.

`python -m tests.crash.campaign` does all of it, two slices at a time, prints a table and exits with 1
where a promise was broken. A slice is a scenario with one way of doing harm; what a slice came to is
kept in FOLDER until the code changes, so a campaign that was stopped goes on. `--every N` takes each
N-th point of a slice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import chain, groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash import program
from tests.crash.judging import Judge
from tests.crash.mutants import MUTANTS
from tests.crash.powercut import cut_states
from tests.crash.scenarios import INGEST, SCENARIOS
from tests.crash.stage import Stage, set_up
from tests.crash.trace import Call
from tests.s3_server import ENVIRONMENT, S3Server

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108  many small syncs are quick there; any folder would do
ERRORS = ("EIO", "ENOSPC", "EACCES")
KILL = "signal=SIGKILL"
_SHOWN = 5
"""Violations of a slice that are told in full."""


@dataclass
class Slice:
    """What harming one scenario in one way came to."""

    scenario: str
    harm: str
    points: int = 0
    states: int = 0
    """Different ones among what was left."""
    violations: int = 0
    seconds: float = 0.0
    shown: tuple[str, ...] = ()

    def count(self, point: object, broken: Sequence[str]) -> None:
        self.points += 1
        if broken:
            self.violations += 1
            if len(self.shown) < _SHOWN:
                self.shown += (f"{self.scenario}, {self.harm} at {point}: {'; '.join(broken)}",)


def kills(stage: Stage, judge: Judge, done: Slice, every: int) -> None:
    """At each call that alters office or bucket: at others the same is left as at the next such."""
    for call in _altering(stage)[::every]:
        here = stage.copy()
        ended = stage.strike(here, stage.scenario.command, call.point, KILL)
        if not ended.killed:
            raise AssertionError(f"the program has no {call.point} this time: {ended}")
        done.count(call.point, judge.violations(here))
        here.remove()


def kills_twice(stage: Stage, judge: Judge, done: Slice, every: int) -> None:
    """At each such call, and the next pass again: somewhere else in it each time."""
    points = [call.point for call in _altering(stage)]
    for number, point in enumerate(points[::every]):
        here = stage.copy()
        stage.strike(here, stage.scenario.command, point, KILL)
        if stage.scenario.meanwhile:
            stage.scenario.meanwhile(here.desk)
        second = points[(number * 17 + 5) % len(points)]
        ended = stage.strike(here, INGEST, second, KILL)
        if ended.killed:
            done.count((point, second), judge.violations(here, meanwhile=False))
        here.remove()


def errors(code: str) -> Callable[[Stage, Judge, Slice, int], None]:
    """Each call that touches office or bucket fails once with this error.

    Of calls in a row of one name on one file, which are in one step, the first and the last.
    """

    def harm(stage: Stage, judge: Judge, done: Slice, every: int) -> None:
        for call in _ends_of_rows(stage.calls)[::every]:
            here = stage.copy()
            ended = stage.strike(here, stage.scenario.command, call.point, f"error={code}")
            broken = list(judge.violations(here))
            if "Traceback" in ended.said or ended.code not in (0, 1, 2, 3):
                broken.append(f"it ended with {ended.code}: {ended.said[-2000:]}")
            done.count(call.point, broken)
            here.remove()

    return harm


def power_cuts(stage: Stage, judge: Judge, done: Slice, every: int) -> None:
    """What may be on the disk where the power fails: what was not synced is there or is not."""
    for number, (point, lay_down) in enumerate(cut_states(stage)):
        if number % every == 0:
            here = lay_down()
            done.count(point, judge.violations(here))
            here.remove()


HARMS: dict[str, Callable[[Stage, Judge, Slice, int], None]] = {
    "kill": kills,
    "kill twice": kills_twice,
    "power cut": power_cuts,
    **{code: errors(code) for code in ERRORS},
}


def _altering(stage: Stage) -> list[Call]:
    return [call for call in stage.calls if call.alters]


def _ends_of_rows(calls: Sequence[Call]) -> list[Call]:
    found: list[Call] = []
    for _, row in groupby(calls, lambda call: (call.name, call.paths)):
        first, *others = row
        found += [first, *others[-1:]]
    return found


def run_slice(scenario: str, harm: str, mutant: str | None, every: int) -> Slice:
    began, done = time.monotonic(), Slice(scenario, harm)
    os.environ.update(ENVIRONMENT)
    program.prepare()
    with ExitStack() as stack:
        quick = MEMORY if os.access(MEMORY, os.W_OK) else None
        folder = Path(stack.enter_context(TemporaryDirectory(dir=quick)))
        case = SCENARIOS[scenario]
        server = stack.enter_context(S3Server(folder / "s3")) if case.mirrored else None
        change = MUTANTS[mutant].change if mutant else lambda: None
        stage = set_up(case, folder / scenario, server, change)
        judge = Judge(stage)
        HARMS[harm](stage, judge, done, every)
        done.states = judge.states
    done.seconds = round(time.monotonic() - began, 1)
    return done


def main() -> int:
    asked = _asked()
    if asked.slice:
        scenario, harm = asked.slice
        print(json.dumps(asdict(run_slice(scenario, harm, asked.mutant, asked.every))))
        return 0
    slices = [
        (scenario, harm)
        for harm in asked.harms or HARMS
        for scenario in asked.scenarios or SCENARIOS
    ]
    done = list(_in_slices(slices, asked))
    _tell(done)
    return 1 if any(one.violations for one in done) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.campaign")
    parser.add_argument("--scenarios", nargs="+", choices=list(SCENARIOS))
    parser.add_argument("--harms", nargs="+", choices=list(HARMS))
    parser.add_argument("--every", type=int, default=1, help="take each n-th point only")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/crash")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--mutant", choices=list(MUTANTS))
    parser.add_argument("--slice", nargs=2, help="one slice here, told as JSON")
    return parser.parse_args()


def _in_slices(
    slices: Sequence[tuple[str, str]], asked: argparse.Namespace
) -> Iterator[Slice]:
    """Works off the slices, some at once, and tells each when it is done."""
    asked.folder.mkdir(parents=True, exist_ok=True)
    code = _code()
    waiting, running = list(slices), list[tuple[Path, subprocess.Popen[str]]]()
    while waiting or running:
        while waiting and len(running) < asked.at_once:
            scenario, harm = waiting.pop(0)
            name = f"{code}-{asked.every}-{scenario}-{harm.replace(' ', '-')}.json"
            kept = asked.folder / name
            if kept.exists():
                yield _shown(Slice(**json.loads(kept.read_text())))
            else:
                running.append((kept, _started(scenario, harm, asked)))
        if running:
            kept, process = running.pop(0)
            told, _ = process.communicate()
            if process.returncode:
                raise SystemExit(f"{kept.stem} failed by itself")
            kept.write_text(told)
            yield _shown(Slice(**json.loads(told)))


def _started(scenario: str, harm: str, asked: argparse.Namespace) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.campaign", "--every", str(asked.every)]
    command += ["--mutant", asked.mutant] if asked.mutant else []
    command += ["--slice", scenario, harm]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")


def _code() -> str:
    """Of all that the result depends on."""
    told = hashlib.sha256()
    rooms = ("archive", "audit", "config", "ingest", "matcher", "tests/crash")
    for path in sorted(chain(*((ROOT / room).rglob("*.py") for room in rooms), [ROOT / "cli.py"])):
        told.update(path.read_bytes())
    return told.hexdigest()[:12]


_WIDTHS = "{:18} {:>11} {:>8} {:>8} {:>11} {:>8}"


def _shown(one: Slice) -> Slice:
    print(
        _WIDTHS.format(
            one.scenario, one.harm, one.points, one.states, one.violations, f"{one.seconds:.0f} s"
        ),
        flush=True,
    )
    for told in one.shown:
        print(f"    {told}", flush=True)
    return one


def _tell(done: Sequence[Slice]) -> None:
    print()
    print(_WIDTHS.format("all scenarios", "", "points", "states", "violations", ""))
    for harm in HARMS:
        of = [one for one in done if one.harm == harm]
        if of:
            sums = [sum(getattr(one, what) for one in of) for what in ("points", "states")]
            broken, seconds = sum(one.violations for one in of), sum(one.seconds for one in of)
            print(_WIDTHS.format("", harm, *sums, broken, f"{seconds:.0f} s"))


if __name__ == "__main__":
    sys.exit(main())
