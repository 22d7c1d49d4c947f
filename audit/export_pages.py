"""The pages of a package: the report for people, and how to verify it. Pure; one's look is HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from archive.records import Recording
from audit import export_custody, html
from audit.export_contents import Call, Contents
from audit.export_custody import Papers
from audit.export_proofs import Chain, Told
from audit.export_tables import file_of, reached, recorded, status_of
from config.custody_said import sentence
from config.language import Words

_FROM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class CallLine:
    call: Call
    reached: str
    recorded: str
    """A code, as of `export_tables.recorded`."""
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a recording's custody, in words."""

    seq: int
    at: str
    said: str
    hash: str


@dataclass(frozen=True, slots=True)
class History:
    recording: Recording
    file: str | None
    day: str
    status: str
    steps: tuple[Step, ...]


def report(
    contents: Contents, chain: Chain, asked: Mapping[str, object], office: str, zone: ZoneInfo
) -> str:
    """What was asked, each call with what became of its recording, findings, and custody."""
    words = Words("zh")
    here = {one.id: file for one in contents.recordings if (file := file_of(one))}
    lines = [
        CallLine(
            call,
            reached(call, words),
            recorded(call, here),
            tuple(here[one.id] for one in call.recordings if one.id in here),
        )
        for call in contents.calls
    ]
    last = contents.entries[-1] if contents.entries else None
    values = {
        "lang": "zh-Hans",
        "office": office,
        "asked": [
            (words(f"export.asked_{name}"), _text(value, words)) for name, value in asked.items()
        ],
        "calls": lines,
        "lacking": sum(call.is_lacking for call in contents.calls),
        "undecided": contents.undecided,
        "findings": contents.findings,
        "histories": _histories(contents, chain, words, zone),
        "last": last,
        "last_at": _at(json.loads(last.entry)["at"], zone) if last else "",
        "tell": words,
    }
    return html.page("export_report.html.j2", words, values)


def instructions(
    papers: Papers, *, with_sheets: bool, with_authority: bool, with_vcons: bool
) -> str:
    """How the package is verified without callvault, in Chinese and English."""
    stamps = [
        {
            "file": export_custody.shown_name(number) if number in papers.shown else None,
            "sha256": one.file.sha256,
            "stamp": export_custody.stamp_name(number),
        }
        for number, one in papers.stamps.items()
    ]
    values = {
        "lang": "zh-Hans",
        "stamps": stamps,
        "authority": export_custody.AUTHORITY if with_authority else None,
        "with_sheets": with_sheets,
        "with_vcons": with_vcons,
    }
    return html.page("export_readme.html.j2", Words("zh"), values)


def _histories(contents: Contents, chain: Chain, words: Words, zone: ZoneInfo) -> Sequence[History]:
    steps: dict[str, list[Step]] = {}
    for told in chain.entries:
        body = json.loads(told.entry.entry)
        steps.setdefault(body["sha256"], []).append(_step(told, body, words, zone))
    return [
        History(
            one,
            file_of(one),
            one.call_day(zone).isoformat(),
            status_of(one, words),
            tuple(steps.get(one.sha256, ())),
        )
        for one in contents.recordings
    ]


def _step(told: Told, body: Mapping[str, str], words: Words, zone: ZoneInfo) -> Step:
    message = sentence(body)
    said = words.say(message) if message else body["event"]
    return Step(told.entry.seq, _at(body["at"], zone), said, told.entry.hash)


def _at(said: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(said).astimezone(zone):{_FROM}}"


def _text(value: object, words: Words) -> str:
    if isinstance(value, bool):
        return words("report.yes" if value else "report.no")
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
