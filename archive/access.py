"""Takes the spool into the custody log, each access once, whatever is killed in between.

An access is known in the log by the SHA-256 of its line; its file goes once the entry stands, so
one that a kill left there is met again, found known, and only removed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.access_spool import Spooled, spooled
from archive.batches import batches
from archive.catalogue import log
from archive.catalogue.database import Catalogue
from archive.custody import Event
from archive.errors import DiskError
from archive.layout import ACCESS
from archive.store import Store
from config.language import Message

_DEAD = timedelta(hours=1)
"""Nobody writes on one access for so long: a file that is torn by then stays torn."""

_log = logging.getLogger(__name__)


def take(catalogue: Catalogue, store: Store, now: datetime) -> int:
    """Enters what lies in the spool at the aware time `now`; returns how many that were.

    The catalogue must be known to be no older than its custody files: what is entered into an old
    one would be lost with it. A file that cannot be read or removed is left for another time.
    """
    found = waiting(store, now)[0]
    if not found:
        return 0
    entered = 0
    with catalogue.transaction() as tx:
        for some in batches(found):
            known = log.known(tx, [one.sha256 for one in some])
            new = [one for one in some if one.sha256 not in known]
            log.append(tx, [Event(one.event, one.sha256, one.details) for one in new], now)
            entered += len(new)
    for one in found:
        _remove(store, one, now)
    return entered


def waiting(store: Store, now: datetime) -> tuple[Sequence[Spooled], Sequence[Message]]:
    """What is ready to be taken, torn ones too once nobody can be writing them any more, and why
    files cannot be read.
    """
    found, problems = list[Spooled](), list[Message]()
    for one in spooled(store.root):
        if isinstance(one, Message):
            _log.warning("a file of the access log cannot be read")
            problems.append(one)
        elif one.body is not None or one.written_at < now - _DEAD:
            found.append(one)
    return found, problems


def _remove(store: Store, one: Spooled, now: datetime) -> None:
    """What is torn is kept aside."""
    path = f"{ACCESS}/{one.name}"
    try:
        if one.body is None:
            store.sync([path, store.put_aside(path, now.date())])
        else:
            store.path(path).unlink(missing_ok=True)
    except (OSError, DiskError):
        _log.warning("a file of the access log that was taken cannot be removed")
