"""What a command logs, and where: on stderr, or in a file.

Only what callvault's own code logs: what libraries say may hold an object's key, which is a
customer's name and the last digits of a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import logging

_OWN = ("callvault", "archive", "audit", "commands", "config", "ingest", "matcher")


def log_from(
    level: Literal["INFO", "ERROR", "CRITICAL"], handler: logging.Handler | None = None
) -> None:
    """What weighs as much or more; on stderr, or where `handler` writes."""
    import logging

    from ingest.discretion import DiscreetFormatter
    from ingest.log_file import FORM

    if handler is None:
        handler = logging.StreamHandler()
        handler.setFormatter(DiscreetFormatter(FORM))
    handler.addFilter(is_own)
    logging.basicConfig(level=level, handlers=[handler])


def is_own(record: logging.LogRecord) -> bool:
    """Whether callvault's own code says this."""
    return record.name.partition(".")[0] in _OWN
