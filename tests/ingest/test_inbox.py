"""What a scan sees of the inbox, what it takes each file for, and when a file stands still."""

from __future__ import annotations

import inspect
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import InboxError
from ingest.inbox import Kind, Scan, Seen, arrival, kind, scan, settled, sounds
from tests.ingest.small_office import EVENING
from tests.sample.sound import AUDIO


def put(folder: Path, source: str, content: bytes = b"x") -> Path:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def seen(path: Path) -> Seen:
    (found,) = (one for one in scan(path.parent).files if one.path == path)
    return found


# The scan


def test_every_file_is_seen_with_its_path_below_the_inbox(tmp_path: Path) -> None:
    for source in ("2026-11-16/王芳/b.mp3", "2026-11-16/a.xlsx", "c.mp3", "2026-11-16/王芳/a.mp3"):
        put(tmp_path, source)
    (tmp_path / "空").mkdir()
    found = scan(tmp_path)
    sources = [one.source for one in found.files]
    assert sources == [
        "2026-11-16/a.xlsx",
        "2026-11-16/王芳/a.mp3",
        "2026-11-16/王芳/b.mp3",
        "c.mp3",
    ]
    assert [one.path for one in found.files] == [tmp_path / source for source in sources]
    assert (found.files[0].size, found.problems) == (1, ())


def test_an_inbox_that_cannot_be_listed_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(InboxError) as caught:
        scan(tmp_path / "unplugged")
    assert caught.value.message.key == "ingest.inbox_unreachable"


def test_links_are_seen_and_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/secret.mp3")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "file.mp3").symlink_to(outside)
    (inbox / "folder").symlink_to(outside.parent)
    (inbox / "loop").symlink_to(inbox)
    assert [one.source for one in scan(inbox).files] == ["file.mp3", "folder", "loop"]


def test_a_folder_that_cannot_be_listed_is_a_problem_and_the_rest_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "王芳/a.mp3")
    put(tmp_path, "李强/b.mp3")
    forbid(monkeypatch, tmp_path / "王芳", PermissionError(13, "Permission denied"))
    found = scan(tmp_path)
    assert [one.source for one in found.files] == ["李强/b.mp3"]
    (problem,) = found.problems
    assert problem.key == "ingest.folder_unreadable"
    assert dict(problem.values) == {"folder": "王芳", "error": "Permission denied"}


def test_a_folder_that_vanishes_while_it_is_scanned_is_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "王芳/a.mp3")
    forbid(monkeypatch, tmp_path / "王芳", FileNotFoundError(2, "No such file or directory"))
    assert scan(tmp_path) == Scan((), (), 0)


def forbid(monkeypatch: pytest.MonkeyPatch, folder: Path, error: OSError) -> None:
    """The system refuses to list `folder`; root would be let in."""
    listing = os.scandir

    def refusing(path: Path) -> object:
        if Path(path) == folder:
            raise error
        return listing(path)

    monkeypatch.setattr(os, "scandir", refusing)


def test_files_that_are_not_wanted_are_counted_and_not_kept(tmp_path: Path) -> None:
    for source in ("王芳/a.mp3", "王芳/b.mp3"):
        put(tmp_path, source)
    found = scan(tmp_path, lambda source, _: source != "王芳/a.mp3")
    assert ([one.source for one in found.files], found.count) == (["王芳/b.mp3"], 2)


@pytest.mark.skipif(os.name == "nt", reason="no name is made of bytes there")
def test_a_name_that_is_no_text_is_told_apart_from_one_that_is_not_wanted(tmp_path: Path) -> None:
    put(tmp_path, "\\udcff.amr")
    put(tmp_path, "\udcff.amr")
    found = scan(tmp_path, lambda source, _: source != "\\udcff.amr")
    told = {one.source: one.named for one in found.files}
    assert told == {"\\udcff.amr": True, "\\udcff.amr\\": False}


def test_folders_are_walked_however_deep_they_are_nested(tmp_path: Path) -> None:
    """Somebody may nest them deeper than calls can go; here the limit is drawn closer."""
    put(tmp_path, "d/" * 200 + "a.mp3")
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(len(inspect.stack()) + 100)
        found = scan(tmp_path)
    finally:
        sys.setrecursionlimit(limit)
    assert [one.source for one in found.files] == ["d/" * 200 + "a.mp3"]


def test_a_name_that_is_no_text_is_told_in_text(tmp_path: Path) -> None:
    put(tmp_path, "王芳/" + os.fsdecode("录音".encode("gb18030") + b".mp3"))
    (found,) = scan(tmp_path).files
    assert found.source == "王芳/¼\\udcd2\\udcf4.mp3"
    assert not found.named
    assert found.path.read_bytes() == b"x"


def test_a_name_in_text_is_not_lost_behind_one_that_is_told_alike(tmp_path: Path) -> None:
    put(tmp_path, os.fsdecode(b"\xff.mp3"), b"no text")
    put(tmp_path, "\\udcff.mp3", b"text")
    text, no_text = scan(tmp_path).files
    assert (text.source, text.named, text.path.read_bytes()) == ("\\udcff.mp3", True, b"text")
    assert (no_text.source, no_text.named) == ("\\udcff.mp3\\", False)


def test_a_time_that_no_database_holds_is_told_as_the_latest_one(tmp_path: Path) -> None:
    path = put(tmp_path, "a.mp3")
    for year_2446 in (15_000_000_000, 15_000_000_001):
        os.utime(path, (year_2446, year_2446))
        (found,) = scan(tmp_path).files
        assert found.mtime_ns == (1 << 63) - 1
        assert settled(found, EVENING, 10.0)


# Kinds


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("通话录音@张三(15405381201)_20261116093015.mp3", Kind.RECORDING),
        ("a.AMR", Kind.RECORDING),
        ("a.aud", Kind.RECORDING),
        ("记录表.xlsx", Kind.SHEET),
        ("记录表.et", Kind.SHEET),
        ("记录表.CSV", Kind.SHEET),
        ("~$记录表.xlsx", Kind.JUNK),
        (".~lock.记录表.xlsx#", Kind.JUNK),
        ("Thumbs.db", Kind.JUNK),
        ("desktop.ini", Kind.JUNK),
        (".DS_Store", Kind.JUNK),
        ("._a.mp3", Kind.JUNK),
        ("a.mp3.part", Kind.JUNK),
        ("a.mp3.crdownload", Kind.JUNK),
        ("a.mp3.TMP", Kind.JUNK),
        ("a", Kind.UNKNOWN),
        ("a.docx", Kind.UNKNOWN),
        ("a.mp3x", Kind.UNKNOWN),
        (".mp3", Kind.UNKNOWN),
    ],
)
def test_a_name_tells_what_a_file_is(name: str, expected: Kind) -> None:
    assert kind(f"2026-11-16/王芳/{name}") is expected


@pytest.mark.parametrize(
    "name",
    ["calls/8.mp3", "calls/8.m4a", "calls/8.amr", "calls/8.pcm.wav", "formats/bcr_opus.oga"],
)
def test_contents_tell_a_recording_whose_name_does_not(name: str) -> None:
    assert sounds(AUDIO / name)


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04", b"MZ"])
def test_contents_that_are_no_recording(tmp_path: Path, content: bytes) -> None:
    assert not sounds(put(tmp_path, "a", content))


# Standing still, and when it came


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0.0, False), (9.9, False), (10.1, True), (86_400.0, True), (-3.0, False), (-3600.0, True)],
)
def test_a_file_has_to_stand_still(tmp_path: Path, age: float, expected: bool) -> None:
    """One from the future comes from another clock, which tells nothing."""
    path = put(tmp_path, "a.mp3")
    moment = EVENING.timestamp() - age
    os.utime(path, (moment, moment))
    assert settled(seen(path), EVENING, 10.0) is expected


def test_a_file_came_when_it_was_put_into_the_inbox_and_not_when_it_was_recorded(
    tmp_path: Path,
) -> None:
    path = put(tmp_path, "a.mp3")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    put_at = path.stat().st_ctime
    (found,) = scan(tmp_path).files
    later = EVENING.fromtimestamp(put_at, EVENING.tzinfo) + timedelta(hours=3)
    assert arrival(found, later, own_clock=True).timestamp() == pytest.approx(put_at, abs=0.001)
    assert arrival(found, EVENING.replace(year=2020), own_clock=True).year == 2020


def test_with_a_set_clock_a_file_came_now(tmp_path: Path) -> None:
    (found,) = scan(put(tmp_path, "a.mp3").parent).files
    assert arrival(found, EVENING, own_clock=False) == EVENING
