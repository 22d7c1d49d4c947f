"""What catalogue, archive and bucket each say of a key, and what that comes to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar, overload

MOVE = "move"


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


_A = TypeVar("_A", bound=Keyed)
_B = TypeVar("_B", bound=Keyed)
_C = TypeVar("_C", bound=Keyed)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the catalogue says of a key."""

    key: str
    size: int | None
    """Bytes; `None`: not noted."""
    kept: bool
    """A recording or paper lies here; else there is, or was, no more than an object."""
    confirmed: bool
    """The store has shown an object under it."""
    owed: str | None
    """Why it need not be so yet: an errand, `put` or `remove`, or a `move` that has begun."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A file or an object."""

    key: str
    size: int | None
    """Bytes; `None`: no plain file, or one that cannot be looked at."""


class Sign(StrEnum):
    """As rclone has them, and one for what the mirror owes."""

    EQUAL = "="
    ONLY_ARCHIVE = "-"
    ONLY_BUCKET = "+"
    DIFFERENT = "*"
    ERROR = "!"
    OWED = "~"

    @property
    def differs(self) -> bool:
        return self not in (Sign.EQUAL, Sign.OWED)


class Code(StrEnum):
    """Why a key has its sign."""

    EQUAL = "equal"
    OWED = "owed"
    CHANGING = "changing"
    """Taken in, moved or mirrored while it was looked at."""
    OBJECT_MISSING = "object_missing"
    """The store had shown it."""
    NOT_ENLISTED = "not_enlisted"
    """Not mirrored, and no errand says so yet."""
    FILE_UNKNOWN = "file_unknown"
    FILE_MISSING = "file_missing"
    OBJECT_UNKNOWN = "object_unknown"
    OBJECT_LEFT = "object_left"
    """Its recording moved, and no errand removes it yet."""
    BOTH_UNKNOWN = "both_unknown"
    SIZES = "sizes"
    """The archive's, the bucket's and the catalogue's are not one."""
    KEY_TAKEN = "key_taken"
    """The store never showed it, and has something of another size in its place."""
    LOST = "lost"
    """Kept, and neither here nor there."""
    NO_FILE = "no_file"
    """What lies in the archive is no plain file, or cannot be looked at."""

    @property
    def sign(self) -> Sign:
        return _SIGNS[self]


_SIGNS = {
    Code.EQUAL: Sign.EQUAL,
    Code.OWED: Sign.OWED,
    Code.CHANGING: Sign.OWED,
    Code.OBJECT_MISSING: Sign.ONLY_ARCHIVE,
    Code.NOT_ENLISTED: Sign.ONLY_ARCHIVE,
    Code.FILE_UNKNOWN: Sign.ONLY_ARCHIVE,
    Code.FILE_MISSING: Sign.ONLY_BUCKET,
    Code.OBJECT_UNKNOWN: Sign.ONLY_BUCKET,
    Code.OBJECT_LEFT: Sign.ONLY_BUCKET,
    Code.SIZES: Sign.DIFFERENT,
    Code.KEY_TAKEN: Sign.DIFFERENT,
    Code.BOTH_UNKNOWN: Sign.ERROR,
    Code.LOST: Sign.ERROR,
    Code.NO_FILE: Sign.ERROR,
}


@dataclass(frozen=True, slots=True)
class Compared:
    key: str
    code: Code
    expected: Expected | None
    file: int | None
    """Bytes of the file, and of the object; `None` where there is none."""
    object: int | None


@overload
def merged(a: Iterator[_A], b: Iterator[_B], /) -> Iterator[tuple[_A | None, _B | None]]: ...
@overload
def merged(
    a: Iterator[_A], b: Iterator[_B], c: Iterator[_C], /
) -> Iterator[tuple[_A | None, _B | None, _C | None]]: ...
def merged(*sides: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    """What several sides have under one key, key by key; each side is sorted, with no key twice.

    Only one of each side is held at a time.
    """
    heads = [next(side, None) for side in sides]
    while keys := [head.key for head in heads if head is not None]:
        key = min(keys)
        row = tuple(None if head is None or head.key != key else head for head in heads)
        yield row
        for number, head in enumerate(row):
            if head is not None:
                heads[number] = next(sides[number], None)


def compared(expected: Expected | None, file: Sized | None, found: Sized | None) -> Compared:
    """What the three sides of one key come to; at least one of them has it."""
    key = next(one.key for one in (expected, file, found) if one is not None)
    code = _code(expected or Expected(key, None, False, False, None), file, found)
    sizes = (None if one is None else one.size for one in (file, found))
    return Compared(key, code, expected, *sizes)


def _code(expected: Expected, file: Sized | None, found: Sized | None) -> Code:
    if expected.owed == MOVE:
        return Code.OWED
    if file is not None and file.size is None:
        return Code.NO_FILE
    return (_of_kept if expected.kept else _of_others)(expected, file, found)


def _of_kept(expected: Expected, file: Sized | None, found: Sized | None) -> Code:
    if file is None:
        return Code.LOST if found is None else Code.FILE_MISSING
    if len({one.size for one in (expected, file, found) if one is not None} - {None}) > 1:
        right = expected.size in (file.size, None) and not expected.confirmed
        return Code.KEY_TAKEN if right and found is not None else Code.SIZES
    if found is not None:
        return Code.EQUAL
    if expected.owed:
        return Code.OWED
    return Code.OBJECT_MISSING if expected.confirmed else Code.NOT_ENLISTED


def _of_others(expected: Expected, file: Sized | None, found: Sized | None) -> Code:
    if file is not None:
        return Code.FILE_UNKNOWN if found is None else Code.BOTH_UNKNOWN
    if expected.owed or found is None:
        return Code.OWED
    return Code.OBJECT_LEFT if expected.confirmed else Code.OBJECT_UNKNOWN
