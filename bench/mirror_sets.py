"""What `bench.mirroring` mirrors: an archive that owes the mirror all of its recordings.

It can be brought back to that, so that each round begins alike. Beside it lies a folder of the
recordings alone, for the programs that copy whatever is in a folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from archive.catalogue import learnt, outbox, outbox_enlisting, recordings
from archive.catalogue.database import Catalogue, open_catalogue
from archive.catalogue.recordings import Admission
from archive.keeping import keep
from archive.layout import PRIVATE
from archive.records import Probed
from archive.store import Store

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
DAY = date(2026, 11, 16)
_A_CUSTOMER = 10
_PROBED = Probed("mp3", "mp3", 60.0, "complete", False, -20.0, (), ())


@dataclass(frozen=True, slots=True)
class Kind:
    """A set of recordings of one kind."""

    name: str
    count: int
    sizes: tuple[int, int]
    """Bytes, from and to."""


def large(count: int) -> Kind:
    return Kind(f"{count} of 200-1,500 KB", count, (200_000, 1_500_000))


def small(count: int) -> Kind:
    return Kind(f"{count} of 4 KB", count, (4096, 4096))


class Made:
    """The archive of a set, below `folder`."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.recordings = folder / "recordings"
        self._folder = folder
        self._store = Store(folder / "archive")
        self._store.prepare()
        (folder / "inbox").mkdir()
        random = Random(kind.name)
        new = [self._recording(number, random, kind) for number in range(kind.count)]
        url = f"sqlite:///{self._store.root / PRIVATE / 'catalogue.sqlite'}"
        with closing(open_catalogue(url)) as catalogue:
            for first in range(0, kind.count, 1000):
                _enter(catalogue, new[first : first + 1000])
            keep(catalogue, self._store, NOW)
            _confirm_custody_files(catalogue)
        shutil.copytree(self._store.root / PRIVATE, folder / "kept")

    def begin_anew(self) -> None:
        """The catalogue as it was before anything was mirrored."""
        shutil.rmtree(self._store.root / PRIVATE)
        shutil.copytree(self._folder / "kept", self._store.root / PRIVATE)

    def _recording(self, number: int, random: Random, kind: Kind) -> Admission:
        path = f"客户{number // _A_CUSTOMER:04}/2026-11-16/20261116_{number:06}.mp3"
        contents = random.randbytes(random.randint(*kind.sizes))
        here, beside = self._store.root / path, self.recordings / path
        for place in (here, beside):
            place.parent.mkdir(parents=True, exist_ok=True)
        here.write_bytes(contents)
        os.link(here, beside)
        sha256 = hashlib.sha256(contents).hexdigest()
        return Admission(sha256, len(contents), path, DAY, None, NOW, path, None, None, DAY, ())


def _enter(catalogue: Catalogue, some: Sequence[Admission]) -> None:
    with catalogue.transaction() as tx:
        for id in recordings.admit(tx, some, NOW, mirrored=True).values():
            learnt.probed(tx, {id: _PROBED})


def _confirm_custody_files(catalogue: Catalogue) -> None:
    """Those of the admission, which is not what is measured."""
    with catalogue.transaction() as tx:
        count = outbox_enlisting.enlist_custody_files(tx, NOW)
        for errand in outbox.due(tx, None, outbox.owed(tx))[-count:]:
            outbox.confirm(tx, errand, NOW)


def sizes(folder: Path, wanted: Callable[[Path], bool]) -> Sequence[tuple[str, int]]:
    """Paths and bytes of the files below a folder."""
    found = (path for path in folder.rglob("*") if path.is_file() and wanted(path))
    return sorted((path.relative_to(folder).as_posix(), path.stat().st_size) for path in found)
