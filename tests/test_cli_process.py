"""The command as a process of its own: streams, start-up, languages, signals, the daemon."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, ROOT, Desk, finish, start
from tests.sample.office import build

COMMANDS = {
    *(
        "access",
        "assign",
        "check",
        "explain",
        "forget",
        "history",
        "hold",
        "ingest",
        "init",
        "inspect",
        "new-key",
        "remembered",
    ),
    *(
        "compare",
        "custody",
        "rebuild",
        "repair",
        "report",
        "restore",
        "retention",
        "review",
        "run",
        "search",
        "selftest",
        "unassign",
        "undo",
    ),
    *("coverage", "export", "notify", "resolve", "service", "status", "verify", "verify-export"),
    *("listen-copy", "play"),
}
HEAVY = {
    "alembic",
    "av",
    "boto3",
    "jinja2",
    "mutagen",
    "pydub",
    "python_calamine",
    "rapidfuzz",
    "rich",
    "sqlalchemy",
    "watchdog",
    "xlsxwriter",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, language="zh")
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(Row("陈建国", "15405381201"))
    return desk


def wait_for(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until it is true; fails when the process ends before, or after 30 seconds."""
    deadline = time.monotonic() + 60
    while not true():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"{process.returncode}: {process.communicate()}")
        time.sleep(0.02)


@pytest.mark.parametrize("args", [[], *([name] for name in sorted(COMMANDS - {"init", "check"}))])
def test_help_is_quick_and_names_the_exit_codes(args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli", *args, "--help"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    imported = {
        name.split(".")[0] for name in re.findall(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE)
    }
    assert "click" in imported
    assert imported & HEAVY == set()
    assert "3  done, but something needs a person" in done.stdout


def test_every_command_stands_in_the_help() -> None:
    code, out, _ = finish(start("--help"))
    assert code == DONE
    assert set(cli.main.commands) == COMMANDS
    for name in cli.main.commands:
        assert re.search(rf"^  {name}  ", out, re.MULTILINE)


def test_the_output_is_for_scripts_and_the_log_names_nobody(desk: Desk) -> None:
    code, out, err = finish(desk.start("ingest", "--as-of", IN_TIME, "--format", "json", "-v"))
    assert code == DONE
    assert json.loads(out)["admitted"] == 1
    assert "recording 1 admitted" in err
    assert "recording 1 filed" in err
    assert "陈建国" not in err
    assert "15405381201" not in err


@pytest.mark.skipif(
    sys.platform == "win32", reason="what a closed pipe says there is another error"
)
def test_who_reads_only_the_first_lines_is_told_nothing_more(desk: Desk) -> None:
    """As `callvault report | head -1`: the command ends, and not with advice about disks."""
    assert finish(desk.start("ingest", "--as-of", IN_TIME))[0] == DONE
    for command in (["report"], ["search"], ["check"]):
        process = desk.start(*command)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        assert process.communicate(timeout=60)[1] == ""
        assert process.returncode == FAILED


def test_without_verbose_nothing_is_logged(desk: Desk) -> None:
    code, out, err = finish(desk.start("ingest", "--as-of", IN_TIME))
    assert (code, err) == (DONE, "")
    assert out


def test_chinese_stays_chinese_where_the_computer_knows_only_ascii(tmp_path: Path) -> None:
    desk = Desk(tmp_path, language="zh")
    build(desk.inbox)
    ascii_only = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    code, out, _ = finish(desk.start("ingest", "--as-of", IN_TIME, **ascii_only))
    assert code == NEEDS_A_PERSON
    assert "收件箱 18 个文件" in out
    code, out, err = finish(desk.start("report", **ascii_only))
    assert (code, err) == (NEEDS_A_PERSON, "")
    assert "缺录音" in out
    assert "\x1b" not in out


def test_wrong_settings_leave_stdout_empty(desk: Desk) -> None:
    desk.config.write_text("[inbox]\n", encoding="utf-8")
    code, out, err = finish(desk.start("report", LC_ALL="zh_CN.UTF-8"))
    assert (code, out) == (WRONG_USE, "")
    assert len(err.splitlines()) == 2
    assert f"{desk.config}:1: " in err


def test_two_passes_at_once_do_not_meet(desk: Desk) -> None:
    """The daemon works on the archive; a pass by hand is told so, and the daemon goes on."""
    daemon = desk.start("run")
    try:
        wait_for((desk.archive / "陈建国").is_dir, daemon)
        code, out, err = finish(desk.start("ingest"))
        assert (code, out) == (FAILED, "")
        assert "另一个 callvault 正在使用归档" in err
        # Reading is no work on it.
        assert finish(desk.start("search", "陈建国"))[0] == DONE
        assert finish(desk.start("check"))[0] == DONE
    finally:
        daemon.send_signal(signal.SIGTERM)
        finish(daemon)


@pytest.mark.skipif(sys.platform == "win32", reason="signals cannot be sent there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_daemon_takes_in_what_comes_and_ends_when_asked(
    tmp_path: Path, number: signal.Signals
) -> None:
    desk = Desk(
        tmp_path, language="zh", more='[report]\nat = "00:00"\n[handoff]\ndeadline = "00:00"\n'
    )
    daemon = desk.start("run")
    wait_for(lambda: any((tmp_path / "reports").glob("*.json")), daemon)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(Row("陈建国", "15405381201"))
    wait_for((desk.archive / "陈建国").is_dir, daemon)
    daemon.send_signal(number)
    code, out, err = finish(daemon)
    assert (code, out) == (DONE, "")
    assert err.splitlines()[0].startswith("callvault 在后台运行")
    assert err.splitlines()[-1].startswith("callvault 已停止")
    assert "陈建国" not in err
    assert {path.suffix for path in (tmp_path / "reports").iterdir()} == {".html", ".xlsx", ".json"}
    assert finish(desk.start("ingest"))[0] == DONE
