"""Object Lock and legal hold: what a store is said to know is kept, and what it only repeats is not
believed.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from archive.object_lock import shortfall
from archive.objects import ObjectLock, ObjectStore, StoreError
from archive.s3_parts import PART
from tests.stores.places import Bucket
from tests.stores.recording import Recording

KEY = "张三/2026-11-16/call.mp3"


def lock(mode: str = "governance", days: int = 3) -> ObjectLock:
    return ObjectLock(mode, datetime.now(UTC).replace(microsecond=0) + timedelta(days=days))


def shown(store: ObjectStore, key: str = KEY) -> ObjectLock | None:
    found = store.look(key)
    assert found is not None
    return found.lock


def refuses_to_delete_versions(bucket: Bucket, key: str = KEY) -> bool:
    """What an intruder with the same rights as callvault comes to; of none that there is: False."""
    at: Any = {"Bucket": bucket.mirror.bucket, "Key": f"{bucket.mirror.prefix}/{key}"}
    version: str | None = bucket.client.head_object(**at).get("VersionId")
    if version is None:
        return False
    try:
        bucket.client.delete_object(**at, VersionId=version)
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


@pytest.mark.parametrize("mode", ["governance", "compliance"])
@pytest.mark.parametrize("size", [1, PART + 1])
def test_what_is_put_with_a_lock_is_locked_where_the_bucket_has_locks(
    bucket: Bucket, store: ObjectStore, tmp_path: Path, size: int, mode: str
) -> None:
    """An upload in parts is one, too: some stores forget the lock on the way."""
    contents = random.Random(f"{size}{mode}").randbytes(size)
    call, asked = Recording(tmp_path / "call", contents), lock(mode)
    call.put(store, KEY, lock=asked)
    assert shown(store) == (asked if bucket.habits.locked else None)
    assert store.read_sha256(KEY) == call.sha256
    if bucket.habits.locked:
        assert refuses_to_delete_versions(bucket)


def test_a_store_without_locks_has_the_object_all_the_same(
    store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, KEY, lock=lock())
    assert store.read_sha256(KEY) == recording.sha256


def test_what_is_there_already_without_a_lock_gets_it(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    """Sent before the office wanted it, or by who was killed before it was confirmed."""
    recording.put(store, KEY)
    asked = lock()
    recording.put(store, KEY, lock=asked)
    assert shown(store) == (asked if bucket.habits.locked else None)
    recording.put(bucket.again(), KEY, lock=lock(days=2))
    assert shown(store) == (asked if bucket.habits.locked else None)
    assert store.read_sha256(KEY) == recording.sha256


def test_a_copy_within_the_store_is_locked_likewise(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, KEY)
    asked = lock()
    store.copy(KEY, "copy.mp3", asked)
    assert shown(store, "copy.mp3") == (asked if bucket.habits.locked else None)
    assert store.read_sha256("copy.mp3") == recording.sha256


def test_what_is_removed_is_told_to_stay_as_a_version_where_it_does(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, KEY, lock=lock())
    assert store.delete(KEY) == bucket.habits.locked
    assert store.look(KEY) is None
    if bucket.habits.locked:
        versions = bucket.client.list_object_versions(
            Bucket=bucket.mirror.bucket, Prefix=f"{bucket.mirror.prefix}/{KEY}"
        )
        assert versions["Versions"]


def test_a_legal_hold_keeps_an_object_until_it_is_lifted(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    """Where the store knows none, nothing of the object is touched: some would write it over."""
    recording.put(store, KEY)
    known = bucket.habits.locked
    assert store.hold(KEY, on=True) == known
    held = store.look(KEY)
    assert held is not None
    assert (held.legal_hold, held.size) == (known, recording.size)
    assert refuses_to_delete_versions(bucket) == known
    assert store.hold(KEY, on=False) == known
    free = store.look(KEY)
    assert free is not None
    assert not free.legal_hold
    assert store.read_sha256(KEY) == recording.sha256


def test_without_a_server_no_store_pretends_to_hold(
    store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, KEY)
    known = store.hold(KEY, on=True)
    found = store.look(KEY)
    assert found is not None
    assert found.legal_hold == known
    assert store.read_sha256(KEY) == recording.sha256
    store.hold(KEY, on=False)


def test_a_hold_on_what_is_not_there_is_refused_and_makes_nothing(
    bucket: Bucket, store: ObjectStore
) -> None:
    if bucket.habits.takes_any_hold:
        with suppress(StoreError):
            store.hold("nothing.mp3", on=True)
        assert store.look("nothing.mp3") is None
    elif bucket.habits.locked:
        with pytest.raises(StoreError) as caught:
            store.hold("nothing.mp3", on=True)
        assert not caught.value.outage
    else:
        assert not store.hold("nothing.mp3", on=True)
    assert list(store.list("")) == []


def test_a_lock_that_is_shorter_or_weaker_is_told_as_such(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, KEY, lock=lock(days=3))
    found = shown(store)
    if not bucket.habits.locked:
        assert told(lock(), found) == "store.lock_none"
        return
    assert told(lock(days=2), found) is None
    assert told(lock(days=4), found) == "store.lock_short"
    assert told(lock("compliance", days=2), found) == "store.lock_weak"


def told(asked: ObjectLock, found: ObjectLock | None) -> str | None:
    why = shortfall(asked, found)
    return why.key if why is not None else None


def test_who_repeats_a_lock_and_keeps_nothing_is_not_believed(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    at: Any = {"Bucket": bucket.mirror.bucket, "Key": f"{bucket.mirror.prefix}/{KEY}"}
    if not bucket.habits.repeats_locks:
        pytest.skip("it repeats none")
    bucket.client.put_object(
        **at,
        Body=recording.path.read_bytes(),
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=lock().until,
    )
    assert bucket.client.head_object(**at)["ObjectLockMode"] == "COMPLIANCE"
    assert shown(store) is None
