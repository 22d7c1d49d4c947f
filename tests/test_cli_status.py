"""A daemon as a service starts it: its status from outside, its log, and what it verifies."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.daemon import myself
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from config.language import LANGUAGES, Message
from config.load import load
from ingest.daemon import Daemon, Surroundings
from ingest.inbox_pass import Clock
from tests.ingest.commands import callvault, settings_file, surroundings
from tests.ingest.small_office import SmallOffice, office, recorded, sound
from tests.test_daemon import PATIENCE, SETTLE, running

CHEN = recorded("陈建国", "15405381201", "091207")

LATEST = "23:59:59"
"""Whenever the tests run, it is no alarm yet that nobody handed anything over."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends the daemon by SIGTERM")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path / "有 空 格")


def status(config: Path) -> tuple[dict[str, Any], int]:
    told = callvault(config, "status", "--format", "json")
    assert told.stderr == ""
    return json.loads(told.stdout), told.returncode


def test_what_the_daemon_does_is_told_from_outside_while_it_runs_and_after(
    desk: SmallOffice,
) -> None:
    config = settings_file(desk, settle_seconds=SETTLE, scan_seconds=1)
    assert status(config) == ({"state": "stopped"}, FAILED)
    with running(config, CALLVAULT_HANDOFF_DEADLINE=LATEST, CALLVAULT_REPORT_AT=LATEST) as daemon:
        daemon.wait_for(lambda: status(config)[1] == DONE)
        os.utime(desk.drop(CHEN, sound(1)))
        daemon.wait_for(lambda: status(config)[1] == NEEDS_A_PERSON)
        told, _ = status(config)
        assert (told["state"], told["pid"]) == ("running", daemon.process.pid)
        assert told["attention"]["held"] == 1
        assert told["last_error"] is None
        assert "15405381201" not in json.dumps(told)
        assert "陈建国" not in json.dumps(told, ensure_ascii=False)
        refused = callvault(config, "run", environment={"CALLVAULT_ARCHIVE_PATH": "elsewhere"})
        assert refused.returncode == FAILED
        assert "another daemon runs with these settings" in refused.stderr
        assert daemon.end() == 0
    told, code = status(config)
    assert (told["state"], code) == ("stopped", FAILED)
    assert told["ended_at"] is not None


def test_one_that_was_killed_is_not_taken_for_running(desk: SmallOffice) -> None:
    config = settings_file(desk)
    with running(config) as daemon:
        daemon.end(signal.SIGKILL)
    for language in LANGUAGES:
        said = callvault(config, "status", environment={"CALLVAULT_OFFICE_LANGUAGE": language})
        assert said.returncode == FAILED
        assert "callvault service install" in said.stdout
    assert status(config)[0]["ended_at"] is None


SYSTEMCTL = f"""#!{sys.executable}
import sys
open({{log!r}}, "a").write(" ".join(sys.argv[1:]) + "\\n")
"""


@pytest.fixture
def system(tmp_path: Path) -> dict[str, str]:
    """An environment whose systemd does as it is told."""
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(SYSTEMCTL.format(log=str(tmp_path / "told")))
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:/usr/bin:/bin", "XDG_CONFIG_HOME": str(tmp_path / "own")}


@pytest.mark.skipif(sys.platform != "linux", reason="systemd")
def test_the_installed_unit_starts_a_daemon_that_says_all_in_its_log(
    desk: SmallOffice, system: dict[str, str], tmp_path: Path
) -> None:
    config = settings_file(desk, settle_seconds=SETTLE, scan_seconds=1)
    told = callvault(config, "service", "install", environment=system)
    assert (told.returncode, told.stderr) == (DONE, "")
    assert (tmp_path / "told").read_text().splitlines()[-1].endswith("restart callvault.service")
    assert callvault(config, "service", "status", environment=system).returncode == DONE
    unit = tmp_path / "own/systemd/user/callvault.service"
    (said,) = re.findall("^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    (folder,) = re.findall(
        "^WorkingDirectory=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE
    )
    with started(shlex.split(said), Path(folder)) as process:
        wait_for(lambda: status(config)[0]["state"] == "running")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    log = (desk.folder / "callvault.log").read_text(encoding="utf-8")
    assert "callvault is running" in log
    assert "callvault has stopped" in log
    assert callvault(config, "service", "remove", environment=system).returncode == DONE
    assert not unit.exists()


def test_a_service_with_wrong_settings_says_so_in_a_log(desk: SmallOffice) -> None:
    config = settings_file(desk)
    config.write_text(config.read_text(encoding="utf-8") + "\n[inbxo]\n", encoding="utf-8")
    told = callvault(config, "run", "--service")
    assert told.returncode == WRONG_USE
    assert "inbxo" in (desk.folder / "callvault.log").read_text(encoding="utf-8")


def test_a_service_that_cannot_use_its_archive_says_so_in_its_log(desk: SmallOffice) -> None:
    config = settings_file(desk)
    desk.archive.write_bytes(b"no folder")
    told = callvault(config, "run", "--service")
    assert (told.returncode, told.stderr) == (FAILED, "")
    log = (desk.folder / "callvault.log").read_text(encoding="utf-8")
    assert str(desk.archive) in log
    assert "Traceback" not in log


def test_a_copy_that_went_bad_is_found_by_the_daemon_itself_and_is_an_alarm(
    desk: SmallOffice,
) -> None:
    """The slice is verified by the very command, in a process of its own; only the clock is set."""
    config = settings_file(desk)
    late = {"CALLVAULT_HANDOFF_DEADLINE": LATEST, "CALLVAULT_REPORT_AT": LATEST}
    environment = {"CALLVAULT_VERIFY_SLICES": "1", **late}
    settings = load(config, environment)
    desk.drop(CHEN, sound(1))
    desk.ingest()
    (kept,) = (desk.archive / path for path in desk.kept())
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    ahead, said = timedelta(0), list[Message]()
    zone = settings.office.timezone
    given = Surroundings(
        Clock(lambda: datetime.now(zone) + ahead),
        report=lambda *_: (),
        tell=said.append,
        verify=myself(settings, "verify", "--slice", "next/1", "--format", "json"),
    )
    with closing(Daemon(settings, given)) as daemon:
        board, service = daemon.begin(), daemon.service(lambda: True)
        for minutes in (0, 15):
            ahead = timedelta(minutes=minutes)
            service.turn()
        process = daemon._scrub._process
        assert process is not None
        assert process.wait(PATIENCE) == NEEDS_A_PERSON
        ahead = timedelta(minutes=17)
        service.turn()
        ahead = timedelta(minutes=19)
        service.turn()
        verified = board.told["last_verification"]
        assert (verified["slice"], verified["findings"], verified["failed"]) == ("1/1", 1, False)
        assert [one["code"] for one in board.told["alarms"]] == ["copies_bad"]
    assert "alarms.copies_bad" in [one.key for one in said]


@pytest.mark.skipif(sys.platform != "linux", reason="systemd")
def test_a_name_of_a_service_that_will_not_do_is_wrong_use(desk: SmallOffice) -> None:
    told = callvault(settings_file(desk), "service", "install", "--name", "../x")
    assert told.returncode == WRONG_USE
    assert "../x" in told.stderr


@contextmanager
def started(program: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command line as systemd would start it."""
    process = subprocess.Popen(program, cwd=folder, env=surroundings(), stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, "in vain"
