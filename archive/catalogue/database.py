"""Opening the catalogue: the engine, its durability, its migrations, its errors put into advice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from archive.catalogue import changes, search_triggers
from archive.catalogue.schema import HEAD
from archive.errors import CatalogueError
from archive.volumes import file_system, is_share, place_of
from config.folders import real
from config.language import Message

PATIENCE_MS = 30_000
"""How long one process waits for another's transaction: a day of thousands takes seconds."""
SWITCHING_MS = 5_000
"""How long leaving the WAL waits for others to close the catalogue."""
_WRITING = 0x63616C6C
"""The number of the lock that writers on PostgreSQL wait for."""
MIGRATIONS = Path(__file__).parent.parent / "migrations"


Transaction = Connection
"""What the catalogue's functions work in; other rooms pass it on and never look inside."""


class Catalogue:
    """An open catalogue.

    The archive's lock sees to it that one process takes in and files; people's words come from
    others, so every transaction that may write takes the database's own lock at its beginning.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All or nothing; a database error comes out as `CatalogueError`."""
        with self._begun() as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Of one moment, as `transaction`; waits for no writer, and must not write."""
        with self._begun(callvault_reading=True) as tx:
            yield tx

    @contextmanager
    def _begun(self, **options: bool) -> Iterator[Transaction]:
        try:
            with self._engine.connect() as tx, tx.execution_options(**options).begin():
                yield tx
        except SQLAlchemyError as error:
            raise CatalogueError(_advice(error, self._engine)) from error

    def close(self) -> None:
        self._engine.dispose()


def open_catalogue(url: str, *, make: bool = True) -> Catalogue:
    """Opens the catalogue at an SQLAlchemy `url`, migrated where needed.

    One that is not there is made, or else, where `make` is false, a CatalogueError; as is one that
    cannot be opened, was written by a newer callvault, or is an SQLite file that would not be safe:
    on a network share, or held in the WAL that this library damages.
    """
    engine = _engine(url)
    if engine.dialect.name == "sqlite":
        file = _file(engine)
        if not make and file is not None and not _filled(file):
            raise CatalogueError(Message.of("archive.catalogue_missing", url=file))
        _make_folder(file)
        _make_durable(engine)
    if engine.dialect.name == "postgresql":  # pragma: no cover - needs a server
        _make_writers_wait(engine)
    catalogue = Catalogue(engine)
    try:
        with catalogue.reading() as tx:
            present = _present(tx)
        if present != HEAD:
            with catalogue.transaction() as tx:
                _migrate(tx)
    except CatalogueError:
        catalogue.close()
        raise
    return catalogue


def _engine(url: str) -> Engine:
    try:
        return create_engine(url)
    except (SQLAlchemyError, ImportError) as error:
        # Of the URL only its kind is said: the rest may hold a password.
        kind = url.partition(":")[0]
        raise CatalogueError(
            Message.of("archive.catalogue_driver", kind=kind, error=error)
        ) from error


def sqlite_file(url: str) -> Path | None:
    """Where an SQLite catalogue lies; `None` of another database, or one in memory."""
    engine = _engine(url)
    return _file(engine) if engine.dialect.name == "sqlite" else None


def _file(engine: Engine) -> Path | None:
    database = engine.url.database or ""
    if database.startswith("file:"):  # SQLite's own kind of URL
        from urllib.request import url2pathname  # it loads HTTP, which nobody needs here

        database = url2pathname(urlsplit(database).path)
    return Path(database) if database not in {"", ":memory:"} else None


def _filled(file: Path) -> bool:
    """Whether there is a database: SQLite takes an empty file for a new one."""
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def _make_folder(file: Path | None) -> None:
    if file is None:
        return
    # Behind a link of the file itself, too. Opening that would end SQLite's locks on it.
    place = place_of(real(file).parent)
    if is_share(place):
        kind = file_system(place) or place.path.drive
        raise CatalogueError(Message.of("archive.catalogue_on_share", path=file, kind=kind))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogueError(
            Message.of("archive.catalogue_unusable", url=file, error=error.strerror)
        ) from error


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def make_room(tx: Transaction) -> None:
    """For a transaction that writes all over the catalogue: 64 MB, where they are needed.

    Where it outgrows SQLite's usual 2 MB, pages are written, and its journal synced, many times
    before its end.
    """
    if tx.dialect.name == "sqlite":  # pragma: no branch - else it is for the server to see to
        tx.exec_driver_sql("PRAGMA cache_size = -65536")


def defer_references(tx: Transaction) -> None:
    """Rows may refer to others that come later in this transaction."""
    tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def journal_mode(version: tuple[int, int, int]) -> str:
    """The SQLite journal that is safe with this library.

    WAL is faster, but 3.7.0 to 3.51.2 can corrupt a database when the log is reset (mended in
    3.51.3, 3.50.7 and 3.44.6; https://sqlite.org/wal.html#walresetbug).
    """
    mended = (
        version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    )
    return "WAL" if mended else "DELETE"


def synchronous(journal: str) -> str:
    """The level that makes a commit last; with the rollback journal only EXTRA syncs the folder."""
    return "FULL" if journal == "wal" else "EXTRA"


def _journal(connection: Any, mode: str) -> str:
    """Asks for the journal `mode`, and returns what is in effect, which may be another.

    A catalogue that is in WAL mode leaves it only while nobody else has it open; CatalogueError
    where somebody does, and this library must not work in it.
    """
    try:
        (effect,) = connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
    except sqlite3.OperationalError:
        effect = _journal_in_effect(connection)
        if (mode, effect) != ("DELETE", "wal"):
            raise
    if (mode, effect) == ("DELETE", "wal"):
        raise _unsafe_journal()
    return str(effect)


def _journal_in_effect(connection: Any) -> str:
    """`wal`, `delete`, or `memory`; in a transaction that waits for its first read, as it was."""
    cursor = connection.cursor()
    try:
        return str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
    finally:
        cursor.close()


def _unsafe_journal() -> CatalogueError:
    return CatalogueError(Message.of("archive.catalogue_wal", version=sqlite3.sqlite_version))


def _make_writers_wait(engine: Engine) -> None:  # pragma: no cover - needs a server
    """One writer at a time, as with SQLite: of two, one could not append to the custody log, and
    what one changed while the other wrote a custody file would be in none.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("callvault_reading"):
            # Each statement would see a moment of its own otherwise.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITING})")


def _make_durable(engine: Engine) -> None:
    mode = journal_mode(sqlite3.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:  # the driver's own type
        # SQLAlchemy begins transactions, not the driver, so that reads stand inside them too.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {SWITCHING_MS}")
        for pragma in (
            f"synchronous = {synchronous(_journal(connection, mode))}",
            "foreign_keys = ON",
            f"busy_timeout = {PATIENCE_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # One that begins to write only later could meet another that did so meanwhile; of two such
        # SQLite refuses one at once, and waits for none.
        reading = connection.get_execution_options().get("callvault_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
        if mode == "DELETE" and _journal_in_effect(connection.connection) == "wal":
            # A newer library switched it while this connection was idle. The next one is anew.
            connection.invalidate()
            raise _unsafe_journal()


def _present(tx: Connection) -> str | None:
    """The migration that the catalogue is at; `None` of a new one."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    found: str | None = tx.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate(tx: Connection) -> None:
    present = _present(tx)
    if present == HEAD:  # by another process, a moment ago
        return
    if present is not None and present > HEAD:
        raise CatalogueError(Message.of("archive.catalogue_newer", found=present, known=HEAD))
    # Alembic takes longer to load than everything else here together.
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = tx
    command.upgrade(settings, "head")
    for one in (changes, search_triggers):
        one.install(tx)


def _advice(error: SQLAlchemyError, engine: Engine) -> Message:
    reason = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    where = engine.url.render_as_string(hide_password=True)
    key = "archive.catalogue_unusable"
    if "disk is full" in reason or "No space left" in reason:
        key = "archive.disk_full"
    elif "is locked" in reason:
        key = "archive.catalogue_busy"
    elif "malformed" in reason or "not a database" in reason:
        key = "archive.catalogue_damaged"
    return Message.of(key, url=where, error=reason.splitlines()[0])
