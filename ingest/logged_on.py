"""Who sits at the computer, and that what they are shown is written down before they see it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from datetime import datetime

from archive.access_spool import Access, write
from config.settings import Settings


def user() -> str:
    """As the system calls them; `?` where it knows no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "?"


def enter(
    settings: Settings, event: str, details: Mapping[str, object], by: str, now: datetime
) -> None:
    """Notes an access, as `archive.access_spool` says; DiskError where that cannot be done.

    `now` is aware. Numbers in `details` are masked by whoever calls.
    """
    write(settings.archive.path, Access(event, by, now, details), os.urandom(8).hex())
