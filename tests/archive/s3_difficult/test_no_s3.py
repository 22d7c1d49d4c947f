"""Answers that no S3 store would give, and lists that go on wrongly."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from archive.connecting import connect_for_sending
from archive.layout import CUSTODY
from archive.objects import ObjectStore
from archive.s3_parts import PART
from config.settings import Mirror
from tests.archive.difficult_s3 import ETAG, DifficultS3, Refusal
from tests.archive.s3_case import CONTENTS, EVERY_USE, KEY_OF_CALL, SHA256, refused
from tests.archive.s3_difficult.connected import connected
from tests.archive.small_archive import SmallArchive


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


def test_a_size_that_nothing_has_is_not_s3(difficult: DifficultS3) -> None:
    page = (
        f"<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>{1 << 64}</Size></Contents>"
    )
    body = f"<?xml version='1.0'?><ListBucketResult>{page}</ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=body)
    store = connected(difficult, kind="seaweedfs")
    refused(lambda: list(store.list("")), "not_s3", outage=True)


def test_a_list_out_of_order_is_refused(difficult: DifficultS3, badly: ObjectStore) -> None:
    contents = "".join(
        f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in ("b.mp3", "a.mp3")
    )
    body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=f"<?xml version='1.0'?>{body}")
    refused(lambda: list(badly.list("")), "unsorted")


def test_nothing_is_sent_where_a_list_out_of_order_hides_whose_history_it_is(
    difficult: DifficultS3, archive: SmallArchive
) -> None:
    difficult.pages = [[f"{CUSTODY}/2026-11-{day}/{day}.jsonl" for day in (17, 16)]]
    mirror = Mirror("recordings", "", difficult.endpoint_url, None, "path", None, 2)
    root, catalogue = archive.store.root, archive.catalogue
    refused(lambda: connect_for_sending(mirror, root, catalogue), "unsorted")


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


def test_what_is_listed_by_folder_is_put_in_order(difficult: DifficultS3) -> None:
    """And in no order where the store keeps versions: only its own token says how to go on."""
    difficult.server = "SeaweedFS 8000GB 4.48"
    difficult.pages = [["a/b", "a b", "B"], ["张", "a-b", "\U00020bb7", "a/"], ["\uff21", "a"]]
    store = connected(difficult)
    ordered = ["B", "a", "a b", "a-b", "a/b", "张", "\uff21", "\U00020bb7"]
    assert [found.key for found in store.list("")] == ordered
    assert [found.key for found in store.list("", "a-b")] == ordered[4:]
    assert next(store.list("")).key == "B"


def test_what_lies_beyond_a_key_costs_no_list_of_what_lies_before(difficult: DifficultS3) -> None:
    """Each pass asks so for the newest custody files, of which there are ten thousands some day."""
    difficult.server = "SeaweedFS"
    days = [f"custody/2026-11-{day:02d}/{day:04d}.jsonl" for day in range(1, 31)]
    # By key these lie beyond the 29th's, and by folder before.
    odd = ["custody/2026/1.jsonl", "custody/2026-11-29/0029/1", "custody/2026-11/1", "custody/a"]
    difficult.objects = dict.fromkeys([*days, *odd, "custody.jsonl", "d"], b"")
    store = connected(difficult, kind="seaweedfs")
    beyond = sorted(key for key in [*days, *odd] if key > days[28])
    assert [found.key for found in store.list("custody/", days[28])] == beyond
    prefixes = [parse_qs(seen.query)["prefix"][0] for seen in difficult.seen]
    assert sorted(prefixes) == [
        *("custody/", "custody/2026-11-29/", "custody/2026-11-29/0029/", "custody/2026-11-30/"),
        *("custody/2026-11/", "custody/2026/"),
    ]


def test_a_whole_list_costs_a_request_for_each_page_however_many_folders_there_are(
    difficult: DifficultS3,
) -> None:
    difficult.objects = dict.fromkeys([f"客户{number:02d}/call.mp3" for number in range(20)], b"")
    store = connected(difficult, kind="seaweedfs")
    assert len(list(store.list(""))) == 20
    assert difficult.methods() == "GET"


def test_whether_anything_is_there_costs_no_list(difficult: DifficultS3) -> None:
    difficult.server = "SeaweedFS"
    store = connected(difficult, kind="seaweedfs")
    assert store.is_empty()
    difficult.pages = [["a/", "b"], ["c"], ["d"]]
    difficult.seen.clear()
    assert not store.is_empty()
    assert difficult.methods() == "GET"
    difficult.pages = [["a/"], ["c"]]
    assert not store.is_empty()
    difficult.pages = [["a/"], ["c/"]]
    assert store.is_empty()


def test_who_says_that_it_lists_by_folder_is_believed(difficult: DifficultS3) -> None:
    """A server in between may say another name; the settings say `store = "seaweedfs"`."""
    difficult.pages = [["a/b", "a-b"], ["b"]]
    refused(lambda: list(connected(difficult).list("")), "unsorted")
    store = connected(difficult, kind="seaweedfs")
    assert [found.key for found in store.list("")] == ["a-b", "a/b", "b"]


def test_what_is_listed_twice_is_refused(difficult: DifficultS3) -> None:
    difficult.server = "SeaweedFS"
    difficult.pages = [["a/b", "a-b"], ["a/b"]]
    refused(lambda: list(connected(difficult).list("")), "pages_do_not_fit", outage=True)


def test_where_to_go_on_that_no_xml_can_say_is_not_believed(difficult: DifficultS3) -> None:
    """Of a name with a control character SeaweedFS writes another one, and leaves out what lies
    between the two.
    """
    difficult.server = "SeaweedFS"
    difficult.pages = [["a"], ["b"]]
    difficult.token = "a\ufffd"
    refused(lambda: list(connected(difficult).list("")), "pages_do_not_fit", outage=True)


def test_a_store_that_goes_on_where_it_was_is_not_asked_without_end(
    difficult: DifficultS3,
) -> None:
    page = "<IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken>"
    page += "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>"
    body = f"<?xml version='1.0'?><ListBucketResult>{page}</ListBucketResult>"
    difficult.refusals["GET"] = Refusal(200, body=body)
    store = connected(difficult, kind="seaweedfs")
    refused(lambda: list(store.list("", "b")), "pages_do_not_fit", outage=True)
    assert difficult.methods() == "GET GET"


@pytest.mark.skipif(os.name == "nt", reason="has no such limit")
def test_a_list_that_finds_no_room_to_be_put_in_order(difficult: DifficultS3) -> None:
    import resource

    difficult.server = "SeaweedFS"
    difficult.pages = [[f"{page}-{key:0900}" for key in range(1000)] for page in range(5)]
    store = connected(difficult)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        refused(lambda: list(store.list("")), "cannot_sort", outage=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sum(1 for _ in store.list("")) == 5000


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
    page = Refusal(200, headers={"Connection": "close"}, body=body)
    difficult.refusals = dict.fromkeys(("GET", "HEAD", "PUT", "DELETE"), page)
    for use in EVERY_USE.values():
        refused(partial(use, badly, recording), "not_s3", outage=True)


def test_what_is_there_in_spite_of_a_yes_is_not_called_deleted(
    difficult: DifficultS3, badly: ObjectStore
) -> None:
    difficult.objects = {KEY_OF_CALL: CONTENTS}
    difficult.refusals["DELETE"] = Refusal(200, body="")
    refused(lambda: badly.delete(KEY_OF_CALL), "refused")
    difficult.objects = {}
    assert not badly.delete(KEY_OF_CALL)


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
