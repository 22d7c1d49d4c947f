"""A day's report in a few lines, for a message that goes through strangers' hands.

It tells figures, what is to be done, and which collectors have recordings missing. It names no
customer, and nothing in it can be a telephone number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from audit.actions import FOLDED, by_action, found
from audit.completeness import by_collector, held, state, tally
from audit.day import DayReport
from audit.reread import reread
from audit.wording import long_date, title
from config.language import Words
from config.settings import Settings
from config.visible import visible

MOST_BYTES = 1800
"""WeCom takes 2048 of title and text, and fewer are read at a glance."""
_COLLECTORS = 10
_CODES = 3
_LONGEST_NAME = 20
_NUMBER = re.compile(r"\d(?:[\s()+.-]*\d){4,}")


def in_short(settings: Settings, path: Path) -> tuple[str, Sequence[str]]:
    """What the JSON file of a report says in short, so that it says what the other forms say.

    Raises ValueError for another file, OSError where it cannot be read.
    """
    report = reread(path.read_text("utf-8"), settings.office.name, settings.office.language)
    return summarise(report, settings.notify.attach)


def summarise(report: DayReport, attach: str) -> tuple[str, Sequence[str]]:
    """A title and lines, in the report's language.

    `attach` is the form of the report that goes along: `html`, `xlsx` or `none`.
    """
    words = Words(report.language)
    day, standing = long_date(words, report.date), words(f"report.state_{state([report])}")
    heading = words("notify.title", office=_safe(report.office), day=day, state=standing).strip()
    key, form = ("here", "html") if attach == "none" else ("attached", attach)
    last = words(f"notify.whole_{key}", name=f"{report.date}.{form}")
    return heading, [*_fitting(_lines(report, words), heading, last), last]


def _fitting(lines: Iterator[str], *others: str) -> Iterator[str]:
    """The first ones, as many as there is room for beside the `others`."""
    room = MOST_BYTES - sum(len(one.encode()) + 1 for one in others)
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            return
        yield line


def _lines(report: DayReport, words: Words) -> Iterator[str]:
    people = tally([report])
    yield words(
        "notify.figures",
        due=people.due,
        recorded=people.recorded,
        missing=people.missing,
        open=people.open,
        recordings=len(report.recordings),
        held=held(report),
    )
    missing = _missing(report, words)
    if missing:
        yield words("notify.missing_of", collectors=missing)
    groups = by_action(found([report]))
    for action in FOLDED:
        groups.pop(action, None)
    for action, items in groups.items():
        codes = Counter(title(words, item.finding.code) for item in items).most_common(_CODES)
        named = [words("notify.code", title=name, count=count) for name, count in codes]
        yield words(
            "notify.group",
            action=words(f"report.action_{action}"),
            count=len(items),
            codes=words("notify.between_codes").join(named),
        )
    if not groups:
        yield words("notify.nobody_to_do")


def _missing(report: DayReport, words: Words) -> str:
    """The collectors who lack most come first; one who is called like a customer is not named."""
    customers = {one.customer for one in report.calls} | {one.customer for one in report.recordings}
    lacking = {name: one.missing for name, one in by_collector([report]).items() if one.missing}
    ranked = sorted(lacking.items(), key=lambda one: -one[1])
    named = [
        words("notify.collector", name=_name(name, words, customers), count=count)
        for name, count in ranked[:_COLLECTORS]
    ]
    if len(ranked) > _COLLECTORS:
        named.append(words("notify.more_collectors", count=len(ranked) - _COLLECTORS))
    return words("notify.between_codes").join(named)


def _name(collector: str | None, words: Words, customers: Collection[str | None]) -> str:
    if not collector:
        return words("report.nobody")
    return "…" if collector in customers else _safe(collector)[:_LONGEST_NAME]


def _safe(text: str) -> str:
    """Whatever somebody wrote into a sheet or named a folder: five digits may be a number."""
    return _NUMBER.sub("…", visible(text))
