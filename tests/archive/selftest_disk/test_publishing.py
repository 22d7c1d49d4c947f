"""A disk that overwrites, copies or takes away where it should publish is told."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from threading import Event

import pytest

from archive import publish
from tests.archive.selftest_disk.tried import linux, said, tried, wrong


@linux
@pytest.mark.parametrize("means", ["renameat2", "link"])
def test_a_disk_that_overwrites_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, means: str
) -> None:
    """Some shares know no rename or link that refuses, and say that they do."""

    def rename(source: Path, target: Path) -> bool:
        source.replace(target)
        return True

    def link(source: Path, target: Path, *, follow_symlinks: bool) -> None:
        assert not follow_symlinks
        shutil.copyfile(source, target)

    if means == "renameat2":
        monkeypatch.setattr(publish, "_renameat2", rename)
        assert wrong(tried(root)) == {"publish": "selftest.overwrites"}
    else:
        monkeypatch.setattr(os, "link", link)
        assert wrong(tried(root)) == {"link": "selftest.overwrites"}
        monkeypatch.setattr(publish, "_renameat2", lambda *_: False)
        assert wrong(tried(root))["publish"] == "selftest.overwrites"


@linux
@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_that_knows_no_rename_without_overwriting_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """FAT before Linux 4.9, and mounted cloud drives: EPERM there is no lack of a right."""

    def link(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", link)
    found = tried(root)
    assert (wrong(found), said(found["link"])) == ({}, "link_needless")
    monkeypatch.setattr(publish, "_renameat2", lambda *_: False)
    found = tried(root)
    told = ["written", "publish", "atomic", "names_long", "names_odd"]
    assert wrong(found) == dict.fromkeys(told, "archive.no_safe_rename")
    assert dict(found["publish"].result.message.values)["path"] == str(root)


@linux
def test_a_rename_that_copies_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some file systems in user space do it; a half stays until somebody looked at it."""
    real_stat = Path.stat
    half, looked = list[Path](), Event()

    def stat(path: Path, **how: bool) -> os.stat_result:
        found = real_stat(path, **how)
        if path in half:
            looked.set()
        return found

    def copy(source: Path, target: Path) -> bool:
        if target.exists():
            raise FileExistsError
        contents = source.read_bytes()
        with target.open("wb", buffering=0) as writer:
            writer.write(contents[:16])
            if target.parent.name == "atomic":
                half.append(target)
                looked.wait(30)
            writer.write(contents[16:])
        source.unlink()
        return True

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(publish, "_renameat2", copy)
    assert wrong(tried(root)) == {"atomic": "selftest.seen_half"}


@linux
def test_a_rename_that_takes_away_first_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_away(source: Path, target: Path) -> bool:
        if target.exists():
            raise FileExistsError
        contents = source.read_bytes()
        source.unlink()
        for _ in range(50):  # so that the thread that looks has its turn
            os.sched_yield()
            source.exists()
        half = target.with_name(target.name + ".new")
        half.write_bytes(contents)
        half.rename(target)
        return True

    monkeypatch.setattr(publish, "_renameat2", take_away)
    assert wrong(tried(root)) == {"atomic": "selftest.seen_nowhere"}
