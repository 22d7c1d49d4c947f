"""Sidecars from the inbox into the catalogue, where they are remembered with their recordings."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from archive.catalogue import files, learnt, recordings
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.files import Sighting
from archive.errors import SourceError
from archive.records import FileState, Sidecar
from archive.store import read_source
from config.language import Message
from ingest.evidence import gather
from ingest.hearing import Ears, hear
from ingest.inbox import Seen
from ingest.sidecar import MOST_BYTES, read_sidecar, remembered

log = logging.getLogger(__name__)


class SidecarEntry:
    def __init__(self, catalogue: Catalogue, ears: Ears) -> None:
        self._catalogue = catalogue
        self._ears = ears

    def expect(self, sources: Sequence[str]) -> None:
        """Forgets sidecars whose recordings come anew, so that a kill before `enter` loses none."""
        if sources:
            with self._catalogue.transaction() as tx:
                files.let_go(tx, sources)

    def enter(self, arrived: Sequence[tuple[Seen, str, datetime]]) -> None:
        """Remembers what sidecars say, each given with its recording's source and its arrival."""
        if not arrived:
            return
        read = [_read(seen) for seen, _, _ in arrived]
        with self._catalogue.transaction() as tx:
            for said, (seen, of, arrived_at) in zip(read, arrived, strict=True):
                files.note(tx, [self._sighting(said, seen, of, arrived_at)], arrived_at)
                if isinstance(said, Sidecar):
                    self._attach(tx, of, said)

    def _sighting(
        self, said: Sidecar | SourceError | None, seen: Seen, of: str, arrived_at: datetime
    ) -> Sighting:
        state = FileState.IGNORED
        reason = Message.of("ingest.sidecar_unreadable", recording=of)
        if isinstance(said, Sidecar):
            reason = Message.of("ingest.sidecar_of", recording=of)
        elif said is not None:
            state = FileState.WAITING if said.later else FileState.REFUSED
            reason = said.message
        near = arrived_at.astimezone(self._ears.timezone).date()
        day, evidence = gather(of, self._ears.timezone, near, self._ears.patterns)
        return Sighting(
            source=seen.source,
            size=seen.size,
            mtime_ns=seen.mtime_ns,
            state=state,
            day=day,
            collector=evidence.collector,
            reason=reason,
        )

    def _attach(self, tx: Transaction, of: str, sidecar: Sidecar) -> None:
        recording = recordings.of_source(tx, of)
        if recording is None or recording.sidecar == sidecar:
            return
        learnt.attach(tx, recording.id, sidecar)
        hear(tx, [replace(recording, sidecar=sidecar)], self._ears)
        log.info("recording %d has a sidecar", recording.id)


def _read(seen: Seen) -> Sidecar | SourceError | None:
    """What it says; `None` if nothing can be read out of it."""
    if seen.size > MOST_BYTES:
        return None
    try:
        evidence = read_sidecar(read_source(seen.path, MOST_BYTES, seen.stat))
    except SourceError as error:
        return error
    return remembered(evidence) if evidence else None
