"""What an upload carries, and how what is under its key already is left alone."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest

from archive.objects import ObjectDiffers, StoreError
from tests.archive.difficult_s3 import DifficultS3
from tests.archive.s3_case import CONTENTS, KEY_OF_CALL, SHA256, put
from tests.archive.s3_difficult.connected import connected


def test_what_an_upload_carries(difficult: DifficultS3, recording: Path) -> None:
    put(connected(difficult), recording, {"name": "张三 1+1%.mp3", "call": "a" * 3000})
    request = next(seen for seen in difficult.seen if seen.method == "PUT")
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert request.key == KEY_OF_CALL
    assert base64.b64decode(headers["x-amz-checksum-sha256"]).hex() == SHA256
    md5 = hashlib.md5(CONTENTS, usedforsecurity=False).digest()
    assert base64.b64decode(headers["content-md5"]) == md5
    assert headers["x-amz-content-sha256"] == SHA256
    assert headers["if-none-match"] == "*"
    assert headers["x-amz-meta-sha256"] == SHA256
    assert unquote(headers["x-amz-meta-name"]) == "张三 1+1%.mp3"
    # The store would refuse the whole upload for metadata over 2 KB.
    assert "x-amz-meta-call" not in headers
    assert not {"expect", "x-amz-trailer", "transfer-encoding", "content-encoding"} & set(headers)


def test_a_store_that_keeps_what_is_there_is_not_asked_before_each_upload(
    difficult: DifficultS3, recording: Path
) -> None:
    """The first upload tells, by the same bytes once more."""
    store = connected(difficult)
    put(store, recording)
    assert difficult.methods() == "HEAD PUT PUT"
    assert store.refuses_overwriting
    store.put("b.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.methods() == "HEAD PUT PUT PUT"
    put(store, recording)
    assert difficult.methods() == "HEAD PUT PUT PUT PUT HEAD GET"


def test_a_store_is_asked_what_it_does_only_where_there_is_much_to_send(
    difficult: DifficultS3, recording: Path
) -> None:
    store = connected(difficult, ask_after=2)
    for number in range(2):
        store.put(f"{number}.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.methods() == "HEAD PUT HEAD PUT"
    for number in range(2, 5):
        store.put(f"{number}.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.methods() == "HEAD PUT HEAD PUT HEAD PUT PUT PUT PUT"


@pytest.mark.parametrize("conditions", ["ignored", "unknown"])
def test_a_store_that_overwrites_is_looked_at_before_each_upload(
    difficult: DifficultS3, recording: Path, conditions: str
) -> None:
    difficult.conditions = conditions
    store = connected(difficult)
    put(store, recording)
    assert difficult.methods() == "HEAD PUT PUT" if conditions == "ignored" else "HEAD PUT HEAD PUT"
    assert not store.refuses_overwriting
    asked = len(difficult.seen)
    store.put("b.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.methods().split()[asked:] == ["HEAD", "PUT"]
    assert difficult.objects == {KEY_OF_CALL: CONTENTS, "b.mp3": CONTENTS}


@pytest.mark.parametrize("conditions", ["honoured", "ignored", "unknown"])
def test_a_key_taken_by_other_bytes_is_left_alone(
    difficult: DifficultS3, recording: Path, conditions: str
) -> None:
    difficult.conditions = conditions
    store = connected(difficult)
    for taken in (b"other bytes", bytes(len(CONTENTS))):
        difficult.objects = {KEY_OF_CALL: taken}
        with pytest.raises(ObjectDiffers):
            put(store, recording)
        store.put("b.mp3", recording, SHA256, len(CONTENTS), {})  # now it is known
        with pytest.raises(ObjectDiffers):
            put(store, recording)
        assert difficult.objects == {KEY_OF_CALL: taken, "b.mp3": CONTENTS}


def test_aliyun_is_asked_by_its_own_header(difficult: DifficultS3, recording: Path) -> None:
    difficult.conditions = "aliyun"
    store = connected(difficult, kind="aliyun")
    put(store, recording)
    assert store.refuses_overwriting
    sent = [request.headers for request in difficult.seen if request.method == "PUT"]
    assert [headers.get("x-oss-forbid-overwrite") for headers in sent] == ["true", "true"]
    assert "x-oss-forbid-overwrite" in sent[0]["Authorization"]  # it is signed
    assert not any("If-None-Match" in headers for headers in sent)
    difficult.objects = {"b.mp3": b"other bytes"}
    asked = len(difficult.seen)
    with pytest.raises(ObjectDiffers):
        store.put("b.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.methods().split()[asked:][0] == "PUT"  # not looked at before
    assert difficult.objects == {"b.mp3": b"other bytes"}


@pytest.mark.parametrize("code", ["InvalidArgument", "InvalidRequest"])
def test_a_condition_that_a_store_calls_invalid_is_left_out(
    difficult: DifficultS3, recording: Path, code: str
) -> None:
    difficult.conditions = code
    store = connected(difficult, kind="aliyun")
    put(store, recording)
    assert difficult.methods() == "HEAD PUT HEAD PUT" or difficult.methods() == "HEAD PUT PUT"
    assert not store.refuses_overwriting
    store.put("b.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.objects == {KEY_OF_CALL: CONTENTS, "b.mp3": CONTENTS}


def test_who_knows_that_a_store_refuses_never_writes_without_the_condition(
    difficult: DifficultS3, recording: Path
) -> None:
    """A store that changes its mind has keys that nobody looked at."""
    store = connected(difficult)
    put(store, recording)
    assert store.refuses_overwriting
    difficult.conditions = "unknown"
    difficult.objects = {"b.mp3": b"other bytes"}
    with pytest.raises(StoreError):
        store.put("b.mp3", recording, SHA256, len(CONTENTS), {})
    assert difficult.objects == {"b.mp3": b"other bytes"}


def test_a_store_that_does_not_tell_what_it_does_is_looked_at(
    difficult: DifficultS3, recording: Path
) -> None:
    difficult.conditions = "refused"
    store = connected(difficult)
    put(store, recording)
    assert not store.refuses_overwriting
    assert difficult.objects == {KEY_OF_CALL: CONTENTS}


def test_workers_that_find_out_together(difficult: DifficultS3, recording: Path) -> None:
    difficult.conditions = "unknown"
    store = connected(difficult)
    keys = [f"{number}.mp3" for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: store.put(key, recording, SHA256, len(CONTENTS), {}), keys))
    assert sorted(difficult.objects) == sorted(keys)
