"""The custody log's chain: how an entry is written down and hashed, and how a chain is verified.

Each entry's hash covers the entry and the hash before it, so that a changed, removed or inserted
entry breaks every later one. The bytes that are hashed are kept as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

GENESIS = "0" * 64
"""The hash before the first entry."""
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one recording."""

    event: str
    """`admitted`, `duplicate`, `decided`, `filed`, `held`, `mirrored`, `removed`; of a source in
    the inbox `source_moved`, `source_deleted`, and `source_kept` where that could not be done; of a
    person's word `assigned`, `unassigned`, `handed_back` to the machine, `forgotten`; of a person
    who heard it, or took a copy along to hear it, `listened`; of a sheet
    `sheet`; of a copy `found_missing`, `found_altered`, `found_sound` again, `repaired`; of an
    object's legal hold `hold_set` and `hold_lifted`, and of a customer's, under the digest of their
    key, `hold_added` and `hold_released`; of a finding `answered` and `answer_withdrawn`, under the
    recording that it is about, else under the digest of its id; of all that a run of `callvault
    verify` saw, under the run's digest, `verified`; of entries before it, under the root of
    their tree, `anchored`; of a package that was given out, under the SHA-256 of its tag manifest,
    `exported`; of who saw what, under the digest of the access, `searched`, `history_told`,
    `numbers_shown`, and `access_torn` of one that a crash cut short."""
    sha256: str
    details: Mapping[str, object]
    """What binds it: customer, call, collector, original name, path."""


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    entry: str
    """Canonical JSON: the bytes that were hashed."""
    previous: str
    hash: str


def chain(event: Event, at: datetime, last: Entry | None) -> Entry:
    """The entry that `event` becomes after `last`; `at` is aware and written down as given."""
    seq = last.seq + 1 if last else 1
    previous = last.hash if last else GENESIS
    body = {
        "seq": seq,
        "at": at.isoformat(),
        "event": event.event,
        "sha256": event.sha256,
        **event.details,
    }
    entry = _CANONICAL.encode(body)
    return Entry(seq, entry, previous, _digest(previous, entry))


def broken(entries: Iterable[Entry], first: int = 1, previous: str = GENESIS) -> int | None:
    """The number of the first entry that breaks the chain; `None` where it holds.

    `first` and `previous` are the number of the entry that it begins with and the hash before it.
    """
    expected = first
    for one in entries:
        sound = (
            one.seq == expected
            and one.previous == previous
            and one.hash == _digest(previous, one.entry)
            and _seq(one.entry) == one.seq
        )
        if not sound:
            return expected
        previous, expected = one.hash, expected + 1
    return None


def _seq(entry: str) -> object:
    """The number that an entry says it has; `None` where it says nothing of the kind."""
    try:
        body = json.loads(entry)
    except ValueError:
        return None
    return body.get("seq") if isinstance(body, dict) else None


def _digest(previous: str, entry: str) -> str:
    return hashlib.sha256(f"{previous}\n{entry}".encode()).hexdigest()
