"""The catalogue opens durable and up to date, or says what to do."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, text, update

from archive.catalogue import changes, customers, database, files, search_triggers, sheets
from archive.catalogue.database import MIGRATIONS, Catalogue, journal_mode, open_catalogue
from archive.catalogue.schema import HEAD, customer, inbox_file, metadata, mirrored
from archive.catalogue.search import Query, search
from archive.catalogue.search_index import behind
from archive.errors import CatalogueError
from config.language import LANGUAGES, Words
from tests.archive.shares import as_share
from tests.archive.small_archive import AT, DAY, row, sheet


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def refused(action: Callable[[], object], sentence: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        action()
    assert caught.value.message.key == f"archive.{sentence}"
    return " ".join(Words(language).say(caught.value.message) for language in LANGUAGES)


def _upgraded(path: Path, migration: str) -> None:
    engine = create_engine(url(path))
    with engine.begin() as tx:
        settings = Config()
        settings.set_main_option("script_location", str(MIGRATIONS))
        settings.attributes["connection"] = tx
        command.upgrade(settings, migration)
    engine.dispose()


def first_form(path: Path) -> None:
    """Makes a catalogue as the first callvault did, with one row of a sheet."""
    _upgraded(path, "0001")
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(
            "INSERT INTO sheet (id, source, sha256, day, arrived_at, state, columns, problems)"
            " VALUES (1, 'a.xlsx', '0', ?, '2026-11-16 09:00:00.000000', 'read', '[]', '[]')",
            [DAY.isoformat()],
        )
        other.execute(
            "INSERT INTO sheet_row"
            " (sheet_id, key, tab, line, day, customer_name, numbers, raw, problems)"
            " VALUES (1, 'a|1|2', '1', 2, ?, '张三', '[\"13800138000\"]', '[]', '[]')",
            [DAY.isoformat()],
        )
        other.execute(
            "INSERT INTO customer (id, key, name, folder, folder_fold)"
            " VALUES (1, '张三|13800138000', '張三', '張三', '張三')"
        )
        other.execute(
            "INSERT INTO recording (id, sha256, size, source, day, call_day, arrived_at, path,"
            " path_fold, filed, numbers) VALUES (1, '0', 1, 'a.mp3', ?, ?,"
            " '2026-11-16 09:00:00.000000', '_holding/a.mp3', '_holding/a.mp3', 0, '')",
            [DAY.isoformat(), DAY.isoformat()],
        )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def made(path: Path) -> Path:
    """A catalogue that another run has made and closed."""
    open_catalogue(url(path)).close()
    return path


# Its form


def test_the_migrations_lead_to_what_the_tables_say(path: Path) -> None:
    catalogue = open_catalogue(url(path))
    with catalogue.transaction() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    catalogue.close()


def test_the_newest_migration_is_the_one_that_the_code_knows() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


def test_an_older_catalogue_is_brought_up_to_date_and_keeps_its_rows(path: Path) -> None:
    first_form(path)
    catalogue = open_catalogue(url(path))
    with catalogue.transaction() as tx:
        (kept,) = sheets.rows_of_days(tx, [DAY])
        assert (kept.said.customer_name, kept.said.numbers) == ("张三", ("13800138000",))
        assert (kept.said.duration_seconds, kept.said.further) == (None, ())
        sheets.enter(tx, sheet(row(2), source="another.xlsx"))
        assert [one.said.duration_seconds for one in sheets.rows_of_days(tx, [DAY])] == [
            None, 200.5,
        ]  # fmt: skip
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
    catalogue.close()


def test_in_an_older_catalogue_what_is_held_is_found_by_what_people_confirm(path: Path) -> None:
    """Its days are decided again, and its customers known by the form of their names."""
    first_form(path)
    catalogue = open_catalogue(url(path))
    with catalogue.reading() as tx:
        assert files.open_days(tx) == {DAY}
        (known,) = customers.by_ids(tx, [1])
        spelling = tx.execute(select(customer.c.spelling)).scalar_one()
        assert (known.spelling, spelling) == ("张三", "张三")
        assert not customers.was_by_person(tx, 1)
    catalogue.close()


def test_what_was_found_by_number_before_is_so_in_order_and_not_made_anew(path: Path) -> None:
    _upgraded(path, "0012")
    engine = create_engine(url(path))
    with engine.begin() as tx:
        search_triggers.install(tx)
    engine.dispose()
    with closing(sqlite3.connect(path)) as other, other:
        for id in (1, 2, 3):
            other.execute(
                "INSERT INTO recording (id, sha256, size, source, day, call_day, arrived_at, path,"
                " path_fold, filed, numbers) VALUES (:id, :id, 1, 'a', '2026-11-16',"
                " '2026-11-16', '2026-11-16 09:00:00.000000', :id, :id, 1, '95588')",
                {"id": id},
            )
        other.executescript(
            "INSERT INTO search_entry (recording_id, rank, status, damaged, silent)"
            " VALUES (1, 20, 'filed', 0, 0), (2, 30, 'filed', 0, 0), (3, 10, 'filed', 0, 0);"
            "INSERT INTO search_number VALUES ('95588', 1), ('95588', 2), ('95588', 3);"
            "INSERT INTO search_gram VALUES ('number', '9558', '95588');"
            "DELETE FROM search_stale"
        )
    catalogue = open_catalogue(url(path))
    with catalogue.reading() as tx:
        assert behind(tx) == 0
        assert [hit.id for hit in search(tx, Query(phone="95588"))] == [2, 1, 3]
    catalogue.close()


def test_what_a_newer_column_says_is_noted_in_an_older_catalogue_too(path: Path) -> None:
    """Its triggers, which watch the columns of their time, are made anew with each migration."""
    _upgraded(path, "0004")
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("INSERT INTO object VALUES ('a.mp3', NULL, '0', '2026-11-16 09:00:00')")
        for happening in ("INSERT", "UPDATE", "DELETE"):
            row = "OLD" if happening == "DELETE" else "NEW"
            when = "WHEN OLD.checksum IS NOT NEW.checksum" if happening == "UPDATE" else ""
            name, note = f"object_{happening.lower()}_is_noted", f"json_array({row}.key)"
            other.execute(
                f"CREATE TRIGGER {name} AFTER {happening} ON object FOR EACH ROW {when} "  # noqa: S608
                f"BEGIN INSERT INTO changed VALUES ('object', {note}); END"
            )
    catalogue = open_catalogue(url(path))
    with catalogue.transaction() as tx:
        assert [one for one in changes.noted(tx, 9) if one.table == "object"] == []
        tx.execute(update(mirrored).values(legal_hold=True))
        (image,) = [one for one in changes.noted(tx, 9) if one.table == "object"]
        assert image.row is not None
        assert image.row["legal_hold"] is True
    catalogue.close()


def test_a_catalogue_is_made_with_its_folder_and_kept_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "100% new" / "folder" / "catalogue.sqlite"
    for name in ("张三", "李四"):
        catalogue = open_catalogue(url(path))
        with catalogue.transaction() as tx:
            known = {"key": name, "name": name, "folder": name, "folder_fold": name}
            tx.execute(insert(customer).values(known))
            names = tx.execute(select(customer.c.name).order_by(customer.c.id)).scalars().all()
        catalogue.close()
    assert names == ["张三", "李四"]


def test_a_catalogue_may_be_named_by_sqlites_own_kind_of_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_catalogue(f"sqlite:///file:{tmp_path / 'catalogue.sqlite'}?uri=true").close()
    assert [one.name for one in tmp_path.iterdir()] == ["catalogue.sqlite"]


def test_a_newer_callvaults_catalogue_is_refused_and_left_as_it_is(made: Path) -> None:
    with closing(sqlite3.connect(made)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    before = made.read_bytes()
    said = refused(lambda: open_catalogue(url(made)), "catalogue_newer")
    assert "9999" in said
    assert HEAD in said
    assert made.read_bytes() == before


def test_another_programs_database_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE customer (whatever TEXT)")
    refused(lambda: open_catalogue(url(path)), "catalogue_unusable")
    with closing(sqlite3.connect(path)) as other:
        tables = other.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("customer",)]


# Its durability


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


# Its troubles


def test_a_damaged_catalogue_is_made_anew_and_the_recordings_are_spared(made: Path) -> None:
    made.write_bytes(b"no database" * 500)
    said = refused(lambda: open_catalogue(url(made)), "catalogue_damaged")
    assert str(made) in said
    assert "callvault rebuild" in said


def test_a_catalogue_damaged_within_is_recognised_too(made: Path) -> None:
    contents = bytearray(made.read_bytes())
    contents[4096:] = bytes(len(contents) - 4096)
    made.write_bytes(contents)

    def use() -> None:
        catalogue = open_catalogue(url(made))
        try:
            with catalogue.transaction() as tx:
                tx.execute(select(customer)).all()
        finally:
            catalogue.close()

    refused(use, "catalogue_damaged")


def test_a_catalogue_that_another_program_keeps_writing_to_is_said_to_be_busy(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_MS", 50)
    catalogue, other = open_catalogue(url(made)), sqlite3.connect(made)

    def write_while_the_other_does() -> None:
        with catalogue.transaction() as tx:
            tx.execute(text("DELETE FROM open_day"))

    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        said = refused(write_while_the_other_does, "catalogue_busy")
        with catalogue.reading() as tx:
            assert tx.execute(select(customer)).all() == []
    catalogue.close()
    assert str(made) in said


def test_of_two_that_read_and_then_write_one_waits_for_the_other(made: Path) -> None:
    """As a command does that writes down a person's word while the daemon decides a day."""
    days = [date(2026, 11, day) for day in range(1, 21)]

    def reopen(catalogue: Catalogue) -> None:
        for day in days:
            with catalogue.transaction() as tx:
                files.reopen(tx, [day])

    both = [open_catalogue(url(made)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(reopen, both))
    with both[0].reading() as tx:
        assert files.open_days(tx) == set(days)
    for catalogue in both:
        catalogue.close()


def test_a_full_disk_is_said_to_be_full(made: Path) -> None:
    catalogue = open_catalogue(url(made))

    def fill() -> None:
        with catalogue.transaction() as tx:
            tx.exec_driver_sql("PRAGMA max_page_count = 1")  # the file may not grow any more
            tx.exec_driver_sql("CREATE TABLE more AS SELECT zeroblob(1000000) AS bytes")

    refused(fill, "disk_full")
    catalogue.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    said = refused(
        lambda: open_catalogue(url(tmp_path / "file" / "x" / "c.sqlite")), "catalogue_unusable"
    )
    assert "Not a directory" in said
    refused(lambda: open_catalogue(url(tmp_path)), "catalogue_unusable")


@pytest.mark.parametrize(
    "unusable",
    [
        "postgresql+nodriver://office:a-secret@server/callvault",
        "sqlite+nodriver:///catalogue.sqlite",
        "nonsense",
    ],
)
def test_a_database_that_no_driver_is_there_for_is_refused_without_its_password(
    unusable: str,
) -> None:
    said = refused(lambda: open_catalogue(unusable), "catalogue_driver")
    assert "pip install" in said
    assert "a-secret" not in said
