"""What SQLite really does on the catalogue's volume is found out and told."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from archive import selftest_catalogue
from archive.catalogue import database
from archive.catalogue.database import journal_mode, open_catalogue
from archive.selftest_catalogue import catalogue_trials
from archive.trial import Outcome, Trial
from config.language import LANGUAGES, Words
from tests.archive.shares import as_share, mounted_at

affected = pytest.mark.skipif(
    journal_mode(sqlite3.sqlite_version_info) == "WAL", reason="this SQLite has not the bug"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "catalogue.sqlite"


def tried(url: str) -> Mapping[str, Trial]:
    found = {one.name: one for one in catalogue_trials(url)}
    for one in found.values():
        assert one.must
        for language in LANGUAGES:
            words = Words(language)
            assert words(f"selftest.try_catalogue_{one.name}")
            assert words.say(one.result.message)
    return found


def outcomes(found: Mapping[str, Trial]) -> Mapping[str, tuple[str, str]]:
    return {
        name: (one.result.outcome.value, one.result.message.key.partition(".")[2])
        for name, one in found.items()
    }


@pytest.mark.parametrize(
    ("version", "journal", "told"),
    [
        ((3, 40, 1), ("delete", "EXTRA"), "journal_old_library"),
        ((3, 51, 3), ("wal", "FULL"), "journal"),
    ],
)
def test_this_computers_disk_is_fit_with_either_journal(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, int, int],
    journal: tuple[str, str],
    told: str,
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    found = tried(f"sqlite:///{path}")
    assert outcomes(found) == {
        "volume": ("pass", "volume_local"),
        "journal": ("pass", told),
        "rollback": ("pass", "rollback"),
        "opens": ("pass", "opens"),
    }
    values = dict(found["journal"].result.message.values)
    assert (values["journal"], values["synchronous"]) == journal
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_where_no_wal_is_to_be_had_it_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "journal_mode", lambda _: "DELETE")
    monkeypatch.setattr(selftest_catalogue, "journal_mode", lambda _: "WAL")
    assert outcomes(tried(f"sqlite:///{path}"))["journal"] == ("pass", "journal_no_wal")


def test_a_commit_that_would_not_last_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "synchronous", lambda _: "NORMAL")
    assert outcomes(tried(f"sqlite:///{path}"))["journal"] == ("fail", "journal_weak")


def test_a_database_that_keeps_half_a_transaction_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A volume that loses the journal: what the killed process had written so far stays."""
    rows = selftest_catalogue._rows

    def without_journal(catalogue: database.Catalogue) -> list[tuple[object, ...]]:
        for journal in path.parent.glob("*/rollback.sqlite-*"):
            journal.unlink()
        return rows(catalogue)

    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr(selftest_catalogue, "_rows", without_journal)
    assert outcomes(tried(f"sqlite:///{path}"))["rollback"] == ("fail", "rollback_lost")


def test_a_kill_that_met_nothing_half_done_proves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("true") or "true")
    found = tried(f"sqlite:///{path}")
    assert outcomes(found)["rollback"] == ("unknown", "rollback_untried")


@affected
def test_a_catalogue_that_another_program_holds_in_wal_mode_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SWITCHING_MS", 20)
    url = f"sqlite:///{path}"
    open_catalogue(url).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT * FROM customer").fetchall()
        assert outcomes(tried(url))["opens"] == ("fail", "catalogue_wal")
    assert outcomes(tried(url))["opens"] == ("pass", "opens")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")
def test_a_share_is_told_and_nothing_is_made_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_share(monkeypatch)
    found = tried(f"sqlite:///{path}")
    assert set(outcomes(found).values()) == {("fail", "catalogue_on_share")}
    assert not path.parent.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")
def test_a_catalogue_that_is_a_link_to_a_share_is_told(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    path.parent.mkdir()
    path.symlink_to(share / "catalogue.sqlite")
    mounted_at(share, monkeypatch)
    found = outcomes(tried(f"sqlite:///{path}"))
    assert found["volume"] == found["opens"] == ("fail", "catalogue_on_share")


def test_a_folder_that_cannot_be_made_is_told(path: Path) -> None:
    path.parent.write_bytes(b"no folder")
    found = outcomes(tried(f"sqlite:///{path}"))
    assert found["journal"] == found["opens"] == ("fail", "catalogue_unusable")


def test_a_damaged_catalogue_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 500)
    found = outcomes(tried(f"sqlite:///{path}"))
    assert found["opens"] == ("fail", "catalogue_damaged")
    assert found["rollback"] == ("pass", "rollback")


@pytest.mark.parametrize("url", ["nonsense", "sqlite://"])
def test_without_a_file_only_its_opening_is_tried(url: str) -> None:
    found = tried(url)
    assert list(found) == ["opens"]
    passed = found["opens"].result.outcome is Outcome.PASS
    assert passed is (url == "sqlite://")
