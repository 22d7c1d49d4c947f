"""`python -m tests.model`: runs the model over many examples and says what was done.

Works by seeds, so that a run can be ended and go on with the next seed, or be shared by processes.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import time

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model import machine, mutants

PER_SEED = 100
"""Examples of one seed."""


def run(number: int, examples: int, steps: int) -> None:
    """Raises what the model finds, with the steps to it and the blob that repeats it."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        report_multiple_bugs=False,
        database=None,
        print_blob=True,
        verbosity=Verbosity.normal,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine.Model), settings=chosen)


def main() -> int:
    asked = _asked()
    logging.disable()
    if asked.mutant:
        mutants.plant(asked.mutant)
    left, number, began = asked.examples, asked.seed, time.monotonic()
    try:
        while left > 0:
            run(number, min(PER_SEED, left), asked.steps)
            left, number = left - PER_SEED, number + 1
            took = time.monotonic() - began
            if asked.examples > PER_SEED:
                print(f"{machine.steps['examples']} examples, {took:.0f} s: next seed {number}", flush=True)
    finally:
        for what, count in sorted(machine.steps.items()):
            print(f"{count:8} {what}")
        shutil.rmtree(machine.folder(), ignore_errors=True)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="the first one; each has 100 examples")
    parser.add_argument("--steps", type=int, default=14, help="that an example has at most")
    parser.add_argument("--mutant", choices=mutants.NAMES, help="a fault to be found")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
