"""A mirror in a folder, and what its disk does; `tests/stores` has what every store owes."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.folder_objects import FolderStore
from archive.objects import StoreError
from config.language import LANGUAGES, Words
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import SmallArchive
from tests.stores.recording import Recording


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "nas"
    folder.mkdir()
    return folder


@pytest.fixture
def store(folder: Path, tmp_path: Path) -> FolderStore:
    return FolderStore(folder, tmp_path / "nas.id")


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "call.mp3", b"the bytes of a call")


def failing(*_: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def refusal(error: StoreError) -> tuple[str, bool]:
    assert all(Words(language).say(error.message) for language in LANGUAGES)
    return error.message.key.removeprefix("store."), error.outage


def test_a_folder_that_was_never_there_is_not_made(tmp_path: Path, recording: Recording) -> None:
    store = FolderStore(tmp_path / "wrong", tmp_path / "wrong.id")
    with pytest.raises(StoreError) as caught:
        recording.put(store, "call.mp3")
    assert refusal(caught.value) == ("folder_missing", True)
    assert not (tmp_path / "wrong").exists()


@pytest.mark.parametrize("bare", [True, False])
def test_a_disk_that_is_away_is_an_outage_whatever_is_asked(
    store: FolderStore, folder: Path, recording: Recording, *, bare: bool
) -> None:
    recording.put(store, "张三/call.mp3")
    folder.rename(folder.with_name("unplugged"))
    if bare:  # the mount point stays
        folder.mkdir()
    for ask in (
        store.check,
        lambda: store.look("张三/call.mp3"),
        lambda: store.read_sha256("张三/call.mp3"),
        lambda: list(store.list("")),
        lambda: store.delete("张三/call.mp3"),
        lambda: store.copy("张三/call.mp3", "copy.mp3"),
        lambda: recording.put(store, "other.mp3"),
        lambda: store.sweep(lambda _: True),
    ):
        with pytest.raises(StoreError) as caught:
            ask()
        assert refusal(caught.value) == ("folder_away", True)
    assert not folder.exists() or list(folder.iterdir()) == []
    if bare:
        folder.rmdir()
    folder.with_name("unplugged").rename(folder)
    assert store.read_sha256("张三/call.mp3") == recording.sha256


def test_another_disk_at_its_place_is_not_written_to(
    store: FolderStore, folder: Path, tmp_path: Path, recording: Recording
) -> None:
    store.check()
    folder.rename(folder.with_name("unplugged"))
    folder.mkdir()
    FolderStore(folder, tmp_path / "another.id").check()
    with pytest.raises(StoreError) as caught:
        recording.put(store, "call.mp3")
    assert refusal(caught.value) == ("folder_other", True)
    assert not (folder / "call.mp3").exists()


def test_who_forgot_the_folder_knows_it_by_its_mark_again(
    store: FolderStore, folder: Path, tmp_path: Path, recording: Recording
) -> None:
    """After the archive was made anew on another computer."""
    recording.put(store, "call.mp3")
    remembered = (tmp_path / "nas.id").read_text(encoding="ascii")
    (tmp_path / "nas.id").unlink()
    again = FolderStore(folder, tmp_path / "nas.id")
    again.check()
    assert again.read_sha256("call.mp3") == recording.sha256
    assert (tmp_path / "nas.id").read_text(encoding="ascii") == remembered


def test_no_archive_seems_to_be_there_because_its_mirror_is(folder: Path, tmp_path: Path) -> None:
    FolderStore(folder, tmp_path / "archive/.callvault/mirror-nas.id").check()
    assert not (tmp_path / "archive").exists()


def test_nothing_of_its_own_is_listed_and_nothing_half_stays(
    store: FolderStore, folder: Path, recording: Recording
) -> None:
    recording.put(store, "张三/call.mp3")
    recording.path.write_bytes(b"other")
    with pytest.raises(StoreError):
        recording.put(store, "张三/other.mp3")
    assert [found.key for found in store.list("")] == ["张三/call.mp3"]
    own = folder / ".callvault-mirror"
    assert [path.name for path in own.rglob("*") if path.is_file()] == ["id"]


def test_what_a_kill_left_is_swept_after_an_hour(store: FolderStore, folder: Path) -> None:
    store.check()
    staging = folder / ".callvault-mirror/staging"
    for name in ("old", "new"):
        (staging / name).write_bytes(b"half of a call")
    before = (datetime.now(UTC) - timedelta(minutes=61)).timestamp()
    os.utime(staging / "old", (before, before))
    store.sweep(lambda _: False)
    assert [path.name for path in staging.iterdir()] == ["new"]


def test_folders_that_become_empty_go_and_others_stay(
    store: FolderStore, folder: Path, recording: Recording
) -> None:
    recording.put(store, "张三/2026-11-16/call.mp3")
    recording.put(store, "张三/2026-11-17/call.mp3")
    store.delete("张三/2026-11-16/call.mp3")
    assert [path.name for path in (folder / "张三").iterdir()] == ["2026-11-17"]
    store.delete("张三/2026-11-17/call.mp3")
    assert not (folder / "张三").exists()
    assert folder.exists()


@pytest.mark.parametrize("key", ["../out.mp3", "a/../../out.mp3", "/out.mp3", "a//b.mp3", "./a"])
def test_no_key_leads_out_of_the_folder(
    store: FolderStore, folder: Path, recording: Recording, key: str
) -> None:
    with pytest.raises(StoreError) as caught:
        recording.put(store, key)
    assert refusal(caught.value) == ("folder_failed", False)
    assert not (folder.parent / "out.mp3").exists()


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="rights bind no root")
def test_a_folder_without_rights_is_told(
    store: FolderStore, folder: Path, recording: Recording
) -> None:
    store.check()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(StoreError) as caught:
            recording.put(store, "张三/call.mp3")
    finally:
        folder.chmod(stat.S_IRWXU)
    assert refusal(caught.value) == ("folder_not_written", True)


def test_a_disk_that_takes_nothing_is_an_outage_and_puts_nothing_off(
    archive: SmallArchive, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A NAS that became read-only: once that is mended, all goes there at once."""
    store = FolderStore(folder, tmp_path / "nas.id")
    store.check()
    office = Office(archive, store)
    owed = [archive.admit(bytes([number]), f"{number}.mp3") for number in range(99)]
    with monkeypatch.context() as read_only:
        read_only.setattr(os, "fsync", failing)
        drained = office.drain()
        assert drained.outage is not None
        assert drained.outage.key == "store.folder_not_written"
    assert drained.refused < 20
    assert office.drain().done == len(owed) - drained.refused


class Syncs:
    """Which folders were made durable, as the system was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folders: set[Path] = set()
        fsync = os.fsync

        def noting(descriptor: int) -> None:
            self.folders.add(Path(f"/proc/self/fd/{descriptor}").resolve())
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", noting)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system what a descriptor is")
def test_a_name_that_a_kill_left_unsynced_is_synced_before_it_counts(
    store: FolderStore, folder: Path, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the name and its sync, the copy would be called mirrored with none at all."""
    recording.put(store, "张三/2026-11-16/call.mp3")
    syncs = Syncs(monkeypatch)
    recording.put(store, "张三/2026-11-16/call.mp3")
    places = {folder / "张三/2026-11-16", folder / "张三", folder}
    assert places <= syncs.folders


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system what a descriptor is")
def test_which_folder_it_is_is_remembered_durably(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgotten, a bare mount point would be marked as the mirror."""
    syncs = Syncs(monkeypatch)
    store.check()
    assert tmp_path in syncs.folders
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["nas.id"]


def test_what_systems_keep_at_a_disks_root_is_no_object(
    store: FolderStore, folder: Path, recording: Recording
) -> None:
    """Some of it nobody may list."""
    recording.put(store, "张三/call.mp3")
    for name in ("System Volume Information", "$RECYCLE.BIN", "lost+found", "@eaDir", "#recycle"):
        (folder / name).mkdir()
        (folder / name / "left.mp3").write_bytes(b"left")
    assert [found.key for found in store.list("")] == ["张三/call.mp3"]


@pytest.mark.parametrize("mark", ["", "\n"])
def test_a_mark_that_says_nothing_is_told_and_nothing_is_written(
    store: FolderStore, folder: Path, recording: Recording, mark: str
) -> None:
    (folder / ".callvault-mirror").mkdir()
    (folder / ".callvault-mirror/id").write_text(mark)
    with pytest.raises(StoreError) as caught:
        recording.put(store, "call.mp3")
    assert refusal(caught.value) == ("folder_mark_empty", True)
    assert not (folder / "call.mp3").exists()


def test_a_first_use_that_fails_is_an_outage(
    store: FolderStore, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is read-only, or away, cannot be told from one that is meant."""

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StoreError) as caught:
        recording.put(store, "call.mp3")
    assert refusal(caught.value) == ("folder_unreachable", True)


def test_a_memory_that_cannot_be_read_is_told(
    store: FolderStore, tmp_path: Path, recording: Recording
) -> None:
    """Another program, often antivirus, has it; nothing is marked anew meanwhile."""
    (tmp_path / "nas.id").mkdir()
    asks: tuple[Callable[[], object], ...] = (
        store.check,
        lambda: store.look("call.mp3"),
        lambda: recording.put(store, "call.mp3"),
    )
    for ask in asks:
        with pytest.raises(StoreError) as caught:
            ask()
        assert refusal(caught.value) == ("folder_not_remembered", True)
