"""Custody files that are damaged in the archive, brought back from the mirror before they are read.

Each names the SHA-256 of the one before it: from the newest back it is known what every other one
has to be. Nothing is overwritten: the bad one is kept aside.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from io import BytesIO
from pathlib import Path

from archive import timestamp
from archive.custody_files import parse
from archive.errors import CustodyError, StampError
from archive.layout import stamp_path
from archive.objects import NOT_GIVEN, ObjectStore, StoreError
from archive.rebuilding import custody_paths
from archive.store import Store
from config.language import Message


def mend_custody(store: Store, objects: ObjectStore, today: date) -> int:
    """Replaces what the mirror has as it should be, time stamps too; returns how many that were.

    What nobody has is told by whoever reads it. CustodyError where archive and mirror have two
    newest files that are both whole: nobody can tell which of them was altered.
    """
    count, expected = 0, ""
    for path in reversed(custody_paths(store)):
        key = path.relative_to(store.root).as_posix()
        contents = _read(path)
        if not _is_right(path, contents, expected):
            contents = _fetched(objects, key)
            if not _is_right(path, contents, expected):
                break
            _replace(store, key, contents, today)
            count += 1
        elif not expected:
            _require_same(path, contents, _fetched(objects, key))
        count += _stamp_mended(store, objects, stamp_path(key), contents, today)
        expected = json.loads(contents.partition(b"\n")[0])["before"]
    return count


def _is_right(path: Path, contents: bytes, expected: str) -> bool:
    """Whether it has the SHA-256 that the next one names; of the newest, whether it is whole."""
    if expected:
        return hashlib.sha256(contents).hexdigest() == expected
    try:
        parse(path, contents)
    except CustodyError:
        return False
    return True


def _require_same(path: Path, contents: bytes, there: bytes) -> None:
    if there != contents and _is_right(path, there, ""):
        raise CustodyError(Message.of("custody.newest_differs", path=path))


def _stamp_mended(store: Store, objects: ObjectStore, key: str, of: bytes, today: date) -> bool:
    if not store.occupied(key) or _is_stamp(_read(store.path(key)), of):
        return False
    there = _fetched(objects, key)
    if not _is_stamp(there, of):
        return False
    _replace(store, key, there, today)
    return True


def _is_stamp(der: bytes, of: bytes) -> bool:
    try:
        timestamp.read(der, hashlib.sha256(of).hexdigest())
    except StampError:
        return False
    return True


def _read(path: Path) -> bytes:
    """Nothing of one that a dying disk does not give."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _fetched(objects: ObjectStore, key: str) -> bytes:
    """Nothing where the mirror does not have it, or has it sealed and damaged, or frozen."""
    found = BytesIO()
    try:
        there = objects.fetch(key, found)
    except StoreError as error:
        if error.message.key not in NOT_GIVEN:
            raise
        there = None
    return found.getvalue() if there else b""


def _replace(store: Store, key: str, contents: bytes, today: date) -> None:
    staged = store.write("custody", [contents])
    aside = store.put_aside(key, today)
    store.sync([key, aside])
    store.publish(staged, key)
    store.sync([key])
