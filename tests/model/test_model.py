"""A short run of the model, always the same one, and faults that it has to find.

`make model` is the long run. Processes of their own, because they fork and plant faults.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    return subprocess.run(
        [sys.executable, "-m", "tests.model", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed as they fork")
def test_the_model_finds_nothing() -> None:
    ended = run("--examples", "40", "--seed", "1")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed as they fork")
@pytest.mark.parametrize(
    ("mutant", "found"),
    [
        ("custody_unwritten", "AssertionError: custody"),
        ("twice_admitted", "AssertionError: bytes lie in the archive twice"),
        ("word_overruled", "AssertionError: the machine overruled a person"),
        ("junk_unseen", "AssertionError: a file of the inbox is in no report"),
    ],
)
def test_the_model_finds_a_fault(mutant: str, found: str) -> None:
    """The quickest ones; `make model-mutants` plants them all."""
    ended = run("--examples", "200", "--raw", "--mutant", mutant)
    assert ended.returncode == 1
    assert re.search(found, ended.stderr)
