"""What the circumstances decide where the evidence alone does not: each call serves once.

A namesake told apart by a near time, a number one digit off, a name of the same sound, a bare
surname, a second phone nobody has listed: all of these need a call that no other recording owns,
near in time or the only one left, and nobody else who wants it as much. What one row surely owns no
other can claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from matcher.claims import Claim
from matcher.decision import Reason
from matcher.opinion import Opinion, Rules, clearly_behind, hinted
from matcher.weights import (
    AGAINST,
    NAMES_A_CUSTOMER,
    SUPPORT,
    TIME_CLOSE,
    TIME_FAR,
    TIME_NEAR,
    TO_THE_MINUTE,
    WEIGHTS,
)

_LEAD = 4.0
"""Bits by which one recording must want a call more than the next."""
_EVEN_NAMING = 1.0
_VERY_MINUTES = 1.5
"""About the row's own minute: a collector's friends are called 李主任, too."""
_RARE_SURNAME = 4.5
"""Bits; seldom that of somebody else who was called three minutes off."""
_NO_BORROWERS = frozenset({"姐", "大姐", "主任", "老师", "会计", "书记", "院长", "阿姨", "大嫂"})
"""Titles of friends and officials; who borrows for a machine is 总, 老板, 师傅, 哥 or 老张."""
_WHOLE = SUPPORT - {"surname_equal"}
_ALL_BUT_NAMED = NAMES_A_CUSTOMER | {"number_slip"}
"""A name that merely sounds or looks like the one that was heard may be a forgotten row's."""
_NEARLY_NAMED = WEIGHTS["number_slip"]
_NEVER = frozenset({"number_of_other", "name_of_other", "day_differs"})
_SOMEBODY_ELSE = frozenset({"name_differs", "name_unlike", "surname_differs"})
"""Beside a number one digit off: firms and families buy neighbouring numbers, and whom the phone
names is then the likelier; a nickname or a relative contradicts nobody."""
_NOT_THE_LAST = (
    TIME_CLOSE
    | TIME_FAR
    | AGAINST
    | {
        "collector_differs",
        "name_goes_on",
        "namesake_known",
        "namesake_undated",
        "number_shared",
        "tail_shared",
        "not_reached",
    }
)


_SHORT = 2
"""Characters of a name that tell little."""
_PERHAPS_A_FRIENDS = frozenset({"name_equal", "time_apart"})


class _Bid(NamedTuple):
    """A recording that wants a call which must be free."""

    opinion: Opinion
    claim: Claim
    """On free rows alone."""
    rows: frozenset[str]
    """The keys of those that would do."""


def decide_leaning(
    opinions: Sequence[Opinion], taken: Collection[str], spent: Collection[str], rules: Rules
) -> dict[int, Opinion]:
    """New opinions, by the `id` of the old one.

    Args:
        opinions: Of all recordings.
        taken: Keys of the rows that sure recordings have.
        spent: Those of them that a near time confirms.
        rules: When evidence is enough.

    """
    new: dict[int, Opinion] = {}
    bids = [bid for one in opinions if one.leans and (bid := _bid_of_leaning(one, spent))]
    backed = {id(bid.opinion) for bid in bids}
    for one in opinions:
        if one.leans and id(one) not in backed:
            new[id(one)] = _taken_back(one)
    wanted = _seekers(opinions, _is_named_in_time)
    doubtful = [one for one in opinions if one.doubtful and one.claims]
    bids += [bid for one in doubtful if (bid := _bid_by_time(one, taken, wanted, rules))]
    new |= _settle(bids)
    now_taken = {*taken, *(_best_row(one) for one in new.values() if one.why == "clear")}
    left = [new.get(id(one), one) for one in opinions]
    last = [one for one in left if one.doubtful and one.claims and one.why != "clear"]
    seekers = _seekers(left)
    bids = [bid for one in last if (bid := _bid_for_the_last(one, now_taken, seekers, rules))]
    return new | _settle(bids)


def _bid_of_leaning(one: Opinion, spent: Collection[str]) -> _Bid | None:
    best = one.claims[0]
    as_good = {row.row.key for row in best.rows if row.weight == best.best.weight}
    free = frozenset(as_good - set(spent))
    return _Bid(one, best, free) if free else None


def _bid_by_time(
    one: Opinion, taken: Collection[str], wanted: Mapping[str | None, set[str]], rules: Rules
) -> _Bid | None:
    """A hint or a doubt, and a free call just then."""
    free = _free_claims(one, taken)
    if not free:
        return None
    best, *rivals = free
    if not best.best.codes & _near_enough(one, best) or _of_many(one, best):
        return None
    if not _possible(best, rules.enough):
        return None
    if not all(_behind(rival, best, rules) for rival in rivals):
        return None
    if hinted(best) and (_named_elsewhere(one, best) or wanted[best.customer] - {_key(one)}):
        return None
    return _Bid(one, best, frozenset({best.best.row.key}))


def _of_many(one: Opinion, best: Claim) -> bool:
    """A bare surname, and somebody else of it was called just then, be that call recorded; or a
    name that is one character off from two.
    """
    others = [claim for claim in one.claims if claim.customer != best.customer]
    if _merely_alike(best):
        return any(map(_merely_alike, others))
    near = any(row.codes & TIME_NEAR for claim in others for row in claim.rows)
    return near and not best.some & _WHOLE


def _merely_alike(claim: Claim) -> bool:
    """A name one character off, and nothing else that points at the customer or the collector."""
    return claim.some & SUPPORT == {"name_near"} and "collector_equal" not in claim.some


def _near_enough(one: Opinion, claim: Claim) -> frozenset[str]:
    """How near the time must be: the less the name says, the nearer."""
    if not claim.some & _WHOLE:  # a collector's own friend may be a 张, too
        if "duration_equal" in claim.best.codes:
            return TIME_NEAR
        near = claim.best.apart < _VERY_MINUTES or claim.best.naming >= _RARE_SURNAME
        likely = "collector_equal" in claim.best.codes and not _NO_BORROWERS & {_title(one)}
        return TO_THE_MINUTE if likely and near else frozenset()
    if hinted(claim):
        # 王艳 may be 王超艳 with a character left out, and is mostly somebody else.
        short = "name_near" in claim.some and len(one.call.name or "") == _SHORT
        return TO_THE_MINUTE if short else TIME_NEAR | {"time_hour"}
    # Named, and doubted: in another collector's folder it is most likely another call.
    return frozenset() if "collector_differs" in claim.best.codes else TIME_NEAR


def _title(one: Opinion) -> str:
    return one.call.note.partition(" ")[0] if one.call.surname else ""


def _bid_for_the_last(
    one: Opinion, taken: Collection[str], seekers: Mapping[str | None, set[str]], rules: Rules
) -> _Bid | None:
    """No time says anything, and one call alone is left that could be this recording's.

    A whole name, or a number but for one digit, is enough beside a time that does not say much.
    """
    free = _free_claims(one, taken)
    if len(free) != 1 or _named_elsewhere(one, free[0]):
        return None
    (best,) = free
    if not _may_be_the_last(best, rules) or seekers[best.customer] - {_key(one)}:
        return None
    reasons = (*best.best.reasons, _LAST)
    weight = best.best.weight + _LAST.weight
    sole = best._replace(best=best.best._replace(reasons=reasons, weight=weight))
    return _Bid(one, sole, frozenset({sole.best.row.key}))


def _may_be_the_last(claim: Claim, rules: Rules) -> bool:
    named = bool(claim.some & _ALL_BUT_NAMED) and not claim.some & _NOT_THE_LAST
    timeless = claim.best.late is None or claim.best.naming >= _NEARLY_NAMED
    friends = claim.some & {"name_equal", "time_apart", "collector_equal"} == _PERHAPS_A_FRIENDS
    return named and timeless and not friends and _possible(claim, rules.enough - _LAST.weight)


_LAST = Reason("only_one_left", WEIGHTS["only_one_left"])


def _possible(claim: Claim, enough: float) -> bool:
    best = claim.best
    never = (
        best.codes & _NEVER
        or (best.naming < _NEARLY_NAMED and "not_reached" in best.codes)
        or (hinted(claim) and best.codes & _SOMEBODY_ELSE)
    )
    return claim.customer is not None and best.weight >= enough and not never


def _free_claims(one: Opinion, taken: Collection[str]) -> list[Claim]:
    free = [claim for claim in (every.without(taken) for every in one.claims) if claim]
    return sorted(free, key=lambda claim: (-claim.best.weight, claim.best.row.key))


def _behind(rival: Claim, best: Claim, rules: Rules) -> bool:
    """Hints are even so often that circumstances may tell them apart; no more than hints."""
    if clearly_behind(rival, best, rules):
        return True
    if not hinted(rival):
        return False
    even = best.best.naming - rival.best.naming >= -_EVEN_NAMING
    return even and best.best.weight - rival.best.weight >= rules.gap


def _named_elsewhere(one: Opinion, best: Claim) -> bool:
    """What is another customer's number or name stays theirs, be their calls all recorded."""
    return any(
        claim.customer != best.customer and bool(claim.some & NAMES_A_CUSTOMER)
        for claim in one.claims
    )


def _is_named_in_time(claim: Claim) -> bool:
    """Whether the recording has the customer's number or name, and at no other time."""
    return bool(claim.some & NAMES_A_CUSTOMER) and not claim.best.codes & TIME_FAR


def _seekers(
    opinions: Iterable[Opinion], counts: Callable[[Claim], bool] = lambda _: True
) -> Mapping[str | None, set[str]]:
    """Which held recordings may concern each customer, by the claims that count."""
    found: defaultdict[str | None, set[str]] = defaultdict(set)
    for one in opinions:
        if one.why != "clear":
            for claim in filter(counts, one.claims):
                found[claim.customer].add(_key(one))
    return found


def _settle(bids: Sequence[_Bid]) -> dict[int, Opinion]:
    """Who gets the calls that several want: nobody where the next wants one nearly as much."""
    settled: dict[int, Opinion] = {}
    for group in _rivals(bids):
        group.sort(key=lambda bid: -bid.claim.best.weight)
        calls = len(frozenset().union(*(bid.rows for bid in group)))
        cut = group[calls].claim.best.weight + _LEAD if calls < len(group) else float("-inf")
        for bid in group:
            won = bid.claim.best.weight >= cut
            settled[id(bid.opinion)] = _won(bid) if won else _taken_back(bid.opinion)
    return settled


def _rivals(bids: Sequence[_Bid]) -> list[list[_Bid]]:
    """Bids that hang together by the rows they want."""
    of_row: dict[str, list[_Bid]] = {}
    for bid in bids:
        group = [bid]
        for theirs in {id(of_row[row]): of_row[row] for row in bid.rows if row in of_row}.values():
            group += theirs
        of_row |= {row: group for one in group for row in one.rows}
    return list({id(group): group for group in of_row.values()}.values())


def _won(bid: _Bid) -> Opinion:
    one, won = bid.opinion, bid.claim
    others = tuple(claim for claim in one.claims if claim.customer != won.customer)
    return one._replace(why="clear", claims=(won, *others), leans=False, doubtful=False)


def _taken_back(one: Opinion) -> Opinion:
    if one.why != "clear":
        return one
    return one._replace(why="tie" if len(one.claims) > 1 else "weak", leans=False)


def _best_row(one: Opinion) -> str:
    return one.claims[0].best.row.key


def _key(one: Opinion) -> str:
    return one.call.recording
