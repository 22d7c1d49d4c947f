"""What is removed for good: every version, and no other key's; what is locked stays until then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.objects import VERSION_LOCKED, ObjectLock, ObjectStore, StoreError
from archive.s3 import S3Store
from tests.stores.places import Bucket
from tests.stores.recording import Recording

KEY, LONGER = "张三/2026-11-16/call.mp3", "张三/2026-11-16/call.mp3.amr"


@dataclass(frozen=True, slots=True)
class Versioned:
    """A bucket that keeps versions, and locks none by a rule of its own."""

    name: str
    client: Any
    store: S3Store

    def at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": f"calls/{key}"}

    def versions(self, key: str = KEY) -> Sequence[str]:
        """Of this key, marks of its deletion among them."""
        found = self.client.list_object_versions(Bucket=self.name, Prefix=f"calls/{key}")
        every = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
        return [one["VersionId"] for one in every if one["Key"] == f"calls/{key}"]


@pytest.fixture
def versioned(bucket: Bucket, request: pytest.FixtureRequest) -> Versioned:
    if not bucket.habits.locked:
        pytest.skip("it keeps no versions")
    name = f"versions-{abs(hash(request.node.name)) % 1_000_000}"
    with suppress(bucket.client.exceptions.BucketAlreadyOwnedByYou):
        bucket.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    store = bucket.connect(bucket=name, prefix="calls")
    return Versioned(name, bucket.client, store)


def locked(until: datetime, mode: str = "governance") -> ObjectLock:
    return ObjectLock(mode, until)


def in_days(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def refusal(store: ObjectStore, key: str = KEY) -> StoreError:
    with pytest.raises(StoreError) as caught:
        store.purge(key)
    return caught.value


def test_nothing_is_left_of_it_and_others_are_left_alone(
    place: str, store: ObjectStore, recording: Recording, other: Recording
) -> None:
    if place.endswith(" locked"):
        pytest.skip("the bucket locks everything for a day")
    recording.put(store, KEY)
    other.put(store, LONGER)
    assert not store.purge(KEY)
    assert store.look(KEY) is None
    assert store.read_sha256(LONGER) == other.sha256
    assert not store.purge(KEY)  # what is gone is fine


def test_older_versions_and_marks_of_deletion_go_along(
    versioned: Versioned, recording: Recording, other: Recording
) -> None:
    store = versioned.store
    for _ in range(3):
        recording.put(store, KEY)
        assert store.delete(KEY)
    recording.put(store, KEY)
    other.put(store, LONGER)
    assert len(versioned.versions()) == 7
    assert not store.purge(KEY)
    assert store.look(KEY) is None
    assert versioned.versions() == []
    assert store.read_sha256(LONGER) == other.sha256
    assert not store.purge(KEY)
    assert versioned.versions() == []


def test_what_was_only_marked_as_deleted_goes_too(
    versioned: Versioned, recording: Recording
) -> None:
    recording.put(versioned.store, KEY)
    versioned.store.delete(KEY)
    assert not versioned.store.purge(KEY)
    assert versioned.versions() == []


@pytest.mark.parametrize("mode", ["governance", "compliance"])
def test_what_is_locked_is_hidden_and_stays_until_its_day(
    versioned: Versioned, recording: Recording, mode: str
) -> None:
    until, store = in_days(3), versioned.store
    recording.put(store, KEY, lock=locked(until, mode))
    for _ in range(2):  # trying again makes no more marks
        why = refusal(store)
        assert why.message.key == VERSION_LOCKED
        assert f"{until:%Y-%m-%d}" in str(dict(why.message.values)["until"])
        assert not why.outage
        assert store.look(KEY) is None
        assert len(versioned.versions()) == 2


def test_what_is_under_a_legal_hold_stays_until_that_is_lifted(
    versioned: Versioned, recording: Recording
) -> None:
    recording.put(versioned.store, KEY)
    (held,) = versioned.versions()
    versioned.store.hold(KEY, on=True)
    assert refusal(versioned.store).message.key == VERSION_LOCKED
    off = {"LegalHold": {"Status": "OFF"}, "VersionId": held}
    versioned.client.put_object_legal_hold(**versioned.at(KEY), **off)
    assert not versioned.store.purge(KEY)
    assert versioned.versions() == []


def test_a_bucket_with_a_rule_of_its_own_keeps_it_for_so_long(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    if not bucket.habits.locked:
        pytest.skip("it has none")
    recording.put(store, KEY)
    assert refusal(store).message.key == VERSION_LOCKED
    assert store.look(KEY) is None
