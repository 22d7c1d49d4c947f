"""Admission: recordings from the inbox into holding, so that from then on none can be lost.

The order is the promise: planned in the catalogue, copied and synced under a name of no meaning,
published without overwriting, its folder synced, entered. Work goes by batches within that order.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from archive import layout
from archive.batches import batches
from archive.catalogue import disposals, files, recordings
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.files import Sighting
from archive.catalogue.recordings import Admission
from archive.errors import SourceError
from archive.records import FileState, InboxFile, Recording
from archive.store import Staged, Store
from config.language import Message
from ingest.evidence import gather
from ingest.inbox import Seen
from matcher.evidence import Evidence

_BATCH = 128
_THREADS = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """How the office takes recordings in."""

    timezone: ZoneInfo
    patterns: tuple[re.Pattern[str], ...]
    limit: int
    """Largest recording in bytes."""
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Admitted:
    recordings: int = 0
    duplicates: int = 0
    put_off: int = 0
    """Could not be taken now, or at all; the report says why."""

    def __add__(self, other: Admitted) -> Admitted:
        return Admitted(
            self.recordings + other.recordings,
            self.duplicates + other.duplicates,
            self.put_off + other.put_off,
        )


class Intake:
    def __init__(self, catalogue: Catalogue, store: Store, terms: Terms) -> None:
        self._catalogue = catalogue
        self._store = store
        self._terms = terms

    def admit(
        self,
        arrived: Sequence[tuple[Seen, datetime]],
        now: datetime,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Admitted:
        """Admits settled recordings, each with the time it came; `now` is aware."""

        # Of two files with the same bytes the one that is named like a copy is the duplicate.
        def rank(one: tuple[Seen, datetime]) -> tuple[bool, str]:
            seen, arrived_at = one
            return self._gather(seen.source, arrived_at)[1].is_copy, seen.source

        ordered = sorted(arrived, key=rank)
        total = Admitted()
        for batch in batches(ordered, _BATCH):
            total += self._admit_batch(batch, now)
            progress(len(batch))
        return total

    def recover(self, now: datetime) -> None:
        """Finishes admissions that a kill cut short; safe to be killed itself."""
        with self._catalogue.transaction() as tx:
            left = files.planned(tx)
        for file in left:
            published = self._published(file)
            with self._catalogue.transaction() as tx:
                if published is None:
                    files.forget(tx, file.id)
                else:
                    self._enter(tx, file, published, now)
        self._store.empty_staging()

    def _admit_batch(self, batch: Sequence[tuple[Seen, datetime]], now: datetime) -> Admitted:
        planned = self._plan(batch)
        with ThreadPoolExecutor(_THREADS) as pool:
            copies = list(pool.map(self._stage, [seen for seen, _ in batch], planned))
        fresh = self._publish(planned, copies)
        admitted = duplicates = put_off = 0
        with self._catalogue.transaction() as tx:
            for file, copy in zip(planned, copies, strict=True):
                if isinstance(copy, SourceError):
                    self._put_off(tx, file, copy)
                    put_off += 1
                elif self._enter(tx, file, copy, now):
                    admitted += 1
                else:
                    duplicates += 1
        for file, copy in zip(planned, copies, strict=True):
            if isinstance(copy, Staged) and file.id not in fresh:
                self._store.discard(copy)
        return Admitted(admitted, duplicates, put_off)

    def _plan(self, batch: Sequence[tuple[Seen, datetime]]) -> list[InboxFile]:
        planned = []
        with self._catalogue.transaction() as tx:
            for seen, arrived_at in batch:
                day, evidence = self._gather(seen.source, arrived_at)
                sighting = Sighting(
                    source=seen.source,
                    size=seen.size,
                    mtime_ns=seen.mtime_ns,
                    state=FileState.PLANNED,
                    day=day,
                    collector=evidence.collector,
                )
                (file,) = files.note(tx, [sighting], arrived_at)
                path = self._place(tx, file)
                files.reserve(tx, file.id, path)
                planned.append(replace(file, path=path))
        return planned

    def _place(self, tx: Transaction, file: InboxFile) -> str:
        """A free path in holding: a file whose bytes changed left a recording there before."""
        name = PurePosixPath(file.source).name
        token = _token(file)
        tokens = itertools.chain([token], (f"{token}-{count}" for count in itertools.count(2)))
        paths = (layout.holding_path(file.day, token, name) for token in tokens)
        return next(
            path
            for path in paths
            if not recordings.taken(tx, path) and not self._store.exists(path)
        )

    def _stage(self, seen: Seen, file: InboxFile) -> Staged | SourceError:
        try:
            return self._store.stage(seen.path, _token(file), self._terms.limit, seen.stat)
        except SourceError as error:
            return error

    def _publish(
        self, planned: Sequence[InboxFile], copies: Sequence[Staged | SourceError]
    ) -> frozenset[int]:
        """Names the copies whose bytes are new; returns the numbers of their files."""
        fresh: dict[str, InboxFile] = {}
        for file, copy in zip(planned, copies, strict=True):
            if isinstance(copy, SourceError) or copy.sha256 in fresh:
                continue
            with self._catalogue.transaction() as tx:
                known = recordings.by_sha256(tx, copy.sha256)
            if known is None:
                assert file.path is not None  # reserved when it was planned
                self._store.publish(copy, file.path)
                fresh[copy.sha256] = file
        self._store.sync([file.path for file in fresh.values() if file.path])
        return frozenset(file.id for file in fresh.values())

    def _enter(self, tx: Transaction, file: InboxFile, copy: Staged, now: datetime) -> bool:
        """Enters a published copy, or the duplicate that it proved to be; False for the latter."""
        known = recordings.by_sha256(tx, copy.sha256)
        if known is not None and known.disposal is not None:
            return self._enter_disposed(tx, file, known, now)
        if known is None:
            id = recordings.admit(tx, self._admission(file, copy), now, self._terms.mirrored)
            files.end(tx, file.id, FileState.RECORDING, id)
            files.reopen(tx, [file.day, self._call_day(file)])
            log.info("recording %d admitted, %d bytes", id, copy.size)
            return True
        if known.source == file.source:  # only its times changed
            files.end(tx, file.id, FileState.RECORDING, known.id, arrived_at=known.arrived_at)
            return False
        recordings.hand_over_again(tx, known, file.source, now)
        reason = Message.of("ingest.duplicate_of", first=known.source)
        files.end(tx, file.id, FileState.DUPLICATE, known.id, reason)
        files.reopen_of(tx, known.id)  # what this name says is evidence, too
        log.info("recording %d handed over again", known.id)
        return False

    def _enter_disposed(
        self, tx: Transaction, file: InboxFile, known: Recording, now: datetime
    ) -> bool:
        """Bytes that were disposed of are not taken in again; the file stays where it is."""
        (said,) = disposals.of(tx, [known.id]).values()
        on = said.said_at.astimezone(self._terms.timezone).date()
        reason = Message.of("ingest.disposed_before", first=known.source, on=on, by=said.said_by)
        recordings.hand_over_again(tx, known, file.source, now)
        files.end(tx, file.id, FileState.DUPLICATE, known.id, reason)
        log.warning("recording %d was disposed of, and is handed over again", known.id)
        return False

    def _admission(self, file: InboxFile, copy: Staged) -> Admission:
        assert file.path is not None  # reserved when it was planned
        _, evidence = self._gather(file.source, file.arrived_at)
        return Admission(
            sha256=copy.sha256,
            size=copy.size,
            source=file.source,
            day=file.day,
            collector=file.collector,
            arrived_at=file.arrived_at,
            path=file.path,
            started_at=evidence.started_at,
            precision=evidence.precision,
            call_day=self._call_day(file),
            numbers=evidence.numbers,
        )

    def _call_day(self, file: InboxFile) -> date:
        """The day the recording's name tells, in the office's time; else the day it came for."""
        _, evidence = self._gather(file.source, file.arrived_at)
        if evidence.started_at is None:
            return file.day
        return evidence.started_at.astimezone(self._terms.timezone).date()

    def _put_off(self, tx: Transaction, file: InboxFile, error: SourceError) -> None:
        state = FileState.WAITING if error.later else FileState.REFUSED
        files.end(tx, file.id, state, None, error.message)
        log.warning("inbox file %d: %s", file.id, error.message.key)

    def _published(self, file: InboxFile) -> Staged | None:
        """What a planned admission had already named, unless its bytes are known from elsewhere."""
        if file.path is None or not self._store.was_published(_token(file), file.path):
            return None
        sha256, size = self._store.read_sha256(file.path)
        copy = Staged(self._store.path(file.path), sha256, size)
        with self._catalogue.transaction() as tx:
            known = recordings.by_sha256(tx, sha256)
        if known is not None:
            if known.path != file.path:
                self._store.discard(copy)
            return None
        self._store.sync([file.path])
        return copy

    def _gather(self, source: str, arrived_at: datetime) -> tuple[date, Evidence]:
        near = arrived_at.astimezone(self._terms.timezone).date()
        return gather(source, self._terms.timezone, near, self._terms.patterns)


def _token(file: InboxFile) -> str:
    """The name of a file's copy before it has one, and the beginning of the one in holding."""
    return f"{file.id:06d}"
