"""After a word: the files and objects follow at once, or the running daemon sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from archive.errors import LockedError
from config.language import Message
from config.settings import Settings
from ingest.inbox_pass import Clock
from ingest.session import open_session

_MIRRORING = timedelta(seconds=10)
"""So long a person is kept waiting for the mirror; what is owed then waits in the outbox."""


@dataclass(frozen=True, slots=True)
class Followed:
    moved: int
    by_daemon: bool = False
    """Another process works on the archive; a daemon takes a few seconds."""
    mirror: Message | None = None
    """Why objects do not follow yet."""


def follow(settings: Settings, clock: Clock, *, mirror: bool = True) -> Followed:
    """Decides the open days again and moves what lies wrong; ArchiveError if the disk fails."""
    until = clock.now() + _MIRRORING
    try:
        with open_session(settings) as session:
            moved = session.settle(clock.now())
            if not mirror:
                return Followed(moved)
            drained = session.mirror(
                clock.now, everything=False, whole=False, stop=lambda: clock.now() > until
            )
    except LockedError:
        return Followed(0, by_daemon=True)
    return Followed(moved, mirror=drained.outage or drained.problem)
