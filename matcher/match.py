"""Whose recording it is: all recordings and rows of the days at hand, weighed together.

Owns the decision, in four steps, each on the side of holding:

1. What each recording says by itself (`matcher.opinion`). The sure ones teach the collectors'
   clocks and the order of their sheets, and all is weighed once more by them.
2. What needs a free call (`matcher.leaning`): circumstances are spent once.
3. A name that only happens to be another customer's is caught by the clock: where the named row's
   time does not fit and the collector noted another call just then that nobody recorded, it is
   held.
4. Which of its customer's rows each recording is (`matcher.rows`).

Nobody is named by elimination among namesakes: that one 王伟 has his recording does not make the
next one the other's. People are called twice, and rows are forgotten. What a person said of a
recording stands before all of this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from matcher.block import Blocks
from matcher.claims import Claim, best_first, claims_of
from matcher.customers import Known
from matcher.decision import Candidate, Decision, Verdict
from matcher.evidence import Heard, Row
from matcher.leaning import decide_leaning
from matcher.learned import Learned, Sure
from matcher.opinion import Opinion, Rules, opinion_of
from matcher.register import Register
from matcher.resembling import resembling
from matcher.rows import choose_rows
from matcher.said import Said, Written, said
from matcher.spelling import spelled
from matcher.weigh import Weighed
from matcher.weights import CAVEATS, NAME, NAMES_A_CUSTOMER, NUMBER, TIME_CLOSE, TIME_OFF
from matcher.word import by_word

_JUST_THEN = 10  # minutes, as near as `time_near`


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
    spelling = cache(spelled)
    register = Register(known, spelling)
    blocks = Blocks(rows, spelling, register)
    calls = [
        tuple(
            blocks.with_absent(said(heard, evidence, spelling, register))
            for evidence in heard.every
        )
        for heard in recordings
    ]

    def opinions_by(learned: Learned) -> list[Opinion]:
        return [
            by_word(heard.word, names[0], blocks, learned)
            if heard.word
            else opinion_of(names, blocks, learned, rules)
            for heard, names in zip(recordings, calls, strict=True)
        ]

    learned = Learned()
    opinions = opinions_by(learned)
    if more := _learned(opinions):
        learned = more
        opinions = opinions_by(learned)
    opinions = _decide_together(opinions, blocks, learned, rules)
    chosen = choose_rows([one for one in opinions if _has_rows(one)])
    return tuple(_decision(one, chosen, blocks, learned, rules) for one in opinions)


def _has_rows(one: Opinion) -> bool:
    return one.why == "clear" or (one.why == "person" and bool(one.claims))


def _learned(opinions: Sequence[Opinion]) -> Learned:
    sure = [one for one in opinions if _teaches(one)]
    chosen = choose_rows(sure)
    return Learned(
        Sure(row.row.key, row.writer, one.call.minute, row.late)
        for one in sure
        if one.call.minute is not None and "day_differs" not in (row := chosen[id(one)]).codes
    )


def _teaches(one: Opinion) -> bool:
    """Sure; or named as nobody else is, whatever the time says: it is the clock that is asked."""
    if _has_rows(one) and not one.leans:
        return True
    alone = one.why == "weak" and len(one.claims) == 1
    return alone and bool(one.claims[0].best.codes & (NUMBER | NAME))


def _decide_together(
    opinions: Sequence[Opinion], blocks: Blocks, learned: Learned, rules: Rules
) -> list[Opinion]:
    sure = [one for one in opinions if _has_rows(one) and not one.leans]
    owned = choose_rows(sure).values()
    spent = {row.row.key for row in owned if row.codes & TIME_CLOSE}
    settled = decide_leaning(opinions, _taken(sure) | spent, spent, rules)
    opinions = [settled.get(id(one), one) for one in opinions]
    return _yield_to_other_calls(opinions, blocks, learned)


def _taken(sure: Sequence[Opinion]) -> set[str]:
    """The rows of customers who have no more of them in a day than sure recordings."""
    together: defaultdict[tuple[str | None, date], list[Opinion]] = defaultdict(list)
    for one in sure:
        together[one.claims[0].customer, one.call.day].append(one)
    taken: set[str] = set()
    for (_, day), group in together.items():
        rows = {row.row.key for one in group for row in one.claims[0].rows if row.row.day == day}
        taken |= rows if len(rows) <= len(group) else set()
    return taken


def _yield_to_other_calls(
    opinions: Sequence[Opinion], blocks: Blocks, learned: Learned
) -> list[Opinion]:
    """Hold what a name alone decides while the time speaks for a call that has no recording.

    The contact may be saved under a relative's name, or the row's name mistyped, and then somebody
    else's row happens to bear the name that was heard.
    """
    doubtful = [opinion for opinion in opinions if opinion.why == "clear" and _untimely(opinion)]
    if not doubtful:
        return list(opinions)
    doubted = {id(opinion) for opinion in doubtful}
    sure = [one for one in opinions if _has_rows(one) and id(one) not in doubted]
    recorded = {row.row.key for row in choose_rows(sure).values()}
    held: dict[int, Opinion] = {}
    for opinion in doubtful:
        drift = learned.clock(opinion.call.collector).drift
        near = blocks.around(opinion.call, drift)
        if _of_several(opinion):
            near += blocks.untimed(opinion.call, _numbers(opinion))
        free = [row for row in near if row.row.key not in recorded]
        if better := [row for row in free if _fits_better(row, opinion, drift)]:
            rivals = tuple(claims_of(opinion.call, better, learned))
            held[id(opinion)] = opinion._replace(why="time", claims=opinion.claims + rivals)
    return [held.get(id(one), one) for one in opinions]


def _untimely(opinion: Opinion) -> bool:
    best = opinion.claims[0]
    numbered = best.some & (NUMBER | {"number_tail"})
    return not numbered and not any(row.codes & TIME_CLOSE for row in best.rows)


def _fits_better(row: Written, opinion: Opinion, drift: float) -> bool:
    """Another customer's call just then; beside a row whose time is not known, of a like name, of
    no name, or with the same number: a couple's phone is saved under one of the two.
    """
    call, best = opinion.call, opinion.claims[0].best
    just_then = _just_then(row, call, best, drift)
    other = row.customer != best.customer and row.row.reached is not False
    elsewhen = bool(best.codes & TIME_OFF)
    alike = not row.row.name or bool(set(row.name or "") & set(call.name or ""))
    couple = not _numbers(opinion).isdisjoint(row.row.numbers)
    return just_then and other and (elsewhen or alike or couple)


def _just_then(row: Written, call: Said, best: Weighed, drift: float) -> bool:
    if row.minute is None or call.minute is None:
        return best.late is None
    return abs(row.minute + drift - call.minute) <= _JUST_THEN


def _of_several(opinion: Opinion) -> bool:
    """Whether others have the name, too."""
    first, *others = opinion.claims
    return bool(first.some & CAVEATS) or any(claim.some & NAME for claim in others)


def _numbers(opinion: Opinion) -> frozenset[str]:
    return frozenset(number for row in opinion.claims[0].rows for number in row.row.numbers)


def _decision(
    one: Opinion, chosen: Mapping[int, Weighed], blocks: Blocks, learned: Learned, rules: Rules
) -> Decision:
    row = chosen.get(id(one))
    if row is None and one.customer is None:
        return _held(one, blocks, learned, rules)
    if row is None:
        return Decision(one.call.recording, Verdict.MATCHED, one.customer, None, one.why, ())
    others = [other for other in _shown(one.claims, rules) if other.row is not row.row]
    return Decision(
        recording=one.call.recording,
        verdict=Verdict.MATCHED,
        customer=row.customer,
        row=row.row.key,
        why=one.why,
        candidates=tuple(_candidate(shown) for shown in [row, *others][: rules.shown]),
    )


def _held(opinion: Opinion, blocks: Blocks, learned: Learned, rules: Rules) -> Decision:
    claims: Sequence[Claim] = opinion.claims
    if not claims:
        shown = _for_a_person(opinion.call, blocks, learned, rules)
    elif any(claim.some & (NAMES_A_CUSTOMER | TIME_CLOSE) for claim in claims):
        shown = _shown(claims, rules)
    else:  # hints at calls of other times
        near = resembling(
            opinion.call, blocks.just_then(opinion.call, learned), learned, blocks.spelling
        )
        shown = _shown([*claims, *near], rules)
    return Decision(
        recording=opinion.call.recording,
        verdict=Verdict.AMBIGUOUS if claims else Verdict.UNMATCHED,
        customer=None,
        row=None,
        why=opinion.why,
        candidates=tuple(map(_candidate, shown)),
    )


def _for_a_person(call: Said, blocks: Blocks, learned: Learned, rules: Rules) -> list[Weighed]:
    """Nothing names a customer: calls of that time that resemble it, then the collector's own."""
    drift = learned.clock(call.collector).drift
    near = blocks.just_then(call, learned)
    alike = _shown(resembling(call, near, learned, blocks.spelling), rules)
    others = _shown(claims_of(call, blocks.around(call, drift), learned), rules)
    keys = {row.row.key for row in alike}
    return [*alike, *(row for row in others if row.row.key not in keys)][: rules.shown]


def _shown(claims: Sequence[Claim], rules: Rules) -> list[Weighed]:
    """The best row of as many customers as there is room for, then their other rows; best first.

    Of claims to one row of one customer the last tells most.
    """
    if len(claims) == 1 and not claims[0].others:
        return [claims[0].best]
    first = {_whose(claim.best): claim.best for claim in claims}
    other = {_whose(row): row for claim in claims for row in claim.others}
    others = sorted([row for who, row in other.items() if who not in first], key=best_first)
    return sorted([*first.values(), *others][: rules.shown], key=best_first)


def _whose(weighed: Weighed) -> tuple[str, str | None]:
    """A row that leaves its customer open stands with each whom it may name."""
    return weighed.row.key, weighed.customer


def _candidate(weighed: Weighed) -> Candidate:
    return Candidate(weighed.row.key, weighed.customer, weighed.weight, weighed.reasons)
