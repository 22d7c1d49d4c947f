"""What stops a command of this room before anything is written down."""

from __future__ import annotations

from config.language import Message


class AuditError(Exception):
    """What a person named is not there, or could be several; nothing was changed."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message


class FindingError(AuditError):
    """It is no finding."""
