"""What a recording says of its call, from all that speaks: place and name, sidecar, tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from archive.catalogue import files, learnt
from archive.catalogue.database import Transaction
from archive.catalogue.learnt import Call
from archive.records import InboxFile, Recording
from config.settings import Settings
from ingest.evidence import completed, completed_by_tags, gather
from ingest.sidecar import recalled
from matcher.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Ears:
    """How the office's recordings are heard."""

    timezone: ZoneInfo
    patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, settings: Settings) -> Ears:
        patterns = tuple(re.compile(pattern) for pattern in settings.inbox.patterns)
        return cls(settings.office.timezone, patterns)


def evidence_of(recording: Recording, ears: Ears) -> Evidence:
    """All evidence of an admitted recording. Pure: what the catalogue remembers is enough."""
    found = _named(recording, ears)
    if recording.sidecar is not None:
        found = completed(found, recalled(recording.sidecar), ears.timezone)
    if recording.probed is not None:
        tags = recording.probed.tags
        found = completed_by_tags(found, tags, ears.timezone, recording.day, ears.patterns)
    return found


def heard_as(
    tx: Transaction, of: Sequence[Recording], ears: Ears
) -> Mapping[int, tuple[tuple[str, Evidence], ...]]:
    """What each recording says, under all names under which its bytes were handed over.

    By the recording's id: where each name lay in the inbox, and its evidence; the first is its own.
    """
    copies = files.other_names(tx, [one.id for one in of])
    return {
        one.id: (
            (one.source, evidence_of(one, ears)),
            *((copy.source, _named(copy, ears)) for copy in copies.get(one.id, ())),
        )
        for one in of
    }


def _named(of: Recording | InboxFile, ears: Ears) -> Evidence:
    """What place and name alone say."""
    near = of.arrived_at.astimezone(ears.timezone).date()
    return gather(of.source, ears.timezone, near, ears.patterns)[1]


def hear(tx: Transaction, of: Sequence[Recording], ears: Ears) -> None:
    """Takes in what recordings say now that more of them speaks, and asks for their days again."""
    files.reopen(tx, learnt.learn(tx, {one.id: _call(one, ears) for one in of}))


def _call(of: Recording, ears: Ears) -> Call:
    evidence = evidence_of(of, ears)
    started = evidence.started_at
    day = started.astimezone(ears.timezone).date() if started else of.day
    return Call(started, evidence.precision, day, evidence.numbers)
