"""How findings' ids and people's reasons for them are written. Pure."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

LONGEST = 1000
"""Characters of a reason."""
_ID = re.compile(r"(\d{6})-[0-9a-f]{0,8}", re.ASCII)


def id_of(day: date, parts: Sequence[str]) -> str:
    """The id of what is told apart by `parts` within its day, such as `261116-3f9a2c1b`."""
    told = json.dumps([day.isoformat(), *parts])
    return f"{day:%y%m%d}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def day_of(id: str) -> date | None:
    """The day that an id, or the beginning of one, names; `None`: it is none."""
    found = _ID.fullmatch(id)
    try:
        return datetime.strptime(f"20{found[1]}", "%Y%m%d").date() if found else None  # noqa: DTZ007
    except ValueError:
        return None


def plain_id(typed: str) -> str:
    """An id as it is kept, from what somebody typed, in full width or capitals too."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).casefold()


def plain_reason(typed: str) -> str:
    """A reason as it is kept: on one line, each word as it was typed."""
    return " ".join(typed.split())
