"""How the settings of `[notify]` are read, and where the file with the addresses may not lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from config import values
from config.folders import inside
from config.given import Found, Given, Key, Problem, Stated
from config.values import WrongValueError

ATTACHMENTS = ("html", "xlsx", "none")


def addresses(value: object, base: Path) -> Path:
    """The path of a file; an address itself is refused and not told again: it holds a password."""
    if isinstance(value, str) and "://" in value:
        raise WrongValueError("address_in_settings")
    return values.path(value, base)


def switch(value: object, _base: Path) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("switch_needed")
    return value


def attachment(value: object, base: Path) -> str:
    said = values.some_text(value, base)
    if said not in ATTACHMENTS:
        raise WrongValueError("not_one_of", value=said, known=", ".join(ATTACHMENTS))
    return said


KEYS: Mapping[str, Key] = {
    "urls_file": Key(addresses, None),
    "report": Key(switch, True),
    "alarms": Key(switch, True),
    "attach": Key(attachment, "html"),
}


def misplaced(found: Found, given: Stated, file: str) -> Iterator[Problem]:
    """Passwords where others put files, or from where files are mirrored."""
    addresses_in = found["notify"].get("urls_file")
    for section in ("inbox", "archive"):
        place = found[section].get("path")
        if addresses_in and place and inside(addresses_in, place):
            at = given.get(("notify", "urls_file"), Given(None, file, None))
            yield at.problem("urls_file_within", path=addresses_in, place=place)
