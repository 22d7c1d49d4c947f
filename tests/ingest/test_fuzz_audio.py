"""A short form of `make fuzz`, and what that run promises."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from archive.records import Probed
from ingest import prober
from tests import fuzz_audio


def test_no_damage_ends_the_process_or_keeps_it_or_is_believed() -> None:
    counts = fuzz_audio.fuzz(seed=3, numbers=range(200), jobs=2, keep=None)
    assert {"complete", "damaged", "truncated"} <= counts.keys()
    assert (+counts).keys() <= {"complete", "damaged", "truncated", "empty"}
    assert counts.total() == 200


def test_an_input_can_be_made_again() -> None:
    assert fuzz_audio.made(3, 77) == fuzz_audio.made(3, 77)
    assert len({fuzz_audio.made(3, number)[1] for number in range(100)}) == 100


def test_a_run_goes_on_where_it_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--seed", "4", "--jobs", "1", "--folder", str(tmp_path)]
    assert fuzz_audio.main([*given, "--count", "3"]) == 0
    assert fuzz_audio.main([*given, "--count", "5"]) == 0
    assert fuzz_audio.main([*given, "--count", "5"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["inputs"], second["inputs"]) == (3, 5)


@pytest.mark.parametrize(("does", "outcome"), [("os.abort()", "crash"), ("1 / 0", "exception")])
def test_what_ends_the_process_is_noticed(tmp_path: Path, does: str, outcome: str) -> None:
    program = f"import os\nprint('\"ready\"', flush=True)\ninput()\n{does}"
    tally = fuzz_audio.Tally()
    prober.log.addHandler(tally)
    try:
        with prober.Prober(program=(sys.executable, "-c", program)) as worker:
            assert fuzz_audio.examine(tally, 1, 1, worker, tmp_path) == outcome
    finally:
        prober.log.removeHandler(tally)
    assert tally.counts["restart"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        Probed("wav", "pcm_s16le", 1e9, "complete", silent=False, dbfs=-20.0, tags=(), notes=()),
        Probed("wav", "pcm_s16le", -1.0, "complete", silent=False, dbfs=-20.0, tags=(), notes=()),
        Probed("wav", "pcm_s16le", 5.0, "complete", silent=False, dbfs=3.0, tags=(), notes=()),
        Probed("wav", "pcm_s16le", 5.0, "damaged", silent=False, dbfs=-20.0, tags=(), notes=()),
    ],
)
def test_an_answer_that_cannot_be_is_noticed(wrong: Probed) -> None:
    assert not fuzz_audio.believable(wrong, 1000)
