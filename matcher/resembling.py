"""Who may be meant though nothing names them: a call just then whose number or name is a slip away.

Of no weight for a decision. What is a known customer's own number or name, or stands in a longer
text, may still be a slip of the row's: a person is shown that row first, and its customer's
recording is not called missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcher.block import WORDS
from matcher.claims import Claim, claims_of
from matcher.decision import Reason
from matcher.learned import Learned
from matcher.said import Said, Spelling, Written
from matcher.slips import alike, base, one_slip, shortened
from matcher.spelling import readings
from matcher.weigh import Weighed
from matcher.weights import TIME_CLOSE, WEIGHTS

_JUST_THEN = TIME_CLOSE | {"time_half_day"}
_LENGTHS = range(2, 5)
_LONGEST = 60
"""Characters of contact and note that are looked at."""


def resembling(
    call: Said, rows: Sequence[Written], learned: Learned, spelling: Spelling
) -> list[Claim]:
    """The customers of those of `rows` which are near in time and a slip away, best first.

    Each row's reasons say so.
    """
    if not rows:
        return []
    texts = _texts(call, spelling)
    close = [
        claim
        for claim in claims_of(call, [row for row in rows if _is_alike(call, texts, row)], learned)
        if claim.best.codes & _JUST_THEN
    ]
    return [_told(claim) for claim in close]


def _told(claim: Claim) -> Claim:
    near = [_with_reason(row) for row in claim.others if row.codes & _JUST_THEN]
    return claim._replace(best=_with_reason(claim.best), others=tuple(near))


def _with_reason(row: Weighed) -> Weighed:
    reason = Reason("resembles", WEIGHTS["resembles"])
    return row._replace(reasons=(*row.reasons, reason), codes=row.codes | {reason.code})


class _Texts(NamedTuple):
    """All that may stand for a name in what was heard."""

    parts: frozenset[str]
    sounds: frozenset[str]
    shortened: frozenset[str]


def _texts(call: Said, spelling: Spelling) -> _Texts:
    words = {call.name or "", *map(spelling, WORDS.split(call.told[:_LONGEST]))}
    parts = frozenset(
        word[at : at + length]
        for word in words
        for length in _LENGTHS
        for at in range(len(word) - length + 1)
    )
    return _Texts(
        parts,
        frozenset(sound for part in parts for sound in readings(part)),
        frozenset(key for part in parts for key in shortened(part)),
    )


def _is_alike(call: Said, texts: _Texts, row: Written) -> bool:
    theirs = (*row.row.numbers, *row.elsewhere, *row.row.misread)
    if any(one_slip(one, other) for one in call.numbers for other in theirs):
        return True
    return any(_has_like(texts, base(name)) for name in (row.name or "", *row.also_named))


def _has_like(texts: _Texts, name: str) -> bool:
    """Whether a part of what was heard sounds like the name, or is a slip away from it."""
    if not texts.sounds.isdisjoint(readings(name)):
        return True
    if texts.shortened.isdisjoint(shortened(name)):
        return False
    return any(part == name or alike(part, name) for part in texts.parts)
