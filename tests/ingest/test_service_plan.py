"""What each system is told of the daemon: read by its own verifier where that runs here.

Windows' Task Scheduler and macOS' launchd do not; what they are given is held against what their
documentation asks for.
"""

from __future__ import annotations

import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest

from ingest.scheduled_task import task, windowless
from ingest.service_plan import Plan, User, plan, user_of
from ingest.systemd_unit import unit

FOLDER = "/srv/录 音 \"$HOME\" 100% 'x' \\n"
PROGRAM = [sys.executable, f"{FOLDER}/cli.py", "--config", f"{FOLDER}/callvault.toml", "run"]
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
USER = User("LAN\\王芳", 501, PurePosixPath("/u"), PurePosixPath("/u/.config"), PurePosixPath("/t"))
ANALYZE = shutil.which("systemd-analyze")


def on(system: str, name: str = "callvault") -> Plan:
    return plan(system, name, USER, PROGRAM, FOLDER)


# systemd


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not here")
@pytest.mark.parametrize("folder", ["plain", "有 空 格", "100% $HOME", 'a"b', "c\\d"])
def test_systemd_has_nothing_to_say_against_the_unit(tmp_path: Path, folder: str) -> None:
    assert ANALYZE is not None
    place = tmp_path / folder
    place.mkdir()
    file = tmp_path / "callvault.service"
    file.write_text(unit([sys.executable, f"{place}/cli.py", "run"], str(place)), encoding="utf-8")
    assert verified(ANALYZE, file, tmp_path) == ""
    file.write_text(file.read_text(encoding="utf-8").replace("=on-failure", "=perhaps"))
    assert "perhaps" in verified(ANALYZE, file, tmp_path)


def verified(analyze: str, file: Path, runtime: Path) -> str:
    done = subprocess.run(
        [analyze, "--user", "verify", str(file)],
        env={"XDG_RUNTIME_DIR": str(runtime), "PATH": "/usr/bin:/bin", "HOME": str(runtime)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout + done.stderr


def test_systemd_gets_the_program_back_as_it_was() -> None:
    text = unit(PROGRAM, FOLDER)
    (said,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    told = [one.replace("%%", "%").replace("$$", "$") for one in shlex.split(said)]
    assert told == PROGRAM
    assert "Restart=on-failure\n" in text
    assert "WantedBy=default.target\n" in text


def test_systemd_is_told_of_the_unit_of_the_user() -> None:
    wanted = on("linux")
    assert str(wanted.file) == "/u/.config/systemd/user/callvault.service"
    assert ("systemctl", "--user", "enable", "callvault.service") in wanted.install
    assert all(command[:2] == ("systemctl", "--user") for command in wanted.install)


# launchd


def test_launchd_gets_the_program_back_as_it_was() -> None:
    wanted = on("darwin", "callvault-2")
    told = plistlib.loads(wanted.content)
    assert told["ProgramArguments"] == PROGRAM
    assert told["WorkingDirectory"] == FOLDER
    assert told["Label"] == "callvault-2"
    assert told["RunAtLoad"] is True
    assert told["KeepAlive"] == {"SuccessfulExit": False}
    assert str(wanted.file) == "/u/Library/LaunchAgents/callvault-2.plist"
    assert wanted.install == (("launchctl", "bootstrap", "gui/501", str(wanted.file)),)


# Windows' Task Scheduler: names, their order and their values as its schema has them

DURATION = r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?"
BOOLEAN = "true|false"
TEXT = r"[^\x00-\x08]+"
SCHEMA = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "RegistrationInfo": ["Description"],
    "Triggers": ["LogonTrigger", "TimeTrigger"],
    "LogonTrigger": ["Enabled", "UserId"],
    "TimeTrigger": ["Enabled", "StartBoundary", "Repetition"],
    "Repetition": ["Interval"],
    "Principals": ["Principal"],
    "Principal": ["UserId", "LogonType", "RunLevel"],
    "RestartOnFailure": ["Interval", "Count"],
    "Actions": ["Exec"],
    "Exec": ["Command", "Arguments", "WorkingDirectory"],
}
"""Elements that have others, in this order; those of `Settings` may come in any."""
VALUES = {
    "Description": TEXT,
    "UserId": TEXT,
    "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "LogonType": "InteractiveToken",
    "RunLevel": "LeastPrivilege|HighestAvailable",
    "Interval": DURATION,
    "Count": r"[1-9]\d?|1\d\d|2[0-4]\d|25[0-5]",
    "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting",
    "DisallowStartIfOnBatteries": BOOLEAN,
    "StopIfGoingOnBatteries": BOOLEAN,
    "AllowHardTerminate": BOOLEAN,
    "StartWhenAvailable": BOOLEAN,
    "RunOnlyIfNetworkAvailable": BOOLEAN,
    "AllowStartOnDemand": BOOLEAN,
    "Enabled": BOOLEAN,
    "Hidden": BOOLEAN,
    "RunOnlyIfIdle": BOOLEAN,
    "WakeToRun": BOOLEAN,
    "ExecutionTimeLimit": DURATION,
    "Priority": r"\d|10",
    "Command": TEXT,
    "Arguments": TEXT,
    "WorkingDirectory": TEXT,
}


def test_the_task_is_what_the_task_schedulers_schema_asks_for() -> None:
    written = on("win32").content
    assert written.startswith("\ufeff<?xml version=".encode("utf-16-le"))
    root = ET.fromstring(written)  # noqa: S314  our own
    assert root.get("version") == "1.2"
    for element in root.iter():
        name = element.tag.removeprefix(SPACE)
        assert element.tag == SPACE + name
        children = [child.tag.removeprefix(SPACE) for child in element]
        if name == "Settings":
            assert set(children) <= VALUES.keys() | SCHEMA.keys()
            assert len(set(children)) == len(children)
        elif children:
            assert children == SCHEMA[name], name
        else:
            assert re.fullmatch(VALUES[name], element.text or ""), name


def test_the_task_runs_the_program_as_the_user_who_logs_on() -> None:
    program = [r"C:\Program Files\Python 3\python.exe", r"D:\录 音\cli.py", "run", 'a"b', "c\\"]
    root = ET.fromstring(task("LAN\\王芳", program, r"D:\录 音"))  # noqa: S314  our own
    told = {one.tag.removeprefix(SPACE): one.text for one in root.iter()}
    assert told["Command"] == program[0]
    assert told["Arguments"] == r'"D:\录 音\cli.py" run a\"b c' + "\\"
    assert told["WorkingDirectory"] == r"D:\录 音"
    assert {one.text for one in root.iter(f"{SPACE}UserId")} == {"LAN\\王芳"}
    assert told["ExecutionTimeLimit"] == "PT0S"
    assert told["MultipleInstancesPolicy"] == "IgnoreNew"


def test_the_task_is_handed_over_by_a_file_that_does_not_stay() -> None:
    wanted = on("win32")
    assert not wanted.stays
    create, run = wanted.install
    assert create[:3] == ("schtasks", "/Create", "/TN")
    assert str(wanted.file) in create
    assert run == ("schtasks", "/Run", "/TN", "callvault")


@pytest.mark.parametrize(
    ("interpreter", "expected"),
    [
        (r"C:\Py\python.exe", r"C:\Py\pythonw.exe"),
        (r"C:\Py\Python.EXE", r"C:\Py\pythonw.exe"),
        (r"C:\Py\pythonw.exe", r"C:\Py\pythonw.exe"),
        ("/usr/bin/python3", "/usr/bin/python3"),
    ],
)
def test_on_windows_no_console_window_stands_on_the_screen(interpreter: str, expected: str) -> None:
    assert windowless(interpreter) == expected


# Whose it is


def test_the_user_is_who_the_system_says() -> None:
    windows = {"USERDOMAIN": "LAN", "USERNAME": "王芳"}
    home = PureWindowsPath(r"C:\Users\wang")
    assert user_of(windows, 0, home, home, "win32").name == "LAN\\王芳"
    assert user_of({"USERNAME": "王芳"}, 0, home, home, "win32").name == "王芳"
    linux = user_of(
        {"USER": "wang"}, 1000, PurePosixPath("/home/wang"), PurePosixPath("/"), "linux"
    )
    assert (linux.name, str(linux.config)) == ("wang", "/home/wang/.config")
    moved = {"XDG_CONFIG_HOME": "/data/config"}
    told = user_of(moved, 1000, PurePosixPath("/home/wang"), PurePosixPath("/"), "linux")
    assert str(told.config) == "/data/config"
