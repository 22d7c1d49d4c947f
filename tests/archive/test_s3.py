"""The mirror over a real S3 server: outages, wrong settings, wrong credentials."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from archive.objects import ObjectDiffers, ObjectStore, StoreError
from archive.s3 import connect
from archive.s3_client import addressing
from config.language import Words
from config.settings import Mirror
from tests.archive.s3_case import CONTENTS, EVERY_USE, KEY_OF_CALL, SHA256, put, refused
from tests.s3_server import KEY, SECRET, S3Server


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "call.mp3"
    path.write_bytes(CONTENTS)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s3") / "data"


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[S3Server]:
    with S3Server(folder) as running, pytest.MonkeyPatch.context() as patch:
        running.sign_in(patch)
        yield running


@pytest.fixture(scope="module")
def mirror(server: S3Server) -> Mirror:
    return Mirror(server.bucket, "", server.endpoint_url, None, "auto", None, workers=4)


@pytest.fixture(scope="module")
def bucket(mirror: Mirror) -> ObjectStore:
    return connect(mirror)


def test_an_outage_is_seen_quickly_and_passes(
    server: S3Server, bucket: ObjectStore, recording: Path
) -> None:
    server.stop()
    before = time.monotonic()
    try:
        for use in EVERY_USE.values():
            said = refused(partial(use, bucket, recording), "unreachable", outage=True)
            assert server.endpoint_url in said
    finally:
        server.start()
    assert time.monotonic() - before < 10
    put(bucket, recording)
    assert bucket.read_sha256(KEY_OF_CALL) == SHA256


def test_a_name_that_does_not_resolve_is_an_outage(mirror: Mirror) -> None:
    store = connect(replace(mirror, endpoint_url="http://nowhere.invalid:9000"))
    assert "nowhere.invalid" in refused(store.check, "unreachable", outage=True)


def test_a_certificate_that_nobody_trusts(tmp_path: Path, mirror: Mirror) -> None:
    certificate = Path(__file__).parent / "tls" / "loopback.pem"
    with S3Server(tmp_path / "data", certificate=certificate) as secure:
        store = connect(replace(mirror, endpoint_url=secure.endpoint_url))
        assert "AWS_CA_BUNDLE" in refused(store.check, "untrusted", outage=True)


def test_a_certificate_of_the_offices_own_authority(
    tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named in the profile, since a service sees no environment."""
    tls = Path(__file__).parent / "tls"
    config = tmp_path / "config"
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    config.write_text(f"[profile office]\nca_bundle = {tls / 'trusted.pem'}\n{keys}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    with S3Server(tmp_path / "data", certificate=tls / "vouched.pem") as secure:
        theirs = replace(mirror, endpoint_url=secure.endpoint_url)
        assert "ca_bundle" in refused(connect(theirs).check, "untrusted", outage=True)
        connect(replace(theirs, profile="office")).check()


def test_no_credentials(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    said = refused(connect(mirror).check, "no_credentials")
    assert "AWS_ACCESS_KEY_ID" in said
    assert "[mirror] profile" in said


def test_half_of_the_credentials(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    refused(lambda: connect(mirror).check(), "no_credentials")


def test_missing_profile(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "credit" in refused(lambda: connect(replace(mirror, profile="credit")), "no_profile")
    monkeypatch.setenv("AWS_PROFILE", "legal")
    assert "legal" in refused(lambda: connect(mirror), "no_profile")


def test_a_profile_gives_the_credentials(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[credit]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone-else")
    connect(replace(mirror, profile="credit")).check()


def test_an_unreadable_aws_file(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("this is no section")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert "~/.aws" in refused(lambda: connect(mirror), "refused_here")


def test_bucket_name_that_cannot_be(mirror: Mirror) -> None:
    assert "催收" in refused(connect(replace(mirror, bucket="催收")).check, "bad_bucket_name")


@pytest.mark.parametrize("url", ["10.0.0.1:9000", "http://", "ftp//x"])
def test_endpoint_that_cannot_be(mirror: Mirror, url: str) -> None:
    assert url in refused(lambda: connect(replace(mirror, endpoint_url=url)), "bad_endpoint")


def test_region_that_cannot_be(mirror: Mirror) -> None:
    said = refused(lambda: connect(replace(mirror, region="北京")).check(), "refused_here")
    assert "[mirror]" in said


def test_a_password_in_the_endpoint_is_not_shown(mirror: Mirror) -> None:
    address = f"http://admin:{SECRET}@nowhere.invalid"
    with pytest.raises(StoreError) as caught:
        connect(replace(mirror, endpoint_url=address)).check()
    assert SECRET not in Words("zh").say(caught.value.message)
    assert "http://nowhere.invalid" in Words("zh").say(caught.value.message)


def test_the_settings_endpoint_beats_the_environment(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://nowhere.invalid")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://nowhere.invalid")
    connect(mirror).check()


@pytest.mark.parametrize(
    ("style", "endpoint_url", "expected"),
    [
        ("auto", None, "auto"),
        ("auto", "http://127.0.0.1:9000", "path"),
        ("auto", "http://localhost:9000", "path"),
        ("auto", "http://[::1]:9000", "path"),
        ("auto", "https://minio.office.example", "auto"),
        ("auto", "https://oss-cn-shanghai.aliyuncs.com", "virtual"),
        ("auto", "https://cos.ap-guangzhou.myqcloud.com", "virtual"),
        ("auto", "https://obs.cn-north-4.myhuaweicloud.com", "virtual"),
        ("path", "https://oss-cn-shanghai.aliyuncs.com", "path"),
        ("virtual", "http://127.0.0.1:9000", "virtual"),
        ("path", None, "path"),
    ],
)
def test_addressing(style: str, endpoint_url: str | None, expected: str) -> None:
    assert addressing(style, endpoint_url) == expected


@pytest.mark.parametrize(
    ("style", "store", "expected"),
    [
        ("auto", "aliyun", "virtual"),
        ("auto", "ceph", "path"),
        ("auto", "minio", "path"),
        ("auto", "aws", "auto"),
        ("path", "aliyun", "path"),
        ("virtual", "ceph", "virtual"),
    ],
)
def test_addressing_of_a_store_by_its_name(style: str, store: str, expected: str) -> None:
    """Behind a domain of the office's own, nothing but its name tells whose store it is."""
    assert addressing(style, "https://files.office.example", store) == expected


@pytest.mark.parametrize(
    ("prefix", "folder_of_call"),
    [("", ""), ("/", ""), ("callvault", "callvault"), ("\\济南\\//二部/", "济南/二部")],
)
def test_the_prefix_is_added_and_taken_off(
    server: S3Server,
    mirror: Mirror,
    folder: Path,
    recording: Path,
    prefix: str,
    folder_of_call: str,
) -> None:
    store = connect(replace(mirror, prefix=prefix))
    put(store, recording)
    lying = folder / server.bucket / folder_of_call / KEY_OF_CALL
    assert lying.read_bytes() == CONTENTS
    assert [found.key for found in store.list("张三")] == [KEY_OF_CALL]
    store.delete(KEY_OF_CALL)
    assert not lying.exists()


def test_a_server_that_forgot_its_checksums_is_read_back(
    server: S3Server, bucket: ObjectStore, folder: Path, recording: Path
) -> None:
    put(bucket, recording)
    server.stop()
    server.start()
    found = bucket.look(KEY_OF_CALL)
    assert found is not None
    assert found.sha256 is None
    put(bucket, recording)
    (folder / server.bucket / KEY_OF_CALL).write_bytes(CONTENTS.upper())
    with pytest.raises(ObjectDiffers):
        put(bucket, recording)


def test_a_long_list_comes_whole_and_sorted(
    server: S3Server, bucket: ObjectStore, folder: Path
) -> None:
    many = folder / server.bucket / "many"
    many.mkdir()
    for number in range(1500):
        (many / f"{number}.mp3").write_bytes(b"")
    assert [found.key for found in bucket.list("many/")] == sorted(
        f"many/{number}.mp3" for number in range(1500)
    )
