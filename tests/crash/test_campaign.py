"""A short form of `make crash`: some points of every harm, spread over the scenarios."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.crash.program import traces

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the campaign forks")

# Scenario, harm, each how many-th point, and how many points there are at least.
ANYWHERE = {
    ("begin", "write", 4): 8,
    ("correct", "write, link", 4): 8,
    ("undo_pass", "write", 4): 6,
    ("assign", "write, link", 3): 6,
}
TRACED = {
    ("admit", "kill", 30): 5,
    ("file", "kill", 40): 5,
    ("move", "kill", 80): 5,
    ("recover_mirror", "kill", 8): 5,
    ("unassign", "kill twice", 25): 3,
    ("undo", "EIO", 50): 3,
    ("correct", "ENOSPC", 70): 3,
    ("mirror", "EACCES", 100): 3,
    ("mirror", "power cut", 80): 5,
    ("recover_admit", "power cut", 60): 5,
    ("recover_file", "power cut", 30): 3,
    ("file", "collision", 2): 1,
}
"""Needs strace."""
PROGRAM = (sys.executable, "-m", "tests.crash.campaign")
Case = tuple[str, str, int]
Cases = Mapping[Case, "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def slices() -> Iterator[Cases]:
    """One process a case, some side by side; begun with the first test, so that they overlap."""
    wanted = [*ANYWHERE, *(TRACED if traces() else ())]
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    with ExitStack() as stack:
        started = {}
        for case in wanted:
            scenario, harm, every = case
            process = subprocess.Popen(
                [*PROGRAM, "--every", str(every), "--slice", scenario, harm],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            started[case] = process
        yield started


def came_to(slices: Cases, case: Case) -> Any:
    told, complained = slices[case].communicate(timeout=300)
    assert slices[case].returncode == 0, complained
    return json.loads(told)


@pytest.mark.parametrize("case", list(ANYWHERE))
def test_a_kill_before_a_write_loses_and_doubles_nothing(slices: Cases, case: Case) -> None:
    done = came_to(slices, case)
    assert (done["violations"], done["shown"]) == (0, [])
    assert done["points"] >= ANYWHERE[case]


@pytest.mark.skipif(not traces(), reason="there is no strace here that may follow a process")
@pytest.mark.parametrize("case", list(TRACED))
def test_no_harm_at_any_system_call_breaks_a_promise(slices: Cases, case: Case) -> None:
    done = came_to(slices, case)
    assert (done["violations"], done["shown"]) == (0, [])
    assert done["points"] >= TRACED[case]
