"""What a store's refusals mean."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from archive.objects import ObjectStore
from archive.s3_advice import Advice
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.archive.s3_case import EVERY_USE, KEY_OF_CALL, put, refused
from tests.archive.s3_difficult.connected import connected

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
    (403, "UserDisable", "account_blocked", False),
    (403, "InArrearOrInsufficientBalance", "account_blocked", False),
    (403, "AllAccessDisabled", "account_blocked", False),
    (402, "", "account_blocked", False),
    (403, "InvalidObjectState", "frozen", False),
    (403, "QuotaExceeded", "full", True),
    (400, "KMS.DisabledException", "encryption_refused", False),
    (403, "KmsServiceNotEnabled", "encryption_refused", False),
    (507, "XMinioStorageFull", "full", True),
    (507, "", "full", True),
    (407, "", "not_s3", True),
    (307, "TemporaryRedirect", "busy", True),
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


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_page_that_sends_elsewhere_is_not_s3(
    difficult: DifficultS3, badly: ObjectStore, recording: Path, status: int
) -> None:
    """A hotel's log-in, or a server that wants https: boto would ask without end where to go."""
    headers = {"Location": "https://127.0.0.1:9/", "Connection": "close"}
    elsewhere = Refusal(status, headers=headers, body="")
    difficult.refusals = dict.fromkeys(("GET", "HEAD", "PUT", "POST", "DELETE"), elsewhere)
    for use in EVERY_USE.values():
        difficult.seen = []
        refused(partial(use, badly, recording), "not_s3", outage=True)
        assert len(difficult.seen) < 5


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


@pytest.mark.parametrize(
    ("bucket", "scheme", "sentence"),
    [
        ("a.b", "https", "dotted_bucket"),
        ("a.b", "http", "path_style"),
        ("a-b", "https", "path_style"),
    ],
)
def test_where_only_the_path_is_possible_no_other_style_is_advised(
    bucket: str, scheme: str, sentence: str
) -> None:
    advice = Advice(bucket, f"{scheme}://obs.example.com", None)
    error = advice.on_refusal("VirtualHostDomainRequired", 400, key="", expected_region="?")
    assert error.message.key == f"store.{sentence}"
    assert error.ends_work


@pytest.mark.parametrize(
    ("code", "key", "encryption", "sentence"),
    [
        ("NotImplemented", "a.mp3", "aws:kms", "encryption_refused"),
        ("InvalidArgument", "a.mp3", "AES256", "encryption_refused"),
        ("InvalidArgument", "a.mp3", "none", "refused"),
        ("InvalidArgument", "", "aws:kms", "refused"),
    ],
)
def test_an_object_is_refused_for_its_encryption_only_where_some_was_asked_for(
    code: str, key: str, encryption: str, sentence: str
) -> None:
    advice = Advice("recordings", "https://minio.example.com", None, encryption)
    error = advice.on_refusal(
        code, 501 if code == "NotImplemented" else 400, key=key, expected_region="?"
    )
    assert error.message.key == f"store.{sentence}"


@pytest.mark.parametrize("encryption", ["none", "AES256", "aws:kms"])
def test_a_store_that_fails_for_want_of_a_key_is_told_so(
    difficult: DifficultS3, recording: Path, encryption: str
) -> None:
    """So SeaweedFS answers."""
    store = connected(difficult, encryption=encryption)
    difficult.keyless = True
    difficult.refusals = {} if encryption != "none" else {"PUT": Refusal(500, "InternalError")}
    sentence = "server_error" if encryption == "none" else "encryption_failed"
    said = refused(lambda: put(store, recording), sentence, outage=True)
    assert encryption == "none" or f'encryption = "{encryption}"' in said
    difficult.refusals = {"GET": Refusal(500, "InternalError")}
    refused(lambda: store.read_sha256(KEY_OF_CALL), "server_error", outage=True)


def test_an_error_page_is_an_error(difficult: DifficultS3, badly: ObjectStore) -> None:
    difficult.refusals["GET"] = Refusal(200, body="<html>not even closed")
    refused(badly.check, "server_error", outage=True)
    difficult.refusals["GET"] = Refusal(403, body="<html>not even closed")
    refused(badly.check, "access_denied")


def test_deleting_what_the_store_calls_missing(difficult: DifficultS3, badly: ObjectStore) -> None:
    badly.delete(KEY_OF_CALL)
    difficult.refusals["DELETE"] = Refusal(404, "NoSuchBucket")
    refused(lambda: badly.delete(KEY_OF_CALL), "no_such_bucket")
