"""`python -m tests.model`: runs the model over many examples and says what was done.

Works by seeds, so that a run can be ended and go on with the next seed, or be shared by processes.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import subprocess
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model import machine, mutants, open_office

PER_SEED = 100
"""Examples of one seed."""


def run(number: int, examples: int, steps: int, phases: tuple[Phase, ...]) -> None:
    """Raises what the model finds, with the steps to it and the blob that repeats it."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        report_multiple_bugs=False,
        database=None,
        print_blob=True,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine.Model), settings=chosen)


def run_all(asked: argparse.Namespace) -> None:
    phases = (Phase.generate,) if asked.raw else (Phase.generate, Phase.shrink)
    left, number, began = asked.examples, asked.seed, time.monotonic()
    try:
        while left > 0:
            run(number, min(PER_SEED, left), asked.steps, phases)
            left, number = left - PER_SEED, number + 1
            took = time.monotonic() - began
            done = machine.steps["examples"]
            print(f"{done} examples, {took:.0f} s; the next seed is {number}", flush=True)
    finally:
        for what, count in sorted(machine.steps.items()):
            print(f"{count:8} {what}")
        shutil.rmtree(open_office.folder(), ignore_errors=True)


def try_mutants(examples: int) -> int:
    """Plants each fault in a process of its own; 1 if one of them was not found."""
    missed = 0
    for name in mutants.NAMES:
        command = [sys.executable, "-m", "tests.model", "--examples", str(examples), "--raw"]
        ended = subprocess.run(
            [*command, "--mutant", name], capture_output=True, encoding="utf-8", check=False
        )
        told = [line for line in ended.stderr.splitlines() if line.startswith("AssertionError")]
        after = [line for line in ended.stdout.splitlines() if line.endswith(" examples")]
        print(f"{name}: {told[0] if told else 'NOT FOUND'} ({''.join(after).strip()})", flush=True)
        missed += not told
    return 1 if missed else 0


def main() -> int:
    asked = _asked()
    logging.disable()
    if asked.mutants:
        return try_mutants(asked.examples)
    if asked.mutant:
        mutants.plant(asked.mutant)
    run_all(asked)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="the first one; each has 100 examples")
    parser.add_argument("--steps", type=int, default=20, help="that an example has at most")
    parser.add_argument("--raw", action="store_true", help="show a failure as it is found")
    parser.add_argument("--mutant", choices=mutants.NAMES, help="a fault to be found")
    parser.add_argument("--mutants", action="store_true", help="all of them, one after another")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
