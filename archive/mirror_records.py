"""What a mirror owes, and what its store showed, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from config.language import Message


@dataclass(frozen=True, slots=True)
class MirrorState:
    """Where a recording's mirroring stands."""

    key: str
    checksum: str | None
    """SHA-256 in hex that the store confirmed; `None`: not mirrored yet."""
    refusals: int
    """How often the store refused it; an outage is no refusal."""
    error: Message | None
    unlocked: Message | None = None
    """Why its object has not the lock that was asked for."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One entry of the outbox: an object to put, to put under legal hold, or to remove."""

    id: int
    action: str
    """`put`, `hold` or `remove`."""
    key: str
    """Also the path in the archive of what is put."""
    recording: int | None
    """`None` of a sheet or a custody file."""
    source: str
    sha256: str
    size: int | None
    """`None`: as the file has it."""
    attempts: int
    copy_of: str | None = None
    """The key of a confirmed object with the same bytes: the recording's, from before it moved."""
    day: date | None = None
    """Of the recording's call."""
    legal_hold: bool = False
    """What a `hold` is to bring about; of others: the object that is there may be under one."""
    disposed: bool = False
    """The recording's bytes are to go: its removal takes older versions along."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the store showed of an errand that is done."""

    locked_until: datetime | None = None
    unlocked: Message | None = None
    """Why the object has not the lock that was asked for."""
    legal_hold: bool | None = None
    """Whether the object is under one; `None`: the store has no such thing."""
    version_kept: bool = False
    """What was removed stays there as an older version."""
