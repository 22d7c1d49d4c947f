"""What a disk makes of names is told."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from archive import publish
from tests.archive.selftest_disk.tried import linux, said, tried, wrong


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


def refuse_names(monkeypatch: pytest.MonkeyPatch, bad: Callable[[str], bool], code: int) -> None:
    """A file system that takes no name of which `bad` is true."""
    real_publish, real_mkdir = os.link, Path.mkdir

    def link(source: Path, target: Path, *, follow_symlinks: bool) -> None:
        if bad(target.name):
            raise OSError(code, os.strerror(code), str(target))
        real_publish(source, target, follow_symlinks=follow_symlinks)

    def mkdir(path: Path, *args: Any, **kwargs: Any) -> None:
        if bad(path.name):
            raise OSError(code, os.strerror(code), str(path))
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
