"""What somebody stated in the settings, where, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.language import Message
from config.values import WrongValueError

REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: how it is read, and what stands where the office says nothing."""

    read: Callable[[object, Path], Any]
    default: object = REQUIRED


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in the settings."""

    file: str
    """The settings file, or the name of the environment variable."""
    line: int | None
    message: Message


@dataclass(frozen=True, slots=True)
class Given:
    """A value as somebody stated it, and where."""

    value: object
    file: str
    line: int | None

    def problem(self, code: str, **said: object) -> Problem:
        return Problem(self.file, self.line, Message.of(f"settings.{code}", **said))


Stated = Mapping[tuple[str, str], Given]
"""What was stated, by section and key."""
Found = Mapping[str, dict[str, Any]]
"""The values of sections by their keys; what nobody can use is not among them."""


def read(
    title: str,
    keys: Mapping[str, Key],
    given: Mapping[str, Given],
    absent: Given,
    problems: list[Problem],
) -> Iterator[tuple[str, Any]]:
    """The values of a section called `title`; what cannot be used joins `problems` instead.

    `absent` stands for what nobody stated; its file's folder is where relative paths start.
    """
    base = Path(absent.file).absolute().parent
    for key, how in keys.items():
        name = f"{title} {key}"
        said = given.get(key)
        if said is None and how.default is REQUIRED:
            problems.append(absent.problem("required", name=name))
            continue
        value = how.default if said is None else said.value
        try:
            yield key, None if value is None else how.read(value, base)
        except WrongValueError as error:
            problems.append((said or absent).problem(error.code, name=name, **error.values))
