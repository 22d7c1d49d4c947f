"""A search for recordings of which the report of their day found something.

Findings are computed and not kept, so no index leads to them: the hits of everything else that is
asked are gone through from the newest on, each of their days is reconciled once, and after so many
days it ends, found or not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from archive.catalogue import search
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.search import Hit, Query
from archive.catalogue.search_index import behind, fresh
from audit.asking import spell, understand
from audit.day import DayReport, Finding
from audit.errors import AuditError
from audit.looking import Found
from audit.report import compile_days
from audit.rules import SEVERITIES
from audit.search import Page
from audit.wording import title
from config.language import LANGUAGES, Message, Words
from config.settings import Settings

MOST = 31
"""Days that are reconciled for one question: a month's reports."""
_AT_ONCE = 200

LookFor = Callable[..., Found]
"""The like of `audit.looking.look_for`."""


class FindingUnknownError(AuditError):
    """No code or title has this text."""


def codes_of(text: str) -> frozenset[str]:
    """The codes that a text means: itself, or those whose title has it in either language.

    FindingUnknownError where it means none.
    """
    if text in SEVERITIES:
        return frozenset({text})
    said = text.casefold()
    both = [Words(language) for language in LANGUAGES]
    codes = frozenset(
        code for code in SEVERITIES if any(said in title(one, code).casefold() for one in both)
    )
    if not said.strip() or not codes:
        raise FindingUnknownError(Message.of("search.no_such_finding", text=text))
    return codes


def finder(settings: Settings, text: str, now: datetime) -> LookFor:
    """As `audit.looking.look_for`, for recordings alone of which this was found: a code, or part
    of a title. `now` is aware. Raises FindingUnknownError.
    """
    codes = codes_of(text)

    def look(
        catalogue: Catalogue, query: Query, progress: Callable[[int, int], None] = lambda *_: None
    ) -> Found:
        def found_on(day: date) -> frozenset[str]:
            return _found_about(compile_days(catalogue, settings, [day], now)[0], codes)

        return _look_for(catalogue, query, found_on, progress)

    return look


def _look_for(
    catalogue: Catalogue,
    query: Query,
    found_on: Callable[[date], frozenset[str]],
    progress: Callable[[int, int], None],
) -> Found:
    wanted = query.skip + query.limit
    days: dict[date, frozenset[str]] = {}
    hits, ended = list[Hit](), None
    with fresh(catalogue, spell, progress, whole=False) as tx:
        late = behind(tx) > 0
        for hit in _every(tx, query):
            if hit.day not in days:
                if len(days) == MOST:
                    ended = min(days)
                    break
                days[hit.day] = found_on(hit.day)
            if hit.sha256 in days[hit.day]:
                hits.append(hit)
            if len(hits) > wanted:
                break
    shown = hits[query.skip : wanted]
    whole = ended is None and len(hits) <= wanted
    counted = whole or not (query.skip or shown)  # nothing, as far as was looked
    page = Page(query.skip, len(hits) if whole else query.skip + len(shown), counted=counted)
    return Found(tuple(shown), page, late, ended)


def _every(tx: Transaction, query: Query) -> Iterator[Hit]:
    """What fits everything else, the newest first."""
    at, more = 0, True
    while more:
        some, more = search.page(tx, replace(query, skip=at, limit=_AT_ONCE), understand)
        yield from some
        at += _AT_ONCE


def _found_about(report: DayReport, codes: Collection[str]) -> frozenset[str]:
    """The hashes of the recordings that findings of these codes are about."""
    hashes = {line.source: line.sha256 for line in report.recordings}
    sources = {
        source
        for one in report.findings
        if one.code in codes
        for source in ([one.source] if one.source else _of_row(report, one))
    }
    return frozenset(found for source in sources if (found := hashes.get(source)))


def _of_row(report: DayReport, finding: Finding) -> Sequence[str]:
    place = (finding.sheet, finding.tab, finding.line)
    calls = (call for call in report.calls if finding.line is not None)
    return [
        source
        for call in calls
        if (call.call.sheet, call.call.tab, call.call.line) == place
        for source in call.recordings
    ]
