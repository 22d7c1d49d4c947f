"""One mirror's errands worked off: it is reached, drained, and now and then swept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from archive.catalogue.database import Catalogue
from archive.mirror import Drained, Mirror, Owing
from archive.objects import StoreError
from archive.waits import is_due

NOTHING_OWED = Drained(0, 0, None, None)
_HOURLY = timedelta(hours=1)


class WorkingOff:
    """Of one mirror, for as long as an archive is open for work."""

    def __init__(self, catalogue: Catalogue, owing: Owing) -> None:
        self._catalogue = catalogue
        self._owing = owing
        self._swept: datetime | None = None
        """When the mirror was last asked to remove what uploads left unfinished."""

    def run(
        self,
        reach: Callable[[], Mirror],
        now: Callable[[], datetime],
        stop: Callable[[], bool],
        *,
        everything: bool,
        progress: Callable[[int, int], None] = lambda _done, _owed: None,
    ) -> Drained:
        """Does what is owed. Never raises for a store: one that cannot be reached is an outage.

        `reach` is not asked where nothing is owed: it takes long.
        """
        with self._catalogue.reading() as tx:
            owed = self._owing.owed(tx)
        if not owed:
            return NOTHING_OWED
        try:
            mirror = reach()
        except StoreError as error:
            with self._catalogue.transaction() as tx:
                self._owing.explain_all(tx, error.message)
            return Drained(0, 0, error.message, None)
        drained = mirror.drain(
            everything=everything, stop=stop, progress=lambda done: progress(done, owed)
        )
        if drained.done and drained.outage is None and is_due(self._swept, now(), _HOURLY):
            mirror.sweep()
            self._swept = now()
        return drained
