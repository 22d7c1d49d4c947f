"""Settings that are each right by themselves, and wrong together, are told with their line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.load import load
from config.settings import Retention
from tests.config.settings_files import PATHS, english, fault, faults, write


@pytest.mark.parametrize(
    ("inbox", "archive", "report", "key"),
    [
        ("calls", "calls", "out", "archive_in_inbox"),
        ("calls", "calls/archive", "out", "archive_in_inbox"),
        ("calls", "other/../calls/archive", "out", "archive_in_inbox"),
        ("store/in", "store", "out", "inbox_in_archive"),
        ("calls", "store", "calls/reports", "report_in_inbox"),
        ("calls", "store", "store/reports", "report_in_archive"),
        ("calls", "store", "store", "report_in_archive"),
    ],
)
def test_folders_may_not_lie_in_one_another(
    tmp_path: Path, inbox: str, archive: str, report: str, key: str
) -> None:
    text = f"inbox.path = '{inbox}'\narchive.path = '{archive}'\nreport.folder = '{report}'\n"
    found = fault(write(tmp_path, text))
    assert found.message.key == f"settings.{key}"
    assert found.line == (3 if key.startswith("report") else 2)


@pytest.mark.parametrize(
    ("released", "key"),
    [
        ("calls", "released_in_inbox"),
        ("calls/done", "released_in_inbox"),
        ("..", "released_in_inbox"),
        ("store/done", "released_in_archive"),
        ("other/store", "released_in_archive"),
    ],
)
@pytest.mark.parametrize("release", ["keep", "move", "delete"])
def test_what_is_moved_out_of_the_inbox_lies_apart_from_it_and_the_archive(
    tmp_path: Path, release: str, released: str, key: str
) -> None:
    store = "other/store/archive" if released == "other/store" else "store"
    text = (
        f"[inbox]\npath = 'calls'\nrelease = '{release}'\nreleased = '{released}'\n"
        f"[archive]\npath = '{store}'\n[mirror]\nbucket = 'calls'\n"
    )
    path = write(tmp_path, text)
    if release != "move":  # then the folder is never used
        assert load(path, {}).inbox.release == release
        return
    found = faults(path)[0]
    assert (found.message.key, found.line) == (f"settings.{key}", 4)


def test_an_inbox_that_is_a_whole_disk_has_no_room_beside_it_for_what_is_moved_out(
    tmp_path: Path,
) -> None:
    root = Path(tmp_path.anchor).as_posix()
    text = (
        f"[inbox]\npath = '{root}'\nrelease = 'move'\n[archive]\npath = 'store'\n"
        "[mirror]\nbucket = 'calls'\n"
    )
    keys = [one.message.key for one in faults(write(tmp_path, text))]
    assert "settings.released_in_inbox" in keys


def test_an_inbox_around_the_settings_cannot_hold_the_default_reports(tmp_path: Path) -> None:
    path = write(tmp_path, f"inbox.path = '.'\narchive.path = '{tmp_path.parent.as_posix()}-a'\n")
    assert fault(path).message.key == "settings.report_in_inbox"


def test_an_archive_around_the_settings_cannot_hold_the_default_reports(tmp_path: Path) -> None:
    path = write(tmp_path, f"inbox.path = '{tmp_path.parent.as_posix()}-a'\narchive.path = '.'\n")
    assert fault(path).message.key == "settings.report_in_archive"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_an_archive_behind_a_link_into_the_inbox_is_seen(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "store").symlink_to(tmp_path / "in")
    assert fault(write(tmp_path, PATHS)).message.key == "settings.archive_in_inbox"


def test_a_lock_needs_to_be_told_until_when(tmp_path: Path) -> None:
    mirror = f"{PATHS}[mirror]\nbucket = 'calls'\nlock = "
    assert fault(write(tmp_path, f"{mirror}'forever'\n")).message.key == "settings.not_one_of"
    alone = fault(write(tmp_path, f"{mirror}'compliance'\n"))
    assert (alone.message.key, alone.line) == ("settings.lock_without_retention", 7)
    assert "[retention]" in english(alone)
    assert load(write(tmp_path, f"{mirror}'off'\n"), {}).retention is None
    settings = load(write(tmp_path, f"{mirror}'compliance'\n"), {"CALLVAULT_RETENTION_YEARS": "5"})
    assert settings.retention == Retention(5)


@pytest.mark.parametrize("url", ["sqlite:///in/c.sqlite", "sqlite:///other/../in/deep/c.sqlite"])
def test_the_catalogue_may_not_lie_in_the_inbox(tmp_path: Path, url: str) -> None:
    found = fault(write(tmp_path, f"{PATHS}[catalogue]\nurl = '{url}'\n"))
    assert (found.message.key, found.line) == ("settings.catalogue_in_inbox", 6)
    assert "Put [catalogue] url outside" in english(found)


@pytest.mark.parametrize("url", ["sqlite:///store/c.sqlite", "sqlite:///x/../store/张三/c.sqlite"])
def test_a_catalogue_among_the_recordings_is_refused(tmp_path: Path, url: str) -> None:
    """Verifying would have it moved away, as a file that nobody knows."""
    path = write(tmp_path, f"{PATHS}[catalogue]\nurl = '{url}'\n")
    assert fault(path).message.key == "settings.catalogue_in_archive"


@pytest.mark.parametrize("url", ["sqlite:///store/.callvault/c.sqlite", "sqlite:///storeroom/c"])
def test_a_catalogue_in_callvaults_own_folder_or_beside_the_archive_is_fine(
    tmp_path: Path, url: str
) -> None:
    path = write(tmp_path, f"{PATHS}[catalogue]\nurl = '{url}'\n")
    assert load(path, {}).catalogue.url.endswith(url.rpartition("/")[2])


@pytest.mark.parametrize(("folder", "key"), [("in", "log_in_inbox"), ("store", "log_in_archive")])
def test_the_log_may_not_lie_in_inbox_or_archive(tmp_path: Path, folder: str, key: str) -> None:
    found = fault(write(tmp_path, f"{PATHS}[log]\nfile = '{folder}/callvault.log'\n"))
    assert (found.message.key, found.line) == (f"settings.{key}", 6)


@pytest.mark.parametrize(
    ("deadline", "at", "line"),
    [("17:00", "07:30", 8), ("21:00", None, 6), ("17:00", "17:00", None), ("00:00", "00:00", None)],
)
def test_no_report_is_made_before_hand_offs_are_due(
    tmp_path: Path, deadline: str, at: str | None, line: int | None
) -> None:
    text = f"{PATHS}[handoff]\ndeadline = '{deadline}'\n"
    path = write(tmp_path, text + (f"[report]\nat = '{at}'\n" if at else ""))
    if line is None:
        assert load(path, {}).report.at == load(path, {}).handoff.deadline
    else:
        found = fault(path)
        assert (found.message.key, found.line) == ("settings.report_before_deadline", line)
        assert f"comes before hand-offs are due at {deadline}" in english(found)


def test_a_catalogue_as_a_file_uri_is_looked_at_too(tmp_path: Path) -> None:
    url = f"sqlite:///file:{(tmp_path / 'in' / 'c.sqlite').as_posix()}?uri=true"
    found = fault(write(tmp_path, f"{PATHS}[catalogue]\nurl = '{url}'\n"))
    assert found.message.key == "settings.catalogue_in_inbox"


@pytest.mark.parametrize("url", ["sqlite:///c.sqlite", "postgresql://host/in"])
def test_a_catalogue_elsewhere_is_taken(tmp_path: Path, url: str) -> None:
    assert load(write(tmp_path, f"{PATHS}[catalogue]\nurl = '{url}'\n"), {}).catalogue.url
