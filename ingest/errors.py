"""What stops a pass before it begins, a person's word before it is written down, and listening."""

from __future__ import annotations

from archive.errors import ArchiveError
from config.language import Message


class InboxError(Exception):
    """The inbox cannot be listed. It says nothing about its files: unknown is not deleted."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message


class WordError(Exception):
    """What a person named is not known, or could be several; nothing was changed."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message


class ListenError(ArchiveError):
    """A recording cannot be heard as things are."""
