"""What each office and each collector is used to; drawn once and kept to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bench.office.people import person
from bench.office.recorders import FORMS
from bench.office.sheets import SheetForm, draw_form

_FIRST_DAYS = (date(2026, 11, 16), date(2026, 12, 30), date(2027, 2, 26), date(2026, 3, 9))
"""The end of a year and of a month among them."""
LAYOUTS = {
    "day/collector": 45,
    "collector/day": 12,
    "day": 10,
    "collector": 8,
    "department/day/collector": 10,
    "joined": 10,
    "flat": 5,
}
DAY_STYLES = ("{0:%Y-%m-%d}", "{0:%Y.%m.%d}", "{0.month}月{0.day}日", "{0:%m%d}", "{0:%Y%m%d}")


@dataclass(frozen=True, slots=True)
class CollectorHabits:
    name: str
    recorder: str
    saves: float
    """Share of customers saved in the phone."""
    drift: float
    """Minutes that the phone's clock is ahead."""
    hand: int
    renames: float
    """Share of recordings renamed by hand."""
    form: SheetForm


@dataclass(frozen=True, slots=True)
class OfficeHabits:
    mess: float
    """From 0, an orderly office, to 1. It scales every slip."""
    days: tuple[date, ...]
    layout: str
    day_style: str
    scope: str
    """Whose calls a sheet holds: `collector`, `office` or `month` (a tab for each day)."""
    kin: float
    village: str | None
    """The surname of the village that every third customer is from."""
    stand_ins: float
    reached: float
    repeats: float
    personal: float
    collectors: tuple[CollectorHabits, ...]

    def folder(self, day: date, collector: str) -> str:
        said = self.day_style.format(day)
        return {
            "day/collector": f"{said}/{collector}/",
            "collector/day": f"{collector}/{said}/",
            "day": f"{said}/",
            "collector": f"{collector}/",
            "department/day/collector": f"信贷部/{said}/{collector}/",
            "joined": f"{said} {collector}/",
            "flat": "",
        }[self.layout]

    @property
    def tells_day(self) -> bool:
        return self.layout not in {"collector", "flat"}

    @property
    def tells_collector(self) -> bool:
        return self.layout not in {"day", "flat"}


def draw(rng: Random) -> OfficeHabits:
    mess = rng.choice((rng.uniform(0, 0.3), rng.uniform(0.2, 0.7), rng.uniform(0.5, 1)))
    first = rng.choice(_FIRST_DAYS)
    days = tuple(first + timedelta(days=at) for at in range(rng.choice((1, 2, 2, 3))))
    scope = rng.choices(("collector", "office", "month"), (60, 30, 10))[0]
    common = draw_form(rng, mess)
    alike = rng.random() < 0.5 or scope != "collector"
    count = rng.choice((2, 3, 4, 4, 5, 6, 8))
    names: set[str] = set()
    while len(names) < count:
        name = person(rng)
        if "·" not in name:
            names.add(name)
    collectors = tuple(
        _collector(rng, name, mess, common if alike else draw_form(rng, mess))
        for name in sorted(names)
    )
    return OfficeHabits(
        mess=mess,
        days=days,
        layout=rng.choices(list(LAYOUTS), list(LAYOUTS.values()))[0],
        day_style=rng.choice(DAY_STYLES),
        scope=scope,
        kin=rng.choice((0.02, 0.08, 0.15, 0.3)),
        village=rng.choice((None, None, None, "王", "张", "孟")),
        stand_ins=rng.uniform(0, 0.15),
        reached=rng.uniform(0.5, 0.95),
        repeats=rng.uniform(0, 0.2),
        personal=rng.uniform(0, 0.08),
        collectors=collectors,
    )


def _collector(rng: Random, name: str, mess: float, form: SheetForm) -> CollectorHabits:
    return CollectorHabits(
        name=name,
        recorder=rng.choices(list(FORMS), [share for _, share in FORMS.values()])[0],
        saves=rng.choice((0.1, 0.5, 0.8, 0.95)),
        drift=rng.gauss(0, 0.5 + 3 * mess) if rng.random() < 0.5 else 0.0,
        hand=rng.randrange(40),
        renames=rng.choice((0.0, 0.0, 0.02, 0.1 * mess)),
        form=form,
    )
