"""obstore is given what boto3 uses, and what it says of a key goes nowhere."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials

from archive.obstore_requests import (
    Address,
    NotPlainError,
    Requests,
    address_in,
    can_be_sent,
    sent_likewise,
)
from tests.s3_server import KEY, SECRET, S3Server

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20261116/{}/{}/aws4_request, SignedHeaders=host"
NAMED = "张三/通话 1.mp3"


def request(url: str, key: str | None = NAMED, scope: tuple[str, str] = ("r", "s3")) -> Any:
    context = {"input_params": {"Key": key} if key else {}}
    return SimpleNamespace(
        context=context, url=url, headers={"Authorization": SIGNED.format(*scope)}
    )


QUOTED = "/%E5%BC%A0%E4%B8%89/%E9%80%9A%E8%AF%9D%201.mp3"


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        (
            request("http://127.0.0.1:9000/calls" + QUOTED),
            Address("http://127.0.0.1:9000/calls", "r"),
        ),
        (
            request("https://calls.s3.cn-north-1.amazonaws.com.cn" + QUOTED, NAMED, ("cn", "s3")),
            Address("https://calls.s3.cn-north-1.amazonaws.com.cn", "cn"),
        ),
        (request("https://calls.example.com" + QUOTED, NAMED, ("cn", "s3express")), None),
        (request("https://calls.example.com/other"), None),
        (request("https://me:mine@calls.example.com" + QUOTED), None),
        (request("https://calls.example.com?prefix=a", None), None),
    ],
)
def test_the_address_is_the_one_that_boto3_sent_to(asked: Any, address: Address | None) -> None:
    assert address_in(asked) == address


def test_of_a_request_that_is_not_signed_nothing_is_known() -> None:
    asked = request("https://calls.example.com" + QUOTED)
    asked.headers = {}
    assert address_in(asked) is None


@pytest.mark.parametrize(
    ("environment", "proxies", "likewise"),
    [
        ({"AWS_ACCESS_KEY_ID": "a", "NO_PROXY": "localhost"}, {"no": "localhost"}, True),
        ({}, {"https": "http://proxy:3128"}, False),
        ({}, {"all": "socks5://proxy", "no": "localhost"}, False),
        ({"aws_server_side_encryption": "aws:kms"}, {}, False),
        ({"AWS_SSE_BUCKET_KEY_ENABLED": "true"}, {}, False),
    ],
)
def test_what_only_one_of_the_two_would_heed_keeps_obstore_out(
    environment: Mapping[str, str], proxies: Mapping[str, str], likewise: bool
) -> None:
    assert sent_likewise(environment, proxies) == likewise


@pytest.mark.parametrize("key", ["a", "张三/2026-11-16/a b.mp3", "..张三/%2F", "a/.b"])
def test_keys_that_stay_as_they_are(key: str) -> None:
    assert can_be_sent(key)


@pytest.mark.parametrize("key", ["", "a//b", "/a", "a/", "a/./b", "../a", "a\tb", "a\x7f"])
def test_keys_that_would_not(key: str) -> None:
    assert not can_be_sent(key)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "buckets") as running:
        yield running


def requests(server: S3Server, *, checksum: bool = False) -> Requests:
    address = Address(f"{server.endpoint_url}/{server.bucket}", "us-east-1")
    return Requests(address, certificates=None, encrypted=False, checksum=checksum, seconds=5)


def test_the_credentials_are_those_of_each_request(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """boto3 renews them; those of the environment count for nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "others")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "others")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    right = ReadOnlyCredentials(KEY, SECRET, None)
    expired = ReadOnlyCredentials(KEY, "expired", None)
    sending = requests(server)
    sending.put(NAMED, b"a call", {}, right, if_absent=False)
    for _ in range(2):
        found = sending.head(NAMED, right)
        assert found is not None
        assert found.size == len(b"a call")
        with pytest.raises(NotPlainError):
            sending.head(NAMED, expired)
    assert sending.head("other", right) is None


def test_what_went_wrong_names_nobody(server: S3Server) -> None:
    wrong = ReadOnlyCredentials(KEY, "wrong", None)
    sending = requests(server)
    for ask in (
        lambda: sending.head(NAMED, wrong),
        lambda: sending.put(NAMED, b"a call", {}, wrong, if_absent=True),
    ):
        with pytest.raises(NotPlainError) as caught:
            ask()
        said = "".join(traceback.format_exception(caught.value))
        assert "张三" not in said
        assert "%E5%BC%A0" not in said
