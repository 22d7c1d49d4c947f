"""What came of a pass and its mirroring, and what waits for a person, as figures and messages."""

from __future__ import annotations

from dataclasses import dataclass

from archive.catalogue.days import Attention
from archive.mirror import Drained
from archive.stamping import NOTHING, Stamped
from config.language import Message
from ingest.inbox_pass import Passed
from ingest.release import Released


@dataclass(frozen=True, slots=True)
class Summary:
    passed: Passed
    drained: Drained
    released: Released
    attention: Attention
    """Over all days, not only what this pass met."""
    stamped: Stamped = NOTHING
    beside: tuple[Message, ...] = ()
    """Why what further mirrors owe was not done."""

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
            "released": self.released.sources,
        }

    @property
    def problems(self) -> tuple[Message, ...]:
        """What kept the pass, the mirror, the release or the time stamp from being done."""
        stamped = () if self.stamped.problem is None else (self.stamped.problem,)
        outside = (*self.drained.reasons, *stamped, *self.beside)
        return (*self.passed.problems, *outside, *self.released.problems)

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
