"""What lies on the disk and in the catalogue, read without the product's own code."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.ingest.small_office import SmallOffice, sha256

Line = Mapping[str, Any]
"""One row of a table, by the names of its columns."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An office between two steps."""

    files: Mapping[str, bytes]
    """All below the archive but callvault's own, by path."""
    tables: Mapping[str, Sequence[Line]]

    @property
    def recordings(self) -> Mapping[str, Line]:
        """By SHA-256."""
        return {one["sha256"]: one for one in self.tables["recording"]}

    @property
    def by_id(self) -> Mapping[int, Line]:
        return {one["id"]: one for one in self.tables["recording"]}

    @property
    def objects(self) -> Mapping[str, Line]:
        """The recordings that the catalogue says are in the store, by key."""
        told = self.tables["object"]
        return {one["key"]: one for one in told if one["recording_id"] is not None}

    @property
    def doubtful(self) -> frozenset[str]:
        """The recordings (SHA-256) of whose objects something is known to be wrong."""
        faults = [one for one in self.tables["fault"] if one["place"] == "mirror"]
        return frozenset(self.by_id[one["recording_id"]]["sha256"] for one in faults)

    @property
    def papers(self) -> Mapping[str, str]:
        """Sheets and custody files that are in the store: their SHA-256, by key."""
        told = self.tables["object"]
        return {one["key"]: one["checksum"] for one in told if one["recording_id"] is None}

    @property
    def words(self) -> Mapping[str, int | None]:
        """The customer that people named, by the recording's SHA-256."""
        of = self.by_id
        return {of[one["recording_id"]]["sha256"]: one["customer_id"] for one in self.words_said}

    @property
    def words_said(self) -> Sequence[Line]:
        return self.tables["word"]

    @property
    def customers(self) -> Mapping[int, Line]:
        return {one["id"]: one for one in self.tables["customer"]}

    @property
    def numbers(self) -> Mapping[int, frozenset[str]]:
        """Every number that a customer ever had, by the customer's id."""
        found: dict[int, set[str]] = {}
        for one in self.tables["customer_number"]:
            found.setdefault(one["customer_id"], set()).add(one["number"])
        return {id: frozenset(numbers) for id, numbers in found.items()}

    @property
    def custody(self) -> Sequence[Line]:
        """The entries, as JSON says them."""
        return [json.loads(one["entry"]) for one in self.tables["custody"]]

    @property
    def paths(self) -> Mapping[str, str]:
        """The SHA-256 of what lies at each path."""
        return {path: sha256(content) for path, content in self.files.items()}


def look(desk: SmallOffice) -> Seen:
    return Seen(_files(desk), _tables(desk))


def _files(desk: SmallOffice) -> Mapping[str, bytes]:
    found = {}
    for top in desk.archive.iterdir():
        if top.name == ".callvault":
            continue
        for path in [top] if top.is_file() else top.rglob("*"):
            if path.is_file():
                found[path.relative_to(desk.archive).as_posix()] = path.read_bytes()
    return found


def _tables(desk: SmallOffice) -> Mapping[str, Sequence[Line]]:
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        database.row_factory = sqlite3.Row
        return {
            name: [dict(one) for one in database.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            for name in _TABLES
        }


_TABLES = (
    "act",
    "act_change",
    "act_memory",
    "confirmed",
    "custody",
    "custody_file",
    "customer",
    "customer_number",
    "fault",
    "inbox_file",
    "object",
    "open_day",
    "outbox",
    "recording",
    "sheet",
    "sheet_row",
    "word",
)
