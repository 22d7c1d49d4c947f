"""What the documents say is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import cli
from audit.rules import SEVERITIES
from config.load import SECTIONS

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_every_finding_is_documented_with_its_severity() -> None:
    documented = dict(
        re.findall(r"^\| `(\w+)` \| (error|warning|info) \|", OPERATIONS, re.MULTILINE)
    )
    assert documented == {code: severity.value for code, severity in SEVERITIES.items()}


def test_every_command_is_documented_with_its_options() -> None:
    for name, command in cli.main.commands.items():
        row = re.search(rf"^\| `callvault {name}\b.*$", OPERATIONS, re.MULTILINE)
        assert row is not None, name
        for option in command.params:
            if option.param_type_name == "option" and option.name != "config":
                assert any(opt in row[0] for opt in option.opts), f"{name} {option.name}"


def test_the_readme_names_documents_that_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", readme):
        assert (ROOT / link).is_file(), link


def test_settings_named_in_the_documents_exist() -> None:
    known = {f"[{section}] {key}" for section, keys in SECTIONS.items() for key in keys}
    for named in re.findall(r"`(\[\w+\] \w+)`", OPERATIONS):
        assert named in known, named
