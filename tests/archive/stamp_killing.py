"""Kills a stamping process right before each of its writes in turn, and holds what is left.

`python -m tests.archive.stamp_killing FOLDER` prints how many writes there were.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from archive import keeping, timestamp
from archive.catalogue import papers
from archive.catalogue.database import Catalogue, open_catalogue
from archive.errors import StampError
from archive.layout import stamp_path
from archive.stamping import Ask, Stamped, Stamping
from archive.store import Store
from archive.timestamp import Token
from config.language import Message
from tests.archive.small_archive import SmallArchive
from tests.dying import killed
from tests.stamp_authority import StampAuthority


def main(folder: Path) -> int:
    authority = StampAuthority(folder / "authority")
    before = Store(folder / "archive")
    before.prepare()
    with closing(opened(before)) as catalogue:
        (folder / "inbox").mkdir()
        SmallArchive(catalogue, before, folder / "inbox").admit(b"one")
        keeping.keep(catalogue, before, datetime.now(UTC))
    for write in count(1):
        store = Store(folder / str(write))
        shutil.copytree(before.root, store.root)
        if not killed_at(write, store, authority):
            print(write - 1)
            return 0
    raise AssertionError("stamping ends")


def opened(store: Store) -> Catalogue:
    return open_catalogue(f"sqlite:///{store.root}/.callvault/catalogue.sqlite")


def killed_at(write: int, store: Store, authority: StampAuthority) -> bool:
    """False where stamping has not so many writes."""
    with closing(opened(store)) as catalogue, catalogue.reading() as tx:
        file = papers.last_file(tx)
    contents = store.path(file.path).read_bytes()
    der = authority.token(authority.query(contents))
    token = timestamp.read(der, file.sha256)
    died = killed(lambda _: stamp(store, lambda *_: token), write)
    left = store.exists(stamp_path(file.path))
    stamped = stamp(store, nobody if left else lambda *_: token)
    assert stamped.problem is None, f"killed at write {write}: {stamped.problem}"
    assert authority.verifies(store.path(file.path), store.path(stamp_path(file.path)))
    with closing(opened(store)) as catalogue, catalogue.reading() as tx:
        assert papers.last_stamp(tx).number == file.number
    assert stamp(store, nobody) == Stamped(0, None)
    return died


def nobody(*_: object) -> Token:
    raise StampError(Message.of("stamp.other_bytes"))


def stamp(store: Store, ask: Ask) -> Stamped:
    with closing(opened(store)) as catalogue:
        return Stamping(catalogue, store, ask, timedelta(hours=1)).stamp(datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
