"""From `callvault.toml` and the environment to settings that can be used, or all that is wrong.

An environment variable `CALLVAULT_INBOX_PATH` goes before `path` in `[inbox]`; an empty one counts
as not set. Relative paths, from the environment too, start at the settings file's folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config import further, stated, strangers
from config.calendar import Calendar
from config.contradictions import between_sections, keys_within
from config.folders import place_catalogue, place_released
from config.given import Found, Given, Problem, Stated, read
from config.language import Message
from config.sections import OPTIONAL, SECTIONS
from config.settings import (
    Alarms,
    Archive,
    CallRules,
    Catalogue,
    Coverage,
    Custody,
    FolderMirror,
    Handoff,
    Inbox,
    Log,
    Mirror,
    Notify,
    Office,
    Report,
    Retention,
    Settings,
    Sheet,
    Verify,
)

FILE = "callvault.toml"
EXAMPLE = Path(__file__).parent / "example.toml"
"""What `callvault init` writes."""


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds everything that is wrong with them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{one.file}: {one.message.key}" for one in problems))
        self.problems = problems


def find(explicit: Path | None, cwd: Path, user_dir: Path) -> Path:
    """The settings file: the one that was named, else the working folder's, else the user's own.

    Raises SettingsError if there is none.
    """
    places = [explicit] if explicit else [cwd / FILE, user_dir / FILE]
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(map(str, places))
    raise SettingsError((Problem(str(places[0]), None, Message.of("settings.absent", at=looked)),))


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """The settings in `path`, `environment` going before them.

    Raises SettingsError with everything that is wrong, not only the first.
    """
    text = _text(path)
    parsed = _parsed(path, text)
    given = dict(stated.in_file(path, text, parsed)) | dict(stated.in_environment(environment))
    problems = [
        *strangers.in_file(path, text, parsed),
        *strangers.in_environment(environment),
        *strangers.passwords(path, given),
    ]
    found = dict(_found(path, text, parsed, given, problems))
    absent = Given(None, str(path), None)
    place_catalogue(found, given.get(("archive", "path"), absent), problems)
    place_released(found["inbox"])
    problems += between_sections(found, given, str(path))
    listed = further.Listed(path, text, parsed.get(further.SECTION, []))
    mirrors = listed.read(SECTIONS["mirror"], found, problems)
    problems += keys_within(found, given, mirrors, absent)
    if problems:
        raise SettingsError(tuple(sorted(problems, key=lambda one: (one.file, one.line or 0))))
    return _settings(found, mirrors, path)


def _found(
    path: Path, text: str, parsed: Mapping[str, Any], given: Stated, problems: list[Problem]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The values of each section that there is; what cannot be used joins `problems` instead."""
    for section, keys in SECTIONS.items():
        own = {key: one for (at, key), one in given.items() if at == section}
        if section in parsed or own or section not in OPTIONAL:
            absent = Given(None, str(path), stated.line_of(text, section))
            yield section, dict(read(f"[{section}]", keys, own, absent, problems))


def _settings(found: Found, mirrors: tuple[Mirror | FolderMirror, ...], source: Path) -> Settings:
    return Settings(
        office=Office(**found["office"]),
        inbox=Inbox(**found["inbox"]),
        handoff=Handoff(**found["handoff"]),
        archive=Archive(**found["archive"]),
        catalogue=Catalogue(**found["catalogue"]),
        mirror=Mirror(**found["mirror"]) if "mirror" in found else None,
        report=Report(**found["report"]),
        sheet=Sheet(**found["sheet"]),
        calendar=Calendar(**found["calendar"]),
        rules=CallRules(**found["rules"]),
        custody=Custody(**found["custody"]),
        alarms=Alarms(**found["alarms"]),
        verify=Verify(**found["verify"]),
        log=Log(**found["log"]),
        notify=Notify(**found["notify"]),
        coverage=Coverage(**found["coverage"]),
        retention=Retention(**found["retention"]) if "retention" in found else None,
        further=mirrors,
        source=source,
    )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _stop(path, None, "unreadable", error=error.strerror or error) from None
    try:
        return raw.decode("utf-8-sig")  # Notepad puts a byte order mark before UTF-8
    except UnicodeDecodeError as error:
        raise _stop(path, raw.count(b"\n", 0, error.start) + 1, "not_utf8") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        place = re.search(r"at line (\d+)", str(error))
        number = int(place[1]) if place else len(text.rstrip().split("\n"))
        if re.search(r'"[^"]*\\', lines[number - 1]):
            raise _stop(path, number, "backslash_line") from None
        if re.search("[“”‘’＝【】]", lines[number - 1]):
            raise _stop(path, number, "chinese_marks") from None
        raise _stop(path, number, "syntax", error=error) from None
    except RecursionError:
        raise _stop(path, None, "syntax", error="too many brackets in one another") from None


def _stop(path: Path, line: int | None, code: str, **said: object) -> SettingsError:
    return SettingsError((Given(None, str(path), line).problem(code, **said),))
