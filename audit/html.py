"""The report as one page that needs nothing else: no script, no network, no fonts.

The one owner of jinja2. The look stands in `report.html.j2`; here is what it may say. Whatever the
template prints goes through `visible` and then through autoescape, so no cell can forget either.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from types import MappingProxyType
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from archive.catalogue.reached import Reached
from audit import heat_map
from audit.actions import FOLDED, by_action, found
from audit.completeness import Tally, by_collector, held, lacking, state, tally
from audit.day import DayReport, RecordingLine
from audit.heat_map import Month, Square
from audit.periods import by_month, by_week
from audit.wording import (
    answered_by,
    length,
    long_date,
    month_name,
    percent,
    period,
    status,
    title,
)
from config.language import Words
from config.visible import visible

_MOST_ROWS = 2_500
"""A page of several days lists their calls and recordings up to so many: it stays under 2 MB."""
_PAGE_LANGUAGES: Mapping[str, str] = {"zh": "zh-Hans", "en": "en"}


def relative(archive_path: str) -> str:
    """The link to a recording for a page that lies in the archive folder itself."""
    return quote(archive_path, errors="surrogatepass")


def render(
    reports: Sequence[DayReport],
    link: Callable[[str], str] = relative,
    past: Mapping[date, Reached] = MappingProxyType({}),
) -> str:
    """One page for one day or several, in the language of the first; ValueError for none.

    `link` makes a path relative to the archive folder a URL that opens the recording. `past` is
    shown as a calendar; of nothing there is none.
    """
    if not reports:
        raise ValueError("a report needs at least one day")
    days = sorted(reports, key=lambda report: report.date)
    words = Words(days[0].language)
    values = _page(days, words, past)
    # A call and its recording name one file.
    return (
        _environment(words.language).get_template("report.html.j2").render(values, link=cache(link))
    )


def page(template: str, words: Words, values: Mapping[str, object]) -> str:
    """Another page of this look and this safety; `template` lies beside this module."""
    return _environment(words.language).get_template(template).render(values, link=relative)


def _page(
    days: Sequence[DayReport], words: Words, past: Mapping[date, Reached]
) -> dict[str, object]:
    collectors = by_collector(days)
    rows = sum(len(report.calls) + len(report.recordings) for report in days)
    return {
        "office": days[0].office,
        "generated_at": max(report.generated_at for report in days).strftime("%Y-%m-%d %H:%M %z"),
        "period": period(words, days),
        "days": days,
        "several": len(days) > 1,
        "state": state(days),
        "people": tally(days),
        "reached": sum(report.counts.get("reached", 0) for report in days),
        "held": sum(held(report) for report in days),
        "findings": sum(len(report.findings) for report in days),
        "unmirrored": sum(_waits_for_mirror(line) for report in days for line in report.recordings),
        "collectors": collectors,
        "groups": by_action(found(days)),
        "weeks": by_week(days) if len(days) > 1 else {},
        "months": by_month(days) if len(days) > 1 else {},
        "listed": len(days) == 1 or rows <= _MOST_ROWS,
        "calendar": heat_map.months(past, days[0].date, days[-1].date) if past else (),
    }


def page_environment(words: Words) -> Environment:
    """What every page may rely on: escaping, its policy's hash, names of days and months."""
    environment = Environment(
        loader=PackageLoader("audit", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "answered_by": answered_by,
        "csp_hash": _csp_hash,
        "month_name": partial(month_name, words),
    }
    environment.globals |= {
        "lang": _PAGE_LANGUAGES.get(words.language, words.language),
        "say": lambda key, **values: words(f"report.{key}", **values),
        "long_date": lambda day: long_date(words, day),
    }
    return environment


@cache
def _environment(language: str) -> Environment:
    """Once for a language: compiling the templates is a tenth of the work of a page."""
    words = Words(language)
    environment = page_environment(words)
    environment.filters |= {
        "duration": length,
        "megabytes": _megabytes,
        "percent": lambda people: percent(people.recorded, people.due) if people.due else "",
        "name": lambda path: path.rsplit("/", 1)[-1],
        "share": _share,
        "status": lambda name: status(words, name),
        "title": lambda code: title(words, code),
    }
    environment.globals |= {
        "folded": FOLDED,
        "held_of": held,
        "lacking": lacking,
        "paths_of": _paths,
        "state_of": lambda report: state([report]),
        "tally_of": lambda report: tally([report]),
        "told": partial(_square, words),
        "month_told": partial(_month, words),
    }
    return environment


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _csp_hash(style: Markup) -> Markup:
    """What the page's policy allows as its only style; nothing injected could match it."""
    digest = hashlib.sha256(str(style).encode()).digest()
    return Markup(f"'sha256-{base64.b64encode(digest).decode()}'")  # noqa: S704 our own digest


def _square(words: Words, square: Square) -> str:
    reached = square.reached
    return words(
        "report.calendar_day",
        date=long_date(words, square.day),
        customers=reached.customers,
        recorded=reached.recorded,
        without=square.without,
        share=percent(reached.recorded, reached.customers),
    )


def _month(words: Words, month: Month) -> str:
    """What who cannot see the picture hears: the month, then each day that lacks a recording."""
    whole = words(
        "report.calendar_month",
        month=month_name(words, month.first),
        days=len(month.busy),
        complete=sum(square.look == "complete" for square in month.busy),
        without=sum(square.without for square in month.busy),
    )
    return "; ".join([whole, *(_square(words, one) for one in month.busy if one.without)])


def _share(part: int, people: Tally) -> str:
    """Percent of the customers due, for the width of a bar's part."""
    return f"{100 * part / people.due:.2f}%"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size / 1000:.0f} kB"


def _paths(report: DayReport) -> dict[str, str | None]:
    return {line.source: line.archive_path for line in report.recordings}


def _waits_for_mirror(line: RecordingLine) -> bool:
    return line.mirror.state in ("pending", "failed")
