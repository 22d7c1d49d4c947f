"""The key's file: what is in it, who may read it, and what is said where it cannot be used."""

from __future__ import annotations

import random
import re
import stat
from pathlib import Path

import pytest

from archive import key_file
from archive.errors import DiskError
from archive.objects import StoreError
from archive.sealing import Key
from config.language import LANGUAGES, Words

PASSWORD = "0123456789abcdef"


def refused(file: Path) -> str:
    with pytest.raises(StoreError) as caught:
        key_file.read(file)
    assert not caught.value.outage
    for language in LANGUAGES:
        assert str(file) in Words(language).say(caught.value.message)
    return caught.value.message.key


def test_the_first_line_is_the_key(tmp_path: Path) -> None:
    """However an editor leaves it."""
    file, key = tmp_path / "key", Key.of(PASSWORD)
    for text in (PASSWORD, f"{PASSWORD}\n", f"{PASSWORD} \r\nof the mirror\n", f"\ufeff{PASSWORD}"):
        file.write_bytes(text.encode())
        assert key_file.read(file) == key
    file.write_text(f"{PASSWORD} 钥匙", encoding="utf-8")
    assert key_file.read(file) == Key.of(f"{PASSWORD} 钥匙")


def test_what_cannot_be_a_key_is_refused_with_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "key"
    assert refused(file) == "store.key_missing"
    assert refused(tmp_path) == "store.key_unreadable"
    for text in ("", "\n", "short", f"\n{PASSWORD}", f"{PASSWORD[1:]}\n"):
        file.write_text(text, encoding="utf-8")
        assert refused(file) == "store.key_short"
    file.write_text(PASSWORD, encoding="utf-16")  # Notepad's "Unicode"
    assert refused(file) == "store.key_not_text"
    file.write_bytes(b"\xff\xfb\x90\x00" * 1000)  # a recording
    assert refused(file) == "store.key_not_text"


def test_what_it_holds_stands_in_no_refusal(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(PASSWORD[1:], encoding="utf-8")
    with pytest.raises(StoreError) as caught:
        key_file.read(file)
    assert PASSWORD[1:] not in Words("en").say(caught.value.message) + repr(caught.value)


def test_a_new_key_is_random_readable_and_for_its_owner_alone(tmp_path: Path) -> None:
    file, chance = tmp_path / "key", random.Random(1)
    key_file.make(file, chance.randbytes, [tmp_path / "archive"])
    text = file.read_text(encoding="ascii")
    assert re.fullmatch(r"([A-Z2-7]{4}-){12}[A-Z2-7]{4}\n", text)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not key_file.is_open(file)
    assert key_file.read(file) == Key.of(text.strip())
    other = tmp_path / "other"
    key_file.make(other, chance.randbytes, [])
    assert key_file.read(other) != key_file.read(file)


def test_who_else_may_read_it_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(PASSWORD, encoding="utf-8")
    for mode, told in ((0o600, False), (0o640, True), (0o604, True), (0o400, False)):
        file.chmod(mode)
        assert key_file.is_open(file) is told
    assert not key_file.is_open(tmp_path / "missing")


def not_made(file: Path, places: list[Path]) -> str:
    with pytest.raises(DiskError) as caught:
        key_file.make(file, random.Random(1).randbytes, places)
    assert all(str(file) in Words(language).say(caught.value.message) for language in LANGUAGES)
    return caught.value.message.key


def test_no_key_is_ever_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(PASSWORD, encoding="utf-8")
    assert not_made(file, []) == "store.key_there"
    assert file.read_text(encoding="utf-8") == PASSWORD
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    assert not_made(link, []) == "store.key_there"


def test_a_key_does_not_lie_where_recordings_do(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    (archive / "deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(archive / "deep")
    for file in (archive / "key", archive / "deep" / "key", tmp_path / "link" / "key"):
        assert not_made(file, [tmp_path / "inbox", archive]) == "store.key_within"
    assert list((archive / "deep").iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert not_made(tmp_path / "missing" / "key", []) == "store.key_not_written"


def test_half_a_key_is_not_left(tmp_path: Path) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        assert not_made(tmp_path / "key", []) == "store.key_not_written"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
