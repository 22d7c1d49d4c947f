"""Lists of stores that do not list by key, put in order on this computer's disk.

SeaweedFS lists folder by folder, so `a/b` comes before `a-c` and `a.mp3`; of a bucket with versions
each page is in no order at all, and goes on at a key that nobody else knows. Whoever holds such a
list against a sorted one would call missing what is there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

_SERVER = "SeaweedFS"

Page = Sequence[tuple[str, int]]
"""Keys and sizes (bytes)."""


class ListedTwiceError(Exception):
    """A key came twice: the pages are not those of one list."""


class SpoolError(Exception):
    """The temporary file cannot be written or read; SQLite says why."""


def lists_by_folder(answer: Mapping[str, Any]) -> bool:
    """Whether the server that sent boto's answer says that it is one of those."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(headers.get("server", "")).startswith(_SERVER)


def in_order(pages: Iterable[Page], after: str) -> Iterator[tuple[str, int]]:
    """What is listed beyond a key, by key in code-point order, once all of it was read.

    SQLite holds little of it in memory, and has the rest in a temporary file of its own.
    """
    try:
        # Whoever reads on may do so, and may give it up, in another thread.
        with closing(sqlite3.connect("", check_same_thread=False)) as spool:
            spool.execute("CREATE TABLE listed (key TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID")
            for page in pages:
                spool.executemany("INSERT INTO listed VALUES (?, ?)", page)
            beyond = "SELECT key, size FROM listed WHERE key > ? ORDER BY key"
            yield from spool.execute(beyond, [after])
    except sqlite3.IntegrityError:
        raise ListedTwiceError from None
    except sqlite3.Error as error:
        raise SpoolError(str(error)) from None
