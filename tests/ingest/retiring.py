"""An office whose customers' time is over, and a person who looks after that."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from config.language import Words
from config.settings import Retention
from ingest.desk import Desk, Told
from ingest.inbox_pass import Clock
from ingest.retention_told import Order, tell_apply, tell_due
from tests.ingest.people import CHEN, LIU, ROWS
from tests.ingest.small_office import SHEET, ZONE, SmallOffice, office, sheet, sound

LATER = datetime(2031, 11, 18, 9, tzinfo=ZONE)
"""Five years after the office's only day, and a night more."""
WHY = "保存期满"


def kept_for(desk: SmallOffice, retention: Retention | None) -> SmallOffice:
    return replace(desk, settings=replace(desk.settings, retention=retention))


def two_customers(folder: Path) -> SmallOffice:
    """陈建国 and 刘海燕, a recording each, in an office that keeps them for five years."""
    desk = kept_for(office(folder), Retention(5))
    for number, source in enumerate((CHEN, LIU)):
        desk.drop(source, sound(number))
    desk.drop(SHEET, sheet(ROWS))
    return desk


@dataclass(frozen=True, slots=True)
class Keeper:
    """The manager, who answers for what is disposed of."""

    office: SmallOffice
    at: datetime = LATER
    language: str = "en"

    @property
    def desk(self) -> Desk:
        clock = Clock(lambda: self.at, own=False)
        return Desk(self.office.settings, Words(self.language), clock, "li")

    @property
    def signed(self) -> Path:
        return self.office.folder / "due.csv"

    def due(self) -> Any:
        return json.loads(tell_due(self.desk, None, "json", None).output)

    def folders_due(self) -> list[str]:
        return [one["folder"] for one in self.due()["customers"] if one["due"]]

    def draw_up(self) -> Path:
        """Writes the list, as of today."""
        tell_due(self.desk, None, "text", self.signed)
        return self.signed

    def strike_out(self, name: str) -> None:
        """Takes the lines of a customer out of the list."""
        said = self.signed.read_text("utf-8-sig").splitlines(keepends=True)
        left = [line for line in said if name not in line]
        self.signed.write_text("".join(left), "utf-8-sig", newline="")

    def order(
        self,
        count: int | None,
        form: str = "json",
        *,
        by: str = "李经理",
        reason: str = WHY,
        ask: Callable[[str], str] = lambda _: "",
    ) -> Told:
        return tell_apply(self.desk, Order(self.signed, by, reason, count), ask, form)

    def apply(self, count: int) -> Any:
        return json.loads(self.order(count).output)

    def dispose(self, count: int) -> Any:
        """Of all that is due."""
        self.draw_up()
        return self.apply(count)


def entries(desk: SmallOffice, *events: str) -> Sequence[dict[str, Any]]:
    return [one for one in desk.custody() if one["event"] in events]


def disposals(desk: SmallOffice) -> list[str | None]:
    """Of each recording, by number, how far its disposal has come."""
    rows = sorted(desk.rows()["recording"])
    return [row[-1] for row in rows]  # type: ignore[misc]
