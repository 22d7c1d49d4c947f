"""Telephone numbers as those see them who need none: `138****5678`. Pure.

What could be a number is masked, whatever stands around it; dates, times and hashes are left. Whom
a number belongs to is still told by its last digits to who knows it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_CLEAR = 4
"""Last digits that stay."""
_RUN = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"  # a SHA-256
    r"|(?<!\d)\d{2}(?:0[1-9]|1[0-2])[0-3]\d-[0-9a-f]{8}(?![0-9a-f])"  # the id of a finding
    r"|\d{7,}"
)
_MOBILE = re.compile(r"(?<!\d)((?:(?:00)?86[ -]?)?1[3-9]\d[ -]?)\d{4}([ -]?\d{4})(?!\d)")
_STAMP = re.compile(r"(20\d\d|[23]\d)(\d\d)(\d\d)((?:\d\d){0,3})(?:\d{3})?")
"""A day, and on it an hour, a minute, a second, a millisecond."""


def masked(text: str) -> str:
    """`text`, be it a number or anything else, with the numbers in it masked."""
    return _RUN.sub(lambda found: _hidden(found[0]), _MOBILE.sub(r"\1****\2", text))


def masked_all(told: Any) -> Any:
    """What JSON holds, with the numbers in its texts masked; keys and figures stay."""
    if isinstance(told, str):
        return masked(told)
    if isinstance(told, dict):
        return {key: masked_all(one) for key, one in told.items()}
    if isinstance(told, (list, tuple)):
        return [masked_all(one) for one in told]
    return told


def _hidden(run: str) -> str:
    if not run.isdecimal() or len(run) == 64 or _is_stamp(run):
        return run
    first = 3 if len(run) >= 11 else 0
    return run[:first] + "*" * (len(run) - first - _CLEAR) + run[-_CLEAR:]


def _is_stamp(run: str) -> bool:
    """Whether it can be read as a date that a recorder writes, with or without a time."""
    found = _STAMP.fullmatch(run)
    if found is None or (len(found[1]) == 2 and len(found[4]) < 4):
        return False  # two digits of a year, without an hour and a minute, may be anything
    year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
    try:
        date(year, int(found[2]), int(found[3]))
    except ValueError:
        return False
    parts = [int(found[4][at : at + 2]) for at in range(0, len(found[4]), 2)]
    return all(part < most for part, most in zip(parts, (24, 60, 60), strict=False))
