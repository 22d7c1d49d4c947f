"""Kills who notes an access, and who takes them into the log, right before each write in turn.

`python -m tests.archive.access_killing FOLDER` prints how many writes there were.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from archive import access, keeping
from archive.access_spool import Access, write
from archive.catalogue import log
from archive.catalogue.database import Catalogue, open_catalogue
from archive.custody import broken
from archive.store import Store
from tests.dying import killed

SEEN = ("王芳",)
LATER = datetime.now(UTC) + timedelta(hours=2)


def main(folder: Path) -> int:
    before = Store(folder / "archive")
    before.prepare()
    opened(before).close()
    print(
        _every_write(folder / "noting", before, note)
        + _every_write(folder / "taking", noted(before), take)
    )
    return 0


def opened(store: Store) -> Catalogue:
    return open_catalogue(f"sqlite:///{store.root}/.callvault/catalogue.sqlite")


def note(store: Store, people: tuple[str, ...] = SEEN) -> None:
    for number, by in enumerate(people):
        token = f"{number:016x}"
        write(store.root, Access("searched", by, datetime.now(UTC), {"asked": {}}), token)


def noted(store: Store) -> Store:
    """Of two accesses one is torn."""
    note(store, ("somebody", *SEEN))
    (torn, *_) = sorted(store.path(".callvault/access").iterdir())
    torn.write_bytes(torn.read_bytes()[:-1])
    return store


def take(store: Store) -> None:
    with closing(opened(store)) as catalogue:
        keeping.keep(catalogue, store, LATER)
        access.take(catalogue, store, LATER)
        keeping.keep(catalogue, store, LATER)


def _every_write(folder: Path, before: Store, work: Callable[[Store], None]) -> int:
    for number in count(1):
        store = Store(folder / str(number))
        shutil.copytree(before.root, store.root)
        died = killed(lambda _: work(store), number)  # noqa: B023 - called at once
        there = len(list(store.path(".callvault").glob("access/*")))
        take(store)
        _hold(store, there, whole=work is take)
        if not died:
            return number - 1
    raise AssertionError("it ends")


def _hold(store: Store, there: int, *, whole: bool) -> None:
    """Each access stands once, and nothing was guessed of a torn one."""
    assert not list(store.path(".callvault").glob("access/*"))
    with closing(opened(store)) as catalogue, catalogue.reading() as tx:
        assert broken(log.entries(tx)) is None
        bodies = [json.loads(one.entry) for one in log.entries(tx)]
    seen = Counter(body.get("by", body["event"]) for body in bodies)
    assert set(seen.values()) <= {1}, seen
    if whole:
        assert set(seen) == {*SEEN, "access_torn"}
    else:
        assert len(seen) == there
        assert set(seen) <= {*SEEN, "access_torn"}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
