"""Passes that are killed at every one of their writes in turn, each followed by two sound ones.

`python -m tests.ingest.killing FOLDER SCENARIO RENAME` (`first` or `corrected`, `rename` or `link`)
prints how many writes the pass has, or what
a kill destroyed. A process of its own, because it forks: imports are then paid for once.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
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


def killed(desk: SmallOffice, write: int, rename: str) -> bool:
    """Runs a pass in a child that dies at its `write`-th write; False if it has not so many."""
    child = os.fork()
    if child == 0:
        countdown = Countdown(write)
        if rename == "link":
            publish._libc_renameat2 = lambda: None  # type: ignore[assignment]
        for name in ("fsync", "link", "unlink", "mkdir", "rmdir"):
            setattr(os, name, countdown.before(getattr(os, name)))
        publish._renameat2 = countdown.before(publish._renameat2)
        event.listen(Engine, "commit", countdown.tick)
        take_in(desk)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, KILLED):
        raise AssertionError(f"the pass itself failed at write {write}")
    return code == KILLED


def kept(desk: SmallOffice) -> dict[str, str]:
    return {path: digest for path, (digest, _) in desk.kept().items()}


def check(desk: SmallOffice, numbers: set[int], outcome: object) -> None:
    """Holds the promises against the archive after a kill, and again after each of two passes."""
    wanted = sorted(sha256(brief(number)) for number in numbers)
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


def reported(desk: SmallOffice, session: Session) -> object:
    (day,) = reports.compile_days(session.catalogue, desk.settings, [DAY], EVENING)
    return (
        sorted((one.source, one.status, one.customer or "") for one in day.recordings),
        sorted((one.code, one.source or "") for one in day.findings),
    )


def main(folder: Path, scenario: str, rename: str) -> int:
    before, model = office(folder / "before"), folder / "model"
    take_in(before)
    prepare, numbers = hand_over, {1, 2, 3}
    if scenario == "corrected":
        hand_over(before)
        take_in(before)
        prepare, numbers = correct, {1, 2, 3, 4}
    with open_session(prepared(before, model, prepare).settings) as session:
        pass_over(session)
        outcome = reported(before, session)
    for write in count(1):
        desk = prepared(before, folder / str(write), prepare)
        if not killed(desk, write, rename):
            print(write - 1)
            return 0
        try:
            check(desk, numbers, outcome)
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
