"""Finding recordings by what a person remembers of them.

A question is answered from `search_schema`'s tables, which hold an index for each way to ask: from
the few customers, numbers or collectors that it names, or else from the newest call on until
enough are found. Whoever asks has them brought up to date by `search_index.fresh`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    desc,
    exists,
    func,
    select,
    union,
)

from archive.catalogue.cells import in_a_cell
from archive.catalogue.schema import customer, mirrored, recording, sheet, sheet_row
from archive.catalogue.search_index import ranks
from archive.catalogue.search_names import (
    Many,
    Meant,
    Understand,
    in_file_name,
    meant,
    meant_collector,
    meant_customer,
    meant_number,
    plain,
)
from archive.catalogue.search_schema import entry, number


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; what is empty or `None` does not restrict. All of it must hold."""

    words: tuple[str, ...] = ()
    """Each is part of a customer's or collector's name, how a customer's sounds, part of a number
    or of a held recording's file name."""
    customer: str | None = None
    """Part of the name, or how it sounds."""
    customer_id: int | None = None
    """This customer alone, whatever others are called."""
    phone: str | None = None
    """Digits anywhere in a number of the customer or of the file's name, such as the last four."""
    collector: str | None = None
    first: date | None = None
    last: date | None = None
    """Days of the call, both included."""
    status: str | None = None
    """`filed`, `held`, `ambiguous`, `unmatched`, `damaged`, `silent`, `mirrored` or `disposed`."""
    department: str | None = None
    grade: str | None = None
    reached: bool | None = None
    """What the row says."""
    shortest: float | None = None
    longest: float | None = None
    """Seconds."""
    file: str | None = None
    """Part of the file's name as it was handed over."""
    note: str | None = None
    """Part of any cell of the row."""
    limit: int = 50
    skip: int = 0
    """So many of the newest are left out: those that were shown before."""


@dataclass(frozen=True, slots=True)
class Hit:
    id: int
    """The recording's number."""
    sha256: str
    customer: str | None
    collector: str | None
    day: date
    """Of the call where it is known, else of the hand-off."""
    started_at: datetime | None
    """`None`, too, where the day alone is known: no call is said to have been made at midnight."""
    duration_seconds: float | None
    status: str
    """`filed`, `ambiguous`, `unmatched` or `waiting`; `ordered` or `disposed` of what was filed and
    is to go, or is gone."""
    archive_path: str
    source: str
    sheet: str | None
    line: int | None
    mirrored: bool


_DEEP = 1000
"""Hits that are left out, from which on all of whom a word means are looked through at once: of ten
million recordings a surname has a hundredth, so a hundred are met for each of them on the way."""

_PLACE = (entry.c.rank, entry.c.recording_id)
"""Where a recording stands among the hits."""
_Places = Select[int, int]
_NEWEST_FIRST: tuple[ColumnElement[int], ...] = (desc("rank"), desc("recording_id"))

_SHOWN = (
    "id",
    "sha256",
    "collector",
    "started_at",
    "precision",
    "duration_seconds",
    "disposal",
    "path",
    "source",
)
"""Columns of a recording."""
HELD = entry.c.status != "filed"
_STATUSES: dict[str, ColumnElement[bool]] = {
    "filed": entry.c.status == "filed",
    "held": HELD,
    "ambiguous": and_(HELD, entry.c.status == "ambiguous"),
    "unmatched": and_(HELD, entry.c.status == "unmatched"),
    "damaged": entry.c.damaged.is_(True),
    "silent": entry.c.silent.is_(True),
    "mirrored": exists().where(
        recording.c.id == entry.c.recording_id, mirrored.c.key == recording.c.path
    ),
    "disposed": exists().where(
        recording.c.id == entry.c.recording_id, recording.c.disposal.is_not(None)
    ),
}
STATUSES = tuple(_STATUSES)


def search(tx: Connection, query: Query, understand: Understand = plain) -> Sequence[Hit]:
    """The newest recordings that fit, at most `query.limit`; the order is stable."""
    return page(tx, query, understand)[0]


def page(
    tx: Connection, query: Query, understand: Understand = plain
) -> tuple[Sequence[Hit], bool]:
    """As `search`, and whether there are more."""
    ways = _ways(query, _meant(tx, query, understand))
    found = _newest(tx, ways, query.skip, query.limit + 1)
    ids = found[: query.limit]
    hits = dict(_hits(tx, ids))
    return [hits[id] for id in ids], len(found) > query.limit


def count(tx: Connection, query: Query, most: int, understand: Understand = plain) -> int | None:
    """How many recordings fit; `None`: more than `most`, or it would take long to know, for the
    question names nobody.
    """
    told = _meant(tx, query, understand)
    if _shortest(told) is None:
        return None
    ways = [way.limit(most + 1) for way in _ways(query, told)]
    if query.skip < _DEEP or not ways:
        counted = len({id for way in ways for id in tx.execute(way).scalars(1)})
    else:
        counted = tx.execute(select(func.count()).select_from(_together(ways))).scalar_one()
    return counted if counted <= most else None


def after(
    tx: Connection, query: Query, reached: int, limit: int, understand: Understand = plain
) -> Sequence[int]:
    """The next recordings that fit, by number; `query.limit` and `query.skip` do not count."""
    fitting = _fitting(query, _meant(tx, query, understand))
    above = fitting.with_only_columns(entry.c.recording_id).where(entry.c.recording_id > reached)
    return tx.execute(above.order_by(entry.c.recording_id).limit(limit)).scalars().all()


def whom(
    tx: Connection, query: Query, understand: Understand = plain
) -> tuple[frozenset[int], Query]:
    """The customers whom a question names, by number, and the question without their names."""
    named, words = list[frozenset[int]](), list[str]()
    for word in query.words:
        if ids := _ids(tx, meant(tx, understand(word)).customers):
            named.append(ids)
        else:
            words.append(word)
    if query.customer:
        named.append(_ids(tx, meant_customer(tx, understand(query.customer)).customers))
    if query.phone:
        named.append(_ids(tx, meant_number(tx, understand(query.phone)).customers))
    rest = replace(query, words=tuple(words), customer=None, phone=None)
    return frozenset.intersection(*named) if named else frozenset(), rest


def _ids(tx: Connection, led: Sequence[int] | Many) -> frozenset[int]:
    return frozenset(tx.execute(led).scalars() if isinstance(led, Select) else led)


def _hits(tx: Connection, ids: Sequence[int]) -> Iterator[tuple[int, Hit]]:
    day = func.coalesce(sheet_row.c.day, recording.c.call_day).label("call_date")
    asked = (
        # Not all of a recording: what was thought of it is ten times as long as what is shown.
        select(*(recording.c[name] for name in _SHOWN))
        .add_columns(customer.c.name, sheet.c.source.label("sheet"), sheet_row.c.line)
        .add_columns(mirrored.c.key, day, entry.c.status)
        .join(entry, entry.c.recording_id == recording.c.id)
        .outerjoin(customer, customer.c.id == recording.c.customer_id)
        .outerjoin(sheet_row, sheet_row.c.id == recording.c.row_id)
        .outerjoin(sheet, sheet.c.id == sheet_row.c.sheet_id)
        .outerjoin(mirrored, mirrored.c.key == recording.c.path)
        .where(recording.c.id.in_(ids))
    )
    for row in tx.execute(asked):
        yield (
            row.id,
            Hit(
                id=row.id,
                sha256=row.sha256,
                customer=row.name,
                collector=row.collector,
                day=row.call_date,
                started_at=row.started_at if row.precision != "day" else None,
                duration_seconds=row.duration_seconds,
                status=row.disposal or row.status,
                archive_path=row.path,
                source=row.source,
                sheet=row.sheet,
                line=row.line,
                mirrored=row.key is not None,
            ),
        )


def _meant(tx: Connection, query: Query, understand: Understand) -> list[Meant]:
    """What each word and name of the question leads to."""
    told = [meant(tx, understand(word)) for word in query.words]
    if query.customer:
        told.append(meant_customer(tx, understand(query.customer)))
    if query.phone:
        told.append(meant_number(tx, understand(query.phone)))
    if query.collector:
        told.append(meant_collector(tx, understand(query.collector)))
    return told


def _newest(tx: Connection, ways: Sequence[_Places], skip: int, limit: int) -> Sequence[int]:
    """The recordings after the `skip` newest, whichever ways lead to them.

    Few are merged here, which costs less than one large question; many are not fetched at all.
    """
    newest = [way.order_by(*_NEWEST_FIRST).limit(skip + limit) for way in ways]
    if skip < _DEEP or not ways:
        found = {(row[0], row[1]) for way in newest for row in tx.execute(way)}
        return [id for _, id in sorted(found, reverse=True)[skip : skip + limit]]
    page = select(_together(newest)).order_by(*_NEWEST_FIRST).limit(limit).offset(skip)
    return tx.execute(page).scalars(1).all()


def _together(ways: Sequence[_Places]) -> Subquery:
    """Each recording once; SQLite takes limits within a union only like this."""
    return union(*(select(way.subquery()) for way in ways)).subquery()


def _ways(query: Query, told: Sequence[Meant]) -> list[_Places]:
    """What to look through, each with an index; together all that is asked for.

    Where that is too much to begin with, or says nothing of whom, the newest calls come first; but
    not where so many of them are left out that most calls would be met on the way.
    """
    at = _shortest(told)
    if at is None and told and query.skip >= _DEEP:
        at = 0
    if at is None:
        return [_fitting(query, told)]
    rest = [*told[:at], *told[at + 1 :]]
    fitting = _fitting(query, rest)
    ways = [fitting.where(way) for way in told[at].ways()]
    numbered = told[at].numbered()
    if numbered is not None:
        ways.append(_numbered(query, numbered, _of_entries(query, rest)))
    return ways


def _numbered(
    query: Query, of: ColumnElement[bool], rest: Sequence[ColumnElement[bool]]
) -> _Places:
    """The recordings of some numbers; without a look at their entries, unless more is asked."""
    days = _of_days(query, number.c.rank)
    if not rest:
        return select(number.c.rank, number.c.recording_id).where(of, *days).distinct()
    recordings = select(number.c.recording_id).where(of, *days)
    return select(*_PLACE).where(entry.c.recording_id.in_(recordings), *rest)


def _shortest(told: Sequence[Meant]) -> int | None:
    """Which word leads to the least, where one leads to little."""
    sizes = [(one.size, at) for at, one in enumerate(told) if one.size is not None]
    return min(sizes)[1] if sizes else None


def _fitting(query: Query, told: Sequence[Meant]) -> _Places:
    return select(*_PLACE).where(*_of_days(query, entry.c.rank), *_of_entries(query, told))


def _of_days(query: Query, rank: ColumnElement[int]) -> list[ColumnElement[bool]]:
    if not query.first and not query.last:
        return []
    start, end = ranks(query.first, query.last)
    return [rank >= start, rank < end]


def _of_entries(query: Query, told: Sequence[Meant]) -> list[ColumnElement[bool]]:
    conditions = [one.condition() for one in told]
    if query.customer_id is not None:
        conditions.append(entry.c.customer_id == query.customer_id)
    if query.status:
        conditions.append(_STATUSES[query.status])
    if query.file:
        conditions.append(in_file_name(entry.c.recording_id, query.file))
    return [*conditions, *_of_row(query)]


def _of_row(query: Query) -> Iterator[ColumnElement[bool]]:
    """What is asked of the call, most of it in the sheet's words."""
    if query.department:
        yield entry.c.department.icontains(query.department, autoescape=True)
    if query.grade:
        yield func.upper(entry.c.grade).startswith(query.grade.upper(), autoescape=True)
    if query.reached is not None:
        yield entry.c.reached.is_(query.reached)
    if query.shortest is not None:
        yield entry.c.seconds >= query.shortest
    if query.longest is not None:
        yield entry.c.seconds <= query.longest
    if query.note:
        yield _noted(query.note)


def _noted(text: str) -> ColumnElement[bool]:
    of_row = (recording.c.id == entry.c.recording_id, sheet_row.c.id == recording.c.row_id)
    return exists().where(*of_row, in_a_cell(text))
