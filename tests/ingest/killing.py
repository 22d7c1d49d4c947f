"""Passes that are killed at every one of their writes in turn, each followed by two sound ones.

`python -m tests.ingest.killing FOLDER SCENARIO RENAME` (one of `SCENARIOS`, `rename` or `link`)
prints how many writes the pass or the person's word has, or what a kill destroyed. A process of its
own, because it forks: imports are then paid for once.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event

from archive import publish
from archive.catalogue import log
from archive.custody import broken
from audit import report as reports
from ingest.inbox_pass import Clock, Steps
from ingest.session import Session, open_session
from tests.ingest.people import Person
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
)

CHEN = recorded("154 0538 1201", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
MOTHER = recorded("妈妈", "15405389999", "120533")
COPY = f"{DAY}/李强/{Path(LIU).name}"
FIRST = [("陈建国", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]
CORRECTED = [("马俊峰", "15405381201", "9:12")]
KILLED = 9


def hand_over(desk: SmallOffice) -> None:
    """Two customers' recordings, a personal call, a duplicate and the sheet."""
    for source, number in ((CHEN, 1), (LIU, 2), (MOTHER, 3), (COPY, 2)):
        desk.drop(source, brief(number))
    desk.drop(SHEET, sheet(FIRST))


def correct(desk: SmallOffice) -> None:
    """The sheet gives one recording to another customer and one to nobody; a file was replaced."""
    desk.drop(SHEET, sheet(CORRECTED), time(13))
    desk.drop(MOTHER, brief(4), time(13))


def brief(number: int) -> bytes:
    """Less than a second, so that the time goes into passes and not into sound."""
    return sound(number)[:1000]


def take_in(desk: SmallOffice) -> None:
    with open_session(desk.settings) as session:
        pass_over(session)


def pass_over(session: Session) -> None:
    session.take_in(Clock(lambda: EVENING, own=False), Steps())


def nothing(_desk: SmallOffice) -> None:
    """Everything was handed over before."""


def say(desk: SmallOffice) -> None:
    """A personal call is a customer's after all, and what it says is remembered."""
    Person(desk).assign(MOTHER, "陈建国")


def take_back(desk: SmallOffice) -> None:
    Person(desk).unassign(CHEN)


def undo(desk: SmallOffice) -> None:
    Person(desk).undo(MOTHER)


def undo_pass(desk: SmallOffice) -> None:
    Person(desk).undo(1)


@dataclass(frozen=True, slots=True)
class Scenario:
    before: Sequence[Callable[[SmallOffice], None]]
    """What has happened when the killed process starts."""
    prepare: Callable[[SmallOffice], None]
    run: Callable[[SmallOffice], None]
    """What is killed."""
    numbers: frozenset[int]
    """The sounds that are in the archive in the end."""
    act: str | None = None
    """Of a person: it stands or it does not."""


TAKEN_IN = (take_in, hand_over, take_in)
SCENARIOS = {
    "first": Scenario([take_in], hand_over, take_in, frozenset({1, 2, 3})),
    "corrected": Scenario(TAKEN_IN, correct, take_in, frozenset({1, 2, 3, 4})),
    "assign": Scenario(TAKEN_IN, nothing, say, frozenset({1, 2, 3}), "assign"),
    "unassign": Scenario(TAKEN_IN, nothing, take_back, frozenset({1, 2, 3}), "unassign"),
    "undo": Scenario([*TAKEN_IN, say], nothing, undo, frozenset({1, 2, 3}), "undo"),
    "undo_pass": Scenario(TAKEN_IN, nothing, undo_pass, frozenset({1, 2, 3}), "undo"),
}


class Countdown:
    """Ends the process, as a kill does, right before its `left`-th write."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._lock = Lock()

    def before(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: object, **named: object) -> object:
            self.tick()
            return write(*arguments, **named)

        return counted

    def tick(self, *_: object) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os._exit(KILLED)


def killed(desk: SmallOffice, run: Callable[[SmallOffice], None], write: int, rename: str) -> bool:
    """Runs it in a child that dies at its `write`-th write; False if it has not so many."""
    child = os.fork()
    if child == 0:
        countdown = Countdown(write)
        if rename == "link":
            publish._libc_renameat2 = lambda: None  # type: ignore[assignment]
        for name in ("fsync", "link", "unlink", "mkdir", "rmdir"):
            setattr(os, name, countdown.before(getattr(os, name)))
        publish._renameat2 = countdown.before(publish._renameat2)
        event.listen(Engine, "commit", countdown.tick)
        run(desk)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise AssertionError(f"it failed by itself at write {write}")
    return code == KILLED


def kept(desk: SmallOffice) -> dict[str, str]:
    return {path: digest for path, (digest, _) in desk.kept().items()}


def check(desk: SmallOffice, scenario: Scenario, unsaid: object, outcome: object) -> None:
    """Holds the promises against the archive after a kill, and again after each of two passes."""
    wanted = sorted(sha256(brief(number)) for number in scenario.numbers)
    if scenario.act is not None and not stands(desk, scenario.act):
        outcome = unsaid
    assert set(kept(desk).values()) <= set(wanted), "something partial stands under a final name"
    with open_session(desk.settings) as session:
        pass_over(session)
        found = kept(desk)
        assert sorted(found.values()) == wanted, "bytes were lost or doubled"
        known = {row[PATH]: row[SHA256] for row in desk.rows()["recording"]}
        assert known == found, "catalogue and archive differ"
        assert not list((desk.archive / ".callvault/staging").iterdir()), "copies are left"
        with session.catalogue.transaction() as tx:
            entries = list(log.entries(tx))
        assert broken(entries) is None, "the custody chain is broken"
        told = [json.loads(one.entry) for one in entries]
        admitted = sorted(one["sha256"] for one in told if one["event"] == "admitted")
        assert admitted == wanted, "custody tells another story"
        assert reported(desk, session) == outcome, "the day came out differently"
        before = desk.kept(), desk.rows()
        pass_over(session)
        assert (desk.kept(), desk.rows()) == before, "the second pass changed something"


SHA256, PATH = 1, 8
"""Columns of the table `recording`."""
KIND = 1
"""Column of the table `act`."""


def stands(desk: SmallOffice, kind: str) -> bool:
    """Whether the catalogue knows of an act of this kind."""
    return any(row[KIND] == kind for row in desk.rows()["act"])


def ended(desk: SmallOffice) -> object:
    """What is reported after one more pass."""
    with open_session(desk.settings) as session:
        pass_over(session)
        return reported(desk, session)


def reported(desk: SmallOffice, session: Session) -> object:
    (day,) = reports.compile_days(session.catalogue, desk.settings, [DAY], EVENING)
    return (
        sorted((one.source, one.status, one.customer or "") for one in day.recordings),
        sorted((one.code, one.source or "") for one in day.findings),
    )


def main(folder: Path, scenario: str, rename: str) -> int:
    before, case = office(folder / "before"), SCENARIOS[scenario]
    for step in case.before:
        step(before)
    model = prepared(before, folder / "model", case.prepare)
    unsaid = ended(model) if case.act else None
    case.run(model)
    outcome = ended(model)
    assert unsaid != outcome
    for write in count(1):
        desk = prepared(before, folder / str(write), case.prepare)
        if not killed(desk, case.run, write, rename):
            print(write - 1)
            return 0
        try:
            check(desk, case, unsaid, outcome)
        except AssertionError as error:
            print(f"killed at write {write}: {error}")
            return 1
        shutil.rmtree(desk.folder)
    raise AssertionError("a pass ends")


def prepared(
    before: SmallOffice, folder: Path, prepare: Callable[[SmallOffice], None]
) -> SmallOffice:
    desk = office(folder)
    shutil.copytree(before.folder, folder, dirs_exist_ok=True)
    prepare(desk)
    return desk


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
