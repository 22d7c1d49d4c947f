"""An office with its bucket, made to be ruined: copied, worked in, looked at, thrown away."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import custody_files
from archive.errors import CustodyError
from archive.layout import CUSTODY
from tests.crash.scenarios import Command
from tests.ingest.commands import settings_file
from tests.ingest.small_office import SmallOffice, office
from tests.s3_server import S3Server

_PRIVATE = ".callvault/"
_CATALOGUE = ".callvault/catalogue.sqlite"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    desk: SmallOffice
    server: S3Server | None
    config: Path

    @property
    def name(self) -> str:
        return self.desk.folder.name

    @property
    def bucket(self) -> Path | None:
        """The folder that the server shows as this office's bucket."""
        return self.server.folder / self.name if self.server else None

    def arguments(self, command: Command) -> list[str]:
        said = [one.replace("{folder}", str(self.desk.folder)) for one in command]
        return ["--config", str(self.config), *said]

    def copied(self, folder: Path) -> Place:
        copy = place(folder, self.server)
        shutil.copytree(self.desk.inbox, copy.desk.inbox, dirs_exist_ok=True)
        if self.desk.archive.exists():
            shutil.copytree(self.desk.archive, copy.desk.archive)
        if self.bucket and copy.bucket:
            shutil.copytree(self.bucket, copy.bucket, dirs_exist_ok=True)
        return copy

    def remove(self) -> None:
        shutil.rmtree(self.desk.folder)
        if self.bucket:
            shutil.rmtree(self.bucket)


def place(folder: Path, server: S3Server | None) -> Place:
    """A new office; its bucket has the name of its folder."""
    desk = office(folder)
    if server:
        (server.folder / folder.name).mkdir()
    endpoint = server.endpoint_url if server else None
    return Place(desk, server, settings_file(desk, endpoint, bucket=folder.name))


@dataclass(frozen=True, slots=True)
class Look:
    """All that lies there. Paths have `/`, and stand with the SHA-256 of their bytes."""

    inbox: Mapping[str, str]
    kept: Mapping[str, str]
    """The archive as people see it."""
    own: Mapping[str, str]
    """In callvault's own folder, below it."""
    bucket: Mapping[str, str]
    rows: Mapping[str, Sequence[Row]]
    """Of every table of the catalogue, none where there is no catalogue."""
    told_up_to: int | None
    """Number of the last entry in the custody files; `None` where they are no chain."""

    def of(self, table: str) -> Sequence[Row]:
        return self.rows.get(table, ())


def look(here: Place, scratch: Path) -> Look:
    """Reads everything and alters nothing: the catalogue is opened as a copy, in `scratch`."""
    archive = hashes(here.desk.archive)
    return Look(
        inbox=hashes(here.desk.inbox),
        kept={path: one for path, one in archive.items() if not path.startswith(_PRIVATE)},
        own={
            path.removeprefix(_PRIVATE): one
            for path, one in archive.items()
            if path.startswith(_PRIVATE)
        },
        bucket=hashes(here.bucket) if here.bucket else {},
        rows=_rows(here.desk.archive / _CATALOGUE, scratch),
        told_up_to=_told_up_to(here.desk.archive / CUSTODY),
    )


def _told_up_to(folder: Path) -> int | None:
    last = 0
    try:
        for one in custody_files.follow(list(folder.rglob("*.jsonl"))):
            last = one.heading.last
    except CustodyError:
        return None
    return last


def fingerprint(here: Place) -> str:
    """Equal for two places that hold the same, whatever their names are."""
    told = hashlib.sha256()
    for folder in (here.desk.inbox, here.desk.archive, here.bucket):
        if folder is not None:
            told.update(repr(sorted(hashes(folder).items())).encode())
            told.update(repr(sorted(_folders(folder))).encode())
    return told.hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found


def _folders(folder: Path) -> list[str]:
    return [Path(root).relative_to(folder).as_posix() for root, _, _ in os.walk(folder)]


def _rows(catalogue: Path, scratch: Path) -> dict[str, list[Row]]:
    for suffix in ("", "-journal", "-wal"):
        copy = scratch / f"looked-at{suffix}"
        copy.unlink(missing_ok=True)
        if Path(f"{catalogue}{suffix}").exists():
            shutil.copyfile(f"{catalogue}{suffix}", copy)
    if not (scratch / "looked-at").exists():
        return {}
    with closing(sqlite3.connect(scratch / "looked-at")) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in found]
        return {
            name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            for name in tables
        }
