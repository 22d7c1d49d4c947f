"""What obstore sends is as right as what boto3 sends; where it is not, boto3 sends it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from archive.objects import ObjectDiffers, ObjectLock, StoredObject, StoreError
from archive.s3 import S3Store, connect
from archive.s3_quick import keeps_whole
from config.language import Words
from config.settings import Mirror
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.archive.s3_case import KEY_OF_CALL, refused
from tests.s3_server import S3Server
from tests.stores.between import FAIL, FLIP_BIT, Between
from tests.stores.recording import Recording


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "buckets") as running:
        yield running


@pytest.fixture(scope="module")
def running_between(server: S3Server) -> Iterator[Between]:
    with Between(server.endpoint_url) as between:
        yield between


@pytest.fixture
def between(running_between: Between) -> Between:
    running_between.times = 0
    running_between.seen = []
    return running_between


@pytest.fixture(scope="module")
def running_badly() -> Iterator[DifficultS3]:
    with DifficultS3() as difficult:
        yield difficult


@pytest.fixture
def difficult(running_badly: DifficultS3, server: S3Server, monkeypatch: Any) -> DifficultS3:
    running_badly.forget()
    server.sign_in(monkeypatch)
    return running_badly


@pytest.fixture
def mirror(
    between: Between, server: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Mirror:
    server.sign_in(monkeypatch)
    return settings(between.endpoint_url, tmp_path.name)


def settings(endpoint_url: str, prefix: str = "") -> Mirror:
    return Mirror("recordings", prefix, endpoint_url, None, "path", None, 8, engine="obstore")


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Recording]:
    return lambda name: Recording(tmp_path / name, f"the bytes of {name}".encode())


@pytest.fixture
def known(mirror: Mirror, make: Callable[[str], Recording], between: Between) -> S3Store:
    """Which has found out what the store does, as after the first upload of this one."""
    store = connect(mirror, read_seconds=5, ask_after=0)
    make("first").put(store, "first")
    between.seen.clear()
    return store


def by_boto3(store: S3Store) -> list[str]:
    """What boto3 sends from now on."""
    sent: list[str] = []

    def note(request: Any, **_: object) -> None:
        sent.append(request.method)

    store._client.meta.events.register("before-send.s3", note)
    return sent


def methods(between: Between) -> str:
    return " ".join(seen.split()[0] for seen in between.seen)


def test_an_object_is_sent_and_shown_without_boto3(
    known: S3Store, between: Between, make: Callable[[str], Recording]
) -> None:
    sent, call = by_boto3(known), make("call")
    call.put(known, KEY_OF_CALL, {"source": "王芳/通话.mp3"})
    assert known.look(KEY_OF_CALL) == StoredObject(KEY_OF_CALL, call.size, call.sha256)
    # Before the first it asked whether the bucket has locks.
    assert sent == ["GET"]
    assert methods(between) == "GET HEAD PUT HEAD"
    assert known.read_sha256(KEY_OF_CALL) == call.sha256


def test_a_connection_begins_with_boto3(
    mirror: Mirror, between: Between, make: Callable[[str], Recording]
) -> None:
    """As long as it does not know whether the store refuses to overwrite."""
    store = connect(mirror, ask_after=2)
    sent = by_boto3(store)
    for name in ("one", "two", "three"):
        make(name).put(store, name)
    count = len(sent)
    assert count == len(between.seen)
    make("four").put(store, "four")
    assert (len(sent), len(between.seen)) == (count + 1, count + 3)


def test_what_was_sent_long_ago_is_asked_for_by_boto3(
    known: S3Store, make: Callable[[str], Recording]
) -> None:
    """Only of what was just sent is it known which MD5 it has to have."""
    call, other = make("call"), make("other")
    call.put(known, "call.mp3")
    other.put(known, "other.mp3")
    sent = by_boto3(known)
    assert known.look("call.mp3") is not None
    assert known.look("call.mp3") is not None
    assert sent == ["HEAD", "HEAD"]


def test_what_somebody_put_there_meanwhile_is_not_shown_as_ours(
    known: S3Store, make: Callable[[str], Recording]
) -> None:
    call, other = make("call"), make("CALL")
    assert call.size == other.size
    call.put(known, "call.mp3")
    known._client.put_object(
        Bucket="recordings", Key=f"{known._prefix}call.mp3", Body=other.path.read_bytes()
    )
    found = known.look("call.mp3")
    assert found is not None
    assert found.sha256 is None
    assert known.read_sha256("call.mp3") == other.sha256
    known.delete("call.mp3")
    call.put(known, "call.mp3")
    known.delete("call.mp3")
    assert known.look("call.mp3") is None


def test_what_was_damaged_on_its_way_is_made_good_at_once(
    known: S3Store, between: Between, make: Callable[[str], Recording]
) -> None:
    """The server takes it: it checks no SHA-256, and obstore sends it no MD5."""
    call = make("call")
    between.spoil("PUT", FLIP_BIT, times=1)
    call.put(known, "call.mp3")
    assert between.times == 0
    assert "DELETE" in methods(between)
    assert known.read_sha256("call.mp3") == call.sha256
    found = known.look("call.mp3")
    assert found is not None
    assert found.sha256 == call.sha256  # which boto3 sent


def test_what_was_damaged_and_cannot_be_removed_is_never_called_right(
    known: S3Store,
    between: Between,
    make: Callable[[str], Recording],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = between.fault_of

    def no_deletion(method: str, path: str, size: int) -> str:
        return FAIL if method == "DELETE" else asked(method, path, size)

    monkeypatch.setattr(between, "fault_of", no_deletion)
    call = make("call")
    between.spoil("PUT", FLIP_BIT, times=1)
    refused(lambda: call.put(known, KEY_OF_CALL), "server_error", outage=True)
    for _ in range(2):
        with pytest.raises(ObjectDiffers):
            call.put(known, KEY_OF_CALL)


def test_what_boto3_can_do_and_obstore_cannot_is_boto3s_soon(
    difficult: DifficultS3, make: Callable[[str], Recording]
) -> None:
    """Its ETag is no MD5, as where a key service encrypts."""
    difficult.heads = {"Last-Modified": format_datetime(datetime.now(UTC), usegmt=True)}
    store = connect(settings(difficult.endpoint_url), ask_after=0)
    make("first").put(store, "first")
    difficult.seen.clear()
    needed = []
    for number in range(5):
        call = make(f"{number}")
        call.put(store, f"{number}")
        assert difficult.objects[f"{number}"] == call.path.read_bytes()
        assert store.look(f"{number}") is not None
        needed.append(difficult.methods())
        difficult.seen.clear()
    # One is sent twice, to be refused and held against what is there.
    assert needed[1:3] == ["PUT GET PUT HEAD GET HEAD"] * 2
    assert needed[3:] == ["PUT HEAD"] * 2


def test_an_outage_is_told_by_boto3_and_no_reason_to_leave_obstore_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[str], Recording]
) -> None:
    server = S3Server(tmp_path / "buckets")
    server.start()
    server.sign_in(monkeypatch)
    try:
        store = connect(settings(server.endpoint_url), read_seconds=5, ask_after=0)
        make("first").put(store, "first")
        make("second").put(store, "second")
        server.stop()
        call = make("call")
        for _ in range(5):
            refused(lambda: call.put(store, KEY_OF_CALL), "unreachable", outage=True)
        server.start()
        sent = by_boto3(store)
        call.put(store, KEY_OF_CALL)
        assert sent == []
        server.stop()
        refused(lambda: store.look(KEY_OF_CALL), "unreachable", outage=True)
    finally:
        server.stop()


def test_a_refusal_is_told_as_boto3_tells_it(
    difficult: DifficultS3, make: Callable[[str], Recording]
) -> None:
    store = connect(settings(difficult.endpoint_url), ask_after=0)
    make("first").put(store, "first")
    difficult.refusals["PUT"] = Refusal(403, "AccessDenied")
    refused(lambda: make("call").put(store, KEY_OF_CALL), "access_denied")


def test_a_file_that_changed_or_is_gone_is_told_as_ever(
    known: S3Store, make: Callable[[str], Recording], between: Between
) -> None:
    call = make("call")
    call.path.write_bytes(b"others")
    refused(lambda: call.put(known, KEY_OF_CALL), "bytes_changed")
    call.path.unlink()
    with pytest.raises(FileNotFoundError):
        call.put(known, KEY_OF_CALL)
    assert "PUT" not in methods(between)


@pytest.mark.parametrize("locks", ["honoured", "denied"])
def test_where_the_bucket_may_have_locks_boto3_sends(
    difficult: DifficultS3, make: Callable[[str], Recording], locks: str
) -> None:
    """What HEAD says of a lock goes into the catalogue, and obstore does not see it."""
    store = connect(settings(difficult.endpoint_url), ask_after=0)
    make("first").put(store, "first")
    difficult.locks = locks
    sent = by_boto3(store)
    for name in ("one", "two"):
        make(name).put(store, name)
    assert sent == ["GET", "PUT", "PUT"]


def test_an_object_that_is_to_be_locked_is_boto3s(
    known: S3Store, make: Callable[[str], Recording]
) -> None:
    sent = by_boto3(known)
    lock = ObjectLock("governance", datetime.now(UTC).replace(microsecond=0) + timedelta(days=3))
    make("call").put(known, "call.mp3", lock=lock)
    assert "PUT" in sent


@pytest.mark.parametrize("key", ["a//b.mp3", "a/../b.mp3", "line\nbreak.mp3"])
def test_a_key_that_obstore_would_not_keep_is_boto3s(
    difficult: DifficultS3, make: Callable[[str], Recording], key: str
) -> None:
    store = connect(settings(difficult.endpoint_url), ask_after=0)
    make("first").put(store, "first")
    sent = by_boto3(store)
    make("call").put(store, key)
    assert sent == ["PUT"]


@pytest.mark.parametrize(
    "changed",
    [{"megabits": 500}, {"encryption": "aws:kms"}, {"store": "aliyun"}],
    ids=lambda one: next(iter(one)),
)
def test_what_obstore_cannot_do_as_it_is_set_boto3_does(
    mirror: Mirror,
    make: Callable[[str], Recording],
    changed: dict[str, Any],
) -> None:
    store = connect(replace(mirror, addressing_style="path", **changed), ask_after=0)
    make("first").put(store, "first")
    sent = by_boto3(store)
    make("call").put(store, "call.mp3")
    assert "PUT" in sent


@pytest.mark.parametrize("name", ["HTTP_PROXY", "AWS_SSE_KMS_KEY_ID"])
def test_what_this_computer_has_set_for_obstore_alone_keeps_it_out(
    mirror: Mirror, make: Callable[[str], Recording], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    store = connect(mirror, ask_after=0)
    make("first").put(store, "first")
    sent = by_boto3(store)
    make("call").put(store, "call.mp3")
    assert "PUT" in sent


def test_the_store_is_asked_to_encrypt(mirror: Mirror, make: Callable[[str], Recording]) -> None:
    store = connect(replace(mirror, encryption="AES256"), ask_after=0)
    make("first").put(store, "first")
    call = make("call")
    call.put(store, "call.mp3")
    assert store.look("call.mp3") == StoredObject("call.mp3", call.size, call.sha256)
    head = store._client.head_object(Bucket="recordings", Key=f"{store._prefix}call.mp3")
    assert head["ServerSideEncryption"] == "AES256"


def test_certificates_that_are_gone_leave_it_to_boto3(
    mirror: Mirror,
    make: Callable[[str], Recording],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    bundle = tmp_path / "authority.pem"
    bundle.write_text("none", encoding="utf-8")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    store = connect(mirror, ask_after=0)
    make("first").put(store, "first")
    bundle.unlink()
    sent = by_boto3(store)
    make("call").put(store, "call.mp3")
    assert "PUT" in sent


def test_where_obstore_is_not_installed_it_is_told_what_to_do(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "archive.s3_quick", None)
    with pytest.raises(StoreError) as caught:
        connect(mirror)
    assert not caught.value.outage
    for language in ("zh", "en"):
        assert "callvault[quick]" in Words(language).say(caught.value.message)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://s3.example.com/bucket", True),
        ("http://127.0.0.1:9000/bucket", True),
        ("http://localhost:9000/bucket", True),
        ("http://[::1]:9000/bucket", True),
        ("http://nas.office:9000/bucket", False),
        ("http://127.0.0.1.example.com/bucket", False),
        ("", False),
    ],
)
def test_over_a_wire_that_may_damage_bytes_boto3_sends(url: str, kept: bool) -> None:
    assert keeps_whole(url) is kept
