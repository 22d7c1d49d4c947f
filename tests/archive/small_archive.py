"""A small archive in a folder of its own: real files, a real catalogue, and what fills them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from archive.catalogue import customers, log, outbox, recordings, sheets
from archive.catalogue.database import Catalogue
from archive.catalogue.recordings import Admission
from archive.catalogue.rulings import Ruling, rule
from archive.catalogue.sheets import NewSheet
from archive.custody import Entry
from archive.layout import holding_path
from archive.mirror_records import MirrorState
from archive.records import NewRow, Outcome, Probed, Recording, Row, SheetState
from archive.store import Store
from config.language import Message

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
AT = datetime(2026, 11, 16, 17, 0, tzinfo=ZONE)
MATCHED = Outcome("matched", "clear", ())
UNMATCHED = Outcome("unmatched", "nobody", ())
COMPLETE = Probed("mp3", "mp3float", 27.0, "complete", False, -20.5, (), ())


def sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


def row(line: int, name: str | None = "张三", *numbers: str, day: date = DAY) -> NewRow:
    """A row that says no more than whom it is about."""
    return NewRow(
        key=f"sheet.xlsx|Sheet1|{line}",
        tab="Sheet1",
        line=line,
        day=day,
        collector="王芳",
        department=None,
        customer_name=name,
        numbers=numbers,
        called_at=None,
        precision=None,
        reached=True,
        promised=None,
        promised_text=None,
        location=None,
        hours=None,
        raw=(("客户姓名", name or ""),),
        problems=(),
        duration_seconds=200.5,
        further=(("works_name", "环城路三标"),),
    )


def sheet(
    *rows: NewRow,
    source: str = "2026-11-16/王芳/sheet.xlsx",
    contents: bytes = b"the first version",
    day: date = DAY,
    state: SheetState = SheetState.READ,
    problems: tuple[Message, ...] = (),
) -> NewSheet:
    return NewSheet(
        source=source,
        sha256=sha256(contents),
        day=day,
        collector="王芳",
        arrived_at=AT,
        state=state,
        columns=("customer", "numbers"),
        problems=problems,
        rows=rows,
    )


@dataclass(frozen=True, slots=True)
class SmallArchive:
    catalogue: Catalogue
    store: Store
    inbox: Path

    def admit(
        self,
        contents: bytes,
        source: str = "2026-11-16/王芳/录音.mp3",
        *,
        day: date = DAY,
        call_day: date | None = None,
        collector: str | None = "王芳",
        started_at: datetime | None = None,
        numbers: tuple[str, ...] = (),
        mirrored: bool = True,
        now: datetime = AT,
    ) -> Recording:
        """Lays the bytes into the inbox and takes them in, in the order that admission keeps."""
        path = self.inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
        staged = self.store.stage(path, "token", limit=16 << 20)
        held = holding_path(day, staged.sha256[:6], path.name)
        self.store.publish(staged, held)
        self.store.sync([held])
        admission = Admission(
            sha256=staged.sha256,
            size=staged.size,
            source=source,
            day=day,
            collector=collector,
            arrived_at=now,
            path=held,
            started_at=started_at,
            precision="second" if started_at else None,
            call_day=call_day or day,
            numbers=numbers,
        )
        with self.catalogue.transaction() as tx:
            recordings.admit(tx, [admission], now, mirrored)
        return self.recording(staged.sha256)

    def recording(self, sha256: str) -> Recording:
        with self.catalogue.transaction() as tx:
            found = recordings.by_sha256(tx, sha256)
        assert found is not None
        return found

    def again(self, recording: Recording) -> Recording:
        """The recording as the catalogue knows it now."""
        return self.recording(recording.sha256)

    def enter(self, new: NewSheet) -> Sequence[Row]:
        """Enters a sheet; returns the rows that count for its day."""
        with self.catalogue.transaction() as tx:
            sheets.enter(tx, new)
            return sheets.rows_of_days(tx, [new.day])

    def customer(self, name: str, *numbers: str, key: str | None = None) -> int:
        with self.catalogue.transaction() as tx:
            return customers.register(
                tx, key or f"{name}|{min(numbers, default='')}", name, numbers
            )

    def rule(
        self,
        recording: Recording,
        outcome: Outcome,
        customer: int | None = None,
        row: int | None = None,
    ) -> Recording:
        with self.catalogue.transaction() as tx:
            rule(tx, [Ruling(recording.id, outcome, customer, row)])
        return self.again(recording)

    def move(
        self,
        recording: Recording,
        target: str,
        *,
        filed: bool = True,
        mirrored: bool = True,
        now: datetime = AT,
    ) -> Recording:
        """Moves a recording, in the order that filing keeps."""
        with self.catalogue.transaction() as tx:
            recordings.aim(tx, recording.id, target)
        self.store.move(recording.path, target)
        self.store.sync([recording.path, target])
        with self.catalogue.transaction() as tx:
            aimed = replace(recording, target=target)
            recordings.arrive(tx, aimed, filed, now, mirrored)
        return self.again(recording)

    def mirrored(self, recording: Recording) -> Recording:
        """Does the recording's errands, as a mirror would whose store does all that is asked."""
        with self.catalogue.transaction() as tx:
            while mine := [
                one for one in outbox.due(tx, None, 100) if one.recording == recording.id
            ]:
                outbox.send(tx, mine)
                for errand in mine:
                    outbox.confirm(tx, errand, AT)
        return self.again(recording)

    def mirror_state(self, recording: Recording) -> MirrorState:
        with self.catalogue.transaction() as tx:
            return outbox.states(tx, [recording.id])[recording.id]

    def owed(self) -> list[str]:
        """The errands, oldest first: `put key`, `remove key`; also those whose turn has not come
        because something else must be confirmed before."""
        with self.catalogue.transaction() as tx:
            found = tx.exec_driver_sql("SELECT action, key FROM outbox ORDER BY id").all()
        return [f"{action} {key}" for action, key in found]

    def custody(self) -> list[Entry]:
        with self.catalogue.transaction() as tx:
            return list(log.entries(tx))
