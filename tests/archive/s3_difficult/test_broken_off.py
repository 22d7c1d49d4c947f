"""What breaks off, is damaged on its way, or never comes."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from urllib.parse import unquote

import pytest

from archive.objects import ObjectStore, StoreError
from config.language import Words
from tests.archive.difficult_s3 import ETAG, DifficultS3, Refusal
from tests.archive.s3_case import CONTENTS, EVERY_USE, KEY_OF_CALL, put, refused


def test_a_server_that_never_answers(
    difficult: DifficultS3, badly: ObjectStore, recording: Path
) -> None:
    difficult.refusals = dict.fromkeys(("PUT", "HEAD"), Refusal(silent=True))
    refused(lambda: put(badly, recording), "interrupted", outage=True)


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


@pytest.mark.parametrize("code", ["BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"])
def test_bytes_damaged_on_their_way(
    difficult: DifficultS3, badly: ObjectStore, recording: Path, code: str
) -> None:
    difficult.refusals["PUT"] = Refusal(400, code)
    with pytest.raises(StoreError) as caught:
        put(badly, recording)
    assert (caught.value.message.key, caught.value.outage) == ("store.bytes_changed", False)
    assert KEY_OF_CALL in Words("en").say(caught.value.message)


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
