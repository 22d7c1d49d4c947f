"""Alarms reach a program of the office's own, whatever it does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from ingest import notifier
from ingest.notifier import notify

READ = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"


def test_the_program_gets_the_sentence_on_its_input(tmp_path: Path) -> None:
    got = tmp_path / "got"
    assert notify([sys.executable, "-c", READ, str(got)], "磁盘快满了") is None
    assert got.read_bytes().decode() == "磁盘快满了\n"


def test_without_a_program_nothing_is_done() -> None:
    assert notify((), "x") is None


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ([sys.executable, "-c", "raise SystemExit(7)"], "exit 7"),
        (["no-such-program-anywhere"], os.strerror(2)),
        (["nul\0inside"], "embedded null byte"),
    ],
)
def test_a_program_that_fails_is_told(command: list[str], error: str) -> None:
    failed = notify(command, "x")
    assert failed is not None
    assert error in Words("en").say(failed)
    assert all(command[0] in Words(language).say(failed) for language in LANGUAGES)


def test_a_program_that_reads_nothing_is_no_failure() -> None:
    assert notify([sys.executable, "-c", "pass"], "x" * (1 << 20)) is None


def test_a_program_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier, "PATIENCE", 0.2)
    failed = notify([sys.executable, "-c", "import time; time.sleep(60)"], "x")
    assert failed is not None
    assert "> 0.2 s" in Words("en").say(failed)
