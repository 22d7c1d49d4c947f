"""What callvault would go by for one file, in the inbox or anywhere: the ground of `inspect`.

Reads and says, as a pass over the inbox would; takes nothing in and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from archive.errors import SourceError
from archive.records import Probed
from archive.store import read_source, unfit
from config.folders import real
from config.language import Message
from config.settings import Settings
from config.several_people import each_of
from ingest.cells import PLAIN, Outcomes
from ingest.evidence import completed, completed_by_tags, gather
from ingest.folders import read_folders
from ingest.inbox import Kind, escaped, kind, sounds
from ingest.sheet import Sheet, read_sheet
from ingest.sidecar import MOST_BYTES, owners, read_sidecar
from ingest.workbook import SheetError
from matcher.evidence import Evidence
from matcher.names import is_person

_WHOLE = "complete"
_FIELDS = ("contact", "surname", "numbers", "started_at", "direction")
"""Of the evidence: what name, sidecar and tags can say."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the office has its files read; by default as one that has set nothing."""

    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    patterns: tuple[re.Pattern[str], ...] = ()
    """The office's own forms of recordings' names."""
    columns: Sequence[tuple[str, Sequence[str]]] = ()
    """The office's own column headers."""
    limit: int = 2048 << 20
    """Largest recording in bytes."""
    inbox: Path | None = None
    raw_audio: tuple[str, ...] = ()
    """What files without a header hold, as `[inbox] raw_audio` says."""
    outcomes: Outcomes = PLAIN
    """The office's own words for who was reached."""

    @classmethod
    def of(cls, settings: Settings) -> Reading:
        return cls(
            settings.office.timezone,
            tuple(re.compile(pattern) for pattern in settings.inbox.patterns),
            settings.sheet.columns,
            settings.inbox.max_megabytes << 20,
            settings.inbox.path,
            settings.inbox.raw_audio,
            Outcomes(settings.sheet.reached, settings.sheet.not_reached),
        )


class Part(StrEnum):
    """What said something about a recording."""

    NAME = "name"
    FOLDER = "folder"
    SIDECAR = "sidecar"
    TAGS = "tags"
    FILE_TIME = "file_time"


@dataclass(frozen=True, slots=True)
class RecordingInspection:
    source: str
    day: date
    """The day it would count as handed over for."""
    evidence: Evidence
    parts: Mapping[str, Part]
    """What said each field of the evidence that is known, and `day`."""
    probed: Probed
    call_day: date
    """The day of the call in the office's time, as far as it is known; else `day`."""

    @property
    def state(self) -> str:
        """The probe's, or `silent` for a whole recording in which nobody is heard."""
        whole = self.probed.condition == _WHOLE
        return "silent" if whole and self.probed.silent else self.probed.condition

    @property
    def notes(self) -> tuple[Message, ...]:
        silent = (Message.of("inspect.silent"),) if self.state == "silent" else ()
        return self.probed.notes + silent


@dataclass(frozen=True, slots=True)
class SheetInspection:
    source: str
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file out of which nothing was read."""

    source: str
    kind: Literal["unknown", "sheet", "ignored"]
    reason: Message
    is_problem: bool = True


Inspection = RecordingInspection | SheetInspection | NotRead
Look = Callable[[Path], Probed]
"""Probes a recording, as `Prober.look` does."""


def inspect(path: Path, day: date, reading: Reading, look: Look) -> Inspection:
    """What is read from a file; whatever it holds is an answer.

    Args:
        path: lies in the inbox or anywhere else.
        day: stands for its arrival; where neither name nor folders tell a day, it is that one.
        reading: how the office has its files read.
        look: probes a recording.

    Raises:
        OSError: The file is not there, or cannot be opened.

    """
    found = path.lstat()
    source = source_of(path, reading.inbox)
    plain = escaped(source)
    if plain != source:
        return NotRead(plain, "ignored", Message.of("ingest.name_no_text"))
    if reason := unfit(found, reading.limit):
        return NotRead(source, "ignored", reason)
    named = kind(source)
    if named is Kind.JUNK:
        return NotRead(source, "ignored", Message.of("ingest.junk"))
    if named is Kind.SHEET:
        return _sheet(path, source, day, reading)
    if named is Kind.RECORDING or sounds(path):
        return _recording(path, source, day, reading, look)
    return _beside(path, source) or NotRead(source, "unknown", Message.of("ingest.unknown"))


def source_of(path: Path, inbox: Path | None) -> str:
    """Relative to the inbox where the file lies in it, else as it was given; with `/`."""
    if inbox is not None:
        behind = real(path.parent) / path.name  # a link is looked at, not followed
        for root in (inbox.absolute(), real(inbox)):
            for place in (path.absolute(), behind):
                if place.is_relative_to(root):
                    return place.relative_to(root).as_posix()
    return path.as_posix()


def needs_a_person(seen: Inspection) -> bool:
    """Whether anything is wrong with the file, as far as can be told without the others."""
    if isinstance(seen, RecordingInspection):
        return seen.state != _WHOLE
    if isinstance(seen, SheetInspection):
        return bool(seen.sheet.problems) or any(row.problems for row in seen.sheet.rows)
    return seen.is_problem


def _sheet(path: Path, source: str, day: date, reading: Reading) -> Inspection:
    folders = read_folders(_handed_over(source, day), day)
    try:
        sheet = read_sheet(
            path,
            source,
            reading.timezone,
            folders.day or day,
            folders.collector,
            reading.columns,
            outcomes=reading.outcomes,
        )
    except SheetError as error:
        return NotRead(source, "sheet", error.message)
    if sheet.report is not None:
        count = len(sheet.report.filled)
        said = Message.of("answers.inspected", count=count)
        return NotRead(source, "ignored", said, is_problem=False)
    return SheetInspection(source, sheet)


def _recording(
    path: Path, source: str, day: date, reading: Reading, look: Look
) -> RecordingInspection:
    found = look(path)
    zone, patterns = reading.timezone, reading.patterns
    place = _handed_over(source, day)
    handed_over, named = gather(place, zone, day, patterns)
    sidecar = _sidecar_of(path)
    beside = completed(named, sidecar, zone) if sidecar else named
    evidence = completed_by_tags(beside, found.tags, zone, handed_over, patterns)
    stages = {Part.NAME: named, Part.SIDECAR: beside, Part.TAGS: evidence}
    parts = {
        field: next(part for part, stage in stages.items() if getattr(stage, field) == known)
        for field in _FIELDS
        if (known := getattr(evidence, field))
    }
    if evidence.collector:
        parts["collector"] = Part.FOLDER
    in_name = Part.NAME if named.started_at else Part.FILE_TIME
    parts["day"] = Part.FOLDER if read_folders(place, day).day else in_name
    started = evidence.started_at
    call_day = started.astimezone(zone).date() if started else handed_over
    return RecordingInspection(source, handed_over, evidence, parts, found, call_day)


def _handed_over(source: str, near: date) -> str:
    """What of a path is the hand-off's: all of it, unless it starts at the top of a disk.

    There the folders above are the computer's, and `home` is no collector: the shortest end that
    still tells the day and the person whom the whole tells is the hand-off's.
    """
    if not Path(source).is_absolute():
        return source
    whole = read_folders(source, near)
    people = each_of(whole.collector)
    person = whole.collector if all(map(is_person, people)) else None

    def tells_as_much(tail: str) -> bool:
        told = read_folders(tail, near)
        return told.day == whole.day and person in (None, told.collector)

    parts = source.split("/")
    tails = ("/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1))
    return next(filter(tells_as_much, tails))


def _sidecar_of(path: Path) -> Evidence | None:
    """What the sidecar beside a recording says, if there is one that can be read."""
    for name, recording in owners(one.name for one in path.parent.iterdir()).items():
        if recording == path.name and (said := _read_sidecar(path.with_name(name))):
            return said
    return None


def _beside(path: Path, source: str) -> NotRead | None:
    """What a file is that lies beside a recording as its sidecar."""
    recording = owners(one.name for one in path.parent.iterdir()).get(path.name)
    if recording is None:
        return None
    readable = _read_sidecar(path) is not None
    key = "ingest.sidecar_of" if readable else "ingest.sidecar_unreadable"
    reason = Message.of(key, recording=recording)
    return NotRead(source, "ignored", reason, is_problem=not readable)


def _read_sidecar(path: Path) -> Evidence | None:
    try:
        return read_sidecar(read_source(path, MOST_BYTES, path.lstat()))
    except (OSError, SourceError):
        return None
