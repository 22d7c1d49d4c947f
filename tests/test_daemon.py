"""The daemon as a process of its own: files dropped while it runs, outages, signals, kills."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.errors import LockedError
from archive.lock import locked
from audit import report as reports
from tests.ingest.commands import ROOT, callvault, command, settings_file, surroundings
from tests.ingest.small_office import (
    DAY,
    SHEET,
    ZONE,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
    tree,
)
from tests.s3_server import S3Server
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]
PATIENCE = 60.0
"""Seconds within which something must have come about; it does in one or two."""
SETTLE = 0.3
OFTEN, HARDLY_EVER = 1.0, 3600.0
"""Seconds between scans."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends the daemon by SIGTERM")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


@pytest.fixture
def server(desk: SmallOffice) -> Iterator[S3Server]:
    with S3Server(desk.folder / "bucket") as server:
        yield server


class Daemon:
    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, what: Callable[[], bool]) -> None:
        """Returns once `what` has come about; fails with the daemon's words if it does not."""
        until = time.monotonic() + PATIENCE
        while not _has_come_about(what):
            assert self.process.poll() is None, f"the daemon ended: {self.said()}"
            assert time.monotonic() < until, f"in vain: {self.said()}"
            time.sleep(0.02)

    def wait_for_words(self, pattern: str) -> None:
        self.wait_for(lambda: re.search(pattern, self.said()) is not None)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def _has_come_about(what: Callable[[], bool]) -> bool:
    try:
        return what()
    except FileNotFoundError:  # the daemon moved a file while it was looked at
        return False


@contextmanager
def running(config: Path, server: S3Server | None = None, **environment: str) -> Iterator[Daemon]:
    """The daemon, once it watches."""
    log = config.with_name(f"daemon-{time.monotonic_ns()}.log")
    more = dict(server.environment) if server else {}
    with log.open("wb") as said:
        process = subprocess.Popen(
            command(config, "run"),
            cwd=ROOT,
            env=surroundings(more | environment),
            stdout=said,
            stderr=said,
        )
    daemon = Daemon(process, log)
    try:
        daemon.wait_for_words("callvault is running")
        yield daemon
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def hand_over(desk: SmallOffice) -> None:
    """As collectors do it now: the files are fresh."""
    for source, content in ((CHEN, sound(1)), (LIU, sound(2)), (SHEET, sheet(ROWS))):
        os.utime(desk.drop(source, content))


def filed(desk: SmallOffice) -> int:
    """How many recordings lie under a customer."""
    return len(list(desk.archive.glob("[!._]*/*/*.amr")))


def mirrored(desk: SmallOffice) -> bool:
    """The bucket holds what the archive holds, and nothing of where it lay before."""
    kept = {path: digest for path, (digest, _) in desk.kept().items()}
    bucket = {path: digest for path, (digest, _) in desk.mirrored().items()}
    return len(kept) == 2 and bucket == kept


def is_at_rest(desk: SmallOffice) -> bool:
    """The pass has ended: the custody files tell both filings, and nothing is being written."""
    own = desk.archive / ".callvault"
    told = "".join(one.read_text("utf-8") for one in (own / "custody").rglob("*.jsonl"))
    return told.count('filed\\"') >= 2 and not (own / "catalogue.sqlite-journal").exists()


def is_free(desk: SmallOffice) -> bool:
    try:
        with locked(desk.archive):
            return True
    except LockedError:
        return False


def test_files_that_are_dropped_while_it_runs_are_filed_and_mirrored(
    desk: SmallOffice, server: S3Server
) -> None:
    """By events: no scan comes for an hour."""
    config = settings_file(
        desk, server.endpoint_url, settle_seconds=SETTLE, scan_seconds=HARDLY_EVER
    )
    with running(config, server) as daemon:
        hand_over(desk)
        daemon.wait_for(lambda: filed(desk) == 2 and mirrored(desk))
        assert not is_free(desk)
        assert daemon.end() == 0
        assert "callvault has stopped" in daemon.said()
        assert "Traceback" not in daemon.said()
    assert is_free(desk)
    states = [one["mirror"]["state"] for one in desk.with_mirror("").report()["recordings"]]
    assert states == ["mirrored"] * 2


def test_what_a_person_says_while_it_runs_is_carried_out_within_seconds(
    desk: SmallOffice, server: S3Server
) -> None:
    """No scan comes for an hour, and nothing happens in the inbox."""
    config = settings_file(
        desk, server.endpoint_url, settle_seconds=SETTLE, scan_seconds=HARDLY_EVER
    )
    with running(config, server) as daemon:
        hand_over(desk)
        daemon.wait_for(lambda: filed(desk) == 2 and mirrored(desk))
        told = callvault(config, "unassign", CHEN)
        assert told.returncode == 0
        assert "it is written down" in told.stderr
        daemon.wait_for(lambda: filed(desk) == 1 and mirrored(desk))
        assert callvault(config, "undo", CHEN).returncode == 0
        daemon.wait_for(lambda: filed(desk) == 2 and mirrored(desk))
        assert daemon.end() == 0
        assert "Traceback" not in daemon.said()


def test_it_ends_on_ctrl_c_as_well(desk: SmallOffice) -> None:
    with running(settings_file(desk), CALLVAULT_INBOX_WATCH="polling") as daemon:
        assert daemon.end(signal.SIGINT) == 0
        assert "Traceback" not in daemon.said()


def test_a_second_process_on_the_archive_is_told_so(desk: SmallOffice) -> None:
    config = settings_file(desk)
    with running(config) as daemon:
        for name in ("run", "ingest"):
            told = callvault(config, name)
            assert told.returncode == 1
            assert "another callvault is working on the archive" in told.stderr
            assert "Traceback" not in told.stderr
        assert daemon.end() == 0
    assert is_free(desk)


def test_a_mirror_that_was_down_is_made_up_for_by_itself(
    desk: SmallOffice, server: S3Server
) -> None:
    config = settings_file(desk, server.endpoint_url, settle_seconds=SETTLE, scan_seconds=OFTEN)
    server.stop()
    with running(config, server) as daemon:
        hand_over(desk)
        daemon.wait_for(lambda: filed(desk) == 2)
        daemon.wait_for_words("cannot be reached")
        server.start()
        daemon.wait_for(lambda: mirrored(desk))
        assert daemon.end() == 0


def test_after_a_kill_it_goes_on(desk: SmallOffice, server: S3Server) -> None:
    config = settings_file(desk, server.endpoint_url, settle_seconds=SETTLE, scan_seconds=OFTEN)
    with running(config, server) as daemon:
        hand_over(desk)
        daemon.wait_for(lambda: bool(desk.kept()))
        daemon.end(signal.SIGKILL)
    with running(config, server) as daemon:
        daemon.wait_for(lambda: filed(desk) == 2 and mirrored(desk))
        assert daemon.end() == 0
    assert [entry["event"] for entry in desk.custody()].count("admitted") == 2


def test_an_inbox_that_comes_and_goes_is_watched_whenever_it_is_there(desk: SmallOffice) -> None:
    """The scan that finds it back is the last for an hour: from then on events count."""
    config = settings_file(desk, settle_seconds=SETTLE, scan_seconds=HARDLY_EVER)
    desk.inbox.rmdir()
    with running(config) as daemon:
        daemon.wait_for_words("the inbox .* cannot be opened")
        daemon.wait_for_words("changes in the inbox cannot be watched")
        desk.drop("first.amr", sound(3))
        daemon.wait_for(lambda: len(desk.kept()) == 1)
        known = len(daemon.said())
        shutil.rmtree(desk.inbox)
        daemon.wait_for(lambda: "cannot be opened" in daemon.said()[known:])
        desk.drop("second.amr", sound(4))
        daemon.wait_for(lambda: len(desk.kept()) == 2)
        hand_over(desk)
        daemon.wait_for(lambda: filed(desk) == 2)
        assert daemon.end() == 0


def test_an_archive_whose_disk_goes_away_is_told_waited_for_and_not_begun_anew(
    desk: SmallOffice,
) -> None:
    """Its bare mount point is left. No scan comes for an hour."""
    config = settings_file(desk, settle_seconds=SETTLE, scan_seconds=HARDLY_EVER)
    notes = desk.folder / "notes"
    program = "import sys; open(sys.argv[1], 'ab').write(sys.stdin.buffer.read())"
    notify = json.dumps([sys.executable, "-c", program, str(notes)])
    with running(config, CALLVAULT_ALARMS_COMMAND=notify) as daemon:
        hand_over(desk)
        daemon.wait_for(lambda: filed(desk) == 2 and is_at_rest(desk))
        away = desk.archive.rename(desk.folder / "away")
        desk.archive.mkdir()
        daemon.wait_for(lambda: notes.exists() and "is not there" in notes.read_text())
        os.utime(desk.drop("later.amr", sound(5)))
        for name in ("ingest", "report", "remembered"):
            told = callvault(config, name)
            assert (told.returncode, "is not there" in told.stderr) == (1, True)
        assert list(desk.archive.iterdir()) == []
        desk.archive.rmdir()
        away.rename(desk.archive)
        daemon.wait_for_words("over: the archive is there again")
        daemon.wait_for(lambda: len(desk.kept()) == 3)
        assert daemon.end() == 0
        assert daemon.said().count("is not there") == 1
        assert "Traceback" not in daemon.said()
    assert notes.read_text().count("\n") == 2
    today = datetime.now(ZONE).date()
    assert ("archive_unreachable", "") in desk.codes(today)


def test_a_daemon_that_starts_before_its_archives_disk_waits_for_it(desk: SmallOffice) -> None:
    config = settings_file(desk, settle_seconds=SETTLE, scan_seconds=OFTEN)
    assert callvault(config, "ingest").returncode == 0
    away = desk.archive.rename(desk.folder / "away")
    desk.archive.mkdir()
    with running(config) as daemon:
        daemon.wait_for_words("is not there")
        hand_over(desk)
        assert list(desk.archive.iterdir()) == []
        desk.archive.rmdir()
        away.rename(desk.archive)
        daemon.wait_for(lambda: filed(desk) == 2)
        assert daemon.end() == 0
        assert "Traceback" not in daemon.said()


def test_the_nightly_report_is_written_at_its_hour_and_once(desk: SmallOffice) -> None:
    config = settings_file(desk, settle_seconds=SETTLE, scan_seconds=OFTEN)
    today = datetime.now(ZONE).date()
    wanted = {f"{today}.{form}" for form in ("html", "xlsx", "json")}
    folder = desk.settings.report.folder

    def written() -> bool:
        return folder.is_dir() and {path.name for path in folder.iterdir()} == wanted

    with running(config, CALLVAULT_REPORT_AT="00:00", CALLVAULT_HANDOFF_DEADLINE="00:00") as daemon:
        daemon.wait_for(written)
        assert daemon.end() == 0
    before = tree(folder)
    with running(config, CALLVAULT_REPORT_AT="00:00", CALLVAULT_HANDOFF_DEADLINE="00:00") as daemon:
        hand_over(desk)
        daemon.wait_for(lambda: filed(desk) == 2)
        assert daemon.end() == 0
    assert {path: seen for path, seen in tree(folder).items() if path in before} == before


@pytest.mark.parametrize(
    ("due", "known", "expected"),
    [
        ("2026-11-16", True, ["2026-11-16"]),
        ("2026-11-18", True, ["2026-11-16"]),
        ("2026-12-18", True, []),
        ("2026-11-15", True, []),
        ("2026-11-16", False, []),
    ],
)
def test_a_night_that_was_slept_through_has_its_report_where_the_day_is_known(
    desk: SmallOffice, due: str, known: bool, expected: list[str]
) -> None:
    if known:
        hand_over(desk)
        desk.drop(CHEN, sound(1))
    desk.ingest()
    morning = datetime(2026, 12, 20, 8, 0, tzinfo=ZONE)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        reports.write_nightly(catalogue, desk.settings, datetime.fromisoformat(due).date(), morning)
    folder = desk.settings.report.folder
    days = sorted({path.stem for path in folder.iterdir()}) if folder.is_dir() else []
    assert days == expected
    assert str(DAY) == "2026-11-16"


@pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)
def test_custody_files_are_time_stamped_and_the_token_mirrored(
    desk: SmallOffice, server: S3Server
) -> None:
    hand_over(desk)
    config = settings_file(
        desk, server.endpoint_url, settle_seconds=SETTLE, scan_seconds=HARDLY_EVER
    )
    with StampAuthority(desk.folder / "authority") as authority:
        named = {"CALLVAULT_CUSTODY_TIMESTAMP_URL": authority.url, "NO_PROXY": "*"}
        with running(config, server, **named) as daemon:
            daemon.wait_for(lambda: bool(tokens(desk)))
            assert daemon.end() == 0
        (token,) = tokens(desk)
        assert authority.verifies(token.with_suffix(".jsonl"), token)
        assert authority.asked == 1


def tokens(desk: SmallOffice) -> list[Path]:
    """Time stamps in the bucket."""
    return list((desk.folder / "bucket/recordings/.callvault/custody").glob("*/*.tsr"))
