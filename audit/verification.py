"""`callvault verify`: the catalogue, then each place; what was found, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from archive.catalogue import consistency, faults, further_faults, verifications
from archive.catalogue.consistency import Difference
from archive.catalogue.database import Catalogue
from archive.catalogue.further import Further
from archive.comparing import compare_rows
from archive.connecting import connect
from archive.custody_ahead import MIRROR_AHEAD, older_than
from archive.errors import CustodyError, DiskError
from archive.fixity import Fault, Flaw, Kept, Level, Place, Slice, Verification
from archive.further_copies import FurtherCopies
from archive.objects import ObjectStore, StoreError
from archive.places import InArchive, InMirror
from archive.store import Store
from archive.unknown import unknown_files
from archive.verify import Verifying
from audit.day import Severity
from config.language import Message, Words
from config.settings import FolderMirror, Mirror, Settings
from config.visible import visible

_THOROUGH = {Place.ARCHIVE: Level.CONTENTS, Place.MIRROR: Level.SIZE}
_READERS = 4
"""Files that are hashed at a time."""
_SHOWN = 200
"""Findings as text; JSON has them all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for."""

    places: Sequence[Place]
    level: Level | None
    """`None`: every byte in the archive, size and checksum in the mirror."""
    number: int | None
    """Of the slice; `None`: the one whose turn it is."""
    slices: int
    restart: bool

    def level_of(self, place: Place) -> Level:
        return self.level or _THOROUGH[place]

    def slice_of(self, catalogue: Catalogue, place: Place, now: datetime) -> Slice:
        if self.number is not None:
            return Slice(self.number, self.slices)
        with catalogue.reading() as tx:
            return verifications.due(tx, place, self.level_of(place), self.slices, now)


@dataclass(frozen=True, slots=True)
class Discovery:
    """One thing that verifying found."""

    code: str
    severity: Severity
    message: Message
    recording: int | None = None
    sha256: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    verification: Verification
    resumed: bool
    """It went on where an earlier one was cut short."""
    frozen: int
    """Copies that it was to read and could not: the store has them frozen."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at in a mirror beside the first."""

    mirror: str
    copies: int
    faults: int
    frozen: int
    """Beside them those whose bytes were to be read and that it has frozen."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the command came to."""

    differences: int
    """Between the catalogue and its custody log."""
    runs: tuple[Run, ...]
    discoveries: tuple[Discovery, ...]
    stopped: tuple[Message, ...]
    """Why a place could not be looked through; what is known of it by now is told."""
    further: tuple[Seen, ...] = ()


def verify(
    catalogue: Catalogue,
    settings: Settings,
    wanted: Wanted,
    now: Callable[[], datetime],
    tell: Callable[[str, int, int], None],
) -> Verified:
    """Raises CatalogueError where the catalogue is damaged.

    `now` is aware; `tell` is told a step, how many more recordings are through, and of how many.
    """
    slices = {place: wanted.slice_of(catalogue, place, now()) for place in wanted.places}
    found = _differences(catalogue, settings, slices.values())
    differences, runs, stopped = len(found), [], []
    for place, part in slices.items():
        beside: list[Discovery] = []
        try:
            verifying = _verifying(catalogue, settings, place, now)
            level, began_at = wanted.level_of(place), now()
            looked = verifying.run(
                level,
                part,
                restart=wanted.restart,
                unsound=differences if place is wanted.places[0] else 0,
                progress=partial(tell, f"verify_{place}"),
            )
            resumed = looked.verification.began_at < began_at
            runs.append(Run(looked.verification, resumed, looked.frozen))
            beside += [_paper(place, one, flaw) for one, flaw in looked.papers]
            if place is Place.ARCHIVE and part.whole:
                unknown = unknown_files(catalogue, Store(settings.archive.path))
                beside += [_unknown(path) for path in unknown]
            if place is Place.MIRROR and settings.mirror is not None:
                objects = connect(settings.mirror, settings.archive.path, catalogue)
                beside += _ahead(catalogue, settings.mirror.name, objects)
        except (DiskError, StoreError) as error:
            stopped.append(error.message)
        found += [*_standing(catalogue, place, part), *beside]
    further = []
    for one in settings.further if Place.MIRROR in slices else ():
        try:
            seen, beside = _further(catalogue, settings, one, wanted, slices[Place.MIRROR], now)
        except StoreError as error:
            stopped.append(error.message)
            found += _known(catalogue, one.name, slices[Place.MIRROR])
        else:
            further.append(seen)
            found += beside
    return Verified(differences, tuple(runs), tuple(found), tuple(stopped), tuple(further))


def _further(
    catalogue: Catalogue,
    settings: Settings,
    mirror: Mirror | FolderMirror,
    wanted: Wanted,
    part: Slice,
    now: Callable[[], datetime],
) -> tuple[Seen, list[Discovery]]:
    """Looks at all of the slice each time: where it was cut short is not kept."""
    objects = connect(mirror, settings.archive.path, catalogue)
    copies = FurtherCopies(catalogue, Further(mirror.name), objects, mirror.workers, now)
    count, frozen, found, store = 0, 0, [], Store(settings.archive.path)
    level = wanted.level_of(Place.MIRROR)
    for copy, seen in copies.verify(level, part, store):
        unread = not seen.given and level is Level.CONTENTS
        count += not unread
        frozen += unread
        if seen.flaw is not None:
            found.append(_copy(mirror.name, copy.kept, seen.flaw.kind))
    told = Seen(mirror.name, count, len(found), frozen)
    return told, [*found, *_ahead(catalogue, mirror.name, objects)]


def _ahead(catalogue: Catalogue, mirror: str, objects: ObjectStore) -> Iterator[Discovery]:
    """Nothing, unless the mirror knows more history: an older archive is as sound as a newer one.

    What it lacks of the history is found among its objects.
    """
    refused = older_than(catalogue, mirror, objects)
    if refused is not None:
        yield Discovery(MIRROR_AHEAD.rpartition(".")[2], Severity.ERROR, refused.message)


def _known(catalogue: Catalogue, mirror: str, part: Slice) -> list[Discovery]:
    with catalogue.reading() as tx:
        faulty = further_faults.standing(tx, mirror, None)
    return [
        _copy(mirror, one.kept, one.fault)
        for one in faulty
        if one.fault is not None and part.covers(one.kept.sha256)
    ]


def _copy(mirror: str, one: Kept, fault: str) -> Discovery:
    code = f"mirror_{fault}"
    message = Message.of(f"verify.further_{fault}", file=one.path, name=mirror)
    return Discovery(code, Severity.ERROR, message, one.recording, one.sha256, one.path)


def _differences(
    catalogue: Catalogue, settings: Settings, slices: Collection[Slice]
) -> list[Discovery]:
    """What is wrong with the catalogue itself, of which all else is told."""
    consistency.check_database(catalogue)
    found = [*consistency.check_log(catalogue)]
    for part in sorted(set(slices), key=str):
        found += consistency.compare(catalogue, part)
    told = [_difference(one) for one in found]
    if any(part.number == 1 for part in slices):  # once in a round of slices
        told += _written_otherwise(catalogue, Store(settings.archive.path))
    return told


def _written_otherwise(catalogue: Catalogue, store: Store) -> list[Discovery]:
    try:
        return [_difference(one) for one in compare_rows(catalogue, store)]
    except CustodyError as error:
        return [Discovery("custody_file", Severity.ERROR, error.message)]


def _verifying(
    catalogue: Catalogue, settings: Settings, place: Place, now: Callable[[], datetime]
) -> Verifying:
    if place is Place.ARCHIVE:
        in_archive = InArchive(Store(settings.archive.path))
        return Verifying(catalogue, in_archive, _READERS, now)
    assert settings.mirror is not None  # or the mirror is not among the places
    objects = connect(settings.mirror, settings.archive.path, catalogue)
    in_mirror = InMirror(objects, Store(settings.archive.path))
    return Verifying(catalogue, in_mirror, settings.mirror.workers, now)


def _standing(catalogue: Catalogue, place: Place, part: Slice) -> Iterator[Discovery]:
    with catalogue.reading() as tx:
        standing = faults.standing(tx, place)
    return (_fault(one) for one in standing if part.covers(one.sha256))


def _fault(one: Fault) -> Discovery:
    message = Message.of(f"findings.{one.code}", file=one.path, id=one.recording)
    return Discovery(one.code, Severity.ERROR, message, one.recording, one.sha256, one.path)


def _paper(place: Place, one: Kept, flaw: Flaw) -> Discovery:
    code = f"{place}_{flaw.kind}"
    message = Message.of(f"verify.paper_{code}", file=one.path)
    return Discovery(code, Severity.ERROR, message, None, one.sha256, one.path)


def _unknown(path: str) -> Discovery:
    message = Message.of("verify.archive_unknown", file=path)
    return Discovery("archive_unknown", Severity.WARNING, message, path=path)


def _difference(one: Difference) -> Discovery:
    values = {"id": one.recording, "sha256": one.sha256, "what": one.what}
    message = Message.of(f"verify.{one.code}", **values)
    sha256 = one.sha256 or None
    return Discovery(one.code, Severity.ERROR, message, one.recording, sha256)


def as_json(verified: Verified, words: Words, timezone: ZoneInfo) -> str:
    told = {
        "runs": [_run_json(run, timezone) for run in verified.runs],
        **_further_json(verified.further),
        "findings": [
            {
                "code": one.code,
                "severity": one.severity.value,
                "recording": one.recording,
                "sha256": one.sha256,
                "path": one.path,
                "message": words.say(one.message),
            }
            for one in verified.discoveries
        ],
        "stopped": [words.say(why) for why in verified.stopped],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _further_json(further: Sequence[Seen]) -> dict[str, object]:
    told = [
        {"mirror": one.mirror, "seen": one.copies, "faults": one.faults, "frozen": one.frozen}
        for one in further
    ]
    return {"further": told} if told else {}


def _run_json(run: Run, timezone: ZoneInfo) -> dict[str, object]:
    one = run.verification
    ended_at = one.ended_at or one.began_at
    return {
        "place": one.scope.place.value,
        "level": one.scope.level.value,
        "slice": str(one.scope.slice),
        "began_at": one.began_at.astimezone(timezone).isoformat(timespec="seconds"),
        "ended_at": ended_at.astimezone(timezone).isoformat(timespec="seconds"),
        "resumed": run.resumed,
        "seen": one.seen,
        "faults": one.faults,
        "frozen": run.frozen,
        "digest": one.digest,
    }


def as_text(verified: Verified, words: Words, timezone: ZoneInfo) -> str:
    key = "verify.catalogue_unsound" if verified.differences else "verify.catalogue_sound"
    told = [words(key, count=verified.differences)]
    for run in verified.runs:
        told += _run_lines(run, words, timezone)
    for one in verified.further:
        told.append(words("verify.further", name=one.mirror, seen=one.copies, faults=one.faults))
        told += _frozen(one.frozen, words)
    some = verified.discoveries[:_SHOWN]
    told += [f"✗ {one.code}: {visible(words.say(one.message))}" for one in some]
    if more := len(verified.discoveries) - len(some):
        told.append(words("verify.more", count=more))
    count = len(verified.discoveries)
    if count or not verified.stopped:
        told.append(words("verify.findings", count=count) if count else words("verify.sound"))
    return "".join(f"{line}\n" for line in told)


def _run_lines(run: Run, words: Words, timezone: ZoneInfo) -> Iterator[str]:
    one = run.verification
    if run.resumed:
        began = f"{one.began_at.astimezone(timezone):%Y-%m-%d %H:%M}"
        yield words("verify.resumed", began=began)
    yield words(
        "verify.run",
        place=words(f"verify.place_{one.scope.place}"),
        level=words(f"verify.level_{one.scope.level}"),
        slice=one.scope.slice,
        seen=one.seen,
        faults=one.faults,
    )
    yield from _frozen(run.frozen, words)


def _frozen(count: int, words: Words) -> Iterator[str]:
    if count:
        yield words("verify.frozen", count=count)
