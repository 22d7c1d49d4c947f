"""What a broken order of writes shows in: the campaign is worth what it catches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.mutants import MUTANTS
from tests.crash.program import traces

ROOT = Path(__file__).parents[2]
QUICK = (
    "bytes not synced",
    "names not synced",
    "overwriting",
    "row before bytes",
    "catalogue moves first",
    "recovery forgets",
    "source removed",
    "mirrored before sent",
    "custody apart",
)
"""`make crash` tries all."""
PAGE = ROOT / "docs/reliability.md"


@pytest.mark.skipif(not traces(), reason="there is no strace here that may follow a process")
def test_mutants_of_the_order_are_caught() -> None:
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    tried = subprocess.run(
        [sys.executable, "-m", "tests.crash.mutants", *QUICK],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert len(tried.stdout.splitlines()) == len(QUICK)


def test_the_page_tells_every_mutant_and_what_catches_it() -> None:
    told = PAGE.read_text("utf-8")
    for name, mutant in MUTANTS.items():
        assert f"| {name} |" in told
        line = next(one for one in told.splitlines() if f"| {name} |" in one)
        assert f"| {mutant.harm} in `{mutant.scenario}` |" in line
