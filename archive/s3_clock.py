"""The store's own time, as the Date header of its answers tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def told_in(answer: Mapping[str, Any]) -> datetime | None:
    """Cut to seconds; told with refusals too. `None` if this one tells none."""
    told = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return in_utc(parsedate_to_datetime(told))
    except ValueError:
        return None


def in_utc(moment: datetime) -> datetime:
    """A time that names no zone is in UTC, as all of S3's are."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
