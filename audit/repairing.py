"""`callvault repair`: the archive and the first mirror, then each of the further ones.

A mirror that is away keeps nobody else from being put right: what it lacks is told and stays known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from archive.catalogue.database import Catalogue
from archive.catalogue.further import Further
from archive.connecting import connect, connect_for_sending
from archive.errors import DiskError
from archive.fixity import Place
from archive.further_copies import FurtherCopies
from archive.object_lock import lock_rule
from archive.objects import ObjectStore, StoreError
from archive.repair import Mended, Outcome, Repair
from archive.store import Store
from config.language import Message
from config.settings import FolderMirror, Mirror, Settings


@dataclass(frozen=True, slots=True)
class Repaired:
    """What the command came to."""

    every: tuple[Mended, ...]
    stopped: tuple[Message, ...]
    """Why the archive or a mirror could not be worked on, or not to the end."""


def repair(
    catalogue: Catalogue,
    settings: Settings,
    recordings: Collection[int] | None,
    now: Callable[[], datetime],
    *,
    dry_run: bool,
) -> Repaired:
    """Puts right these recordings, by number, or all that is known to be bad; `now` is aware.

    The archive's lock is held. Where its disk fails, what was repaired until then is told.
    """
    store, every = Store(settings.archive.path), list[Mended]()
    unasked, stopped = dict[str, Message](), list[Message]()
    first, further = None, dict[str, ObjectStore]()
    if settings.mirror is not None:
        with _telling(partial(unasked.__setitem__, settings.mirror.name)):
            objects = connect_for_sending(settings.mirror, store.root, catalogue)
            objects.check()
            first = objects
    for one in settings.further:
        with _telling(partial(unasked.__setitem__, one.name)):
            further[one.name] = _connected(one, store, catalogue)
    rule = lock_rule(settings, settings.mirror)
    inbox = settings.inbox
    work = Repair(catalogue, store, first, inbox.path, now, rule, further, released=inbox.released)
    with _telling(stopped.append):
        every.extend(work.run(recordings, dry_run=dry_run))
    unasked |= work.unasked
    for one in settings.further:
        if one.name in further:
            owing, rule = Further(one.name), lock_rule(settings, one)
            copies = FurtherCopies(catalogue, owing, further[one.name], one.workers, now)
            with _telling(stopped.append):
                every.extend(
                    copies.repair(
                        recordings, store, rule, dry_run=dry_run, restorable=_restorable(every)
                    )
                )
    told = tuple(_doubted(one, unasked) for one in every)
    return Repaired(told, tuple(dict.fromkeys([*unasked.values(), *stopped])))


def _restorable(every: Sequence[Mended]) -> Collection[str]:
    """Of a dry run: what the archive would have again once the further mirrors' turn comes."""
    possible = (one for one in every if one.outcome is Outcome.POSSIBLE)
    return {one.kept.path for one in possible if one.place is Place.ARCHIVE}


def _doubted(mended: Mended, unasked: Mapping[str, Message]) -> Mended:
    """Whoever was not asked may have the good copy that nobody else has."""
    if mended.outcome is not Outcome.NO_GOOD_COPY or not unasked:
        return mended
    return replace(mended, error=Message.of("repair.unasked", names=", ".join(unasked)))


def _connected(mirror: Mirror | FolderMirror, store: Store, catalogue: Catalogue) -> ObjectStore:
    """One that is away is told only once something is asked of it."""
    try:
        return connect_for_sending(mirror, store.root, catalogue)
    except StoreError as error:
        if not error.outage:
            raise
        return connect(mirror, store.root, catalogue)


@contextmanager
def _telling(tell: Callable[[Message], None]) -> Iterator[None]:
    try:
        yield
    except (DiskError, StoreError) as error:
        tell(error.message)
