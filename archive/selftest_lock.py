"""Whether the bucket locks what is sent with a lock, as the office wants its objects to be."""

from __future__ import annotations

import hashlib
from functools import partial

from archive.object_lock import shortfall
from archive.objects import ObjectLock
from archive.selftest_store import Bucket, Look
from archive.trial import Outcome, Result, passed

_BYTES = b"the bytes of a locked call"


def lock_look(lock: ObjectLock) -> Look:
    """A trial for `store_trials`; what it locks stays as an older version for that long."""
    return "lock", False, partial(_locked, lock)


def _locked(lock: ObjectLock, bucket: Bucket) -> Result:
    key, file = bucket.key("locked"), bucket.folder / "locked"
    file.write_bytes(_BYTES)
    sha256 = hashlib.sha256(_BYTES).hexdigest()
    bucket.store.put(key, file, sha256, len(_BYTES), {}, lock)
    found = bucket.store.look(key)
    why = shortfall(lock, found.lock if found is not None else None)
    if why is not None:
        return Result(Outcome.FAIL, why)
    return passed("object_lock", mode=lock.mode)
