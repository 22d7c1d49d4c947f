"""What may stand in logs and in the status file: no name and no number of a customer's. Pure.

Sentences told to people may hold file names, and so customers' names. What outlasts the screen has
the same sentences with only those values that cannot be anybody's.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import traceback
from collections.abc import Collection, Iterator
from types import TracebackType

from config.language import Message
from config.settings import FolderMirror, Mirror, Settings

LEFT_OUT = "…"

_HARMLESS = re.compile(
    r"[+-]?\d{1,6}(\.\d{1,3})?"  # a count, seconds, gigabytes
    r"|\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?"
    r"|\d\d:\d\d"
    r"|\d{1,4}/\d{1,4}"  # a slice
    r"|[A-Za-z]{1,40}(Error|Exception)"
)
_REASONS = frozenset(map(os.strerror, errno.errorcode))


def discreet(message: Message, own: Collection[str]) -> Message:
    """The message with every value left out that is neither one of the office's `own` nor a figure,
    a date, or the system's own word for an error.
    """
    values = (
        (name, value if _may_stand(value, own) else LEFT_OUT) for name, value in message.values
    )
    return Message(message.key, tuple(values))


def _may_stand(value: str, own: Collection[str]) -> bool:
    return value in own or value in _REASONS or _HARMLESS.fullmatch(value) is not None


def own_words(settings: Settings) -> frozenset[str]:
    """What the settings themselves name: folders, buckets, addresses, mirrors."""
    return frozenset(map(str, _own(settings)))


def _own(settings: Settings) -> Iterator[object]:
    source = settings.source
    yield from (settings.inbox.path, settings.archive.path, settings.report.folder, source)
    yield source.with_name(f"{source.name}.archive")
    for mirror in (settings.mirror, *settings.further):
        if isinstance(mirror, Mirror):
            yield from (mirror.name, mirror.bucket)
            yield from (part for part in (mirror.endpoint_url, mirror.region) if part)
        elif isinstance(mirror, FolderMirror):
            yield from (mirror.name, mirror.folder)
    yield from settings.alarms.command[:1]
    yield from (part for part in (settings.custody.timestamp_url,) if part)


class DiscreetFormatter(logging.Formatter):
    """Tells where an error that nobody foresaw came from, and not its text: that may name files."""

    def formatException(  # noqa: N802  logging's own name
        self,
        ei: (
            tuple[type[BaseException], BaseException, TracebackType | None]
            | tuple[None, None, None]
        ),
    ) -> str:
        kind, _, trace = ei
        lines = (
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(trace)
        )
        return "\n".join([*lines, kind.__name__ if kind else ""])
