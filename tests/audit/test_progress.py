"""The bars of a long pass: on a terminal, and nowhere else."""

from __future__ import annotations

import io

import pytest

from audit.progress import bars
from config.language import Words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("language", "name"), [("zh", "收进录音"), ("en", "taking in")])
def test_a_person_sees_each_step_and_how_far_it_is(
    language: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with bars(Words(language), stream) as tell:
        tell("admit", 128, 300)
        tell("admit", 172, 300)
        tell("mirror", 1, 9)
    drawn = stream.getvalue()
    assert name in drawn
    assert "300/300" in drawn
    assert "1/9" in drawn


def test_a_script_sees_nothing() -> None:
    stream = io.StringIO()
    with bars(Words("zh"), stream) as tell:
        tell("admit", 1, 1)
    assert stream.getvalue() == ""
