"""The store out of reach, the proof too old, the end of the day: nothing is released."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from archive.proof import LIFE
from ingest.inbox_pass import Steps
from ingest.release import Released
from ingest.session import open_session
from tests.ingest.release.releasing import SET, SOUNDS, an_office, hand_over, inbox, releases, told
from tests.ingest.small_office import EVENING, SHEET, SmallOffice, sound
from tests.s3_server import S3Server


def test_while_the_store_is_out_of_reach_nothing_is_released(
    mirrored: Callable[[str], SmallOffice], server: S3Server
) -> None:
    desk = mirrored("delete")
    server.stop()
    assert told(desk.ingest()) == ["store.unreachable"]
    assert inbox(desk) == {SHEET, *SOUNDS}
    desk.drop("new.amr", sound(9))
    assert desk.ingest().drained.outage is not None
    server.start()
    assert desk.ingest().counts["released"] == 5
    assert inbox(desk) == {SHEET}


def test_a_store_that_refuses_to_show_an_object_proves_nothing(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mirrored("delete")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert told(desk.ingest()) == ["store.wrong_secret"]
    assert inbox(desk) == {SHEET, *SOUNDS}


def test_a_profile_that_is_not_there_is_told(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mirrored("delete")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert told(desk.ingest()) == ["store.no_profile"]
    assert inbox(desk) == {SHEET, *SOUNDS}


def test_a_proof_that_has_run_out_releases_nothing(mirrored: Callable[[str], SmallOffice]) -> None:
    """As when a PC sleeps between the proof and the release."""
    desk = mirrored("delete")
    times = count()
    with open_session(desk.settings) as session:
        released = session.release(lambda: EVENING + next(times) * (LIFE + timedelta(minutes=1)))
    assert released == Released()
    assert inbox(desk) == {SHEET, *SOUNDS}
    assert releases(desk) == []


def test_it_ends_when_it_is_told_to(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("delete")
    with open_session(desk.settings) as session:
        assert session.release(SET.now, lambda: True) == Released()
    assert inbox(desk) == {SHEET, *SOUNDS}


def test_what_is_not_mirrored_yet_stays_and_an_inbox_that_is_gone_is_the_passs_to_tell(
    folder: Path, server: S3Server
) -> None:
    desk = an_office(folder / "office", server, "delete")
    hand_over(desk)
    with open_session(desk.settings) as session:
        session.take_in(SET, Steps())
        assert session.release(SET.now) == Released()
        assert inbox(desk) == {SHEET, *SOUNDS}
        desk.inbox.rename(desk.folder / "elsewhere")
        assert session.release(SET.now) == Released()
