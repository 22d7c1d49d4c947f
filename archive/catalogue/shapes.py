"""From the catalogue's rows to the frozen values that leave the archive, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow

from archive.records import (
    FileState,
    InboxFile,
    NewRow,
    Outcome,
    Probed,
    Recording,
    Row,
    Sheet,
    SheetState,
    Sidecar,
    Weighed,
)
from archive.said_records import Confirmed, Kind, Word
from config.language import Message

Json = Any  # what JSON columns give: lists, dicts, strings


def pack(message: Message) -> list[Any]:
    return [message.key, [list(pair) for pair in message.values]]


def unpack(packed: Json) -> Message:
    key, values = packed
    return Message(key, tuple((name, value) for name, value in values))


def pack_candidates(outcome: Outcome) -> list[Json]:
    return [
        {
            "row": one.row,
            "sheet": one.sheet,
            "tab": one.tab,
            "line": one.line,
            "customer": one.customer,
            "weight": one.weight,
            "reasons": [pack(reason) for reason in one.reasons],
            "weights": list(one.weights),
        }
        for one in outcome.candidates
    ]


def pack_sidecar(sidecar: Sidecar) -> Json:
    started = sidecar.started_at
    return asdict(sidecar) | {"started_at": started.isoformat() if started else None}


def _unpack_sidecar(packed: Json) -> Sidecar:
    started = packed["started_at"]
    moment = datetime.fromisoformat(started) if started else None
    return Sidecar(**packed | {"numbers": tuple(packed["numbers"]), "started_at": moment})


def pack_word(word: Word | None) -> Json:
    return asdict(word) | {"said_at": word.said_at.isoformat()} if word else None


def unpack_word(packed: Json) -> Word | None:
    if packed is None:
        return None
    return Word(**packed | {"said_at": datetime.fromisoformat(packed["said_at"])})


def confirmed_values(one: Confirmed) -> dict[str, Any]:
    """The columns that `confirmed` and `act_memory` have in common."""
    return {
        "customer_id": one.customer,
        "kind": one.kind,
        "value": one.value,
        "recording_id": one.recording,
        "said_by": one.said_by,
        "said_at": one.said_at,
    }


def to_confirmed(row: SqlRow[Any]) -> Confirmed:
    """From a row of either table, without its number."""
    return Confirmed(
        customer=row.customer_id,
        kind=Kind(row.kind),
        value=row.value,
        recording=row.recording_id,
        said_by=row.said_by,
        said_at=row.said_at,
    )


def to_inbox_file(row: SqlRow[Any]) -> InboxFile:
    return InboxFile(
        id=row.id,
        source=row.source,
        size=row.size,
        mtime_ns=row.mtime_ns,
        state=FileState(row.state),
        day=row.day,
        collector=row.collector,
        arrived_at=row.arrived_at,
        reason=unpack(row.reason) if row.reason else None,
        path=row.path,
        recording=row.recording_id,
    )


def to_recording(row: SqlRow[Any]) -> Recording:
    """From a row of `recording` joined with its customer's name as `customer_name`."""
    probed = outcome = None
    if row.condition is not None:
        probed = Probed(
            container=row.container,
            codec=row.codec,
            duration_seconds=row.duration_seconds,
            condition=row.condition,
            silent=row.silent,
            dbfs=row.dbfs,
            tags=tuple((key, value) for key, value in row.tags),
            notes=tuple(unpack(note) for note in row.notes),
        )
    if row.verdict is not None:
        weighed = tuple(
            Weighed(
                **one
                | {
                    "reasons": tuple(unpack(reason) for reason in one["reasons"]),
                    "weights": tuple(one.get("weights", ())),
                }
            )
            for one in row.candidates
        )
        outcome = Outcome(row.verdict, row.why, weighed)
    return Recording(
        id=row.id,
        sha256=row.sha256,
        size=row.size,
        source=row.source,
        day=row.day,
        collector=row.collector,
        arrived_at=row.arrived_at,
        path=row.path,
        target=row.target,
        filed=row.filed,
        started_at=row.started_at,
        precision=row.precision,
        probed=probed,
        outcome=outcome,
        customer=row.customer_id,
        customer_name=row.customer_name,
        row=row.row_id,
        sidecar=_unpack_sidecar(row.sidecar) if row.sidecar else None,
        numbers=tuple(row.numbers.split()),
        released=row.released,
        disposal=row.disposal,
    )


def to_sheet(row: SqlRow[Any]) -> Sheet:
    return Sheet(
        id=row.id,
        source=row.source,
        sha256=row.sha256,
        day=row.day,
        collector=row.collector,
        arrived_at=row.arrived_at,
        state=SheetState(row.state),
        columns=tuple(row.columns),
        problems=tuple(unpack(problem) for problem in row.problems),
    )


def to_row(row: SqlRow[Any]) -> Row:
    """From a row of `sheet_row` joined with its sheet's `source` and `columns`."""
    said = NewRow(
        key=row.key,
        tab=row.tab,
        line=row.line,
        day=row.day,
        collector=row.collector,
        department=row.department,
        customer_name=row.customer_name,
        numbers=tuple(row.numbers),
        called_at=row.called_at,
        precision=row.precision,
        reached=row.reached,
        promised=row.promised,
        promised_text=row.promised_text,
        location=row.location,
        hours=row.hours,
        raw=tuple((header, cell) for header, cell in row.raw),
        problems=tuple(unpack(problem) for problem in row.problems),
        duration_seconds=row.duration_seconds,
        further=tuple((field, said) for field, said in row.further or ()),
        misread=tuple(row.misread or ()),
        masked=tuple(row.masked or ()),
        of_others=tuple(row.of_others or ()),
    )
    return Row(row.id, row.source, tuple(row.columns), row.customer_id, said)
