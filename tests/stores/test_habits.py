"""Stores differ: each does what it is said to do, and what callvault makes of it is right."""

from __future__ import annotations

import hashlib

import pytest

from archive.objects import ObjectDiffers, ObjectStore
from archive.s3_headers import checksums
from tests.stores.places import Bucket
from tests.stores.recording import Recording


def test_a_checksum_is_told_where_the_store_keeps_it(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    """Where it keeps none, its word is had by reading the object back."""
    recording.put(store, "call.mp3")
    found = store.look("call.mp3")
    assert found is not None
    assert found.sha256 == (recording.sha256 if bucket.habits.tells_checksum else None)
    assert store.read_sha256("call.mp3") == recording.sha256


@pytest.mark.parametrize("wrong", ["ChecksumSHA256", "ContentMD5"])
def test_what_does_not_have_its_checksum_is_refused(
    bucket: Bucket,
    store: ObjectStore,  # empties the bucket
    wrong: str,
) -> None:
    """Not by each store for its SHA-256, so an MD5 goes with it."""
    assert list(store.list("")) == []
    body = b"the bytes of a call"
    sent = {**checksums(body), wrong: checksums(b"others")[wrong]}
    target = {"Bucket": bucket.mirror.bucket, "Key": f"{bucket.mirror.prefix}/call.mp3"}

    def put() -> None:
        bucket.client.put_object(**target, **sent, Body=body)  # type: ignore[arg-type]

    if wrong == "ContentMD5" or bucket.habits.checks_checksum:
        with pytest.raises(bucket.client.exceptions.ClientError, match="BadDigest"):
            put()
        assert store.look("call.mp3") is None
    else:
        put()
        assert store.read_sha256("call.mp3") == hashlib.sha256(body).hexdigest()


def test_it_is_found_out_whether_a_store_refuses_to_overwrite(
    bucket: Bucket, store: ObjectStore, recording: Recording, other: Recording
) -> None:
    fresh = bucket.again()
    recording.put(fresh, "call.mp3")
    assert fresh.refuses_overwriting == bucket.habits.refuses_overwriting
    bucket.client.put_object(
        Bucket=bucket.mirror.bucket, Key=f"{bucket.mirror.prefix}/taken.mp3", Body=b"others"
    )
    with pytest.raises(ObjectDiffers):
        recording.put(fresh, "taken.mp3")
    other.put(fresh, "other.mp3")
    assert {found.key: store.read_sha256(found.key) for found in store.list("")} == {
        "call.mp3": recording.sha256,
        "other.mp3": other.sha256,
        "taken.mp3": hashlib.sha256(b"others").hexdigest(),
    }
