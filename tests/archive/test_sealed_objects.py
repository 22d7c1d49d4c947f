"""A store of sealed objects: what reaches the store below, and what is never given back."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random
import resource
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive import sealed_objects
from archive.folder_objects import FolderStore
from archive.objects import ObjectDiffers, ObjectLock, StoreError
from archive.s3 import connect
from archive.s3_parts import PART
from archive.sealed_objects import SealedStore, beneath
from archive.sealing import BLOCK, Key, seal, sealed_size
from config.language import LANGUAGES, Words
from config.settings import Mirror
from tests.archive.crypt_remote import CryptRemote
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT
from tests.s3_server import S3Server
from tests.stores.recording import Recording

PASSWORD = "the key of these tests"
KEY, OTHER_KEY = Key.of(PASSWORD), Key.of("another key of these tests")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's folder for temporary files; nothing is ever left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.fixture
def inner() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def store(inner: MemoryStore) -> SealedStore:
    return SealedStore(inner, KEY, "recordings")


@pytest.fixture
def call(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "call.mp3", random.Random(1).randbytes(BLOCK + 500))


def refusal(ask: Callable[[], object]) -> tuple[str, bool]:
    """By which message, which can be said in every language, and whether it is an outage."""
    with pytest.raises(StoreError) as caught:
        ask()
    assert all(Words(language).say(caught.value.message) for language in LANGUAGES)
    return caught.value.message.key, caught.value.outage


def sealed_with(nonce_of: bytes, contents: bytes, key: Key = KEY) -> bytes:
    sha256 = hashlib.sha256(nonce_of).hexdigest()
    return b"".join(seal(io.BytesIO(contents).read, key, sha256))


def test_only_sealed_bytes_and_the_plain_hash_leave_the_computer(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    call.put(store, "张三/call.mp3", {"source": "2026-11-16/王芳/张三.mp3"})
    contents = inner.objects["张三/call.mp3"]
    assert len(contents) == sealed_size(call.size)
    assert call.path.read_bytes()[:16] not in contents
    assert inner.metadata["张三/call.mp3"] == {"sha256": call.sha256}


@pytest.mark.parametrize("size", [20, PART])
def test_in_a_bucket_the_metadata_tell_the_plain_hash(
    server: S3Server, tmp_path: Path, size: int
) -> None:
    """Whole or in parts, which the sealed file needs a little earlier."""
    call = Recording(tmp_path / "call.wav", random.Random(size).randbytes(size))
    bucket = connect(Mirror(server.bucket, "", server.endpoint_url, None, "path", None, 2))
    call.put(SealedStore(bucket, KEY, server.bucket), "call.wav", {"source": "张三.mp3"})
    with bucket.asking("call.wav") as (client, at):
        head = client.head_object(**at)
    told = {name.lower(): value for name, value in head["Metadata"].items()}
    assert told["sha256"] == call.sha256
    assert "source" not in told
    assert head["ContentLength"] == sealed_size(size)


def test_sent_again_it_meets_its_own_bytes(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    """By another process, too, as after a kill or a lost answer."""
    call.put(store, "call.mp3")
    call.put(SealedStore(inner, Key.of(PASSWORD), "recordings"), "call.mp3")
    assert len(inner.objects) == 1


def test_what_rclone_sealed_with_another_nonce_counts_as_there(
    store: SealedStore, inner: MemoryStore, call: Recording, tmp_path: Path
) -> None:
    remote = CryptRemote(tmp_path, PASSWORD)
    remote.run("copyto", str(call.path), "sealed:call.mp3")
    before = (remote.folder / "call.mp3").read_bytes()
    inner.objects["call.mp3"] = before
    call.put(store, "call.mp3")
    assert inner.objects["call.mp3"] == before
    found = store.look("call.mp3")
    assert found is not None
    assert (found.size, found.sha256) == (call.size, None)
    assert store.read_sha256("call.mp3") == call.sha256


@pytest.mark.parametrize(
    "there", [b"plain bytes", sealed_with(b"", b"other"), sealed_with(b"", b"x", OTHER_KEY)]
)
def test_what_is_there_otherwise_stays(
    store: SealedStore, inner: MemoryStore, call: Recording, there: bytes
) -> None:
    inner.objects["call.mp3"] = there
    with pytest.raises(ObjectDiffers):
        call.put(store, "call.mp3")
    assert inner.objects["call.mp3"] == there


class GoesDown(MemoryStore):
    """Right after it has refused to overwrite."""

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        try:
            super().put(key, path, sha256, size, metadata, lock)
        finally:
            self.down = True


def test_an_outage_while_it_is_held_against_what_is_there_is_an_outage(call: Recording) -> None:
    inner = GoesDown()
    inner.objects["call.mp3"] = b"other"
    store = SealedStore(inner, KEY, "recordings")
    assert refusal(lambda: call.put(store, "call.mp3")) == ("store.unreachable", True)


def test_a_file_that_is_not_what_was_admitted_is_not_sent(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    call.path.write_bytes(bytes(call.size))
    assert refusal(lambda: call.put(store, "call.mp3")) == ("store.bytes_changed", False)
    assert inner.objects == {}


def test_a_file_that_cannot_be_read_is_the_archives_trouble(
    store: SealedStore, tmp_path: Path, call: Recording
) -> None:
    call.path.unlink()
    with pytest.raises(FileNotFoundError):
        call.put(store, "call.mp3")
    call.path.symlink_to(tmp_path)
    with pytest.raises(IsADirectoryError):
        call.put(store, "call.mp3")


# The folder for temporary files


def test_without_a_folder_for_temporary_files_nothing_can_be_sent(
    store: SealedStore, inner: MemoryStore, call: Recording, temporary: Path
) -> None:
    temporary.rmdir()
    assert refusal(lambda: call.put(store, "call.mp3")) == ("store.temporary_failed", True)
    assert inner.objects == {}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a full disk, but for the errno."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_folder_for_temporary_files_is_told(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    with files_of_at_most(BLOCK):
        assert refusal(lambda: call.put(store, "call.mp3")) == ("store.temporary_failed", True)
    assert inner.objects == {}
    call.put(store, "call.mp3")
    assert store.read_sha256("call.mp3") == call.sha256


def test_a_temporary_file_that_somebody_tidies_away_is_no_fault_of_the_recording(
    temporary: Path, tmp_path: Path, call: Recording
) -> None:
    class Tidied(FolderStore):
        def put(self, key: str, path: Path, *rest: object, **named: object) -> None:
            path.unlink()
            super().put(key, path, *rest, **named)  # type: ignore[arg-type]

    (tmp_path / "nas").mkdir()
    store = SealedStore(Tidied(tmp_path / "nas", tmp_path / "nas.id"), KEY, "nas")
    assert refusal(lambda: call.put(store, "call.mp3")) == ("store.temporary_failed", True)
    assert call.path.exists()
    assert list(temporary.iterdir()) == []


def test_what_a_kill_left_is_swept_when_nobody_can_be_at_it_any_more(
    store: SealedStore, temporary: Path
) -> None:
    old, fresh = temporary / "callvault-sealed-old", temporary / "callvault-sealed-fresh"
    others = temporary / "others"
    for file in (old, fresh, others):
        file.write_bytes(b"half of it")
    long_ago = fresh.stat().st_mtime - 3700
    os.utime(old, (long_ago, long_ago))
    os.utime(others, (long_ago, long_ago))
    store.sweep(lambda _: True)
    assert {one.name for one in temporary.iterdir()} == {fresh.name, others.name}
    fresh.unlink()
    others.unlink()


# What is given back


def test_the_plain_checksum_is_told_of_what_was_sealed_just_now(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    call.put(store, "call.mp3")
    store.copy("call.mp3", "copy.mp3")
    told = [store.look(key) for key in ("call.mp3", "copy.mp3")]
    assert [one and (one.size, one.sha256) for one in told] == [(call.size, call.sha256)] * 2
    assert store.look("nothing.mp3") is None
    elsewhere = SealedStore(inner, KEY, "recordings").look("call.mp3")
    assert elsewhere is not None
    assert (elsewhere.size, elsewhere.sha256) == (call.size, None)


def test_what_took_its_place_since_is_not_told_for_it(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    call.put(store, "call.mp3")
    altered = bytearray(inner.objects["call.mp3"])
    altered[-1] ^= 1
    inner.objects["call.mp3"] = bytes(altered)
    found = store.look("call.mp3")
    assert found is not None
    assert found.sha256 is None


def test_only_so_much_is_remembered(
    store: SealedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_objects, "_REMEMBERED", 2)
    for number in range(3):
        Recording(tmp_path / str(number), bytes([number])).put(store, f"{number}.mp3")
    told = [store.look(f"{number}.mp3") for number in range(3)]
    assert [one is not None and one.sha256 is not None for one in told] == [False, True, True]


def test_a_plain_object_never_passes_for_a_sealed_one(
    store: SealedStore, inner: MemoryStore
) -> None:
    inner.objects["call.mp3"] = bytes(40)
    found = store.look("call.mp3")
    assert found is not None
    assert found.size == -1
    assert [(one.key, one.size) for one in store.list("")] == [("call.mp3", -1)]


def test_every_altered_bit_is_told(store: SealedStore, inner: MemoryStore, tmp_path: Path) -> None:
    call = Recording(tmp_path / "short.mp3", b"a call")
    call.put(store, "call.mp3")
    sealed, given = inner.objects["call.mp3"], io.BytesIO()
    for bit in range(8 * len(sealed)):
        altered = bytearray(sealed)
        altered[bit // 8] ^= 1 << bit % 8
        inner.objects["call.mp3"] = bytes(altered)
        assert refusal(lambda: store.read_sha256("call.mp3")) == ("store.not_opened", False)
        assert refusal(lambda: store.fetch("call.mp3", given)) == ("store.not_opened", False)
    assert given.getvalue() == b""


def test_what_is_cut_at_the_end_of_a_block_has_another_hash(
    store: SealedStore, inner: MemoryStore, call: Recording
) -> None:
    call.put(store, "call.mp3")
    inner.objects["call.mp3"] = inner.objects["call.mp3"][: 32 + BLOCK + 16]
    assert (
        store.read_sha256("call.mp3") == hashlib.sha256(call.path.read_bytes()[:BLOCK]).hexdigest()
    )


def test_another_key_gives_nothing(inner: MemoryStore, store: SealedStore, call: Recording) -> None:
    call.put(store, "call.mp3")
    other = SealedStore(inner, OTHER_KEY, "recordings")
    assert refusal(lambda: other.read_sha256("call.mp3")) == ("store.not_opened", False)


def test_the_writers_own_trouble_is_its_own(store: SealedStore, call: Recording) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    call.put(store, "call.mp3")
    with pytest.raises(OSError, match="No space left"):
        store.fetch("call.mp3", Full())
    assert store.fetch("nothing.mp3", Full()) is None


def test_all_else_is_the_store_belows(call: Recording) -> None:
    inner = MemoryStore(locks=True)
    store = SealedStore(inner, KEY, "recordings")
    lock = ObjectLock("governance", AT)
    call.put(store, "call.mp3", lock=lock)
    store.copy("call.mp3", "copy.mp3", lock)
    found = store.look("copy.mp3")
    assert found is not None
    assert found.lock == inner.locked["call.mp3"] == lock
    assert store.hold("copy.mp3", on=True)
    assert inner.on_hold == {"copy.mp3"}
    assert store.delete("copy.mp3")
    assert list(inner.objects) == ["call.mp3"]
    assert store.clock() is None
    store.check()
    inner.down = True
    assert refusal(store.check) == ("store.unreachable", True)
    assert beneath(store) is beneath(inner) is inner
