"""What kind of volume it is, and how much room it has, is told; small real disks among them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import volumes
from archive.trial import Outcome
from tests.archive.selftest_disk.tried import linux, said, tried, wrong
from tests.archive.shares import as_share


@linux
def test_a_share_is_told_and_the_rest_is_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_share(monkeypatch)
    found = tried(root)
    assert wrong(found) == {"volume": "archive.on_share"}
    assert "atomic" in found


def test_what_kind_of_disk_it_is_may_stay_open(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "_said", lambda _: "27 1 0:54 / / rw - fuse.unheard-of x rw")
    found = tried(root)
    assert wrong(found) == {}
    one = found["volume"].result
    assert (one.outcome, dict(one.message.values)) == (
        Outcome.UNKNOWN,
        {"kind": "fuse.unheard-of"},
    )


@linux
def test_few_files_left_are_worth_a_word(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    def nearly_out(path: Path) -> os.statvfs_result:
        fields = list(real(path))
        fields[7] = 9_999  # f_favail
        return os.statvfs_result(fields)

    monkeypatch.setattr(os, "statvfs", nearly_out)
    assert wrong(tried(root)) == {"files": "selftest.few_files"}


# Real volumes


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], None]]:
    """Mounts a small disk in memory."""
    made: list[Path] = []

    def at(folder: Path, size: str) -> None:
        folder.mkdir(parents=True)
        options = f"size={size},nr_inodes=5000"
        command = ["mount", "-t", "tmpfs", "-o", options, "callvault-test", str(folder)]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            pytest.skip("no program here mounts a small disk")
        if done.returncode:
            pytest.skip("only root may mount a small disk")
        made.append(folder)

    yield at
    for folder in reversed(made):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_small_disk_in_memory_is_told_as_such(
    root: Path, mount: Callable[[Path, str], None]
) -> None:
    mount(root, "8m")
    found = tried(root)
    assert wrong(found) == {"lasting": "selftest.passing", "files": "selftest.few_files"}
    assert said(found["room"]) == "little_room"


def test_a_full_disk_is_told_and_left_empty(root: Path, mount: Callable[[Path, str], None]) -> None:
    mount(root, "1m")
    found = tried(root)
    assert wrong(found)["written"] == "archive.disk_full"
    assert [one for one in root.rglob("*") if one.is_file()] == []


def test_another_volume_within_the_archive_is_told(
    root: Path, mount: Callable[[Path, str], None]
) -> None:
    mount(root / "张三", "1m")
    found = tried(root)
    assert wrong(found) == {"one_volume": "selftest.several_volumes"}
    assert dict(found["one_volume"].result.message.values)["paths"] == str(root / "张三")


def test_a_disk_mounted_read_only_is_told(root: Path, mount: Callable[[Path, str], None]) -> None:
    mount(root, "1m")
    subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
    found = tried(root)
    assert wrong(found)["writable"] == "archive.read_only"
    assert "publish" not in found
