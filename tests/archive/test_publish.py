"""A file gets its final name once, and never another file's: with each system's own means."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import publish as published
from archive.errors import DiskError
from archive.publish import publish, sync_folder
from archive.store import Store

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX's own means")


@pytest.fixture
def new_system() -> Iterator[None]:
    """What the system can do is looked up again, before and after the test."""
    published._libc_renameat2.cache_clear()
    yield
    published._libc_renameat2.cache_clear()


def refuse_renameat2(code: int) -> Callable[..., object]:
    """A C library whose `renameat2` fails with `code`, as file systems without it do."""

    class Call:
        def __call__(self, *_: object) -> int:
            ctypes.set_errno(code)
            return -1

    class Library:
        def __init__(self, name: str | None, *, use_errno: bool) -> None:
            assert (name, use_errno) == (None, True)
            self.renameat2 = Call()

    return Library


def no_library(_: str | None, **__: object) -> object:
    raise OSError(errno.ENOENT, "no C library")


def no_call(_: str | None, **__: object) -> object:
    return object()


@pytest.fixture(
    params=["own", "macos", "no library", "no call", "unknown", "unsupported", "invalid"]
)
def system(
    request: pytest.FixtureRequest, new_system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This system as it is, and those that have only `link` and `unlink`."""
    del new_system
    libraries: dict[str, Callable[..., object]] = {
        "no library": no_library,
        "no call": no_call,
        "unknown": refuse_renameat2(errno.ENOSYS),
        "unsupported": refuse_renameat2(errno.ENOTSUP),
        "invalid": refuse_renameat2(errno.EINVAL),
    }
    if request.param == "macos":
        monkeypatch.setattr(sys, "platform", "darwin")
    elif request.param != "own":
        monkeypatch.setattr(ctypes, "CDLL", libraries[request.param])


@posix
@pytest.mark.usefixtures("system")
def test_a_file_gets_its_new_name(tmp_path: Path) -> None:
    (tmp_path / "staged").write_bytes(b"a call")
    publish(tmp_path / "staged", tmp_path / "张三 \udcff.mp3")
    assert [path.name for path in tmp_path.iterdir()] == ["张三 \udcff.mp3"]
    assert (tmp_path / "张三 \udcff.mp3").read_bytes() == b"a call"


@posix
@pytest.mark.usefixtures("system")
def test_a_name_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "staged").write_bytes(b"a call")
    (tmp_path / "final").write_bytes(b"another")
    with pytest.raises(FileExistsError):
        publish(tmp_path / "staged", tmp_path / "final")
    assert (tmp_path / "staged").read_bytes() == b"a call"
    assert (tmp_path / "final").read_bytes() == b"another"


@posix
@pytest.mark.usefixtures("system")
def test_a_link_that_leads_nowhere_is_not_overwritten_either(tmp_path: Path) -> None:
    (tmp_path / "staged").write_bytes(b"a call")
    (tmp_path / "final").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        publish(tmp_path / "staged", tmp_path / "final")
    assert (tmp_path / "final").is_symlink()


@posix
@pytest.mark.usefixtures("system")
def test_a_file_that_is_gone_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "staged", tmp_path / "final")


@posix
def test_what_the_disk_refuses_is_no_reason_to_try_another_way(
    new_system: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    del new_system
    monkeypatch.setattr(ctypes, "CDLL", refuse_renameat2(errno.EROFS))
    (tmp_path / "staged").write_bytes(b"a call")
    with pytest.raises(OSError, match="staged") as caught:
        publish(tmp_path / "staged", tmp_path / "final")
    assert caught.value.errno == errno.EROFS
    assert not (tmp_path / "final").exists()


@posix
@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_disk_without_any_means_is_not_taken_for_one_without_rights(
    new_system: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int
) -> None:
    """Mounted cloud drives answer a link so, whoever asks."""
    del new_system

    def link(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(os, "link", link)
    store = Store(tmp_path)
    store.path("staged").write_bytes(b"a call")
    with pytest.raises(DiskError) as caught:
        store.move("staged", "final")
    assert caught.value.message.key == "archive.no_safe_rename"
    assert store.path("staged").read_bytes() == b"a call"
    assert not store.exists("final")


KILLED_BETWEEN = """
import os, signal, sys
from pathlib import Path
from archive.store import Staged, Store

sys.platform = "darwin"  # a system that has only link and unlink
os.unlink = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
store, old, new = Store(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
if old.startswith(".callvault"):
    store.publish(Staged(store.path(old), "", 0), new)
else:
    store.move(old, new)
"""


def killed_between(store: Store, old: str, new: str) -> None:
    """A process that gives the file at `old` the name `new`, and dies when it has both names."""
    store.prepare()
    store.path(old).parent.mkdir(exist_ok=True)
    store.path(old).write_bytes(b"a call")
    died = subprocess.run(
        [sys.executable, "-c", KILLED_BETWEEN, str(store.root), old, new], check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert store.path(old).samefile(store.path(new))


@posix
def test_a_move_that_was_killed_between_link_and_unlink_can_be_ended(tmp_path: Path) -> None:
    store = Store(tmp_path)
    old, new = "_holding/2026-11-16/a.mp3", "张三/2026-11-16/b.mp3"
    killed_between(store, old, new)
    assert store.drop_second_name(old, new)
    assert not store.exists(old)
    assert store.path(new).read_bytes() == b"a call"
    assert store.path(new).stat().st_nlink == 1


@posix
def test_an_admission_that_was_killed_between_link_and_unlink_is_whole(tmp_path: Path) -> None:
    store = Store(tmp_path)
    old, new = ".callvault/staging/000001", "_holding/2026-11-16/000001 a.mp3"
    killed_between(store, old, new)
    store.empty_staging()
    assert not store.exists(old)
    assert store.path(new).read_bytes() == b"a call"
    assert store.path(new).stat().st_nlink == 1


def test_two_files_are_never_taken_for_two_names_of_one(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in ("old", "new"):
        store.path(name).write_bytes(b"the same bytes")
    assert not store.drop_second_name("old", "new")
    assert store.exists("old")
    assert store.exists("new")


@posix
def test_a_folders_names_can_be_made_durable(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_folder(tmp_path / "file")


class Windows:
    """A move that another program's grip on the file prevents `times` times."""

    def __init__(self, *, times: int, winerror: int | None) -> None:
        self.left = times
        self.paused: list[float] = []
        self._winerror = winerror

    def move(self) -> None:
        if self.left:
            self.left -= 1
            error = OSError(errno.EACCES, "in use")
            if self._winerror is not None:
                error.winerror = self._winerror  # type: ignore[attr-defined,unused-ignore]
            raise error


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_a_file_that_antivirus_holds_for_a_moment_is_moved_after_all(winerror: int) -> None:
    windows = Windows(times=3, winerror=winerror)
    published._patiently(windows.move, windows.paused.append)
    assert windows.left == 0
    assert windows.paused == pytest.approx([0.1, 0.2, 0.4])


def test_patience_with_another_program_ends_after_three_seconds() -> None:
    windows = Windows(times=100, winerror=32)
    with pytest.raises(OSError, match="in use"):
        published._patiently(windows.move, windows.paused.append)
    assert len(windows.paused) == 5
    assert 3 < sum(windows.paused) < 4


@pytest.mark.parametrize("winerror", [183, 112, None])
def test_a_name_that_is_taken_or_a_full_disk_is_not_waited_for(winerror: int | None) -> None:
    windows = Windows(times=1, winerror=winerror)
    with pytest.raises(OSError, match="in use"):
        published._patiently(windows.move, windows.paused.append)
    assert windows.paused == []


def test_on_windows_the_move_itself_makes_names_durable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fsync(_: int) -> None:
        raise AssertionError("Windows cannot sync a folder")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "fsync", fsync)
    sync_folder(tmp_path)


class Kernel:
    """What `kernel32` is asked, answered as it would be."""

    def __init__(self, *answers: int) -> None:
        self.asked: list[tuple[object, ...]] = []
        self._answers = list(answers)

    def __call__(self, name: str, *, use_last_error: bool) -> Kernel:
        assert (name, use_last_error) == ("kernel32", True)
        return self

    def MoveFileExW(self, *asked: object) -> int:  # noqa: N802 - Windows' own name
        self.asked.append(asked)
        return self._answers.pop(0)


def test_on_windows_a_move_neither_replaces_nor_copies(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel = Kernel(0, 1)
    busy = OSError(errno.EACCES, "in use")
    busy.winerror = 32  # type: ignore[attr-defined,unused-ignore]
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", kernel, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 32, raising=False)
    monkeypatch.setattr(ctypes, "WinError", {32: busy}.__getitem__, raising=False)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    publish(tmp_path / "staged", tmp_path / "final")
    write_through = 0x8  # and neither REPLACE_EXISTING (0x1) nor COPY_ALLOWED (0x2)
    move = (str(tmp_path / "staged"), str(tmp_path / "final"), write_through)
    assert kernel.asked == [move, move]
