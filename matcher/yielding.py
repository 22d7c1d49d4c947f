"""Held for the sake of a call that nobody recorded: what is clear by itself, and may be that call.

A phone is saved under one of a couple, a contact bears a relative's name, a file lies in another
collector's folder, a number in the sheet is mistyped: then the name or number that is heard is
another customer's. The sheet gives it away by a call of theirs to which no recording came. Where
that recording is merely missing, this costs a person a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from matcher.block import Blocks
from matcher.claims import Claim, claims_of
from matcher.learned import Learned
from matcher.opinion import Opinion
from matcher.rows import choose_rows
from matcher.said import Said, Written
from matcher.slips import one_slip
from matcher.weigh import Weighed
from matcher.weights import CAVEATS, NAME, NUMBER, TIME_APART, TIME_CLOSE, TIME_OFF

_JUST_THEN = 10  # minutes, as near as `time_near`
_NUMBERED = NUMBER | {"number_tail"}
_NO_CALL_OF_THEIRS = TIME_APART | {"not_reached"}


def has_rows(one: Opinion) -> bool:
    """Whether it is decided, for a customer who has rows on its day."""
    return one.why == "clear" or (one.why == "person" and bool(one.claims))


def yield_to_rivals(opinions: Sequence[Opinion], blocks: Blocks, learned: Learned) -> list[Opinion]:
    """Hold what the time does not confirm while somebody else's call, no less near, lacks its
    recording: under whose name a couple's phone is saved says little; and where a customer has more
    recordings than calls, neither folder nor characters tell who of the name or its sound it is.
    """
    decided = [one for one in opinions if has_rows(one)]
    recorded = _recorded(decided)
    count = Counter((one.claims[0].customer, one.call.day) for one in decided)
    held = list(opinions)
    for place, one in enumerate(opinions):
        if one.why == "clear":
            best = one.claims[0]
            too_many = count[best.customer, one.call.day] > len(_calls(best))
            rivals = _rivals(one, blocks, learned, recorded, too_many=too_many)
            held[place] = _held(one, rivals, "tie")
    return held


def _calls(claim: Claim) -> list[Weighed]:
    """The rows of which a recording is to be expected."""
    return [row for row in claim.rows if not row.codes & {"day_differs", "not_reached"}]


def yield_to_other_calls(
    opinions: Sequence[Opinion], blocks: Blocks, learned: Learned
) -> list[Opinion]:
    """Hold what fits no time while the time speaks for a call that has no recording.

    The contact may be saved under a relative's name, or the row's name or number mistyped, and then
    somebody else's row happens to bear what was heard.
    """
    doubtful = {id(one) for one in opinions if one.why == "clear" and _untimely(one)}
    if not doubtful:
        return list(opinions)
    recorded = _recorded(one for one in opinions if has_rows(one) and id(one) not in doubtful)
    return [
        _held(one, _better(one, blocks, learned, recorded), "time") if id(one) in doubtful else one
        for one in opinions
    ]


def _recorded(opinions: Iterable[Opinion]) -> set[str]:
    return {row.row.key for row in choose_rows(list(opinions)).values()}


def _held(one: Opinion, rivals: Sequence[Claim], why: str) -> Opinion:
    if not rivals:
        return one
    known = {claim.customer for claim in one.claims}
    more = [claim for claim in rivals if claim.customer is None or claim.customer not in known]
    return one._replace(why=why, claims=(*one.claims, *more), leans=False)


def _rivals(
    one: Opinion, blocks: Blocks, learned: Learned, recorded: Collection[str], *, too_many: bool
) -> list[Claim]:
    """Who else's unrecorded call of the day it may be."""
    best = one.claims[0]
    near = max(map(_nearness, best.rows))
    if best.some & NUMBER:
        of_number = [each for each in one.claims if each.some & NUMBER]
    else:
        numbered = blocks.numbered(one.call, _numbers(one))
        others = [row for row in numbered if row.customer != best.customer]
        of_number = claims_of(one.call, others, learned)
    of_name: list[Claim] = []
    if too_many and not best.some & _NUMBERED:
        of_name = [each for each in one.claims if each.some & NAME]
        of_name += claims_of(one.call, blocks.sounding(one.call), learned)
    return [
        claim
        for claim in (*of_name, *of_number)
        if claim.customer not in {best.customer, None}
        and any(
            _nearness(row) >= near and row.row.key not in recorded
            for row in claim.rows
            if not row.codes & _NO_CALL_OF_THEIRS
        )
    ]


def _nearness(row: Weighed) -> float:
    """In bits."""
    return sum(reason.weight for reason in row.reasons if reason.code in TIME_CLOSE)


def _untimely(one: Opinion) -> bool:
    best = one.claims[0]
    if best.some & _NUMBERED:
        return all(row.codes & TIME_APART for row in best.rows)
    return not best.some & TIME_CLOSE


def _better(
    one: Opinion, blocks: Blocks, learned: Learned, recorded: Collection[str]
) -> list[Claim]:
    drift = learned.clock(one.call.collector).drift
    if one.claims[0].some & _NUMBERED:
        near: Sequence[Written] = blocks.just_then(one.call, learned)
        fits = [row for row in near if _mistyped(row, one, learned)]
    else:
        near = blocks.around(one.call, drift)
        if _of_several(one):
            numbered = blocks.numbered(one.call, _numbers(one))
            near = [*near, *(row for row in numbered if row.minute is None)]
        fits = [row for row in near if _fits_better(row, one, drift)]
    return claims_of(one.call, [row for row in fits if row.row.key not in recorded], learned)


def _mistyped(row: Written, one: Opinion, learned: Learned) -> bool:
    """Another customer's call just then, to a number that is the one that was called but for one
    digit.
    """
    drift = learned.clock(row.collector).drift
    just_then = _just_then(row, one.call, one.claims[0].best, drift)
    return (
        just_then
        and _is_anothers(row, one)
        and any(
            one_slip(number, called)
            for number in (*row.row.numbers, *row.row.misread)
            for called in one.call.numbers
        )
    )


def _is_anothers(row: Written, one: Opinion) -> bool:
    return row.customer != one.claims[0].customer and row.row.reached is not False


def _fits_better(row: Written, one: Opinion, drift: float) -> bool:
    """Another customer's call just then; beside a row whose time is not known, of a like name, of
    no name, or with the same number: a couple's phone is saved under one of the two.
    """
    call, best = one.call, one.claims[0].best
    elsewhen = bool(best.codes & TIME_OFF)
    alike = not row.row.name or bool(set(row.name or "") & set(call.name or ""))
    couple = not _numbers(one).isdisjoint(row.row.numbers)
    just_then = _just_then(row, call, best, drift)
    return just_then and _is_anothers(row, one) and (elsewhen or alike or couple)


def _just_then(row: Written, call: Said, best: Weighed, drift: float) -> bool:
    if row.minute is None or call.minute is None:
        return best.late is None
    return abs(row.minute + drift - call.minute) <= _JUST_THEN


def _of_several(one: Opinion) -> bool:
    """Whether others have the name, too."""
    first, *others = one.claims
    return bool(first.some & CAVEATS) or any(claim.some & NAME for claim in others)


def _numbers(one: Opinion) -> frozenset[str]:
    return frozenset(number for row in one.claims[0].rows for number in row.row.numbers)
