"""Why a recording lies where it lies, gathered from the catalogue; put into words elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.catalogue import acts, disposals, sheets, words
from archive.catalogue.database import Transaction
from archive.records import Recording, Row, Weighed
from archive.said_records import Disposal, Word
from config.language import Message
from ingest.hearing import Ears, heard_as
from matcher.evidence import Evidence

_Say = Callable[[Weighed, Row], list[Message]]
_STRONG, _PLAIN = 8.0, 3.0
"""Bits: 8 alone are enough to file, see `matcher.opinion`."""


@dataclass(frozen=True, slots=True)
class Explanation:
    recording: Recording
    row: Row | None
    """Under which it is filed."""
    said: tuple[tuple[str, Evidence], ...]
    """What each name of its bytes says, by source; its own first."""
    word: Word | None
    withdrawn: str | None
    """The customer out of whose folder it was taken because the evidence is gone."""
    last_act: int | None
    rows: tuple[Row | None, ...]
    """Of the candidates, in their order; `None` where the sheet was corrected since."""
    disposal: Disposal | None = None

    @property
    def candidates(self) -> Sequence[Weighed]:
        return self.recording.outcome.candidates if self.recording.outcome else ()

    @property
    def why(self) -> str | None:
        return self.recording.outcome.why if self.recording.outcome else None


def explain(tx: Transaction, recording: Recording, ears: Ears) -> Explanation:
    rows = sheets.rows_by_id(tx, [recording.row]) if recording.row is not None else ()
    candidates = recording.outcome.candidates if recording.outcome else ()
    word = words.of(tx, [recording.id]).get(recording.id)
    held = [recording.id] if not recording.filed and word is None else []
    return Explanation(
        recording=recording,
        row=rows[0] if rows else None,
        said=heard_as(tx, [recording], ears)[recording.id],
        word=word,
        withdrawn=acts.withdrawn(tx, held).get(recording.id),
        last_act=acts.last_of(tx, [recording.id]).get(recording.id),
        rows=tuple(sheets.row_of_key(tx, one.row) for one in candidates),
        disposal=disposals.of(tx, [recording.id]).get(recording.id),
    )


def strength(weight: float) -> str:
    """How much a reason weighs, in a word: the key of its sentence."""
    if weight == 0:
        return "neutral"
    side = "for" if weight > 0 else "against"
    size = abs(weight)
    return f"strong_{side}" if size >= _STRONG else side if size >= _PLAIN else f"slight_{side}"


def apart(explained: Explanation) -> tuple[Weighed, Weighed] | None:
    """The likeliest candidate and the next one who is another customer."""
    if not explained.candidates:
        return None
    whose = [row.customer if row else None for row in explained.rows]
    for other, customer in zip(explained.candidates[1:], whose[1:], strict=True):
        if customer is None or customer != whose[0]:
            return explained.candidates[0], other
    return None


def remedies(explained: Explanation, call_day: str) -> list[Message]:
    """What a person can do so that it is decided otherwise, the surest first."""
    id = explained.recording.id
    listen = Message.of("explain.listen", id=id)
    why = explained.why
    if why is None:
        return [Message.of("explain.wait")]
    if why == "person":
        undo = [Message.of("explain.undo", act=explained.last_act)] if explained.last_act else []
        held = explained.word is not None and explained.word.customer is None
        return [*undo, listen if held else Message.of("explain.wrong", id=id)]
    if why == "clear":
        check = _rows(explained, 1, _check)
        return [Message.of("explain.wrong", id=id), *check]
    if why in ("nobody", "no_evidence"):
        said = explained.said[0][1]
        named = " ".join(filter(None, (said.contact, *said.numbers)))
        add = Message.of("explain.add_row", day=call_day, said=named)
        return [*([add] if named else []), listen, Message.of("explain.newcomer", id=id)]
    if why == "tie":
        return [*_rows(explained, 2, _fill), listen]
    return [*_rows(explained, 2, _fill), *_rows(explained, 2, _check), listen]


def _rows(explained: Explanation, most: int, say: _Say) -> list[Message]:
    told = []
    for candidate, row in list(zip(explained.candidates, explained.rows, strict=True))[:most]:
        if row is not None:
            told += say(candidate, row)
    return told


def _fill(candidate: Weighed, row: Row) -> list[Message]:
    """What the row leaves blank that would tell customers apart."""
    blank = []
    if not row.said.numbers:
        blank.append("explain.fill_number")
    if row.said.called_at is None:
        blank.append("explain.fill_time")
    return [_about(key, candidate) for key in blank]


def _check(candidate: Weighed, row: Row) -> list[Message]:
    del row
    return [_about("explain.check_row", candidate)]


def _about(key: str, candidate: Weighed) -> Message:
    return Message.of(
        key, sheet=candidate.sheet, line=candidate.line, customer=candidate.customer or "?"
    )
