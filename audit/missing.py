"""Which reached calls have no recording. Pure.

A held recording belongs to somebody: while two customers share one undecided recording, one of
them is missing theirs and the other is not. So as many are named missing as have to be, the least
likely owners first, and nobody is missing who may have to be given what is held. A recording
with a stranger's number, of which no more than a hint points at somebody, is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archive.records import Recording, Row, Weighed
from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules
from matcher.names import canonical
from matcher.weights import AGAINST, NAMES_A_CUSTOMER


def missing(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding for each customer of the day who was reached and has no recording."""
    owed = _owed(facts)
    spoken_for = _spoken_for(owed, _held(facts))
    for customer, row in owed.items():
        if customer not in spoken_for:
            yield rules.finding(
                "missing_recording",
                About(
                    customer=row.said.customer_name,
                    collector=row.said.collector,
                    sheet=row.sheet,
                    line=row.said.line,
                ),
                who=row.said.customer_name or row.said.numbers[0],
            )


def _owed(facts: Facts) -> Mapping[str, Row]:
    """The first reached row of each customer under whom nothing is filed that day."""
    recorded = {_customer(row) for row in facts.rows if facts.filed_under[row.id]}
    # Of a row that leaves its customer open, the recording's number may have told who it is.
    recorded |= {f"#{one.customer}" for each in facts.filed_under.values() for one in each}
    owed: dict[str, Row] = {}
    for row in facts.rows:
        said = row.said
        if said.reached and (said.customer_name or said.numbers) and _customer(row) not in recorded:
            owed.setdefault(_customer(row), row)
    return owed


def _customer(row: Row) -> str:
    """Whom a row names; where that is left open, its name stands for them."""
    if row.customer is not None:
        return f"#{row.customer}"
    return canonical(row.said.customer_name or row.said.numbers[0])


def _held(facts: Facts) -> Sequence[Recording]:
    """Recordings that are somebody's of the day's rows, and not filed yet; late ones too."""
    held = [one for one in facts.held if one.outcome and one.outcome.verdict != "unmatched"]
    return sorted(held, key=lambda one: one.sha256)


def _spoken_for(owed: Mapping[str, Row], held: Sequence[Recording]) -> frozenset[str]:
    """The customers to whom the held recordings can be given, one each, as many as can be."""
    claims = {one.sha256: _claims(one, owed) for one in held}
    given: dict[str, str] = {}

    def give(recording: str, seen: set[str]) -> bool:
        for customer in claims[recording]:
            if customer in seen:
                continue
            seen.add(customer)
            if customer not in given or give(given[customer], seen):
                given[customer] = recording
                return True
        return False

    for one in held:
        give(one.sha256, set())
    return frozenset(given)


def _claims(held: Recording, owed: Mapping[str, Row]) -> Sequence[str]:
    """The customers that could own a held recording, likeliest first."""
    assert held.outcome is not None  # only decided recordings are asked
    weights: dict[str, float] = {}
    by_key = {row.said.key: customer for customer, row in owed.items()}
    for candidate in held.outcome.candidates:
        customer = by_key.get(candidate.row)
        if customer is not None and not _contradicted(candidate):
            weights[customer] = max(candidate.weight, weights.get(customer, candidate.weight))
    return sorted(weights, key=lambda customer: (-weights[customer], owed[customer].said.key))


def _contradicted(candidate: Weighed) -> bool:
    """A like name beside another number, and no time that outweighs it: somebody else's call."""
    codes = {reason.key.removeprefix("reasons.") for reason in candidate.reasons}
    return candidate.weight < 0 and bool(codes & AGAINST) and not codes & NAMES_A_CUSTOMER
