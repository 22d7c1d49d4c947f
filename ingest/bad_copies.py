"""What is known to be bad of copies, in the archive and in the mirrors that are listed.

What a mirror has that is listed no more nobody can put right, so nothing is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive import beside
from archive.catalogue import faults, further_faults, verifications
from archive.catalogue.database import Transaction
from archive.fixity import looked_after
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class BadCopies:
    faults: int
    """Copies of recordings."""
    beside: int
    """What verifying found beside them, and nobody has found sound since."""


def known(tx: Transaction, settings: Settings, now: datetime) -> BadCopies:
    """`now` is aware."""
    places = looked_after(mirrored=settings.mirror is not None)
    runs = [one for one in verifications.latest(tx) if one.scope.place in places]
    further = sum(further_faults.count(tx, one.name) for one in settings.further)
    return BadCopies(faults.count(tx, places) + further, beside.standing(runs, now))
