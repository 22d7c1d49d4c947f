"""The catalogue opens up to date, whatever form it had; what is not callvault's is left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, update

from archive.catalogue import changes, customers, files, outbox, search_triggers, sheets
from archive.catalogue.database import MIGRATIONS, open_catalogue
from archive.catalogue.schema import HEAD, customer, metadata, mirrored
from archive.catalogue.search import Query, search
from archive.catalogue.search_index import behind
from tests.archive.database.catalogue_file import refused, url
from tests.archive.small_archive import DAY, row, sheet


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
    _upgraded(path, "0014")
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


@pytest.mark.parametrize(
    ("refusals", "expected"),
    [
        (0, datetime(2026, 11, 16, 9, 0, tzinfo=UTC)),
        (3, datetime(2026, 11, 16, 8, 53, tzinfo=UTC)),
        (9, datetime(2026, 11, 16, 0, 29, tzinfo=UTC)),
        (10, datetime(2026, 11, 15, 18, 29, tzinfo=UTC)),
    ],
)
def test_since_when_an_older_catalogue_owes_something_is_reckoned(
    path: Path, refusals: int, expected: datetime
) -> None:
    _upgraded(path, "0013")
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(
            "INSERT INTO outbox (action, key, sent, attempts, next_at, sha256, source)"
            " VALUES ('put', 'a.mp3', 0, ?, '2026-11-16 09:00:00.000000', '0', 'a.mp3')",
            [refusals],
        )
    catalogue = open_catalogue(url(path))
    with catalogue.reading() as tx:
        assert outbox.owed_since(tx) == expected
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
