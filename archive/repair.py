"""`callvault repair`: a bad copy is replaced from one that was proven good just now.

Nothing is overwritten or deleted: the bad copy is kept aside. The order of steps, in
`docs/design.md`, lets a repair be killed anywhere and begun again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import MappingProxyType

from archive.carrying_out import CarryingOut
from archive.catalogue import faults, files, further_faults, kept, learnt, log, outbox
from archive.catalogue.database import Catalogue, Transaction
from archive.custody import Event
from archive.errors import SourceError
from archive.fixity import Flaw, Kept, Level, Place
from archive.object_lock import LockRule
from archive.objects import FROZEN, ObjectStore, StoreError
from archive.places import InArchive, InMirror
from archive.sending_anew import send_anew
from archive.store import Staged, Store, source_sha256
from config.language import Message
from config.settings import FIRST_MIRROR

_STAGED = "repair"
"""The name of what is being staged: one repair at a time holds the archive's lock."""
_WORKERS = 4

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    SOUND = "sound"
    """The copy is right by now; its fault is gone."""
    REPAIRED = "repaired"
    POSSIBLE = "possible"
    """A dry run: there is a good copy."""
    NO_GOOD_COPY = "no_good_copy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Good:
    """Where a good copy was proven to be."""

    where: str
    """`inbox`, `released`, `mirror` or `archive`."""
    source: str = ""
    """Its path in the inbox, and in the folder where released sources are."""
    key: str = ""
    """Its key in the mirror."""
    mirror: str = ""
    """The mirror's name, where it is not the first."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What came of one copy."""

    kept: Kept
    place: Place
    flaw: Flaw | None
    outcome: Outcome
    good: Good | None = None
    aside: str | None = None
    """Where the bad copy is now: a path in the archive, or a key in the mirror."""
    error: Message | None = None
    mirror: str = ""
    """The mirror's name, where the copy is in one beside the first."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """One recording or paper as it was found just now."""

    kept: Kept
    known: frozenset[Place]
    """Where a fault of it stands."""
    archive: Flaw | None
    mirror: Flaw | None
    in_mirror: bool
    """An object is to be there, or is there."""


class Repair:
    """Works on an archive whose lock is held. No mirror, no `objects`; `now` is aware."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        objects: ObjectStore | None,
        inbox: Path,
        now: Callable[[], datetime],
        lock_rule: LockRule | None = None,
        further: Mapping[str, ObjectStore] = MappingProxyType({}),
        released: Path | None = None,
    ) -> None:
        """`further`: mirrors from which a file can be had, too, by their names; `released`: where
        sources are moved to from the inbox.
        """
        self.unasked: dict[str, Message] = {}
        """Why some of these, or the first, could not be asked for a good copy."""
        self._further = further
        self._catalogue = catalogue
        self._store = store
        self._objects = objects
        self._handed_over = {"inbox": inbox} | ({"released": released} if released else {})
        self._now = now
        self._lock_rule = lock_rule
        self._archive = InArchive(store)
        self._mirror = InMirror(objects) if objects is not None else None

    def run(self, recordings: Collection[int] | None, *, dry_run: bool) -> Iterator[Mended]:
        """Repairs these recordings, by number, or else all faults and all papers.

        Raises ArchiveError where a place fails as a whole; what was repaired until then stands.
        """
        self._archive.check(empty=True)
        if self._mirror is not None:
            self._mirror.check(empty=True)
        for looked in self._doubtful(recordings):
            for mended in self._mend(looked, dry_run=dry_run):
                if mended.kept.recording is not None:
                    what = (mended.kept.recording, mended.place, mended.outcome)
                    logger.info("recording %d in the %s: %s", *what)
                yield mended

    def _doubtful(self, recordings: Collection[int] | None) -> Iterator[_Looked]:
        with self._catalogue.reading() as tx:
            asked = recordings
            if asked is None:
                asked = {fault.recording for fault in faults.standing(tx)} | self._bad_beside(tx)
            standing = faults.of(tx, asked)
            papers = kept.papers(tx) if recordings is None else []
        for id in sorted(asked):
            with self._catalogue.reading() as tx:
                found = kept.by_ids(tx, [id])
            known = frozenset(one.place for one in standing.get(id, ()))
            yield from (self._look(one, known) for one in found)
        with ThreadPoolExecutor(_WORKERS) as pool:
            yield from pool.map(partial(self._look, known=frozenset()), papers)

    def _bad_beside(self, tx: Transaction) -> set[int]:
        """Recordings bad in a further mirror, which is mended from the archive's file."""
        bad = (one for name in self._further for one in further_faults.standing(tx, name, None))
        return {one.kept.recording for one in bad if one.kept.recording is not None}

    def _look(self, one: Kept, known: frozenset[Place]) -> _Looked:
        flaw, thawed = None, self._mirror is not None
        if self._mirror is not None:
            try:
                flaw = self._mirror.examine(one, Level.CONTENTS)
            except StoreError as error:
                flaw, thawed = self._frozen(error), False
        expected = one.mirrored or Place.MIRROR in known
        in_mirror = thawed and (expected or flaw is not Flaw.MISSING)
        return _Looked(one, known, self._archive.examine(one, Level.CONTENTS), flaw, in_mirror)

    def _frozen(self, error: StoreError) -> Flaw:
        """An object that cannot be read before somebody thaws it is neither good nor bad."""
        if error.message.key != FROZEN:
            raise error
        self.unasked[FIRST_MIRROR] = error.message
        return Flaw.UNREADABLE

    def _mend(self, looked: _Looked, *, dry_run: bool) -> Iterator[Mended]:
        one, sound = looked.kept, looked.archive is None
        if looked.archive is not None:
            mended = self._mend_file(looked, looked.archive, dry_run=dry_run)
            sound = mended.outcome is not Outcome.NO_GOOD_COPY
            sound = sound and mended.outcome is not Outcome.FAILED
            yield mended
        elif Place.ARCHIVE in looked.known:
            yield self._sound(one, Place.ARCHIVE, dry_run=dry_run)
        if not looked.in_mirror:
            return
        if looked.mirror is not None:
            yield self._mend_object(one, looked.mirror, sound=sound, dry_run=dry_run)
        elif Place.MIRROR in looked.known:
            yield self._sound(one, Place.MIRROR, dry_run=dry_run)

    def _sound(self, one: Kept, place: Place, *, dry_run: bool) -> Mended:
        if not dry_run:
            with self._catalogue.transaction() as tx:
                faults.found_sound(tx, one, place, self._now())
        return Mended(one, place, None, Outcome.SOUND)

    # A file of the archive

    def _mend_file(self, looked: _Looked, flaw: Flaw, *, dry_run: bool) -> Mended:
        one = looked.kept
        good = self._good(looked)
        if good is None:
            self._found(one, Place.ARCHIVE, flaw, dry_run=dry_run)
            return Mended(one, Place.ARCHIVE, flaw, Outcome.NO_GOOD_COPY)
        if dry_run:
            return Mended(one, Place.ARCHIVE, flaw, Outcome.POSSIBLE, good)
        try:
            staged = self._staged(good)
        except SourceError as error:
            return Mended(one, Place.ARCHIVE, flaw, Outcome.FAILED, good, error=error.message)
        if staged is None or staged.sha256 != one.sha256:
            if staged is not None:
                self._store.discard(staged)
            changed = Message.of("repair.good_copy_changed")
            return Mended(one, Place.ARCHIVE, flaw, Outcome.FAILED, good, error=changed)
        return self._replace(one, flaw, good, staged)

    def _replace(self, one: Kept, flaw: Flaw, good: Good, staged: Staged) -> Mended:
        """The bad copy aside, the good one in its place, and only then the catalogue."""
        self._found(one, Place.ARCHIVE, flaw, dry_run=False)
        aside = None
        if flaw is not Flaw.MISSING:
            aside = self._store.put_aside(one.path, self._now().date())
            self._store.sync([one.path, aside])
        try:
            self._store.publish(staged, one.path)
        except FileExistsError:
            self._store.discard(staged)
            taken = Message.of("repair.name_taken", path=one.path)
            return Mended(one, Place.ARCHIVE, flaw, Outcome.FAILED, good, aside, taken)
        self._store.sync([one.path])
        with self._catalogue.transaction() as tx:
            faults.end(tx, one, Place.ARCHIVE)
            log.append(tx, [repaired(one, Place.ARCHIVE, good, aside)], self._now())
            if one.recording is not None:
                # A pass may have probed the bad bytes, or given up moving what was gone.
                learnt.probe_anew(tx, one.recording)
                files.reopen_of(tx, one.recording)
        return Mended(one, Place.ARCHIVE, flaw, Outcome.REPAIRED, good, aside)

    def _good(self, looked: _Looked) -> Good | None:
        """The nearest copy of which every byte was just read."""
        for source in self._sources(looked.kept):
            for where in self._handed_over:
                if _has(self._path(where, source), looked.kept):
                    return Good(where, source)
        for key in self._keys(looked):
            return Good("mirror", key=key)
        keys = [looked.kept.path, *self._before(looked.kept)]
        for name, objects in self._further.items():
            try:
                for key in keys:
                    there = replace(looked.kept, path=key)
                    if InMirror(objects).examine(there, Level.CONTENTS) is None:
                        return Good("mirror", key=key, mirror=name)
            except StoreError as error:
                self.unasked[name] = error.message
        return None

    def _keys(self, looked: _Looked) -> Iterator[str]:
        """Where the mirror has it: where it is to be, or still under a key from before a move."""
        if self._mirror is None:
            return
        if looked.mirror is None:
            yield looked.kept.path
        for key in self._before(looked.kept):
            try:
                flaw = self._mirror.examine(replace(looked.kept, path=key), Level.CONTENTS)
            except StoreError as error:
                flaw = self._frozen(error)
            if flaw is None:
                yield key

    def _before(self, one: Kept) -> Sequence[str]:
        """Other keys under which some mirror may have it yet."""
        if one.recording is None:
            return []
        with self._catalogue.reading() as tx:
            return [key for key in kept.keys(tx, one.recording) if key != one.path]

    def _sources(self, one: Kept) -> Sequence[str]:
        named = [one.source] if one.source else []
        if one.recording is None:
            return named
        with self._catalogue.reading() as tx:
            return list(dict.fromkeys([*named, *kept.sources(tx, one.recording)]))

    def _staged(self, good: Good) -> Staged | None:
        if good.where in self._handed_over:
            source = self._path(good.where, good.source)
            return self._store.stage(source, _STAGED, source.stat().st_size)
        objects = self._further[good.mirror] if good.mirror else self._objects
        assert objects is not None  # the good copy was read there
        return self._store.receive(_STAGED, partial(objects.fetch, good.key))

    def _path(self, where: str, source: str) -> Path:
        return self._handed_over[where].joinpath(*source.split("/"))

    # An object of the mirror

    def _mend_object(self, one: Kept, flaw: Flaw, *, sound: bool, dry_run: bool) -> Mended:
        if not sound:
            self._found(one, Place.MIRROR, flaw, dry_run=dry_run)
            return Mended(one, Place.MIRROR, flaw, Outcome.NO_GOOD_COPY)
        good = Good("archive")
        if dry_run:
            return Mended(one, Place.MIRROR, flaw, Outcome.POSSIBLE, good)
        assert self._objects is not None  # an object was looked at
        try:
            return self._put_anew(self._objects, one, flaw, good)
        except StoreError as error:
            if error.outage:
                raise
            return Mended(one, Place.MIRROR, flaw, Outcome.FAILED, good, error=error.message)

    def _put_anew(self, objects: ObjectStore, one: Kept, flaw: Flaw, good: Good) -> Mended:
        """The catalogue first: what it calls confirmed is not. Then aside, then anew."""
        self._found(one, Place.MIRROR, flaw, dry_run=False)
        with self._catalogue.transaction() as tx:
            errand = outbox.again(tx, one, self._now())
        work = CarryingOut(self._store, objects, self._now, self._lock_rule)
        told, aside = send_anew(objects, one, flaw, partial(work.do, errand), self._now().date())
        with self._catalogue.transaction() as tx:
            outbox.confirm(tx, errand, self._now(), told)
            faults.end(tx, one, Place.MIRROR)
            log.append(tx, [repaired(one, Place.MIRROR, good, aside)], self._now())
        return Mended(one, Place.MIRROR, flaw, Outcome.REPAIRED, good, aside)

    def _found(self, one: Kept, place: Place, flaw: Flaw, *, dry_run: bool) -> None:
        """What is wrong is known before anything is done about it: a repair may be cut short."""
        if one.recording is not None and not dry_run:
            with self._catalogue.transaction() as tx:
                faults.found(tx, one, place, flaw, self._now())


def repaired(one: Kept, place: Place, good: Good, aside: str | None) -> Event:
    """The entry in custody of a copy that was put right."""
    details = {"place": place.value, "path": one.path, "from": good.where, "aside": aside}
    if good.source:
        details["source"] = good.source
    if good.mirror:
        details["mirror"] = good.mirror
    if good.key not in ("", one.path):
        details["key"] = good.key
    return Event("repaired", one.sha256, details)


def _has(path: Path, one: Kept) -> bool:
    """Whether a file of the inbox has these bytes now, and can be taken: a link cannot."""
    try:
        seen = path.lstat()
        return one.size in (None, seen.st_size) and source_sha256(path, seen) == one.sha256
    except (OSError, SourceError):
        return False
