"""The file with the office's addresses is read as people write it, and never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.language import LANGUAGES, Words
from ingest.channels import ChannelsError, read

SECRET = "hunter2"
MAIL = f"mailtos://office:{SECRET}@example.com"


def written(folder: Path, content: bytes) -> Path:
    path = folder / "to.txt"
    path.write_bytes(content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(ChannelsError) as caught:
        read(path)
    said = [Words(language).say(caught.value.message) for language in LANGUAGES]
    assert all(str(path) in one and SECRET not in one for one in said)
    return said[-1]


def test_each_line_is_a_channel_that_goes_by_its_kind(tmp_path: Path) -> None:
    """As Notepad saves it."""
    text = f"\ufeff# 经理\r\n{MAIL}\r\n\r\n  WeComBot://{SECRET} \r\n#{MAIL}\r\n{MAIL}?to=b@c.d\r\n"
    channels = read(written(tmp_path, text.encode()))
    assert [(one.name, one.line) for one in channels] == [
        ("mailtos", 2),
        ("wecombot", 4),
        ("mailtos 2", 6),
    ]
    assert channels[1].url == f"WeComBot://{SECRET}"
    assert SECRET not in repr(channels)


def test_a_line_that_is_no_address_is_named_by_its_number(tmp_path: Path) -> None:
    assert "line 2" in refused(written(tmp_path, f"{MAIL}\n{SECRET}@example.com\n".encode()))


@pytest.mark.parametrize("content", [b"", b"\n \n", f"# {MAIL}".encode()])
def test_a_file_without_addresses_is_told(tmp_path: Path, content: bytes) -> None:
    assert "holds no address" in refused(written(tmp_path, content))


@pytest.mark.parametrize("content", [f"# 经理 {SECRET}".encode("gb18030"), b"#" * 70_000])
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes) -> None:
    assert "no short text file" in refused(written(tmp_path, content))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "to.txt")


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "to.txt").mkdir()
    assert os.strerror(21) in refused(tmp_path / "to.txt")
