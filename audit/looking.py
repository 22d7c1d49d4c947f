"""One search of the auditor's, from what was typed to a page of hits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from archive.catalogue import search
from archive.catalogue.database import Catalogue
from archive.catalogue.search import Hit, Query
from archive.catalogue.search_index import behind, fresh
from audit.asking import spell, take_apart, understand
from audit.search import Page

_COUNTED = 1000
"""More are not counted: it would take longer than to find them."""
_PAGE = 50
_OPTIONS = frozenset(field.name for field in fields(Query)) - {"skip", "customer_id"} | {"finding"}


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    page: Page
    behind: bool = False
    """What changed just now may be lacking."""
    since: date | None = None
    """The first day on which findings were looked for, where there are earlier ones."""


@dataclass(frozen=True, slots=True)
class Given:
    """A search as it was given on the command line."""

    query: Query
    told: Mapping[str, Any]
    """As it is saved."""

    @property
    def finding(self) -> str | None:
        """A code, or a part of a title; `None`: whatever was found."""
        return self.told.get("finding")


def query_of(asked: Mapping[str, Any], before: Mapping[str, Any] = MappingProxyType({})) -> Given:
    """From the options of the command, over those of the search that was saved `before`; words are
    added to its words.
    """
    given = {name: one for name, one in asked.items() if one is not None and name in _OPTIONS}
    words = [*before.get("words", ()), *given.pop("words", ())]
    days = {name: date.fromisoformat(before[name]) for name in ("first", "last") if name in before}
    told = {"limit": _PAGE, **before, **days, **given, "words": tuple(words)}
    page, limit = asked.get("page", 1), told["limit"]
    of_recordings = {name: one for name, one in told.items() if name != "finding"}
    query = Query(**of_recordings, skip=(page - 1) * limit)
    return Given(query, {name: _plain(one) for name, one in told.items()})


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def meant(query: Query, today: date) -> Query:
    """`query` with the spans of days among its words taken for what they are.

    `today` is the office's. Days that are asked for twice must hold both.
    """
    said = take_apart(query.words, today)
    if said.span is None:
        return query
    first, last = said.span
    return replace(
        query,
        words=said.words,
        first=max(first, query.first or first),
        last=min(last, query.last or last),
    )


def look_for(
    catalogue: Catalogue, query: Query, progress: Callable[[int, int], None] = lambda *_: None
) -> Found:
    """The hits of one page, and how many there are.

    `progress` hears how many recordings more are made findable, and of how many: after a first
    start that may be all.
    """
    with fresh(catalogue, spell, progress, whole=False) as tx:
        late = behind(tx) > 0
        hits, more = search.page(tx, query, understand)
        there: int | None = query.skip + len(hits)
        if more or (query.skip and not hits):
            there = search.count(tx, query, query.skip + _COUNTED, understand)
    if there is None:
        page = Page(query.skip, query.skip + len(hits), counted=False)
        return Found(tuple(hits), page, late)
    return Found(tuple(hits), Page(query.skip, there), late)
