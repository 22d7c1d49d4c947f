"""Open days: those on which something is new are decided, and what lies wrong is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from archive.catalogue import files
from archive.catalogue.database import Catalogue
from ingest.deciding import PassAct, cluster, decide
from ingest.filing import Filing
from ingest.hearing import Ears

_TRIES = 3
"""A day that is open again so often cannot be ended now: a file is gone, or in the way."""


class OpenDays:
    def __init__(self, catalogue: Catalogue, filing: Filing, ears: Ears, *, mirrored: bool) -> None:
        self._catalogue = catalogue
        self._filing = filing
        self._ears = ears
        self._mirrored = mirrored

    def work_off(
        self, now: datetime, tell: Callable[[int, int], None] = lambda _done, _planned: None
    ) -> int:
        """Decides day after day, the earliest first, for later ones go by it; returns the moves.

        A day that the later ones opened again has its turn once they are decided.

        `tell` hears how many more of how many planned moves are made.
        """
        moved = self._filing.carry_out(now)
        act, tried = PassAct(now), Counter[date]()
        while True:
            with self._catalogue.transaction() as tx:
                due = [day for day in files.open_days(tx) if tried[day] < _TRIES]
                if not due:
                    return moved
                together = cluster(tx, min(due, key=lambda day: (tried[day], day)))
                decided = decide(tx, together, self._ears, act, mirrored=self._mirrored)
                planned = self._filing.plan(tx, decided)
                files.close(tx, together)
            tried.update(together)
            moved += self._filing.carry_out(now, _told(tell, planned))


def _told(tell: Callable[[int, int], None], planned: int) -> Callable[[int], None]:
    return lambda done: tell(done, planned)
