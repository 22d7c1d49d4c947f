"""What the settings file and the environment state, each value with its place."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config.given import Given
from config.sections import SECTIONS

PREFIX = "CALLVAULT_"
"""With which the names of all variables begin."""


def in_file(
    path: Path, text: str, parsed: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], Given]]:
    for section, keys in SECTIONS.items():
        table = parsed.get(section)
        if isinstance(table, dict):
            for key in keys:
                if key in table:
                    line = line_of(text, section, key)
                    yield (section, key), Given(table[key], str(path), line)


def line_of(text: str, section: str, key: str | None = None) -> int | None:
    """The line of a key, else of its section. TOML's reader gives none, so this scans for it."""
    inside, found = "", None
    for number, line in enumerate(text.split("\n"), start=1):
        header = re.match(r"""\s*\[+\s*["']?([\w-]+)""", line)
        stated = re.match(r"""\s*["']?([\w.-]+)["']?\s*=""", line)
        if header:
            inside = header[1]
            name = inside
        elif stated:
            name = f"{inside}.{stated[1]}" if inside else stated[1]
        else:
            continue
        if name == f"{section}.{key}":
            return number
        if found is None and name.split(".")[0] == section:
            found = number
    return found


def in_environment(
    environment: Mapping[str, str],
) -> Iterator[tuple[tuple[str, str], Given]]:
    for variable, (section, name) in variables().items():
        said = environment.get(variable, "")
        if not said.strip():
            continue
        value: object = said
        if isinstance(SECTIONS[section][name].default, int | list | dict):
            with contextlib.suppress(tomllib.TOMLDecodeError):
                value = tomllib.loads(f"value = {said}")["value"]
        yield (section, name), Given(value, variable, None)


def variables() -> dict[str, tuple[str, str]]:
    return {
        f"{PREFIX}{section}_{key}".upper(): (section, key)
        for section, keys in SECTIONS.items()
        for key in keys
    }
