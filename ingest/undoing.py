"""Undoing: an act's recordings go back to where they were, by a person's word.

What a pass decided is put back by a word, or the next pass would decide it again; what a person
said is put back to what was said before, and where nothing was, the machine decides again. An
undoing is an act itself, and can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.catalogue import acts, disposals, memory, recordings
from archive.catalogue.database import Transaction
from archive.records import Recording
from archive.said_records import Act, Change, Confirmed, Word
from config.language import Message
from ingest.act import Doing, Speaker, do
from ingest.errors import WordError
from ingest.naming import Roots, recording_named
from ingest.word import refuse_disposed


@dataclass(frozen=True, slots=True)
class Undone:
    act: int
    """The number of the undoing."""
    undoes: Act
    recordings: tuple[Recording, ...]
    left_alone: tuple[Recording, ...]
    """A later act changed them again, or they are disposed of."""
    learned: tuple[Confirmed, ...]
    forgotten: tuple[Confirmed, ...]


def undo(tx: Transaction, text: str, roots: Roots, speaker: Speaker) -> Undone:
    """Undoes the act of this number, or the last decision on the recording that `text` names.

    WordError where there is none such, or nothing of it can be undone any more. What is disposed
    of, or is to be, stays as it is.
    """
    if text.isdecimal() and len(text) < 10 and (act := acts.by_id(tx, int(text))) is not None:
        return _undo(tx, act, None, speaker)
    if text.isdecimal() and len(text) < 6:
        raise WordError(Message.of("word.no_act", text=text))
    recording = recording_named(tx, text, roots)
    refuse_disposed(recording)
    last = acts.last_of(tx, [recording.id]).get(recording.id)
    act = acts.by_id(tx, last) if last is not None else None
    if act is None:
        raise WordError(Message.of("word.nothing_decided", recording=recording.id))
    return _undo(tx, act, recording.id, speaker)


def _undo(tx: Transaction, act: Act, only: int | None, speaker: Speaker) -> Undone:
    changes = [one for one in acts.changes(tx, act.id) if only in (None, one.recording)]
    last = acts.last_of(tx, [one.recording for one in changes])
    gone_for_good = disposals.of(tx, [one.recording for one in changes])
    free = [
        one
        for one in changes
        if last[one.recording] == act.id and one.recording not in gone_for_good
    ]
    added, gone = acts.memories(tx, act.id)
    forgotten = [one for one in _of(only, added) if _stands(tx, one)]
    taken = {(one.kind, one.value) for one in forgotten}
    learned = [
        one
        for one in _of(only, gone)
        if (one.kind, one.value) in taken or memory.owner(tx, one.kind, one.value) is None
    ]
    if not (free or forgotten or learned):
        later = acts.undone_by(tx, act.id)
        key = "word.undone_already" if later else "word.changed_since"
        for one in recordings.by_ids(tx, gone_for_good):
            refuse_disposed(one)
        raise WordError(Message.of(key, act=act.id, later=later))
    said = {one.recording: _word_before(act, one, speaker) for one in free}
    id = do(tx, Doing("undo", said, learned, forgotten, act.id), speaker)
    left = {one.recording for one in changes} - said.keys()
    return Undone(
        act=id,
        undoes=act,
        recordings=tuple(recordings.by_ids(tx, said.keys())),
        left_alone=tuple(recordings.by_ids(tx, left)),
        learned=tuple(learned),
        forgotten=tuple(forgotten),
    )


def _word_before(act: Act, change: Change, speaker: Speaker) -> Word | None:
    if act.kind != acts.PASS:
        return change.word_before
    return Word(change.before.customer, change.before.row, speaker.by, speaker.at)


def _of(only: int | None, all_of: Sequence[Confirmed]) -> list[Confirmed]:
    return [one for one in all_of if only in (None, one.recording)]


def _stands(tx: Transaction, one: Confirmed) -> bool:
    return memory.owner(tx, one.kind, one.value) == one.customer
