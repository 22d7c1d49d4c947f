"""What the documents say is what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import cli
from audit.rules import SEVERITIES
from config.sections import SECTIONS
from matcher.weights import CAVEATS
from tests.audit.every_code import happening

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
FINDINGS = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
REASONS = (ROOT / "config" / "words" / "reasons.toml").read_text(encoding="utf-8")


def test_every_finding_is_documented_once_and_whole() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \| (.+) \| (.+) \|$", FINDINGS, re.MULTILINE)
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)
    documented = [(code, severity) for code, severity, *_ in rows]
    assert sorted(documented) == sorted((code, one.value) for code, one in SEVERITIES.items())


def test_every_finding_has_a_fixture_that_the_page_points_to() -> None:
    assert "`tests/audit/every_code.py`" in FINDINGS
    for code in SEVERITIES:
        assert callable(happening(code)), code


def test_every_command_is_documented_with_its_options() -> None:
    for name, command in cli.main.commands.items():
        row = re.search(rf"^\| `callvault {name}\b.*$", OPERATIONS, re.MULTILINE)
        assert row is not None, name
        for option in command.params:
            if option.param_type_name == "option" and option.name != "config":
                assert any(opt in row[0] for opt in option.opts), f"{name} {option.name}"


def test_no_command_is_documented_that_is_not_there() -> None:
    in_table = re.findall(r"^\| `callvault ([\w-]+)", OPERATIONS, re.MULTILINE)
    assert set(in_table) == set(cli.main.commands)
    assert set(re.findall(r"^callvault (\w+) .*#", README, re.MULTILINE)) <= set(in_table)


def test_every_why_of_a_decision_is_documented() -> None:
    table = OPERATIONS.partition("| why | meaning |")[2].partition("\n\n")[0]
    documented = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    spoken = [key.removeprefix("why_") for key in tomllib.loads(REASONS) if key.startswith("why_")]
    assert sorted(documented) == sorted(spoken)


def test_every_caveat_is_documented() -> None:
    (told,) = re.findall(r"\*\*Caveats:\*\*(.*?)\n(?:-|\n)", DESIGN, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", told)) == CAVEATS


def test_modules_named_in_the_design_are_there() -> None:
    for path in re.findall(r"`(\w+(?:/\w+)+\.py)`", DESIGN):
        assert (ROOT / path).is_file(), path


def test_the_documents_name_documents_and_sections_that_are_there() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^):]+)\)", page.read_text(encoding="utf-8")):
            name, _, section = link.partition("#")
            target = page.parent / name if name else page
            assert target.is_file(), f"{page.name}: {link}"
            if section:
                headings = re.findall(
                    r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE
                )
                assert section in [one.lower().replace(" ", "-") for one in headings], link


def test_settings_named_in_the_documents_exist() -> None:
    known = {f"[{section}] {key}" for section, keys in SECTIONS.items() for key in keys}
    for named in re.findall(r"`(\[\w+\] \w+)`", OPERATIONS + FINDINGS):
        assert named in known, named
