"""Which customers a recording may concern, and where number and name point to different people."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from matcher.learned import Learned
from matcher.said import Said, Written
from matcher.weigh import NOBODY, Weighed, weigh
from matcher.weights import NAME, NAME_LIKE, NUMBER, TIME_CLOSE, TIME_NEAR

_NAMED = NAME | {"name_in_note"}
_FOREIGN = frozenset({"name_differs", "surname_differs"})


class Claim(NamedTuple):
    """One customer, or one open row, that a recording may concern."""

    customer: str | None
    best: Weighed
    others: tuple[Weighed, ...]
    """The same customer's other rows, best first."""
    some: frozenset[str]
    """Codes of which some row has a reason."""
    every: frozenset[str]
    """Codes of which every row has a reason."""

    @property
    def rows(self) -> tuple[Weighed, ...]:
        return (self.best, *self.others)

    def without(self, taken: Container[str]) -> Claim | None:
        """The claim on those rows alone whose keys are not in `taken`."""
        free = [row for row in self.rows if row.row.key not in taken]
        if len(free) == 1 + len(self.others):
            return self
        return _claim(free) if free else None


class Conflict(Enum):
    """How far number and name contradict each other."""

    NONE = "none"
    DOUBT = "doubt"
    """The one is a customer's, the other nobody's that is known: a second phone, a name by which
    others save the customer, or another person. The time of the call may decide it."""
    CONTRADICTION = "contradiction"
    """Each is another customer's. A person must look."""


def claims_of(
    call: Said,
    rows: Sequence[Written],
    learned: Learned,
    mentioned: Mapping[str, str | None] = NOBODY,
) -> list[Claim]:
    """All customers of `rows`, best first."""
    together: dict[str, list[Weighed]] = {}
    for row in rows:
        together.setdefault(row.owner, []).append(weigh(call, row, learned, mentioned))
    claims = list(map(_claim, together.values()))
    if len(claims) > 1:
        claims = _without_covered(claims)
        claims.sort(key=lambda claim: best_first(claim.best))
    return claims


def _without_covered(claims: list[Claim]) -> list[Claim]:
    """An open row says nothing by itself where it stands with those whom it may name."""
    named = {row.row.key for claim in claims if claim.customer is not None for row in claim.rows}
    return [
        claim for claim in claims if claim.customer is not None or claim.best.row.key not in named
    ]


def best_first(weighed: Weighed) -> tuple[float, float, str]:
    return -weighed.weight, weighed.apart, weighed.row.key


def conflict(call: Said, claims: Sequence[Claim]) -> Conflict:
    """Whether number and name point to different people.

    A nickname, a firm or a name that agrees in part contradicts no number. A note such as 配偶
    explains a foreign number beside an equal name, and a foreign name beside an equal number; but
    not a number that is another customer's.
    """
    numbered = [claim for claim in claims if claim.some & NUMBER]
    if noted := [claim for claim in claims if "name_in_note" in claim.some]:
        return _in_note(claims, numbered, noted)
    named = _customers(claims, NAME)
    if not numbered:
        return _foreign_number(claims)
    if named:
        # What the day's rows say of the number goes before other days' papers.
        today = _customers(claims, frozenset({"number_equal", "number_elsewhere"}))
        owners = today or {claim.customer for claim in numbered}
        return Conflict.NONE if owners & named else Conflict.CONTRADICTION
    return _foreign_name(call, claims, numbered)


def _in_note(
    claims: Sequence[Claim], numbered: Sequence[Claim], noted: Sequence[Claim]
) -> Conflict:
    """A note that names customers: of whom it is the phone, or who else has it."""
    owners = {claim.customer for claim in numbered} or _customers(claims, NAME)
    names = {name for claim in noted for name in _noted_names(claim)}
    told = {claim.customer for claim in noted}
    if owners and told <= owners:
        return Conflict.NONE
    if numbered and owners & (told | _customers(claims, NAME)):
        # Number and name agree on one of those whom the contact names, unless the time does not.
        others = [claim for claim in noted if claim.customer not in owners]
        timely = any(claim.best.codes & TIME_NEAR for claim in others)
        return Conflict.DOUBT if timely else Conflict.NONE
    if owners:
        return Conflict.CONTRADICTION
    if sum(bool(claim.some & TIME_CLOSE) for claim in noted) > 1:
        return Conflict.CONTRADICTION
    return Conflict.DOUBT if len(names) > 1 else _foreign_number(claims)


def _noted_names(claim: Claim) -> set[str]:
    reasons = [reason for row in claim.rows for reason in row.reasons]
    return {dict(reason.values)["name"] for reason in reasons if reason.code == "name_in_note"}


def _customers(claims: Sequence[Claim], codes: frozenset[str]) -> set[str | None]:
    return {claim.customer for claim in claims if claim.some & codes}


def _foreign_number(claims: Sequence[Claim]) -> Conflict:
    if any("number_of_other" in claim.every for claim in claims):
        return Conflict.CONTRADICTION
    exact = [claim for claim in claims if claim.some & _NAMED]
    foreign = bool(exact) and all("number_differs" in claim.every for claim in exact)
    return Conflict.DOUBT if foreign else Conflict.NONE


def _foreign_name(call: Said, claims: Sequence[Claim], numbered: Sequence[Claim]) -> Conflict:
    if any(claim.some & NAME_LIKE for claim in numbered):
        return Conflict.NONE
    anothers = any(claim.some & NAME_LIKE for claim in claims)
    if anothers or all("name_of_other" in claim.some for claim in numbered):
        return Conflict.CONTRADICTION
    contradicted = all(claim.some & _FOREIGN for claim in numbered)
    return Conflict.DOUBT if contradicted and not call.relative else Conflict.NONE


def _claim(weighed: list[Weighed]) -> Claim:
    if len(weighed) == 1:
        (only,) = weighed
        return Claim(only.customer, only, (), only.codes, only.codes)
    best, *others = sorted(weighed, key=best_first)
    codes = [row.codes for row in others]
    some, every = best.codes.union(*codes), best.codes.intersection(*codes)
    return Claim(best.customer, best, tuple(others), some, every)
