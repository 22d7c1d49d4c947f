"""What a pass costs where nothing is new: the scan of many known files, the start apart.

    python -m bench.known_files --files 200000 --rounds 3

The least that any scan costs is to list the folders and to ask for each file's size and times;
`limit` is that. Not for Windows.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import insert

from archive.batches import batches
from archive.catalogue.database import open_catalogue
from archive.catalogue.schema import inbox_file
from archive.keeping import keep
from archive.records import FileState
from archive.store import Store
from bench.admission import Cost, cost
from bench.admission_peers import SETTINGS
from bench.admission_sets import names

_NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
_A_FOLDER = 200
"""Files that a collector hands over in a day."""


def make(folder: Path, count: int) -> Path:
    """An inbox of `count` files, each of them known, and an archive; returns the settings."""
    store = Store(folder / "archive")
    store.prepare()
    (folder / "inbox").mkdir()
    rows = [_known(folder / "inbox", name, number) for number, name in enumerate(names(count))]
    with closing(open_catalogue(f"sqlite:///{store.root / '.callvault/catalogue.sqlite'}")) as into:
        for some in batches(rows, 10_000):
            with into.transaction() as tx:
                tx.execute(insert(inbox_file), list(some))
        keep(into, store, _NOW)  # or the first pass would write what no other has to
    settings = folder / "callvault.toml"
    text = SETTINGS.format(inbox=folder / "inbox", archive=store.root)
    settings.write_text(text, encoding="utf-8")
    return settings


def _known(inbox: Path, name: str, number: int) -> dict[str, object]:
    """Lays one file of the inbox, and what the catalogue knows of it."""
    source = f"{number // _A_FOLDER:05} 催收员/{name.rpartition('/')[2]}"
    path = inbox / source
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return {
        "source": source,
        "size": 0,
        "mtime_ns": 1_700_000_000 * 10**9,
        "state": FileState.IGNORED,
        "day": date(2026, 11, 16),
        "arrived_at": _NOW,
    }


def limit(inbox: Path) -> tuple[float, float]:
    """Seconds, of the wall and of a processor, to list folders and stat each file."""
    began, worked = time.perf_counter(), time.process_time()
    for _ in _stats(os.fspath(inbox)):
        pass
    return time.perf_counter() - began, time.process_time() - worked


def _stats(folder: str) -> Iterator[os.stat_result]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _stats(entry.path)
            else:
                yield entry.stat(follow_symlinks=False)


def _ingest(settings: Path) -> Cost:
    command = [sys.executable, "-m", "cli", "--config", str(settings), "ingest"]
    return cost(command, says=False)


def table(limits: Sequence[tuple[float, float]], many: Sequence[Cost], none: Sequence[Cost]) -> str:
    """Of the wall and of the processor, for others may want it: medians of the rounds."""
    lines = []
    for kind, least, took, start in (
        (
            "wall",
            median(wall for wall, _ in limits),
            median(one.wall for one in many),
            median(one.wall for one in none),
        ),
        (
            "CPU",
            median(cpu for _, cpu in limits),
            median(one.cpu for one in many),
            median(one.cpu for one in none),
        ),
    ):
        lines.append(
            f"  {kind:4}  listing and stat {least:5.2f} s  ingest {took:5.2f} s, "
            f"of which the start {start:4.2f} s; the rest to listing and stat "
            f"{(took - start) / least:5.2f}"
        )
    return "\n".join([*lines, f"  {max(one.peak for one in many):.0f} MB"])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="for the inbox; else a temporary one")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        for name in ("many", "none"):
            (Path(place) / name).mkdir()
        many, none = make(Path(place) / "many", asked.files), make(Path(place) / "none", 0)
        limits, with_files, start = [], [], []
        for _ in range(asked.rounds):
            limits.append(limit(many.parent / "inbox"))
            with_files.append(_ingest(many))
            start.append(_ingest(none))
    print(f"a pass over {asked.files} known files")
    print(table(limits, with_files, start))


if __name__ == "__main__":
    main()
