"""Sealed files are rclone's, bit by bit; whatever is altered in one is never handed on."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sealing import BLOCK, Key, NotOpenedError, Opening, plain_size, seal, sealed_size
from tests.archive.crypt_remote import CryptRemote

PASSWORD = "ABCD-EFGH-IJKL-MNOP 钥匙"
SIZES = (0, 1, 15, 16, 17, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 12345)


@pytest.fixture(scope="module")
def key() -> Key:
    return Key.of(PASSWORD)


def sealed(plain: bytes, key: Key) -> bytes:
    return b"".join(seal(io.BytesIO(plain).read, key, hashlib.sha256(plain).hexdigest()))


def opened(contents: bytes, key: Key, piece: int = 1000) -> bytes:
    found = io.BytesIO()
    opening = Opening(key, found.write)
    for at in range(0, len(contents), piece):
        opening.write(contents[at : at + piece])
    opening.end()
    return found.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens(key: Key, size: int) -> None:
    plain = random.Random(size).randbytes(size)
    contents = sealed(plain, key)
    assert len(contents) == sealed_size(size)
    assert plain_size(len(contents)) == size
    for piece in (max(1, size // 50), 65552, 1 << 20):
        assert opened(contents, key, piece) == plain


def test_rclone_opens_what_was_sealed_here(key: Key, tmp_path: Path) -> None:
    remote = CryptRemote(tmp_path, PASSWORD)
    plain = {f"{size}.mp3": random.Random(size).randbytes(size) for size in SIZES}
    for name, contents in plain.items():
        (remote.folder / name).write_bytes(sealed(contents, key))
    remote.run("copy", "sealed:", str(tmp_path / "plain"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "plain").iterdir()} == plain
    listed = remote.run("lsf", "--format", "ps", "--separator", "=", "sealed:").split()
    assert sorted(listed) == sorted(f"{name}={len(one)}" for name, one in plain.items())


def test_what_rclone_sealed_opens_here(key: Key, tmp_path: Path) -> None:
    remote = CryptRemote(tmp_path, PASSWORD)
    (tmp_path / "plain").mkdir()
    for size in SIZES:
        (tmp_path / "plain" / str(size)).write_bytes(random.Random(size).randbytes(size))
    remote.run("copy", str(tmp_path / "plain"), "sealed:")
    for size in SIZES:
        contents = (remote.folder / str(size)).read_bytes()
        assert len(contents) == sealed_size(size)
        assert opened(contents, key) == random.Random(size).randbytes(size)


def test_of_equal_bytes_the_same_is_made_and_of_others_nothing_alike(key: Key) -> None:
    assert sealed(b"the bytes of a call", key) == sealed(b"the bytes of a call", key)
    one, other = sealed(bytes(100), key), sealed(bytes(101), key)
    assert one[8:32] != other[8:32]
    assert one[48:100] != other[48:100]
    blocks = sealed(bytes(2 * BLOCK), key)
    assert blocks[32 : 32 + BLOCK] != blocks[48 + BLOCK : 48 + 2 * BLOCK]


def test_known_answers() -> None:
    """A change of the format, of the nonce or of the fingerprint would orphan what was mirrored."""
    key = Key.of("0123456789abcdef")
    assert key.data.hex() == KNOWN_KEY
    assert key.fingerprint == KNOWN_FINGERPRINT
    assert sealed(b"hello", key).hex() == KNOWN_SEALED


KNOWN_KEY = "483356198415a15395b6596673bbc0b798fec139f03ffd8a454bfae96dd9d240"
KNOWN_FINGERPRINT = "e5e6633196efd231"
KNOWN_SEALED = (
    "52434c4f4e450000b1a2dc25dd2a6b78f701e81dba5503cc96ccd0d4ee27ee9c"
    "0c6477af666400ce2ae6343a41f2951aacbdccc514"
)


def test_the_key_stands_in_no_text(key: Key) -> None:
    assert repr(key) == "Key()"
    assert key.fingerprint not in key.data.hex()


def test_every_bit_counts(key: Key) -> None:
    contents = sealed(b"the bytes of a call", key)
    for bit in range(8 * len(contents)):
        altered = bytearray(contents)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotOpenedError):
            opened(bytes(altered), key)


@pytest.mark.parametrize("size", [19, BLOCK, 2 * BLOCK + 19])
def test_what_is_cut_is_refused_or_shorter(key: Key, size: int) -> None:
    """At the end of a block only the plain SHA-256 tells."""
    plain = random.Random(size).randbytes(size)
    contents = sealed(plain, key)
    ends = {32 + number * (BLOCK + 16) for number in range(3)}
    near = {end + by for end in {*ends, len(contents)} for by in range(-20, 21)}
    for length in sorted(one for one in {0, 1, 8, *near} if 0 <= one < len(contents)):
        if length in ends:
            assert plain.startswith(opened(contents[:length], key))
            assert len(opened(contents[:length], key)) < size
        else:
            with pytest.raises(NotOpenedError):
                opened(contents[:length], key)


def test_blocks_in_another_order_are_refused(key: Key) -> None:
    contents = sealed(random.Random(1).randbytes(3 * BLOCK), key)
    step = BLOCK + 16
    head, blocks = contents[:32], [contents[32 + n * step : 32 + (n + 1) * step] for n in range(3)]
    for order in ((1, 0, 2), (0, 2, 1), (0, 0, 1), (1, 2)):
        with pytest.raises(NotOpenedError):
            opened(head + b"".join(blocks[number] for number in order), key)
    with pytest.raises(NotOpenedError):
        opened(contents + bytes(16), key)  # an empty block: none is ever made


def test_another_key_opens_nothing(key: Key) -> None:
    other = Key.of(PASSWORD + "x")
    assert other.fingerprint != key.fingerprint
    with pytest.raises(NotOpenedError):
        opened(sealed(b"the bytes of a call", key), other)
    with pytest.raises(NotOpenedError):
        opened(b"the bytes of a call, not sealed at all", key)


def test_a_nonce_that_runs_over_goes_on_at_nought(key: Key, tmp_path: Path) -> None:
    """As rclone counts: what it made with a nonce of its own may do so."""
    contents = _sealed_from(b"\xff" * 24, bytes(BLOCK + 5), key)
    assert opened(contents, key) == bytes(BLOCK + 5)
    remote = CryptRemote(tmp_path, PASSWORD)
    (remote.folder / "call.mp3").write_bytes(contents)
    remote.run("copy", "sealed:", str(tmp_path / "plain"))
    assert (tmp_path / "plain" / "call.mp3").read_bytes() == bytes(BLOCK + 5)


def _sealed_from(nonce: bytes, plain: bytes, key: Key) -> bytes:
    from nacl.secret import SecretBox

    box, sealed = SecretBox(key.data), b"RCLONE\0\0" + nonce
    for number, at in enumerate(range(0, len(plain), BLOCK)):
        count = (int.from_bytes(nonce, "little") + number) % (1 << 192)
        block = plain[at : at + BLOCK]
        sealed += box.encrypt(block, count.to_bytes(24, "little")).ciphertext
    return sealed


@given(st.integers(0, 1 << 44))
def test_sizes_go_there_and_back(size: int) -> None:
    assert plain_size(sealed_size(size)) == size
    assert plain_size(size) is None or sealed_size(plain_size(size) or 0) == size


def test_sizes_that_no_sealed_file_has() -> None:
    assert [plain_size(size) for size in (0, 31, 32, 33, 48, 49)] == [None, None, 0, None, None, 1]
    assert plain_size(32 + BLOCK + 16) == BLOCK
    assert plain_size(32 + BLOCK + 32) is None


def test_rclone_refuses_what_is_refused_here(tmp_path: Path, key: Key) -> None:
    """So the documented way back is as strict."""
    remote = CryptRemote(tmp_path, PASSWORD)
    contents = bytearray(sealed(b"the bytes of a call", key))
    contents[-1] ^= 1
    (remote.folder / "call.mp3").write_bytes(contents)
    with pytest.raises(subprocess.CalledProcessError):
        remote.run("copy", "--retries", "1", "sealed:", str(tmp_path / "plain"))
