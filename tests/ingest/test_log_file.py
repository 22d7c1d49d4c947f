"""The log of a daemon that nobody sees: rotated, complete, and nobody's name in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.language import Message
from config.settings import Log
from ingest.log_file import LogFile, Written
from tests.ingest.small_office import office


@contextmanager
def writing(wanted: Log) -> Iterator[LogFile]:
    handler, logger = LogFile(wanted), logging.getLogger("callvault")
    logger.addHandler(handler)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)
        handler.close()


def test_what_is_said_stands_in_the_log_without_names(tmp_path: Path) -> None:
    desk = office(tmp_path)
    file = tmp_path / "日志" / "callvault.log"
    with writing(Log(file)):
        say = Written(desk.settings)
        say(Message.of("ingest.inbox_unreachable", path=desk.inbox, error="张三.mp3"))
    text = file.read_text(encoding="utf-8")
    assert str(desk.inbox) in text
    assert "WARNING" in text
    assert "张三" not in text


def test_a_full_file_is_put_aside_and_only_some_are_kept(tmp_path: Path) -> None:
    with writing(Log(tmp_path / "callvault.log", megabytes=1, keep=2)) as handler:
        handler.maxBytes = 200
        for number in range(40):
            logging.getLogger("callvault").warning("line %d", number)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["callvault.log", "callvault.log.1", "callvault.log.2"]
    assert "line 39" in (tmp_path / "callvault.log").read_text()


def test_where_a_full_file_cannot_be_put_aside_no_line_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, while a program has it open."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr("os.rename", refuse)
    with writing(Log(tmp_path / "callvault.log", keep=1)) as handler:
        handler.maxBytes = 100
        for number in range(20):
            logging.getLogger("callvault").warning("line %d", number)
    text = (tmp_path / "callvault.log").read_text()
    assert [f"line {number}\n" in text for number in range(20)] == [True] * 20
