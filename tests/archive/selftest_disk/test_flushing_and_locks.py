"""A disk that does not flush, gives other bytes back or shuts nobody out is told."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.archive.selftest_disk.tried import linux, tried, wrong


@linux
@pytest.mark.parametrize(
    ("code", "key"),
    [
        (errno.EIO, "archive.unusable"),
        (errno.ENOSPC, "archive.disk_full"),
        (errno.EROFS, "archive.read_only"),
    ],
)
def test_a_disk_that_does_not_flush_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    tried(root)
    real = os.fsync

    def failing(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").is_file():
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    assert wrong(tried(root)) == {"written": key, "file_sync": key}


@linux
def test_folders_that_cannot_be_flushed_are_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried(root)
    real = os.fsync

    def failing(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == root / ".callvault/selftest":
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    found = wrong(tried(root))
    assert found["folder_sync"] == "selftest.no_flushing"
    assert found["written"] == "archive.unusable"
    assert "file_sync" not in found


@linux
def test_where_nothing_can_be_flushed_no_name_is_blamed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried(root)

    def failing(_: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", failing)
    found = wrong(tried(root))
    assert found["file_sync"] == found["folder_sync"] == "selftest.no_flushing"
    assert found["names_long"] == found["names_odd"] == "archive.unusable"


def test_a_disk_that_gives_other_bytes_back_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_bytes

    def flipped(path: Path) -> bytes:
        contents = real(path)
        return b"\xff" + contents[1:] if path.name == "copy" else contents

    monkeypatch.setattr(Path, "read_bytes", flipped)
    assert wrong(tried(root)) == {"written": "selftest.read_otherwise"}


def test_locks_that_do_not_shut_out_are_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share on which every process gets every lock."""
    if sys.platform == "win32":
        pytest.skip("another means of locking")
    import fcntl

    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    assert wrong(tried(root)) == {"lock": "selftest.lock_shared"}


def test_without_a_process_of_its_own_the_lock_is_not_believed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("true") or "true")
    assert wrong(tried(root)) == {"lock": "selftest.lock_not_held"}
