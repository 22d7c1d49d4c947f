"""Kills the program at every system call of every scenario, fails every call, judges what is left.

`python -m tests.crash.campaign` does all of it, two slices at a time, prints a table and exits with
1 where a promise was broken. A slice is a scenario with one way of doing harm; what a slice came to
is kept in FOLDER until the code changes, so a campaign that was stopped goes on. `--every N` takes
each N-th point of a slice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crash import program
from tests.crash.harms import HARMS
from tests.crash.judging import Judge
from tests.crash.scenarios import SCENARIOS
from tests.crash.stage import quick_folder, set_up
from tests.s3_server import ENVIRONMENT, S3Server

ROOT = Path(__file__).parents[2]
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

    def count(self, point: str, broken: Sequence[str]) -> None:
        self.points += 1
        if broken:
            self.violations += 1
            if len(self.shown) < _SHOWN:
                self.shown += (f"{self.scenario}, {self.harm} at {point}: {'; '.join(broken)}",)


def run_slice(scenario: str, harm: str, every: int) -> Slice:
    began, done = time.monotonic(), Slice(scenario, harm)
    os.environ.update(ENVIRONMENT)
    program.prepare()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=quick_folder())))
        case = SCENARIOS[scenario]
        server = stack.enter_context(S3Server(folder / "s3")) if case.mirrored else None
        stage = set_up(case, folder / scenario, server)
        judge, number = Judge(stage), count()
        for point, broken in HARMS[harm](stage, judge, lambda _: next(number) % every == 0):
            done.count(point, broken)
        done.states = judge.states
    done.seconds = round(time.monotonic() - began, 1)
    return done


def main() -> int:
    asked = _asked()
    if asked.slice:
        scenario, harm = asked.slice
        print(json.dumps(asdict(run_slice(scenario, harm, asked.every))))
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
    parser.add_argument("--slice", nargs=2, help="one slice here, told as JSON")
    return parser.parse_args()


def _in_slices(slices: Sequence[tuple[str, str]], asked: argparse.Namespace) -> Iterator[Slice]:
    """Works off the slices, some at once, and tells each when it is done."""
    asked.folder.mkdir(parents=True, exist_ok=True)
    code = _code()
    waiting, running = list(slices), list[tuple[Path, subprocess.Popen[str]]]()
    while waiting or running:
        while waiting and len(running) < asked.at_once:
            scenario, harm = waiting.pop(0)
            name = f"{code}-{asked.every}-{scenario}-{harm.replace(' ', '-').replace(',', '')}.json"
            kept = asked.folder / name
            if kept.exists():
                yield _shown(Slice(**json.loads(kept.read_text())))
            else:
                running.append((kept, _started(scenario, harm, asked)))
        for one in [one for one in running if one[1].poll() is not None]:
            running.remove(one)
            kept, process = one
            told = process.communicate()[0]
            if process.returncode:
                raise SystemExit(f"{kept.stem} failed by itself")
            kept.write_text(told)
            yield _shown(Slice(**json.loads(told)))
        time.sleep(0.1)


def _started(scenario: str, harm: str, asked: argparse.Namespace) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.campaign", "--every", str(asked.every)]
    command += ["--slice", scenario, harm]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")


def _code() -> str:
    """Of all that the result depends on."""
    told = hashlib.sha256()
    rooms = ("archive", "audit", "commands", "config", "ingest", "matcher", "tests/crash")
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
