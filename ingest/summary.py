"""What came of a pass and its mirroring, and what waits for a person, as figures and messages."""

from __future__ import annotations

from dataclasses import dataclass

from archive.catalogue.days import Attention
from archive.mirror import Drained
from config.language import Message
from ingest.inbox_pass import Passed


@dataclass(frozen=True, slots=True)
class Summary:
    passed: Passed
    drained: Drained
    attention: Attention
    """Over all days, not only what this pass met."""
    stamp_problem: Message | None = None
    """Why the custody files have no time stamp that was due."""

    @property
    def counts(self) -> dict[str, int]:
        """The figures by the names that scripts know."""
        return {
            "files": self.passed.files,
            "admitted": self.passed.admitted.recordings,
            "duplicates": self.passed.admitted.duplicates,
            "sheets": self.passed.sheets,
            "moved": self.passed.moved,
            "waiting": self.passed.waiting,
            "held": self.attention.held,
            "put_off": self.attention.put_off,
            "unreadable_sheets": self.attention.unreadable,
            "mirrored": self.drained.done,
            "mirror_refused": self.attention.refused_by_mirror,
        }

    @property
    def problems(self) -> tuple[Message, ...]:
        """What kept the pass, the mirror or the time-stamp authority from its work."""
        later = (self.drained.outage, self.drained.problem, self.stamp_problem)
        return (*self.passed.problems, *(one for one in later if one is not None))

    @property
    def needs_a_person(self) -> bool:
        waits = self.attention
        return bool(
            self.problems
            or waits.held
            or waits.put_off
            or waits.unreadable
            or waits.refused_by_mirror
        )
