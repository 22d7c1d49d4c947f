import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from archive.volumes import Place
from ingest.watch import Watcher, WatchUnavailableError, is_remote

LONG = 10.0
"""Seconds within which a hint must come; it comes in milliseconds."""
SHORT = 0.2
"""Seconds within which no hint may come; an unwanted one comes in milliseconds as well."""


class Bell:
    """Waits for hints from the watcher's thread."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def rings(self, seconds: float = LONG) -> bool:
        return self._rung.wait(seconds)

    def hush(self) -> None:
        """Waits until nothing follows any more, and forgets it."""
        while self._rung.wait(SHORT):
            self._rung.clear()


@contextmanager
def watching(folder: Path, mode: str) -> Iterator[tuple[Watcher, Bell]]:
    bell = Bell()
    with Watcher(folder, mode, bell.ring, poll_seconds=0.02) as watcher:
        yield watcher, bell


modes = pytest.mark.parametrize("mode", ["native", "polling"])


@modes
def test_a_new_recording_is_a_hint(tmp_path: Path, mode: str) -> None:
    (tmp_path / "王芳").mkdir()
    with watching(tmp_path, mode) as (watcher, bell):
        assert watcher.polling == (mode == "polling")
        (tmp_path / "王芳/通话录音.mp3").write_bytes(b"sound")
        assert bell.rings()


@modes
def test_a_recording_in_a_new_folder_is_a_hint(tmp_path: Path, mode: str) -> None:
    with watching(tmp_path, mode) as (_, bell):
        (tmp_path / "2026-11-16/王芳").mkdir(parents=True)
        assert bell.rings()
        bell.hush()
        (tmp_path / "2026-11-16/王芳/a.mp3").write_bytes(b"sound")
        assert bell.rings()


@modes
@pytest.mark.parametrize("change", ["grow", "rename", "delete", "move in"])
def test_every_change_to_a_file_is_a_hint(tmp_path: Path, mode: str, change: str) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    file = inbox / "a.mp3"
    file.write_bytes(b"so")
    outside = tmp_path / "b.mp3"
    outside.write_bytes(b"other")
    changes: dict[str, Callable[[], object]] = {
        "grow": lambda: file.write_bytes(b"sound"),
        "rename": lambda: file.rename(inbox / "c.mp3"),
        "delete": file.unlink,
        "move in": lambda: outside.rename(inbox / "b.mp3"),
    }
    with watching(inbox, mode) as (_, bell):
        changes[change]()
        assert bell.rings()


@modes
def test_reading_the_inbox_is_no_hint(tmp_path: Path, mode: str) -> None:
    """Otherwise a pass would wake the next one for ever."""
    folder = tmp_path / "王芳"
    folder.mkdir()
    file = folder / "a.mp3"
    file.write_bytes(b"sound")
    with watching(tmp_path, mode) as (_, bell):
        bell.hush()
        assert [child.name for child in tmp_path.iterdir()] == ["王芳"]
        assert os.listdir(folder) == ["a.mp3"]  # noqa: PTH208  as a scan does it
        assert file.read_bytes() == b"sound"
        assert not bell.rings(SHORT)
        file.write_bytes(b"more")
        assert bell.rings()


@modes
def test_nothing_is_heard_after_the_block(tmp_path: Path, mode: str) -> None:
    threads = threading.active_count()
    with watching(tmp_path, mode) as (watcher, bell):
        assert watcher.alive()
    assert not watcher.alive()
    (tmp_path / "a.mp3").write_bytes(b"sound")
    assert not bell.rings(SHORT)
    assert threading.active_count() <= threads + 1  # watchdog keeps one reader of events


@modes
@pytest.mark.parametrize("how", ["removed", "moved"])
def test_a_folder_that_came_back_is_watched_again(tmp_path: Path, mode: str, how: str) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with watching(inbox, mode) as (watcher, bell):
        assert watcher.renew()
        if how == "moved":
            inbox.rename(tmp_path / "elsewhere")
        else:
            inbox.rmdir()
        assert not watcher.renew()
        assert not watcher.alive()
        inbox.mkdir()
        bell.hush()
        assert watcher.renew()
        (inbox / "a.mp3").write_bytes(b"sound")
        assert bell.rings()


@modes
def test_another_folder_in_the_place_of_the_watched_one_is_noticed(
    tmp_path: Path, mode: str
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with watching(inbox, mode) as (watcher, bell):
        inbox.rename(tmp_path / "elsewhere")
        inbox.mkdir()
        assert not watcher.alive()
        assert watcher.renew()
        bell.hush()
        (inbox / "a.mp3").write_bytes(b"sound")
        assert bell.rings()


@modes
def test_a_folder_that_goes_away_is_a_hint_and_ends_the_watch(tmp_path: Path, mode: str) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with watching(inbox, mode) as (watcher, bell):
        assert watcher.alive()
        shutil.rmtree(inbox)
        assert bell.rings()
        bell.hush()
        assert not watcher.alive()
    inbox.mkdir()
    with watching(inbox, mode) as (_, bell):
        (inbox / "a.mp3").write_bytes(b"sound")
        assert bell.rings()


@modes
def test_a_folder_that_is_not_there_cannot_be_watched(tmp_path: Path, mode: str) -> None:
    with pytest.raises(WatchUnavailableError) as caught, watching(tmp_path / "gone", mode):
        pass
    assert caught.value.path == tmp_path / "gone"
    assert caught.value.reason


@modes
def test_a_file_cannot_be_watched_for_a_folder(tmp_path: Path, mode: str) -> None:
    (tmp_path / "inbox").write_bytes(b"")
    with pytest.raises(WatchUnavailableError), watching(tmp_path / "inbox", mode):
        pass


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@modes
def test_an_inbox_behind_a_link_is_watched(tmp_path: Path, mode: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "inbox").symlink_to(tmp_path / "real")
    with watching(tmp_path / "inbox", mode) as (_, bell):
        (tmp_path / "real/a.mp3").write_bytes(b"sound")
        assert bell.rings()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_loop_of_links_cannot_be_watched(tmp_path: Path) -> None:
    (tmp_path / "inbox").symlink_to(tmp_path / "inbox")
    with pytest.raises(WatchUnavailableError), watching(tmp_path / "inbox", "auto"):
        pass


def test_auto_takes_events_on_a_local_disk(tmp_path: Path) -> None:
    with watching(tmp_path, "auto") as (watcher, bell):
        assert not watcher.polling
        (tmp_path / "a.mp3").write_bytes(b"sound")
        assert bell.rings()


OUT_OF_DESCRIPTORS = """
import logging, os, resource, sys, threading
from pathlib import Path
import ingest.watch

logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
taken = []
try:
    while True:
        taken.append(os.dup(0))
except OSError:
    # One is enough to list a folder, a reader of events takes three.
    os.close(taken.pop())
    os.close(taken.pop())
rung = threading.Event()
with ingest.watch.Watcher(Path(sys.argv[1]), "native", rung.set, poll_seconds=0.02) as watcher:
    for one in taken:
        os.close(one)
    print("polling", watcher.polling)
    Path(sys.argv[1], "a.mp3").write_bytes(b"sound")
    print("rung", rung.wait(10))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux runs out of watches")
def test_without_events_to_be_had_the_inbox_is_polled(tmp_path: Path) -> None:
    """The system refuses events for want of descriptors, just as it does over its own limit."""
    done = subprocess.run(
        [sys.executable, "-c", OUT_OF_DESCRIPTORS, tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    warning, polling, rung = done.stdout.splitlines()
    assert warning.startswith("WARNING no file events (")
    assert polling == "polling True"
    assert rung == "rung True"


MOUNTS = r"""27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
28 27 0:51 / /mnt/nas rw,relatime shared:7 - cifs //nas/calls rw,vers=3.0
33 27 0:54 / /home/me/vault rw - fuse.gocryptfs /home/me/cipher rw
34 27 8:49 / /media/usb rw - fuseblk /dev/sdd1 rw
"""


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("/srv/inbox", False),
        ("/mnt/nas/2026-11-16/王芳", True),
        ("/home/me/vault", True),
        ("/media/usb/inbox", False),
    ],
)
def test_a_mounted_share_is_remote(path: str, remote: bool) -> None:
    assert is_remote(Place(PurePosixPath(path), mounts=MOUNTS)) is remote


def test_without_mounts_a_folder_counts_as_local() -> None:
    assert not is_remote(Place(PurePosixPath("/srv/inbox")))


@pytest.mark.parametrize(
    ("path", "drive_type", "remote"),
    [
        (r"\\nas\calls\inbox", 1, True),
        (r"Z:\calls", 4, True),
        (r"D:\calls", 3, False),
    ],
)
def test_a_windows_share_is_remote(path: str, drive_type: int, remote: bool) -> None:
    assert is_remote(Place(PureWindowsPath(path), drive_type=drive_type)) is remote
