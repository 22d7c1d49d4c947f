"""What the mirror relies on, tried in the bucket below a prefix that is emptied again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.layout import PRIVATE
from archive.objects import ObjectDiffers, ObjectStore, StoreError
from archive.trial import Outcome, Result, Trial, attempt, failed, passed, unknown

_FIRST, _OTHER = b"the first bytes", b"other bytes"
_ODD = (
    "张三 (0002)/2026-11-16/通话录音@张三(13800000001)_20261116093015.mp3",
    "a b  c/+plus+/100%25&x=1#.mp3",
    "王总 😀/𠮷野家/'quoted'~!$,;@.mp3",
    "né/né.mp3",
)
_LONGEST = 900
"""Bytes of a key; stores take 1024, the archive makes less than 500."""
_SKEW, _REFUSED = timedelta(seconds=30), timedelta(seconds=300)
"""By how much clocks may differ; by how much, before stores begin to refuse (S3: 15 minutes)."""


@dataclass
class Bucket:
    """A store, the folder from which files are sent, and what was sent so far."""

    store: ObjectStore
    folder: Path
    prefix: str
    sent: list[str] = field(default_factory=list)

    def put(self, name: str, contents: bytes, metadata: Mapping[str, str] | None = None) -> str:
        """Returns the key."""
        key, file = self.key(name), self.folder / "object"
        file.write_bytes(contents)
        self.store.put(key, file, _sha256(contents), len(contents), metadata or {})
        return key

    def key(self, name: str) -> str:
        """Where something of that name is to be sent, so that it is removed in the end."""
        key = self.prefix + name
        if key not in self.sent:
            self.sent.append(key)  # before it is there: an answer can be lost
        return key

    def holds(self, key: str, contents: bytes) -> bool:
        return self.store.read_sha256(key) == _sha256(contents)


Look = tuple[str, bool, Callable[[Bucket], Result]]
"""A trial's name, whether it is a must, and how it is made."""


def clock_trial(told: Callable[[], datetime | None], now: Callable[[], datetime]) -> Trial:
    """Holds this computer's clock against the store's: they may differ by so much only."""

    def look() -> Result:
        before = now()
        theirs = told()
        if theirs is None:
            return unknown("skew_untold")
        # The store tells whole seconds, cut off; its answer took half of the way.
        skew = theirs + timedelta(seconds=0.5) - (before + (now() - before) / 2)
        seconds = {"seconds": round(abs(skew).total_seconds())}
        if abs(skew) > _REFUSED:
            return failed("skew_refused", **seconds)
        return failed("skew", **seconds) if abs(skew) > _SKEW else passed("skew_none", **seconds)

    result = attempt(look)
    must = result.message.key == "selftest.skew_refused"
    return Trial("clock", "store", must, result)


def store_trials(store: ObjectStore, token: str, more: Iterable[Look] = ()) -> Iterator[Trial]:
    """Tries the bucket below `.callvault/selftest-TOKEN/`; nothing is raised.

    Tries `more` before all is removed. Where the bucket cannot be used at all, only that is told.
    """
    reached = attempt(partial(_reached, store))
    yield Trial("mirror", "reached", False, reached)
    if reached.outcome is not Outcome.PASS:
        return
    with TemporaryDirectory(prefix="callvault-") as folder:
        bucket = Bucket(store, Path(folder), f"{PRIVATE}/selftest-{token}/")
        try:
            for name, must, look in (*_TRIALS, *more):
                yield Trial("mirror", name, must, attempt(partial(look, bucket)))
        finally:
            removed = attempt(partial(_emptied, bucket))
        yield Trial("mirror", "removed", False, removed)


def _reached(store: ObjectStore) -> Result:
    store.check()
    return passed("reached")


def _put(bucket: Bucket) -> Result:
    bucket.put("call", _FIRST)
    return passed("put")


def _look(bucket: Bucket) -> Result:
    key = bucket.put("call", _FIRST)
    found = bucket.store.look(key)
    if found is None or found.size != len(_FIRST):
        return failed("looked_otherwise").meaning()
    if found.sha256 is None:
        return passed("look_without_checksum").meaning()
    right = found.sha256 == _sha256(_FIRST)
    return passed("look") if right else failed("looked_otherwise").meaning()


def _read(bucket: Bucket) -> Result:
    key = bucket.put("call", _FIRST)
    return passed("read") if bucket.holds(key, _FIRST) else failed("store_read_otherwise").meaning()


def _overwrite(bucket: Bucket) -> Result:
    """As the mirror does it."""
    key = bucket.put("kept", _FIRST)
    try:
        bucket.put("kept", _OTHER)
    except ObjectDiffers:
        return passed("kept") if bucket.holds(key, _FIRST) else failed("store_overwrites").meaning()
    return failed("store_overwrites").meaning()


def _keys(bucket: Bucket) -> Result:
    lost = [name for name in _ODD if not _keeps(bucket, name)]
    return (
        failed("keys", keys=", ".join(lost)).meaning()
        if lost
        else passed("keys_fit", count=len(_ODD))
    )


def _long_key(bucket: Bucket) -> Result:
    part = "录" * 60 + "/"
    name = (part * 5).encode()[: _LONGEST - len(bucket.prefix.encode()) - 10]
    fits = _keeps(bucket, name.decode("utf-8", "ignore").rstrip("/") + ".mp3")
    return (
        passed("key_long_fits", bytes=_LONGEST)
        if fits
        else failed("key_long", bytes=_LONGEST).meaning()
    )


def _keeps(bucket: Bucket, name: str) -> bool:
    try:
        key = bucket.put(name, name.encode())
        found = bucket.store.look(key)
        return found is not None and bucket.holds(key, name.encode())
    except StoreError as error:
        # What is refused whatever the key is no fault of the key.
        if error.outage or error.message.key == "store.access_denied":
            raise
        return False


def _copied(bucket: Bucket) -> Result:
    """Within the store, as a bad object is kept aside."""
    key, to = bucket.put("call", _FIRST), bucket.key("copied/通话 1.mp3")
    if bucket.store.look(to) is None:
        bucket.store.copy(key, to)
    return passed("copied") if bucket.holds(to, _FIRST) else failed("copied_otherwise").meaning()


def _listed(bucket: Bucket) -> Result:
    """Everything that was sent, by its key, in order."""
    for name in ("listed/call", "listed-call"):  # by folder, they come in this order
        bucket.put(name, _FIRST)
    wanted = sorted(key for key in bucket.sent if bucket.store.look(key) is not None)
    listed = [one.key for one in bucket.store.list(bucket.prefix)]
    if listed == wanted:
        return passed("listed", count=len(listed))
    return failed("listed_otherwise", listed=len(listed), sent=len(wanted)).meaning()


def _deleted(bucket: Bucket) -> Result:
    key = bucket.put("deleted", _FIRST)
    try:
        bucket.store.delete(key)
    except StoreError as error:
        if error.outage:
            raise
        return failed("delete_refused").meaning()
    return (
        passed("deleted") if bucket.store.look(key) is None else failed("delete_refused").meaning()
    )


def _emptied(bucket: Bucket) -> Result:
    """Removes what was sent, each by itself: one that is refused keeps no other."""
    left, last = 0, None
    for key in bucket.sent:
        try:
            bucket.store.delete(key)
            left += bucket.store.look(key) is not None
        except StoreError as error:
            left, last = left + 1, error
            if error.outage:
                break
    if left:
        told = unknown if last is not None and last.outage else failed
        return told("objects_left", count=left, prefix=bucket.prefix).meaning()
    return passed("objects_removed")


def _sha256(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()


_TRIALS: tuple[Look, ...] = (
    ("put", True, _put),
    ("look", True, _look),
    ("read", True, _read),
    ("overwrite", True, _overwrite),
    ("keys", True, _keys),
    ("key_long", False, _long_key),
    ("copy", False, _copied),
    ("list", True, _listed),
    ("delete", False, _deleted),
)
