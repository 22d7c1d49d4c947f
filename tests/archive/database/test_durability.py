"""A commit is on the disk before it is believed, with the journal that is safe there."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from archive.catalogue import database
from archive.catalogue.database import journal_mode, open_catalogue
from archive.catalogue.schema import customer, inbox_file
from tests.archive.database.catalogue_file import refused, url
from tests.archive.shares import as_share, mounted_at
from tests.archive.small_archive import AT, DAY


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 7, 0), "DELETE"),
        ((3, 37, 2), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "DELETE"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_the_faster_journal_is_used_only_where_it_is_safe(
    version: tuple[int, int, int], mode: str
) -> None:
    assert journal_mode(version) == mode


@pytest.mark.parametrize(
    ("version", "mode", "synchronous"), [((3, 40, 1), "delete", 3), ((3, 51, 3), "wal", 2)]
)
def test_a_commit_is_on_the_disk_before_it_is_believed(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, int, int],
    mode: str,
    synchronous: int,
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    catalogue = open_catalogue(url(path))
    with catalogue.transaction() as tx:
        assert tx.execute(text("PRAGMA journal_mode")).scalar_one() == mode
        assert tx.execute(text("PRAGMA synchronous")).scalar_one() == synchronous
        assert tx.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    catalogue.close()


affected = pytest.mark.skipif(
    journal_mode(sqlite3.sqlite_version_info) == "WAL", reason="this SQLite has not the bug"
)


def in_wal(path: Path) -> sqlite3.Connection:
    """Another program that keeps the catalogue open in WAL mode."""
    other = sqlite3.connect(path, isolation_level=None)
    assert other.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    other.execute(
        "INSERT INTO customer (key, name, folder, folder_fold) VALUES ('a', '张三', 'a', 'a')"
    )
    return other


def journal_in_file(path: Path) -> str:
    """What the file's own header says (https://sqlite.org/fileformat.html)."""
    return {b"\1\1": "delete", b"\2\2": "wal"}[path.read_bytes()[18:20]]


@affected
def test_a_catalogue_left_in_wal_mode_is_switched_back_with_all_that_is_in_it(made: Path) -> None:
    other = in_wal(made)
    other.close()
    assert journal_in_file(made) == "wal"
    catalogue = open_catalogue(url(made))
    with catalogue.reading() as tx:
        assert tx.execute(select(customer.c.name)).scalars().all() == ["张三"]
        assert tx.execute(text("PRAGMA journal_mode")).scalar_one() == "delete"
    catalogue.close()
    assert journal_in_file(made) == "delete"


@affected
def test_a_log_that_a_killed_program_left_is_taken_over_before_the_switch(
    made: Path, tmp_path: Path
) -> None:
    other = in_wal(made)
    left = tmp_path / "left.sqlite"
    for end in ("", "-wal"):
        left.with_name(left.name + end).write_bytes(made.with_name(made.name + end).read_bytes())
    other.close()
    catalogue = open_catalogue(url(left))
    with catalogue.reading() as tx:
        assert tx.execute(select(customer.c.name)).scalars().all() == ["张三"]
    catalogue.close()
    assert journal_in_file(left) == "delete"


@affected
def test_a_catalogue_held_in_wal_mode_is_refused_until_it_is_let_go(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SWITCHING_MS", 20)
    with closing(in_wal(made)):
        said = refused(lambda: open_catalogue(url(made)), "catalogue_wal")
        assert sqlite3.sqlite_version in said
        assert journal_in_file(made) == "wal"
    open_catalogue(url(made)).close()
    assert journal_in_file(made) == "delete"


@affected
def test_a_catalogue_that_another_switches_meanwhile_is_written_no_more(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer library can switch it while the daemon's connection is idle."""
    monkeypatch.setattr(database, "SWITCHING_MS", 20)
    catalogue = open_catalogue(url(made))
    entered = []

    def write() -> None:
        with catalogue.transaction() as tx:
            tx.execute(text("DELETE FROM customer"))
            entered.append(tx)

    write()
    with closing(in_wal(made)) as other:
        for _ in range(2):
            refused(write, "catalogue_wal")
        assert len(entered) == 1
        assert other.execute("SELECT name FROM customer").fetchall() == [("张三",)]
    write()
    catalogue.close()
    assert journal_in_file(made) == "delete"


def test_where_the_volume_knows_no_wal_a_commit_syncs_the_folder_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WAL wants shared memory, which not every volume has; SQLite then keeps the other journal."""
    monkeypatch.setattr(database, "journal_mode", lambda _: "TRUNCATE")
    catalogue = open_catalogue(url(path))
    with catalogue.transaction() as tx:
        assert tx.execute(text("PRAGMA synchronous")).scalar_one() == 3
    catalogue.close()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")
@pytest.mark.parametrize("form", ["sqlite:///{}", "sqlite:///file:{}?uri=true"])
def test_a_catalogue_on_a_share_is_not_opened(
    path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    as_share(monkeypatch)
    said = refused(lambda: open_catalogue(form.format(path)), "catalogue_on_share")
    assert str(path) in said
    assert "nfs4" in said
    assert not path.exists()
    open_catalogue("sqlite://").close()  # in memory: on no volume


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own files")
def test_a_catalogue_that_is_a_link_to_a_share_is_not_opened(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(share / "catalogue.sqlite")
    mounted_at(share, monkeypatch)
    said = refused(lambda: open_catalogue(url(path)), "catalogue_on_share")
    assert str(path) in said
    assert list(share.iterdir()) == []


def test_a_transaction_that_fails_leaves_nothing_behind(path: Path) -> None:
    catalogue = open_catalogue(url(path))
    known = {"key": "张三", "name": "张三", "folder": "张三", "folder_fold": "张三"}

    def enter_twice() -> None:
        with catalogue.transaction() as tx:
            tx.execute(insert(customer).values(known))
            tx.execute(insert(customer).values(known))

    refused(enter_twice, "catalogue_unusable")
    with catalogue.transaction() as tx:
        assert tx.execute(select(customer)).all() == []
    catalogue.close()


def test_a_transaction_sees_one_state_from_its_first_look_to_its_last(made: Path) -> None:
    catalogue, other = open_catalogue(url(made)), sqlite3.connect(made, timeout=0)
    add = "INSERT INTO customer (key, name, folder, folder_fold) VALUES ('a', 'a', 'a', 'a')"
    with closing(other), catalogue.transaction() as tx:
        assert tx.execute(select(customer)).all() == []
        try:
            with other:
                other.execute(add)
        except sqlite3.OperationalError as error:
            assert "locked" in str(error)  # noqa: PT017 - the rollback journal shuts it out
        assert tx.execute(select(customer)).all() == []
    catalogue.close()


def test_times_come_back_aware_and_equal_from_whatever_zone(path: Path) -> None:
    catalogue = open_catalogue(url(path))
    moments = [
        AT,
        datetime(2026, 11, 16, 9, 0, 0, 5, UTC),
        AT.astimezone(timezone(-timedelta(hours=5))),
    ]
    with catalogue.transaction() as tx:
        for count, moment in enumerate(moments):
            seen = {"source": f"{count}", "size": 1, "mtime_ns": 1, "state": "sheet"}
            tx.execute(insert(inbox_file).values(**seen, day=DAY, arrived_at=moment))
        found = (
            tx.execute(select(inbox_file.c.arrived_at).order_by(inbox_file.c.id)).scalars().all()
        )
    catalogue.close()
    assert found == moments
    assert {moment.tzinfo for moment in found} == {UTC}
