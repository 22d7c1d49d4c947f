"""What a command logs, and where: on stderr, or in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import logging


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
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in ("boto3", "botocore", "s3transfer", "urllib3", "alembic", "watchdog"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
