"""What the matcher concludes for a recording, with the reasons as data.

Reasons carry a stable code and values, never sentences: those stand in
`config/words/reasons.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Reason:
    """One named, weighed piece of evidence for or against one row."""

    code: str
    """Such as `number_equal`, `name_equal`, `time_near`, `number_differs`; see there."""
    weight: float
    """In bits: log2 of the odds it adds. Negative weighs against."""
    values: tuple[tuple[str, str], ...] = ()
    """What the sentence needs: `(("minutes", "3"),)`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that could be the recording's call."""

    row: str
    customer: str | None
    weight: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one recording.

    `matched`: `customer` is set, and `row` where one row of that customer is the call: always,
    but where a person named a customer of whom the day has no row.
    Otherwise both are `None`, `why` says what was lacking, and `candidates` are the runners-up.
    """

    recording: str
    verdict: Verdict
    customer: str | None
    row: str | None
    why: str
    """`clear`, `tie`, `conflict`, `time`, `weak`, `nobody`, `no_evidence`, or `person` where a
    person decided; the sentences are `reasons.why_*`."""
    candidates: tuple[Candidate, ...]
    """Best first, the chosen row's first where there is one; at most five."""
