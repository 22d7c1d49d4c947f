"""Which reached calls have no recording. Pure.

A held recording belongs to somebody: while two customers share one undecided recording, one of
them is missing theirs and the other is not. So as many are named missing as have to be, the least
likely owners first, and nobody is missing who may have to be given what is held. A recording
with a stranger's number, of which no more than a hint points at somebody, is not theirs; but one
that resembles a call just then is, be the number or name another customer's by other papers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from archive.records import Recording, Row, Weighed
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules
from matcher.names import canonical
from matcher.weights import AGAINST, NAMES_A_CUSTOMER, SUPPORT, TIME_APART, TIME_OFF, WEIGHTS

_BEHIND = 5.0
"""Bits, as `matcher.opinion.Rules.gap`: so far behind and half an hour off it is another call."""
_OTHER_NUMBER = frozenset({"number_of_relative", "number_differs"})
_WELL_BEHIND = 8.0
"""The same of one that is named better."""


def missing(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding for each customer of the day who was reached and has no recording."""
    owed = _owed(facts)
    spoken_for = _spoken_for(owed, facts)
    for customer, row in owed.items():
        if customer not in spoken_for:
            yield rules.finding(
                "missing_recording",
                About.of_row(row.said, row.sheet),
                who=row.said.customer_name or row.said.numbers[0],
            )


def _owed(facts: Facts) -> Mapping[str, Row]:
    """The first reached row of each customer of whom no recording is known that day."""
    # What is decided is theirs, though its move was cut short, or its only copy is lost.
    decided = [one for one in facts.held if one.customer is not None]
    by_id: Mapping[int | None, Row] = {row.id: row for row in facts.rows}
    under = [(row, one) for row in facts.rows for one in facts.filed_under[row.id]]
    under += [(by_id[one.row], one) for one in decided if one.row in by_id]
    recorded = {customer_of(row) for row, _ in under}
    # Of a row that leaves its customer open, the recording's number may have told who it is.
    recorded |= {f"#{one.customer}" for _, one in under}
    owed: dict[str, Row] = {}
    for row in facts.rows:
        said = row.said
        if (
            said.reached
            and (said.customer_name or said.numbers)
            and customer_of(row) not in recorded
        ):
            owed.setdefault(customer_of(row), row)
    return owed


def customer_of(row: Row) -> str:
    """Whom a row names; where that is left open, its name stands for them."""
    if row.customer is not None:
        return f"#{row.customer}"
    return canonical(row.said.customer_name or "、".join(row.said.numbers))


def _held(facts: Facts) -> Sequence[Recording]:
    """Recordings that may be somebody's of the day's rows, and are not filed; late ones too.

    Of whom a person said that it is nobody's, it is nobody's.
    """
    held = [one for one in facts.held if one.outcome and one.outcome.why != "person"]
    return sorted(held, key=lambda one: one.sha256)


def _spoken_for(owed: Mapping[str, Row], facts: Facts) -> frozenset[str]:
    """The customers to whom the held recordings can be given, one each, as many as can be."""
    free = _free(owed, facts)
    held = _held(facts)
    taken = {row.said.key for row in facts.rows} - free.keys()
    return given_out(
        {one.sha256: [who for who in _claims(one, free, taken) if who in owed] for one in held}
    )


def given_out(claims: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The customers who get one of the recordings, as many as can be.

    `claims` are the customers who may own each, likeliest first. Who has one already gives it up
    for another that may be theirs. No recursion: on a bad day as many may hang together as there
    are recordings.
    """
    given: dict[str, str] = {}
    for recording in claims:
        seen: set[str] = set()
        path, chosen = [(recording, iter(claims[recording]))], list[str]()
        while path:
            customer = next((one for one in path[-1][1] if one not in seen), None)
            if customer is None:
                path.pop()
                del chosen[-1:]
                continue
            seen.add(customer)
            chosen.append(customer)
            if customer not in given:
                given |= zip(chosen, [one for one, _ in path], strict=True)
                break
            path.append((given[customer], iter(claims[given[customer]])))
    return frozenset(given)


def _free(owed: Mapping[str, Row], facts: Facts) -> Mapping[str, str]:
    """By key, whose the rows are that a held recording may be of: all of those who are owed one,
    and of others their reached ones without any.
    """
    rows = ((row, customer_of(row)) for row in facts.rows)
    return {
        row.said.key: customer
        for row, customer in rows
        if customer in owed or (row.said.reached and not facts.filed_under[row.id])
    }


def _claims(held: Recording, free: Mapping[str, str], taken: Collection[str]) -> Sequence[str]:
    """The customers that could own a held recording: those whom it names, then likeliest first.

    `taken` are the day's other rows; a row that is in neither is another day's.
    """
    assert held.outcome is not None  # only decided recordings are asked
    concerns = _resembles if held.outcome.verdict == "unmatched" else _possible
    candidates = [one for one in held.outcome.candidates if one.row not in taken and concerns(one)]
    if any(_codes(one) & NAMES_A_CUSTOMER for one in held.outcome.candidates):
        candidates = [one for one in candidates if not _is_strangers(one)]
    first = max(candidates, key=lambda one: one.weight, default=None)
    likeliest: dict[str, tuple[float, float, str]] = {}
    for one in candidates:
        if one.row in free and not (first and _is_behind(one, first)):
            claim, customer = (-_naming(one), -one.weight, one.row), free[one.row]
            likeliest[customer] = min(claim, likeliest.get(customer, claim))
    return sorted(likeliest, key=lambda customer: likeliest[customer])


def _possible(candidate: Weighed) -> bool:
    """Not a like name beside another number or hours off, with nothing that outweighs it."""
    codes = _codes(candidate)
    against = bool(codes & (AGAINST | TIME_OFF | {"order_differs"}))
    return candidate.weight > 0 or not against or bool(codes & NAMES_A_CUSTOMER)


def _resembles(candidate: Weighed) -> bool:
    """Named by nothing, and so like the row that the slip may be the row's."""
    return "resembles" in _codes(candidate)


def _is_strangers(candidate: Weighed) -> bool:
    """A mere hint beside another number, where somebody else is named: 夏德胜(董小红弟弟)."""
    codes = _codes(candidate)
    return not codes & NAMES_A_CUSTOMER and bool(codes & _OTHER_NUMBER)


def _is_behind(candidate: Weighed, first: Weighed) -> bool:
    """Far behind, half an hour off, and not clearly named better: 彭刚 in 李小红(彭刚老公)."""
    better = _naming(candidate) - _naming(first)
    behind = first.weight - candidate.weight >= (_BEHIND if better <= 0 else _WELL_BEHIND)
    return behind and bool(_codes(candidate) & TIME_APART) and better <= _BEHIND


def _naming(candidate: Weighed) -> float:
    """What number and name say of it, in bits."""
    return sum(WEIGHTS[code] for code in sorted(_codes(candidate) & (SUPPORT | AGAINST)))


def _codes(candidate: Weighed) -> frozenset[str]:
    return frozenset(reason.key.removeprefix("reasons.") for reason in candidate.reasons)
