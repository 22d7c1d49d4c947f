"""What the store is asked to encrypt: whatever makes an object asks for it, and HEAD tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.objects import ObjectStore, StoreError
from archive.s3_parts import PART
from tests.stores.places import Bucket
from tests.stores.recording import Recording


@pytest.mark.parametrize("size", [20, PART + 1])
def test_what_is_asked_for_is_shown_where_the_store_can(
    bucket: Bucket,
    store: ObjectStore,  # empties the bucket
    tmp_path: Path,
    size: int,
) -> None:
    assert list(store.list("")) == []
    recording = Recording(tmp_path / "call.wav", bytes(size))
    asking = bucket.connect(encryption="AES256")
    if bucket.habits.refuses_encryption:
        with pytest.raises(StoreError):
            recording.put(asking, "张三/call.wav")
        return
    recording.put(asking, "张三/call.wav")
    asking.copy("张三/call.wav", "aside/call.wav")
    recording.put(store, "plain.wav")
    shown = "AES256" if bucket.habits.tells_encryption else None
    for key, told in {"张三/call.wav": shown, "aside/call.wav": shown, "plain.wav": None}.items():
        found = asking.look(key)
        assert found is not None
        assert found.size == size
        assert asking.read_sha256(key) == recording.sha256
        head = bucket.client.head_object(
            Bucket=bucket.mirror.bucket, Key=f"{bucket.mirror.prefix}/{key}"
        )
        assert head.get("ServerSideEncryption") == told


def test_the_key_that_the_office_names_goes_with_it(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    assert list(store.list("")) == []
    asking = bucket.connect(encryption="aws:kms", kms_key="alias/calls")
    if not bucket.habits.key_service:
        with pytest.raises(StoreError):
            recording.put(asking, "call.wav")
        return
    recording.put(asking, "call.wav")
    key = f"{bucket.mirror.prefix}/call.wav"
    head = bucket.client.head_object(Bucket=bucket.mirror.bucket, Key=key)
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["SSEKMSKeyId"].endswith("alias/calls")
    assert asking.read_sha256("call.wav") == recording.sha256
