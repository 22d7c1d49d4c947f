"""Locks and holds that a store refuses, or does not know."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.object_lock import shortfall
from archive.objects import ObjectLock, ObjectStore, StoreError
from archive.s3_parts import PART
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.archive.s3_case import CONTENTS, SHA256, refused
from tests.archive.s3_difficult.connected import connected

LOCK = ObjectLock("compliance", datetime(2031, 11, 17, tzinfo=UTC))

_LOCKED = (
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    "</ObjectLockConfiguration>"
)


@pytest.mark.parametrize("locks", ["refused", "denied"])
@pytest.mark.parametrize("conditions", ["honoured", "unknown"])
def test_what_is_refused_with_a_lock_is_sent_without(
    difficult: DifficultS3, recording: Path, locks: str, conditions: str
) -> None:
    difficult.locks, difficult.conditions = locks, conditions
    store = connected(difficult, ask_after=8)
    for key in ("a.mp3", "b.mp3"):
        store.put(key, recording, SHA256, len(CONTENTS), {}, LOCK)
        found = store.look(key)
        assert found is not None
        assert found.lock is None
    assert difficult.objects == {"a.mp3": CONTENTS, "b.mp3": CONTENTS}
    asked = [one.key for one in difficult.seen if "x-amz-object-lock-mode" in one.headers]
    assert set(asked) == {"a.mp3"}  # then it is known


@pytest.mark.parametrize("locks", ["refused", "denied"])
def test_a_copy_or_an_upload_in_parts_that_is_refused_with_a_lock_is_tried_without(
    difficult: DifficultS3, tmp_path: Path, locks: str
) -> None:
    difficult.locks = locks
    difficult.objects["a.mp3"] = CONTENTS
    store = connected(difficult)
    store.copy("a.mp3", "b.mp3", LOCK)
    assert difficult.objects["b.mp3"] == CONTENTS
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(PART + 1))
    sha256 = hashlib.sha256(large.read_bytes()).hexdigest()
    with pytest.raises(StoreError):  # this server knows no parts
        connected(difficult).put("l.wav", large, sha256, PART + 1, {}, LOCK)
    for method, key in (("PUT", "b.mp3"), ("POST", "l.wav")):
        tried = [one for one in difficult.seen if (one.method, one.key) == (method, key)]
        assert ["x-amz-object-lock-mode" in one.headers for one in tried] == [True, False]


def test_trouble_that_is_not_the_locks_takes_no_lock_away(
    difficult: DifficultS3, recording: Path
) -> None:
    difficult.locks = "refused"
    store = connected(difficult)
    store.look("a.mp3")
    for refusal in (Refusal(403, "SignatureDoesNotMatch"), Refusal(503, "SlowDown"), Refusal()):
        difficult.refusals = {"PUT": refusal}
        difficult.seen.clear()
        with pytest.raises(StoreError):
            store.put("a.mp3", recording, SHA256, len(CONTENTS), {}, LOCK)
        puts = [one for one in difficult.seen if one.method == "PUT"]
        assert puts
        assert all("x-amz-object-lock-mode" in one.headers for one in puts)


def test_nothing_is_asked_of_a_bucket_that_says_it_has_no_lock(
    difficult: DifficultS3, recording: Path
) -> None:
    """It might take the hold for the object's new bytes."""
    store = connected(difficult)
    store.put("a.mp3", recording, SHA256, len(CONTENTS), {}, LOCK)
    assert not store.hold("a.mp3", on=True)
    assert not any("x-amz-object-lock-mode" in one.headers for one in difficult.seen)
    assert difficult.objects == {"a.mp3": CONTENTS}


def test_a_key_that_may_not_ask_for_the_buckets_lock_sets_no_hold(
    difficult: DifficultS3, badly: ObjectStore
) -> None:
    difficult.locks = "denied"
    difficult.objects["a.mp3"] = CONTENTS
    fresh = connected(difficult)
    said = refused(lambda: fresh.hold("a.mp3", on=True), "hold_denied")
    assert "s3:GetBucketObjectLockConfiguration" in said
    assert difficult.objects == {"a.mp3": CONTENTS}
    del badly


def test_a_store_too_busy_to_tell_of_its_locks_is_asked_again(
    difficult: DifficultS3, recording: Path
) -> None:
    store = connected(difficult)
    difficult.refusals = {"GET": Refusal(503, "SlowDown")}
    with pytest.raises(StoreError) as caught:
        store.put("a.mp3", recording, SHA256, len(CONTENTS), {}, LOCK)
    assert caught.value.outage
    difficult.refusals = {}
    store.put("a.mp3", recording, SHA256, len(CONTENTS), {}, LOCK)
    assert difficult.objects == {"a.mp3": CONTENTS}


@pytest.mark.parametrize(
    ("until", "shown"),
    [
        ("2031-11-17T00:00:00Z", LOCK),
        ("2031-11-17T00:00:00", LOCK),
        ("2031-11-17T08:00:00.000+08:00", LOCK),
        ("for ever", None),
    ],
)
def test_however_a_store_writes_until_when_it_is_locked_the_object_can_be_looked_at(
    difficult: DifficultS3, until: str, shown: ObjectLock | None
) -> None:
    difficult.told["object-lock"] = _LOCKED
    difficult.heads = {
        "x-amz-object-lock-mode": "COMPLIANCE",
        "x-amz-object-lock-retain-until-date": until,
    }
    difficult.objects["a.mp3"] = CONTENTS
    if shown is None:
        refused(lambda: connected(difficult).look("a.mp3"), "not_s3", outage=True)
        return
    found = connected(difficult).look("a.mp3")
    assert found is not None
    assert shortfall(LOCK, found.lock) is None
