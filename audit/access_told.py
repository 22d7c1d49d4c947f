"""`callvault access`: who saw what, by the custody log and by what is on its way into it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from archive import access
from archive.access_spool import Spooled
from archive.catalogue import log
from archive.catalogue.database import Catalogue, Transaction
from archive.store import Store
from config.language import Message, Words
from config.settings import Settings
from matcher.masking import masked_all

_LATELY = timedelta(days=30)
_LEEWAY = timedelta(days=1)
"""An access is entered after it happened, unless a clock was set back meanwhile."""
_OPTIONS = {"first": "from", "last": "to"}
"""As the command line calls them."""
_OWN = {"seq", "token", "when"}
"""What an entry says for the log's sake."""


@dataclass(frozen=True, slots=True)
class Asked:
    since: date | None
    """The first day, in the office's time; `None`: the last 30 days."""
    by: str | None
    now: datetime
    """Aware, in the office's time."""

    @property
    def first(self) -> date:
        return self.since or (self.now - _LATELY).date()


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody saw something."""

    at: datetime
    """When it was asked for, in the office's time."""
    entry: int | None
    """Of the custody log; `None`: it waits for the next pass."""
    hash: str | None
    body: Mapping[str, Any]
    """What the entry says, with numbers masked."""


@dataclass(frozen=True, slots=True)
class Told:
    since: date
    every: Sequence[Seen]
    """The newest last."""
    problems: Sequence[Message]
    """Files of the spool that cannot be read."""


def accesses(catalogue: Catalogue, settings: Settings, asked: Asked) -> Told:
    zone = settings.office.timezone
    since = datetime.combine(asked.first, time(), zone)
    spooled, problems = access.waiting(Store(settings.archive.path), asked.now)
    with catalogue.reading() as tx:
        found = [*_entered(tx, since, zone), *_waiting(tx, spooled, zone)]
    wanted = [one for one in found if one.at >= since and asked.by in (None, one.body.get("by"))]
    return Told(asked.first, sorted(wanted, key=lambda one: one.at), problems)


def _entered(tx: Transaction, since: datetime, zone: ZoneInfo) -> Iterator[Seen]:
    for one in log.accesses(tx, since - _LEEWAY):
        body = json.loads(one.entry)
        at = datetime.fromisoformat(body.get("when") or body["at"])
        yield Seen(at.astimezone(zone), one.seq, one.hash, masked_all(body))


def _waiting(tx: Transaction, spooled: Sequence[Spooled], zone: ZoneInfo) -> Iterator[Seen]:
    """A kill may have left what is entered already."""
    known = log.known(tx, [one.sha256 for one in spooled])
    for one in spooled:
        if one.sha256 not in known:
            body = {"event": one.event, "sha256": one.sha256, **one.details}
            at = datetime.fromisoformat(str(body["when"]))
            yield Seen(at.astimezone(zone), None, None, masked_all(body))


def as_json(told: Told) -> str:
    every = [
        {
            **{name: said for name, said in one.body.items() if name not in _OWN},
            "at": one.at.isoformat(timespec="seconds"),
            "entry": one.entry,
            "hash": one.hash,
        }
        for one in told.every
    ]
    return json.dumps(every, ensure_ascii=False, indent=2) + "\n"


def as_table(told: Told, words: Words, width: int, *, colour: bool) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from config.visible import visible

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=colour, no_color=not colour)
    if not told.every:
        console.print(words("access.nobody", since=told.since), highlight=False)
        return out.getvalue()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(words("access.at"), no_wrap=True)
    for name in ("by", "what"):
        table.add_column(words(f"access.{name}"), overflow="fold")
    for one in told.every:
        what = sentence(one.body, words)
        if one.entry is None:
            what += words("access.still_spooled")
        cells = (f"{one.at:%Y-%m-%d %H:%M:%S}", one.body.get("by") or "", what)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    console.print(table)
    return out.getvalue()


def sentence(body: Mapping[str, Any], words: Words) -> str:
    """What somebody saw."""
    recordings = body.get("recordings") or ""
    asked = _asked(body.get("asked") or body.get("query") or {})
    if not asked and recordings and body["event"] == "history_told":
        asked = words("access.recording", recordings=recordings)
    return words(
        f"access.{body['event']}",
        asked=asked or words("access.everything"),
        shown=body.get("shown"),
        full=words("access.full") if body.get("full") else "",
        recordings=recordings or "–",
        command=body.get("command"),
        sha256=body["sha256"][:12],
        file=body.get("file"),
    )


def _asked(query: Mapping[str, Any]) -> str:
    """As it is typed."""
    said = [str(word) for word in query.get("words", ())]
    rest = {name: one for name, one in query.items() if name != "words"}
    return " ".join([*said, *(_option(name, one) for name, one in rest.items())])


def _option(name: str, one: object) -> str:
    if isinstance(one, bool):
        return f"--{name}" if one else f"--not-{name}"
    return f"--{_OPTIONS.get(name, name)} {one}"
