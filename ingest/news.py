"""What of the inbox is news: files that are new or changed, or whose turn had not come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from archive.catalogue import files
from archive.catalogue.database import Transaction
from archive.records import FileState
from archive.store import unfit
from config.language import Message
from config.settings import Inbox
from ingest.errors import InboxError, WordError
from ingest.inbox import Kind, Scan, Seen, kind, mtime_ns, scan
from ingest.sidecar import may_be_sidecar

UNTAKEN = (FileState.WAITING, FileState.REFUSED)

Known = Mapping[str, files.Known]
"""Every file that was ever seen, by its source."""


def look(root: Path, known: Known) -> Scan:
    """Of known files those alone that may be news; where there are sidecars all files count, for
    any may be the recording of one. Raises InboxError as `scan`.
    """

    def wanted(source: str, found: os.stat_result) -> bool:
        before = known.get(source)
        if before is None or before[2] in UNTAKEN:
            return True
        return before[0] != found.st_size or before[1] != mtime_ns(found)

    if any(map(may_be_sidecar, known)):
        return scan(root)
    found = scan(root, wanted)
    return scan(root) if any(may_be_sidecar(seen.source) for seen in found.files) else found


def is_news(seen: Seen, known: files.Known | None, limit: int) -> bool:
    """`limit` is the largest recording in bytes."""
    if known is None:
        return True
    size, mtime, state = known
    if size != seen.size or mtime != seen.mtime_ns or state is FileState.WAITING:
        return True
    # It may be that what stood against it is gone.
    return state is FileState.REFUSED and refusal(seen, limit) is None


def refusal(seen: Seen, limit: int) -> Message | None:
    """Why a file cannot be taken in as it is."""
    return unfit(seen.stat, limit) if seen.named else Message.of("ingest.name_no_text")


def untaken(inbox: Inbox, known: Known) -> int:
    """How many files of the inbox no pass has taken in as they are, junk apart. InboxError where
    it, or a folder in it, cannot be listed: nobody knows what lies there.
    """
    found, limit = look(inbox.path, known), inbox.max_megabytes << 20
    for problem in found.problems:
        raise InboxError(problem)
    fit = [one for one in found.files if kind(one.source) is not Kind.JUNK]
    news = {one.source for one in fit if is_news(one, known.get(one.source), limit)}
    begun = {source for source, (_, _, state) in known.items() if state is FileState.PLANNED}
    return len(news | begun)


def refuse_untaken(tx: Transaction, inbox: Inbox) -> None:
    """WordError while something came of which no decision is made: it may be of anybody."""
    known, days = files.known(tx), files.open_days(tx)
    if count := untaken(inbox, known):
        raise WordError(Message.of("retention.untaken", count=count))
    if days:
        raise WordError(Message.of("retention.open_days", count=len(days)))
