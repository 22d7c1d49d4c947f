"""`callvault retention due` and `apply`: what need not be kept any more, and the order on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.batches import batches
from archive.catalogue import customer_files, disposals, kept
from archive.catalogue.database import Transaction
from archive.errors import LockedError
from archive.records import Recording
from archive.retention import Over
from archive.store import Store
from archive.written import written as whole
from config.language import Message
from config.settings import KeepRule, Retention
from config.visible import visible
from ingest.clock_ahead import refuse_clock_ahead
from ingest.desk import DONE, NEEDS_A_PERSON, Desk, Told, as_json, lines
from ingest.disposal import Looked, Said, look_again, order, with_files
from ingest.errors import WordError
from ingest.news import refuse_untaken
from ingest.retention_list import lines_of, read, written
from ingest.session import open_session
from matcher.spelling import spelled

_SHOWN = 10
_AT_ONCE = 1000
"""Recordings that are ordered to go in one transaction: others wait for it to end."""


@dataclass(frozen=True, slots=True)
class _Due:
    """All that is told of a day."""

    on: date
    over: Sequence[Over]
    due: Sequence[Recording]
    """Those of the customers whom nothing binds."""
    held: int
    """In holding, and never due."""
    leaving: Sequence[Recording]
    """Ordered to go, and not gone."""
    locked: Sequence[Message]
    """Why a store keeps a version of what went, of each."""


def tell_due(desk: Desk, on: date | None, form: str, out: Path | None) -> Told:
    """What is due on a day, or today; as the list that can be signed in CSV, and into `out`.

    Who saw it is written down before: a list has the paths, which have names and numbers. Raises
    WordError where the office has no rule; DiskError where that cannot be written down; OSError
    where `out` cannot be.
    """
    rule, on = _rule(desk), on or _today(desk)
    with desk.reading() as tx:
        found = _gathered(tx, rule, on)
    desk.enter("numbers_shown", {"command": "retention due"})
    listed = [*lines_of([one for one in found.over if one.is_due], found.due, on)]
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        with whole(out) as unfinished:
            unfinished.write_text(written(listed), encoding="utf-8", newline="")
    if form == "csv":
        return Told(written(listed))
    if form == "json":
        return Told(as_json(_as_json(found, rule)))
    told = [*_table(desk, found.over), *_beside(desk, found)]
    if out is not None:
        told.append(desk.said("retention.written", path=out, count=len(listed)))
    elif listed:
        told.append(desk.words("retention.list_with"))
    return Told(lines(*told))


def _gathered(tx: Transaction, rule: Retention, on: date) -> _Due:
    over = customer_files.of_those_over(tx, rule, on, spelled)
    due = customer_files.recordings_of(tx, [one.file.customer for one in over if one.is_due])
    held, leaving = customer_files.in_holding(tx), disposals.leaving(tx)
    return _Due(on, over, due, held, leaving, disposals.locked(tx))


def _rule(desk: Desk) -> Retention:
    if desk.settings.retention is None:
        raise WordError(Message.of("retention.no_rule"))
    return desk.settings.retention


def _today(desk: Desk) -> date:
    return desk.local(desk.clock.now()).date()


def _table(desk: Desk, over: Sequence[Over]) -> Iterator[str]:
    for one in over:
        file = one.file
        key = "retention.due" if one.is_due else f"retention.bound_{file.bound}"
        yield desk.said(
            "retention.line",
            customer=file.folder,
            count=file.recordings,
            first=file.first,
            newest=file.newest,
            rule=_spelt(desk, one.rule),
            until=one.until,
            state=desk.words(key),
        )


def _beside(desk: Desk, found: _Due) -> Iterator[str]:
    customers = sum(one.is_due for one in found.over)
    said = {"on": found.on, "customers": customers, "count": len(found.due)}
    yield desk.words("retention.due_in_all", **said)
    if found.held:
        yield desk.words("retention.in_holding", count=found.held)
    if found.leaving:
        yield desk.words("retention.leaving", count=len(found.leaving))
    yield from _locked(desk, found.locked)


def _locked(desk: Desk, locked: Sequence[Message]) -> Iterator[str]:
    """How many, and until when the last of them."""
    if locked:
        until = max(str(dict(one.values)["until"]) for one in locked)
        yield desk.words("retention.locked", count=len(locked), until=until)


def _spelt(desk: Desk, rule: KeepRule) -> str:
    return desk.words(f"retention.rule_{rule.kind}", name=rule.name, years=rule.years)


def _as_json(found: _Due, rule: Retention) -> dict[str, object]:
    return {
        "on": found.on.isoformat(),
        "years": rule.years,
        "departments": dict(rule.departments),
        "grades": dict(rule.grades),
        "recordings": len(found.due),
        "in_holding": found.held,
        "ordered": len(found.leaving),
        "locked_objects": len(found.locked),
        "customers": [
            {
                "customer": one.file.name,
                "folder": one.file.folder,
                "recordings": one.file.recordings,
                "from": one.file.first.isoformat(),
                "to": one.file.newest.isoformat(),
                "last": one.file.last.isoformat(),
                "rule": one.rule.kind,
                "name": one.rule.name or None,
                "years": one.rule.years,
                "until": one.until.isoformat(),
                "due": one.is_due,
                "bound": one.file.bound,
            }
            for one in found.over
        ],
    }


@dataclass(frozen=True, slots=True)
class Order:
    """What a person says on the command line."""

    list: Path
    by: str
    reason: str
    count: int | None
    """How many they know will go; `None`: they are asked."""


def tell_apply(desk: Desk, said: Order, ask: Callable[[str], str], form: str) -> Told:
    """Looks at each line again, has the count confirmed, writes the order down and carries it out.

    Raises WordError, and nothing has happened, where the list is none or was altered, a name or a
    reason is lacking, a mirror says that the computer's clock is ahead, the inbox has what was not
    taken in yet, or the count is not the one that would go; InboxError where the inbox cannot be
    listed, OSError where the list cannot be read. `ask` shows a prompt and returns what was typed.
    """
    rule, today = _rule(desk), _today(desk)
    if not said.by.strip() or not said.reason.strip():
        raise WordError(Message.of("retention.unsigned"))
    signed = read(said.list.read_bytes())
    if desk.clock.own:
        refuse_clock_ahead(desk.settings, desk.clock.now())
    with desk.reading() as tx:
        refuse_untaken(tx, desk.settings.inbox)
        looked = look_again(tx, signed.lines, rule, today)
    looked = with_files(looked, Store(desk.settings.archive.path))
    going = sum(one.why_kept is None for one in looked)
    if going:
        _confirm(desk, said, looked, going, ask)
        with desk.reading() as tx:
            refuse_untaken(tx, desk.settings.inbox)
        now = desk.clock.now()
        signs = Said(said.by.strip(), said.reason.strip(), now, signed.digest)
        mirrored = desk.settings.mirror is not None
        stay = [one for one in looked if one.why_kept is not None]
        free = [one for one in looked if one.why_kept is None]
        for some in batches(free, _AT_ONCE):
            with desk.writing() as tx:
                stay += order(tx, some, rule, signs, today, mirrored=mirrored)
        looked = stay
    return _tell_done(desk, looked, form)


def _confirm(
    desk: Desk, said: Order, looked: Sequence[Looked], going: int, ask: Callable[[str], str]
) -> None:
    """The very number of what would go: a list of another day has another one."""
    typed = str(said.count) if said.count is not None else None
    if typed is None:
        prompt = [*_kept_lines(desk, looked), desk.words("retention.confirm", count=going)]
        typed = ask("\n".join(prompt)).strip()
    if typed != str(going):
        raise WordError(Message.of("retention.not_confirmed", count=going, typed=visible(typed)))


def _tell_done(desk: Desk, looked: Sequence[Looked], form: str) -> Told:
    ordered = [one.recording.id for one in looked if one.why_kept is None and one.recording]
    notes = _carried_out(desk) if ordered else ()
    with desk.reading() as tx:
        said = disposals.of(tx, ordered)
        disposed = sum(one.disposed_at is not None for one in said.values())
        sources = [path for id in ordered for path in kept.sources(tx, id)]
        locked = disposals.locked(tx)
    inbox = desk.settings.inbox.path
    lying = [one for one in sources if inbox.joinpath(*one.split("/")).exists()]
    stayed = [one for one in looked if one.why_kept is not None]
    code = NEEDS_A_PERSON if stayed else DONE
    if form == "json":
        told = {
            "ordered": sorted(ordered),
            "disposed": disposed,
            "kept": [{"recording": one.line.recording, "why": one.why_kept} for one in stayed],
            "locked_objects": len(locked),
            "sources_in_inbox": lying,
        }
        return Told(as_json(told), notes, code)
    text = [desk.words("retention.ordered", count=len(ordered), disposed=disposed)]
    text += _kept_lines(desk, looked)
    if len(ordered) > disposed:
        text.append(desk.words("retention.leaving", count=len(ordered) - disposed))
    text += _locked(desk, locked)
    if lying:
        shown = ", ".join(lying[:_SHOWN]) + (" …" if len(lying) > _SHOWN else "")
        text.append(desk.said("retention.in_inbox", count=len(lying), files=shown))
    return Told(lines(*text), notes, code)


def _kept_lines(desk: Desk, looked: Sequence[Looked]) -> list[str]:
    """Why some stay: each cause with its count, and the first few by their numbers."""
    counts = Counter(one.why_kept for one in looked if one.why_kept is not None)
    told = []
    for why, count in sorted(counts.items()):
        ids = [str(one.line.recording) for one in looked if one.why_kept == why]
        listed = ", ".join(ids[:_SHOWN]) + (" …" if count > _SHOWN else "")
        said = desk.words(f"retention.kept_{why}")
        told.append(desk.words("retention.kept", count=count, ids=listed, why=said))
    return told


def _carried_out(desk: Desk) -> tuple[str, ...]:
    """Does what was ordered at once, in all mirrors, or leaves it to the daemon's next pass."""
    clock = desk.clock
    try:
        with open_session(desk.settings) as session:
            session.settle(clock.now())
            drained = session.mirror(clock.now, everything=False)
            if session.dispose(clock.now):
                session.mirror(clock.now, everything=False)
    except LockedError:
        return (desk.words("retention.by_daemon"),)
    problem = drained.outage or drained.problem
    if problem is None:
        return ()
    return (desk.words("retention.mirror_later", why=desk.words.say(problem)),)
