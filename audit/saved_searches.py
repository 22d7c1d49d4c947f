"""Searches that a person saved under a name: in a file beside the settings, which hold no names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from archive.catalogue.search import STATUSES
from archive.written import written
from audit.errors import AuditError
from config.language import Message

FILE = "callvault-searches.json"

Asked = Mapping[str, Any]
"""What was given on the command line, by option."""


def _is_text(one: object) -> bool:
    return isinstance(one, str) and bool(one.strip())


def _is_day(one: object) -> bool:
    try:
        return isinstance(one, str) and bool(date.fromisoformat(one))
    except ValueError:
        return False


def _is_seconds(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool) and one >= 0


_TEXTS = ("customer", "phone", "collector", "department", "grade", "file", "note", "finding")
_FIT: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(("first", "last"), _is_day),
    **dict.fromkeys(("shortest", "longest"), _is_seconds),
    "words": lambda one: isinstance(one, list) and all(map(_is_text, one)),
    "status": lambda one: one in STATUSES,
    "reached": lambda one: isinstance(one, bool),
    "limit": lambda one: isinstance(one, int) and not isinstance(one, bool) and one > 0,
}
"""What each option may be: people open the file, and mend it by hand."""


class SavedSearchError(AuditError):
    """No search was saved under that name, or the file of them cannot be read."""


def saved(settings: Path) -> Mapping[str, Asked]:
    """All that are saved beside the settings file, by name; SavedSearchError if that is broken."""
    path = settings.parent / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): dict(asked) for name, asked in dict(told).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise SavedSearchError(
            Message.of("search.saved_broken", path=path, error=type(error).__name__)
        ) from error


def recall(settings: Path, name: str) -> Asked:
    """What was saved under a name; SavedSearchError if nothing was."""
    known = saved(settings)
    if name in known:
        return _checked(settings, name, known[name])
    if not known:
        raise SavedSearchError(Message.of("search.saved_none"))
    raise SavedSearchError(
        Message.of("search.saved_unknown", name=name, known=", ".join(sorted(known)))
    )


def _checked(settings: Path, name: str, asked: Asked) -> Asked:
    for option, one in asked.items():
        if option not in _FIT or not _FIT[option](one):
            where = f"{name}: {option}"
            raise SavedSearchError(
                Message.of("search.saved_broken", path=settings.parent / FILE, error=where)
            )
    return asked


def save(settings: Path, name: str, asked: Asked) -> None:
    """Saves a search in place of one of this name; OSError where that cannot be written."""
    told = {
        **saved(settings),
        name: {key: one for key, one in asked.items() if one not in (None, ())},
    }
    path = settings.parent / FILE
    with written(path) as unfinished:
        unfinished.write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
