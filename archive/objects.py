"""What an object store is to callvault: the few things it must do, and how it says no.

Keys are relative to the mirror's prefix, with `/` between their parts. They may hold customers'
names, so they never stand in an exception's text, which ends up in logs; a `Message` may name them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from archive.errors import ArchiveError
from config.language import Message


@dataclass(frozen=True, slots=True)
class ObjectLock:
    """Until when a store keeps an object, whoever asks it to delete it."""

    mode: str
    """`governance`, which some may lift, or `compliance`, which nobody may."""
    until: datetime
    """Aware, in whole seconds."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    key: str
    size: int
    """Bytes; below nought where it cannot be what a sealed mirror was sent."""
    sha256: str | None
    """Hex, as the store tells it, or as its MD5 of what it has proves of bytes that were sent just
    now; `None` where neither is had."""
    lock: ObjectLock | None = None
    """`None`: it has none, or the store does not tell. Lists tell of none."""
    legal_hold: bool = False


class StoreError(ArchiveError):
    """The store did not do what was asked."""

    def __init__(self, message: Message, *, outage: bool = False, afar: bool = False) -> None:
        super().__init__(message)
        self.outage = outage
        """True: no answer, or none now; every other request would probably fail as well, so try
        later. False: this request is refused until somebody acts on the message."""
        self.afar = afar
        """True: not even a connection came about, which no request can be to blame for."""

    @property
    def ends_work(self) -> bool:
        """Whether others would fare the same: an outage, or a refusal that is of no one request."""
        return self.outage or self.message.key in _OF_EVERY_REQUEST


_OF_EVERY_REQUEST = frozenset(
    f"store.{code}"
    for code in (
        *("no_credentials", "no_profile", "unknown_key", "expired_key", "wrong_secret"),
        *("wrong_clock", "no_such_bucket", "bad_bucket_name", "wrong_region", "path_style"),
        *("dotted_bucket", "account_blocked", "unsorted"),
    )
)
"""What is wrong with the key, the account, the clock, the bucket or where it is looked for, or that
it lists out of order: no list tells then what is there."""


NOT_OPENED = "store.not_opened"
"""The message of a `StoreError` for a sealed object that the key does not open as a whole."""


FROZEN = "store.frozen"
"""The message of a `StoreError` for an object that the store has put where it gives it to nobody
before somebody has it thawed."""
NOT_GIVEN = frozenset({NOT_OPENED, FROZEN})
"""Of one object alone: it is there, and its bytes are not to be had now."""


VERSION_LOCKED = "store.version_locked"
"""The message of a `StoreError` for an object that the store keeps until a day of its own."""


class ObjectDiffers(StoreError):  # noqa: N818 - it says what is the matter
    """The key is taken by an object with other bytes. It was left as it is."""

    def __init__(self, key: str, bucket: str) -> None:
        super().__init__(Message.of("store.object_differs", key=key, bucket=bucket))


class ObjectStore(Protocol):
    """Every method raises `StoreError`; one store is used from several threads at once."""

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        """Uploads the file unless the object is there already, and never another file's bytes.

        An object with the same bytes under the key is success, one with other bytes is
        `ObjectDiffers`. Not every store can be told to refuse an overwrite; where it cannot, the
        key is looked at before it is written. Bytes that are not what `sha256` says are never left
        in the store.
        `metadata` is for people who look at the bucket: what exceeds the store's limit is dropped.
        A file that cannot be read is an OSError.
        A store that knows no `lock`, or refuses it, has the object without: `look` tells.
        """

    def look(self, key: str) -> StoredObject | None:
        """What the store says about an object, without its bytes."""

    def read_sha256(self, key: str) -> str | None:
        """Reads the whole object back and hashes it (hex); `None` if there is none."""

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        """Writes the whole object into `writer` and returns its SHA-256 (hex); `None` if there is
        none. Where it breaks off, `writer` holds a part: StoreError. Its own trouble is an OSError.
        """

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        """Copies an object within the store, its metadata too; the bytes need not be right.

        The caller has looked that nothing is at `to`.

        With `lock` as with `put`.
        """

    def hold(self, key: str, *, on: bool) -> bool:
        """Puts an object under legal hold, or ends that; False, and nothing else has happened,
        where the store knows no legal hold.
        """

    def delete(self, key: str) -> bool:
        """Whether the store keeps what was there as an older version.

        An object that is not there is fine.
        """

    def purge(self, key: str) -> bool:
        """Deletes an object for good, and older versions of it where the store keeps such.

        As with `delete`, and True where nobody can tell whether versions are left. StoreError with
        the message `VERSION_LOCKED` while the store keeps one until a day of its own.
        """

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        """Every object whose key starts with `prefix`, by key in code-point order, no checksums.

        Only of keys beyond `after`, and without asking for those before it. Not what consoles make
        for folders, empty and with a `/` at the end: a store with nothing else in it is empty.
        """

    def is_empty(self) -> bool:
        """Whether `list` would tell of nothing at all; costs a request, and no list."""

    def sweep(self, mine: Callable[[str], bool]) -> None:
        """Removes what uploads to keys that are `mine` left unfinished an hour or more ago.

        A store that does not know how, or does not let it, is no error.
        """

    def clock(self) -> datetime | None:
        """The store's own time, aware; `None` where it tells none."""

    def check(self) -> None:
        """Raises the advice to follow if the bucket cannot be used."""
