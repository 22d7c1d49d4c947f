"""What a recording's name says: the office's own patterns, the known recorders, then any name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from ingest import recorders_exchange, recorders_phone
from ingest.general_name import read_general
from ingest.name_form import Form
from ingest.stamps import Parts, date_parts, time_parts
from matcher.evidence import Evidence
from matcher.numbers import fold

FORMS = (*recorders_exchange.FORMS, *recorders_phone.FORMS)

_ENDING = re.compile(r"\.(?:3gpp?2?|3g2|3ga|[A-Za-z][A-Za-z0-9]{0,4})$", re.ASCII)
# WeChat's own endings stay: they are what tells its form.
_KEPT_ENDING = re.compile(r"\.(?:aud|silk|slk)$", re.IGNORECASE)
_SECOND_ENDING = re.compile(r"\.(?:mp3|wav|amr|m4a|aac|ogg|3gp)$", re.IGNORECASE)

_COPY = re.compile(
    r"^(?:副本|复件|复制|copy of)\s*(?:\(\d{1,2}\))?[ _-]*(?P<rest>.+)$"
    r"|^(?P<stem>.+?)(?:(?:\s*[-_]\s*|\s+)(?:副本|复件|拷贝|copy)\s*\d{0,2}|的?副本\d{0,2}|\(副本\))"
    r"(?:\s*\(\d{1,2}\))?$"
    r"|^(?P<counted>.+?)\s*\(\d{1,2}\)$",
    re.ASCII | re.IGNORECASE,
)


def read_name(
    name: str, tz: ZoneInfo, day: date, patterns: Sequence[re.Pattern[str]] = ()
) -> Evidence:
    """The evidence of a file's name with its extension.

    The first form that the whole name fits wins: `patterns` first (named groups contact, number,
    date, time, direction), then the recorders, then the reader for any name. `day` completes a
    date without year (to the latest up to `day`) and a time without date. Times without a zone
    are in `tz`.
    """
    stem, is_copy = original(name)
    forms = (*(Form("office", pattern, _office) for pattern in patterns), *FORMS)
    for form in forms:
        found = form.pattern.fullmatch(stem)
        if found and (evidence := form.read(found, tz, day)):
            break
    else:
        evidence = read_general(_KEPT_ENDING.sub("", stem), tz, day)
    return replace(evidence, is_copy=True) if is_copy else evidence


def original(name: str) -> tuple[str, bool]:
    """A name without its extension and a file manager's copy mark, and whether it had one."""
    stem = fold(name).replace("%2B", "+").strip()
    if not _KEPT_ENDING.search(stem):
        stem = _ENDING.sub("", stem)
    is_copy = False
    while not recorders_exchange.THREE_CX.fullmatch(stem) and (found := _COPY.match(stem)):
        stem = found["rest"] or found["stem"] or found["counted"]
        is_copy = True
    return _SECOND_ENDING.sub("", stem).strip(), is_copy


def _office(parts: Parts) -> Parts:
    """The groups date and time of an office's pattern, in any usual form."""
    read: dict[str, str | None] = dict(parts)
    if text := parts.get("date"):
        read.update(date_parts(text))
    if text := parts.get("time"):
        read.update(time_parts(text))
    return read
