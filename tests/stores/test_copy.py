"""A copy within the store is as good as another upload, or is refused."""

from __future__ import annotations

import pytest

from archive.objects import ObjectStore, StoreError
from archive.s3_parts import PART
from tests.stores.places import Bucket
from tests.stores.recording import Recording


def test_a_copy_is_what_it_was_made_of(store: ObjectStore, recording: Recording) -> None:
    recording.put(store, "held/call.mp3")
    store.copy("held/call.mp3", "张三/call.mp3")
    for key in ("held/call.mp3", "张三/call.mp3"):
        found = store.look(key)
        assert found is not None
        assert found.size == recording.size
        assert found.sha256 in {None, recording.sha256}
        assert store.read_sha256(key) == recording.sha256


def test_a_copy_tells_people_the_same(
    bucket: Bucket, store: ObjectStore, recording: Recording
) -> None:
    recording.put(store, "call.mp3", {"source": "2026-11-16/王芳/call.mp3"})
    store.copy("call.mp3", "copy.mp3")
    told = []
    for key in ("call.mp3", "copy.mp3"):
        answer = bucket.client.head_object(
            Bucket=bucket.mirror.bucket, Key=f"{bucket.mirror.prefix}/{key}"
        )
        metadata = {name.lower(): value for name, value in answer["Metadata"].items()}
        told.append({name: metadata[name] for name in ("sha256", "source")})
    assert told[0] == told[1]


def test_a_copy_of_what_was_sent_in_parts(
    bucket: Bucket,  # one that knows parts
    store: ObjectStore,
    recording: Recording,
) -> None:
    large = Recording(recording.path, bytes(PART + 1))
    large.put(store, "large.wav")
    store.copy("large.wav", "copy.wav")
    found = store.look("copy.wav")
    assert found is not None
    assert (found.sha256 or store.read_sha256("copy.wav")) == large.sha256
    assert bucket.unfinished("copy.wav") == []


def test_a_copy_of_nothing_is_refused_and_leaves_nothing(store: ObjectStore) -> None:
    with pytest.raises(StoreError) as caught:
        store.copy("gone.mp3", "copy.mp3")
    assert not caught.value.outage
    assert store.look("copy.mp3") is None
