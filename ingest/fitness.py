"""`callvault check`: whether inbox, archive, catalogue, reports, mirror and clock are fit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which
from uuid import uuid4

from archive import layout, presence
from archive.bucket_known import Known, keep, known
from archive.catalogue import days
from archive.catalogue.database import open_catalogue
from archive.connecting import bare, fingerprint_of, require_same_history
from archive.custody_ahead import MIRROR_AHEAD, MIRROR_LACKS
from archive.errors import ArchiveError, StampError
from archive.keeping import newest_lacking, require_newest
from archive.key_file import is_open
from archive.objects import StoreError
from archive.store import Store, disk_error
from archive.trial import Outcome
from archive.volumes import require_local
from config.language import Message
from config.settings import FolderMirror, Mirror, Settings
from ingest import bad_copies
from ingest.channels import read as read_channels
from ingest.errors import InboxError
from ingest.inbox import scan
from ingest.sender import Sender

_LITTLE = 2 << 30
"""Less free space than a day of a busy office needs is worth a word."""
_KNOWN_FOR = timedelta(days=30)
"""What a bucket does may change: somebody turns its versions on, the store is updated."""
_RELEASED = 2026
"""No clock was right that shows an earlier year."""


@dataclass(frozen=True, slots=True)
class Check:
    part: str
    """`inbox`, `archive`, `catalogue`, `report`, `copies`, `mirror`, `encryption`, `clock`,
    `stamps`, `notify` or `alarms`.
    """
    fit: bool
    message: Message
    known: Known | None = None
    """Of the mirror: what its bucket does."""


def examine(
    settings: Settings, now: Callable[[], datetime], *, probe: bool = False
) -> Iterator[Check]:
    """Each part in turn.

    What the mirror's bucket does is really tried where it is not known yet, or not any more, or to
    `probe`; that takes some seconds.
    """
    parts: list[tuple[str, Callable[[], Message]]] = [
        ("inbox", lambda: _inbox(settings)),
        ("archive", lambda: _archive(settings)),
        ("catalogue", lambda: _catalogue(settings)),
        ("report", lambda: _report(settings.report.folder)),
    ]
    for part, look in parts:
        try:
            yield Check(part, True, look())
        except (ArchiveError, InboxError) as error:
            yield Check(part, False, error.message)
    yield from _copies(settings, now())
    yield from _mirror_and_clock(settings, now, probe)
    if settings.custody.timestamp_ca is not None:
        yield _stamps(settings.custody.timestamp_ca)
    if settings.notify.urls_file is not None:
        yield _channels(settings.notify.urls_file)
    if settings.alarms.command:
        yield _alarms(settings.alarms.command[0])


def clock_check(now: datetime) -> Check:
    sound = now.year >= _RELEASED
    key = "check.clock_fit" if sound else "check.clock_wrong"
    return Check("clock", sound, Message.of(key, now=f"{now:%Y-%m-%d %H:%M %z}"))


def _inbox(settings: Settings) -> Message:
    files = scan(settings.inbox.path).files
    return Message.of("check.inbox_fit", path=settings.inbox.path, count=len(files))


def _archive(settings: Settings) -> Message:
    """Tries what admission relies on: a synced copy, a name given without overwriting."""
    presence.require(settings)
    root = settings.archive.path
    require_local(root)
    store = Store(root)
    store.prepare()
    try:
        overwrites = _overwrites(store)
    except OSError as error:
        raise disk_error(error, root) from error
    if overwrites:
        raise ArchiveError(Message.of("check.archive_overwrites", path=root))
    free = store.free_bytes()
    key = "check.archive_fit" if free >= _LITTLE else "check.archive_little"
    return Message.of(key, path=root, free=f"{free / (1 << 30):.1f}")


def _overwrites(store: Store) -> bool:
    taken = store.path(f"{layout.STAGING}/check-{uuid4().hex}")
    try:
        taken.write_bytes(os.urandom(16))
        staged = store.stage(taken, f"{taken.name}-copy", 1 << 20)
        try:
            store.publish(staged, f"{layout.STAGING}/{taken.name}")
        except FileExistsError:
            store.discard(staged)
            return False
        return True
    finally:
        taken.unlink(missing_ok=True)


def _catalogue(settings: Settings) -> Message:
    presence.require(settings)
    catalogue = open_catalogue(settings.catalogue.url)
    try:
        store = Store(settings.archive.path)
        require_newest(catalogue, store)
        if lacking := newest_lacking(catalogue, store):
            raise ArchiveError(lacking)
        with catalogue.reading() as tx:
            latest = days.latest_day(tx)
    finally:
        catalogue.close()
    if latest is None:
        return Message.of("check.catalogue_new")
    return Message.of("check.catalogue_fit", latest=latest)


def _copies(settings: Settings, now: datetime) -> Iterator[Check]:
    """Nothing, unless some are known to be bad; what the catalogue lacks was told before."""
    with suppress(ArchiveError):
        presence.require(settings)
        with (
            closing(open_catalogue(settings.catalogue.url)) as catalogue,
            catalogue.reading() as tx,
        ):
            bad = bad_copies.known(tx, settings, now)
        if count := bad.faults + bad.beside:
            yield Check("copies", False, Message.of("alarms.copies_bad", count=count))


def _report(folder: Path) -> Message:
    """Writes where the nightly report goes, or is to have its folder; no folder is made, for what
    is not there may be on a disk that is away.
    """
    trial = (folder if os.path.lexists(folder) else folder.parent) / f".check-{uuid4().hex}"
    try:
        try:
            trial.write_bytes(b"0")
        finally:
            with suppress(OSError):
                trial.unlink()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ArchiveError(Message.of("report.unwritten", folder=folder, error=why)) from error
    return Message.of("check.report_fit", path=folder)


def _mirror_and_clock(
    settings: Settings, now: Callable[[], datetime], probe: bool
) -> Iterator[Check]:
    clock, mirror = clock_check(now()), settings.mirror
    if mirror is None:
        yield Check("mirror", True, Message.of("check.mirror_off"))
        yield clock
        return
    yield from (_further(one, settings.archive.path) for one in settings.further)
    from archive.selftest_s3 import bucket_trials

    before = None if probe else known(settings.archive.path, mirror)
    if before and not timedelta(0) <= now() - before.at < _KNOWN_FOR:
        before = None  # or found out under a wrong clock, years ahead
    trials = list(bucket_trials(mirror, now, whole=before is None))
    found = Known(now(), [one for one in trials if one.part == "mirror"])
    if before is None and found.conclusive:
        keep(settings.archive.path, mirror, found)
    yield _mirror(mirror.bucket, found, before or found)
    yield from (_encryption(one, settings) for one in (mirror, *settings.further))
    yield from (one for each in (mirror, *settings.further) for one in _history(each, settings))
    apart = (one.result for one in trials if one.part == "clock")
    wrong = [one.message for one in apart if one.outcome is Outcome.FAIL]
    yield Check("clock", False, wrong[0]) if clock.fit and wrong else clock


def _further(mirror: Mirror | FolderMirror, archive: Path) -> Check:
    """Whether one of the further mirrors is there; `selftest` tries what it does."""
    try:
        objects = bare(mirror, archive)
        objects.check()
        if isinstance(mirror, FolderMirror):
            objects.sweep(lambda _: False)  # writes into it
    except StoreError as error:
        return Check("mirror", False, error.message)
    place = mirror.folder if isinstance(mirror, FolderMirror) else mirror.bucket
    return Check("mirror", True, Message.of("check.further_fit", name=mirror.name, place=place))


def _encryption(mirror: Mirror | FolderMirror, settings: Settings) -> Check:
    """Whether it is this computer that encrypts the mirror, and with which key."""
    try:
        presence.require(settings)
        with closing(open_catalogue(settings.catalogue.url)) as catalogue:
            fingerprint = fingerprint_of(mirror, catalogue)
    except ArchiveError as error:
        return Check("encryption", False, error.message)
    said = {"name": mirror.name, "fingerprint": fingerprint, "path": mirror.key_file}
    if mirror.key_file is None:
        return Check("encryption", True, Message.of("check.encryption_off", **said))
    key = "check.encryption_open" if is_open(mirror.key_file) else "check.encryption_on"
    return Check("encryption", True, Message.of(key, **said))


def _history(mirror: Mirror | FolderMirror, settings: Settings) -> Iterator[Check]:
    """Nothing, unless the mirror knows more of it than the catalogue, or not what it showed."""
    try:
        presence.require(settings)
        with closing(open_catalogue(settings.catalogue.url)) as catalogue:
            require_same_history(mirror, settings.archive.path, catalogue)
    except ArchiveError as error:
        if error.message.key in (
            MIRROR_AHEAD,
            MIRROR_LACKS,
        ):  # all else was told by the parts before
            yield Check("mirror", False, error.message)


def _stamps(trusted: Path) -> Check:
    """Whether there are certificates that time stamps are held against; no authority is asked."""
    from archive.timestamp import certificates

    try:
        count = len(certificates(trusted))
    except StampError as error:
        return Check("stamps", False, error.message)
    return Check("stamps", True, Message.of("check.stamps_fit", count=count, path=trusted))


def _channels(file: Path) -> Check:
    """Whether each address is one that can be used; nothing is sent."""
    try:
        answers = [Sender().look(channel) for channel in read_channels(file)]
    except InboxError as error:
        return Check("notify", False, error.message)
    for one in answers:
        if not one.good:
            return Check("notify", False, one.message)
    key = "check.notify_open" if is_open(file) else "check.notify_fit"
    named = ", ".join(f"{one.channel} ({one.service})" for one in answers)
    return Check("notify", True, Message.of(key, channels=named, path=file))


def _alarms(program: str) -> Check:
    """Whether it can be run, which nobody would hear of before the first alarm; it is not run."""
    found = which(program) is not None
    key = "check.alarms_fit" if found else "check.alarms_missing"
    return Check("alarms", found, Message.of(key, program=program))


def _mirror(bucket: str, now: Known, told: Known) -> Check:
    reached, *others = now.trials
    if reached.result.outcome is not Outcome.PASS:
        return Check("mirror", False, reached.result.message, now if others else None)
    lacking = sum(one.must and one.result.outcome is not Outcome.PASS for one in told.trials)
    if lacking:
        return Check("mirror", False, Message.of("check.mirror_lacks", count=lacking), told)
    return Check("mirror", True, Message.of("check.mirror_fit", bucket=bucket), told)
