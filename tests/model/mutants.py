"""Faults that the model must find: each takes away one thing that the product does.

They are planted in the process that runs the model, by `python -m tests.model --mutant NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from sqlalchemy import true

import archive.carrying_out
import ingest.deciding
import matcher.match
from archive.carrying_out import Failure
from archive.catalogue import files, log, outbox, outbox_recordings, words
from archive.mirror_records import Errand, Shown
from archive.records import FileState
from archive.store import Staged, Store
from ingest.inbox_pass import InboxPass
from ingest.intake import Intake


def _put(where: object, name: str, fault: object) -> None:
    setattr(where, name, fault)


def _errand_dropped() -> None:
    """What moves is not owed to the mirror."""
    _put(outbox_recordings, "follow", lambda *_: None)


def _custody_unwritten() -> None:
    """The entries of every fourth recording are not written."""
    write = log.append

    def append(tx: Any, events: Sequence[Any], at: Any) -> None:
        write(tx, [one for one in events if one.sha256[0] not in "0123"], at)

    _put(log, "append", append)


def _twice_admitted() -> None:
    """A copy whose bytes are known is named all the same."""

    def discard(self: Store, staged: Staged) -> None:
        if staged.path.exists():
            self.publish(staged, f"_holding/2026-11-16/{staged.path.name} again.amr")

    _put(Store, "discard", discard)


def _word_overruled() -> None:
    """The machine decides as if nobody had said anything."""
    _put(
        ingest.deciding,
        "_with_words",
        lambda told, *_: {id: heard for id, (_, heard) in told.items()},
    )


def _word_lost() -> None:
    """A word that is taken back stays."""
    say = words.say
    _put(
        words,
        "say",
        lambda tx, said: say(tx, {id: one for id, one in said.items() if one is not None}),
    )


def _removed_too_soon() -> None:
    """The old object goes before the new one is confirmed."""
    _put(outbox, "_possible", true)


def _flapping() -> None:
    """Every second decision overlooks a row."""
    decide, turn = matcher.match.match, count()

    def match(heard: Any, rows: Any, **named: Any) -> Any:
        rows = rows if next(turn) % 2 else rows[:-1]
        return decide(heard, rows, **named)

    _put(ingest.deciding, "match", match)


def _confirmed_unseen() -> None:
    """What could not be sent for an outage counts as done."""
    do = archive.carrying_out.CarryingOut.do

    def done(self: archive.carrying_out.CarryingOut, errand: Errand) -> Shown | Failure:
        told = do(self, errand)
        return Shown() if isinstance(told, Failure) and told.outage else told

    _put(archive.carrying_out.CarryingOut, "do", done)


def _unrecovered() -> None:
    """What a kill cut short is forgotten and not finished."""

    def recover(self: Intake, _now: Any) -> None:
        with self._catalogue.transaction() as tx:
            for file in files.planned(tx):
                files.forget(tx, file.id)
        self._store.empty_staging()

    _put(Intake, "recover", recover)


def _published_early() -> None:
    """A name is given before all bytes are there."""
    publish = Store.publish

    def torn(self: Store, staged: Staged, relative: str) -> None:
        target = self.path(relative)
        self._make_folder(target.parent)
        target.write_bytes(staged.path.read_bytes()[:500])
        target.unlink()
        publish(self, staged, relative)

    _put(Store, "publish", torn)


def _day_not_reopened() -> None:
    """A corrected sheet does not have its day decided again."""
    _put(files, "reopen", lambda *_: None)


def _junk_unseen() -> None:
    """A file that is ignored is not remembered, so no report names it."""
    note = InboxPass._note

    def noted(self: InboxPass, seen: Any, state: FileState, *rest: Any) -> None:
        if state is not FileState.IGNORED:
            note(self, seen, state, *rest)

    _put(InboxPass, "_note", noted)


_MUTANTS: dict[str, Callable[[], None]] = {
    "errand_dropped": _errand_dropped,
    "custody_unwritten": _custody_unwritten,
    "twice_admitted": _twice_admitted,
    "word_overruled": _word_overruled,
    "word_lost": _word_lost,
    "removed_too_soon": _removed_too_soon,
    "flapping": _flapping,
    "confirmed_unseen": _confirmed_unseen,
    "unrecovered": _unrecovered,
    "published_early": _published_early,
    "day_not_reopened": _day_not_reopened,
    "junk_unseen": _junk_unseen,
}
NAMES = tuple(_MUTANTS)


def plant(name: str) -> None:
    _MUTANTS[name]()
