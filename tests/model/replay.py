"""Equal input, equal decisions: the same files and words in a new office, in another order.

A name's contents come in their own order, and of several recordings of equal bytes the first
stays the first; all else may come in any order, some of it in one pass. Then people's words as
they stand.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

from archive.catalogue import customers, files
from archive.catalogue.database import Transaction
from archive.said_records import Confirmed, Kind, Word
from ingest.act import Doing, Speaker, do
from ingest.session import open_session
from tests.ingest.small_office import SmallOffice
from tests.model.ending import bring_to_rest, pass_over
from tests.model.pool import DAYS
from tests.model.seen import Line, Seen, look
from tests.model.truth import Drop, Truth

_OF_ITS_TIME = {
    "late_handoff",
    "missing_closed",
    "sheet_missing",
    "filing_withdrawn",
    "mirror_pending",
    "mirror_failed",
    "recording_waiting",
    "ignored_file",
}
"""Findings that hang on when something came or left, which is another time in the new office."""


def replay(desk: SmallOffice, truth: Truth, old: Seen, at: datetime, order: Random) -> None:
    """Takes the same in, in a sound order."""
    _take_in(desk, truth, old, at, order)
    _say(desk, old, at)
    bring_to_rest(desk, at)


def _take_in(desk: SmallOffice, truth: Truth, old: Seen, at: datetime, order: Random) -> None:
    left, fresh = list(truth.taken), list[Drop]()
    while left:
        free = [
            one
            for place, one in enumerate(left)
            if not any(_is_before(first, one, old) for first in left[:place])
        ]
        one = order.choice(free)
        if any(_is_before(first, one, old) for first in fresh) or order.random() < 0.3:
            pass_over(desk, at)
            fresh = []
        _drop(desk, one)
        left.remove(one)
        fresh.append(one)
    for one in truth.inbox.values():
        _drop(desk, one)
    pass_over(desk, at)


def _is_before(first: Drop, later: Drop, old: Seen) -> bool:
    """Whether `first`, which came first, has to be taken in by an earlier pass than `later`."""
    if first.source == later.source:
        return True
    if first.digest != later.digest or first.kind != later.kind or first.kind == "sheet":
        return False
    recording = old.recordings.get(first.digest)
    return recording is not None and recording["source"] in (first.source, later.source)


def _drop(desk: SmallOffice, one: Drop) -> None:
    path = desk.inbox / one.source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(one.content)
    os.utime(path, ns=(one.mtime_ns, one.mtime_ns))


def _say(desk: SmallOffice, old: Seen, at: datetime) -> None:
    """What stands of people's words, and what they confirmed."""
    with open_session(desk.settings) as session, session.catalogue.transaction() as tx:
        whose = {id: _customer(tx, old, one) for id, one in old.customers.items()}
        new = look(desk)
        ids = {one["sha256"]: one["id"] for one in new.tables["recording"]}
        known = {one["key"] for one in new.tables["sheet_row"]}
        now = {old_id: ids[one["sha256"]] for old_id, one in old.by_id.items()}
        words: Mapping[int, Word | None] = {
            now[one["recording_id"]]: Word(
                whose[one["customer_id"]] if one["customer_id"] else None,
                _row(one, old, known),
                one["said_by"],
                at,
            )
            for one in old.words_said
        }
        learned = [_confirmed(one, whose, now, at) for one in old.tables["confirmed"]]
        if words or learned:
            do(tx, Doing("assign", words, learned), Speaker("李经理", at))
        files.reopen(tx, DAYS)


def _row(word: Line, old: Seen, known: Collection[str]) -> str | None:
    """The row that was named; in a sheet that was a copy from the first nobody can name one, so
    that then it is the row of what counts in its place, by which the recording is filed.
    """
    named: str | None = word["row_key"]
    if named is None or named in known:
        return named
    rows = {one["id"]: one["key"] for one in old.tables["sheet_row"]}
    filed: str | None = rows.get(old.by_id[word["recording_id"]]["row_id"])
    return filed or named


def _customer(tx: Transaction, old: Seen, one: Line) -> int:
    numbers = sorted(old.numbers.get(one["id"], frozenset()))
    key, name = one["key"], one["name"]
    if one["by_person"]:
        return customers.add_by_person(tx, key, name, numbers)
    return customers.register(tx, key, name, numbers)


def _confirmed(
    one: Line, whose: Mapping[int, int], now: Mapping[int, int], at: datetime
) -> Confirmed:
    return Confirmed(
        whose[one["customer_id"]],
        Kind(one["kind"]),
        one["value"],
        now[one["recording_id"]],
        one["said_by"],
        at,
    )


def copied(truth: Truth) -> set[str]:
    """Sheets that were at some time like another, by their place in the inbox.

    Which of their versions counted once, and so was corrected, hangs on what came, and was met,
    before what. Which counts in the end does not.
    """
    under: dict[str, set[str]] = {}
    for one in truth.dropped:
        if one.kind == "sheet":
            under.setdefault(one.digest, set()).add(one.source)
    return {source for sources in under.values() if len(sources) > 1 for source in sources}


def outcome(seen: Seen, reports: Sequence[Any], but: set[str], copies: set[str]) -> object:
    """What was decided and found, without what hangs on order: folders, numbers, held names.

    `but` are recordings (SHA-256) about which the disk tells otherwise by now, `copies` what
    `copied` tells.
    """
    rows = {one["id"]: one["key"] for one in seen.tables["sheet_row"]}
    keys = {id: one["key"] for id, one in seen.customers.items()}
    decided = {
        digest: (one["verdict"], one["why"], keys.get(one["customer_id"]), rows.get(one["row_id"]))
        for digest, one in seen.recordings.items()
    }
    counted = {one["id"] for one in seen.tables["sheet"] if one["state"] == "read"}
    named = {
        one["key"]: keys.get(one["customer_id"])
        for one in seen.tables["sheet_row"]
        if one["sheet_id"] in counted
    }
    spoilt = {one["source"] for digest, one in seen.recordings.items() if digest in but}
    found = sorted(
        (report["date"], one["code"], one["source"] or "", one["sheet"] or "", one["line"] or 0)
        for report in reports
        for one in report["findings"]
        if one["code"] not in _OF_ITS_TIME and one["source"] not in spoilt
        if one["code"] != "row_edited" or one["sheet"] not in copies
    )
    return decided, named, found
