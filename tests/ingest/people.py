"""People of the small office who say what is so, through the commands' own functions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from config.language import Words
from ingest.desk import Desk, Told
from ingest.explain_told import tell_explain
from ingest.inbox_pass import Clock
from ingest.review import tell_queue, walk
from ingest.undo_told import tell_undo
from ingest.word_told import tell_assign, tell_forget, tell_remembered, tell_unassign
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
)

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
WANG = f"{DAY}/王芳/王伟-2611161030.amr"
"""Between the calls of two customers of that name, so that nothing tells which one it is."""
BROTHER = recorded("工地老赵", "15405387777", "101530")
"""A contact and a number that no sheet has."""
ROWS = [
    ("陈建国", "15405381201", "9:12"),
    ("刘海燕", "13869170000", "9:40"),
    ("王伟", "15405381401", "10:12"),
    ("王伟", "15405381402", "10:48"),
]
LINES = {"陈建国": 2, "刘海燕": 3, "王伟 1401": 4, "王伟 1402": 5}


@dataclass(frozen=True, slots=True)
class Person:
    """One who works at the office's computer."""

    office: SmallOffice
    name: str = "李经理"
    at: datetime = EVENING
    language: str = "en"

    @property
    def desk(self) -> Desk:
        clock = Clock(lambda: self.at, own=False)
        return Desk(self.office.settings, Words(self.language), clock, self.name)

    def assign(
        self, recording: str, target: str, *, new: bool = False, remember: bool = True
    ) -> Any:
        told = tell_assign(self.desk, recording, target, "json", new=new, remember=remember)
        return json.loads(told.output)

    def unassign(self, recording: str) -> Any:
        return json.loads(tell_unassign(self.desk, recording, "json").output)

    def undo(self, named: str | int) -> Any:
        return json.loads(tell_undo(self.desk, str(named), "json").output)

    def acts(self) -> Any:
        """The last acts, newest first."""
        return json.loads(tell_undo(self.desk, None, "json").output)

    def remembered(self) -> list[tuple[str, str, str]]:
        """Kind, value and customer of all that is remembered."""
        told = json.loads(tell_remembered(self.desk, "json").output)
        return [(one["kind"], one["value"], one["customer"]) for one in told]

    def forget(self, *ids: int) -> Told:
        return tell_forget(self.desk, ids)

    def explain(self, recording: str) -> str:
        return tell_explain(self.desk, recording, "text").output

    def explained(self, recording: str) -> Any:
        return json.loads(tell_explain(self.desk, recording, "json").output)

    def queue(self) -> Any:
        return json.loads(tell_queue(self.desk, None).output)

    def review(self, *keys: str) -> str:
        """All that is shown while these keys are pressed."""
        left, shown = list(keys), list[str]()
        told = walk(self.desk, None, lambda _: left.pop(0) if left else "", shown.append)
        return "\n".join([*shown, told.output])


def a_day(folder: Path) -> SmallOffice:
    """A day with one clear recording, one of two namesakes, and one of nobody known."""
    desk = office(folder)
    for number, source in enumerate((CHEN, WANG, BROTHER)):
        desk.drop(source, sound(number))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    return desk


def places(office: SmallOffice) -> dict[str, str]:
    """The folder of each recording, by its source; held ones lie in `_holding`."""
    return {
        one["source"]: Path(one["archive_path"]).parts[0] for one in office.report()["recordings"]
    }
