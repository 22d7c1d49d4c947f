"""Probing beside admission: what is safe already is probed while other recordings are copied.

Each recording is probed once, in one of a few processes; the pass's own thread writes down what
they find, many in a transaction. What a kill leaves unwritten is still unprobed for the next pass.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice, takewhile

from archive.catalogue import files, learnt, recordings
from archive.catalogue.database import Catalogue
from archive.records import Probed, Recording
from archive.store import Store
from config.language import Message
from ingest.hearing import Ears, hear
from ingest.prober import Prober

_TOGETHER = 64
"""Findings in a transaction: more are lost at a kill, fewer cost a sync of the disk each."""
_MOST_PROCESSES = 4

Asked = tuple[Recording, "Future[Probed | None]"]

log = logging.getLogger(__name__)


class Examining:
    """Has recordings probed; use it by `with`, which ends its processes."""

    def __init__(
        self,
        catalogue: Catalogue,
        store: Store,
        ears: Ears,
        raw: Sequence[str] = (),
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._ears = ears
        self._raw = raw
        self._progress = progress
        self._processes = min(_MOST_PROCESSES, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(self._processes)
        self._thread = threading.local()
        self._probers: list[Prober] = []
        self._asked: deque[Asked] = deque()
        self._last = self._total = 0
        self._unread: list[tuple[int, str]] = []

    def __enter__(self) -> Examining:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        for prober in self._probers:
            prober.close()

    def get_ready(self, recordings: int) -> None:
        """Starts the processes for so many recordings while these are still being copied."""
        for _ in range(min(recordings, self._processes)):
            self._pool.submit(lambda: self._prober().start())

    def begin(self) -> None:
        """Begins with what no pass has probed yet, and writes down what was found meanwhile."""
        with self._catalogue.transaction() as tx:
            waiting = learnt.unprobed(tx, self._last)
        for recording in waiting:
            found = self._pool.submit(self._look, recording)
            self._asked.append((recording, found))
            self._last = recording.id
        self._total += len(waiting)
        # What went wrong is for `end` to say: it is no reason to stop admitting.
        while len(list(takewhile(_is_known, islice(self._asked, _TOGETHER)))) == _TOGETHER:
            self._write()

    def end(self) -> None:
        """Probes all that is left; what cannot be read waits for the next pass, and is a problem.

        Raises:
            ProberError: Nothing can be probed.

        """
        self.begin()
        while self._asked:
            self._write()

    @property
    def problems(self) -> tuple[Message, ...]:
        """Of recordings in the archive that are gone or cannot be read, the first, and how many."""
        if not self._unread:
            return ()
        first, error = min(self._unread)
        count = len(self._unread)
        return (Message.of("sound.unread", recording=first, error=error, count=count),)

    def _look(self, recording: Recording) -> Probed | None:
        """`None` where its file cannot be read: no reason to leave all others undone."""
        try:
            return self._prober().look(self._store.path(recording.path))
        except OSError as error:  # where it lies names the customer
            why = error.strerror or type(error).__name__
            log.error("recording %d cannot be read and was not probed: %s", recording.id, why)  # noqa: TRY400
            self._unread.append((recording.id, why))
            return None

    def _prober(self) -> Prober:
        """The thread's own."""
        if not hasattr(self._thread, "prober"):
            self._thread.prober = Prober(self._raw)
            self._probers.append(self._thread.prober)
        prober: Prober = self._thread.prober
        return prober

    def _write(self) -> None:
        asked = list(islice(self._asked, _TOGETHER))
        probed = [(recording, found.result()) for recording, found in asked]
        together = [(recording, found) for recording, found in probed if found is not None]
        with self._catalogue.transaction() as tx:
            learnt.probed(tx, {recording.id: found for recording, found in together})
            # Read anew: a sidecar may have come since the recording was begun with.
            tagged = recordings.by_ids(tx, {one.id for one, found in together if found.tags})
            hear(tx, tagged, self._ears)
            # What could not be read was decided without its length; new ones' days are open anyway.
            zone = self._ears.timezone
            files.reopen(tx, [day for one, _ in together for day in (one.day, one.call_day(zone))])
        for _ in asked:
            self._asked.popleft()
        self._progress(len(asked), self._total)


def _is_known(asked: Asked) -> bool:
    _, found = asked
    return found.done() and found.exception() is None
