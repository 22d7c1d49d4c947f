"""An archive opened for work: one process at a time, and a mirror that may be out of reach."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from archive.errors import ArchiveError, DiskError, LockedError
from archive.mirror import Drained
from archive.s3 import connect
from config.settings import Catalogue
from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.ingest.small_office import (
    EVENING,
    SHEET,
    ZONE,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
)
from tests.s3_server import ENVIRONMENT, S3Server
from tests.stores.between import SKEWED, Between

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]
SET = Clock(lambda: EVENING, own=False)


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


@pytest.fixture
def server(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server(desk.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        yield server


def hand_over(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(LIU, sound(2))
    desk.drop(SHEET, sheet(ROWS))


# Opening


def test_a_second_process_is_told_that_the_archive_is_in_use(desk: SmallOffice) -> None:
    with (
        open_session(desk.settings),
        pytest.raises(LockedError) as caught,
        open_session(desk.settings),
    ):
        pass
    assert caught.value.message.key == "archive.locked"
    with open_session(desk.settings):
        pass


def test_an_archive_that_cannot_be_made_is_told(desk: SmallOffice) -> None:
    desk.archive.write_bytes(b"no folder")
    with pytest.raises(DiskError), open_session(desk.settings):
        pass


def test_a_catalogue_that_cannot_be_opened_leaves_the_archive_free(desk: SmallOffice) -> None:
    broken = desk.folder / "broken.sqlite"
    broken.write_bytes(b"no database" * 500)
    elsewhere = replace(desk.settings, catalogue=Catalogue(f"sqlite:///{broken}"))
    with pytest.raises(ArchiveError), open_session(elsewhere):
        pass
    with open_session(desk.settings):
        pass


# One pass with its mirroring


def test_without_a_mirror_nothing_is_owed(desk: SmallOffice) -> None:
    hand_over(desk)
    summary = desk.ingest()
    assert summary.drained == Drained(0, 0, None, None)
    assert not summary.needs_a_person
    with open_session(desk.settings) as session:
        assert session.next_errand() is None


def test_fresh_files_are_waited_for_where_the_clock_is_the_computers_own(
    desk: SmallOffice,
) -> None:
    hand_over(desk)
    for path in desk.inbox.rglob("*.*"):
        os.utime(path)
    now = [datetime.now(UTC)]
    waits: list[tuple[int, float]] = []

    def wait(count: int, seconds: float) -> None:
        waits.append((count, seconds))
        now[0] += timedelta(seconds=seconds + 1)

    with open_session(desk.settings) as session:
        summary = session.ingest(Clock(lambda: now[0]), Steps(), wait)
        again = session.ingest(Clock(lambda: now[0]), Steps(), wait)
    assert waits == [(3, 10.0)]
    assert (summary.counts["admitted"], summary.counts["waiting"]) == (2, 0)
    assert (again.counts["admitted"], again.counts["files"]) == (0, 3)


def test_progress_is_told_step_by_step(desk: SmallOffice, server: S3Server) -> None:
    hand_over(desk)
    told: list[tuple[str, int, int]] = []
    steps = Steps(lambda *step: told.append(step))
    with open_session(desk.with_mirror(server.endpoint_url).settings) as session:
        session.ingest(SET, steps, lambda *_: None)
    done: dict[str, int] = {}
    for step, count, total in told:
        done[step] = done.get(step, 0) + count
        assert done[step] <= total
    assert done == {
        "admit": 2,
        "sheets": 1,
        "probe": 2,
        "file": 2,
        "mirror": 4,
    }  # with the sheet and a custody file


def test_the_stores_clock_is_asked_once_an_hour(desk: SmallOffice, server: S3Server) -> None:
    """By how much it is ahead is known once something was mirrored."""
    now = [datetime.now(UTC) + timedelta(minutes=20)]
    with open_session(desk.with_mirror(server.endpoint_url).settings) as session:
        for minutes, told in ((0, -20), (30, -20), (31, -81)):
            now[0] += timedelta(minutes=minutes)
            desk.drop(CHEN, sound(minutes + 3))
            session.take_in(SET, Steps())
            session.mirror(lambda: now[0], everything=True)
            assert session.store_ahead is not None
            assert round(session.store_ahead / timedelta(minutes=1)) == told


def test_a_clock_that_was_set_back_is_compared_at_once(desk: SmallOffice, server: S3Server) -> None:
    """It was days ahead: nobody waits days to hear that it is right by now."""
    now = [datetime.now(UTC) + timedelta(days=3)]
    with open_session(desk.with_mirror(server.endpoint_url).settings) as session:
        for number, days in ((1, -3), (2, 0)):
            desk.drop(CHEN, sound(number))
            session.take_in(SET, Steps())
            session.mirror(lambda: now[0], everything=True)
            assert session.store_ahead is not None
            assert round(session.store_ahead / timedelta(days=1)) == days
            now[0] = datetime.now(UTC)


def test_a_clock_that_the_store_refuses_is_compared_with_its_own(
    desk: SmallOffice, server: S3Server
) -> None:
    hand_over(desk)
    with Between(server.endpoint_url) as between:
        between.poisoned = ("recordings", SKEWED)
        between.date = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
        with open_session(desk.with_mirror(between.endpoint_url).settings) as session:
            session.take_in(SET, Steps())
            drained = session.mirror(lambda: datetime.now(UTC), everything=False)
            assert drained.outage is not None
            assert drained.outage.key == "store.wrong_clock"
            assert session.store_ahead is not None
            assert round(session.store_ahead / timedelta(hours=1)) == 2


# Out of reach


def test_an_outage_delays_the_mirror_and_loses_nothing(desk: SmallOffice, server: S3Server) -> None:
    mirrored = desk.with_mirror(server.endpoint_url)
    server.stop()
    hand_over(desk)
    summary = mirrored.ingest()
    assert summary.drained.outage is not None
    assert summary.needs_a_person
    assert set(mirrored.filed()) == {CHEN, LIU}
    assert ("mirror_pending", "") in mirrored.codes()
    with open_session(mirrored.settings) as session:
        due = session.next_errand()
    assert due is not None
    server.start()
    assert not mirrored.ingest().needs_a_person
    assert set(desk.mirrored()) == set(desk.kept())
    assert mirrored.codes() == []
    with open_session(mirrored.settings) as session:
        assert session.next_errand() is None


def test_a_mirror_that_is_set_up_later_is_given_what_is_there(
    desk: SmallOffice, server: S3Server
) -> None:
    hand_over(desk)
    desk.ingest()
    mirrored = desk.with_mirror(server.endpoint_url)
    assert mirrored.ingest().drained.done == 2
    assert set(desk.mirrored()) == set(desk.kept())


def test_a_mirror_without_keys_is_told_and_stops_nothing(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    hand_over(desk)
    summary = desk.with_mirror("http://127.0.0.1:9").ingest()
    assert [problem.key for problem in summary.problems] == ["store.no_credentials"]
    assert len(desk.kept()) == 2


def test_a_mirror_that_cannot_even_be_spoken_of_is_told(desk: SmallOffice) -> None:
    hand_over(desk)
    summary = desk.with_mirror("no address").ingest()
    assert [problem.key for problem in summary.problems] == ["store.bad_endpoint"]
    assert len(desk.kept()) == 2


def test_a_store_that_is_listed_and_takes_nothing_is_told_once(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one whose disk is full."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    hand_over(desk)
    with DifficultS3() as full:
        full.refusals["PUT"] = Refusal(500, "InternalError")
        desk = desk.with_mirror(full.endpoint_url)
        assert desk.settings.mirror is not None
        first = replace(desk.settings.mirror, workers=1)
        both = replace(desk.settings, mirror=first, further=(replace(first, name="far"),))
        summary = replace(desk, settings=both).ingest()
    # By each mirror.
    assert [problem.key for problem in summary.problems] == ["store.server_error"] * 2


def test_an_outage_that_lasts_asks_for_no_custody_files(
    desk: SmallOffice, server: S3Server
) -> None:
    """Errands that wait on for the same reason are nothing new."""
    desk = desk.with_mirror(server.endpoint_url)
    server.stop()
    hand_over(desk)
    desk.ingest()
    desk.ingest()
    files = list((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    for minute in range(3):
        assert desk.ingest(EVENING + timedelta(minutes=minute)).drained.outage is not None
    assert list((desk.archive / ".callvault/custody").rglob("*.jsonl")) == files


def test_what_uploads_left_unfinished_is_swept_once_an_hour(
    desk: SmallOffice, server: S3Server
) -> None:
    desk = desk.with_mirror(server.endpoint_url)
    hand_over(desk)
    desk.ingest()
    (key, *_) = desk.mirrored()
    assert desk.settings.mirror is not None
    client = connect(desk.settings.mirror)._client

    def unfinished() -> int:
        return len(client.list_multipart_uploads(Bucket="recordings").get("Uploads", []))

    later = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    with Between(server.endpoint_url) as between:
        between.date = later
        desk = desk.with_mirror(between.endpoint_url)
        with open_session(desk.settings) as session:
            for minutes, left in ((0, 0), (59, 1), (60, 0)):
                client.create_multipart_upload(Bucket="recordings", Key=key)
                at = EVENING + timedelta(days=1, minutes=minutes)
                desk.drop(
                    recorded("陈建国", "15405381201", f"10{minutes // 2:02}00"), sound(minutes)
                )
                session.ingest(Clock.set_to(at, ZONE), Steps(), lambda *_: None)
                assert unfinished() == left


def test_a_sheet_that_comes_while_the_daemon_works_is_mirrored(
    desk: SmallOffice, server: S3Server
) -> None:
    desk = desk.with_mirror(server.endpoint_url)
    desk.drop(CHEN, sound(1))
    with open_session(desk.settings) as session:
        for source, content in ((LIU, sound(2)), (SHEET, sheet(ROWS))):
            session.mirror(SET.now, everything=False)
            desk.drop(source, content)
            session.take_in(SET, Steps())
        session.mirror(SET.now, everything=False)
    bucket = desk.folder / "bucket/recordings"
    assert len(list((bucket / ".callvault/sheets").iterdir())) == 1
    assert desk.mirrored().keys() == desk.kept().keys()


@pytest.mark.parametrize("content", [sheet(ROWS), b"nothing that is a sheet"])
def test_a_sheet_that_does_not_count_is_mirrored_while_the_daemon_works_too(
    desk: SmallOffice, server: S3Server, content: bytes
) -> None:
    """A copy under another ending is kept as a file of its own."""
    desk = desk.with_mirror(server.endpoint_url)
    hand_over(desk)
    with open_session(desk.settings) as session:
        session.take_in(SET, Steps())
        session.mirror(SET.now, everything=False)
        desk.drop(SHEET.replace(".csv", ".xls"), content)
        assert session.take_in(SET, Steps()).sheets == 0
        session.mirror(SET.now, everything=False)
    kept, sent = (
        {path.name for path in (folder / ".callvault/sheets").iterdir()}
        for folder in (desk.archive, desk.folder / "bucket/recordings")
    )
    assert len(kept) == 2
    assert sent == kept
