"""What has no business in the settings: sections, keys and variables that callvault does not know,
and passwords.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from config import further, values
from config.given import Given, Problem, Stated
from config.sections import SECTIONS
from config.stated import PREFIX, line_of, variables

_OTHER_VARIABLES = frozenset({"CALLVAULT_CONFIG"})
"""What the command line reads for itself."""


def in_file(path: Path, text: str, parsed: Mapping[str, Any]) -> Iterator[Problem]:
    """Sections and keys that callvault does not know."""
    for section, table in parsed.items():
        if section == further.SECTION:
            continue
        at = Given(None, str(path), line_of(text, section))
        if section not in SECTIONS:
            code = "section_unknown" if isinstance(table, dict) else "outside_section"
            yield _unknown(at, code, section, SECTIONS)
        elif not isinstance(table, dict):
            yield at.problem("not_a_section", name=section)
        for key in table if isinstance(table, dict) else ():
            at = Given(None, str(path), line_of(text, section, key))
            known = SECTIONS.get(section)
            if known is None and values.SECRET.search(key):
                yield at.problem("secret", name=f"[{section}] {key}")
            elif known is not None and key not in known:
                yield _elsewhere(at, section, key) or _unknown(
                    at, "key_unknown", key, known, f"[{section}] "
                )


def in_environment(environment: Mapping[str, str]) -> Iterator[Problem]:
    known = variables()
    for variable in environment:
        if variable.startswith(PREFIX) and variable not in known.keys() | _OTHER_VARIABLES:
            at, name = Given(None, variable, None), variable.removeprefix(PREFIX)
            stems = [one.removeprefix(PREFIX) for one in known]
            yield _unknown(at, "variable_unknown", name, stems, PREFIX)


def _elsewhere(at: Given, section: str, key: str) -> Problem | None:
    """A key of other sections: in the file of `callvault init` a header is easily left off."""
    owners = ", ".join(f"[{one}]" for one, keys in SECTIONS.items() if key in keys)
    if not owners:
        return None
    return at.problem("key_elsewhere", name=f"[{section}] {key}", owners=owners)


def _unknown(at: Given, code: str, name: str, known: Iterable[str], where: str = "") -> Problem:
    if values.SECRET.search(name):
        return at.problem("secret", name=where + name)
    near = values.nearest(name, known)
    if near is None:
        return at.problem(code, name=where + name, known=", ".join(known))
    return at.problem(f"{code}_near", name=where + name, near=where + near)


def passwords(path: Path, given: Stated) -> Iterator[Problem]:
    url = given.get(("catalogue", "url"))
    if url is not None and url.file == str(path) and values.has_password(url.value):
        yield url.problem("password_in_url", name="[catalogue] url")
