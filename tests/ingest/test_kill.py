"""A pass may be killed anywhere: what was taken in is whole, and the next one goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108  many small syncs are quick there; any folder would do


CASES = {
    ("first", "rename"): 40,
    ("corrected", "link"): 40,
    ("assign", "rename"): 8,
    ("unassign", "link"): 8,
    ("undo", "rename"): 8,
    ("undo_pass", "link"): 8,
}
"""How many writes there are at least. `rename` is the system's own that refuses to overwrite,
`link` what stands in for it."""


@pytest.fixture(scope="module")
def drivers() -> Iterator[Mapping[tuple[str, str], subprocess.Popen[str]]]:
    """One process a case, side by side."""
    quick = MEMORY if os.access(MEMORY, os.W_OK) else None
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    with ExitStack() as stack:
        started = {}
        for case in CASES:
            folder = stack.enter_context(TemporaryDirectory(dir=quick))
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.ingest.killing", folder, *case],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            started[case] = process
        yield started


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
@pytest.mark.parametrize("case", list(CASES))
def test_a_kill_before_any_write_loses_and_doubles_nothing(
    drivers: Mapping[tuple[str, str], subprocess.Popen[str]], case: tuple[str, str]
) -> None:
    told, _ = drivers[case].communicate(timeout=240)
    assert drivers[case].returncode == 0, told
    assert int(told) > CASES[case]  # writes, each of which was the last one once
