"""Sources in the inbox that are released: which files they are, and what is written of it.

What is going to happen to a source is written down before it happens, so that none is ever gone
without a word; `keep` corrects the word where it could not be done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from archive.batches import batches
from archive.catalogue import log
from archive.catalogue.schema import inbox_file, recording
from archive.catalogue.shapes import to_inbox_file
from archive.custody import Event
from archive.proof import Proof
from archive.records import FileState, InboxFile, Recording
from config.language import Message


@dataclass(frozen=True, slots=True)
class Release:
    """One source that is about to be moved away, or deleted, on the strength of `proof`."""

    proof: Proof
    source: str
    to: str | None
    """Where it is moved; `None`: it is deleted."""

    @property
    def outcome(self) -> str:
        return "deleted" if self.to is None else "moved"


def taken(tx: Connection, sources: Collection[str]) -> Sequence[InboxFile]:
    """Those of `sources` whose bytes were admitted, or admitted before from another file."""
    found: list[InboxFile] = []
    for batch in batches(sorted(sources)):
        some = inbox_file.c.source.in_(batch)
        ended = inbox_file.c.state.in_([FileState.RECORDING, FileState.DUPLICATE])
        found += map(to_inbox_file, tx.execute(select(inbox_file).where(some, ended)))
    return found


def write_down(tx: Connection, releases: Sequence[Release], now: datetime) -> None:
    """Writes that these sources are released; ValueError for a proof that has run out by `now`."""
    for one in releases:
        if not one.proof.holds(now):
            raise ValueError(f"the proof for recording {one.proof.recording.id} has run out")
        _mark(tx, one.proof.recording, one.source, one.outcome)
    log.append(tx, [_event(one) for one in releases], now)


def keep(tx: Connection, release: Release, reason: Message, now: datetime) -> None:
    """Corrects what was written down of `release`: the source could not be moved or deleted."""
    _mark(tx, release.proof.recording, release.source, None)
    details = {"original_name": release.source, "reason": reason.key}
    log.append(tx, [Event("source_kept", release.proof.recording.sha256, details)], now)


def _mark(tx: Connection, of: Recording, source: str, outcome: str | None) -> None:
    """A recording's own source counts; of its duplicates custody alone tells."""
    own = (recording.c.id == of.id) & (recording.c.source == source)
    tx.execute(update(recording).where(own).values(released=outcome))


def _event(release: Release) -> Event:
    details = {
        "original_name": release.source,
        "to": release.to,
        "proof": release.proof.facts,
    }
    return Event(f"source_{release.outcome}", release.proof.recording.sha256, details)
