"""`callvault status`: whether the daemon runs, and what it says of itself, in both languages."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue.days import Attention
from archive.lock import serving
from archive.records import Alarm
from config.language import LANGUAGES, Message, Words
from config.quiet import Hours
from config.settings import Mirror, Settings
from ingest.status_board import StatusBoard
from ingest.status_file import INBOX, MIRROR, OPEN_DAYS, Waiting, lock_path
from ingest.status_told import NEEDS_A_PERSON, NOT_RUNNING, judge, tell_status
from tests.ingest.small_office import EVENING, office

LATER = EVENING + timedelta(seconds=20)
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(office(tmp_path).settings, source=tmp_path / "callvault.toml")


def board(settings: Settings) -> StatusBoard:
    return StatusBoard(settings, lambda: EVENING, os.getpid())


def said(settings: Settings, now: datetime = LATER, language: str = "en") -> tuple[str, int]:
    told = tell_status(settings, Words(language), now, "text")
    return told.output, told.exit_code


def as_json(settings: Settings, now: datetime = LATER) -> tuple[dict[str, Any], int]:
    told = tell_status(settings, Words("en"), now, "json")
    return json.loads(told.output), told.exit_code


def test_where_none_ever_ran_it_says_how_to_start_one(settings: Settings) -> None:
    for language in LANGUAGES:
        text, code = said(settings, language=language)
        assert "callvault service install" in text
        assert code == NOT_RUNNING
    assert as_json(settings) == ({"state": "stopped"}, NOT_RUNNING)


def test_one_that_runs_and_has_nothing_to_do_is_well(settings: Settings) -> None:
    with serving(lock_path(settings.source)):
        board(settings)
        text, code = said(settings)
        assert f"process {os.getpid()}" in text
        assert "waiting for something to do, since 16:30" in text
        assert "nothing waits" in text
        assert code == 0
        told, code = as_json(settings)
        assert (told["state"], told["doing"], code) == ("running", "idle", 0)


def test_one_that_was_stopped_and_one_that_was_killed_are_told_apart(settings: Settings) -> None:
    with board(settings).alive():
        pass
    text, code = said(settings)
    assert "it was stopped at 2026-11-16 16:30" in text
    assert code == NOT_RUNNING
    board(settings)
    text, code = said(settings)
    assert "it was killed or the power went" in text
    assert code == NOT_RUNNING


def test_one_that_gives_no_sign_of_life_is_told_so(settings: Settings) -> None:
    with serving(lock_path(settings.source)):
        board(settings)
        text, code = said(settings, EVENING + HOUR)
        assert "no sign of life for 60 minutes" in text
        assert code == NOT_RUNNING
        assert as_json(settings, EVENING + HOUR)[0]["state"] == "silent"


def test_what_it_does_what_waits_and_what_was_last_is_told(settings: Settings) -> None:
    with serving(lock_path(settings.source)):
        mine = board(settings)
        mine.waits([Waiting(INBOX, 3), Waiting(OPEN_DAYS, 0), Waiting(MIRROR, 7, "nas")])
        mine.note(
            last_pass_at="2026-11-16T16:29:00+08:00",
            last_report={"at": "2026-11-15T20:00:10+08:00", "day": "2026-11-15"},
            last_verification={
                "at": "2026-11-15T21:03:00+08:00",
                "slice": "3/30",
                "findings": 0,
                "failed": False,
            },
        )
        mine.failed(Message.of("status.verification_failed"))
        mine.stand([], Attention(2, 0, 0, 0))
        for language in LANGUAGES:
            text, code = mine.during("pass", lambda: said(settings, language=language))  # noqa: B023
            assert code == NEEDS_A_PERSON
            for part in ("16:29", "2026-11-15 20:00", "3/30", "nas", "7", "callvault verify"):
                assert part in text, (language, part)
        assert "a pass over the inbox" in text
        mine.note(last_verification=mine.told["last_verification"] | {"failed": True})
        assert "could not be ended" in said(settings)[0]


def test_what_waits_for_the_end_of_quiet_hours_is_told_to_do_so(
    settings: Settings, tmp_path: Path
) -> None:
    mirrored = office(tmp_path / "mirrored").with_mirror("http://127.0.0.1:9").settings.mirror
    assert isinstance(mirrored, Mirror)
    quiet = replace(settings, mirror=replace(mirrored, quiet=(Hours(time(16), time(18)),)))
    with serving(lock_path(settings.source)):
        board(settings).waits([Waiting(MIRROR, 7, "mirror")])
        for language in LANGUAGES:
            assert "18:00" in said(quiet, language=language)[0]
        assert as_json(quiet)[0]["quiet_until"] == "2026-11-16T18:00:00+08:00"
        assert "quiet" not in said(quiet, EVENING + 2 * HOUR)[0]
        board(settings).waits([Waiting(INBOX, 7)])
        assert "18:00" not in said(quiet)[0]


def test_an_alarm_that_stands_needs_a_person(settings: Settings) -> None:
    with serving(lock_path(settings.source)):
        full = Message.of("alarms.disk_nearly_full", free="1.0")
        board(settings).stand([Alarm("disk_nearly_full", full, EVENING, None)], None)
        text, code = said(settings)
        assert "alarm since 16:30: the archive's disk is nearly full: 1.0 GB" in text
        assert code == NEEDS_A_PERSON
        told, _ = as_json(settings)
        assert "nearly full" in told["alarms"][0]["message"]


def test_everything_that_can_be_done_has_words(settings: Settings) -> None:
    mine = board(settings)
    for what in ("pass", "settle", "mirror", "release", "report"):
        with serving(lock_path(settings.source)):
            mine.note(doing=what)
            for language in LANGUAGES:
                assert said(settings, language=language)[1] == 0


@pytest.mark.parametrize(
    ("served", "ended", "age", "state"),
    [
        (True, False, timedelta(seconds=30), "running"),
        (True, False, -HOUR, "running"),
        (True, False, timedelta(minutes=5), "silent"),
        (False, False, timedelta(seconds=30), "stopped"),
        (None, False, timedelta(seconds=30), "running"),
        (None, False, timedelta(minutes=5), "stopped"),
        (None, False, -HOUR, "stopped"),
        (None, True, timedelta(seconds=30), "stopped"),
    ],
)
def test_its_lock_says_whether_it_runs_and_else_its_last_word(
    served: bool | None, ended: bool, age: timedelta, state: str
) -> None:
    told = {
        "heartbeat_at": (EVENING - age).isoformat(),
        "ended_at": EVENING.isoformat() if ended else None,
    }
    assert judge(told, served, EVENING).state == state


def test_one_that_runs_and_could_never_write_its_status_is_not_taken_for_well() -> None:
    assert judge(None, True, EVENING).state == "silent"
