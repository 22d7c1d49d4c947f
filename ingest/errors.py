"""What stops a pass before it begins."""

from __future__ import annotations

from config.language import Message


class InboxError(Exception):
    """The inbox cannot be listed. It says nothing about its files: unknown is not deleted."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.key)
        self.message = message
