"""Sidecars: the JSON that BCR, a recorder, writes beside a recording, as evidence.

Its form (`CallMetadata.kt` of chenxiaolong/BCR): `timestamp_unix_ms`, `timestamp` in ISO 8601 with
the phone's offset, `direction` (`in`, `out`, `conference`) and `calls`, each with `phone_number`,
`contact_name` and `caller_name`; whatever is not known is null. With any other contents it says
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.records import Sidecar
from ingest.inbox import Kind, kind
from ingest.name_form import NOBODY, direction_of, who
from matcher.evidence import Direction, Evidence, Precision
from matcher.numbers import normalise

MOST_BYTES = 64 << 10
"""BCR writes some 2 KiB."""
_SUFFIX = ".json"
_MOST_CALLS = 50
_LONGEST = 200
"""Characters of a contact or a number that are looked at."""
_CLOCK_ERROR = timedelta(seconds=1)
_YEARS = range(2000, 2100)
"""A phone that lost its clock begins again in 1970."""


def owners(sources: Iterable[str]) -> Mapping[str, str]:
    """The recording of each sidecar among `sources`: `x.oga.json` or `x.json` beside `x.oga`.

    Where `x.json` lies beside two recordings called `x`, it is nobody's.
    """
    files = list(sources)
    if not any(map(may_be_sidecar, files)):
        return {}
    recordings = {source for source in files if kind(source) is Kind.RECORDING}
    by_stem: dict[str, list[str]] = {}
    for source in recordings:
        by_stem.setdefault(source.rpartition(".")[0], []).append(source)
    found: dict[str, str] = {}
    for source in files:
        stem = source[: -len(_SUFFIX)]
        if kind(source) is Kind.UNKNOWN and may_be_sidecar(source):
            of = [stem] if stem in recordings else by_stem.get(stem, [])
            if len(of) == 1:
                found[source] = of[0]
    return found


def may_be_sidecar(source: str) -> bool:
    """By its name."""
    return source.lower().endswith(_SUFFIX)


def read_sidecar(text: bytes) -> Evidence | None:
    """What a sidecar says; `None` if it is malformed, too large, or tells nothing of a call."""
    if len(text) > MOST_BYTES:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    calls = _calls(said.get("calls"))
    numbers = [number for call in calls if (number := normalise(_text(call, "phone_number")))]
    # Of a conference's callers it is open whose the name would be.
    contact, aside = who(_contact(calls[0])) if len(calls) == 1 else (NOBODY, ())
    started = _started(said)
    evidence = Evidence(
        reader="sidecar",
        contact=contact.name,
        note=contact.note,
        surname=contact.surname,
        numbers=tuple(dict.fromkeys((*numbers, *aside))),
        started_at=started,
        precision=Precision.SECOND if started else None,
        direction=direction_of(_text(said, "direction")),
    )
    return None if evidence == Evidence(reader="sidecar") else evidence


def remembered(evidence: Evidence) -> Sidecar:
    """What a sidecar said, as the catalogue keeps it."""
    return Sidecar(
        contact=evidence.contact,
        note=evidence.note,
        surname=evidence.surname,
        numbers=evidence.numbers,
        started_at=evidence.started_at,
        precision=evidence.precision,
        direction=evidence.direction,
    )


def recalled(sidecar: Sidecar) -> Evidence:
    return Evidence(
        reader="sidecar",
        contact=sidecar.contact,
        note=sidecar.note,
        surname=sidecar.surname,
        numbers=sidecar.numbers,
        started_at=sidecar.started_at,
        precision=Precision(sidecar.precision) if sidecar.precision else None,
        direction=Direction(sidecar.direction) if sidecar.direction else None,
    )


def _calls(said: object) -> list[Mapping[str, Any]]:
    listed = said[:_MOST_CALLS] if isinstance(said, list) else []
    return [call for call in listed if isinstance(call, dict)]


def _text(said: Mapping[str, Any], key: str) -> str:
    """A text without what cannot be printed or kept; empty where there is none."""
    value = said.get(key)
    text = value[:_LONGEST] if isinstance(value, str) else ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _contact(call: Mapping[str, Any]) -> str:
    return _text(call, "contact_name") or _text(call, "caller_name")


def _started(said: Mapping[str, Any]) -> datetime | None:
    """When the recording began, to the second; `None` where its two statements differ."""
    stated, counted = _stated(_text(said, "timestamp")), _counted(said.get("timestamp_unix_ms"))
    if stated and counted and abs(stated - counted) > _CLOCK_ERROR:
        return None
    moment = stated or counted
    if moment is None or moment.year not in _YEARS:
        return None
    return moment.replace(microsecond=0)


def _stated(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _counted(milliseconds: object) -> datetime | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
