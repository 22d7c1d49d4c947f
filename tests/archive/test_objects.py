"""What every object store must do, in memory and against a real S3 server."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.objects import ObjectDiffers, ObjectStore, StoredObject, StoreError
from archive.s3 import connect
from config.settings import Mirror
from tests.archive.memory_objects import MemoryStore
from tests.s3_server import S3Server

CERTIFICATE = Path(__file__).parent / "tls" / "loopback.pem"


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ObjectStore]]:
    """boto3 goes other ways over https than over http, so both are tried."""
    folder = tmp_path_factory.mktemp("s3")
    with (
        pytest.MonkeyPatch.context() as patch,
        S3Server(folder / "http") as plain,
        S3Server(folder / "https", certificate=CERTIFICATE) as secure,
    ):
        for name, value in plain.environment.items():
            patch.setenv(name, value)
        patch.setenv("AWS_CA_BUNDLE", str(CERTIFICATE))
        yield {
            server.endpoint_url.partition(":")[0]: connect(
                Mirror(server.bucket, "办公室", server.endpoint_url, None, "auto", None, workers=8)
            )
            for server in (plain, secure)
        }


@pytest.fixture(params=["http", "https", "memory", "memory without checksums"])
def store(request: pytest.FixtureRequest, buckets: dict[str, ObjectStore]) -> Iterator[ObjectStore]:
    memory = MemoryStore(keeps_checksums=request.param == "memory")
    found = buckets.get(request.param, memory)
    yield found
    for left in list(found.list("")):
        found.delete(left.key)


class Recording:
    """A file with contents of one's choice, and what was noted of it at admission."""

    def __init__(self, path: Path, contents: bytes) -> None:
        path.write_bytes(contents)
        self.path = path
        self.size = len(contents)
        self.sha256 = hashlib.sha256(contents).hexdigest()

    def put(self, store: ObjectStore, key: str, *, first_time: bool = False) -> None:
        store.put(key, self.path, self.sha256, self.size, {}, first_time=first_time)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "recording.mp3", b"the bytes of a call")


@pytest.fixture
def other(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "other.mp3", b"the bytes of another")


def test_put_can_be_seen_and_read_back(store: ObjectStore, recording: Recording) -> None:
    recording.put(store, "张三/2026-11-16/call.mp3")
    found = store.look("张三/2026-11-16/call.mp3")
    assert found is not None
    assert (found.key, found.size) == ("张三/2026-11-16/call.mp3", recording.size)
    assert found.sha256 in {recording.sha256, None}
    assert store.read_sha256("张三/2026-11-16/call.mp3") == recording.sha256


@pytest.mark.parametrize("size", [0, 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 9 << 20])
def test_any_size_arrives_whole(store: ObjectStore, tmp_path: Path, size: int) -> None:
    big = Recording(tmp_path / "big.wav", random.Random(size).randbytes(size))
    big.put(store, "big.wav")
    assert store.read_sha256("big.wav") == big.sha256
    assert [found.size for found in store.list("")] == [size]


@pytest.mark.parametrize("size", [0, 1, (4 << 20) + 1])
def test_fetched_is_what_was_put(store: ObjectStore, tmp_path: Path, size: int) -> None:
    call = Recording(tmp_path / "call.wav", random.Random(size).randbytes(size))
    call.put(store, "call.wav")
    fetched = io.BytesIO()
    assert store.fetch("call.wav", fetched) == call.sha256
    assert fetched.getvalue() == call.path.read_bytes()


@pytest.mark.parametrize(
    "key",
    [
        "张三丰/2026-11-16/通话录音@张三丰(13800138000).mp3",
        "a+b/c d.mp3",
        "50%/a%2Fb%.mp3",
        "a&b=c;d,e$f.mp3",
        "#1?x.mp3",
        'it\'s "quoted" [x]{y}|~^`.mp3',
        "䶮\U00020bb7/é.mp3",
    ],
)
def test_any_key_is_kept_as_it_is(store: ObjectStore, recording: Recording, key: str) -> None:
    recording.put(store, key)
    assert [found.key for found in store.list("")] == [key]
    assert store.read_sha256(key) == recording.sha256
    store.copy(key, f".callvault/aside/{key}")
    assert store.read_sha256(f".callvault/aside/{key}") == recording.sha256
    store.delete(key)
    assert store.look(key) is None
    assert [found.key for found in store.list("")] == [f".callvault/aside/{key}"]


@pytest.mark.parametrize("first_time", [True, False])
def test_same_bytes_twice_are_fine(
    store: ObjectStore, recording: Recording, *, first_time: bool
) -> None:
    recording.put(store, "call.mp3", first_time=first_time)
    recording.put(store, "call.mp3")
    assert store.read_sha256("call.mp3") == recording.sha256


def test_nothing_is_overwritten(store: ObjectStore, recording: Recording, other: Recording) -> None:
    recording.put(store, "call.mp3", first_time=True)
    with pytest.raises(ObjectDiffers) as caught:
        other.put(store, "call.mp3")
    assert not caught.value.outage
    assert store.read_sha256("call.mp3") == recording.sha256


def test_bytes_of_equal_length_are_told_apart(store: ObjectStore, tmp_path: Path) -> None:
    Recording(tmp_path / "1", b"0123").put(store, "call.mp3")
    with pytest.raises(ObjectDiffers):
        Recording(tmp_path / "2", b"0124").put(store, "call.mp3")


@pytest.mark.parametrize("later", [b"the bytes of a CALL", b"cut", b"", b"0" * (5 << 20)])
def test_a_file_changed_since_admission_is_not_sent(
    store: ObjectStore, recording: Recording, later: bytes
) -> None:
    recording.path.write_bytes(later)
    with pytest.raises(StoreError) as caught:
        recording.put(store, "call.mp3", first_time=True)
    assert caught.value.message.key == "store.bytes_changed"
    assert not caught.value.outage
    assert store.look("call.mp3") is None


def test_a_missing_file_is_the_disks_trouble(store: ObjectStore, recording: Recording) -> None:
    recording.path.unlink()
    with pytest.raises(FileNotFoundError):
        recording.put(store, "call.mp3")


def test_what_is_not_there(store: ObjectStore) -> None:
    assert store.look("nothing.mp3") is None
    assert store.read_sha256("nothing.mp3") is None
    fetched = io.BytesIO()
    assert store.fetch("nothing.mp3", fetched) is None
    assert fetched.getvalue() == b""
    store.delete("nothing.mp3")
    assert list(store.list("")) == []


def test_deleted_is_gone_and_may_come_again(
    store: ObjectStore, recording: Recording, other: Recording
) -> None:
    recording.put(store, "call.mp3")
    store.delete("call.mp3")
    assert store.look("call.mp3") is None
    other.put(store, "call.mp3")
    assert store.read_sha256("call.mp3") == other.sha256


def test_list_is_sorted_and_keeps_to_its_prefix(store: ObjectStore, recording: Recording) -> None:
    for key in ("b/2", "a/b", "a-b", "b/10", "张/1", "\U00020bb7/1", "a b", "B/1"):
        recording.put(store, key)
    assert [found.key for found in store.list("")] == [
        *("B/1", "a b", "a-b", "a/b", "b/10", "b/2", "张/1", "\U00020bb7/1")
    ]
    assert list(store.list("b/")) == [
        StoredObject("b/10", recording.size, None),
        StoredObject("b/2", recording.size, None),
    ]
    assert [found.key for found in store.list("a")] == ["a b", "a-b", "a/b"]


def test_metadata_in_chinese_and_of_any_length(store: ObjectStore, recording: Recording) -> None:
    metadata = {"name": "通话录音@张三.mp3", "empty": "", "lines": "a\nb\t ", "long": "长" * 1000}
    store.put("call.mp3", recording.path, recording.sha256, recording.size, metadata)
    assert store.read_sha256("call.mp3") == recording.sha256


def test_many_at_once(store: ObjectStore, tmp_path: Path) -> None:
    recordings = {
        f"客户{number % 40}/{number}.mp3": Recording(tmp_path / f"{number}", b"x" * number)
        for number in range(200)
    }
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda item: item[1].put(store, item[0]), recordings.items()))
    assert {found.key: found.size for found in store.list("")} == {
        key: recording.size for key, recording in recordings.items()
    }


def test_a_usable_bucket_passes_the_check(store: ObjectStore) -> None:
    store.check()
