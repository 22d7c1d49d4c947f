"""What of the office's machines a person must see to: conditions over facts. Pure.

A code that the facts say nothing of is neither raised nor over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from config.calendar import Calendar
from config.language import Message
from config.quiet import Hours, quiet_within

SILENCE = timedelta(hours=1)
LONG_SILENCE = timedelta(days=1) + SILENCE
"""By then quiet hours were over once, and an hour had passed since, were the PC only on."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Clocks are set right by seconds every day."""
_RELIEF = 1.1
"""A disk is no longer nearly full at this many times the limit: it would flap around it."""
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Kept:
    """What the catalogue and the archive's disk say."""

    free: int
    total: int
    """Bytes of the archive's volume."""
    owed_since: datetime | None
    """Since when the mirror has owed its oldest errand; `None`: it owes nothing."""
    confirmed_at: datetime | None
    """When the store last showed an object."""
    last_entry: datetime | None
    """The latest time among the last entries of the custody log."""
    arrived: bool
    """A recording or sheet came today, or for today."""
    store_ahead: timedelta | None = None
    """By how much the store's clock was ahead when it was last asked."""
    faults: int = 0
    """Copies that are known to be bad."""
    beside: int = 0
    """What verifying found beside them, and nobody has found sound since."""


@dataclass(frozen=True, slots=True)
class Facts:
    now: datetime
    """Aware, in the office's time zone."""
    inbox: Message | None
    """Why the last pass could not list the inbox."""
    scanned_at: datetime | None
    """When a pass last listed it, and came to its end."""
    archive: Message | None
    """Why the archive cannot be reached."""
    kept: Kept | None
    """`None` while nothing can be asked."""
    stopped_since: datetime | None = None
    """Since when every pass has been stopped, other than by an inbox or archive that is away."""


@dataclass(frozen=True, slots=True)
class Limits:
    free_percent: int
    free_gigabytes: int
    """Less than either of the archive's volume is too little."""
    deadline: time
    mirrored: bool
    quiet: Sequence[Hours] = ()
    """Local hours in which the mirror is left alone."""
    calendar: Calendar = Calendar()


def judge(
    facts: Facts, limits: Limits, standing: Collection[str]
) -> Iterator[tuple[str, Message | None]]:
    """Each code that the facts tell something of, with what is the matter, or `None`."""
    if facts.inbox is not None or facts.scanned_at is not None:
        yield "inbox_unreachable", facts.inbox
    yield "archive_unreachable", facts.archive
    if facts.archive is None:
        yield from _passes(facts)
    if facts.kept is None:
        return
    yield "disk_nearly_full", _disk(facts.kept, limits, stands="disk_nearly_full" in standing)
    quiet = quiet_within(limits.quiet, facts.now, SILENCE)
    silent = _mirror(facts.now, facts.kept, limits, SILENCE)
    if silent is None or not quiet or _mirror(facts.now, facts.kept, limits, LONG_SILENCE):
        yield "mirror_silent", silent
    yield "clock_off", _clock(facts.now, facts.kept)
    bad = facts.kept.faults + facts.kept.beside
    yield "copies_bad", Message.of("alarms.copies_bad", count=bad) if bad else None
    handed_over = _handed_over(facts, facts.kept, limits)
    if handed_over is not None:
        yield handed_over


def unasked(stands: Message, kept: Kept | None, limits: Limits) -> bool:
    """Whether an alarm is about the mirror's clock, and nobody has asked that since a start."""
    if kept is None or not limits.mirrored or kept.store_ahead is not None:
        return False
    return stands.key == "alarms.clock_off_store"


def _passes(facts: Facts) -> Iterator[tuple[str, Message | None]]:
    code, since = "passes_stopped", facts.stopped_since
    if since is not None and facts.now - since >= SILENCE:
        yield code, Message.of(f"alarms.{code}", since=_clock_time(since, facts.now))
    elif since is None and facts.inbox is None and facts.scanned_at is not None:
        yield code, None


def _disk(kept: Kept, limits: Limits, *, stands: bool) -> Message | None:
    least = max(kept.total * limits.free_percent / 100, limits.free_gigabytes * _GIB)
    if kept.free >= least * (_RELIEF if stands else 1):
        return None
    return Message.of("alarms.disk_nearly_full", free=f"{kept.free / _GIB:.1f}")


def _mirror(now: datetime, kept: Kept, limits: Limits, span: timedelta) -> Message | None:
    silent = kept.confirmed_at is None or now - kept.confirmed_at >= span
    if limits.mirrored and silent and kept.owed_since and now - kept.owed_since >= span:
        since = _clock_time(kept.owed_since, now)
        return Message.of("alarms.mirror_silent", since=since)
    return None


def _clock(now: datetime, kept: Kept) -> Message | None:
    if kept.store_ahead is not None and abs(kept.store_ahead) > CLOCK_TOLERANCE:
        minutes = f"{kept.store_ahead.total_seconds() / 60:+.0f}"
        return Message.of("alarms.clock_off_store", minutes=minutes)
    if kept.last_entry is None or now >= kept.last_entry - CLOCK_TOLERANCE:
        return None
    last = _clock_time(kept.last_entry, now)
    return Message.of("alarms.clock_off", now=_clock_time(now, now), last=last)


def _clock_time(at: datetime, now: datetime) -> str:
    """As the office's clocks, and so `now`, tell it."""
    return f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"


def _handed_over(facts: Facts, kept: Kept, limits: Limits) -> tuple[str, Message | None] | None:
    """Only a pass after the deadline knows that nothing came."""
    code, now = "nothing_handed_over", facts.now
    # As a moment: two times of one zone are compared as its clocks show them, which come twice
    # in the night in which summer time ends.
    due = datetime.combine(now.date(), limits.deadline, now.tzinfo).astimezone(UTC)
    if kept.arrived or now < due or not limits.calendar.is_working(now.date()):
        return code, None
    if facts.inbox is not None or facts.scanned_at is None or facts.scanned_at < due:
        return None
    deadline = f"{limits.deadline:%H:%M}"
    return code, Message.of(f"alarms.{code}", day=now.date(), deadline=deadline)
