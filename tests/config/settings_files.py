"""Settings files, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from config.given import Problem
from config.language import LANGUAGES, Words
from config.load import FILE, SettingsError, load

PATHS = "[inbox]\npath = 'in'\n[archive]\npath = 'store'\n"


def write(folder: Path, text: str) -> Path:
    path = folder / FILE
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path, environment: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """What is wrong with a file; each must be sayable in every language."""
    with pytest.raises(SettingsError) as caught:
        load(path, environment or {})
    for problem in caught.value.problems:
        for language in LANGUAGES:
            assert Words(language).say(problem.message)
    return caught.value.problems


def fault(path: Path, environment: Mapping[str, str] | None = None) -> Problem:
    (only,) = faults(path, environment)
    return only


def english(problem: Problem) -> str:
    return Words("en").say(problem.message)
