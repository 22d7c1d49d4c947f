"""What holds of an errand whichever mirror owes it: what it can be, when its turn is, what it waits
for, and what is told of it once it is done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, cast, func, literal, or_, select

from archive.catalogue.bound import under_legal_hold
from archive.catalogue.kept import STAYS
from archive.catalogue.schema import changed, recording
from archive.custody import Event
from archive.layout import CUSTODY
from archive.mirror_records import Errand, Shown
from archive.objects import VERSION_LOCKED

PUT, HOLD, REMOVE = "put", "hold", "remove"
LONGEST_WAIT = timedelta(hours=6)
"""No errand is put off for longer."""

_OF_ONE_OBJECT = (
    *("store.object_differs", "store.bytes_changed"),
    *("archive.mirror_source", "archive.removal_differs"),
)


def errand_of(
    row: Row[Any], copy_of: str | None = None, *, legal_hold: bool | None = None
) -> Errand:
    """Of a row that says what is owed, and of what day its recording is.

    `legal_hold` is what the hold is to be, where that is not the row's own.
    """
    return Errand(
        id=row.id,
        action=row.action,
        key=row.key,
        recording=row.recording_id,
        source=row.source,
        sha256=row.sha256,
        size=row.size,
        attempts=row.attempts,
        copy_of=copy_of,
        day=row.call_day,
        legal_hold=bool(row.legal_hold if legal_hold is None else legal_hold),
        disposed=row.disposal is not None,
    )


def has_come(turn: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    """Whether an errand's turn is now; one too far off was set while the clock was ahead."""
    return or_(turn <= now, turn > now + LONGEST_WAIT)


def begun_anew(now: datetime) -> dict[str, object]:
    """The columns of an errand whose tries so far count for nothing any more."""
    return {"attempts": 0, "next_at": now, "error": None}


def kept_by_store(action: ColumnElement[Any], error: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a removal waits for nothing but the day until when the store keeps the object."""
    said = func.coalesce(cast(error, Text).contains(f'"{VERSION_LOCKED}"'), False)
    return and_(func.coalesce(action == REMOVE, False), said)


def refused_for_anothers(error: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an errand's `error` says that the store has other bytes under its key."""
    return func.coalesce(cast(error, Text).contains('"store.object_differs"'), False)


def refused_by_itself(error: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an errand's `error` is of its one object alone, and says nothing of the store."""
    said = cast(error, Text)
    return func.coalesce(or_(*(said.contains(f'"{key}"') for key in _OF_ONE_OBJECT)), False)


def may_go() -> ColumnElement[bool]:
    """Whether a recording is to go for good, by an order that a custody file has, and no legal hold
    came since.
    """
    key = literal("[").concat(cast(recording.c.id, Text)).concat("]")
    noted = select(changed.c.key).where(changed.c.table_name == "disposal", changed.c.key == key)
    held = func.coalesce(under_legal_hold(), False)
    return and_(~STAYS, ~noted.exists(), ~held)


def hold_of(done: Errand, shown: Shown) -> bool | None:
    """Whether the object is on hold by our doing; `None`: it is not; false: the store knows none.

    Some stores copy a hold along.
    """
    if done.action != HOLD:
        ours = done.legal_hold or done.copy_of is not None
        return (ours and shown.legal_hold) or None
    unknown = done.legal_hold and shown.legal_hold is None
    return False if unknown else shown.legal_hold or None


def event_of(done: Errand, shown: Shown, mirror: str | None = None) -> Event | None:
    """What custody tells of it; `mirror` names the mirror where it is not the first.

    `None` of custody files: an entry about one would ask for another one; and of a legal hold that
    came to nothing.
    """
    if done.key.startswith(f"{CUSTODY}/"):
        return None
    details: dict[str, object] = {"key": done.key}
    if mirror is not None:
        details["mirror"] = mirror
    if done.action == HOLD:
        if shown.legal_hold is None:
            return None
        return Event("hold_set" if shown.legal_hold else "hold_lifted", done.sha256, details)
    if shown.locked_until is not None:
        details["locked_until"] = shown.locked_until.isoformat()
    if shown.version_kept:
        details["version_kept"] = True
    return Event("mirrored" if done.action == PUT else "removed", done.sha256, details)
