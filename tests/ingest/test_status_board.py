"""What the daemon writes down of itself: at each change, and after a restart what was known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue.days import Attention
from archive.errors import DiskError
from archive.records import Alarm
from config.language import Message
from config.settings import Settings
from ingest.discretion import LEFT_OUT
from ingest.status_board import StatusBoard
from ingest.status_file import INBOX, MIRROR, Waiting, read_status, status_path
from tests.ingest.small_office import EVENING, office

MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    settings: Settings
    now: datetime = EVENING

    def board(self) -> StatusBoard:
        return StatusBoard(self.settings, lambda: self.now, 4711)

    def status(self) -> dict[str, Any]:
        told = read_status(status_path(self.settings.source))
        assert told is not None
        return told


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(replace(office(tmp_path).settings, source=tmp_path / "callvault.toml"))


def test_a_status_that_was_never_written_or_is_damaged_is_none(desk: Desk) -> None:
    path = status_path(desk.settings.source)
    assert read_status(path) is None
    for content in (b"", b"[]", b"{}", b"\xff", b'{"pid": 1'):
        path.write_bytes(content)
        assert read_status(path) is None


def test_what_is_done_now_is_told_with_its_beginning(desk: Desk) -> None:
    board = desk.board()

    def work() -> dict[str, Any]:
        desk.now += MINUTE
        board.beat()
        return desk.status()

    meanwhile = board.during("mirror", work)
    assert (meanwhile["doing"], meanwhile["pid"]) == ("mirror", 4711)
    assert meanwhile["doing_since"] == "2026-11-16T16:30:00+08:00"
    assert meanwhile["heartbeat_at"] == "2026-11-16T16:31:00+08:00"
    assert desk.status()["doing"] == "idle"
    assert desk.status()["last_error"] is None


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (DiskError(Message.of("archive.disk_full", error="张三")), "archive.disk_full"),
        (FileNotFoundError(2, "No such file", "张三.mp3"), "status.unforeseen"),
    ],
)
def test_what_stops_a_work_is_the_last_error_and_names_nobody(
    desk: Desk, error: Exception, key: str
) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        desk.board().during("pass", fail)
    told = desk.status()
    assert told["doing"] == "idle"
    assert told["last_error"]["key"] == key
    assert told["last_error"]["at"] == "2026-11-16T16:30:00+08:00"
    assert "张三" not in json.dumps(told, ensure_ascii=False)


def test_what_waits_is_told_with_the_time_since_when_also_after_a_restart(desk: Desk) -> None:
    def waits(board: StatusBoard, count: int) -> list[str | None]:
        board.waits([Waiting(INBOX, 1), Waiting(MIRROR, count, "nas")])
        return [one["since"] for one in desk.status()["waiting"]]

    board = desk.board()
    first, none = "2026-11-16T16:30:00+08:00", None
    assert waits(board, 0) == [first, none]
    desk.now += MINUTE
    assert waits(board, 5) == [first, "2026-11-16T16:31:00+08:00"]
    desk.now += MINUTE
    board = desk.board()
    assert waits(board, 3) == [first, "2026-11-16T16:31:00+08:00"]
    assert waits(board, 0) == [first, none]
    assert waits(board, 1) == [first, "2026-11-16T16:32:00+08:00"]


def test_alarms_and_what_waits_for_a_person_are_told(desk: Desk) -> None:
    raised = Alarm("x", Message.of("archive.gone", path="/y", list="/z"), EVENING, None)
    board = desk.board()
    board.stand([raised], Attention(1, 2, 3, 4))
    told = desk.status()
    assert [one["code"] for one in told["alarms"]] == ["x"]
    assert told["alarms"][0]["values"] == {"path": LEFT_OUT, "list": LEFT_OUT}
    wanted = {"held": 1, "put_off": 2, "unreadable_sheets": 3, "mirror_refused": 4}
    assert told["attention"] == wanted
    board.stand([], None)
    assert (desk.status()["alarms"], desk.status()["attention"]) == ([], wanted)


def test_it_says_that_it_ended(desk: Desk) -> None:
    board = desk.board()
    with board.alive():
        assert desk.status()["ended_at"] is None
    assert desk.status()["ended_at"] == "2026-11-16T16:30:00+08:00"
    desk.board()
    assert desk.status()["ended_at"] is None


def test_a_sign_of_life_comes_while_the_loop_is_busy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.status_board.BEAT_SECONDS", 0.001)
    board = desk.board()

    def work() -> None:
        desk.now += MINUTE
        _wait_for(lambda: desk.status()["heartbeat_at"] == "2026-11-16T16:31:00+08:00")

    with board.alive():
        board.during("pass", work)


def test_where_it_cannot_be_written_the_daemon_goes_on_and_says_so_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    path = status_path(desk.settings.source)
    path.mkdir()
    board = desk.board()
    board.beat()
    assert board.during("pass", lambda: 5) == 5
    assert caplog.text.count("cannot be written") == 1
    path.rmdir()
    board.beat()
    assert desk.status()["pid"] == 4711


def _wait_for(what: Callable[[], bool]) -> None:
    for _ in range(1_000_000):
        if what():
            return
    pytest.fail("in vain")
