"""All of which copies are kept, for verifying and repairing: recordings and papers.

Of a recording whose bytes were ordered to go no copy is kept, whether or not it is gone yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Subquery, func, or_, select

from archive.catalogue.schema import (
    custody_file,
    further_object,
    inbox_file,
    mirrored,
    outbox,
    recording,
    sheet,
)
from archive.fixity import Kept, Place
from archive.layout import fold, sheet_path, stamp_path
from config.settings import FIRST_MIRROR

STAYS = recording.c.disposal.is_(None)
"""Nobody ordered that its bytes go."""


def count(tx: Connection, after: int = 0) -> int:
    """How many recordings have a number above `after`."""
    above = select(func.count()).select_from(recording).where(recording.c.id > after, STAYS)
    return tx.execute(above).scalar_one()


def after(tx: Connection, reached: int, limit: int) -> Sequence[Kept]:
    """The next recordings by number."""
    rows = tx.execute(_recordings().where(recording.c.id > reached).limit(limit))
    return [_kept(row) for row in rows]


def by_ids(tx: Connection, ids: Collection[int], mirror: str = FIRST_MIRROR) -> Sequence[Kept]:
    """What is `mirrored` is so in the mirror of that name."""
    rows = tx.execute(_recordings(mirror).where(recording.c.id.in_(sorted(ids))))
    return [_kept(row) for row in rows]


def papers(tx: Connection) -> Sequence[Kept]:
    """Every version of every sheet, the custody files and their time stamps, by path."""
    there = set(
        tx.execute(select(mirrored.c.key).where(mirrored.c.recording_id.is_(None))).scalars()
    )
    found = {}
    for row in tx.execute(select(sheet.c.sha256, sheet.c.source)):
        path = sheet_path(row.sha256, row.source)
        found[path] = Kept(path, row.sha256, None, row.source, path in there)
    for row in tx.execute(select(custody_file)):
        found[row.path] = Kept(row.path, row.sha256, row.size, "", row.path in there)
        if row.stamp_sha256:
            path = stamp_path(row.path)
            found[path] = Kept(path, row.stamp_sha256, None, "", path in there)
    return [found[path] for path in sorted(found)]


def keys(tx: Connection, id: int) -> Sequence[str]:
    """Under which a store may have objects of a recording: confirmed, sent or to be removed."""
    there = select(mirrored.c.key).where(mirrored.c.recording_id == id)
    leaving = outbox.c.action == "remove"
    sent = select(outbox.c.key).where(outbox.c.recording_id == id, outbox.c.sent | leaving)
    own = further_object.c
    further = select(own.key).where(own.recording_id == id, own.sent)
    return sorted(tx.execute(there.union(sent, further)).scalars())


def sources(tx: Connection, id: int) -> Sequence[str]:
    """The files of the inbox under which a recording's bytes were handed over."""
    mine = select(inbox_file.c.source).where(inbox_file.c.recording_id == id)
    return tx.execute(mine.order_by(inbox_file.c.source)).scalars().all()


def unknown(tx: Connection, paths: Collection[str]) -> Iterator[str]:
    """Those of `paths` at which nothing lies, nor is to lie, as far as the catalogue knows.

    A recording that was disposed of lies nowhere, though its name is never given again.
    """
    folded = {fold(path) for path in paths}
    known = {
        path
        for row in tx.execute(
            select(recording.c.path, recording.c.target).where(
                or_(recording.c.path_fold.in_(folded), recording.c.target_fold.in_(folded)),
                recording.c.disposal.is_distinct_from("disposed"),
            )
        )
        for path in row
    }
    known |= set(
        tx.execute(select(inbox_file.c.path).where(inbox_file.c.path.in_(paths))).scalars()
    )
    return (path for path in paths if path not in known)


def any_copy(tx: Connection, place: Place, mirror: str = FIRST_MIRROR) -> bool:
    """Whether anything at all is to be there, by what the catalogue knows."""
    lying = select(recording.c.id).where(STAYS)
    asked = lying if place is Place.ARCHIVE else select(shown(mirror).c.key)
    return tx.execute(asked.limit(1)).first() is not None


def shown(mirror: str) -> Subquery:
    """The keys under which the mirror of that name has shown objects."""
    if mirror == FIRST_MIRROR:
        return select(mirrored.c.key).subquery("shown")
    own = further_object.c
    return (
        select(own.key).where(own.mirror == mirror, own.confirmed_at.is_not(None)).subquery("shown")
    )


def _recordings(mirror: str = FIRST_MIRROR) -> Select[Any]:
    there = shown(mirror)
    return (
        select(recording.c.id, recording.c.sha256, recording.c.size, recording.c.source)
        .add_columns(recording.c.path, recording.c.target, there.c.key)
        .outerjoin(there, there.c.key == recording.c.path)
        .where(STAYS)
        .order_by(recording.c.id)
    )


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        path=row.path,
        sha256=row.sha256,
        size=row.size,
        source=row.source,
        mirrored=row.key is not None,
        recording=row.id,
        target=row.target,
    )
