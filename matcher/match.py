"""Whose recording it is: all recordings and rows of the days at hand, weighed together.

Owns the decision. The principles, each on the side of holding:

- A number or a name names the customer. Time, collector and order choose between those whom they
  name, and never outvote them.
- A customer is chosen where the weight is enough and every other customer is clearly behind.
- Number and name that point to different people are a conflict, whatever they weigh.
- Nobody is named by elimination. That one 王伟 has his recording does not make the next one the
  other's: people are called twice, and rows are forgotten.
- A name that only happens to be another customer's is caught by the clock: where the named row's
  time does not fit and the collector noted another call just then that nobody recorded, it is held.
- Circumstances are spent once. Where only a near time told two customers apart, or made thin
  evidence enough, that row must not be another recording's call already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from matcher.assign import assign
from matcher.block import Blocks
from matcher.customers import Known
from matcher.decision import Candidate, Decision, Verdict
from matcher.evidence import Heard, Row
from matcher.names import canonical
from matcher.weigh import HINTS_AT_A_CUSTOMER, NAMES_A_CUSTOMER, Said, Weighed, Written, said, weigh

_NUMBER = frozenset({"number_equal", "number_elsewhere"})
_NAME = frozenset({"name_equal", "name_base"})
_NAME_LIKE = _NAME | {"name_near"}
_SUPPORT = NAMES_A_CUSTOMER | HINTS_AT_A_CUSTOMER
_TIME_CLOSE = frozenset({"time_near", "time_close"})
_TIME_FAR = frozenset({"time_far", "time_very_far", "day_differs"})

_TIME_OFF = _TIME_FAR | {"time_off"}

_JUST_THEN = 10  # minutes, as near as `time_near`
_IMPOSSIBLE = -1000.0
_PARTS = re.compile(r"(\D*)(\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rules:
    """When evidence is enough, in bits; the weights are in `matcher.weigh`."""

    enough: float = 8.0
    """A full name alone (10) is; in another collector's folder (6.5) or two hours off in its own
    (7) it is not. A mistyped number or name is not either, near time and own
    collector included (7.5)."""
    gap: float = 5.5
    """What every other customer must be behind. A time within 10 minutes against one two hours off
    (9) is, and the own collector against another (5.5); 10 minutes against an hour (5) is not."""
    shown: int = 5
    """Candidates named to a person."""


class _Claim(NamedTuple):
    """One customer, or one open row, that a recording may concern."""

    customer: str | None
    best: Weighed
    others: tuple[Weighed, ...]
    """The same customer's other rows, best first."""
    some: frozenset[str]
    """Codes of which some row has a reason."""
    every: frozenset[str]
    """Codes of which every row has a reason."""


class _Opinion(NamedTuple):
    """What one recording's evidence says by itself."""

    call: Said
    why: str
    claims: tuple[_Claim, ...]
    """Best first."""
    leans: bool = False
    """Clear only by the time near one row, which must not be another recording's."""


def match(
    recordings: Sequence[Heard],
    rows: Sequence[Row],
    rules: Rules = Rules(),
    known: Sequence[Known] = (),
) -> tuple[Decision, ...]:
    """Decide on every recording, in the order of `recordings`.

    Pure, and the order of no input plays a part. Rows of several days may be given: a
    recording's own date decides which day's it can be, the hand-off's day only without one.
    `known` are customers from elsewhere, of earlier days above all, with all their numbers.
    """
    del known
    spelling = cache(canonical)
    blocks = Blocks(rows, spelling)
    opinions = [_opinion(said(heard, spelling), blocks, rules) for heard in recordings]
    opinions = _yield_to_other_calls(_spend_times_once(opinions), blocks)
    chosen = _choose_rows([opinion for opinion in opinions if opinion.why == "clear"])
    return tuple(
        _filed(opinion, chosen[id(opinion)], rules)
        if opinion.why == "clear"
        else _held(opinion, blocks, rules)
        for opinion in opinions
    )


def _opinion(call: Said, blocks: Blocks, rules: Rules) -> _Opinion:
    met = blocks.meet(call)
    rows = [row for owner in met.owners for row in owner.rows_near(call)]
    claims = tuple([claim for claim in _claims(call, rows) if claim.some & _SUPPORT])
    if not claims:
        return _without_claim(call, blocks)
    best, rivals = claims[0], claims[1:]
    if _conflict(call, claims):
        return _Opinion(call, "conflict", claims)
    if best.best.weight < rules.enough or "day_differs" in best.best.codes:
        return _Opinion(call, "weak", claims)
    if met.crowded or best.customer is None:
        return _Opinion(call, "tie", claims)
    if not all(_clearly_behind(rival, best, rules) for rival in rivals):
        return _Opinion(call, "tie", claims)
    return _Opinion(call, "clear", claims, leans=_leans(best, rivals, rules))


def _claims(call: Said, rows: Sequence[Written]) -> list[_Claim]:
    together: dict[str, list[Weighed]] = {}
    for row in rows:
        together.setdefault(row.owner, []).append(weigh(call, row))
    claims = list(map(_claim, together.values()))
    if len(claims) > 1:
        claims.sort(key=lambda claim: _best_first(claim.best))
    return claims


def _claim(weighed: list[Weighed]) -> _Claim:
    if len(weighed) == 1:
        (only,) = weighed
        return _Claim(only.row.customer, only, (), only.codes, only.codes)
    best, *others = sorted(weighed, key=_best_first)
    codes = [row.codes for row in others]
    some, every = best.codes.union(*codes), best.codes.intersection(*codes)
    return _Claim(best.row.customer, best, tuple(others), some, every)


def _rows(claim: _Claim) -> tuple[Weighed, ...]:
    return (claim.best, *claim.others)


def _best_first(weighed: Weighed) -> tuple[float, float, str]:
    return -weighed.weight, weighed.apart, weighed.row.key


def _without_claim(call: Said, blocks: Blocks) -> _Opinion:
    """No row has the number or the name. A surname alone gives candidates, and never a match."""
    against = _TIME_FAR | {"number_differs"}
    possible = [
        claim for claim in _claims(call, blocks.of_surname(call)) if not claim.some & against
    ]
    if possible:
        return _Opinion(call, "weak", tuple(possible))
    evidence = call.numbers or call.name or call.surname or call.tail
    return _Opinion(call, "nobody" if evidence else "no_evidence", ())


def _conflict(call: Said, claims: Sequence[_Claim]) -> bool:
    """Whether number and name point to different people.

    A nickname, a firm or a name that agrees in part contradicts no number. A note such as 配偶
    explains a foreign number beside an equal name, and a foreign name beside an equal number; but
    not a number that is another customer's.
    """
    numbered = [claim for claim in claims if claim.some & _NUMBER]
    if not numbered:
        named = [claim for claim in claims if claim.some & _NAME]
        return bool(named) and all("number_differs" in claim.every for claim in named)
    if any(claim.some & _NAME_LIKE for claim in numbered):
        return False
    if any(claim.some & _NAME_LIKE for claim in claims):
        return True
    return not call.relative and all("name_differs" in claim.some for claim in numbered)


def _clearly_behind(rival: _Claim, best: _Claim, rules: Rules) -> bool:
    """By number or name; or, where these are even, by day, collector or time."""
    if best.best.weight - rival.best.weight < rules.gap:
        return False
    named = best.best.naming - rival.best.naming
    return named >= rules.gap or (
        named >= 0 and (_by_day_or_collector(rival, best) or _by_time(rival, best))
    )


def _by_day_or_collector(rival: _Claim, best: _Claim) -> bool:
    return "day_differs" in rival.every or (
        "collector_equal" in best.best.codes and "collector_differs" in rival.every
    )


def _by_time(rival: _Claim, best: _Claim) -> bool:
    return "time_near" in best.best.codes and all(row.codes & _TIME_FAR for row in _rows(rival))


def _leans(best: _Claim, rivals: Sequence[_Claim], rules: Rules) -> bool:
    near = sum([reason.weight for reason in best.best.reasons if reason.code in _TIME_CLOSE])
    return best.best.weight - near < rules.enough or any(
        best.best.naming - rival.best.naming < rules.gap and not _by_day_or_collector(rival, best)
        for rival in rivals
    )


def _spend_times_once(opinions: Sequence[_Opinion]) -> list[_Opinion]:
    """Take back what leans on a time near a row that is another recording's call."""
    leaning = [opinion for opinion in opinions if opinion.leans]
    if not leaning:
        return list(opinions)
    leaning.sort(key=lambda opinion: (-opinion.claims[0].best.weight, opinion.call.recording))
    sure = [opinion for opinion in opinions if opinion.why == "clear" and not opinion.leans]
    spent = {row.row.key for row in _choose_rows(sure).values() if row.codes & _TIME_CLOSE}
    taken_back: dict[int, _Opinion] = {}
    for opinion in leaning:
        best, *rivals = opinion.claims
        as_good = (row.row.key for row in _rows(best) if row.weight == best.best.weight)
        free = next((key for key in as_good if key not in spent), None)
        if free is None:
            taken_back[id(opinion)] = opinion._replace(why="tie" if rivals else "weak")
        else:
            spent.add(free)
    return [taken_back.get(id(opinion), opinion) for opinion in opinions]


def _yield_to_other_calls(opinions: Sequence[_Opinion], blocks: Blocks) -> list[_Opinion]:
    """Hold what a name alone decides while the time speaks for a call that has no recording.

    The contact may be saved under a relative's name, or the row's name mistyped, and then somebody
    else's row happens to bear the name that was heard.
    """
    doubtful = [opinion for opinion in opinions if opinion.why == "clear" and _untimely(opinion)]
    if not doubtful:
        return list(opinions)
    doubted = {id(opinion) for opinion in doubtful}
    sure = [one for one in opinions if one.why == "clear" and id(one) not in doubted]
    recorded = {row.row.key for row in _choose_rows(sure).values()}
    held: dict[int, _Opinion] = {}
    for opinion in doubtful:
        free = [row for row in blocks.around(opinion.call) if row.row.key not in recorded]
        if better := [row for row in free if _fits_better(row, opinion)]:
            rivals = tuple(_claims(opinion.call, better))
            held[id(opinion)] = opinion._replace(why="time", claims=opinion.claims + rivals)
    return [held.get(id(one), one) for one in opinions]


def _untimely(opinion: _Opinion) -> bool:
    best = opinion.claims[0]
    numbered = best.some & (_NUMBER | {"number_tail"})
    return not numbered and not any(row.codes & _TIME_CLOSE for row in _rows(best))


def _fits_better(row: Written, opinion: _Opinion) -> bool:
    """Another customer's call just then; beside a row whose time is not known, of a like name."""
    call, best = opinion.call, opinion.claims[0].best
    just_then = abs((row.minute or 0.0) - (call.minute or 0.0)) <= _JUST_THEN
    other = row.row.customer != best.row.customer and row.row.reached is not False
    elsewhen = bool(best.codes & _TIME_OFF)
    alike = bool(set(row.name or "") & set(call.name or ""))
    return just_then and other and (elsewhen or alike)


def _choose_rows(opinions: Sequence[_Opinion]) -> dict[int, Weighed]:
    """The row of each clear opinion, by its `id`: all of one customer and day together."""
    together: defaultdict[tuple[str | None, date], list[_Opinion]] = defaultdict(list)
    for opinion in opinions:
        together[opinion.claims[0].customer, opinion.call.day].append(opinion)
    chosen: dict[int, Weighed] = {}
    for group in together.values():
        chosen |= _choose_rows_of_one(group)
    return chosen


def _choose_rows_of_one(group: list[_Opinion]) -> dict[int, Weighed]:
    """One customer's recordings and rows of a day; the surplus stands under its best row."""
    if len(group) == 1 and not group[0].claims[0].others:
        return {id(group[0]): group[0].claims[0].best}
    group.sort(key=_in_order)
    weighed = [
        {row.row.key: row for row in _rows(opinion.claims[0]) if "day_differs" not in row.codes}
        for opinion in group
    ]
    rows = {key: row.row for line in weighed for key, row in line.items()}
    keys = sorted(rows, key=lambda key: _row_in_order(rows[key]))
    columns = assign(
        [[_fit(line[key]) if key in line else _IMPOSSIBLE for key in keys] for line in weighed]
    )
    return {
        id(opinion): line.get(keys[column], opinion.claims[0].best)
        if column is not None
        else opinion.claims[0].best
        for opinion, line, column in zip(group, weighed, columns, strict=True)
    }


def _fit(weighed: Weighed) -> float:
    """The weight, and where it is even the nearer time: a day's minutes never outweigh a bit."""
    return weighed.weight - weighed.apart / 10_000


def _in_order(opinion: _Opinion) -> tuple[bool, float, str]:
    call = opinion.call
    return call.minute is None, call.minute or 0.0, call.recording


def _row_in_order(row: Row) -> tuple[object, ...]:
    """By time, then by line: line 10 comes after line 9."""
    line = tuple((text, int(digits or 0)) for text, digits in _PARTS.findall(row.key))
    return row.day, row.called_at is None, row.called_at and row.called_at.timestamp(), line


def _filed(opinion: _Opinion, row: Weighed, rules: Rules) -> Decision:
    others = [other for other in _shown(opinion.claims, rules) if other.row is not row.row]
    return Decision(
        recording=opinion.call.recording,
        verdict=Verdict.MATCHED,
        customer=row.row.customer,
        row=row.row.key,
        why="clear",
        candidates=tuple(_candidate(shown) for shown in [row, *others][: rules.shown]),
    )


def _held(opinion: _Opinion, blocks: Blocks, rules: Rules) -> Decision:
    claims: Sequence[_Claim] = opinion.claims
    verdict = Verdict.AMBIGUOUS if claims else Verdict.UNMATCHED
    if not claims:  # nothing names a customer: calls of that collector and hour, for a person
        claims = _claims(opinion.call, blocks.around(opinion.call))
    return Decision(
        recording=opinion.call.recording,
        verdict=verdict,
        customer=None,
        row=None,
        why=opinion.why,
        candidates=tuple(_candidate(row) for row in _shown(claims, rules)),
    )


def _shown(claims: Sequence[_Claim], rules: Rules) -> list[Weighed]:
    """The best row of as many customers as there is room for, then their other rows; best first."""
    if len(claims) == 1 and not claims[0].others:
        return [claims[0].best]
    first = [claim.best for claim in claims]
    other = sorted([row for claim in claims for row in claim.others], key=_best_first)
    return sorted([*first, *other][: rules.shown], key=_best_first)


def _candidate(weighed: Weighed) -> Candidate:
    return Candidate(weighed.row.key, weighed.row.customer, weighed.weight, weighed.reasons)
