"""Decisions whom recordings belong to, as the catalogue and custody keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, update

from archive.catalogue.schema import recording
from archive.catalogue.shapes import pack_candidates
from archive.custody import Event
from archive.records import Outcome


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision to be written down: whom the recording belongs to, or why nobody yet."""

    recording: int
    outcome: Outcome
    customer: int | None
    row: int | None
    row_key: str | None = None
    """The row's own, which outlives a correction of its sheet."""
    customer_key: str | None = None


def rule(tx: Connection, rulings: Sequence[Ruling]) -> None:
    """Writes decisions down that are others than before; the files stay where they are."""
    told: list[dict[str, object]] = [
        {
            "ruled_id": one.recording,
            "verdict": one.outcome.verdict,
            "why": one.outcome.why,
            "candidates": pack_candidates(one.outcome),
            "customer_id": one.customer,
            "row_id": one.row,
        }
        for one in rulings
    ]
    if told:
        tx.execute(update(recording).where(recording.c.id == bindparam("ruled_id")), told)


def decided(ruling: Ruling, sha256: str) -> Event:
    """The entry of a decision; of its reasons custody keeps the digest."""
    reasons = json.dumps(pack_candidates(ruling.outcome), ensure_ascii=False, sort_keys=True)
    details = {
        "verdict": ruling.outcome.verdict,
        "why": ruling.outcome.why,
        "customer_key": ruling.customer_key,
        "row": ruling.row_key,
        "reasons_sha256": hashlib.sha256(reasons.encode()).hexdigest(),
    }
    return Event("decided", sha256, details)
