"""Whether the mirrors know of an earlier day than this computer, by which nothing would be due."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from archive.connecting import bare
from archive.objects import StoreError
from config.language import Message
from config.settings import Settings
from ingest.errors import WordError

_TOLERANCE = timedelta(days=1)


def refuse_clock_ahead(settings: Settings, now: datetime) -> None:
    """WordError where a mirror's clock is more than a day behind `now`, which is aware.

    Nothing is asked of what does not answer: the objects stay there as long, and so do the files.
    """
    first = () if settings.mirror is None else (settings.mirror,)
    for mirror in (*first, *settings.further):
        told = None
        with suppress(StoreError):
            told = bare(mirror, settings.archive.path).clock()
        if told is not None and now - told > _TOLERANCE:
            here, there = f"{now:%Y-%m-%d %H:%M}", f"{told.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
            said = {"now": here, "told": there, "mirror": mirror.name}
            raise WordError(Message.of("retention.clock_ahead", **said))
