"""Bytes come into the archive complete, durable and unchanged, or not at all."""

from __future__ import annotations

import errno
import os
import socket
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from archive.errors import SourceError
from archive.store import Store, source_sha256, unfit
from config.language import LANGUAGES, Words
from tests.archive.small_archive import sha256

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


def tree(store: Store) -> list[str]:
    return sorted(
        path.relative_to(store.root).as_posix()
        for path in store.root.rglob("*")
        if not path.is_dir()
    )


def refused(store: Store, source: Path, sentence: str, *, later: bool) -> None:
    with pytest.raises(SourceError) as caught:
        store.stage(source, "000001", LIMIT)
    assert (caught.value.message.key, caught.value.later) == (f"archive.{sentence}", later)
    assert all(Words(language).say(caught.value.message) for language in LANGUAGES)


# What is copied


@pytest.mark.parametrize("size", [0, 1, len(CALL), (1 << 20) - 1])
def test_a_copy_is_whole_and_hashed(store: Store, source: Path, size: int) -> None:
    contents = (CALL * 60)[:size]
    source.write_bytes(contents)
    staged = store.stage(source, "000001", LIMIT)
    assert (staged.sha256, staged.size) == (sha256(contents), size)
    assert staged.path.read_bytes() == contents
    assert source.read_bytes() == contents


def test_a_copy_larger_than_what_is_read_at_once_is_whole(store: Store, source: Path) -> None:
    contents = CALL * 150
    source.write_bytes(contents)
    staged = store.stage(source, "000001", LIMIT * 10)
    assert (staged.sha256, staged.size) == (sha256(contents), len(contents))


def test_a_copy_is_whole_where_the_system_takes_less_at_once(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Reluctant(FileIO):
        def write(self, piece: Any) -> int:
            return super().write(bytes(piece[:1000]))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode, **_: Reluctant(path, mode))
        staged = store.stage(source, "000001", LIMIT)
    assert (staged.sha256, staged.path.read_bytes()) == (sha256(CALL), CALL)


def test_a_copy_takes_the_place_of_one_that_a_kill_left(store: Store, source: Path) -> None:
    store.path(".callvault/staging/000001").write_bytes(b"half a ca")
    assert store.stage(source, "000001", LIMIT).path.read_bytes() == CALL


def test_what_a_kill_left_half_copied_is_removed(store: Store, source: Path) -> None:
    store.stage(source, "000001", LIMIT)
    store.stage(source, "000002", LIMIT)
    store.empty_staging()
    assert tree(store) == []


def test_a_copy_can_be_thrown_away_twice(store: Store, source: Path) -> None:
    staged = store.stage(source, "000001", LIMIT)
    store.discard(staged)
    store.discard(staged)
    assert tree(store) == []


# What is refused


def test_a_link_is_not_followed(store: Store, source: Path) -> None:
    link = source.with_name("link.mp3")
    link.symlink_to(source)
    refused(store, link, "source_link", later=False)


def test_a_file_with_a_second_name_is_refused(store: Store, source: Path) -> None:
    os.link(source, source.with_name("second.mp3"))
    refused(store, source, "source_hardlink", later=False)


def test_a_folder_is_no_recording(store: Store, tmp_path: Path) -> None:
    refused(store, tmp_path, "source_special", later=False)


def test_a_pipe_and_a_socket_are_refused_without_waiting(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    refused(store, tmp_path / "pipe.mp3", "source_special", later=False)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.mp3"))
        refused(store, tmp_path / "s.mp3", "source_special", later=False)


def test_a_file_over_the_limit_is_refused_with_both_sizes(store: Store, source: Path) -> None:
    source.write_bytes(b"")
    os.truncate(source, 3 << 20)
    refused(store, source, "source_large", later=False)
    reason = unfit(source.lstat(), LIMIT)
    assert reason is not None
    assert dict(reason.values) == {"megabytes": "3", "limit": "1"}


def test_a_file_of_just_the_limit_is_fit(source: Path) -> None:
    os.truncate(source, LIMIT)
    assert unfit(source.lstat(), LIMIT) is None


def test_a_file_that_is_gone_is_looked_for_again(store: Store, tmp_path: Path) -> None:
    refused(store, tmp_path / "gone.mp3", "source_gone", later=True)


def test_a_file_that_another_program_has_is_put_off(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open

    def locked(path: Path, flags: int, *rest: int) -> int:
        if path == source:
            raise PermissionError(errno.EACCES, "sharing violation")
        return real_open(path, flags, *rest)

    monkeypatch.setattr(os, "open", locked)
    refused(store, source, "source_unreadable", later=True)


def test_a_file_on_a_disk_that_fails_is_put_off(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_fdopen = os.fdopen

    def fdopen(descriptor: int, mode: str, buffering: int) -> object:
        os.close(descriptor)
        # A read of one's own memory at address 0 fails with EIO, as that of a broken disk does.
        return real_fdopen(os.open("/proc/self/mem", os.O_RDONLY), mode, buffering)

    def state(_: int) -> os.stat_result:
        return source.lstat()

    monkeypatch.setattr(os, "fdopen", fdopen)
    monkeypatch.setattr(os, "fstat", state)
    refused(store, source, "source_unreadable", later=True)


def test_a_file_whose_state_is_not_told_is_put_off(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: int) -> os.stat_result:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fstat", failing)
    with pytest.raises(SourceError) as caught:
        store.stage(source, "000001", LIMIT)
    monkeypatch.undo()
    assert (caught.value.message.key, caught.value.later) == ("archive.source_unreadable", True)


def test_a_file_that_changes_while_it_is_read_is_put_off(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        with source.open("ab") as writer:
            writer.write(b"more")
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    refused(store, source, "source_changing", later=True)
    assert tree(store) == []


def test_a_file_that_changed_since_it_was_seen_is_put_off(store: Store, source: Path) -> None:
    seen = source.lstat()
    assert store.stage(source, "000001", LIMIT, seen).size == len(CALL)
    os.utime(source, ns=(1, 1))
    with pytest.raises(SourceError) as caught:
        store.stage(source, "000001", LIMIT, seen)
    assert (caught.value.message.key, caught.value.later) == ("archive.source_changing", True)


def test_a_file_rewritten_at_its_old_length_is_put_off_too(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_: int) -> None:
        source.write_bytes(bytes(len(CALL)))
        os.utime(source, ns=(1, 1))

    monkeypatch.setattr(os, "fsync", fsync)
    refused(store, source, "source_changing", later=True)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="Linux has such files")
def test_a_file_that_is_longer_than_its_folder_says_is_put_off(store: Store) -> None:
    refused(store, Path("/proc/version"), "source_changing", later=True)
    assert tree(store) == []


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="Linux has such files")
def test_such_a_file_is_no_source_that_could_be_released() -> None:
    with pytest.raises(SourceError) as caught:
        source_sha256(Path("/proc/version"), Path("/proc/version").lstat())
    assert caught.value.message.key == "archive.source_changing"


def test_a_file_swapped_before_it_is_opened_is_put_off(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open

    def swapped(path: Path, flags: int, *rest: int) -> int:
        if path == source:
            other = source.with_name("other")
            other.write_bytes(CALL)
            other.replace(source)
        return real_open(path, flags, *rest)

    monkeypatch.setattr(os, "open", swapped)
    refused(store, source, "source_changing", later=True)


def test_a_link_put_in_a_files_place_before_it_is_opened_is_not_followed(
    store: Store, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open

    def swapped(path: Path, flags: int, *rest: int) -> int:
        if path == source:
            source.rename(source.with_name("secret"))
            source.symlink_to(source.with_name("secret"))
        return real_open(path, flags, *rest)

    monkeypatch.setattr(os, "open", swapped)
    refused(store, source, "source_unreadable", later=True)


# Names


def test_a_copy_gets_its_name_and_the_folders_above_it(store: Store, source: Path) -> None:
    staged = store.stage(source, "000001", LIMIT)
    store.publish(staged, "张三/2026-11-16/a.mp3")
    store.sync(["张三/2026-11-16/a.mp3", "gone/2026-11-16/a.mp3"])
    assert tree(store) == ["张三/2026-11-16/a.mp3"]
    assert store.exists("张三/2026-11-16/a.mp3")
    assert not store.exists("张三/2026-11-16")
    assert store.read_sha256("张三/2026-11-16/a.mp3") == (sha256(CALL), len(CALL))


def test_a_name_that_is_taken_is_left_to_its_owner(store: Store, source: Path) -> None:
    store.publish(store.stage(source, "000001", LIMIT), "a.mp3")
    source.write_bytes(b"another call")
    staged = store.stage(source, "000002", LIMIT)
    with pytest.raises(FileExistsError):
        store.publish(staged, "a.mp3")
    assert store.path("a.mp3").read_bytes() == CALL
    assert staged.path.read_bytes() == b"another call"


def test_a_move_takes_the_file_along_and_leaves_no_empty_folders(
    store: Store, source: Path
) -> None:
    store.publish(store.stage(source, "000001", LIMIT), "张三/2026-11-16/a.mp3")
    store.move("张三/2026-11-16/a.mp3", "李四/2026-11-16/b.mp3")
    store.tidy("张三/2026-11-16/a.mp3")
    assert tree(store) == ["李四/2026-11-16/b.mp3"]
    assert not store.path("张三").exists()


def test_folders_in_which_something_is_left_stay(store: Store, source: Path) -> None:
    store.publish(store.stage(source, "000001", LIMIT), "张三/2026-11-16/a.mp3")
    store.tidy("张三/2026-11-16/gone.mp3")
    store.tidy("张三/2026-11-17/gone.mp3")
    assert store.exists("张三/2026-11-16/a.mp3")


def test_tidying_never_leaves_the_archive(store: Store) -> None:
    store.tidy("a.mp3")
    store.tidy("../../a.mp3")
    assert store.root.is_dir()


def test_holding_itself_stays_when_its_last_day_is_emptied(store: Store, source: Path) -> None:
    held = "_holding/2026-11-16/000001 a.mp3"
    store.publish(store.stage(source, "000001", LIMIT), held)
    store.move(held, "张三/2026-11-16/a.mp3")
    store.tidy(held)
    assert list(store.path("_holding").iterdir()) == []


def test_an_emptied_day_goes_and_its_folder_of_days_stays_while_others_are_there(
    store: Store, source: Path
) -> None:
    store.publish(store.stage(source, "000001", LIMIT), "张三/2026-11-17/a.mp3")
    store.path("张三/2026-11-16").mkdir()
    store.tidy("张三/2026-11-16/gone.mp3")
    assert [path.name for path in store.path("张三").iterdir()] == ["2026-11-17"]


def test_a_strangers_file_in_a_copys_place_is_not_taken_for_it(store: Store, source: Path) -> None:
    place = "_holding/2026-11-16/000001 call.mp3"
    staged = store.stage(source, "000001", LIMIT)
    assert not store.was_published("000001", place)
    store.path(place).parent.mkdir(parents=True)
    store.path(place).write_bytes(b"a stranger's")
    assert not store.was_published("000001", place)
    store.path(place).unlink()
    os.link(staged.path, store.path(place))  # a kill came before the first name was taken away
    assert store.was_published("000001", place)
    staged.path.unlink()
    assert store.was_published("000001", place)
