"""An archive and its mirror, verified and repaired; what can happen to a copy."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from archive.catalogue import faults, sheets
from archive.fixity import WHOLE, Level, Place, Slice, Verification
from archive.layout import sheet_path
from archive.mirror import Mirror
from archive.objects import ObjectStore
from archive.places import InArchive, InMirror
from archive.records import Recording
from archive.repair import Mended, Repair
from archive.verify import Verifying
from tests.archive.small_archive import AT, SmallArchive, sheet

CONTENTS, SIZE, PRESENCE = Level.CONTENTS, Level.SIZE, Level.PRESENCE
ARCHIVE, MIRROR = Place.ARCHIVE, Place.MIRROR


class TwoCopies:
    """Every recording lies in the archive and in the store; its clock stands still."""

    def __init__(self, archive: SmallArchive, objects: ObjectStore) -> None:
        self.archive = archive
        self.objects = objects
        self.now = AT
        self.batch = 64

    def keep(self, number: int, *, filed: bool = False, mirrored: bool = True) -> Recording:
        """One more recording."""
        random_bytes = random.Random(number).randbytes(200 + number)
        found = self.archive.admit(random_bytes, f"2026-11-16/王芳/{number}.mp3")
        if filed:
            found = self.archive.move(found, f"张三/2026-11-16/{number}.mp3")
        if mirrored:
            self.drain()
        return found

    def keep_sheet(self, contents: bytes) -> str:
        """A sheet as it was handed in, mirrored; returns where it lies."""
        new = sheet(contents=contents, source="2026-11-16/王芳/sheet.xlsx")
        path = sheet_path(new.sha256, new.source)
        with self.archive.catalogue.transaction() as tx:
            sheets.enter(tx, new)
        self.archive.store.path(path).write_bytes(contents)
        self.drain()
        return path

    def drain(self) -> None:
        from archive.catalogue import outbox_enlisting

        with self.archive.catalogue.transaction() as tx:
            outbox_enlisting.enlist(tx, self.now)
        mirror = Mirror(self.archive.catalogue, self.archive.store, self.objects, 2, self._now)
        mirror.drain(everything=True)

    def file(self, of: Recording | str) -> Path:
        return self.archive.store.path(of if isinstance(of, str) else of.path)

    def verifying(self, place: Place) -> Verifying:
        store = self.archive.store
        copies = InArchive(store) if place is ARCHIVE else InMirror(self.objects, store)
        batches = dict.fromkeys(Level, self.batch)
        return Verifying(self.archive.catalogue, copies, 2, self._now, batches)

    def verify(
        self,
        place: Place = ARCHIVE,
        level: Level = CONTENTS,
        part: Slice = WHOLE,
        *,
        restart: bool = False,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Verification:
        return (
            self.verifying(place).run(level, part, restart=restart, progress=progress).verification
        )

    def papers(self, place: Place = ARCHIVE, level: Level = CONTENTS) -> dict[str, str]:
        return {one.path: flaw.value for one, flaw in self.verifying(place).papers(level, WHOLE)}

    def faults(self) -> dict[tuple[int, str], str]:
        with self.archive.catalogue.transaction() as tx:
            return {(one.recording, one.place.value): one.kind for one in faults.standing(tx)}

    def repair(
        self, recordings: Collection[int] | None = None, *, dry_run: bool = False
    ) -> Sequence[Mended]:
        return list(self.repairing(self.objects).run(recordings, dry_run=dry_run))

    def repairing(
        self,
        objects: ObjectStore | None,
        *,
        released: Path | None = None,
        further: Mapping[str, ObjectStore] = MappingProxyType({}),
    ) -> Repair:
        of = self.archive
        return Repair(
            of.catalogue,
            of.store,
            objects,
            of.inbox,
            self._now,
            further=further,
            released=released,
        )

    def empty_inbox(self) -> None:
        for path in sorted(self.archive.inbox.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()

    def events(self, sha256: str) -> list[str]:
        """What custody tells of these bytes, oldest first."""
        import json

        told = [json.loads(one.entry) for one in self.archive.custody()]
        return [one["event"] for one in told if one["sha256"] == sha256]

    def _now(self) -> datetime:
        return self.now


def flip(contents: bytes, bit: int) -> bytes:
    """One bit is another."""
    flipped = bytearray(contents)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)
