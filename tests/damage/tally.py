"""What came of a damage campaign."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

KINDS = ("flip", "truncation", "swap", "deletion")

Where = tuple[str, str]
"""A place and a kind of damage."""


@dataclass
class Tally:
    done: Counter[Where] = field(default_factory=Counter)
    harmless: Counter[Where] = field(default_factory=Counter)
    """Damage to a database that changes nothing it says: in the space between its rows."""
    found: Counter[Where] = field(default_factory=Counter)
    named: Counter[Where] = field(default_factory=Counter)
    repairable: Counter[Where] = field(default_factory=Counter)
    """Those of which a good copy was left."""
    repaired: Counter[Where] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """What of the catalogue changed and was not noticed, by table and column."""
    complaints: list[str] = field(default_factory=list)

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    @property
    def sound(self) -> bool:
        """Of files and objects everything was found, named, and repaired where it could be."""
        files = [where for where in self.done if where[0] != "catalogue"]
        return not self.complaints and all(
            self.done[one] == self.named[one] and self.repairable[one] == self.repaired[one]
            for one in files
        )

    def table(self) -> str:
        heads = ("place", "damage", "done", "harmless", "found", "named", "repairable", "repaired")
        lines = ["| " + " | ".join(heads) + " |", "|---|---|" + "---:|" * 6]
        counted = (self.done, self.harmless, self.found, self.named, self.repairable, self.repaired)
        for where in sorted(self.done):
            cells = [*where, *(str(one[where]) for one in counted)]
            lines.append("| " + " | ".join(cells) + " |")
        totals = ["all", "", *(str(sum(one.values())) for one in counted)]
        lines.append("| " + " | ".join(totals) + " |")
        lines += [f"not noticed: {what} ({count})" for what, count in self.missed.most_common()]
        return "\n".join([*lines, *self.complaints])
