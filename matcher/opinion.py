"""What one recording's evidence says by itself: whose it is, and how sure that is.

- A number or a name names the customer. Time, collector and order choose between those whom they
  name, and never outvote them.
- A customer is chosen where the weight is enough and every other customer is clearly behind.
- Number and name that point to different people are a conflict, whatever they weigh.
- A hint (one digit off, the same sound, a surname) and a doubt are not decided here: what they
  need is a free call, see `matcher.leaning`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.block import Blocks
from matcher.claims import Claim, Conflict, best_first, claims_of, conflict
from matcher.learned import Learned
from matcher.names import is_person
from matcher.said import Said
from matcher.weights import (
    AGAINST,
    NAME,
    NAMES_A_CUSTOMER,
    NUMBER,
    SUPPORT,
    TIME_APART,
    TIME_CLOSE,
    TIME_FAR,
    TIME_OFF,
    TO_THE_MINUTE,
    WEIGHTS,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """When evidence is enough, in bits; the weights are in `matcher.weights`."""

    enough: float = 8.0
    """A full name alone (10) is; in another collector's folder (6.5) or two hours off in its own
    (7) it is not. A mistyped number or name is not either."""
    gap: float = 5.0
    """What every other customer must be behind. A time within 10 minutes against one more than an
    hour off (8.5) is, and the own collector against another (5.5)."""
    shown: int = 5
    """Candidates named to a person."""


class Opinion(NamedTuple):
    call: Said
    why: str
    """`clear`, or why it is not, as `matcher.decision.Decision.why`."""
    claims: tuple[Claim, ...]
    """Best first."""
    leans: bool = False
    """Clear only by the time near one row, which must not be another recording's."""
    customer: str | None = None
    """Whom a person named, where the day has no row of theirs."""
    doubtful: bool = False
    """Held for want of evidence, or for a doubt; a free call may decide it."""


def opinion_of(calls: Sequence[Said], blocks: Blocks, learned: Learned, rules: Rules) -> Opinion:
    """What all names of one recording say together.

    Names that concern different customers, or of which one says that it is somebody else, are a
    conflict: the same bytes cannot be two people's call. And no name hides what another one
    contradicts.
    """
    opinions = [_opinion(call, blocks, learned, rules) for call in calls]
    if len(opinions) == 1:
        return opinions[0]
    conflicts = [one for one in opinions if one.why == "conflict"]
    best = max(conflicts or opinions, key=_weight)
    contradicted = any(not one.doubtful for one in conflicts)
    if not contradicted and all(_agrees(one, best) for one in opinions):
        return best
    claims = {
        claim.customer or claim.best.row.key: claim for one in opinions for claim in one.claims
    }
    ordered = sorted(claims.values(), key=lambda claim: best_first(claim.best))
    return best._replace(why="conflict", claims=tuple(ordered), leans=False, doubtful=False)


def _weight(one: Opinion) -> float:
    return one.claims[0].best.weight if one.claims else float("-inf")


def _agrees(other: Opinion, best: Opinion) -> bool:
    """Whether another name of the same bytes may be of the same call."""
    if not best.claims or other is best:
        return True
    customer = best.claims[0].customer
    if other.claims:
        likeliest = other.claims[:1] if other.why == "clear" else other.claims
        return any(claim.customer == customer for claim in likeliest)
    said = other.call
    return not said.numbers and (not is_person(said.name or "") or said.name == best.call.name)


def _opinion(call: Said, blocks: Blocks, learned: Learned, rules: Rules) -> Opinion:
    met = blocks.meet(call)
    rows = [row for owner in met.owners for row in owner.rows_near(call)]
    found_in = claims_of(call, rows, learned, met.mentioned)
    claims = tuple(claim for claim in found_in if _supported(call, claim))
    if not claims:
        evidence = call.numbers or call.name or call.surname or call.tail
        return Opinion(call, "nobody" if evidence else "no_evidence", ())
    if met.crowded:
        return Opinion(call, "tie", claims)
    found = conflict(call, claims)
    if found is not Conflict.NONE:
        return Opinion(call, "conflict", claims, doubtful=found is Conflict.DOUBT)
    best, rivals = claims[0], claims[1:]
    if _weak(best, rules):
        return Opinion(call, "weak", claims, doubtful=True)
    behind = all(clearly_behind(rival, best, rules) for rival in rivals)
    if best.customer is None or not behind:
        return Opinion(call, "tie", claims)
    return Opinion(call, "clear", claims, leans=_leans(best, rivals, rules))


def _weak(best: Claim, rules: Rules) -> bool:
    codes = best.best.codes
    elsewhen = "day_differs" in codes or ("row_open" in codes and bool(codes & TIME_OFF))
    enough = best.best.weight >= rules.enough and not elsewhen
    return not (enough and best.some & NAMES_A_CUSTOMER) or _a_friends(best)


def _a_friends(best: Claim) -> bool:
    """A name alone, and no call of the customer's that is likely to be it: friends and relatives
    are called like customers, too. Whom nobody reached was seldom recorded.
    """
    named = NUMBER | {"number_tail", "number_masked", "name_confirmed"}
    if best.some & (named | (TIME_CLOSE - {"time_close"})):
        return False
    own = "collector_equal" in best.some
    unlikely = {"not_reached", *(TIME_OFF if own else TIME_APART)}
    return all(row.codes & unlikely for row in best.rows)


def _supported(call: Said, claim: Claim) -> bool:
    """Whether anything names or hints at the customer; a surname elsewhere in the day does not, nor
    one beside a stranger's number, but for a call just then.
    """
    some = claim.some & SUPPORT
    if not some:
        return {"name_half", "time_exact"} <= claim.best.codes
    if some != {"surname_equal"}:
        return True
    return not (
        claim.every & (TIME_FAR | AGAINST) or (call.numbers and not claim.some & TIME_CLOSE)
    )


def clearly_behind(rival: Claim, best: Claim, rules: Rules) -> bool:
    """By number or name; or, where these are even, by day, collector or time."""
    known = not best.every & {"row_open", "not_reached"}
    if {"row_open", "not_reached"} <= rival.every and known:
        # Only a call that nobody answered may be theirs: no more than a namesake who is away.
        return best.best.weight + WEIGHTS["namesake_known"] >= rules.enough
    if best.best.weight - rival.best.weight < rules.gap:
        return False
    if _just_then(rival, best) or _has_the_number(rival, best):
        return False
    named = best.best.naming - rival.best.naming
    strange = "collector_differs" in best.best.codes and "collector_equal" in rival.some
    return named >= rules.gap or (
        not strange and named >= 0 and (_by_day_or_collector(rival, best) or _by_time(rival, best))
    )


def _by_day_or_collector(rival: Claim, best: Claim) -> bool:
    codes = best.best.codes
    own = "collector_equal" in codes and "collector_differs" in rival.every
    # A time that does not fit may be that of a call in another collector's folder.
    return "day_differs" in rival.every or (own and not codes & TIME_APART)


def _by_time(rival: Claim, best: Claim) -> bool:
    if best.best.codes & TO_THE_MINUTE:
        return all(row.codes & TIME_APART for row in rival.rows)
    # The order of a sheet's lines is too loose to tell namesakes apart.
    near = bool(best.best.codes & (TIME_CLOSE - {"time_close"}))
    return near and all(row.codes & TIME_OFF for row in rival.rows)


def _just_then(rival: Claim, best: Claim) -> bool:
    """The number, or the name alone, is a rival's, too, who was called just then, and the best was
    not: a couple's phone is saved under one of the two. 6:18 may be 18:18.
    """
    shared = NUMBER if best.some & NUMBER else NAME
    near = any(row.codes & (TIME_CLOSE | {"time_half_day"}) for row in rival.rows)
    return bool(rival.some & shared) and near and not best.some & TIME_CLOSE


def _has_the_number(rival: Claim, best: Claim) -> bool:
    """The number stands in a rival's row, and the best's rows of the day have another one: a phone
    of two, saved under whose number it was in other papers.
    """
    rows = (row.row for row in best.rows)
    other = "number_equal" not in best.some and all(row.numbers for row in rows)
    return other and "number_equal" in rival.some and not best.some & TIME_CLOSE


def _leans(best: Claim, rivals: Sequence[Claim], rules: Rules) -> bool:
    near = sum([reason.weight for reason in best.best.reasons if reason.code in TIME_CLOSE])
    return best.best.weight - near < rules.enough or any(
        best.best.naming - rival.best.naming < rules.gap and not _by_day_or_collector(rival, best)
        for rival in rivals
    )


def hinted(claim: Claim) -> bool:
    """Whether nothing but a hint points at the customer."""
    return not claim.some & NAMES_A_CUSTOMER
