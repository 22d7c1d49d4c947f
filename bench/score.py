"""Counts what became of each recording, beside the truth and beside the careful clerk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bench.in_process import Decided
from bench.office import desk
from bench.office.clerk import Class, Reading
from bench.office.truth import Office


class Fate(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Fault:
    """One recording to look at: filed wrongly, a tie decided, or held though decidable."""

    kind: str
    seed: int
    at: int
    """Which of the office's recordings."""
    traits: tuple[str, ...]
    """Recorder, the clerk's rule and what was done to file and row, for the breakdown."""


@dataclass(slots=True)
class Tally:
    """Sums up over offices."""

    fates: Counter[tuple[Class, Fate]] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    """Decidable recordings with each trait, so that losses can be told as a share."""
    faults: list[Fault] = field(default_factory=list)
    mixed: int = 0
    """Folders that hold two customers whom the papers tell apart."""
    by_folder_alone: list[str] = field(default_factory=list)
    """Recordings that are right by their folder, and lie under another customer's row in it."""
    unread: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    """Whose recording was not handed over: `owed`, `named` of these, and named `falsely`."""
    missing_cases: list[str] = field(default_factory=list)
    """Those named falsely and those not named, in words."""

    def add(self, other: Tally) -> None:
        self.missing.update(other.missing)
        self.missing_cases += other.missing_cases
        self.fates += other.fates
        self.seen += other.seen
        self.faults += other.faults
        self.mixed += other.mixed
        self.by_folder_alone += other.by_folder_alone
        self.unread += other.unread

    @property
    def recordings(self) -> int:
        return self.fates.total()

    def count(self, fate: Fate, *kinds: Class) -> int:
        return sum(self.fates[kind, fate] for kind in kinds or Class)

    def share(self, kind: Class) -> float:
        """Of a class, how many were filed, rightly."""
        all_of_it = sum(self.fates[kind, fate] for fate in Fate)
        return self.fates[kind, Fate.RIGHT] / all_of_it if all_of_it else 1.0

    @property
    def wrong(self) -> int:
        """Filed under another customer, where the papers did not force it."""
        return self.count(Fate.WRONG, Class.DECIDABLE, Class.TIE, Class.OPEN)

    @property
    def ties_decided(self) -> int:
        return self.count(Fate.RIGHT, Class.TIE) + self.count(Fate.WRONG, Class.TIE)


Filed = Sequence[frozenset[int] | None]
"""For each recording the true customers of the folder it went to; `None` where it is held."""


def filed_by(office: Office, decided: Decided) -> Filed:
    owners = _owners(office, decided)
    return [
        owners[one.customer] if one.verdict == "matched" and one.customer else None
        for one in decided.decisions
    ]


def _owners(office: Office, decided: Decided) -> Mapping[str, frozenset[int]]:
    """The true customers behind each of callvault's customers."""
    truth = {line.key: line.customer for line in office.lines}
    owners: dict[str, set[int]] = defaultdict(set)
    for row in decided.rows:
        if row.customer and row.key in truth:
            owners[row.customer].add(truth[row.key])
    return {key: frozenset(mine) for key, mine in owners.items()}


def by_folder_alone(office: Office, decided: Decided) -> list[str]:
    """What `filed_by` lets pass and the whole product's score, which goes by the row, does not."""
    truth = {line.key: line.customer for line in office.lines}
    return [
        f"{office.seed}:{at}"
        for at, (recording, into, one) in enumerate(
            zip(office.recordings, filed_by(office, decided), decided.decisions, strict=True)
        )
        if into and one.row and recording.customer in into - {truth[one.row]}
    ]


def mixed(office: Office, decided: Decided) -> int:
    """Customers of callvault's that are two true ones, whom the papers tell apart."""
    person = {line.key: one for one in desk.persons(office.lines) for line in one.lines}
    together: dict[str, set[int]] = defaultdict(set)
    for row in decided.rows:
        if row.customer and row.key in person:
            together[row.customer].add(person[row.key].id)
    owners = _owners(office, decided)
    return sum(len(mine) > 1 and len(owners[key]) > 1 for key, mine in together.items())


def score(office: Office, readings: Sequence[Reading], filed: Filed) -> Tally:
    tally = Tally()
    by_key = {line.key: line for line in office.lines}
    for at, (recording, reading, into) in enumerate(
        zip(office.recordings, readings, filed, strict=True)
    ):
        fate = _fate(recording.customer, into)
        tally.fates[reading.kind, fate] += 1
        line = by_key.get(recording.line or "")
        row = line.traits if line else frozenset()
        traits = (
            f"recorder {recording.recorder}",
            f"clerk {reading.why}",
            *sorted(recording.traits | row or {"ordinary"}),
        )
        if reading.kind is Class.DECIDABLE:
            tally.seen.update(traits)
        if kind := _fault(reading.kind, fate):
            tally.faults.append(Fault(kind, office.seed, at, traits))
    return tally


def _fate(customer: int | None, into: frozenset[int] | None) -> Fate:
    if into is None:
        return Fate.HELD
    return Fate.RIGHT if customer in into else Fate.WRONG


def _fault(kind: Class, fate: Fate) -> str | None:
    if fate is Fate.HELD:
        return "held" if kind is Class.DECIDABLE else None
    if kind is Class.TIE:
        return "tie decided"
    if fate is Fate.WRONG:
        return "misled" if kind is Class.MISLED else "wrong"
    return None
