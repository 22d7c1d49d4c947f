"""What the archive's own volume really does is found out and told; nothing is left behind."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from archive import publish, volumes
from archive.selftest_disk import disk_trials
from archive.trial import Outcome, Trial
from config.language import LANGUAGES, Words
from tests.archive.shares import as_share

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux's own means")
MUSTS = {
    *("volume", "one_volume", "writable", "written", "file_sync", "folder_sync", "publish"),
    *("atomic", "lock", "names_long", "names_odd", "normal_form"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def tried(root: Path) -> Mapping[str, Trial]:
    """All trials by their names; every sentence is there, and the scratch folder is gone."""
    found = {one.name: one for one in disk_trials(root)}
    for one in found.values():
        for language in LANGUAGES:
            words = Words(language)
            assert words(f"selftest.try_archive_{one.name}")
            assert words.say(one.result.message)
    return found


def wrong(found: Mapping[str, Trial]) -> Mapping[str, str]:
    """The sentence's key of each that failed; the free room of this computer is no matter here."""
    return {
        name: one.result.message.key
        for name, one in found.items()
        if one.result.outcome is Outcome.FAIL and name != "room"
    }


def said(one: Trial) -> str:
    return one.result.message.key.removeprefix("selftest.")


def test_this_computers_disk_is_fit_and_left_as_it_was(root: Path) -> None:
    tried(root)
    before = sorted(root.rglob("*"))
    found = tried(root)
    assert wrong(found) == {}
    assert sorted(root.rglob("*")) == before == [root / ".callvault"]
    assert {name for name, one in found.items() if one.must} == MUSTS


@linux
def test_the_means_in_use_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert dict(tried(root)["publish"].result.message.values) == {"means": "renameat2"}
    monkeypatch.setattr(publish, "_renameat2", lambda *_: False)
    found = tried(root)
    assert wrong(found) == {}
    assert dict(found["publish"].result.message.values) == {"means": "link + unlink"}


def test_what_a_killed_selftest_left_is_removed(root: Path) -> None:
    (root / ".callvault/selftest/.callvault/staging").mkdir(parents=True)
    (root / ".callvault/selftest/taken").write_bytes(b"left")
    assert wrong(tried(root)) == {}
    assert not (root / ".callvault/selftest").exists()


def test_an_archive_that_is_in_use_is_not_touched(root: Path) -> None:
    staged = root / ".callvault/staging/000001"
    filed = root / "张三/2026-11-16/a.mp3"
    for path in (staged, filed):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"a call")
    assert wrong(tried(root)) == {}
    assert staged.read_bytes() == filed.read_bytes() == b"a call"
    assert len([one for one in root.rglob("*") if one.is_file()]) == 2


# Faults of disks


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


@pytest.mark.parametrize(
    ("told", "fold"),
    [
        ({"case": "case_ignored", "normal_form": "form_kept"}, str.casefold),
        (
            {"case": "case_kept", "normal_form": "form_ignored"},
            lambda name: unicodedata.normalize("NFC", name),
        ),
        (
            {"normal_form": "form_lost"},
            lambda name: name if unicodedata.is_normalized("NFD", name) else object(),
        ),
    ],
)
def test_what_a_disk_takes_for_equal_is_told(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: Mapping[str, str],
    fold: Callable[[str], object],
) -> None:
    def is_file(path: Path) -> bool:
        return fold(path.name) in [fold(one.name) for one in path.parent.iterdir()]

    monkeypatch.setattr(Path, "is_file", is_file)
    found = tried(root)
    assert {name: said(found[name]) for name in told} == told
    lost = {"normal_form": "selftest.form_lost"} if "form_lost" in told.values() else {}
    assert wrong(found) == lost


@linux
def test_a_disk_that_keeps_accents_apart_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As HFS+ does: the name comes back in another form, and is found by both."""
    real_write, real_is_file = Path.write_bytes, Path.is_file

    def apart(path: Path) -> Path:
        return path.with_name(unicodedata.normalize("NFD", path.name))

    monkeypatch.setattr(Path, "write_bytes", lambda path, data: real_write(apart(path), data))
    monkeypatch.setattr(Path, "is_file", lambda path: real_is_file(apart(path)))
    found = tried(root)
    assert said(found["normal_form"]) == "form_changed"
    assert wrong(found) == {}


@pytest.mark.parametrize(("dropped", "told"), [(True, "dots_dropped"), (False, "dots_refused")])
def test_what_becomes_of_trailing_dots_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, dropped: bool, told: str
) -> None:
    """As Windows does it, and file systems mounted with its rules."""
    real = Path.write_bytes

    def write(path: Path, data: bytes) -> int:
        if path.name.endswith(".") and not dropped:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return real(path.with_name(path.name.rstrip(".")), data)

    monkeypatch.setattr(Path, "write_bytes", write)
    assert said(tried(root)["dots"]) == told


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
    assert found["folder_sync"] == found["written"] == "archive.unusable"
    assert "file_sync" not in found


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


def refuse_names(monkeypatch: pytest.MonkeyPatch, bad: Callable[[str], bool], code: int) -> None:
    """A file system that takes no name of which `bad` is true."""
    real_publish, real_mkdir = os.link, Path.mkdir

    def link(source: Path, target: Path, *, follow_symlinks: bool) -> None:
        if bad(target.name):
            raise OSError(code, os.strerror(code))
        real_publish(source, target, follow_symlinks=follow_symlinks)

    def mkdir(path: Path, *args: Any, **kwargs: Any) -> None:
        if bad(path.name):
            raise OSError(code, os.strerror(code))
        real_mkdir(path, *args, **kwargs)

    monkeypatch.setattr(publish, "_renameat2", lambda *_: False)
    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(Path, "mkdir", mkdir)


@linux
@pytest.mark.parametrize(
    ("bad", "code", "faults"),
    [
        (
            lambda name: len(name.encode()) > 143,  # eCryptfs
            errno.ENAMETOOLONG,
            {"names_long": "selftest.names_long"},
        ),
        (
            lambda name: any(ord(one) > 0xFFFF for one in name),  # FAT mounted without UTF-8
            errno.EILSEQ,
            {"names_odd": "selftest.names_odd"},
        ),
    ],
)
def test_names_that_a_disk_does_not_keep_are_told(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    bad: Callable[[str], bool],
    code: int,
    faults: Mapping[str, str],
) -> None:
    tried(root)
    refuse_names(monkeypatch, bad, code)
    found = tried(root)
    assert wrong(found) == faults
    if "names_odd" in faults:
        assert dict(found["names_odd"].result.message.values)["kinds"] == "rare, emoji"


@linux
def test_a_name_that_fails_for_another_reason_keeps_its_own_advice(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried(root)
    refuse_names(monkeypatch, lambda name: "😀" in name, errno.ENOSPC)
    assert wrong(tried(root)) == {"names_odd": "archive.disk_full"}


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


def test_an_archive_that_may_not_be_written_is_told_and_no_more(root: Path) -> None:
    root.write_bytes(b"no folder")
    found = tried(root)
    assert wrong(found) == {"writable": "archive.unusable"}
    assert "publish" not in found


@linux
def test_few_files_left_are_worth_a_word(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    def nearly_out(path: Path) -> os.statvfs_result:
        fields = list(real(path))
        fields[7] = 9_999  # f_favail
        return os.statvfs_result(fields)

    monkeypatch.setattr(os, "statvfs", nearly_out)
    assert wrong(tried(root)) == {"files": "selftest.few_files"}


def test_a_scratch_folder_that_stays_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        found = tried(root)
    assert wrong(found) == {"removed": "selftest.not_removed"}
    assert dict(found["removed"].result.message.values)["path"] == str(root / ".callvault/selftest")
    shutil.rmtree(root / ".callvault/selftest")


def test_a_trial_that_is_given_up_leaves_nothing(root: Path) -> None:
    """As Ctrl-C does it."""
    trials = disk_trials(root)
    while next(trials).name != "written":
        pass
    assert (root / ".callvault/selftest").exists()
    trials.close()  # type: ignore[attr-defined]
    assert not (root / ".callvault/selftest").exists()


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
