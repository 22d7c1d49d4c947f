"""What is sent, and what becomes of it where a store refuses, breaks off or is none at all."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, unquote

import pytest

from archive.object_lock import shortfall
from archive.objects import ObjectDiffers, ObjectLock, ObjectStore, StoreError
from archive.s3 import S3Store, connect
from archive.s3_parts import PART
from config.language import Words
from config.settings import Mirror
from tests.archive.difficult_s3 import ETAG, DifficultS3, Refusal
from tests.archive.s3_case import CONTENTS, EVERY_USE, KEY_OF_CALL, SHA256, put, refused
from tests.s3_server import ENVIRONMENT


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "call.mp3"
    path.write_bytes(CONTENTS)
    return path


def connected(difficult: DifficultS3, ask_after: int = 0, kind: str | None = None) -> S3Store:
    mirror = Mirror("recordings", "", difficult.endpoint_url, None, "path", None, 8, kind)
    return connect(mirror, read_seconds=0.3, ask_after=ask_after)


@pytest.fixture(scope="module")
def running_badly() -> Iterator[tuple[DifficultS3, ObjectStore]]:
    with DifficultS3() as difficult, pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield difficult, connected(difficult)


@pytest.fixture
def difficult(running_badly: tuple[DifficultS3, ObjectStore]) -> DifficultS3:
    running_badly[0].forget()
    return running_badly[0]


@pytest.fixture
def badly(running_badly: tuple[DifficultS3, ObjectStore]) -> ObjectStore:
    return running_badly[1]


def test_a_server_that_never_answers(
    difficult: DifficultS3, badly: ObjectStore, recording: Path
) -> None:
    difficult.refusals = dict.fromkeys(("PUT", "HEAD"), Refusal(silent=True))
    refused(lambda: put(badly, recording), "interrupted", outage=True)


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


@pytest.mark.parametrize(
    "lost", [Refusal(after_storing=True), Refusal(500, "InternalError", after_storing=True)]
)
def test_an_upload_whose_answer_is_lost_counts_when_it_is_there(
    difficult: DifficultS3, badly: ObjectStore, recording: Path, lost: Refusal
) -> None:
    difficult.refusals["PUT"] = lost
    put(badly, recording)
    assert difficult.objects == {KEY_OF_CALL: CONTENTS}


def test_an_upload_cut_off_is_an_outage(
    difficult: DifficultS3, badly: ObjectStore, recording: Path
) -> None:
    difficult.refusals["PUT"] = Refusal()
    refused(lambda: put(badly, recording), "interrupted", outage=True)
    assert difficult.objects == {}


def test_reading_back_a_body_cut_short_is_no_verdict(
    difficult: DifficultS3, badly: ObjectStore
) -> None:
    difficult.refusals["GET"] = Refusal(
        200, headers={**ETAG, "Content-Length": "999"}, body="short"
    )
    refused(lambda: badly.read_sha256(KEY_OF_CALL), "interrupted", outage=True)


def test_a_refusal_cut_short_is_an_outage(difficult: DifficultS3, badly: ObjectStore) -> None:
    chunks = {"Transfer-Encoding": "chunked"}
    difficult.refusals["GET"] = Refusal(403, headers=chunks, body="no chunk")
    refused(lambda: badly.read_sha256(KEY_OF_CALL), "interrupted", outage=True)


def test_a_checksum_of_checksums_is_none(difficult: DifficultS3, badly: ObjectStore) -> None:
    difficult.objects = {KEY_OF_CALL: CONTENTS}
    difficult.checksum = base64.b64encode(bytes.fromhex(SHA256)).decode()
    found = badly.look(KEY_OF_CALL)
    assert found is not None
    assert found.sha256 == SHA256
    difficult.checksum += "-3"
    found = badly.look(KEY_OF_CALL)
    assert found is not None
    assert found.sha256 is None


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-amz-checksum-sha256", "a"),
        ("x-amz-missing-meta", "a"),
        ("Last-Modified", "a"),
        ("Last-Modified", "1731750000000"),
    ],
)
def test_an_answer_whose_values_are_none_is_not_s3(
    difficult: DifficultS3, badly: ObjectStore, header: str, value: str
) -> None:
    difficult.refusals["HEAD"] = Refusal(200, headers={**ETAG, header: value}, body="")
    refused(lambda: badly.look(KEY_OF_CALL), "not_s3", outage=True)


@pytest.mark.parametrize(
    "contents",
    [
        "<Key>a.mp3</Key><Size>1</Size><LastModified>2026-13-45T00:00:00Z</LastModified>",
        "<Key>a.mp3</Key><Size>large</Size>",
        "<Key>a.mp3</Key>",
        "<Size>1</Size>",
    ],
)
def test_a_list_whose_values_are_none_is_not_s3(
    difficult: DifficultS3, badly: ObjectStore, contents: str
) -> None:
    page = f"<IsTruncated>false</IsTruncated><Contents>{contents}</Contents>"
    body = f"<?xml version='1.0'?><ListBucketResult>{page}</ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=body)
    refused(lambda: list(badly.list("")), "not_s3", outage=True)


def test_a_list_out_of_order_is_refused(difficult: DifficultS3, badly: ObjectStore) -> None:
    contents = "".join(
        f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in ("b.mp3", "a.mp3")
    )
    body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=f"<?xml version='1.0'?>{body}")
    refused(lambda: list(badly.list("")), "unsorted")


MEANINGS = [
    (403, "AccessDenied", "access_denied", False),
    (403, "InvalidAccessKeyId", "unknown_key", False),
    (400, "ExpiredToken", "expired_key", False),
    (403, "SignatureDoesNotMatch", "wrong_secret", False),
    (403, "RequestTimeTooSkewed", "wrong_clock", False),
    (404, "NoSuchBucket", "no_such_bucket", False),
    (400, "InvalidBucketName", "bad_bucket_name", False),
    (301, "PermanentRedirect", "wrong_region", False),
    (400, "AuthorizationHeaderMalformed", "wrong_region", False),
    (403, "SecondLevelDomainForbidden", "path_style", False),
    (403, "PathStyleDomainForbidden", "path_style", False),
    (400, "VirtualHostDomainRequired", "path_style", False),
    (403, "SomethingOfTheirOwn", "access_denied", False),
    (400, "SomethingOfTheirOwn", "refused", False),
    (501, "NotImplemented", "refused", False),
    (503, "SlowDown", "busy", True),
    (429, "", "busy", True),
    (400, "RequestTimeout", "interrupted", True),
    (500, "InternalError", "server_error", True),
    (507, "InsufficientStorage", "server_error", True),
]


@pytest.mark.parametrize(("status", "code", "sentence", "outage"), MEANINGS)
def test_what_a_refusal_means(
    difficult: DifficultS3,
    badly: ObjectStore,
    status: int,
    code: str,
    sentence: str,
    *,
    outage: bool,
) -> None:
    difficult.refusals["GET"] = Refusal(status, code)
    said = refused(badly.check, sentence, outage=outage)
    assert difficult.endpoint_url in said or "recordings" in said


@pytest.mark.parametrize("code", ["BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"])
def test_bytes_damaged_on_their_way(
    difficult: DifficultS3, badly: ObjectStore, recording: Path, code: str
) -> None:
    difficult.refusals["PUT"] = Refusal(400, code)
    with pytest.raises(StoreError) as caught:
        put(badly, recording)
    assert (caught.value.message.key, caught.value.outage) == ("store.bytes_changed", False)
    assert KEY_OF_CALL in Words("en").say(caught.value.message)


def test_another_writer_at_the_same_key_is_waited_for(
    difficult: DifficultS3, badly: ObjectStore, recording: Path
) -> None:
    difficult.refusals["PUT"] = Refusal(409, "ConditionalRequestConflict")
    refused(lambda: put(badly, recording), "busy", outage=True)


def test_a_refused_head_is_explained(difficult: DifficultS3, badly: ObjectStore) -> None:
    difficult.refusals = {"HEAD": Refusal(403), "GET": Refusal(403, "RequestTimeTooSkewed")}
    refused(lambda: badly.look(KEY_OF_CALL), "wrong_clock")
    difficult.refusals = {"HEAD": Refusal(403)}
    refused(lambda: badly.look(KEY_OF_CALL), "access_denied")


def test_the_right_region_is_named(difficult: DifficultS3, badly: ObjectStore) -> None:
    here = {"x-amz-bucket-region": "cn-northwest-1"}
    difficult.refusals["GET"] = Refusal(400, "AuthorizationHeaderMalformed", headers=here)
    assert "cn-northwest-1" in refused(badly.check, "wrong_region")


def test_a_list_goes_on_after_its_last_key(difficult: DifficultS3, badly: ObjectStore) -> None:
    """Ceph encodes keys as it is asked to, and the marker not."""
    page = "<IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>"
    page += "<Contents><Key>a%252Fb</Key><Size>1</Size></Contents><NextMarker>a%2Fb</NextMarker>"
    body = f"<?xml version='1.0'?><ListBucketResult>{page}</ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=body)
    listed = badly.list("")
    assert next(listed).key == "a%2Fb"
    refused(lambda: next(listed), "unsorted")  # since the second page is the first one again
    assert parse_qs(difficult.seen[-1].query)["marker"] == ["a%2Fb"]


def test_a_list_that_goes_on_with_nothing_is_refused(
    difficult: DifficultS3, badly: ObjectStore
) -> None:
    body = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=f"<?xml version='1.0'?>{body}")
    refused(lambda: list(badly.list("")), "not_s3", outage=True)


@pytest.mark.parametrize("body", ["<html><body>Please log in</body></html>", ""])
def test_a_log_in_page_is_not_s3(
    difficult: DifficultS3, badly: ObjectStore, recording: Path, body: str
) -> None:
    difficult.refusals = dict.fromkeys(("GET", "HEAD", "PUT"), Refusal(200, body=body))
    for name, use in EVERY_USE.items():
        if name != "delete":  # its answer carries nothing that could be checked
            refused(partial(use, badly, recording), "not_s3", outage=True)


@pytest.mark.parametrize("page", [Refusal(200, body="<html></html>"), Refusal(200, body="")])
def test_a_log_in_page_before_a_large_upload(
    difficult: DifficultS3, badly: ObjectStore, tmp_path: Path, page: Refusal
) -> None:
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(PART + 1))
    sha256 = hashlib.sha256(large.read_bytes()).hexdigest()
    difficult.refusals = {"POST": page, "GET": page}
    refused(lambda: badly.put("l", large, sha256, PART + 1, {}), "not_s3", outage=True)
    assert difficult.objects == {}


@pytest.mark.parametrize("uploads", ["{}", "nothing", "no time"])
def test_a_store_that_cannot_list_uploads_is_sent_large_objects_all_the_same(
    difficult: DifficultS3, badly: ObjectStore, tmp_path: Path, uploads: str
) -> None:
    begun = {"nothing": "", "no time": "<Key>l</Key><Initiated>soon</Initiated>"}.get(uploads)
    if begun is not None:
        uploads = f"<ListMultipartUploadsResult><Upload>{begun}</Upload>"
        uploads = f"<?xml version='1.0'?>{uploads}</ListMultipartUploadsResult>"
    large = tmp_path / "large.wav"
    large.write_bytes(bytes(PART + 1))
    # Of what is no XML boto makes an error of its own, or with most statuses a refusal.
    difficult.refusals["GET"] = Refusal(206 if uploads == "{}" else 200, body=uploads)
    # This server knows no uploads: that it is asked to begin one is what is looked at.
    refused(lambda: badly.put("l", large, SHA256, PART + 1, {}), "refused")
    assert "POST" in difficult.methods()


def test_an_error_page_is_an_error(difficult: DifficultS3, badly: ObjectStore) -> None:
    difficult.refusals["GET"] = Refusal(200, body="<html>not even closed")
    refused(badly.check, "server_error", outage=True)
    difficult.refusals["GET"] = Refusal(403, body="<html>not even closed")
    refused(badly.check, "access_denied")


def test_deleting_what_the_store_calls_missing(difficult: DifficultS3, badly: ObjectStore) -> None:
    badly.delete(KEY_OF_CALL)
    difficult.refusals["DELETE"] = Refusal(404, "NoSuchBucket")
    refused(lambda: badly.delete(KEY_OF_CALL), "no_such_bucket")


def test_no_name_reaches_the_logs(
    difficult: DifficultS3,
    badly: ObjectStore,
    recording: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    difficult.refusals = dict.fromkeys(("PUT", "GET", "HEAD"), Refusal())
    for use in (EVERY_USE["put"], EVERY_USE["look"], EVERY_USE["read"]):
        refused(partial(use, badly, recording), "interrupted", outage=True)
    assert "张三" not in unquote(caplog.text)


# Locks that are refused


LOCK = ObjectLock("compliance", datetime(2031, 11, 17, tzinfo=UTC))


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
    refused(lambda: fresh.hold("a.mp3", on=True), "access_denied")
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


_LOCKED = (
    "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    "</ObjectLockConfiguration>"
)
