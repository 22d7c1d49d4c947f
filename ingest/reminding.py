"""Before the deadline of a working day: who has handed over nothing yet.

Whoever handed over something on one of the last days that anybody did is expected to; who is away
for longer is not asked for any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from archive.catalogue import customers, days
from archive.catalogue.database import Catalogue
from config.language import Message
from config.settings import Settings
from matcher.names import canonical

_DAYS = 3
"""So many days with hand-offs say who is expected."""
_LOOK_BACK = timedelta(days=31)


def lacking(before: Mapping[date, frozenset[str]], came: frozenset[str]) -> list[str]:
    """Who handed over something on the last days, and nothing today; pure."""
    last = sorted(before)[-_DAYS:]
    return sorted(frozenset().union(*(before[day] for day in last)) - came)


class Reminder:
    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime],
        say: Callable[[Message], None],
    ) -> None:
        """`now` is aware, in the office's zone; `say` has it told."""
        self._deadline = settings.handoff.deadline
        self._ahead = timedelta(minutes=settings.handoff.remind_minutes)
        self._zone = settings.office.timezone
        self._now = now
        self._say = say
        self._working = settings.calendar.is_working

    def due(self, last: date | None) -> bool:
        """Whether now is the time; `last`: the day of the last reminder."""
        now = self._now().astimezone(self._zone)
        # As a moment: minutes before it are no such by clocks that are put forward meanwhile.
        deadline = datetime.combine(now.date(), self._deadline, self._zone).astimezone(UTC)
        return (
            bool(self._ahead)
            and deadline - self._ahead <= now < deadline
            and last != now.date()
            and self._working(now.date())
        )

    def remind(self, catalogue: Catalogue) -> date:
        """Says who lacks, where somebody does; returns the day. Raises ArchiveError.

        An office that has a folder for each customer hands over by nobody's name: a customer's is
        in no message.
        """
        today = self._now().astimezone(self._zone).date()
        midnight = datetime.combine(today, time(), self._zone)
        with catalogue.reading() as tx:
            before = days.collectors_between(tx, today - _LOOK_BACK, today - timedelta(days=1))
            came = days.handed_over_by(tx, today, midnight, midnight + timedelta(days=1))
            theirs = {canonical(one.name) for one in customers.everyone(tx)}
        if missing := [one for one in lacking(before, came) if canonical(one) not in theirs]:
            names, deadline = ", ".join(missing), f"{self._deadline:%H:%M}"
            self._say(Message.of("remind.lacking", collectors=names, deadline=deadline))
        return today
