"""Telephone numbers as those see them who need none: `138****5678`. Pure.

What could be a number is masked, whatever stands around it and however it is parted; dates, times,
hashes and other ids are left. Whom a number belongs to is still told by its last digits to who
knows it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from matcher.numbers import normalise

_CLEAR = 4
"""Last digits that stay."""
_PART = r"[\s()（）.．\-‐‑‒–—―−－\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
"""What people and spreadsheets put between the digits of a number, as `matcher.numbers` takes it
out of them, marks nobody sees among them.
"""
_ITEM = r"、/;；,，:：（）()\n"
_KNOWN = re.compile(
    r"(?P<id>(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"  # a SHA-256
    r"|(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])"  # an ETag
    r"|(?<![0-9A-Za-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z])"
    r"|(?<!\d)\d{2}(?:0[1-9]|1[0-2])[0-3]\d-[0-9a-f]{8}(?![0-9a-f])"  # of a finding
    r"|(?<![0-9A-Za-z])\d{8}T\d{12}-[0-9a-f]{16}\.json)"  # of an access
    rf"|(?<!\d)(?:(?:00)?86{_PART}{{0,2}})?(?:"
    rf"(?P<mobile>1[3-9]\d{_PART}{{0,3}}\d{{4}}{_PART}{{0,3}}\d{{4}}"
    # parted anywhere, unless it goes on from something else, such as a day
    rf"|(?<!\d[-.:/])1{_PART}{{0,3}}[3-9](?:{_PART}{{0,3}}\d){{9}})"
    rf"|0(?:10|2\d|[3-9]\d\d){_PART}{{0,3}}(?P<landline>[2-9]\d{{2,3}}{_PART}{{1,3}}\d{{4}})"
    rf"|[48]00(?P<service>{_PART}{{0,3}}\d{{3,4}}{_PART}{{1,3}}\d{{3,4}})"
    r")(?!\d)"
    rf"|\+(?!86)[1-9]\d{{0,2}}(?P<foreign>{_PART}{{1,3}}\d{{1,4}}(?:{_PART}{{1,3}}\d{{2,8}}){{1,3}})(?!\d)"
    rf"|(?:^|(?<=[{_ITEM}]))\s*(?P<local>[2-9]\d{{2,3}}{_PART}\d{{4}})(?=\s*(?:$|[{_ITEM}]))"
    r"|(?P<run>\d{7,})"
)
_STAMP = re.compile(r"(20\d\d|[23]\d)(\d\d)(\d\d)((?:\d\d){0,3})(?:\d{3})?")
"""A day, and on it an hour, a minute, a second, a millisecond."""
_OURS = ("recordings", "sha256", "hash")
"""Under these names JSON holds what callvault numbers itself: spans such as `2000-2100`, hashes."""


def masked(text: str) -> str:
    """`text`, be it a number or anything else, with the numbers in it masked."""
    return _KNOWN.sub(_hidden, text)


def masked_all(told: Any) -> Any:
    """What JSON holds, with the numbers in its texts masked; keys and figures stay."""
    if isinstance(told, str):
        return masked(told)
    if isinstance(told, dict):
        return {key: one if key in _OURS else masked_all(one) for key, one in told.items()}
    if isinstance(told, (list, tuple)):
        return [masked_all(one) for one in told]
    return told


def _hidden(found: re.Match[str]) -> str:
    kind = str(found.lastgroup)
    number = found[kind]
    if kind == "id" or (kind == "run" and _is_stamp(number)):
        return found[0]
    if kind == "local" and normalise(number) is None:  # a day
        return found[0]
    digits = [at for at, sign in enumerate(number) if sign.isdecimal()]
    first = 3 if len(digits) >= 11 else 0
    hidden = set(digits[first:-_CLEAR])
    said = "".join("*" if at in hidden else sign for at, sign in enumerate(number))
    at = found.start(kind) - found.start()
    return found[0][:at] + said + found[0][at + len(number) :]


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
