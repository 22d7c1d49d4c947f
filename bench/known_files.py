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
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from archive.batches import batches
from archive.catalogue.database import open_catalogue
from archive.catalogue.schema import inbox_file
from archive.records import FileState
from archive.store import Store
from bench.admission import cost
from bench.admission_peers import SETTINGS
from bench.admission_sets import names
from sqlalchemy import insert

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
    settings = folder / "callvault.toml"
    text = SETTINGS.format(inbox=folder / "inbox", archive=store.root)
    settings.write_text(text, encoding="utf-8")
    return settings


def _known(inbox: Path, name: str, number: int) -> dict[str, object]:
    """Lays one file of the inbox, and what the catalogue knows of it."""
    source = f"{number // _A_FOLDER:05}/{name.rpartition('/')[2]}"
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


def limit(inbox: Path) -> float:
    """Seconds to list the folders and ask for each file's size and times."""
    began = time.perf_counter()
    for _ in _stats(os.fspath(inbox)):
        pass
    return time.perf_counter() - began


def _stats(folder: str) -> Iterator[os.stat_result]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _stats(entry.path)
            else:
                yield entry.stat(follow_symlinks=False)


def _ingest(settings: Path) -> float:
    command = [sys.executable, "-m", "cli", "--config", str(settings), "ingest"]
    return cost(command, says=False).wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="for the inbox; else a temporary one")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as place:
        for name in ("many", "none"):
            (Path(place) / name).mkdir()
        many, none = make(Path(place) / "many", asked.files), make(Path(place) / "none", 0)
        rounds = [
            (limit(many.parent / "inbox"), _ingest(many), _ingest(none))
            for _ in range(asked.rounds)
        ]
    least, with_files, start = (median(one) for one in zip(*rounds, strict=True))
    spent = [(one - nothing, listed) for listed, one, nothing in rounds]
    print(f"{asked.files} known files: listing and stat {least:.2f} s, ingest {with_files:.2f} s,")
    print(f"of which the start, with an empty inbox, {start:.2f} s;")
    each = median(took for took, _ in spent) / asked.files * 1e6
    ratio = median(took / listed for took, listed in spent)
    print(f"the rest is {each:.1f} us a file, {ratio:.2f} of listing and stat")


if __name__ == "__main__":
    main()
