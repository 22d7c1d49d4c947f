"""Object Lock as the office asks for it, and what a store's falls short of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from archive.objects import ObjectLock
from config.language import Message
from config.settings import FolderMirror, Mirror, Retention, Settings

_STRENGTH = {"governance": 0, "compliance": 1}


@dataclass(frozen=True, slots=True)
class LockRule:
    """That the mirror's objects are locked for as long as they are to be retained."""

    mode: str
    retention: Retention
    zone: tzinfo

    def lock(self, day: date | None, now: datetime) -> ObjectLock | None:
        """Of what is of `day`, or of no call (a sheet, a custody file) and new at `now`.

        A day yet to come is a wrong clock's, and what is locked for too long nobody can mend: it
        counts as today. `None` where it need be kept no longer: a store takes no lock that has run
        out.
        """
        today = now.astimezone(self.zone).date()
        until = self.retention.until(min(day or today, today), self.zone)
        return ObjectLock(self.mode, until) if until > now else None


def lock_rule(settings: Settings, mirror: Mirror | FolderMirror | None) -> LockRule | None:
    """For one of the settings' mirrors; `None`: no lock is asked for."""
    retention = settings.retention
    if not isinstance(mirror, Mirror) or retention is None or mirror.lock == "off":
        return None
    return LockRule(mirror.lock, retention, settings.office.timezone)


def shortfall(asked: ObjectLock, shown: ObjectLock | None) -> Message | None:
    """Why an object is not locked as was asked; `None` where it is, or better."""
    if shown is None:
        return Message.of("store.lock_none")
    if shown.until < asked.until:
        until = f"{shown.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return Message.of("store.lock_short", until=until)
    if _STRENGTH.get(shown.mode, 0) < _STRENGTH[asked.mode]:
        return Message.of("store.lock_weak", shown=shown.mode, asked=asked.mode)
    return None


def strengthened(asked: ObjectLock, shown: ObjectLock | None) -> ObjectLock:
    """What an object's lock is to be made, which is in nothing less than it is."""
    if shown is None:
        return asked
    mode = max(asked.mode, shown.mode, key=lambda one: _STRENGTH.get(one, 0))
    return ObjectLock(mode, max(asked.until, shown.until))
