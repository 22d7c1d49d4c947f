"""`callvault custody`: what happened to a recording, and whether the log of it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from archive import presence
from archive.catalogue import log
from archive.catalogue.database import Transaction, open_catalogue
from archive.connecting import connect
from archive.custody import Entry
from archive.custody_check import Checked, check
from archive.number_ranges import is_among
from archive.records import Recording
from archive.store import Store
from config.custody_said import sentence
from config.visible import visible
from ingest.desk import DONE, NEEDS_A_PERSON, Desk, Told, as_json, lines
from ingest.naming import recording_named


def tell_custody(desk: Desk, named: str, form: str) -> Told:
    """Raises WordError where the recording is not known, or could be several."""
    with desk.reading() as tx:
        recording = recording_named(tx, named, desk.roots)
        entries = log.of(tx, recording.sha256)
        exports = _exports(tx, recording, entries)
    if form == "json":
        told = {"entries": _as_told(entries), "exports": _as_told(exports)}
        return Told(as_json({"sha256": recording.sha256, **told}))
    head = (visible(recording.source), f"SHA-256 {recording.sha256}")
    in_order = sorted([*entries, *exports], key=lambda one: one.seq)
    return Told(lines(*head, *(_line(desk, one) for one in in_order)))


def _exports(tx: Transaction, of: Recording, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Those of packages in which it was given out, which came after its own first entry."""
    later = log.of_event(tx, "exported", after=entries[0].seq if entries else 0)
    return [one for one in later if is_among(of.id, json.loads(one.entry)["recordings"])]


def _as_told(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    return [{**json.loads(one.entry), "hash": one.hash} for one in entries]


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
    message = sentence(said)
    event = visible(desk.words.say(message)) if message else said["event"]
    return f"{one.seq:>8}  {when}  {event}  {one.hash[:12]}"
