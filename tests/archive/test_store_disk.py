"""Trouble with the archive's own disk stops the work with advice, and loses nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.errors import DiskError
from archive.store import Store
from config.language import LANGUAGES, Words

LIMIT = 1 << 20
CALL = b"the bytes of a call" * 1000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "archive")
    store.prepare()
    return store


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "录音.mp3"
    path.write_bytes(CALL)
    return path


def failed(action: Callable[[], object], sentence: str) -> None:
    with pytest.raises(DiskError) as caught:
        action()
    assert caught.value.message.key == f"archive.{sentence}"
    assert all(Words(language).say(caught.value.message) for language in LANGUAGES)


def test_free_space_is_told_in_bytes(store: Store) -> None:
    assert store.free_bytes() > 0


def test_preparing_twice_changes_nothing(store: Store) -> None:
    store.prepare()
    folders = [path.relative_to(store.root).as_posix() for path in store.root.rglob("*")]
    assert sorted(folders) == [
        ".callvault",
        ".callvault/sheets",
        ".callvault/staging",
        "_holding",
    ]


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """The system refuses to let any file of this process grow further, as a full disk does."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [5000, 2 << 20])
def test_a_copy_that_the_disk_has_no_room_for_stops_the_work(
    store: Store, source: Path, size: int
) -> None:
    source.write_bytes(bytes(size))
    with files_no_longer_than(4096):
        failed(lambda: store.stage(source, "000001", LIMIT * 10), "unusable")
    assert source.stat().st_size == size
    assert store.stage(source, "000001", LIMIT * 10).size == size


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "no_permission"),
        (errno.EPERM, "no_permission"),
        (errno.EXDEV, "several_volumes"),
        (errno.EIO, "unusable"),
        (None, "unusable"),
    ],
)
def test_each_trouble_of_the_disk_has_its_advice(
    store: Store,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int | None,
    sentence: str,
) -> None:
    def fsync(_: int) -> None:
        raise OSError("no reason given") if code is None else OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fsync)
    failed(lambda: store.stage(source, "000001", LIMIT), sentence)


def test_an_archive_that_went_away_stops_the_work(store: Store, source: Path) -> None:
    staged = store.stage(source, "000001", LIMIT)
    unplugged = store.root.with_name("unplugged")
    store.root.rename(unplugged)
    failed(lambda: store.stage(source, "000002", LIMIT), "unusable")
    failed(lambda: store.publish(staged, "a.mp3"), "unusable")
    failed(lambda: store.read_sha256("a.mp3"), "unusable")
    failed(lambda: store.drop_second_name("a.mp3", "b.mp3"), "unusable")
    failed(store.empty_staging, "unusable")
    assert not store.exists("a.mp3")
    assert (unplugged / ".callvault/staging/000001").read_bytes() == CALL


def test_a_file_in_a_folders_place_is_named_and_left(store: Store, source: Path) -> None:
    store.publish(store.stage(source, "000001", LIMIT), "张三")
    failed(lambda: store.move("张三", "张三/2026-11-16/a.mp3"), "folder_is_file")
    failed(Store(source).prepare, "folder_is_file")
    assert source.read_bytes() == store.path("张三").read_bytes() == CALL
