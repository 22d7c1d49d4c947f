"""Whatever the order in which a day's files arrive, and however often they are looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
    tree,
)

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "15405381202", "094011")
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "15405381202", "9:40")]
SMALL_DAY: Sequence[tuple[str, bytes]] = (
    (SHEET, sheet([*ROWS, ("王伟", "15405381401", "10:12"), ("王伟", "15405381402", "10:48")])),
    (CHEN, sound(1)),
    (LIU, sound(2)),
    (f"{DAY}/王芳/王伟-2611161030.amr", sound(3)),
    (recorded("王伟", "15405381402", "104800"), sound(4)),
    (recorded("妈妈", "15405389999", "120533"), sound(5)),
)


def test_a_second_pass_changes_nothing_and_tells_nothing(tmp_path: Path) -> None:
    desk = office(tmp_path)
    for source, content in SMALL_DAY:
        desk.drop(source, content)
    os.mkfifo(desk.inbox / "pipe.mp3")
    desk.drop("Thumbs.db", b"junk")
    desk.ingest()
    before = tree(desk.archive), desk.rows(), desk.report()
    told: list[str] = []
    steps = Steps(lambda step, _done, _total: told.append(step))
    for now in (EVENING, EVENING + timedelta(days=2)):
        clock = Clock(partial(datetime.fromtimestamp, now.timestamp(), now.tzinfo), own=False)
        with open_session(desk.settings) as session:
            session.take_in(clock, steps)
    after = tree(desk.archive), desk.rows(), desk.report()
    assert [one == other for one, other in zip(before, after, strict=True)] == [True] * 3
    assert told == []


def outcome(desk: SmallOffice) -> tuple[object, ...]:
    """What a person sees; a held file's name begins with the number of its arrival."""
    report = desk.report()
    kept = {path: digest for path, (digest, _) in desk.kept().items()}
    for one in report["recordings"]:
        if one["status"] != "filed":
            kept["held", one["source"]] = kept.pop(one["archive_path"])  # type: ignore[index]
            one["archive_path"] = None
    return kept, report


def arrived(order: Sequence[tuple[str, bytes]], *, one_at_a_time: bool) -> tuple[object, ...]:
    with TemporaryDirectory() as folder:
        desk = office(Path(folder))
        for source, content in order:
            desk.drop(source, content)
            if one_at_a_time:
                desk.ingest()
        desk.ingest()
        return outcome(desk)


@cache
def at_once() -> tuple[object, ...]:
    return arrived(SMALL_DAY, one_at_a_time=False)


@settings(max_examples=5, deadline=None)
@given(order=st.permutations(SMALL_DAY))
def test_the_order_of_arrival_makes_no_difference(order: list[tuple[str, bytes]]) -> None:
    assert arrived(order, one_at_a_time=True) == at_once()


def test_sheet_first_or_recordings_first_is_the_same() -> None:
    sheet_first = arrived(SMALL_DAY, one_at_a_time=True)
    assert sheet_first == arrived([*SMALL_DAY[1:], SMALL_DAY[0]], one_at_a_time=True) == at_once()
    _, report = sheet_first
    assert isinstance(report, dict)
    statuses = [one["status"] for one in report["recordings"]]
    assert sorted(statuses) == ["ambiguous", "filed", "filed", "filed", "unmatched"]
