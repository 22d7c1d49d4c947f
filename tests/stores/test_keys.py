"""Keys are kept as they are, listed in order, and gone when they are deleted."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.objects import ObjectStore, StoredObject, StoreError
from tests.stores.places import Bucket
from tests.stores.recording import Recording

ODD = (
    "张三丰/2026-11-16/通话录音@张三丰(13800138000).mp3",
    "c+d/e f.mp3",
    "50%/a%2Fb%.mp3",
    "a&b=c;d,e$f.mp3",
    "#1?x.mp3",
    'it\'s "quoted" [x]{y}|~^`.mp3',
    "䶮\U00020bb7/é.mp3",
    "e\u0301 composed otherwise.mp3",
    "=cmd|' C calc'!A0.mp3",
    "..张三/🚜 .mp3",
)
_NO_BYTES = "1B2M2Y8AsgTpgAmY7PhCfg=="
"""Their MD5."""


@pytest.mark.parametrize("key", ODD)
def test_any_key_is_kept_as_it_is(store: ObjectStore, recording: Recording, key: str) -> None:
    recording.put(store, key)
    assert [found.key for found in store.list("")] == [key]
    assert store.read_sha256(key) == recording.sha256
    store.copy(key, f".callvault/aside/{key}")
    assert store.read_sha256(f".callvault/aside/{key}") == recording.sha256
    store.delete(key)
    assert store.look(key) is None
    assert [found.key for found in store.list("")] == [f".callvault/aside/{key}"]


def test_a_key_of_900_bytes(store: ObjectStore, recording: Recording) -> None:
    """The archive makes less than 500."""
    key = "/".join(["录" * 80] * 3 + ["音" * 55, "x" * 7 + ".mp3"])
    assert len(key.encode()) == 900
    recording.put(store, key)
    assert store.read_sha256(key) == recording.sha256
    assert [found.key for found in store.list("")] == [key]


def test_a_part_of_a_key_over_255_bytes(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    key = "录" * 200 + ".mp3"
    if bucket.habits.long_parts:
        recording.put(store, key)
        assert store.read_sha256(key) == recording.sha256
    else:
        with pytest.raises(StoreError):
            recording.put(store, key)
        assert store.look(key) is None
        assert store.read_sha256(key) is None


def test_a_name_that_is_a_folder_as_well(
    place: str, bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    key = f"李四 {place}"  # which has not been a folder either
    recording.put(store, key)
    if bucket.habits.folders:
        with pytest.raises(StoreError):
            recording.put(store, f"{key}/call.mp3")
    else:
        recording.put(store, f"{key}/call.mp3")
        assert [found.key for found in store.list("")] == [key, f"{key}/call.mp3"]
    assert store.read_sha256(key) == recording.sha256


def test_what_consoles_make_for_folders_is_no_object(bucket: Bucket, recording: Recording) -> None:
    if bucket.habits.folders:
        pytest.skip("its folders are none of its objects")
    store = bucket.again("用控制台的办公室")
    for below in ("", "张三/"):
        bucket.client.put_object(
            Bucket=bucket.mirror.bucket, Key=f"用控制台的办公室/{below}", ContentMD5=_NO_BYTES
        )
    assert list(store.list("")) == []
    assert store.is_empty()
    recording.put(store, "张三/call.mp3")
    assert not store.is_empty()
    assert [found.key for found in store.list("")] == ["张三/call.mp3"]
    assert [found.key for found in store.list("", "张三")] == ["张三/call.mp3"]
    store.delete("张三/call.mp3")


def test_what_is_not_there(store: ObjectStore) -> None:
    assert store.look("nothing.mp3") is None
    assert store.read_sha256("nothing.mp3") is None
    fetched = io.BytesIO()
    assert store.fetch("nothing.mp3", fetched) is None
    assert fetched.getvalue() == b""
    store.delete("nothing.mp3")
    assert list(store.list("")) == []
    assert store.is_empty()


def test_deleted_is_gone_and_may_come_again(
    store: ObjectStore, recording: Recording, other: Recording
) -> None:
    recording.put(store, "call.mp3")
    store.delete("call.mp3")
    assert store.look("call.mp3") is None
    assert store.read_sha256("call.mp3") is None
    assert list(store.list("")) == []
    other.put(store, "call.mp3")
    assert store.read_sha256("call.mp3") == other.sha256


def test_what_is_deleted_in_a_locked_bucket_stays_under_its_version(
    bucket: Bucket, store: ObjectStore, recording: Recording, other: Recording
) -> None:
    recording.put(store, "locked.mp3")
    store.delete("locked.mp3")
    other.put(store, "locked.mp3")
    key = f"{bucket.mirror.prefix}/locked.mp3"
    if bucket.habits.locked:
        told = bucket.client.list_object_versions(Bucket=bucket.mirror.bucket, Prefix=key)
        versions = told["Versions"]
        assert [version["Size"] for version in versions] == [other.size, recording.size]
        oldest = versions[1]["VersionId"]
        with pytest.raises(bucket.client.exceptions.ClientError):
            bucket.client.delete_object(Bucket=bucket.mirror.bucket, Key=key, VersionId=oldest)
    assert store.read_sha256("locked.mp3") == other.sha256


KEYS = ("B/1", "a b", "a%2Fb", "a+b", "a-b", "a/b", "b/10", "b/2", "张/1", "\uff21", "\U00020bb7/1")


def test_list_is_sorted_and_keeps_to_its_prefix(store: ObjectStore, recording: Recording) -> None:
    for key in reversed(KEYS):
        recording.put(store, key)
    assert [found.key for found in store.list("")] == list(KEYS)
    assert list(store.list("b/")) == [
        StoredObject("b/10", recording.size, None),
        StoredObject("b/2", recording.size, None),
    ]
    assert [found.key for found in store.list("a")] == ["a b", "a%2Fb", "a+b", "a-b", "a/b"]
    for after in (*KEYS, "a", "a/", "a/a", "a0", "b/zz", "zz"):
        beyond = [key for key in KEYS if key > after]
        assert [found.key for found in store.list("", after)] == beyond
        of_a = [key for key in beyond if key.startswith("a")]
        assert [found.key for found in store.list("a", after)] == of_a


@pytest.mark.parametrize("size", [1, 2, 5])
def test_list_of_many_pages(
    bucket: Bucket, store: ObjectStore, recording: Recording, size: int
) -> None:
    """Each page ends at an odd key, where the next one has to go on."""
    for key in KEYS:
        recording.put(store, key)

    def shorten(params: dict[str, Any], **_: object) -> None:
        params["MaxKeys"] = size

    # As callvault asks most stores, and those that do not list by key.
    asked = [f"provide-client-params.s3.{one}" for one in ("ListObjects", "ListObjectsV2")]
    events = bucket.client.meta.events
    for one in asked:
        events.register(one, shorten)
    try:
        assert [found.key for found in store.list("")] == list(KEYS)
    finally:
        for one in asked:
            events.unregister(one, shorten)


def test_the_prefix_is_no_part_of_a_key_and_keeps_others_out(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, "张三/call.mp3")
    neighbour = bucket.again(f"\\{bucket.mirror.prefix}\\//张三/")
    assert [found.key for found in neighbour.list("")] == ["call.mp3"]
    assert neighbour.read_sha256("call.mp3") == recording.sha256
    assert bucket.again("").read_sha256("call.mp3") is None
    assert [found.key for found in bucket.again("办公").list("")] == []


def test_the_stores_clock_is_this_computers(bucket: Bucket) -> None:
    told = bucket.store.clock()
    assert told is not None
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_usable_bucket_passes_the_check(store: ObjectStore) -> None:
    store.check()
