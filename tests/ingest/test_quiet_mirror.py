"""The daemon in the office's quiet hours: it files, but sends nothing until they are over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Event

import pytest

from config.quiet import Hours
from ingest.daemon import Surroundings, serve
from ingest.inbox_pass import Clock
from tests.ingest.small_office import (
    DAY,
    SHEET,
    ZONE,
    SmallOffice,
    Tree,
    office,
    recorded,
    sheet,
    sound,
)
from tests.s3_server import S3Server

CHEN = recorded("陈建国", "15405381201", "091207")
FIVE, SIX = (datetime.combine(DAY, time(hour), ZONE) for hour in (17, 18))
NEXT_MORNING = FIVE + timedelta(hours=16)
"""In quiet hours again."""


class Awake(Event):
    """Lets the daemon go on at once."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002
        return True


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallOffice]:
    desk = office(tmp_path)
    with S3Server(tmp_path / "bucket") as server:
        server.sign_in(monkeypatch)
        desk = desk.with_mirror(server.endpoint_url)
        assert desk.settings.mirror is not None
        mirror = replace(desk.settings.mirror, quiet=(Hours(time(8, 30), time(18)),))
        source = tmp_path / "callvault.toml"
        desk = replace(desk, settings=replace(desk.settings, mirror=mirror, source=source))
        desk.drop(CHEN, sound(1))
        desk.drop(SHEET, sheet([("陈建国", "15405381201", "9:12")]))
        yield desk


def contents(of: Tree) -> dict[str, str]:
    return {path: sha256 for path, (sha256, _) in of.items()}


def run(
    desk: SmallOffice,
    begin: datetime,
    end: datetime,
    later: Callable[[datetime], datetime] = lambda now: now,
) -> tuple[list[datetime], list[str]]:
    """When something was seen in the bucket, and what the daemon said."""
    stop, now, seen, said = Event(), begin, [], []

    def pass_by() -> datetime:
        nonlocal now
        now = later(now + timedelta(seconds=6))
        if any(path.is_file() for path in (desk.folder / "bucket/recordings").rglob("*")):
            seen.append(now)
        if now >= end:
            stop.set()
        return now

    given = Surroundings(
        Clock(pass_by, own=False),
        report=lambda *_: (),
        tell=lambda message: said.append(message.key),
        stop=stop.is_set,
    )
    serve(desk.settings, given, stop, Awake())
    return seen, said


def test_the_daemon_files_in_quiet_hours_and_sends_afterwards(desk: SmallOffice) -> None:
    seen, said = run(desk, SIX - timedelta(minutes=90), SIX + timedelta(minutes=20))
    assert len(desk.kept()) == 1
    assert SIX <= seen[0] <= SIX + timedelta(minutes=10)
    assert contents(desk.mirrored()) == contents(desk.kept())
    assert "alarms.mirror_silent" not in said


def test_quiet_hours_that_begin_while_it_sends_leave_the_inbox_alone(desk: SmallOffice) -> None:
    """Each source that goes has the store asked for a proof."""
    inbox = replace(desk.settings.inbox, release="move", released=desk.folder / "released")
    desk = replace(desk, settings=replace(desk.settings, inbox=inbox))

    def later(now: datetime) -> datetime:
        """The clock is at the quiet hours as soon as the recording is in the bucket."""
        return max(now, NEXT_MORNING) if desk.mirrored() else now

    run(desk, SIX, NEXT_MORNING + timedelta(minutes=30), later)
    assert desk.mirrored()
    assert [path.name for path in desk.inbox.rglob("*.amr")] == [CHEN.rpartition("/")[2]]


def test_a_person_need_not_wait_for_the_end_of_quiet_hours(desk: SmallOffice) -> None:
    summary = desk.ingest(FIVE)
    assert summary.drained.done > 0
    assert contents(desk.mirrored()) == contents(desk.kept())


def test_the_report_says_that_they_wait_for_the_end_of_quiet_hours(desk: SmallOffice) -> None:
    run(desk, FIVE, FIVE + timedelta(minutes=30))
    for at, expected in ((FIVE, True), (SIX, False)):
        (pending,) = (
            one for one in desk.report(DAY, at)["findings"] if one["code"] == "mirror_pending"
        )
        assert ("18:00" in pending["message"]) == expected
