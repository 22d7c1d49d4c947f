"""What the first mirror owes although nobody owed it when it happened, found by comparing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    null,
    or_,
    select,
)

from archive.catalogue.errands import HOLD, PUT, REMOVE
from archive.catalogue.kept import STAYS
from archive.catalogue.outbox_errands import ABOUT, About, may_be_on_hold, may_be_there, owe
from archive.catalogue.outbox_holds import align
from archive.catalogue.schema import custody_file, mirrored, outbox, recording, sheet
from archive.layout import sheet_path, stamp_path

_STAMP = func.replace(custody_file.c.path, ".jsonl", stamp_path(".jsonl"))
"""As `stamp_path` has it."""


def enlist(tx: Connection, now: datetime) -> int:
    """Owes what happened while no mirror was configured; returns how many errands that makes.

    Recordings, sheets, custody files and time stamps that have neither an object nor an errand,
    objects whose recording moved away, and legal holds.
    """
    turned = turn(tx, now)
    missing = tx.execute(
        select(*ABOUT, recording.c.path)
        .outerjoin(mirrored, mirrored.c.key == recording.c.path)
        .outerjoin(outbox, outbox.c.key == recording.c.path)
        .where(mirrored.c.key.is_(None), outbox.c.key.is_(None), STAYS)
    ).all()
    left = tx.execute(
        select(*ABOUT, mirrored.c.key)
        .join(recording, recording.c.id == mirrored.c.recording_id)
        .outerjoin(outbox, outbox.c.key == mirrored.c.key)
        .where(or_(mirrored.c.key != recording.c.path, ~STAYS))
        .where(or_(outbox.c.key.is_(None), outbox.c.action == HOLD))
    ).all()
    for row in missing:
        owe(tx, About(*row[:4]), PUT, row.path, now)
    for row in left:
        held = may_be_on_hold(tx, row.key)
        tx.execute(delete(outbox).where(outbox.c.key == row.key))
        owe(tx, About(*row[:4]), REMOVE, row.key, now, legal_hold=held)
    return turned + len(missing) + len(left) + _enlist_papers(tx, now) + align(tx, now)


def turn(tx: Connection, now: datetime) -> int:
    """Owes the opposite of what lost its sense: an object where its recording lies no more, or the
    removal of one from where its recording is back. No such errand could ever be done.
    """
    away = or_(outbox.c.key != recording.c.path, ~STAYS)
    back = and_(outbox.c.key == recording.c.path, STAYS)
    senseless = or_(and_(outbox.c.action == PUT, away), and_(outbox.c.action == REMOVE, back))
    asked = select(*ABOUT, outbox.c.key, outbox.c.action).join(
        recording, recording.c.id == outbox.c.recording_id
    )
    turned = 0
    for row in tx.execute(asked.where(senseless)).all():
        confirmed = tx.execute(select(mirrored.c.key).where(mirrored.c.key == row.key)).first()
        there, held = may_be_there(tx, row.key), may_be_on_hold(tx, row.key)
        tx.execute(delete(outbox).where(outbox.c.key == row.key))
        if not there or (confirmed and not held):
            continue
        # Of a hold that may be on what is confirmed, `align` says what it is to be.
        action = HOLD if confirmed else REMOVE if row.action == PUT else PUT
        sent = action != REMOVE
        owe(tx, About(*row[:4]), action, row.key, now, sent=sent, legal_hold=held)
        turned += 1
    return turned


def enlist_custody_files(tx: Connection, now: datetime) -> int:
    """Owes the custody files and time stamps that have neither an object nor an errand."""
    own = custody_file.c
    files = select(own.path.label("key"), own.sha256, own.size)
    stamps = select(_STAMP.label("key"), own.stamp_sha256.label("sha256"), null().label("size"))
    stamped = stamps.where(own.stamp_sha256.is_not(None))
    missing = [*_without_object(tx, files, own.path), *_without_object(tx, stamped, _STAMP)]
    for row in missing:
        owe(tx, About(None, row.sha256, row.size, ""), PUT, row.key, now)
    return len(missing)


def _without_object(
    tx: Connection, asked: Select[Any], key: ColumnElement[str]
) -> Sequence[Row[Any]]:
    """Custody files of which neither an object nor an errand has this key."""
    return tx.execute(
        asked.outerjoin(mirrored, mirrored.c.key == key)
        .outerjoin(outbox, outbox.c.key == key)
        .where(mirrored.c.key.is_(None), outbox.c.key.is_(None))
        .order_by(custody_file.c.number)
    ).all()


def _enlist_papers(tx: Connection, now: datetime) -> int:
    """Owes the sheets, too, that have neither an object nor an errand."""
    sheets = {
        sheet_path(row.sha256, row.source): About(None, row.sha256, None, row.source)
        for row in tx.execute(select(sheet.c.sha256, sheet.c.source))
    }
    there = select(mirrored.c.key).where(mirrored.c.recording_id.is_(None))
    owed_already = select(outbox.c.key).where(outbox.c.recording_id.is_(None))
    missing = sheets.keys() - set(tx.execute(there.union(owed_already)).scalars())
    for key in sorted(missing):
        owe(tx, sheets[key], PUT, key, now)
    return len(missing) + enlist_custody_files(tx, now)
