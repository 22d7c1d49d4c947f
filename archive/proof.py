"""The proof that two verified copies of a recording exist: without it no source is released.

A proof is a value that only `prove` can make, right after it read the archive's copy and asked the
store for the object's checksum. It is good for a few minutes: copies can be lost at any time.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import datetime, timedelta

from archive.errors import DiskError
from archive.objects import ObjectStore
from archive.records import Recording
from archive.store import Store
from config.language import Message

LIFE = timedelta(minutes=10)

_SEAL = object()


@dataclass(frozen=True, slots=True)
class Proof:
    """That the archive and the mirror both held the recording's bytes at `at`."""

    recording: Recording
    archive_sha256: str
    """Of the file in the archive, read for this proof."""
    object_sha256: str
    told_by_store: bool
    """False: the store keeps no checksum, and the object was read back."""
    at: datetime
    """Aware: when the checking began."""
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only `prove` makes a proof")

    def holds(self, now: datetime) -> bool:
        """It is not older than `LIFE`, and not from a time that is yet to come."""
        return timedelta(0) <= now - self.at <= LIFE

    @property
    def facts(self) -> Mapping[str, object]:
        """As custody keeps them."""
        return {
            "at": self.at.isoformat(),
            "archive": {"path": self.recording.path, "sha256": self.archive_sha256},
            "object": {
                "key": self.recording.path,
                "sha256": self.object_sha256,
                "checked": "told by the store" if self.told_by_store else "read back",
            },
        }


def prove(
    store: Store, objects: ObjectStore, recording: Recording, now: datetime
) -> Proof | Message:
    """Checks both copies of `recording`; a message says which of them is not what it should be.

    `now` is aware. Raises StoreError where the store gives no answer.
    """
    if recording.target is not None:
        return Message.of("release.on_its_way", path=recording.path)
    in_archive = _read(store, recording)
    if isinstance(in_archive, Message):
        return in_archive
    found = objects.look(recording.path)
    if found is None:
        return Message.of("release.object_missing", key=recording.path)
    in_mirror = found.sha256 or objects.read_sha256(recording.path)
    if in_mirror != recording.sha256 or found.size != recording.size:
        return Message.of("release.object_differs", key=recording.path)
    return Proof(recording, in_archive, in_mirror, found.sha256 is not None, now, _SEAL)


def _read(store: Store, recording: Recording) -> str | Message:
    """The SHA-256 of the archive's copy, where it is the recording's."""
    try:
        # A link is no copy: what it leads to may be the source itself.
        if not stat.S_ISREG(store.path(recording.path).lstat().st_mode):
            return Message.of("release.archive_differs", path=recording.path)
        sha256, size = store.read_sha256(recording.path)
    except FileNotFoundError:
        return Message.of("release.archive_missing", path=recording.path)
    except OSError as error:
        reason = error.strerror or error
        return Message.of("release.archive_unreadable", path=recording.path, error=reason)
    except DiskError as error:
        return error.message
    if (sha256, size) != (recording.sha256, recording.size):
        return Message.of("release.archive_differs", path=recording.path)
    return sha256
