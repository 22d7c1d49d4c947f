"""The reports' findings held against the truth: recall and precision of every code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from audit.day import DayReport, Finding
from tests.quarter.truth import Expected, Told


@dataclass(slots=True)
class Score:
    found: Counter[str] = field(default_factory=Counter)
    """Planted and told, by code."""
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    @property
    def perfect(self) -> bool:
        return not self.missed and not self.invented

    def count(self, where: str, reports: Iterable[DayReport], wanted: Iterable[Expected]) -> None:
        """Counts what these reports say, where `wanted` is right; `where` is for complaints."""
        told = Counter(told_of(report.date, one) for report in reports for one in report.findings)
        for expected in sorted(wanted, key=lambda one: len(one.either)):
            match = next((one for one in expected.either if told[one]), None)
            code = expected.either[0].code
            if match is None:
                self.missed[code] += 1
                self.complaints.append(f"{where}: missed {expected.either[0]}")
            else:
                self.found[code] += 1
                told[match] -= 1
        for one in told.elements():
            self.invented[one.code] += 1
            self.complaints.append(f"{where}: invented {one}")

    def __iadd__(self, other: Score) -> Score:
        self.found += other.found
        self.missed += other.missed
        self.invented += other.invented
        self.complaints += other.complaints
        return self

    def table(self) -> str:
        lines = ["| code | told | missed | invented | recall | precision |", "|---|" + "---:|" * 5]
        codes = sorted(self.found | self.missed | self.invented)
        lines += [f"| `{code}` | {self._row(code)} |" for code in codes]
        return "\n".join(lines)

    def _row(self, code: str) -> str:
        found, missed, invented = self.found[code], self.missed[code], self.invented[code]
        counts = (str(one) for one in (found, missed, invented))
        shares = (_share(found, missed), _share(found, invented))
        return " | ".join((*counts, *shares))


def _share(right: int, wrong: int) -> str:
    return f"{right / (right + wrong):.3f}" if right + wrong else "-"


def told_of(day: date, one: Finding) -> Told:
    return Told(day, one.code, one.customer, one.collector, one.source, one.sheet, one.line)
