"""When things happen in the quarter, and what befalls the office's machines by day."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Slot(IntEnum):
    """The passes of a day."""

    AFTERNOON = 0
    """Ten minutes before the deadline."""
    EVENING = 1


class Weather(StrEnum):
    """How the store is all day long."""

    FINE = "fine"
    AWAY = "away"
    REFUSES = "refuses"
    UNSET = "unset"
    """No mirror is set up yet."""
    UNLOCKED = "unlocked"
    """It is asked for locks, and knows none."""


class Trouble(StrEnum):
    """What may be the matter with the computer for some minutes."""

    INBOX = "inbox"
    """Its disk is away."""
    ARCHIVE = "archive"
    ROOM = "room"
    """There is less of it than the office asks for."""
    CLOCK = "clock"
    """It is set back by an hour."""


Moment = tuple[int, Slot]
"""Day, counted from 0, and pass."""
