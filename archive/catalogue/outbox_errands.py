"""Errands of the outbox: how one is written, and what they say of what the store may have."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, insert, or_, select

from archive.catalogue.errands import HOLD, REMOVE, refused_for_anothers
from archive.catalogue.schema import mirrored, outbox, recording


class About(NamedTuple):
    """What an errand is about."""

    recording_id: int | None
    sha256: str
    size: int | None
    source: str


ABOUT = (recording.c.id, recording.c.sha256, recording.c.size, recording.c.source)
"""The columns of `About`, of a recording."""


def of_recording(tx: Connection, id: int) -> About:
    return About(*tx.execute(select(*ABOUT).where(recording.c.id == id)).one())


def owe(
    tx: Connection,
    of: About,
    action: str,
    key: str,
    now: datetime,
    *,
    sent: bool = False,
    legal_hold: bool | None = None,
) -> None:
    values = {"sent": sent, "legal_hold": legal_hold}
    tx.execute(insert(outbox).values(new_errand(of, action, key, now) | values))


def new_errand(of: About, action: str, key: str, now: datetime) -> dict[str, object]:
    turn = {"attempts": 0, "next_at": now, "owed_at": now}
    return of._asdict() | {"action": action, "key": key, "sent": False} | turn


def may_be_there(tx: Connection, key: str) -> bool:
    """The store has the object, or may have it: it was sent once, or its removal is owed.

    Not where it was refused for what others have there, which is not ours to remove.
    """
    ours = and_(outbox.c.sent, ~refused_for_anothers(outbox.c.error))
    errand = select(outbox.c.id).where(outbox.c.key == key, or_(ours, outbox.c.action == REMOVE))
    confirmed = select(mirrored.c.key).where(mirrored.c.key == key)
    return any(tx.execute(one).first() is not None for one in (errand, confirmed))


def may_be_on_hold(tx: Connection, key: str) -> bool:
    """The store showed the object's legal hold, or may have set it without being heard."""
    doubtful = or_(outbox.c.legal_hold, outbox.c.action == HOLD)
    errand = select(outbox.c.id).where(outbox.c.key == key, doubtful)
    shown = select(mirrored.c.key).where(mirrored.c.key == key, mirrored.c.legal_hold)
    return any(tx.execute(one).first() is not None for one in (errand, shown))
