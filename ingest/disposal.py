"""What becomes of each line of a signed list, looked at again, and the order to dispose of it.

Whatever has changed since the list was made keeps its recording: one that was wrongly kept can be
disposed of later, and one that was wrongly disposed of is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from archive.batches import batches
from archive.catalogue import customer_files, disposals, recordings
from archive.catalogue.database import Transaction
from archive.fixity import Flaw, Kept, Level
from archive.places import InArchive
from archive.records import Recording
from archive.retention import CustomerFile
from archive.said_records import Disposal
from archive.store import Store
from config.settings import Retention
from ingest.retention_list import Line, as_written
from matcher.spelling import spelled


@dataclass(frozen=True, slots=True)
class Looked:
    """A line and what the catalogue says of its recording now."""

    line: Line
    recording: Recording | None
    why_kept: str | None
    """`unknown`, `already`, `reassigned`, `hold`, `undecided`, `fault`, `newer`, `rule`, `early`,
    `moved`, `altered`, `missing` or `unreadable`; `None`: it may go."""


def look_again(
    tx: Transaction, lines: Sequence[Line], retention: Retention, today: date
) -> Sequence[Looked]:
    """What of the lines may go yet, by the catalogue; no file is looked at."""
    ids = [one.recording for one in lines]
    known = {one.id: one for some in batches(ids) for one in recordings.by_ids(tx, some)}
    owners = {one.customer for one in known.values() if one.customer is not None}
    files = customer_files.of_customers(tx, owners, spelled)
    told = []
    for line in lines:
        one = known.get(line.recording)
        why = "unknown" if one is None else _why(line, one, files, retention, today)
        told.append(Looked(line, one, why))
    return told


def _why(
    line: Line,
    one: Recording,
    files: Mapping[int, CustomerFile],
    retention: Retention,
    today: date,
) -> str | None:
    """The first of all causes that hold, the gravest first."""
    file = files.get(one.customer or 0)
    if one.sha256 != line.sha256 or one.disposal is not None:
        return "unknown" if one.disposal is None else "already"
    if file is None or as_written(file.folder) != line.folder:
        return "reassigned"
    rule = retention.applying(file.departments, file.grades)
    causes = {
        str(file.bound): file.bound is not None,
        "moved": as_written(one.path) != line.path,
        "newer": file.last != line.last,
        "rule": (rule, rule.last_day(file.last)) != (line.rule, line.until),
        "early": line.until >= today,
    }
    return next((why for why, holds in causes.items() if holds), None)


def with_files(looked: Sequence[Looked], store: Store) -> Sequence[Looked]:
    """Reads the file of each that may go: what is not what was taken in is kept, and told."""
    return [one if one.why_kept else _read(one, store) for one in looked]


def _read(looked: Looked, store: Store) -> Looked:
    one = looked.recording
    assert one is not None  # or it is kept as unknown
    kept = Kept(one.path, one.sha256, one.size, one.source, mirrored=False, recording=one.id)
    flaw = InArchive(store).examine(kept, Level.CONTENTS)
    why = {None: None, Flaw.MISSING: "missing", Flaw.ALTERED: "altered"}.get(flaw, "unreadable")
    return Looked(looked.line, one, why)


@dataclass(frozen=True, slots=True)
class Said:
    """Who orders it, and why."""

    by: str
    reason: str
    at: datetime
    list: str
    """The list's digest."""


def order(
    tx: Transaction,
    looked: Sequence[Looked],
    retention: Retention,
    said: Said,
    today: date,
    *,
    mirrored: bool,
) -> Sequence[Looked]:
    """Orders those to be disposed of that may go, of lines of which all were found so, and returns
    the lines as they are now: what changed since the person was asked keeps its recording.
    """
    last = look_again(tx, [one.line for one in looked], retention, today)
    going = [one for one in last if one.why_kept is None and one.recording is not None]
    orders = {one.line.recording: _order(one.line, said) for one in going}
    gone = [one.recording for one in going if one.recording is not None]
    disposals.order(tx, gone, orders, said.at, mirrored=mirrored)
    return last


def _order(line: Line, said: Said) -> Disposal:
    rule = {
        "kind": line.rule.kind,
        "name": line.rule.name,
        "years": line.rule.years,
        "last": line.last.isoformat(),
        "until": line.until.isoformat(),
    }
    return Disposal(said.reason, said.by, said.at, rule, said.list)
