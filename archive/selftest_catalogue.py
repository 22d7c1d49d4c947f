"""What an SQLite catalogue relies on, tried beside it with the product's own settings."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from archive.catalogue.database import (
    Catalogue,
    journal_mode,
    open_catalogue,
    sqlite_file,
    synchronous,
)
from archive.errors import CatalogueError
from archive.selftest_child import started
from archive.store import disk_error
from archive.trial import Outcome, Result, Trial, attempt, failed, passed, unknown
from archive.volumes import file_system, is_share, place_of
from config.folders import real
from config.language import Message

_SCRATCH = "selftest-catalogue"
_ROWS = 200
_LEVELS = {"FULL": 2, "EXTRA": 3}
"""What SQLite answers when it is asked for them."""


def catalogue_trials(url: str) -> Iterator[Trial]:
    """Tries the catalogue at `url`; of PostgreSQL only whether it can be used."""
    try:
        file = sqlite_file(url)
    except CatalogueError as error:
        yield Trial("catalogue", "opens", True, Result(Outcome.FAIL, error.message))
        return
    if file is not None:
        yield Trial("catalogue", "volume", True, attempt(partial(_volume, file)))
        yield from _tried(file)
    yield Trial("catalogue", "opens", True, attempt(partial(_opens, url)))


def _volume(file: Path) -> Result:
    place = place_of(real(file).parent)
    share = is_share(place)
    kind = file_system(place) or place.path.drive or "?"
    if share:
        message = Message.of("archive.catalogue_on_share", path=file, kind=kind)
        return Result(Outcome.FAIL, message)
    return passed("volume_local", kind=kind) if share is False else unknown("volume", kind=kind)


def _tried(file: Path) -> Iterator[Trial]:
    scratch = file.parent / _SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)  # a selftest that was killed left it
    trials: tuple[tuple[str, Callable[[Path], Result]], ...] = (
        ("journal", _journal),
        ("rollback", _rollback),
    )
    try:
        for name, look in trials:
            yield Trial("catalogue", name, True, _on_disk(scratch / f"{name}.sqlite", look))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _on_disk(path: Path, look: Callable[[Path], Result]) -> Result:
    try:
        return attempt(partial(look, path))
    except OSError as error:
        return Result(Outcome.FAIL, disk_error(error, path.parent).message)


def _journal(path: Path) -> Result:
    """Whether what the product asks of SQLite is in effect."""
    version = sqlite3.sqlite_version
    wanted = journal_mode(sqlite3.sqlite_version_info).lower()
    journal, level = _in_effect(path)
    told = {"version": version, "journal": journal, "synchronous": level}
    if level != synchronous(journal):
        return failed("journal_weak", **told)
    if wanted == "wal":
        return passed("journal" if journal == wanted else "journal_no_wal", **told)
    return passed("journal_old_library", **told)


def _in_effect(path: Path) -> tuple[str, str]:
    catalogue = open_catalogue(f"sqlite:///{path}")
    try:
        with catalogue.reading() as tx:
            journal = str(tx.exec_driver_sql("PRAGMA journal_mode").scalar())
            level = tx.exec_driver_sql("PRAGMA synchronous").scalar()
    finally:
        catalogue.close()
    names = {number: name for name, number in _LEVELS.items()}
    return journal, names.get(level or 0, str(level))


def _rollback(path: Path) -> Result:
    """A process is killed within a transaction of which a part is on the disk already."""
    catalogue = open_catalogue(f"sqlite:///{path}")
    try:
        with catalogue.transaction() as tx:
            tx.exec_driver_sql("CREATE TABLE trial (id INTEGER PRIMARY KEY, bytes BLOB)")
            for _ in range(_ROWS):
                tx.exec_driver_sql("INSERT INTO trial (bytes) VALUES (randomblob(1000))")
        before = _rows(catalogue)
        catalogue.close()
        level = synchronous(journal_mode(sqlite3.sqlite_version_info).lower())
        with started("overwrite", path, level) as ready:
            written = ready and _journal_is_there(path)
        if not written:
            return unknown("rollback_untried")
        if _rows(catalogue) != before:
            return failed("rollback_lost")
        with catalogue.reading() as tx:
            verdict = str(tx.exec_driver_sql("PRAGMA integrity_check").scalar())
    finally:
        catalogue.close()
    return passed("rollback") if verdict == "ok" else failed("rollback_damaged", verdict=verdict)


def _rows(catalogue: Catalogue) -> list[tuple[object, ...]]:
    with catalogue.reading() as tx:
        return [tuple(row) for row in tx.exec_driver_sql("SELECT * FROM trial ORDER BY id")]


def _journal_is_there(path: Path) -> bool:
    """What was changed was written down before; without it the trial would try nothing."""
    journals = (path.with_name(path.name + end) for end in ("-journal", "-wal"))
    return any(one.exists() and one.stat().st_size > 0 for one in journals)


def _opens(url: str) -> Result:
    open_catalogue(url).close()
    return passed("opens")
