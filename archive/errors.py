"""What stops the archive's work. Every error carries a message that says what to do."""

from __future__ import annotations

from config.language import Message


class ArchiveError(Exception):
    """The base of the room's errors."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message


class CatalogueError(ArchiveError):
    """The catalogue cannot be used."""


class DiskError(ArchiveError):
    """The archive's own disk cannot be written or read: the pass cannot go on."""


class GoneError(ArchiveError):
    """An archive that was there before is not: its disk is away. Nothing is made in its place."""


class LockedError(ArchiveError):
    """Another process is working on this archive."""


class SourceError(ArchiveError):
    """One file of the inbox cannot be taken; the others can."""

    def __init__(self, message: Message, *, later: bool) -> None:
        super().__init__(message)
        self.later = later
        """Worth another try at the next pass."""


class CustodyError(ArchiveError):
    """A custody file is missing, altered, or not of this catalogue."""


class StampError(ArchiveError):
    """There is no time stamp that counts, for now."""
