"""`callvault hold add`, `release` and `list`: done, and told as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.catalogue import customers, holds
from archive.catalogue.database import Transaction
from archive.catalogue.holds import LegalHold, Reach
from archive.records import Customer
from config.language import Message
from config.quiet import quiet_until
from config.settings import Mirror
from ingest.desk import Desk, Told, as_json, lines
from ingest.errors import WordError
from ingest.naming import spelt, whose


@dataclass(frozen=True, slots=True)
class _Standing:
    """A hold, whom it is about, and how far it has come."""

    hold: LegalHold
    customer: Customer
    reach: Reach


def tell_add(desk: Desk, named: str, reason: str, form: str) -> Told:
    """Raises WordError where the customer is not known, or could be several."""
    with desk.writing() as tx:
        of = whose(tx, named).customer
        mirrored = desk.settings.mirror is not None
        before = holds.add(tx, of, reason.strip(), desk.by, desk.clock.now(), mirrored=mirrored)
    if before is None:
        head = desk.said("hold.added", customer=spelt(of))
    else:
        since = desk.minute(before.said_at)
        head = desk.said("hold.stood", customer=spelt(of), since=since, by=before.said_by)
    return _tell_done(desk, of, head, form)


def tell_release(desk: Desk, named: str, form: str) -> Told:
    """Raises WordError where the customer is not known, or not under legal hold."""
    with desk.writing() as tx:
        of = whose(tx, named).customer
        mirrored = desk.settings.mirror is not None
        if not holds.release(tx, of, desk.by, desk.clock.now(), mirrored=mirrored):
            raise WordError(Message.of("hold.none_stands", customer=spelt(of)))
    return _tell_done(desk, of, desk.said("hold.released", customer=spelt(of)), form)


def _tell_done(desk: Desk, of: Customer, head: str, form: str) -> Told:
    followed = desk.follow()
    with desk.reading() as tx:
        every = _standing(tx, of.id)
    notes = desk.notes(followed)
    if followed.by_daemon and desk.settings.mirror is not None:
        notes = (_by_daemon(desk, desk.settings.mirror),)
    if form == "json":
        told = {"customer": of.name, "folder": of.folder, "held": bool(every)}
        return Told(as_json(told | (_as_json(desk, every[0]) if every else {})), notes)
    return Told(lines(head, *(line for one in every for line in _reached(desk, one))), notes)


def _by_daemon(desk: Desk, mirror: Mirror) -> str:
    """When the daemon, which works on the archive, has the objects follow."""
    if until := quiet_until(mirror.quiet, desk.local(desk.clock.now())):
        return desk.words("hold.by_daemon_later", at=f"{until:%H:%M}")
    return desk.words("hold.by_daemon", seconds=f"{desk.settings.inbox.scan_seconds:g}")


def tell_list(desk: Desk, form: str) -> Told:
    with desk.reading() as tx:
        every = _standing(tx)
    desk.enter("numbers_shown", {"command": "hold list"})
    if form == "json":
        return Told(as_json([_as_json(desk, one) for one in every]))
    if not every:
        return Told(lines(desk.words("hold.nobody")))
    return Told(lines(*(line for one in every for line in _lines(desk, one))))


def _standing(tx: Transaction, customer: int | None = None) -> list[_Standing]:
    every = holds.standing(tx, customer)
    known = {one.id: one for one in customers.by_ids(tx, {one.customer for one in every})}
    return [_Standing(one, known[one.customer], holds.reach(tx, one.customer)) for one in every]


def _lines(desk: Desk, one: _Standing) -> Iterator[str]:
    since = desk.minute(one.hold.said_at)
    yield desk.said("hold.line", customer=spelt(one.customer), since=since, by=one.hold.said_by)
    if one.hold.reason:
        yield desk.said("hold.reason", reason=one.hold.reason)
    yield from _reached(desk, one)


def _reached(desk: Desk, one: _Standing) -> Iterator[str]:
    reach = one.reach
    if desk.settings.mirror is None:
        yield desk.words("hold.no_mirror", recordings=reach.recordings)
        return
    counts = {"recordings": reach.recordings, "objects": reach.objects, "shown": reach.shown}
    yield desk.words("hold.reach", **counts)
    if reach.unknown:
        yield desk.words("hold.unknown_to_store", count=reach.unknown)
    if reach.error is not None:
        yield desk.said("hold.refused", why=desk.words.say(reach.error))


def _as_json(desk: Desk, one: _Standing) -> dict[str, object]:
    error = one.reach.error
    return {
        "customer": one.customer.name,
        "folder": one.customer.folder,
        "numbers": sorted(one.customer.numbers),
        "since": desk.instant(one.hold.said_at),
        "by": one.hold.said_by,
        "reason": one.hold.reason,
        "recordings": one.reach.recordings,
        "objects": one.reach.objects,
        "objects_on_hold": one.reach.shown,
        "objects_without_legal_hold": one.reach.unknown,
        "refused": desk.words.say(error) if error else None,
    }
