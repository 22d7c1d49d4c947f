"""Admission: recordings from the inbox into holding, so that from then on none can be lost.

The order is the promise: planned in the catalogue, copied and synced under a name of no meaning,
published without overwriting, its folder synced, entered. Work goes by batches within that order.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from ingest.recorders import original
from matcher.evidence import Evidence

_BATCH = 256
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


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file whose admission is planned, and what its name says."""

    file: InboxFile
    evidence: Evidence

    @property
    def path(self) -> str:
        assert self.file.path is not None  # reserved when it was planned
        return self.file.path


_Copied = tuple[Arriving, Staged]


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
            source = one[0].source
            return original(PurePosixPath(source).name)[1], source

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
                    self._enter(tx, [(self._arriving(file), published)], now)
        self._store.empty_staging()

    def _admit_batch(self, batch: Sequence[tuple[Seen, datetime]], now: datetime) -> Admitted:
        planned = self._plan(batch)
        with ThreadPoolExecutor(_THREADS) as pool:
            copies = list(pool.map(self._stage, [seen for seen, _ in batch], planned))
        put_off, fresh, known = [], list[_Copied](), list[_Copied]()
        new = self._publish(planned, copies)
        for arriving, copy in zip(planned, copies, strict=True):
            if isinstance(copy, SourceError):
                put_off.append((arriving.file, copy))
            else:
                (fresh if arriving.file.id in new else known).append((arriving, copy))
        with self._catalogue.transaction() as tx:
            for file, error in put_off:
                self._put_off(tx, file, error)
            self._enter(tx, fresh, now)
            duplicates = [self._enter_known(tx, file.file, copy, now) for file, copy in known]
        for _, copy in known:
            self._store.discard(copy)
        return Admitted(len(fresh), len(duplicates), len(put_off))

    def _plan(self, batch: Sequence[tuple[Seen, datetime]]) -> list[Arriving]:
        gathered = [self._gather(seen.source, arrived_at) for seen, arrived_at in batch]
        sighted = [
            (_sighting(seen, day, evidence), arrived_at)
            for (seen, arrived_at), (day, evidence) in zip(batch, gathered, strict=True)
        ]
        with self._catalogue.transaction() as tx:
            noted = files.note_each(tx, sighted)
            paths = self._places(tx, noted)
            files.reserve(tx, paths)
        return [
            Arriving(replace(file, path=paths[file.id]), evidence)
            for file, (_, evidence) in zip(noted, gathered, strict=True)
        ]

    def _places(self, tx: Transaction, noted: Sequence[InboxFile]) -> Mapping[int, str]:
        """A free path in holding for each file; one whose bytes changed left a recording there."""
        first = {file.id: next(_candidates(file)) for file in noted}
        taken = recordings.any_taken(tx, list(first.values()))
        return {
            file.id: first[file.id]
            if first[file.id] not in taken and not self._store.exists(first[file.id])
            else self._other_place(tx, file)
            for file in noted
        }

    def _other_place(self, tx: Transaction, file: InboxFile) -> str:
        return next(
            path
            for path in _candidates(file)
            if not recordings.taken(tx, path) and not self._store.exists(path)
        )

    def _stage(self, seen: Seen, arriving: Arriving) -> Staged | SourceError:
        try:
            return self._store.stage(seen.path, _token(arriving.file), self._terms.limit, seen.stat)
        except SourceError as error:
            return error

    def _publish(
        self, planned: Sequence[Arriving], copies: Sequence[Staged | SourceError]
    ) -> frozenset[int]:
        """Names the copies whose bytes are new; returns the numbers of their files."""
        hashes = [copy.sha256 for copy in copies if isinstance(copy, Staged)]
        with self._catalogue.reading() as tx:
            met = set(recordings.ids_by_sha256(tx, hashes))
        published: dict[int, str] = {}
        for arriving, copy in zip(planned, copies, strict=True):
            if isinstance(copy, SourceError) or copy.sha256 in met:
                continue
            self._store.publish(copy, arriving.path)
            met.add(copy.sha256)
            published[arriving.file.id] = arriving.path
        self._store.sync(published.values())
        return frozenset(published)

    def _enter(self, tx: Transaction, fresh: Sequence[_Copied], now: datetime) -> None:
        """Enters published copies, of bytes that no recording has."""
        new = [self._admission(arriving, copy) for arriving, copy in fresh]
        ids = recordings.admit(tx, new, now, self._terms.mirrored)
        became = {arriving.file.id: ids[copy.sha256] for arriving, copy in fresh}
        files.end_as_recordings(tx, became)
        files.reopen(tx, [day for one in new for day in (one.day, one.call_day)])
        for one in new:
            log.info("recording %d admitted, %d bytes", ids[one.sha256], one.size)

    def _enter_known(
        self, tx: Transaction, file: InboxFile, copy: Staged, now: datetime
    ) -> Recording:
        """Enters a file that proved to be a duplicate, or to have other times only."""
        known = recordings.by_sha256(tx, copy.sha256)
        assert known is not None  # or it would have been published
        if known.source == file.source:  # only its times changed
            files.end(tx, file.id, FileState.RECORDING, known.id, arrived_at=known.arrived_at)
            return known
        if known.disposal is not None:
            return self._enter_disposed(tx, file, known, now)
        recordings.hand_over_again(tx, known, file.source, now)
        reason = Message.of("ingest.duplicate_of", first=known.source)
        files.end(tx, file.id, FileState.DUPLICATE, known.id, reason)
        files.reopen_of(tx, known.id)  # what this name says is evidence, too
        log.info("recording %d handed over again", known.id)
        return known

    def _enter_disposed(
        self, tx: Transaction, file: InboxFile, known: Recording, now: datetime
    ) -> Recording:
        """Bytes that were disposed of are not taken in again; the file stays where it is."""
        (said,) = disposals.of(tx, [known.id]).values()
        on = said.said_at.astimezone(self._terms.timezone).date()
        reason = Message.of("ingest.disposed_before", first=known.source, on=on, by=said.said_by)
        recordings.hand_over_again(tx, known, file.source, now)
        files.end(tx, file.id, FileState.DUPLICATE, known.id, reason)
        log.warning("recording %d was disposed of, and is handed over again", known.id)
        return known

    def _admission(self, arriving: Arriving, copy: Staged) -> Admission:
        file, evidence = arriving.file, arriving.evidence
        started = evidence.started_at
        return Admission(
            sha256=copy.sha256,
            size=copy.size,
            source=file.source,
            day=file.day,
            collector=file.collector,
            arrived_at=file.arrived_at,
            path=arriving.path,
            started_at=started,
            precision=evidence.precision,
            # The day the recording's name tells, in the office's time; else the day it came for.
            call_day=started.astimezone(self._terms.timezone).date() if started else file.day,
            numbers=evidence.numbers,
        )

    def _arriving(self, file: InboxFile) -> Arriving:
        return Arriving(file, self._gather(file.source, file.arrived_at)[1])

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


def _sighting(seen: Seen, day: date, evidence: Evidence) -> Sighting:
    return Sighting(
        source=seen.source,
        size=seen.size,
        mtime_ns=seen.mtime_ns,
        state=FileState.PLANNED,
        day=day,
        collector=evidence.collector,
    )


def _candidates(file: InboxFile) -> Iterator[str]:
    """Paths in holding, best first, without end."""
    name = PurePosixPath(file.source).name
    token = _token(file)
    tokens = itertools.chain([token], (f"{token}-{count}" for count in itertools.count(2)))
    return (layout.holding_path(file.day, token, name) for token in tokens)


def _token(file: InboxFile) -> str:
    """The name of a file's copy before it has one, and the beginning of the one in holding."""
    return f"{file.id:06d}"
