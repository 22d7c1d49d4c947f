"""The archive's disk is full or fails: the pass stops with advice, and nothing is lost."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from config.language import LANGUAGES, Words
from tests.ingest.commands import callvault, settings_file
from tests.ingest.small_office import (
    SHEET,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
)

CHEN = recorded("陈建国", "15405381201", "091207")
ROW = ("陈建国", "15405381201", "9:12")
MANY = [recorded("妈妈", "15405389999", f"12050{number}") for number in range(5)]


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def refused(desk: SmallOffice, key: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        desk.ingest()
    assert caught.value.message.key == key
    assert all(Words(language).say(caught.value.message) for language in LANGUAGES)


def hashes(desk: SmallOffice) -> list[str]:
    return sorted(digest for digest, _ in desk.kept().values())


@pytest.mark.parametrize("call", ["fsync", "mkdir"])
@pytest.mark.parametrize(
    ("code", "key"),
    [
        (errno.ENOSPC, "archive.disk_full"),
        (errno.EDQUOT, "archive.disk_full"),
        (errno.EROFS, "archive.read_only"),
        (errno.EIO, "archive.unusable"),
    ],
)
def test_a_disk_that_fails_stops_the_pass_and_the_next_one_makes_up_for_it(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch, call: str, code: int, key: str
) -> None:
    desk.ingest()
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet([ROW]))

    def failing(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        refused(desk, key)
    assert set(hashes(desk)) <= {sha256(sound(1))}
    desk.ingest()
    assert desk.filed() == {CHEN: "陈建国/2026-11-16"}
    assert hashes(desk) == [sha256(sound(1))]


@pytest.fixture
def small_disk(desk: SmallOffice) -> Iterator[SmallOffice]:
    """An archive on a disk of 1 MB."""
    desk.archive.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "callvault-test", str(desk.archive)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no program here mounts a small disk")
    if done.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield desk
    finally:
        subprocess.run(["umount", "--lazy", str(desk.archive)], check=True)


@pytest.mark.parametrize("room", [0, 4, 16, 24, 40, 64])
def test_what_fits_on_a_full_disk_is_kept_and_the_rest_follows_when_there_is_room(
    small_disk: SmallOffice, room: int
) -> None:
    desk = small_disk
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet([ROW]))
    desk.ingest()
    ballast = desk.archive / ".callvault/ballast"
    free = os.statvfs(desk.archive)
    ballast.write_bytes(bytes(free.f_bavail * free.f_frsize - room * 1024))
    contents = {source: sound(2 + number) for number, source in enumerate(MANY)}
    for source, content in contents.items():
        desk.drop(source, content, time(13))
    refused(desk, "archive.disk_full")
    wanted = [sha256(content) for content in (sound(1), *contents.values())]
    assert set(hashes(desk)) <= set(wanted)
    ballast.unlink()
    desk.ingest()
    assert hashes(desk) == sorted(wanted)
    assert desk.statuses() == {CHEN: "filed"} | dict.fromkeys(MANY, "unmatched")
    before = desk.kept(), desk.rows()
    desk.ingest()
    assert (desk.kept(), desk.rows()) == before
    assert [one["event"] for one in desk.custody()].count("admitted") == 6


def test_a_full_disk_is_told_by_the_command(small_disk: SmallOffice) -> None:
    config = settings_file(small_disk, language="zh")
    small_disk.drop(CHEN, sound(1))
    assert callvault(config, "ingest", "--as-of", "2026-11-16T16:30+08:00").returncode == 3
    free = os.statvfs(small_disk.archive)
    (small_disk.archive / "ballast").write_bytes(bytes(free.f_bavail * free.f_frsize))
    small_disk.drop(MANY[0], sound(2))
    told = callvault(config, "ingest", "--as-of", "2026-11-16T16:30+08:00")
    assert told.returncode == 1
    assert "磁盘已满" in told.stderr
    assert "Traceback" not in told.stderr
