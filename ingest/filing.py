"""Filing: where each decided recording belongs, planned whole, and the moves to there."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from archive import layout
from archive.catalogue import customers, files, recordings, sheets
from archive.catalogue.database import Catalogue, Transaction
from archive.records import Recording, Row
from archive.store import Store
from matcher.evidence import Precision

_BATCH = 256

log = logging.getLogger(__name__)


class Filing:
    def __init__(
        self, catalogue: Catalogue, store: Store, timezone: ZoneInfo, template: str, mirrored: bool
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._timezone = timezone
        self._template = template
        self._mirrored = mirrored

    def plan(self, tx: Transaction, decided: Sequence[Recording]) -> int:
        """Reserves a place for each recording that lies in the wrong one; returns how many do.

        Nothing moves before all places are reserved, so no two recordings can want the same.
        """
        rows = sheets.rows_by_id(tx, [one.row for one in decided if one.row is not None])
        by_id = {row.id: row for row in rows}
        planned = 0
        for recording in decided:
            if recording.disposal is not None:
                continue  # there is nothing to move, or there will not be
            row = by_id.get(recording.row) if recording.row is not None else None
            wanted = self._wanted(tx, recording, row)
            if wanted is not None:
                recordings.aim(tx, recording.id, self._free(tx, recording.id, wanted))
                planned += 1
        return planned

    def carry_out(self, now: datetime, progress: Callable[[int], None] = lambda _: None) -> int:
        """Makes every reserved move, also those that a kill cut short; returns how many."""
        moved = 0
        while True:
            with self._catalogue.transaction() as tx:
                batch = recordings.aimed(tx)[:_BATCH]
            if not batch:
                return moved
            arrived = [one for one in batch if self._move(one)]
            self._store.sync([path for one in arrived for path in (one.path, one.target or "")])
            with self._catalogue.transaction() as tx:
                for one in arrived:
                    filed = not (one.target or "").startswith(f"{layout.HOLDING}/")
                    recordings.arrive(tx, one, filed, now, self._mirrored)
                    log.info("recording %d %s", one.id, "filed" if filed else "back to holding")
                for one in batch:
                    if one not in arrived:
                        self._give_up(tx, one)
            for one in arrived:
                self._store.tidy(one.path)
            moved += len(arrived)
            progress(len(batch))

    def _move(self, one: Recording) -> bool:
        """True once the file lies at its target; a name that somebody took is never overwritten."""
        assert one.target is not None  # only such are asked for
        at_old, at_target = self._store.exists(one.path), self._store.exists(one.target)
        if at_old and not at_target:
            try:
                self._store.move(one.path, one.target)
            except FileExistsError:
                return False
            return True
        if at_old:
            return self._store.drop_second_name(one.path, one.target)
        # Only the target: a kill came between the rename and the catalogue.
        return at_target and self._store.read_sha256(one.target)[0] == one.sha256

    def _give_up(self, tx: Transaction, one: Recording) -> None:
        """The place was taken from outside, or the file is gone: its day is looked at again."""
        recordings.aim(tx, one.id, None)
        log.error("recording %d could not be moved", one.id)
        if self._store.exists(one.path):
            files.reopen(tx, [one.day])

    def _wanted(
        self, tx: Transaction, recording: Recording, row: Row | None
    ) -> Iterator[str] | None:
        """Candidates for where the recording belongs; `None` where it lies right."""
        if recording.customer is None:
            return self._holding(recording) if recording.filed else None
        folder = customers.folder_of(tx, recording.customer)
        fields = self._fields(recording, row)
        if PurePosixPath(recording.path).parent == PurePosixPath(folder, fields.day.isoformat()):
            return None
        return layout.filed_path(folder, self._template, fields)

    def _holding(self, recording: Recording) -> Iterator[str]:
        name = PurePosixPath(recording.source).name
        return (
            layout.holding_path(recording.day, f"back-{recording.id:06d}-{count}", name)
            for count in itertools.count(1)
        )

    def _fields(self, recording: Recording, row: Row | None) -> layout.NameFields:
        """What the name is made of; without a row, as a person may have it, of the recording."""
        started, precision = recording.started_at, recording.precision
        if row is not None and precision in (None, Precision.DAY):
            started, precision = row.said.called_at, row.said.precision
        timed = started is not None and precision not in (None, Precision.DAY)
        return layout.NameFields(
            customer=recording.customer_name or "",
            started_at=started.astimezone(self._timezone) if started and timed else None,
            to_the_second=precision == Precision.SECOND,
            day=row.said.day if row else recording.call_day(self._timezone),
            numbers=row.said.numbers if row else recording.numbers,
            collector=recording.collector or (row.said.collector if row else None),
            original=PurePosixPath(recording.source).name,
        )

    def _free(self, tx: Transaction, mover: int, wanted: Iterator[str]) -> str:
        return next(
            path
            for path in wanted
            if not recordings.taken(tx, path, mover) and not self._store.exists(path)
        )
