"""One thing that was tried on the user's own disk or bucket, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from archive.errors import ArchiveError
from archive.objects import StoreError
from config.language import Message


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    UNKNOWN = "unknown"
    """It cannot be told here."""


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    message: Message
    """What came of it; of a store, what it does."""
    means: Message | None = None
    """What that is to callvault, and what to do about it, where the message does not say so."""

    def meaning(self) -> Result:
        """With the sentence that goes with this one: `..._means`, of the same values."""
        return replace(self, means=Message(f"{self.message.key}_means", self.message.values))


@dataclass(frozen=True, slots=True)
class Trial:
    part: str
    """`archive`, `catalogue`, `mirror` or `clock`, as `callvault check` has them."""
    name: str
    """Stable, for scripts."""
    must: bool
    """callvault's promises do not hold without it."""
    result: Result


def passed(key: str, /, **values: object) -> Result:
    return Result(Outcome.PASS, Message.of(f"selftest.{key}", **values))


def failed(key: str, /, **values: object) -> Result:
    return Result(Outcome.FAIL, Message.of(f"selftest.{key}", **values))


def unknown(key: str, /, **values: object) -> Result:
    return Result(Outcome.UNKNOWN, Message.of(f"selftest.{key}", **values))


def attempt(look: Callable[[], Result]) -> Result:
    """What came of it; an error of the room is a failure that brings its own advice.

    A store that does not answer says nothing about what it can do.
    """
    try:
        return look()
    except StoreError as error:
        return Result(Outcome.UNKNOWN if error.outage else Outcome.FAIL, error.message)
    except ArchiveError as error:
        return Result(Outcome.FAIL, error.message)
