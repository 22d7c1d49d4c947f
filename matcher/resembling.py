"""Who may be meant though nothing names them: a call just then whose number or name is a slip away.

Of no weight for a decision. What is a known customer's own number or name, or stands in a longer
text, may still be a slip of the row's: a person is shown that row first, and its customer's
recording is not called missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from matcher.claims import Claim, claims_of
from matcher.decision import Reason
from matcher.learned import Learned
from matcher.said import Said, Spelling, Written
from matcher.slips import alike, base, one_slip
from matcher.spelling import same_sound
from matcher.weigh import Weighed
from matcher.weights import TIME_CLOSE, WEIGHTS

_WORDS = re.compile(r"[^\w·]+")
_LONGEST = 4


def resembling(
    call: Said, rows: Sequence[Written], learned: Learned, spelling: Spelling
) -> list[Weighed]:
    """Of `rows` those that a call of about their time resembles, best first, with that reason."""
    texts = tuple(_texts(call, spelling))
    alike_rows = [row for row in rows if _resembles(call.numbers, texts, row)]
    claims: Sequence[Claim] = claims_of(call, alike_rows, learned) if alike_rows else ()
    near = [row for claim in claims for row in claim.rows if row.codes & TIME_CLOSE]
    return [_told(row) for row in near]


def _told(row: Weighed) -> Weighed:
    reason = Reason("resembles", WEIGHTS["resembles"])
    return row._replace(
        reasons=(*row.reasons, reason),
        weight=row.weight + reason.weight,
        codes=row.codes | {reason.code},
    )


def _texts(call: Said, spelling: Spelling) -> Iterator[str]:
    yield call.name or ""
    yield from map(spelling, _WORDS.split(call.told))


def _resembles(numbers: Sequence[str], texts: Sequence[str], row: Written) -> bool:
    theirs = (*row.row.numbers, *row.elsewhere, *row.row.misread)
    if any(one_slip(one, other) for one in numbers for other in theirs):
        return True
    names = {base(name) for name in (row.name or "", *row.also_named)}
    return any(_holds_like(text, name) for text in texts for name in names)


def _holds_like(text: str, name: str) -> bool:
    """Whether a part of the text sounds like the name, or is a slip away from it."""
    length = len(name)
    if not 2 <= length <= _LONGEST:
        return False
    parts = (text[at : at + length] for at in range(len(text) - length + 1))
    return any(part == name or same_sound(part, name) or alike(part, name) for part in parts)
