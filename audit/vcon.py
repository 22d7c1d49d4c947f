"""Recorded calls as vCons (draft-ietf-vcon-vcon-core-04), for other programs to read. Pure.

A vCon refers to its recordings in the package and has the row as it was handed in. Equal contents
become equal bytes, and its UUID is made of these.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from archive.records import Recording
from audit.bag import PAYLOAD
from audit.export_contents import Call, Contents
from audit.export_tables import packed_name, sheet_name, status_of
from config.language import Words

_SCHEMA = "0.4.0"
_FOLDER = "vcon/"
_COLLECTOR, _CUSTOMER, _OFFICE = 0, 1, 2
"""Places among the parties. Who called whom nobody says unless a recorder did; collectors call."""
_MEDIA = {
    "aac": "audio/aac", "aiff": "audio/aiff", "amr": "audio/amr", "asf": "audio/x-ms-wma",
    "flac": "audio/flac", "gsm": "audio/gsm", "mov": "audio/x-mp4", "mp3": "audio/x-mp3",
    "mp4": "audio/x-mp4", "ogg": "audio/ogg", "3gp": "audio/3gpp", "wav": "audio/x-wav",
}  # fmt: skip
"""By container; the draft would have `audio/x-…` where it names one."""
_OTHER = "application/octet-stream"
_MOBILE = re.compile(r"1\d{10}")
"""Numbers of the mainland's phones, whose country is known."""
_Entries = dict[str, list[Mapping[str, Any]]]
"""What custody entries say, by the recording's SHA-256."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What becomes one vCon: a call with its recordings in the package, or a recording of none."""

    call: Call | None
    recordings: tuple[Recording, ...]
    entries: tuple[Mapping[str, Any], ...]
    """Custody of the recordings, by number."""

    @property
    def name(self) -> str:
        """In the package, after its first recording."""
        return _FOLDER + packed_name(self.recordings[0]).removeprefix(PAYLOAD) + ".vcon"


def conversations(contents: Contents) -> Iterator[Conversation]:
    """Each recording of the package stands in one; a call without a recording becomes none."""
    calls = {one.row.id: one for one in contents.calls}
    of_calls: dict[int, list[Recording]] = {}
    entries: _Entries = {}
    for entry in contents.entries:
        body = json.loads(entry.entry)
        entries.setdefault(body["sha256"], []).append(body)
    for one in contents.recordings:
        if one.disposal:
            continue
        if one.row is not None and one.row in calls:
            of_calls.setdefault(one.row, []).append(one)
        else:
            yield Conversation(None, (one,), _custody([one], entries))
    for row, found in of_calls.items():
        yield Conversation(calls[row], tuple(found), _custody(found, entries))


def _custody(found: Iterable[Recording], entries: _Entries) -> tuple[Mapping[str, Any], ...]:
    mine = chain.from_iterable(entries.get(one.sha256, ()) for one in found)
    return tuple(sorted(mine, key=lambda body: body["seq"]))


def written(one: Conversation, sha512: Mapping[int, bytes], office: str, zone: ZoneInfo) -> bytes:
    """As JSON. `sha512` are the digests of recordings, by number."""
    told = {
        "vcon": _SCHEMA,
        "created_at": one.entries[-1]["at"],
        "parties": _parties(one, office),
        "dialog": [_dialog(one, it, sha512[it.id], zone) for it in one.recordings],
        "attachments": [*_row(one, zone), *_provenance(one, zone)],
    }
    return _as_json({"uuid": str(_uuid(_as_json(told)))} | told)


def _parties(one: Conversation, office: str) -> list[dict[str, str]]:
    said = one.call.row.said if one.call else None
    first = one.recordings[0]
    collector = (said.collector if said else None) or first.collector
    customer = first.customer_name or (said.customer_name if said else None)
    numbers = said.numbers if said else ()
    heard = [number for number in first.numbers if number in numbers]
    number = next(iter((*heard, *numbers, *first.numbers)), None)
    return [_party(collector, None), _party(customer, number), _party(office, None)]


def _party(name: str | None, number: str | None) -> dict[str, str]:
    """Only what is known: a party may be an empty object."""
    told = {} if number is None else {"tel": _tel(number)}
    return told | ({} if name is None else {"name": name})


def _tel(number: str) -> str:
    return f"+86{number}" if _MOBILE.fullmatch(number) else number


def _dialog(one: Conversation, of: Recording, sha512: bytes, zone: ZoneInfo) -> dict[str, object]:
    probed = of.probed
    told: dict[str, object] = {"type": "recording", "start": _start(one, of, zone)[0].isoformat()}
    if probed is not None and probed.duration_seconds is not None:
        told["duration"] = probed.duration_seconds
    told["parties"] = [_COLLECTOR, _CUSTOMER]
    if of.sidecar is not None and of.sidecar.direction == "in":
        told["originator"] = _CUSTOMER
    up = "../" * one.name.count("/")
    return told | {
        "mediatype": _MEDIA.get((probed and probed.container) or "", _OTHER),
        "filename": PurePosixPath(of.source).name,
        "url": up + quote(packed_name(of)),
        "content_hash": f"sha512-{base64.urlsafe_b64encode(sha512).decode().rstrip('=')}",
    }


def _start(one: Conversation, of: Recording, zone: ZoneInfo) -> tuple[datetime, str]:
    """When it began, in the office's time, and who says so; midnight where only the day is."""
    said = one.call.row.said if one.call else None
    if of.started_at is not None and of.precision != "day":
        return of.started_at.astimezone(zone), "recording"
    if said is not None and said.called_at is not None and said.precision != "day":
        return said.called_at.astimezone(zone), "row"
    return datetime.combine(of.call_day(zone), time(), zone), "day"


def _row(one: Conversation, zone: ZoneInfo) -> Iterator[dict[str, object]]:
    if one.call is None:
        return
    sheet, said = one.call.sheet, one.call.row.said
    body = {
        "sheet": one.call.row.sheet,
        "sheet_file": sheet_name(sheet.sha256, sheet.source),
        "tab": said.tab,
        "line": said.line,
        "cells": [list(cell) for cell in said.raw],
    }
    start = sheet.arrived_at.astimezone(zone).isoformat()
    yield _attached("row of the call-log sheet, as handed in", start, _COLLECTOR, 0, body)


def _provenance(one: Conversation, zone: ZoneInfo) -> Iterator[dict[str, object]]:
    for place, of in enumerate(one.recordings):
        start = of.arrived_at.astimezone(zone).isoformat()
        body = {
            "file": packed_name(of),
            "sha256": of.sha256,
            "source": of.source,
            "status": status_of(of, Words("en")),
            "start_by": _start(one, of, zone)[1],
            "custody": [it["seq"] for it in one.entries if it["sha256"] == of.sha256],
        }
        yield _attached("provenance of the recording", start, _OFFICE, place, body)


def _attached(
    purpose: str, start: str, party: int, dialog: int, body: Mapping[str, object]
) -> dict[str, object]:
    return {
        "purpose": purpose,
        "start": start,
        "party": party,
        "dialog": dialog,
        "mediatype": "application/json",
        "encoding": "json",
        "body": body,
    }


def _uuid(contents: bytes) -> UUID:
    """Version 8 (RFC 9562), whose bits are one's own: the first of the contents' SHA-256."""
    bits = int.from_bytes(hashlib.sha256(contents).digest()[:16], "big")
    bits = bits & ~(0xF << 76) | 8 << 76
    return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


def _as_json(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"
