"""Walking the archive: what is tidied away meanwhile is nothing, what cannot be listed ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import DiskError
from archive.tree import mirrored, peoples, walk


def test_a_folder_that_is_gone_meanwhile_holds_nothing(tmp_path: Path) -> None:
    for name in ("a/1.mp3", "b/1.mp3"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    found = walk(tmp_path, peoples)
    assert next(found)[0] == "a/1.mp3"
    (tmp_path / "b/1.mp3").unlink()
    (tmp_path / "b").rmdir()
    assert list(found) == []


def test_a_folder_that_cannot_be_listed_ends_the_walk(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskError):
        list(walk(tmp_path / "file", peoples))


def test_of_callvaults_own_only_papers_have_objects() -> None:
    paths = ("张三/a.mp3", ".callvault/", ".callvault/sheets/a.xlsx", ".callvault/custody/b.jsonl")
    assert all(map(mirrored, paths))
    own = (".callvault/lock", ".callvault/aside/a.mp3", ".callvault/staging/", ".callvault/sheets")
    assert not any(map(mirrored, own))
    assert [path for path in (*paths, *own) if peoples(path)] == ["张三/a.mp3"]
