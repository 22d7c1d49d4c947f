"""`callvault assign`, `unassign`, `remembered` and `forget`: done, and told as text or JSON."""

from __future__ import annotations

from collections.abc import Sequence

from archive.catalogue import customers, memory
from archive.said_records import Confirmed
from ingest.desk import Desk, Told, as_json, lines, memory_json, recording_json
from ingest.following import Followed
from ingest.naming import recording_named, whose
from ingest.word import Spoken, add, assign, forget, unassign


def tell_assign(
    desk: Desk, recording: str, target: str, form: str, *, new: bool, remember: bool
) -> Told:
    """Raises WordError where the recording or the customer is not known, or could be several."""
    with desk.writing() as tx:
        found = recording_named(tx, recording, desk.roots)
        of = add(tx, target) if new else whose(tx, target, "word.no_customer_yet")
        spoken = assign(tx, found, of, desk.speaker, desk.ears if remember else None)
    return _tell(desk, spoken, form)


def tell_unassign(desk: Desk, named: str, form: str) -> Told:
    with desk.writing() as tx:
        spoken = unassign(tx, recording_named(tx, named, desk.roots), desk.speaker)
    return _tell(desk, spoken, form)


def _tell(desk: Desk, spoken: Spoken, form: str) -> Told:
    followed = desk.follow()
    now = desk.after(spoken.recording.id)
    if form == "json":
        told = {
            "act": spoken.act,
            "recording": recording_json(now),
            "customer": spoken.customer.name if spoken.customer else None,
            "moved": followed.moved,
            "by_daemon": followed.by_daemon,
            "remembered": [memory_json(one) for one in spoken.learned],
            "forgotten": [memory_json(one) for one in spoken.forgotten],
            "not_remembered": [
                {"kind": str(one.kind), "value": one.value, "customer": one.owner}
                for one in spoken.kept
            ],
        }
        return Told(as_json(told), desk.notes(followed))
    return Told(lines(*spoken_lines(desk, spoken, followed)), desk.notes(followed))


def spoken_lines(desk: Desk, spoken: Spoken, followed: Followed) -> list[str]:
    """What came of a word, as sentences."""
    source = spoken.recording.source
    if spoken.act is None:
        return [desk.words("word.said_before")]
    if spoken.customer is None:
        told = [desk.said("word.unassigned", source=source)]
    else:
        told = [desk.said("word.assigned", source=source, customer=spoken.customer.name)]
    if not followed.by_daemon:
        told.append(desk.said("word.lies", path=desk.after(spoken.recording.id).path))
    owner = spoken.customer.name if spoken.customer else ""
    told += [desk.memory("word.learned", one, owner) for one in spoken.learned]
    told += [desk.memory("word.unlearned", one, "") for one in spoken.forgotten]
    for kept in spoken.kept:
        kind = desk.words(f"word.{kept.kind}")
        told.append(desk.said("word.kept", kind=kind, value=kept.value, customer=kept.owner))
    return [*told, desk.words("word.undo_with", act=spoken.act)]


def tell_remembered(desk: Desk, form: str) -> Told:
    with desk.reading() as tx:
        all_of = memory.everything(tx)
        named = customers.by_ids(tx, {one.customer for one in all_of})
    desk.enter("numbers_shown", {"command": "remembered"})
    names = {one.id: one.name for one in named}
    if form == "json":
        told = [
            {
                "id": one.id,
                **memory_json(one),
                "customer": names[one.customer],
                "by": one.said_by,
                "at": desk.instant(one.said_at),
                "recording": one.recording,
            }
            for one in all_of
        ]
        return Told(as_json(told))
    if not all_of:
        return Told(lines(desk.words("word.nothing_remembered")))
    return Told(lines(*(_remembered(desk, one, names[one.customer]) for one in all_of)))


def _remembered(desk: Desk, one: Confirmed, customer: str) -> str:
    return desk.said(
        "word.confirmed",
        id=one.id,
        kind=desk.words(f"word.{one.kind}"),
        value=one.value,
        customer=customer,
        by=one.said_by,
        at=desk.minute(one.said_at),
    )


def tell_forget(desk: Desk, ids: Sequence[int], form: str = "text") -> Told:
    with desk.writing() as tx:
        gone = forget(tx, ids, desk.speaker)
    followed = desk.follow()
    if form == "json":
        return Told(as_json([memory_json(one) for one in gone]), desk.notes(followed))
    told = [desk.memory("word.unlearned", one, "") for one in gone]
    return Told(lines(*told), desk.notes(followed))
