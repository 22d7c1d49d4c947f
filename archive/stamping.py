"""Has custody files time-stamped, and keeps the tokens beside them.

Each custody file names the hash of the one before it, so a token for one proves the age of all
before it: the newest is stamped, and that not more often than the office wants to pay for. The
token is whole under its name before the catalogue knows of it; one that a kill left behind is
entered as it is. The authority is asked while no transaction is open.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import timestamp
from archive.catalogue import papers
from archive.catalogue.database import Catalogue
from archive.catalogue.papers import KnownFile
from archive.errors import StampError
from archive.layout import stamp_path
from archive.store import Store
from archive.timestamp import Token
from archive.waits import doubled
from config.language import Message

_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=1)

log = logging.getLogger(__name__)

Ask = Callable[[bytes, str], Token]
"""Has bytes stamped, of which the second one is the SHA-256 in hex; StampError where not."""


@dataclass(frozen=True, slots=True)
class Stamped:
    new: int
    """Tokens that the catalogue did not know before."""
    problem: Message | None
    """Why the last try failed; stays until one succeeds."""


NOTHING = Stamped(0, None)


class Stamping:
    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        ask: Ask,
        every: timedelta,
        prepare: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        """`every`: what lies at least between one time stamp and the next.

        `prepare` may write what is to be stamped, where a stamp is due at the time it is told.
        """
        self._catalogue = catalogue
        self._store = store
        self._ask = ask
        self._every = every
        self._prepare = prepare
        self._failures = 0
        self._failed_at: datetime | None = None
        self._problem: Message | None = None
        self._looked = False

    def stamp(self, now: datetime) -> Stamped:
        """Stamps the newest custody file, where that is due at `now` (aware).

        What fails is a problem that is told, and is tried again later; DiskError alone is raised.
        """
        new = 0
        if not self._looked:  # once is enough: nobody else works on the archive
            new += enter_what_was_left(self._catalogue, self._store)
            self._looked = True
        if self._waits(now):
            return Stamped(new, self._problem)
        try:
            new += self._stamp_newest(now)
        except StampError as error:
            self._failures += 1
            self._failed_at = now
            self._problem = error.message
        else:
            self._failures, self._failed_at, self._problem = 0, None, None
        return Stamped(new, self._problem)

    def _waits(self, now: datetime) -> bool:
        if self._failed_at is None:
            return False
        wait = doubled(_FIRST_RETRY, self._failures - 1, _LONGEST_RETRY)
        return abs(now - self._failed_at) < wait  # abs: the clock may be set back

    def _stamp_newest(self, now: datetime) -> int:
        with self._catalogue.reading() as tx:
            last = papers.last_stamp(tx)
            newest = papers.last_file(tx)
        if newest.number == last.number or (last.at and abs(now - last.at) < self._every):
            return 0
        self._prepare(now)
        with self._catalogue.reading() as tx:
            newest = papers.last_file(tx)
        path = stamp_path(newest.path)
        if self._store.exists(path):  # nobody is asked, and paid, for what cannot be kept
            raise StampError(Message.of("stamp.in_the_way", path=path))
        self._keep(newest, path, self._ask(self._contents(newest), newest.sha256))
        return 1

    def _contents(self, file: KnownFile) -> bytes:
        try:
            contents = self._store.path(file.path).read_bytes()
        except OSError as error:
            said = error.strerror or str(error)
            raise StampError(
                Message.of("custody.unreadable", path=file.path, error=said)
            ) from error
        if hashlib.sha256(contents).hexdigest() != file.sha256:
            raise StampError(Message.of("stamp.file_altered", path=file.path))
        return contents

    def _keep(self, file: KnownFile, path: str, token: Token) -> None:
        self._store.publish(self._store.write("stamp", [token.der]), path)
        self._store.sync([path])
        _enter(self._catalogue, file, token)


def enter_what_was_left(catalogue: Catalogue, store: Store) -> int:
    """Enters tokens that a kill left behind, or that a catalogue made anew knows nothing of."""
    with catalogue.reading() as tx:
        files = papers.files_since(tx, papers.last_stamp(tx).number)
    left = [one for one in files if store.exists(stamp_path(one.path))]
    return sum(_enter_left(catalogue, store, one) for one in left)


def _enter_left(catalogue: Catalogue, store: Store, file: KnownFile) -> bool:
    """One that is no token for its file is left alone: nothing is overwritten."""
    path = stamp_path(file.path)
    try:
        token = timestamp.read(store.path(path).read_bytes(), file.sha256)
    except (OSError, StampError):
        log.warning("%s is no time stamp for its custody file", path)
        return False
    _enter(catalogue, file, token)
    return True


def _enter(catalogue: Catalogue, file: KnownFile, token: Token) -> None:
    sha256 = hashlib.sha256(token.der).hexdigest()
    with catalogue.transaction() as tx:
        papers.enter_stamp(tx, file.number, sha256, token.at)
    log.info("custody file %d has a time stamp of %s", file.number, token.at.isoformat())
