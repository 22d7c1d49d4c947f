"""One act of a person: words and what is remembered of them, written down in one transaction.

The act stands or it does not. What it bears on is decided again; the moves follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive.catalogue import (
    acts,
    customers,
    files,
    log,
    memory,
    mentions,
    recordings,
    sheets,
    words,
)
from archive.catalogue.database import Transaction
from archive.custody import Event
from archive.records import Recording
from archive.said_records import Change, Confirmed, Kind, Place, Word
from ingest.mentioned import Mentioned, together

_UNKNOWN = Place(None, None)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something, and when."""

    by: str
    at: datetime
    """Aware."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a person does."""

    kind: str
    words: Mapping[int, Word | None] = field(default_factory=dict)
    """What is said of recordings from now on; `None` hands one back to the machine."""
    learned: Sequence[Confirmed] = ()
    forgotten: Sequence[Confirmed] = ()
    undoes: int | None = None


def do(tx: Transaction, doing: Doing, speaker: Speaker) -> int:
    """Writes all of it down, and asks for the days that it bears on; returns the act's number."""
    act = acts.begin(tx, doing.kind, speaker.at, speaker.by, doing.undoes)
    before = words.of(tx, doing.words.keys())
    spoken_of = recordings.by_ids(tx, doing.words.keys())
    _reopen(tx, spoken_of, [*before.values(), *filter(None, doing.words.values())])
    acts.change(tx, act, _changes(tx, spoken_of, before, doing.words), settled=False)
    words.say(tx, doing.words)
    memory.forget(tx, doing.forgotten)
    memory.remember(tx, doing.learned)
    acts.memorise(tx, act, doing.forgotten, added=False)
    acts.memorise(tx, act, doing.learned, added=True)
    files.reopen(tx, mentions.days_of(tx, _of(*doing.learned, *doing.forgotten).values))
    log.append(tx, _events(tx, act, doing, speaker, spoken_of), speaker.at)
    return act


def _changes(
    tx: Transaction,
    spoken_of: Sequence[Recording],
    before: Mapping[int, Word],
    said: Mapping[int, Word | None],
) -> list[Change]:
    keys = sheets.keys(tx, [one.row for one in spoken_of if one.row is not None])
    return [
        Change(
            recording=one.id,
            before=Place(one.customer, keys.get(one.row) if one.row else None),
            after=_UNKNOWN,
            word_before=before.get(one.id),
            word_after=said[one.id],
        )
        for one in spoken_of
    ]


def _reopen(tx: Transaction, spoken_of: Sequence[Recording], said: Sequence[Word]) -> None:
    """The days of the recordings and of the rows that words name or named; and whatever goes by a
    customer who is known by people's words alone.
    """
    for recording in spoken_of:
        files.reopen_of(tx, recording.id)
    rows = [sheets.row_of_key(tx, key) for key in sorted({one.row for one in said if one.row})]
    files.reopen(tx, [row.said.day for row in rows if row is not None])
    named = customers.by_ids(tx, {one.customer for one in said if one.customer is not None})
    for one in named:
        if customers.was_by_person(tx, one.id):
            known_by = Mentioned(frozenset({one.spelling}), one.numbers)
            files.reopen(tx, mentions.days_of(tx, known_by.values))


def _of(*confirmed: Confirmed) -> Mentioned:
    return together(
        Mentioned(names=frozenset({one.value}))
        if one.kind is Kind.NAME
        else Mentioned(numbers=frozenset({one.value}))
        for one in confirmed
    )


def _events(
    tx: Transaction,
    act: int,
    doing: Doing,
    speaker: Speaker,
    spoken_of: Sequence[Recording],
) -> list[Event]:
    """Each word and each thing forgotten in the custody of the recording that it is about."""
    known = {one.id: one for one in customers.by_ids(tx, _customers(doing))}
    who = {"act": act, "kind": doing.kind, "by": speaker.by, "undoes": doing.undoes}
    events = []
    for one in spoken_of:
        word = doing.words[one.id]
        customer = known[word.customer] if word and word.customer is not None else None
        details = who | {
            "customer": customer.name if customer else None,
            "customer_key": customer.key if customer else None,
            "row": word.row if word else None,
            "confirmed": [[of.kind, of.value] for of in doing.learned if of.recording == one.id],
        }
        name = "handed_back" if word is None else "assigned" if customer else "unassigned"
        events.append(Event(name, one.sha256, details))
    heard_in = recordings.by_ids(tx, {of.recording for of in doing.forgotten})
    hashes = {one.id: one.sha256 for one in heard_in}
    for of in doing.forgotten:
        what = {"what": of.kind, "value": of.value, "customer_key": known[of.customer].key}
        events.append(Event("forgotten", hashes[of.recording], who | what))
    return events


def _customers(doing: Doing) -> frozenset[int]:
    said = {one.customer for one in doing.words.values() if one and one.customer is not None}
    return frozenset(said | {one.customer for one in doing.forgotten})
