"""A fit disk is told as such, and nothing of the trials is left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive import publish
from archive.selftest_disk import disk_trials
from tests.archive.selftest_disk.tried import linux, tried, wrong

MUSTS = {
    *("volume", "one_volume", "writable", "written", "file_sync", "folder_sync", "publish"),
    *("atomic", "lock", "names_long", "names_odd", "normal_form"),
}


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


def test_an_archive_that_may_not_be_written_is_told_and_no_more(root: Path) -> None:
    root.write_bytes(b"no folder")
    found = tried(root)
    assert wrong(found) == {"writable": "archive.unusable"}
    assert "publish" not in found


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
