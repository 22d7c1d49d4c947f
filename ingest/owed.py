"""What is owed by message: letters, which channels took them, when others are tried again. Pure.

A report is a message of its own. Alarms that a channel has not had yet go together in one: after an
outage there may be many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

ALARMS = "alarms"
MOST_ALARMS = 200
"""An alarm that flaps for days while nothing can be sent fills no disk."""
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Letter:
    key: str
    """The day of a report, `2026-11-16`; `ALARMS` of every alarm."""
    made_at: datetime
    """Aware, in the office's zone."""
    title: str
    lines: tuple[str, ...]
    attachment: str = ""
    """The name of a file in the report folder."""
    taken_by: frozenset[str] = frozenset()
    """The channels that have it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a channel did not take."""

    tries: int
    again_at: datetime

    def over(self, now: datetime) -> bool:
        """Or the clock was set back since."""
        return now >= self.again_at or self.again_at - now > LONGEST_RETRY


@dataclass(frozen=True, slots=True)
class Owed:
    reports: frozenset[str] = frozenset()
    """Days whose report is no news any more: owed, sent or given up."""
    letters: tuple[Letter, ...] = ()
    """In the order in which they were made."""
    waits: Mapping[tuple[str, str], Wait] = field(default_factory=dict)
    """By channel and key."""

    def joined(self, later: Owed) -> Owed:
        """With what came to be owed elsewhere meanwhile."""
        new = tuple(one for one in later.letters if one not in self.letters)
        return Owed(
            self.reports | later.reports, (*self.letters, *new), {**self.waits, **later.waits}
        )

    def knowing(self, day: str) -> Owed:
        """The report of `day` is no news, and owed to nobody."""
        return replace(self, reports=self.reports | {day})

    def without(self, days: Collection[str]) -> Owed:
        """The reports of `days` are news once they are there, and what was said of them is not."""
        kept = tuple(one for one in self.letters if one.key not in days)
        waits = {place: wait for place, wait in self.waits.items() if place[1] not in days}
        return Owed(self.reports.difference(days), kept, waits)

    def with_report(self, letter: Letter) -> Owed:
        return replace(self, reports=self.reports | {letter.key}, letters=(*self.letters, letter))

    def with_alarm(self, title: str, line: str, at: datetime) -> Owed:
        alarms = [one for one in self.letters if one.key == ALARMS]
        dropped = set(map(id, alarms[: max(0, len(alarms) + 1 - MOST_ALARMS)]))
        kept = tuple(one for one in self.letters if id(one) not in dropped)
        return replace(self, letters=(*kept, Letter(ALARMS, at, title, (line,))))

    def due(self, channels: Sequence[str], now: datetime) -> Iterator[tuple[str, list[Letter]]]:
        """For each channel what it is to be sent now, one message after the other."""
        for channel in channels:
            lacking = [one for one in self.letters if channel not in one.taken_by]
            for key in dict.fromkeys(one.key for one in lacking):
                wait = self.waits.get((channel, key))
                if wait is None or wait.over(now):
                    yield channel, [one for one in lacking if one.key == key]

    def taken(self, channel: str, letters: Sequence[Letter]) -> Owed:
        """Who took `letters` of one key, which may have been taken by others meanwhile."""
        sent = {(one.key, one.made_at, one.lines) for one in letters}
        marked = tuple(
            replace(one, taken_by=one.taken_by | {channel})
            if (one.key, one.made_at, one.lines) in sent
            else one
            for one in self.letters
        )
        waits = {
            place: wait for place, wait in self.waits.items() if place != (channel, letters[0].key)
        }
        return replace(self, letters=marked, waits=waits)

    def put_off(self, channel: str, key: str, now: datetime) -> Owed:
        tries = self.waits[channel, key].tries if (channel, key) in self.waits else 0
        pause = min(FIRST_RETRY * 2 ** min(tries, 10), LONGEST_RETRY)
        return replace(self, waits={**self.waits, (channel, key): Wait(tries + 1, now + pause)})

    def settled(self, channels: Sequence[str], now: datetime) -> tuple[Owed, list[Letter]]:
        """Without what every channel has, and without what is too old, which is told as well."""
        everybody = set(channels)
        still = [one for one in self.letters if not everybody <= one.taken_by]
        old = [one for one in still if now - one.made_at >= GIVEN_UP_AFTER]
        kept = tuple(one for one in still if one not in old)
        keys = {one.key for one in kept}
        waits = {
            (channel, key): wait
            for (channel, key), wait in self.waits.items()
            if channel in everybody and key in keys
        }
        return replace(self, letters=kept, waits=waits), old
