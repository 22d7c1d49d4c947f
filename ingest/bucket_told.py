"""What the mirror's bucket does, as `callvault check` tells it: a table, plain lines or JSON."""

from __future__ import annotations

import io
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from archive.bucket_known import Known
from archive.trial import Outcome, Trial
from config.language import Words
from config.settings import Mirror
from config.stores import STORES, named
from ingest.selftest import MARKS

_COLOURS = {Outcome.PASS: "green", Outcome.FAIL: "red", Outcome.UNKNOWN: "yellow"}


@dataclass(frozen=True, slots=True)
class Layout:
    words: Words
    zone: ZoneInfo
    width: int | None
    """Columns of the terminal; `None`: there is none, so plain lines without colours."""


def as_text(known: Known, mirror: Mirror, layout: Layout) -> str:
    words, at = layout.words, known.at.astimezone(layout.zone)
    name = named(mirror.store, mirror.endpoint_url)
    found = words("bucket.found", at=f"{at:%Y-%m-%d %H:%M}")
    told = _lines(known, words) if layout.width is None else _table(known, words, layout.width)
    return f"  {found}\n{told}  {_documented(name, words)}\n"


def as_dict(known: Known, mirror: Mirror, words: Words) -> dict[str, object]:
    name = named(mirror.store, mirror.endpoint_url)
    documented = STORES[name]
    return {
        "found_at": known.at.isoformat(),
        "store": name,
        "documented": {
            "addressing": documented.addressing,
            "if_absent": documented.if_absent,
            "locks": list(documented.locks),
            "checksum": documented.checksum,
            "run": documented.run or None,
            "message": words(f"bucket.{name}"),
        },
        "trials": [_trial(one, words) for one in known.trials],
    }


def _documented(name: str, words: Words) -> str:
    said, version = words(f"bucket.{name}"), STORES[name].run
    if name == "other":
        return said
    key = "bucket.run" if version else "bucket.documented"
    return words(key, store=name, said=said, version=version)


def _trial(one: Trial, words: Words) -> dict[str, object]:
    what, does, means = _cells(one, words)
    return {
        "name": one.name,
        "outcome": one.result.outcome.value,
        "must": one.must,
        "answer": one.result.message.key.partition(".")[2],
        "what": what,
        "does": does,
        "means": means or None,
    }


def _cells(one: Trial, words: Words) -> tuple[str, str, str]:
    """What was tried, what the store does, and what that means where there is anything to say."""
    means = words.say(one.result.means) if one.result.means else ""
    return words(f"selftest.try_mirror_{one.name}"), words.say(one.result.message), means


def _lines(known: Known, words: Words) -> str:
    cells = ((MARKS[one.result.outcome], *_cells(one, words)) for one in known.trials)
    return "".join(
        f"  {mark} {what}: {words('selftest.and_so', does=does, means=means) if means else does}\n"
        for mark, what, does, means in cells
    )


def _table(known: Known, words: Words, width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=True, header_style="bold")
    for head in ("", words("bucket.what"), words("bucket.does"), words("bucket.means")):
        table.add_column(head, overflow="fold")
    for one in known.trials:
        outcome = one.result.outcome
        mark = Text(MARKS[outcome], style=_COLOURS[outcome])
        table.add_row(mark, *(Text(cell) for cell in _cells(one, words)))
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=True).print(table)
    return out.getvalue()
