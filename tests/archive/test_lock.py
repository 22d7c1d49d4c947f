"""One process at a time works on an archive, and a dead one holds nobody up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import DiskError, LockedError
from archive.lock import is_served, locked, restoring, serving
from config.language import LANGUAGES, Words

HOLDER = """
import sys
from pathlib import Path
from archive.lock import locked, restoring

with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_turned_away_and_told_why(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(LockedError) as caught,
        locked(tmp_path),
    ):
        pass
    for language in LANGUAGES:
        assert str(tmp_path) in Words(language).say(caught.value.message)


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    with locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_an_error_in_the_work_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


def test_two_archives_do_not_know_of_each_other(tmp_path: Path) -> None:
    with locked(tmp_path / "one"), locked(tmp_path / "two"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_a_kill_releases_the_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(LockedError), locked(tmp_path):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with locked(tmp_path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="filelock itself removes the file there")
def test_a_restores_lock_goes_while_nobody_else_can_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one who waited has a file without a name, and a third gets in beside it."""
    unlink, tried = Path.unlink, []

    def others_try_first(path: Path, *, missing_ok: bool = False) -> None:
        monkeypatch.setattr(Path, "unlink", unlink)
        with pytest.raises(LockedError), restoring(tmp_path):
            pass
        tried.append(path.name)
        path.unlink(missing_ok=missing_ok)

    with restoring(tmp_path):
        monkeypatch.setattr(Path, "unlink", others_try_first)
    assert tried == ["restore.lock"]
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_no_folder_is_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"a file")
    with pytest.raises(DiskError) as caught, locked(tmp_path / "archive"):
        pass
    assert caught.value.message.key == "archive.unusable"
    for language in LANGUAGES:
        assert str(tmp_path / "archive") in Words(language).say(caught.value.message)


def test_whether_a_daemon_runs_is_told_by_the_lock_it_holds(tmp_path: Path) -> None:
    lock = tmp_path / "callvault.toml.lock"
    assert is_served(lock) is False
    with serving(lock):
        assert is_served(lock) is True
    assert is_served(lock) is False


def test_a_second_daemon_with_the_same_settings_is_turned_away(tmp_path: Path) -> None:
    lock = tmp_path / "callvault.toml.lock"
    with serving(lock), pytest.raises(LockedError) as caught, serving(lock):
        pass
    for language in LANGUAGES:
        assert str(lock) in Words(language).say(caught.value.message)


def test_an_error_in_a_daemons_work_is_its_own(tmp_path: Path) -> None:
    lock = tmp_path / "callvault.toml.lock"
    with pytest.raises(ZeroDivisionError), serving(lock):
        raise ZeroDivisionError
    assert is_served(lock) is False


def test_a_daemon_works_where_it_can_hold_no_lock_and_then_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with serving(tmp_path / "lock"):
        assert is_served(tmp_path / "lock") is None
