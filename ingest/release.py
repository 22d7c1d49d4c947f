"""Release: what becomes of recordings in the inbox once two verified copies of them exist.

By default nothing. Where the office asks for it, a source is moved away or deleted, on a proof made
for it just now and after one more look at its own bytes; whatever is not as it was admitted stays.
What is under legal hold is never deleted.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.batches import batches
from archive.catalogue import bound, outbox, recordings, releases
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.releases import Release
from archive.connecting import connect
from archive.errors import SourceError
from archive.objects import ObjectStore, StoreError
from archive.proof import Proof, prove
from archive.publish import make_folder, publish, sync_folder
from archive.records import Recording
from archive.store import Store, source_sha256
from config.language import Message
from config.settings import Settings
from ingest.errors import InboxError
from ingest.inbox import Seen, scan

_BATCH = 16
"""Few enough that no proof runs out while the others of its batch are made."""

log = logging.getLogger(__name__)

Checked = tuple[Proof, Seen]
"""A source that may go, by a proof of its recording."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a release came to."""

    sources: int = 0
    """How many were moved or deleted."""
    problems: tuple[Message, ...] = ()
    """Why others stay, the first of each kind."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording that the mirror is said to hold, and its sources that lie in the inbox."""

    recording: Recording
    sources: tuple[Seen, ...]


class Releasing:
    def __init__(self, settings: Settings, catalogue: Catalogue, store: Store) -> None:
        self._inbox = settings.inbox
        self._mirror = settings.mirror
        self._catalogue = catalogue
        self._store = store
        self._stuck: set[str] = set()
        """Sources that could not be moved or deleted: tried again after a restart, for each try
        stands in the custody log."""

    def run(
        self, now: Callable[[], datetime], stop: Callable[[], bool] = lambda: False
    ) -> Released:
        """Releases what can be; ends early on an outage of the store or `stop`."""
        if self._inbox.release == "keep" or self._mirror is None:
            return Released()
        candidates = self._candidates()
        if not candidates:
            return Released()
        try:
            objects = connect(self._mirror, self._store.root, self._catalogue)
        except StoreError as error:
            return Released(0, (error.message,))
        return self._release_all(candidates, objects, self._mirror.workers, now, stop)

    def _candidates(self) -> list[Candidate]:
        """Sources as they were admitted whose recordings have an object under their present path.

        An inbox that cannot be listed has none: the pass says so.
        """
        try:
            here = {seen.source: seen for seen in scan(self._inbox.path).files if seen.named}
        except InboxError:
            return []
        found: list[Candidate] = []
        with self._catalogue.reading() as tx:
            sources = self._sources(tx, here)
            for some in batches(sorted(sources), _BATCH):
                states, spared = outbox.states(tx, some), self._spared(tx, some)
                found += [
                    Candidate(one, tuple(sources[one.id]))
                    for one in recordings.by_ids(tx, some)
                    if states[one.id].checksum is not None and one.target is None
                    if one.id not in spared
                ]
        return found

    def _sources(self, tx: Transaction, here: Mapping[str, Seen]) -> dict[int, list[Seen]]:
        """Of each recording those of its sources `here` that are as they were taken in."""
        sources: dict[int, list[Seen]] = {}
        for file in releases.taken(tx, here.keys() - self._stuck):
            seen = here[file.source]
            unchanged = (file.size, file.mtime_ns) == (seen.size, seen.mtime_ns)
            if unchanged and file.recording is not None and not self._end_cut_move(seen):
                sources.setdefault(file.recording, []).append(seen)
        return sources

    def _release_all(
        self,
        candidates: Sequence[Candidate],
        objects: ObjectStore,
        workers: int,
        now: Callable[[], datetime],
        stop: Callable[[], bool],
    ) -> Released:
        done = 0
        problems: list[Message] = []
        with ThreadPoolExecutor(workers) as pool:
            for batch in batches(candidates, _BATCH):
                if stop():
                    break
                try:
                    told = list(pool.map(partial(self._check, objects, now), batch))
                except StoreError as outage:
                    problems.append(outage.message)
                    break
                outcomes = [one for some in told for one in some]
                problems += [one for one in outcomes if isinstance(one, Message)]
                checked = [one for one in outcomes if not isinstance(one, Message)]
                released = self._release(checked, now)
                done += released.sources
                problems += released.problems
        first = {problem.key: problem for problem in reversed(problems)}
        return Released(done, tuple(first[key] for key in sorted(first)))

    def _check(
        self, objects: ObjectStore, now: Callable[[], datetime], candidate: Candidate
    ) -> list[Checked | Message]:
        """Proves the copies, and reads the sources once more; StoreError for an outage."""
        try:
            proof = prove(self._store, objects, candidate.recording, now())
        except StoreError as error:
            if error.outage:
                raise
            return [error.message]
        if isinstance(proof, Message):
            return [proof]
        told = ((seen, self._doubt(proof.recording, seen)) for seen in candidate.sources)
        return [doubt or (proof, seen) for seen, doubt in told]

    def _doubt(self, recording: Recording, seen: Seen) -> Message | None:
        """Why a source stays although its recording's copies are proven."""
        try:
            if source_sha256(seen.path, seen.stat) != recording.sha256:
                return Message.of("release.source_differs", source=seen.source)
            if self._store.path(recording.path).samefile(seen.path):
                path = recording.path
                return Message.of("release.source_is_archive", source=seen.source, path=path)
            _try_to_move(seen.path)
        except SourceError:
            return Message.of("release.changed_meanwhile", source=seen.source)
        except OSError as error:
            return _in_the_way(seen.source, error)
        return None

    def _release(self, checked: Sequence[Checked], now: Callable[[], datetime]) -> Released:
        """Writes down what happens to these sources, then does it, then corrects what failed."""
        problems: list[Message] = []
        planned: list[tuple[Release, Seen]] = []
        reserved: set[Path] = set()
        for proof, seen in checked:
            to = self._place(seen, reserved)
            if isinstance(to, Message):
                problems.append(to)
            elif proof.holds(now()):
                planned.append((Release(proof, seen.source, str(to) if to else None), seen))
        with self._catalogue.transaction() as tx:
            # A person may have said so meanwhile; who says it later finds the source written down.
            spared = self._spared(tx, [release.proof.recording.id for release, _ in planned])
            planned = [one for one in planned if one[0].proof.recording.id not in spared]
            releases.write_down(tx, [release for release, _ in planned], now())
        failed = 0
        for release, seen in planned:
            problem = _carry_out(release, seen)
            if problem is not None:
                failed += 1
                problems.append(problem)
                self._stuck.add(seen.source)
                with self._catalogue.transaction() as tx:
                    releases.keep(tx, release, problem, now())
            outcome = "kept" if problem else release.outcome
            log.info("recording %d: a source was %s", release.proof.recording.id, outcome)
        _sync(planned)
        return Released(len(planned) - failed, tuple(problems))

    def _spared(self, tx: Transaction, of: Collection[int]) -> frozenset[int]:
        """What is under legal hold is not deleted; it may be moved."""
        return bound.of(tx, of) if self._inbox.release == "delete" else frozenset()

    def _place(self, seen: Seen, reserved: set[Path]) -> Path | Message | None:
        """Where a source is moved, its folder made; `None`: it is deleted."""
        if self._inbox.release == "delete":
            return None
        to = next(
            path
            for path in _names(self._inbox.released, seen.source)
            if path not in reserved and not os.path.lexists(path)
        )
        reserved.add(to)
        try:
            make_folder(to.parent)
            if to.parent.stat().st_dev != seen.stat.st_dev:
                folder = self._inbox.released
                return Message.of("release.other_volume", folder=folder, source=seen.source)
        except OSError as error:
            reason = error.strerror or error
            return Message.of("release.no_folder", folder=to.parent, error=reason)
        return to

    def _end_cut_move(self, seen: Seen) -> bool:
        """Where the system has no rename that refuses to overwrite, a kill may leave both names."""
        if seen.stat.st_nlink == 1:
            return False
        for path in itertools.takewhile(os.path.lexists, _names(self._inbox.released, seen.source)):
            if path.samefile(seen.path):
                sync_folder(path.parent)
                seen.path.unlink()
                return True
        return False


def _carry_out(release: Release, seen: Seen) -> Message | None:
    """Moves or deletes a source, unless it is another file by now; returns why it stays."""
    try:
        if _identity(seen.path.lstat()) != _identity(seen.stat):
            return Message.of("release.changed_meanwhile", source=seen.source)
        if release.to is None:
            seen.path.unlink()
        else:
            publish(seen.path, Path(release.to))
    except OSError as error:
        return _in_the_way(seen.source, error)
    return None


def _sync(planned: Iterable[tuple[Release, Seen]]) -> None:
    """Makes it durable, the new names before the loss of the old ones.

    A share may know no such thing; a source that is back after a power cut is released again.
    """
    new = {Path(release.to).parent for release, _ in planned if release.to}
    old = {seen.path.parent for _, seen in planned}
    for folder in (*sorted(new), *sorted(old)):
        with contextlib.suppress(OSError):
            sync_folder(folder)


def _try_to_move(path: Path) -> None:
    """OSError where a source could not be taken out of its folder, so that none is tried in vain.

    A rename to its own name does nothing, except on Windows fail while a program has it open.
    """
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
    path.rename(path)


def _in_the_way(source: str, error: OSError) -> Message:
    return Message.of("release.in_the_way", source=source, error=error.strerror or error)


def _identity(found: os.stat_result) -> tuple[int, ...]:
    """What no other file shares: a new one may have an old one's number, and be given its times."""
    of_file = found.st_dev, found.st_ino, found.st_nlink
    return *of_file, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _names(folder: Path, source: str) -> Iterator[Path]:
    """Places for a source below `folder`, best first, without end."""
    whole = folder.joinpath(*source.split("/"))
    yield whole
    for count in itertools.count(2):
        yield whole.with_name(f"{whole.stem} ({count}){whole.suffix}")
