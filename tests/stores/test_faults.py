"""What is put is never wrong and never lost track of, whatever happens on its way."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest

from archive.objects import ObjectDiffers, ObjectStore
from archive.s3_parts import PART
from tests.archive.s3_case import refused
from tests.stores.between import CUT_ANSWER, CUT_BODY, FLIP_BIT, FORBID, LOSE_ANSWER, Between
from tests.stores.places import Bucket
from tests.stores.recording import Recording

ONCE, ALWAYS = 1, 9  # boto3 tries three times by itself, and obstore before it once


@pytest.fixture
def large(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "large.wav", bytes(PART + 1000))


@pytest.mark.parametrize("times", [ONCE, ALWAYS])
def test_an_upload_whose_answer_is_lost_counts(
    store: ObjectStore, between: Between, disturbed: ObjectStore, recording: Recording, times: int
) -> None:
    between.spoil("PUT", LOSE_ANSWER, times=times)
    recording.put(disturbed, "call.mp3")
    assert between.times < times
    assert store.read_sha256("call.mp3") == recording.sha256


@pytest.mark.parametrize("times", [ONCE, ALWAYS])
def test_a_large_upload_whose_last_answer_is_lost_counts(
    store: ObjectStore, between: Between, disturbed: ObjectStore, large: Recording, times: int
) -> None:
    between.spoil("POST", LOSE_ANSWER, times=times, query="uploadId=")
    large.put(disturbed, "large.wav")
    assert between.times < times
    assert store.read_sha256("large.wav") == large.sha256
    # Some stores damage the object where an abort meets its completion.
    assert not [request for request in between.seen if request.startswith("DELETE")]


def test_a_large_upload_whose_end_is_refused_leaves_no_part(
    bucket: Bucket, between: Between, disturbed: ObjectStore, large: Recording
) -> None:
    between.spoil("POST", FORBID, times=ONCE, query="uploadId=")
    refused(lambda: large.put(disturbed, "large.wav"), "access_denied")
    assert bucket.unfinished("large.wav") == []


def test_an_upload_cut_off_is_an_outage_and_made_good_later(
    store: ObjectStore, between: Between, disturbed: ObjectStore, recording: Recording
) -> None:
    between.spoil("PUT", CUT_BODY, times=ALWAYS)
    refused(lambda: recording.put(disturbed, "call.mp3"), "interrupted", outage=True)
    assert store.read_sha256("call.mp3") is None
    between.times = 0
    recording.put(disturbed, "call.mp3")
    assert store.read_sha256("call.mp3") == recording.sha256


def test_a_large_upload_cut_off_is_an_outage_and_made_good_later(
    store: ObjectStore, between: Between, disturbed: ObjectStore, large: Recording
) -> None:
    between.spoil("PUT", CUT_BODY, times=ALWAYS, query="partNumber=2")
    refused(lambda: large.put(disturbed, "large.wav"), "interrupted", outage=True)
    assert store.look("large.wav") is None
    between.times = 0
    large.put(disturbed, "large.wav")
    assert store.read_sha256("large.wav") == large.sha256


def test_bytes_damaged_on_their_way_are_not_taken(
    store: ObjectStore, between: Between, disturbed: ObjectStore, recording: Recording
) -> None:
    between.spoil("PUT", FLIP_BIT, times=ALWAYS)
    refused(lambda: recording.put(disturbed, "call.mp3"), "bytes_changed")
    assert store.look("call.mp3") is None


def test_a_part_damaged_on_its_way_is_not_taken(
    store: ObjectStore, between: Between, disturbed: ObjectStore, large: Recording
) -> None:
    between.spoil("PUT", FLIP_BIT, times=ONCE, query="partNumber=2")
    refused(lambda: large.put(disturbed, "large.wav"), "bytes_changed")
    assert store.look("large.wav") is None


def test_a_copy_and_a_deletion_whose_answers_are_lost_are_done(
    store: ObjectStore, between: Between, disturbed: ObjectStore, recording: Recording
) -> None:
    recording.put(store, "call.mp3")
    between.spoil("PUT", LOSE_ANSWER, times=ONCE)
    disturbed.copy("call.mp3", "moved.mp3")
    between.spoil("DELETE", LOSE_ANSWER, times=ONCE)
    disturbed.delete("call.mp3")
    assert [found.key for found in store.list("")] == ["moved.mp3"]


def test_who_meets_the_key_taken_after_the_answer_was_lost_is_told(
    store: ObjectStore,
    between: Between,
    disturbed: ObjectStore,
    recording: Recording,
    other: Recording,
) -> None:
    between.spoil("PUT", LOSE_ANSWER, times=ALWAYS)
    recording.put(disturbed, "call.mp3")
    between.times = 0
    with pytest.raises(ObjectDiffers):
        other.put(disturbed, "call.mp3")
    assert store.read_sha256("call.mp3") == recording.sha256


def test_reading_back_that_breaks_off_is_no_verdict(
    store: ObjectStore, between: Between, disturbed: ObjectStore, large: Recording
) -> None:
    large.put(store, "large.wav")
    between.spoil("GET", CUT_ANSWER, times=1)
    refused(lambda: disturbed.read_sha256("large.wav"), "interrupted", outage=True)
    between.spoil("GET", CUT_ANSWER, times=1)
    refused(lambda: disturbed.fetch("large.wav", io.BytesIO()), "interrupted", outage=True)
    assert disturbed.read_sha256("large.wav") == large.sha256


def test_a_disk_that_is_full_is_no_trouble_of_the_store(
    store: ObjectStore, recording: Recording
) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "no space left")

    recording.put(store, "call.mp3")
    with pytest.raises(OSError, match="no space left"):
        store.fetch("call.mp3", Full())
