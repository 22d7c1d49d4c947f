"""Whose recording it is: all recordings and rows of the days at hand, weighed together.

Owns the decision, in four steps, each on the side of holding:

1. What each recording says by itself (`matcher.opinion`). The sure ones teach the collectors'
   clocks and the order of their sheets, and all is weighed once more by them.
2. What needs a free call (`matcher.leaning`): circumstances are spent once.
3. A name or number that only happens to be another customer's is caught by a call without a
   recording: just then, or of somebody who has the same name or number (`matcher.yielding`).
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
from matcher.said import Said, said
from matcher.spelling import spelled
from matcher.weigh import Weighed
from matcher.weights import NAME, NAMES_A_CUSTOMER, NUMBER, TIME_CLOSE
from matcher.word import by_word
from matcher.yielding import has_rows, yield_to_other_calls, yield_to_rivals


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
    chosen = choose_rows([one for one in opinions if has_rows(one)])
    return tuple(_decision(one, chosen, blocks, learned, rules) for one in opinions)


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
    if has_rows(one) and not one.leans:
        return True
    alone = one.why == "weak" and len(one.claims) == 1
    return alone and bool(one.claims[0].best.codes & (NUMBER | NAME))


def _decide_together(
    opinions: Sequence[Opinion], blocks: Blocks, learned: Learned, rules: Rules
) -> list[Opinion]:
    sure = [one for one in opinions if has_rows(one) and not one.leans]
    owned = choose_rows(sure).values()
    spent = {row.row.key for row in owned if row.codes & TIME_CLOSE}
    settled = decide_leaning(opinions, _taken(sure) | spent, spent, rules)
    opinions = [settled.get(id(one), one) for one in opinions]
    opinions = yield_to_other_calls(opinions, blocks, learned)
    return yield_to_rivals(opinions, blocks, learned)


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
