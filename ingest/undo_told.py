"""`callvault undo`: the last acts listed, or one of them undone and told."""

from __future__ import annotations

from collections.abc import Sequence

from archive.catalogue import acts, customers, recordings
from archive.catalogue.database import Transaction
from archive.said_records import Act, Change
from ingest.desk import Desk, Told, as_json, lines, memory_json, recording_json
from ingest.undoing import Undone, undo

_LISTED = 20


def tell_undo(desk: Desk, named: str | None, form: str) -> Told:
    """Raises WordError where there is nothing of that name to undo."""
    if named is None:
        return _list(desk, form)
    with desk.writing() as tx:
        undone = undo(tx, named, desk.roots, desk.speaker)
    followed = desk.follow()
    if form == "json":
        with desk.reading() as tx:
            now = recordings.by_ids(tx, [one.id for one in undone.recordings])
        told = {
            "act": undone.act,
            "undoes": undone.undoes.id,
            "recordings": [recording_json(one) for one in now],
            "left_alone": [recording_json(one) for one in undone.left_alone],
            "remembered": [memory_json(one) for one in undone.learned],
            "forgotten": [memory_json(one) for one in undone.forgotten],
            "moved": followed.moved,
            "by_daemon": followed.by_daemon,
        }
        return Told(as_json(told), desk.notes(followed))
    return Told(lines(*undone_lines(desk, undone)), desk.notes(followed))


def undone_lines(desk: Desk, undone: Undone) -> list[str]:
    told = [desk.said("word.undone", act=undone.undoes.id, count=len(undone.recordings))]
    for one in undone.left_alone:
        key = "word.left_disposed" if one.disposal else "word.left_alone"
        told.append(desk.said(key, source=one.source))
    told += [desk.memory("word.unlearned", one, "") for one in undone.forgotten]
    return [*told, desk.words("word.undo_with", act=undone.act)]


def _list(desk: Desk, form: str) -> Told:
    with desk.reading() as tx:
        last = acts.latest(tx, _LISTED)
        told = [(act, acts.changes(tx, act.id)) for act in last]
        said = [_what(desk, tx, act, changes) for act, changes in told]
    if form == "json":
        return Told(
            as_json(
                [
                    {
                        "act": act.id,
                        "kind": act.kind,
                        "at": desk.instant(act.at),
                        "by": act.by,
                        "undoes": act.undoes,
                        "recordings": [one.recording for one in changes],
                    }
                    for act, changes in told
                ]
            )
        )
    if not last:
        return Told(lines(desk.words("word.nothing_done")))
    every = [
        desk.said(
            "word.act",
            id=act.id,
            at=desk.minute(act.at),
            by=act.by or desk.words("word.machine"),
            what=what,
        )
        for act, what in zip(last, said, strict=True)
    ]
    return Told(lines(*every))


def _what(desk: Desk, tx: Transaction, act: Act, changes: Sequence[Change]) -> str:
    """What an act did, in a few words."""
    source = customer = ""
    if len(changes) == 1:
        source = recordings.by_ids(tx, [changes[0].recording])[0].source
        word = changes[0].word_after
        if word is not None and word.customer is not None:
            customer = customers.by_ids(tx, [word.customer])[0].name
    count = len(changes)
    if act.kind == "forget":
        count = len(acts.memories(tx, act.id)[1])
    return desk.words(
        f"word.act_{act.kind}", count=count, source=source, customer=customer, undoes=act.undoes
    )
