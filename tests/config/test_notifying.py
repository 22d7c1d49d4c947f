"""Whom the daemon writes to stands in a file of its own, for an address holds a password."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from config.load import FILE, SettingsError, load
from config.settings import Notify

PATHS = "[inbox]\npath = 'in'\n[archive]\npath = 'store'\n"
ADDRESS = "mailto://office:hunter2@example.com"


def loaded(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Notify:
    path = folder / FILE
    path.write_text(PATHS + text, encoding="utf-8")
    return load(path, environment or {}).notify


def refused(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """The sentences in both languages."""
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text, environment)
    said = [Words(one).say(wrong.message) for wrong in caught.value.problems for one in LANGUAGES]
    assert all(problem.file for problem in caught.value.problems)
    return said


def test_without_a_word_nobody_is_written_to(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Notify(None, report=True, alarms=True, attach="html")


def test_all_that_is_stated_is_taken(tmp_path: Path) -> None:
    text = "[notify]\nurls_file = 'to.txt'\nreport = false\nalarms = false\nattach = 'xlsx'\n"
    assert loaded(tmp_path, text) == Notify(tmp_path / "to.txt", False, False, "xlsx")


def test_the_environment_names_the_file_too(tmp_path: Path) -> None:
    said = {"CALLVAULT_NOTIFY_URLS_FILE": "to.txt", "CALLVAULT_NOTIFY_REPORT": "false"}
    assert loaded(tmp_path, "", said) == Notify(tmp_path / "to.txt", report=False)


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        (f"[notify]\nurls_file = '{ADDRESS}'\n", {}),
        (f"[notify]\nurls = ['{ADDRESS}']\n", {}),
        ("", {"CALLVAULT_NOTIFY_URLS": ADDRESS}),
        ("", {"CALLVAULT_NOTIFY_URLS_FILE": ADDRESS}),
    ],
)
def test_an_address_in_its_place_is_refused_and_not_shown(
    tmp_path: Path, text: str, environment: Mapping[str, str]
) -> None:
    said = "".join(refused(tmp_path, text, environment))
    assert "urls_file" in said.lower()
    assert "hunter2" not in said
    assert "example.com" not in said


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("report = 'yes'", "true or false"),
        ("alarms = 1", "true or false"),
        ("attach = 'pdf'", "html, xlsx, none"),
        ("urls_file = 'in/to.txt'", "where others put files"),
        ("urls_file = 'store/to.txt'", "where others put files"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, line: str, part: str) -> None:
    assert part in "".join(refused(tmp_path, f"[notify]\n{line}\n"))
