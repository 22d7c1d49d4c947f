"""`callvault verify`: every copy of a slice looked at, faults written down, nothing repaired.

It only reads, so it works beside the daemon. What moves meanwhile is looked at again before it is
called missing. Progress is written down after each batch, with the faults of it in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from archive.catalogue import faults, kept, verifications
from archive.catalogue.database import Catalogue
from archive.errors import DiskError
from archive.fixity import Fault, Flaw, Kept, Level, Scope, Slice, Verification, chained
from archive.places import Copies, Look, look, require
from config.language import Message

BATCHES = MappingProxyType({Level.PRESENCE: 512, Level.SIZE: 512, Level.CONTENTS: 64})
"""How many recordings are looked at before that is written down."""
_LOOKS = 5
"""A recording that moves again each time it is looked at is no recording any more."""
_MANY = 8
"""So many unreadable copies in one batch, and no sound one, are one broken disk."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a run came to."""

    verification: Verification
    papers: Sequence[tuple[Kept, Flaw]]
    """Sheets and custody files of the slice that are not what they should be."""
    frozen: int
    """Copies whose bytes this run was to read and could not, for the store has them frozen: size
    and checksum were looked at."""


class Verifying:
    """Verifies one place. `now` is aware; `workers` copies are read at a time."""

    def __init__(
        self,
        catalogue: Catalogue,
        copies: Copies,
        workers: int,
        now: Callable[[], datetime],
        batches: Mapping[Level, int] = BATCHES,
    ) -> None:
        self._catalogue = catalogue
        self._copies = copies
        self._workers = workers
        self._now = now
        self._batches = batches
        self._frozen = 0

    def run(
        self,
        level: Level,
        part: Slice,
        *,
        restart: bool = False,
        unsound: int = 0,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Looked:
        """Goes on where a run of the same scope was cut short, else begins one, and ends it.

        Raises ArchiveError where the place is not there or fails; what was seen until then stands.
        `unsound`: how much is wrong with the catalogue itself, which this run is to remember.
        `progress` is told how many more recordings were passed, and how many there are.
        """
        scope = Scope(self._copies.place, level, part)
        with self._catalogue.transaction() as tx:
            run = None if restart else verifications.cut_short(tx, scope)
            run = replace(run or verifications.begin(tx, scope, self._now()), beside=unsound)
            verifications.advance(tx, run)
            left = total = kept.count(tx)
            if run.reached:
                left = kept.count(tx, run.reached)
        require(self._catalogue, self._copies)
        progress(total - left, total)
        with self._threads() as pool:
            while batch := self._batch(run):
                run = self._verify(run, batch, pool)
                progress(len(batch), total)
        papers = list(self.papers(level, part))
        run = replace(run, beside=unsound + len(papers))
        with self._catalogue.transaction() as tx:
            return Looked(verifications.end(tx, run, self._now()), papers, self._frozen)

    def papers(self, level: Level, part: Slice) -> Iterator[tuple[Kept, Flaw]]:
        """What is wrong with sheets and custody files; looked at anew each time."""
        with self._catalogue.reading() as tx:
            every = kept.papers(tx)
        mine = [one for one in every if part.covers(one.sha256) and self._copies.expects(one)]
        with self._threads() as pool:
            found = list(pool.map(lambda one: look(self._copies, one, level), mine))
        flawed = [(one, seen.flaw) for one, seen in zip(mine, found, strict=True) if seen.flaw]
        self._frozen += sum(not seen.given for seen in found)
        if flawed:
            require(self._catalogue, self._copies)
        yield from flawed

    def _batch(self, run: Verification) -> Sequence[Kept]:
        with self._catalogue.reading() as tx:
            return kept.after(tx, run.reached, self._batches[run.scope.level])

    def _verify(
        self, run: Verification, batch: Sequence[Kept], pool: ThreadPoolExecutor
    ) -> Verification:
        part, level = run.scope.slice, run.scope.level
        mine = [one for one in batch if part.covers(one.sha256) and self._copies.expects(one)]
        with self._catalogue.reading() as tx:
            known = self._known(faults.of(tx, [_id(one) for one in mine]))
        # Whether a fault has ended only every byte tells.
        levels = [Level.CONTENTS if _id(one) in known else level for one in mine]
        found = list(pool.map(self._examine, mine, levels))
        flawed = [(one, seen.flaw) for one, seen in found if seen.flaw]
        if flawed:
            require(self._catalogue, self._copies)
            self._suspect([seen for _, seen in found])
        # Of what could not be read the run must not say that it was.
        read = [one for one, seen in found if seen.given or level is not Level.CONTENTS]
        self._frozen += len(found) - len(read)
        run = self._advanced(run, batch, read, len(flawed))
        with self._catalogue.transaction() as tx:
            for one, seen in found:
                if seen.flaw:
                    faults.found(tx, one, self._copies.place, seen.flaw, self._now())
                elif _id(one) in known and seen.given:
                    faults.found_sound(tx, one, self._copies.place, self._now())
            verifications.advance(tx, run)
        for one, flaw in flawed:
            log.error("recording %d: %s in the %s", _id(one), flaw, self._copies.place)
        return run

    def _examine(self, one: Kept, level: Level) -> tuple[Kept, Look]:
        """Looks again where the catalogue has gone on since it was asked."""
        seen = look(self._copies, one, level)
        for _ in range(_LOOKS):
            if seen.flaw is None:
                break
            with self._catalogue.reading() as tx:
                present = next(iter(kept.by_ids(tx, [_id(one)])), None)
            if present is None:  # ordered to go meanwhile
                return one, Look(None)
            if present == one:
                break
            one = present
            seen = look(self._copies, one, level) if self._copies.expects(one) else Look(None)
        return one, seen

    def _known(self, told: Mapping[int, Sequence[Fault]]) -> set[int]:
        place = self._copies.place
        return {id for id, some in told.items() if any(one.place is place for one in some)}

    def _suspect(self, found: Sequence[Look]) -> None:
        unreadable = sum(one.flaw is Flaw.UNREADABLE for one in found)
        if unreadable >= _MANY and all(one.flaw is not None for one in found):
            raise DiskError(Message.of("archive.all_unreadable", place=self._copies.place))

    def _advanced(
        self, run: Verification, batch: Sequence[Kept], seen: Sequence[Kept], flawed: int
    ) -> Verification:
        digest = run.digest
        for one in seen:
            digest = chained(digest, one.sha256)
        return replace(
            run,
            reached=_id(batch[-1]),
            seen=run.seen + len(seen),
            faults=run.faults + flawed,
            digest=digest,
        )

    @contextmanager
    def _threads(self) -> Iterator[ThreadPoolExecutor]:
        pool = ThreadPoolExecutor(self._workers)
        try:
            yield pool
        finally:
            # Ctrl-C ends what is being read, and begins nothing more.
            pool.shutdown(cancel_futures=True)


def _id(one: Kept) -> int:
    if one.recording is None:
        raise ValueError("a paper is no recording")
    return one.recording
