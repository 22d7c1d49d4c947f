"""What is put is there whole and once, and nothing else ever is."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from archive.objects import ObjectDiffers, ObjectStore, StoreError
from archive.s3_parts import PART
from tests.stores.between import FORBID, Between
from tests.stores.places import Bucket
from tests.stores.recording import Recording


def test_put_can_be_seen_and_read_back(store: ObjectStore, recording: Recording) -> None:
    recording.put(store, "张三/2026-11-16/call.mp3")
    found = store.look("张三/2026-11-16/call.mp3")
    assert found is not None
    assert (found.key, found.size) == ("张三/2026-11-16/call.mp3", recording.size)
    assert found.sha256 in {recording.sha256, None}
    assert store.read_sha256("张三/2026-11-16/call.mp3") == recording.sha256


@pytest.mark.parametrize("size", [0, PART, PART + 1])
def test_any_size_arrives_whole(store: ObjectStore, tmp_path: Path, size: int) -> None:
    big = Recording(tmp_path / "big.wav", random.Random(size).randbytes(size))
    big.put(store, "big.wav")
    found = store.look("big.wav")
    assert found is not None
    assert found.size == size
    assert found.sha256 in {big.sha256, None}
    with (tmp_path / "fetched").open("wb") as fetched:
        assert store.fetch("big.wav", fetched) == big.sha256
    assert (tmp_path / "fetched").read_bytes() == big.path.read_bytes()
    assert [listed.size for listed in store.list("")] == [size]
    big.put(store, "big.wav")


def test_same_bytes_twice_are_fine(store: ObjectStore, recording: Recording) -> None:
    recording.put(store, "call.mp3")
    recording.put(store, "call.mp3")
    assert store.read_sha256("call.mp3") == recording.sha256
    assert len(list(store.list(""))) == 1


def test_nothing_is_overwritten(store: ObjectStore, recording: Recording, other: Recording) -> None:
    recording.put(store, "call.mp3")
    with pytest.raises(ObjectDiffers) as caught:
        other.put(store, "call.mp3")
    assert not caught.value.outage
    assert store.read_sha256("call.mp3") == recording.sha256


def test_nothing_is_overwritten_by_who_has_just_connected(
    bucket: Bucket, store: ObjectStore, recording: Recording, other: Recording
) -> None:
    recording.put(store, "call.mp3")
    with pytest.raises(ObjectDiffers):
        other.put(bucket.again(), "call.mp3")
    assert store.read_sha256("call.mp3") == recording.sha256


def test_a_large_one_overwrites_nothing(
    store: ObjectStore, recording: Recording, tmp_path: Path
) -> None:
    large = Recording(tmp_path / "large.wav", bytes(PART + 1))
    recording.put(store, "call.mp3")
    with pytest.raises(ObjectDiffers):
        large.put(store, "call.mp3")
    assert store.read_sha256("call.mp3") == recording.sha256


def test_bytes_of_equal_length_are_told_apart(store: ObjectStore, tmp_path: Path) -> None:
    Recording(tmp_path / "1", b"0123").put(store, "call.mp3")
    with pytest.raises(ObjectDiffers):
        Recording(tmp_path / "2", b"0124").put(store, "call.mp3")


@pytest.mark.parametrize("later", [b"the bytes of a CALL", b"cut", b"", b"0" * (5 << 20)])
def test_a_file_changed_since_admission_is_not_sent(
    store: ObjectStore, recording: Recording, later: bytes
) -> None:
    recording.path.write_bytes(later)
    _not_sent(store, recording)


@pytest.mark.parametrize("later", [bytes(PART) + b"1", bytes(PART), b""])
def test_a_large_file_changed_since_admission_is_not_left_there(
    store: ObjectStore, tmp_path: Path, later: bytes
) -> None:
    large = Recording(tmp_path / "large.wav", bytes(PART + 1))
    large.path.write_bytes(later)
    _not_sent(store, large)


def _not_sent(store: ObjectStore, recording: Recording) -> None:
    with pytest.raises(StoreError) as caught:
        recording.put(store, "call.mp3")
    assert (caught.value.message.key, caught.value.outage) == ("store.bytes_changed", False)
    assert store.look("call.mp3") is None
    assert list(store.list("")) == []


def test_no_part_is_left_of_what_was_not_sent_whole(bucket: Bucket, tmp_path: Path) -> None:
    large = Recording(tmp_path / "large.wav", bytes(PART + 1))
    large.path.write_bytes(bytes(PART))
    with pytest.raises(StoreError):
        large.put(bucket.store, "call.wav")
    assert bucket.unfinished("call.wav") == []


def test_parts_of_a_killed_upload_go_when_nobody_can_be_at_it_any_more(
    bucket: Bucket,
    between: Between,
    disturbed: ObjectStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = Recording(tmp_path / "large.wav", bytes(PART + 1))
    killed = bucket.client.create_multipart_upload(
        Bucket=bucket.mirror.bucket, Key=f"{bucket.mirror.prefix}/call.wav"
    )["UploadId"]
    large.put(disturbed, "call.wav")
    assert bucket.unfinished("call.wav") == [killed]
    disturbed.delete("call.wav")
    later = datetime.now(UTC) + timedelta(minutes=61)
    monkeypatch.setattr(between, "date", format_datetime(later, usegmt=True))
    large.put(disturbed, "call.wav")
    assert bucket.unfinished("call.wav") == []


def test_parts_that_nobody_sends_again_are_swept(
    bucket: Bucket, between: Between, disturbed: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those under keys that are the archive's own, once nobody can be at it any more."""
    begun = {}
    for key in ("mine.wav", "others.wav"):
        begun[key] = bucket.client.create_multipart_upload(
            Bucket=bucket.mirror.bucket, Key=f"{bucket.mirror.prefix}/{key}"
        )["UploadId"]
    disturbed.sweep("mine.wav".__eq__)
    assert bucket.unfinished("mine.wav") == [begun["mine.wav"]]
    later = datetime.now(UTC) + timedelta(minutes=61)
    monkeypatch.setattr(between, "date", format_datetime(later, usegmt=True))
    disturbed.sweep("mine.wav".__eq__)
    assert bucket.unfinished("mine.wav") == []
    assert bucket.unfinished("others.wav") == [begun["others.wav"]]
    disturbed.sweep(lambda _: True)
    assert bucket.unfinished("others.wav") == []
    disturbed.delete("call.wav")


def test_an_upload_that_cannot_be_given_up_keeps_no_other_from_being_swept(
    bucket: Bucket, between: Between, disturbed: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store may refuse to give up one of them for good."""
    for key in ("one.wav", "two.wav"):
        bucket.client.create_multipart_upload(
            Bucket=bucket.mirror.bucket, Key=f"{bucket.mirror.prefix}/{key}"
        )
    later = datetime.now(UTC) + timedelta(minutes=61)
    monkeypatch.setattr(between, "date", format_datetime(later, usegmt=True))
    between.spoil("DELETE", FORBID, times=1)
    disturbed.sweep(lambda _: True)
    left = bucket.unfinished("one.wav") + bucket.unfinished("two.wav")
    assert len(left) == 1
    disturbed.sweep(lambda _: True)
    assert bucket.unfinished("one.wav") == bucket.unfinished("two.wav") == []


def test_a_missing_file_is_the_disks_trouble(store: ObjectStore, recording: Recording) -> None:
    recording.path.unlink()
    with pytest.raises(FileNotFoundError):
        recording.put(store, "call.mp3")


def test_metadata_in_chinese_and_of_any_length(store: ObjectStore, recording: Recording) -> None:
    metadata = {"name": "通话录音@张三.mp3", "empty": "", "lines": "a\nb\t ", "long": "长" * 1000}
    recording.put(store, "call.wav", metadata)
    assert store.read_sha256("call.wav") == recording.sha256


@pytest.mark.parametrize("size", [1, PART + 1])
def test_other_clients_read_the_metadata(
    bucket: Bucket, store: ObjectStore, tmp_path: Path, size: int
) -> None:
    recording = Recording(tmp_path / "call.wav", bytes(size))
    recording.put(
        store, "call.wav", {"source": "2026-11-16/王芳/通话 1+1%.wav", "long": "长" * 999}
    )
    key = f"{bucket.mirror.prefix}/call.wav"
    told = bucket.client.head_object(Bucket=bucket.mirror.bucket, Key=key)["Metadata"]
    metadata = {name.lower(): value for name, value in told.items()}  # some capitalise the names
    assert metadata["sha256"] == recording.sha256
    assert metadata["source"].isascii()
    assert unquote(metadata["source"]) == "2026-11-16/王芳/通话 1+1%.wav"
    assert "long" not in metadata


def test_many_at_once(store: ObjectStore, tmp_path: Path) -> None:
    recordings = {
        f"客户{number % 20}/{number}.mp3": Recording(tmp_path / f"{number}", b"x" * number)
        for number in range(60)
    }
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda item: item[1].put(store, item[0]), recordings.items()))
    assert {found.key: found.size for found in store.list("")} == {
        key: recording.size for key, recording in recordings.items()
    }


def test_many_of_one_name_at_once(bucket: Bucket, store: ObjectStore, tmp_path: Path) -> None:
    """Where the store refuses to overwrite, one of them is there, and the others are told so."""
    recordings = [Recording(tmp_path / f"{number}", b"%02d" % number) for number in range(16)]
    recordings[0].put(store, "first.mp3")  # the store is known from now on
    assert bucket.store.refuses_overwriting == bucket.habits.refuses_overwriting

    def put(recording: Recording) -> str | None:
        try:
            recording.put(store, "call.mp3")
        except ObjectDiffers:
            return None
        return recording.sha256

    with ThreadPoolExecutor(8) as threads:
        winners = {sha256 for sha256 in threads.map(put, recordings) if sha256}
    stored = store.read_sha256("call.mp3")
    assert stored in winners
    if bucket.habits.refuses_overwriting:
        assert winners == {stored}
