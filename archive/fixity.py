"""What is verified, how thoroughly, and what can be wrong with a copy: words and shapes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import gcd

from archive.custody import GENESIS


class Place(StrEnum):
    """Where a copy is."""

    ARCHIVE = "archive"
    MIRROR = "mirror"


def looked_after(*, mirrored: bool) -> Sequence[Place]:
    """Where copies are to be: what a mirror has that is listed no more nobody can put right."""
    return [*Place] if mirrored else [Place.ARCHIVE]


class Level(StrEnum):
    """How thoroughly a copy is looked at; each level includes the ones before it."""

    PRESENCE = "presence"
    SIZE = "size"
    """In the mirror also the checksum that the store itself tells, where it keeps one."""
    CONTENTS = "contents"
    """Every byte is read."""

    def includes(self, other: Level) -> bool:
        """Whether it finds all that `other` finds."""
        levels = list(Level)
        return levels.index(self) >= levels.index(other)


class Flaw(StrEnum):
    """What is wrong with a copy."""

    MISSING = "missing"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    """Something is there and cannot be read, though its place is in order: kept as altered."""

    @property
    def kind(self) -> str:
        """As a fault has it."""
        return self.MISSING.value if self is Flaw.MISSING else self.ALTERED.value


@dataclass(frozen=True, slots=True)
class Slice:
    """One of `of` parts of all that is kept, numbered from 1.

    What belongs to a part hangs on its SHA-256 alone: parts never overlap, together they are
    everything, and what is added later moves nothing from one part to another.
    """

    number: int
    of: int

    def covers(self, sha256: str) -> bool:
        return int(sha256[:16], 16) % self.of == self.number - 1

    def meets(self, other: Slice) -> bool:
        """Whether something can belong to both."""
        return (self.number - other.number) % gcd(self.of, other.of) == 0

    @property
    def whole(self) -> bool:
        return self.of == 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Slice(1, 1)


@dataclass(frozen=True, slots=True)
class Scope:
    """What one run looks at."""

    place: Place
    level: Level
    slice: Slice


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording, or a paper (a sheet as handed in, a custody file), of which copies are kept."""

    path: str
    """In the archive, and its key in the mirror."""
    sha256: str
    size: int | None
    """Bytes; `None`: not noted."""
    source: str
    """Where in the inbox it came from; empty of a custody file."""
    mirrored: bool
    """The store has confirmed an object under `path`."""
    recording: int | None = None
    """`None` of a paper."""
    target: str | None = None
    """Where a move that has begun takes it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A copy of a recording that is not what the catalogue says, until it is repaired."""

    recording: int
    place: Place
    kind: str
    """`missing` or `altered`."""
    found_at: datetime
    sha256: str
    path: str
    source: str

    @property
    def code(self) -> str:
        return f"{self.place}_{self.kind}"


@dataclass(frozen=True, slots=True)
class Verification:
    """A run over one slice of the recordings in one place, and how far it has come."""

    id: int
    scope: Scope
    began_at: datetime
    ended_at: datetime | None
    reached: int
    """The last recording that was looked at, by number."""
    seen: int
    faults: int
    digest: str
    """`chained` over the SHA-256 of all that were seen, in the order of their numbers."""
    beside: int = 0
    """How much was found beside faults of copies: in the catalogue itself, and, of a run that has
    ended, in sheets and custody files."""


def chained(digest: str, sha256: str) -> str:
    """The digest of a run after one more recording, which a run that was cut short can go on with.

    It begins with `GENESIS`; anybody who has the hashes can compute it again.
    """
    return hashlib.sha256(f"{digest}\n{sha256}".encode()).hexdigest()


UNBEGUN = GENESIS
