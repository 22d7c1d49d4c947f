"""`callvault export`: a package for a court, made whole before it has its name.

What goes in is asked of the catalogue in one moment. Each file is hashed while it is copied and
held against the catalogue. That it was given out is written into custody before the package has its
name, so that none leaves unlogged.
"""

from __future__ import annotations

import hashlib
import json
import os.path
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.catalogue import log
from archive.catalogue.database import Catalogue
from archive.catalogue.search import Query
from archive.catalogue.search_index import fresh
from archive.custody import Event
from archive.errors import DiskError
from archive.number_ranges import ranges
from archive.publish import publish
from archive.restoring_outside import refuse_within
from archive.store import Store
from audit import verify_bag
from audit.asking import spell
from audit.bag import Bag, sink_at
from audit.export_contents import Contents, contents
from audit.export_originals import Originals
from audit.export_plan import (
    LANGUAGE,
    Around,
    Copied,
    ExportError,
    Plan,
    Referring,
    Written,
    asked,
    plan,
)
from audit.export_proofs import chain
from audit.rules import Rules
from config.language import Message, Words
from config.settings import FolderMirror, Settings

_BESIDE = ".callvault-export-"
"""Begins the name of a folder in which a package lies until it is whole."""


@dataclass(frozen=True, slots=True)
class Wanted:
    query: Query
    """Its limit does not count."""
    target: Path
    """A folder that is empty or not there yet, or a ZIP that is not there, by its name."""
    with_sheets: bool
    by: str
    """Who exports, as the system calls them."""
    version: str
    """Of callvault."""
    with_vcons: bool = False

    @property
    def packed(self) -> bool:
        return self.target.suffix.lower() == ".zip"


@dataclass(frozen=True, slots=True)
class Exported:
    recordings: int
    calls: int
    lacking: int
    """Calls that were reached and have no recording."""
    undecided: int
    """Recordings in holding that may be of these calls, and are not in the package."""
    findings: int
    vcons: int
    tag_sha256: str
    """Of the tag manifest: who has this number can tell this package from any other."""
    zip_sha256: str | None
    unfinished: tuple[Path, ...]
    """Beside it: what exports left there that were killed, or what others are making now."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No recording or call fits, and no package was made."""

    undecided: int
    """Recordings in holding that may be of a customer who was asked for."""


def export(
    catalogue: Catalogue,
    settings: Settings,
    wanted: Wanted,
    now: datetime,
    tell: Callable[[str, int, int], None],
) -> Exported | Nothing:
    """`now` is aware, and stands in the custody log alone. Raises ExportError where a file of the
    archive is not what the catalogue says, or the target is taken; DiskError where it cannot be
    written. `tell` hears a step, how many more files are through, and of how many.
    """
    _refuse_target(wanted, settings)
    unfinished = tuple(sorted(wanted.target.absolute().parent.glob(f"{_BESIDE}*")))
    store = Store(settings.archive.path)
    with fresh(catalogue, spell, partial(tell, "search")) as tx:
        found = contents(tx, wanted.query, _rules(settings))
        chained = chain(tx, store, found)
    if found.empty:
        return Nothing(found.undecided)
    planned = plan(found, chained, _around(settings, wanted))
    originals = Originals(catalogue, store)
    with _made(planned, originals, wanted, tell) as (whole, tag_sha256):
        zip_sha256 = _sha256(whole) if wanted.packed else None
        with catalogue.transaction() as tx:
            event = _event(found, wanted, planned.vcons, tag_sha256, zip_sha256)
            log.append(tx, [event], now)
        _publish(whole, wanted)
    lacking = sum(call.is_lacking for call in found.calls)
    counts = (len(found.recordings), len(found.calls), lacking, found.undecided)
    numbers = (tag_sha256, zip_sha256)
    return Exported(*counts, len(found.findings), planned.vcons, *numbers, unfinished)


def _refuse_target(wanted: Wanted, settings: Settings) -> None:
    folders = [one.folder for one in settings.further if isinstance(one, FolderMirror)]
    try:
        refuse_within(wanted.target, [settings.archive.path, settings.inbox.path, *folders])
        taken = wanted.target.exists() and (wanted.packed or any(wanted.target.iterdir()))
    except OSError as error:
        raise _unwritable(wanted.target, error) from error
    if taken:
        raise ExportError(Message.of("export.taken", path=wanted.target))
    if wanted.target.is_symlink() or os.path.ismount(wanted.target):
        # It cannot be put in their place, which would show only after all was copied.
        raise ExportError(Message.of("export.not_to_be_replaced", path=wanted.target))


def _rules(settings: Settings) -> Rules:
    """Findings are told in the package's language; of mirrors, and of what is due by now, nothing
    is said: the same query gives the same bytes.
    """
    return Rules(
        timezone=settings.office.timezone,
        deadline=settings.handoff.deadline,
        words=Words(LANGUAGE),
        mirrored=True,
        calls=settings.rules,
        calendar=settings.calendar,
        off_due=settings.handoff.off_due,
        report_at=settings.report.at,
    )


def _around(settings: Settings, wanted: Wanted) -> Around:
    ca = settings.custody.timestamp_ca
    try:
        authority = ca.read_bytes() if ca is not None else None
    except OSError as error:
        said = error.strerror or str(error)
        raise ExportError(Message.of("stamp.ca_unusable", path=ca, error=said)) from error
    return Around(
        office=settings.office.name,
        zone=settings.office.timezone,
        query=wanted.query,
        with_sheets=wanted.with_sheets,
        with_vcons=wanted.with_vcons,
        authority=authority,
        program=own_program(),
        version=wanted.version,
    )


def own_program() -> bytes:
    """The program that goes into each package, with the line ends that it has on any system."""
    return Path(verify_bag.__file__).read_bytes().replace(b"\r\n", b"\n")


@contextmanager
def _made(
    planned: Plan, originals: Originals, wanted: Wanted, tell: Callable[[str, int, int], None]
) -> Iterator[tuple[Path, str]]:
    """The package, whole, in a folder of its own beside the target, which goes in any case."""
    target = wanted.target.absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=target.parent))
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        whole = beside / target.name
        yield whole, _write(planned, originals, whole, wanted, tell)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(
    planned: Plan,
    originals: Originals,
    whole: Path,
    wanted: Wanted,
    tell: Callable[[str, int, int], None],
) -> str:
    try:
        with sink_at(whole, "callvault", packed=wanted.packed) as sink:
            bag = Bag(sink)
            digests = _Digests(wanted=bool(planned.vcons))
            for one in planned.files:
                _add(bag, originals, one, digests)
                tell("export", 1, len(planned.files))
            return bag.close(planned.info)
    except OSError as error:
        raise _unwritable(wanted.target, error) from error


class _Digests:
    """SHA-512 of the recordings, taken while they are copied, where something refers to them."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self.found: dict[int, bytes] = {}
        """By the recordings' numbers."""

    def through(self, one: Copied, pieces: Iterator[bytes]) -> Iterator[bytes]:
        if not self._wanted or one.recording is None:
            yield from pieces
            return
        digest = hashlib.sha512()
        for piece in pieces:
            digest.update(piece)
            yield piece
        self.found[one.recording] = digest.digest()


def _add(
    bag: Bag, originals: Originals, one: Copied | Written | Referring, digests: _Digests
) -> None:
    if isinstance(one, Written):
        bag.add(one.name, [one.contents])
    elif isinstance(one, Referring):
        bag.add(one.name, [one.contents(digests.found)])
    elif bag.add(one.name, digests.through(one, originals.pieces(one))) != one.sha256:
        raise originals.altered(one)


def _publish(whole: Path, wanted: Wanted) -> None:
    """Gives the package its name; what came there meanwhile is not overwritten."""
    target = wanted.target.absolute()
    try:
        if wanted.packed:
            publish(whole, target)
            return
        if target.exists():
            target.rmdir()  # fails where something lies in it
        whole.rename(target)
    except FileExistsError as error:
        raise ExportError(Message.of("export.taken", path=target)) from error
    except OSError as error:
        raise _unwritable(target, error) from error


def _event(
    found: Contents, wanted: Wanted, vcons: int, tag_sha256: str, zip_sha256: str | None
) -> Event:
    details = {
        "query": asked(wanted.query),
        "by": wanted.by,
        "recordings": ranges(one.id for one in found.recordings),
        "calls": len(found.calls),
        "sheets": len(found.sheets) if wanted.with_sheets else 0,
        "vcons": vcons,
        "zip_sha256": zip_sha256,
    }
    return Event("exported", tag_sha256, details)


def _sha256(path: Path) -> str:
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def _unwritable(path: Path, error: OSError) -> DiskError:
    said = error.strerror or str(error)
    return DiskError(Message.of("export.cannot_write", path=path, error=said))


def as_json(done: Exported, target: Path) -> str:
    told = {
        "path": str(target),
        "recordings": done.recordings,
        "calls": done.calls,
        "without_recording": done.lacking,
        "undecided": done.undecided,
        "findings": done.findings,
        "vcons": done.vcons,
        "tagmanifest_sha256": done.tag_sha256,
        "zip_sha256": done.zip_sha256,
        "unfinished": [str(one) for one in done.unfinished],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_text(done: Exported, target: Path, words: Words) -> str:
    told = [
        words("export.done", path=target, recordings=done.recordings, calls=done.calls),
        words("export.done_lacking", lacking=done.lacking, findings=done.findings),
    ]
    if done.undecided:
        told.append(words("export.done_undecided", count=done.undecided))
    told.append(words("export.done_number", sha256=done.tag_sha256))
    if done.zip_sha256:
        told.append(words("export.done_zip", sha256=done.zip_sha256))
    told += [words("export.unfinished", path=one) for one in done.unfinished]
    return "".join(f"{line}\n" for line in told)
