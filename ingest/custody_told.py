"""`callvault custody`: what happened to a recording, and whether the log of it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from archive import access, presence
from archive.catalogue import log
from archive.catalogue.database import Transaction, open_catalogue
from archive.connecting import connect
from archive.custody import Entry
from archive.custody_check import Checked, check
from archive.layout import ACCESS
from archive.number_ranges import is_among
from archive.objects import StoreError
from archive.records import Recording
from archive.store import Store
from archive.timestamp import certificates
from config.custody_said import sentence
from config.language import Message
from config.settings import Settings
from config.visible import visible
from ingest.desk import DONE, FAILED, NEEDS_A_PERSON, Desk, Told, as_json, lines
from ingest.naming import recording_named
from matcher.masking import masked, masked_all


def tell_custody(desk: Desk, named: str, form: str, *, full: bool = False) -> Told:
    """Raises WordError where the recording is not known, or could be several.

    `full`: numbers are shown whole. Either way it is written down who was told.
    """
    with desk.reading() as tx:
        recording = recording_named(tx, named, desk.roots)
        entries = log.of(tx, recording.sha256)
        exports = _exports(tx, recording)
    desk.enter("history_told", {"recordings": str(recording.id), "full": full})
    bodies = {one.seq: _body(one, full=full) for one in (*entries, *exports)}
    if form == "json":
        told = {"entries": _as_told(entries, bodies), "exports": _as_told(exports, bodies)}
        return Told(as_json({"sha256": recording.sha256, **told}))
    source = recording.source if full else masked(recording.source)
    head = (visible(source), f"SHA-256 {recording.sha256}")
    in_order = sorted([*entries, *exports], key=lambda one: one.seq)
    return Told(lines(*head, *(_line(desk, one, bodies[one.seq]) for one in in_order)))


def _exports(tx: Transaction, of: Recording) -> Sequence[Entry]:
    """Those of packages in which it was given out."""
    every = log.accesses(tx, events=("exported",))
    return [one for one in every if is_among(of.id, json.loads(one.entry)["recordings"])]


def _body(one: Entry, *, full: bool) -> Mapping[str, Any]:
    said: dict[str, Any] = json.loads(one.entry)
    return said if full else masked_all(said)


def _as_told(
    entries: Sequence[Entry], bodies: Mapping[int, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    return [{**bodies[one.seq], "hash": one.hash} for one in entries]


def tell_check(desk: Desk, form: str) -> Told:
    """Raises ArchiveError where the catalogue cannot be asked."""
    presence.require(desk.settings)
    store = Store(desk.settings.archive.path)
    checked = _check(desk.settings, store)
    spooled, unreadable = access.waiting(store, desk.clock.now())
    torn = [
        Message.of("access.torn", path=store.path(f"{ACCESS}/{one.name}"))
        for one in spooled
        if one.body is None
    ]
    unasked = [checked.unasked] if checked.unasked else []
    problems = [desk.words.say(one) for one in (*checked.problems, *unreadable, *torn, *unasked)]
    code = FAILED if unasked else NEEDS_A_PERSON if problems else DONE
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
            "accesses_waiting": len(spooled),
            "problems": problems,
        }
        return Told(as_json(told), exit_code=code)
    said = [*_checked(desk, checked)]
    if spooled:
        said.append(desk.words("access.waiting", count=len(spooled)))
    return Told(lines(*said), tuple(problems), code)


def _check(settings: Settings, store: Store) -> Checked:
    """A mirror that cannot be spoken to keeps nobody from looking at the rest."""
    ca, objects, unasked = settings.custody.timestamp_ca, None, None
    with closing(open_catalogue(settings.catalogue.url)) as catalogue:
        if settings.mirror is not None:
            try:
                objects = connect(settings.mirror, store.root, catalogue)
            except StoreError as error:
                unasked = error.message
        checked = check(catalogue, store, objects, certificates(ca) if ca else ())
    return replace(checked, unasked=unasked or checked.unasked)


def _checked(desk: Desk, checked: Checked) -> Iterator[str]:
    yield desk.words("custody.checked", entries=checked.entries, files=checked.files)
    if checked.unasked is not None:
        yield desk.words("custody.mirror_not_held")
    elif checked.mirrored is None:
        yield desk.words("custody.no_mirror")
    else:
        yield desk.words("custody.mirrored", count=checked.mirrored, files=checked.files)
    if checked.stamp.at is not None:
        at = f"{desk.local(checked.stamp.at):%Y-%m-%d %H:%M:%S}"
        yield desk.words("custody.stamped", number=checked.stamp.number, at=at)
    yield desk.words("custody.head", head=checked.head)


def _line(desk: Desk, one: Entry, said: Mapping[str, Any]) -> str:
    when = f"{desk.local(datetime.fromisoformat(said['at'])):%Y-%m-%d %H:%M:%S}"
    message = sentence(said)
    event = visible(desk.words.say(message)) if message else said["event"]
    return f"{one.seq:>8}  {when}  {event}  {one.hash[:12]}"
