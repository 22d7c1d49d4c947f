"""Logs and the status file outlast the screen: nobody's name or number stands in them."""

from __future__ import annotations

import errno
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config.language import LANGUAGES, Message, Words
from config.settings import FolderMirror
from ingest.discretion import LEFT_OUT, DiscreetFormatter, discreet, own_words
from tests.ingest.small_office import office

NAMES = (
    "张三",
    "zhangsan",
    "2026-11-16/王芳/通话录音@张三(13800000001).mp3",
    "13800000001",
    "尾号0002",
)


@pytest.mark.parametrize("value", NAMES)
def test_what_may_be_a_customers_is_left_out(value: str) -> None:
    told = discreet(Message.of("settings.empty", name=value), ())
    assert told.values == (("name", LEFT_OUT),)
    for language in LANGUAGES:
        assert value not in Words(language).say(told)


@pytest.mark.parametrize(
    "value",
    [
        *("12", "-3", "1.5", "3/30", "2026-11-16", "2026-11-16 17:00", "08:30"),
        *("ConnectTimeoutError", os.strerror(errno.ENOSPC)),
    ],
)
def test_figures_dates_and_the_systems_own_words_stay(value: str) -> None:
    message = Message.of("settings.empty", name=value)
    assert discreet(message, ()) == message


def test_what_the_settings_name_stays(tmp_path: Path) -> None:
    desk = office(tmp_path).with_mirror("http://127.0.0.1:1")
    first = desk.settings.mirror
    assert first is not None
    further = (FolderMirror("nas", tmp_path / "n"), replace(first, name="second"))
    own = own_words(replace(desk.settings, further=further))
    for value in (desk.inbox, desk.archive, "http://127.0.0.1:1", "recordings", "nas", "second"):
        message = Message.of("ingest.inbox_unreachable", path=value, error="张三")
        assert dict(discreet(message, own).values) == {"path": str(value), "error": LEFT_OUT}


def test_an_error_that_nobody_foresaw_is_told_without_its_text() -> None:
    try:
        Path("张三/录音.mp3").read_bytes()
    except FileNotFoundError:
        told = sys.exc_info()
    logger = logging.getLogger("callvault")
    record = logger.makeRecord("x", logging.ERROR, __file__, 1, "it goes on", (), told)
    said = DiscreetFormatter("%(message)s").format(record)
    assert said.startswith("it goes on")
    assert said.endswith("FileNotFoundError")
    assert "test_discretion.py" in said
    assert "张三" not in said
