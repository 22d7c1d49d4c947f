"""The quarter as it is planned: hand-offs, what happens when, and the truth of it.

Faults are planted on it by the functions of `*_faults.py`; `Quarter.settle` then turns hand-offs
into files, and adds what follows from when they come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from tests.quarter import sheets
from tests.quarter.hand_offs import Answer, Call, Collector, Drop, HandOff, Harm, Word
from tests.quarter.moments import Moment, Slot, Trouble, Weather
from tests.quarter.people import Customer, People
from tests.quarter.phones import NUMBERED, RECORDERS, Caller
from tests.quarter.sheets import CREDIT, LEGAL, LEGAL_OWN, Cell
from tests.quarter.sounds import Sounds
from tests.quarter.truth import Expected, Told, Truth
from tests.quarter.working_days import working_days

COLLECTORS = 8
_CUSTOMERS = 10
"""Of each collector; others turn up for a single fault."""
_SLOTS = range(40)
"""Twelve minutes each from half past eight on."""
GRACE = 16
"""The last day of a month that the credit department may grant."""
RETENTION_YEARS = 5
REACHED = ("已接通", "接通", "正常接听")
NOT_REACHED = ("未接", "关机", "无人接听", "停机")


class NoRoomError(Exception):
    """No hand-off of the quarter is fit for a fault."""


class Quarter:
    """What is planned of it, by seed."""

    def __init__(self, seed: int, days: int) -> None:
        self.rng = Random(seed)
        self.days = working_days(self.rng, days)
        self.people = People(self.rng)
        self.sounds = Sounds(self.rng)
        self.truth = Truth()
        self.weather = [Weather.FINE] * days
        self.drops: defaultdict[Moment, list[Drop]] = defaultdict(list)
        self.words: defaultdict[int, list[Word]] = defaultdict(list)
        self.harms: defaultdict[int, list[Harm]] = defaultdict(list)
        self.answers: dict[int, Answer] = {}
        """What the manager hands in in the afternoon of a day."""
        self.repairs: set[int] = set()
        """Days on which what was found bad is repaired in the morning."""
        self.troubles: dict[int, Trouble] = {}
        """What is the matter with the computer just after the deadline of a day."""
        self.recorded: dict[Call, str] = {}
        """The source of a call's last recording."""
        self.empty: set[int] = set()
        """Days on which nothing is there by the deadline."""
        self.stirred: defaultdict[int, set[date]] = defaultdict(set)
        """By day, the days whose recordings come or move on it, so that the mirror owes them."""
        self._late: defaultdict[tuple[date, str], dict[str, int]] = defaultdict(dict)
        """By source, since which night it counts as late."""
        self._pending: list[tuple[Callable[[], tuple[Told, ...]], int, int | None]] = []
        self._taken: set[HandOff] = set()
        self.layout = self.rng.choice(
            ("{day}/{name}/", "{name}/{day}/", "{day} {name}/", "{department}/{day}/{name}/")
        )
        self.collectors = tuple(self._collector(at) for at in range(COLLECTORS))
        self.handoffs = [
            self._handoff(night, one) for night in range(days) for one in self.collectors
        ]

    # --- what faults are planted with -----------------------------------------------------------

    def spot(
        self, wanted: Callable[[HandOff], bool] = lambda _: True, *, margin: int = 0
    ) -> HandOff:
        """A hand-off of which a row or recording can be faulty; `margin` days follow it."""
        last = len(self.days) - margin
        fit = [
            one
            for one in self._free()
            if one.night < last and one.night + 1 not in self.empty and wanted(one)
        ]
        if not fit:
            raise NoRoomError
        one = self.rng.choice(fit)
        one.touched = True
        return one

    def whole(
        self, wanted: Callable[[HandOff], bool] = lambda _: True, *, margin: int = 0
    ) -> HandOff:
        """A hand-off in which all is right yet, to be faulty as a whole."""
        one = self.spot(lambda one: not one.touched and wanted(one), margin=margin)
        self.reserve(one)
        return one

    def reserve(self, handoff: HandOff) -> None:
        """Nothing more is planted on it."""
        self._taken.add(handoff)

    def is_open(self, handoff: HandOff) -> bool:
        return handoff not in self._taken

    def call(
        self,
        handoff: HandOff,
        customer: Customer | None = None,
        *,
        at: datetime | None = None,
        reached: bool = True,
    ) -> Call:
        """One more call in the hand-off, by default to a customer whom nobody else calls."""
        made = Call(
            handoff,
            customer or self.people.customer(),
            at or self.moment(handoff),
            reached,
            said={},
        )
        made.said = self._said(made)
        handoff.calls.append(made)
        handoff.calls.sort(key=lambda call: call.at)
        return made

    def moment(self, handoff: HandOff) -> datetime:
        """A time at which the collector does nothing else."""
        handoff.slots.remove(slot := self.rng.choice(handoff.slots))
        minutes = 12 * slot + self.rng.randrange(6)
        begin = datetime.combine(handoff.day, time(8, 30))
        return begin + timedelta(minutes=minutes, seconds=self.rng.randrange(60))

    def record(
        self,
        call: Call,
        content: bytes | None = None,
        *,
        ending: str | None = None,
        at: datetime | None = None,
        comes: Moment | None = None,
        fresh: bool = False,
    ) -> str:
        """A recording of the call, with the hand-off or later; returns its source.

        A `fresh` one is still being written when it comes, and taken the next day.
        """
        collector = call.handoff.collector
        saved = self.rng.random() < 0.6
        phone = collector.phone if saved else self.rng.choice(NUMBERED)
        caller = Caller(call.customer.name if saved else None, call.customer.number)
        when = at or call.at
        source = self.file(call.handoff, phone, caller, when, content, ending, comes, fresh=fresh)
        self.recorded[call] = source
        return source

    def file(
        self,
        handoff: HandOff,
        phone: str,
        caller: Caller,
        at: datetime,
        content: bytes | None = None,
        ending: str | None = None,
        comes: Moment | None = None,
        *,
        fresh: bool = False,
    ) -> str:
        """The same, under the name that a phone gives it for a caller."""
        ending = ending or handoff.collector.ending
        source = f"{handoff.folder}{RECORDERS[phone](caller, at)}.{ending}"
        content = self.sounds.sound(ending) if content is None else content
        if comes is None:
            handoff.files.append((source, content))
        else:
            self.bring(handoff, source, content, comes, fresh=fresh)
        return source

    def bring(
        self, handoff: HandOff, source: str, content: bytes, comes: Moment, *, fresh: bool = False
    ) -> None:
        """A recording for a hand-off that comes on its own."""
        taken = comes[0] + fresh
        self.drops[comes].append(Drop(source, content, fresh=fresh))
        self.came(handoff, source, comes, taken)
        self.stirred[taken].add(handoff.day)

    def came(self, handoff: HandOff, source: str, comes: Moment, counts: int | None = None) -> None:
        """Notes when a file came; it counts from the night `counts` on, by default at once."""
        if comes > (handoff.night, Slot.AFTERNOON):
            since = comes[0] if counts is None else counts
            self._late[handoff.day, handoff.collector.name][source] = since

    def expect(
        self,
        code: str,
        handoff: HandOff,
        *,
        call: Call | None = None,
        either: Sequence[Call] = (),
        source: str | None = None,
        sheet: str | None = None,
        customer: str | None = None,
        day: date | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> None:
        """Plants a finding of the hand-off's collector, of a row by `call` or `either`.

        `since` is the night of the hand-off where nothing else is said.
        """

        def told(row: Call | None) -> Told:
            return Told(
                day or handoff.day,
                code,
                customer or (row.customer.name if row else None),
                handoff.collector.name,
                source,
                sheet or (row.handoff.sheet if row else None),
                row.line if row else None,
            )

        rows = tuple(either) or (call,)
        begins = handoff.night if since is None else since
        self._pending.append((lambda: tuple(told(row) for row in rows), begins, until))

    def expect_of_file(self, code: str, night: int, collector: str, sheet: str) -> None:
        """Plants a finding of a sheet that is no hand-off's."""
        told = Told(self.days[night], code, None, collector, None, sheet)
        self.truth.expected.append(Expected((told,), night))

    def expect_office(self, code: str, day: date, since: int, until: int | None = None) -> None:
        """Plants a finding that names nobody."""
        self.truth.expected.append(Expected((Told(day, code),), since, until))

    # --- from the plan to files -------------------------------------------------------------------

    def settle(self) -> None:
        """Lays the hand-offs out as files, and ends the truth: every row has its line by now."""
        for handoff in self.handoffs:
            self._lay_out(handoff)
        for told, since, until in self._pending:
            self.truth.expected.append(Expected(told(), since, until))
        self._pending.clear()
        for (day, collector), sources in self._late.items():
            self._expect_late(day, collector, sources)

    def _lay_out(self, handoff: HandOff) -> None:
        on = handoff.night if handoff.comes_on is None else handoff.comes_on
        comes = (on, handoff.comes)
        for source, content in handoff.files:
            self.bring(handoff, source, content, comes)
        if handoff.has_sheet:
            sheet_comes = comes
            if handoff.sheet_comes is not None:
                sheet_comes = (handoff.sheet_comes, Slot.AFTERNOON)
            self.drops[sheet_comes].append(Drop(handoff.sheet, handoff.workbook()))
            self.came(handoff, handoff.sheet, sheet_comes)

    def _expect_late(self, day: date, collector: str, sources: dict[str, int]) -> None:
        """One finding a collector; it names the first of the late files, of those there are."""
        nights = sorted(set(sources.values()))
        for at, night in enumerate(nights):
            first = min(source for source, since in sources.items() if since <= night)
            until = nights[at + 1] if at + 1 < len(nights) else None
            told = Told(day, "late_handoff", None, collector, first)
            self.truth.expected.append(Expected((told,), night, until))

    # --- the office as it is ----------------------------------------------------------------------

    def _free(self) -> Iterator[HandOff]:
        return (one for one in self.handoffs if one not in self._taken and len(one.slots) > 8)

    def _collector(self, at: int) -> Collector:
        department = LEGAL if at % 8 in (2, 5, 7) else CREDIT
        name = self.people.name()
        return Collector(
            name=name,
            department=department,
            phone=self.rng.choice(list(RECORDERS)),
            ending=self.rng.choice(("amr", "amr", "amr", "wav", "mp3", "m4a")),
            form=sheets.draw_form(self.rng, department, name),
            customers=tuple(self.people.customer() for _ in range(_CUSTOMERS)),
        )

    def _handoff(self, night: int, collector: Collector) -> HandOff:
        day = self.days[night]
        folder = self.layout.format(day=day, name=collector.name, department=collector.department)
        handoff = HandOff(night, day, collector, folder, list(_SLOTS))
        for customer in self.rng.sample(collector.customers, self.rng.randint(2, 4)):
            reached = not handoff.calls or self.rng.random() < 0.75
            call = self.call(handoff, customer, reached=reached)
            if call.reached or self.rng.random() < 0.1:
                self.record(call)
        return handoff

    def _said(self, call: Call) -> dict[str, Cell]:
        """A complete row."""
        said: dict[str, Cell] = {
            "customer": call.customer.name,
            "numbers": call.customer.number,
            "called_at": call.at.replace(second=0),
            "reached": self.rng.choice(REACHED if call.reached else NOT_REACHED),
            "promised": None,
        }
        if not call.reached:
            return said
        said["promised"] = self.promise(call)
        said["duration"] = f"{self.rng.randint(10, 55)}秒"
        said["location"] = self.rng.choice(("济宁任城", "兖州大安镇", "曲阜", "泰安岱岳区"))
        said["remark"] = self.rng.choice((None, "本人接听", "等工程款"))
        if call.handoff.collector.department == CREDIT:
            said["hours"] = self.rng.choice((5, 6.5, 8, 10))
        else:
            own = dict(
                zip(
                    LEGAL_OWN, ("工程款未到", "滨河路改造", "3个月", "2万方", "工程款"), strict=True
                )
            )
            said |= own
        return said

    def promise(self, call: Call) -> date:
        """A day that the call's department may grant; often the very last one."""
        day = call.at.date()
        if call.handoff.collector.department == CREDIT and day.day <= GRACE:
            ahead = self.rng.choice((0, GRACE - day.day, GRACE - day.day))
            return day + timedelta(days=ahead)
        return day + timedelta(days=self.rng.randint(1, 12))
