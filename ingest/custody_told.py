"""`callvault custody`: what happened to a recording, and whether the log of it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

from archive import presence
from archive.catalogue import log
from archive.catalogue.database import open_catalogue
from archive.connecting import connect
from archive.custody import Entry
from archive.custody_check import Checked, check
from archive.store import Store
from config.language import sentences
from config.visible import visible
from ingest.desk import DONE, NEEDS_A_PERSON, Desk, Told, as_json, lines
from ingest.naming import recording_named


def tell_custody(desk: Desk, named: str, form: str) -> Told:
    """Raises WordError where the recording is not known, or could be several."""
    with desk.reading() as tx:
        recording = recording_named(tx, named, desk.roots)
        entries = log.of(tx, recording.sha256)
    if form == "json":
        told = [{**json.loads(one.entry), "hash": one.hash} for one in entries]
        return Told(as_json({"sha256": recording.sha256, "entries": told}))
    head = (visible(recording.source), f"SHA-256 {recording.sha256}")
    return Told(lines(*head, *(_line(desk, one) for one in entries)))


def tell_check(desk: Desk, form: str) -> Told:
    """Raises ArchiveError where catalogue or mirror cannot be asked."""
    presence.require(desk.settings)
    mirror, store = desk.settings.mirror, Store(desk.settings.archive.path)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        objects = connect(mirror, store.root, catalogue) if mirror is not None else None
        checked = check(catalogue, store, objects)
    problems = [desk.words.say(one) for one in checked.problems]
    code = NEEDS_A_PERSON if problems else DONE
    if form == "json":
        told = {
            "entries": checked.entries,
            "files": checked.files,
            "mirrored": checked.mirrored,
            "stamped": checked.stamp.at
            and {
                "file": checked.stamp.number,
                "at": desk.local(checked.stamp.at).isoformat(),
            },
            "head": checked.head,
            "problems": problems,
        }
        return Told(as_json(told), exit_code=code)
    return Told(lines(*_checked(desk, checked)), tuple(problems), code)


def _checked(desk: Desk, checked: Checked) -> Iterator[str]:
    yield desk.words("custody.checked", entries=checked.entries, files=checked.files)
    if checked.mirrored is None:
        yield desk.words("custody.no_mirror")
    else:
        yield desk.words("custody.mirrored", count=checked.mirrored, files=checked.files)
    if checked.stamp.at is not None:
        at = f"{desk.local(checked.stamp.at):%Y-%m-%d %H:%M:%S}"
        yield desk.words("custody.stamped", number=checked.stamp.number, at=at)
    yield desk.words("custody.head", head=checked.head)


def _line(desk: Desk, one: Entry) -> str:
    said: dict[str, Any] = json.loads(one.entry)
    when = f"{desk.local(datetime.fromisoformat(said['at'])):%Y-%m-%d %H:%M:%S}"
    kept = "_version" if said.get("version_kept") else ""
    key = f"custody.event_{said['event']}{kept}"
    event = desk.said(key, **_values(said)) if key in sentences() else said["event"]
    return f"{one.seq:>8}  {when}  {event}  {one.hash[:12]}"


def _values(said: dict[str, Any]) -> dict[str, object]:
    """What sentences name; an entry says only some of it."""
    call = said.get("call") or {}
    where = f"{call['sheet']}:{call['line']}" if call.get("sheet") else said.get("row")
    return {
        "path": said.get("path") or said.get("key") or "",
        "source": said.get("original_name") or "",
        "customer": said.get("customer") or said.get("customer_key") or "–",
        "collector": said.get("collector") or "–",
        "row": where or "–",
        "by": said.get("by") or "–",
        "verdict": said.get("verdict") or "",
        "why": said.get("why") or "",
        "value": said.get("value") or "",
        "place": said.get("place") or "",
        "day": said.get("handed_over_for") or "",
        "finding": said.get("finding") or "",
        "reason": said.get("reason") or "",
    }
