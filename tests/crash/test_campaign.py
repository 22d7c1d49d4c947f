"""A short form of `make crash`: some points of every harm, spread over the scenarios."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    ("retention_alone", "write", 6): 4,
}
TRACED = {
    ("admit", "kill", 30): 5,
    ("file", "kill", 40): 5,
    ("move", "kill", 80): 5,
    ("recover_mirror", "kill", 8): 5,
    ("retention", "kill", 90): 4,
    ("unassign", "kill twice", 25): 3,
    ("undo", "EIO", 50): 3,
    ("correct", "ENOSPC", 70): 3,
    ("mirror", "EACCES", 100): 3,
    ("mirror", "power cut", 80): 3,
    ("accesses", "kill", 14): 3,
    ("recover_admit", "power cut", 60): 5,
    ("recover_file", "power cut", 30): 3,
    ("file", "collision", 2): 1,
}
"""Needs strace."""
PROGRAM = (sys.executable, "-m", "tests.crash.campaign")
Case = tuple[str, str, int]


def came_to(case: Case) -> Any:
    """A slice of the campaign in a process of its own, for it forks: threads would not go along."""
    scenario, harm, every = case
    done = subprocess.run(
        [*PROGRAM, "--every", str(every), "--slice", scenario, harm],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "COVERAGE" not in name},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", list(ANYWHERE))
def test_a_kill_before_a_write_loses_and_doubles_nothing(case: Case) -> None:
    done = came_to(case)
    assert (done["violations"], done["shown"]) == (0, [])
    assert done["points"] >= ANYWHERE[case]


@pytest.mark.skipif(not traces(), reason="there is no strace here that may follow a process")
@pytest.mark.parametrize("case", list(TRACED))
def test_no_harm_at_any_system_call_breaks_a_promise(case: Case) -> None:
    done = came_to(case)
    assert (done["violations"], done["shown"]) == (0, [])
    assert done["points"] >= TRACED[case]
