"""Sealing: a file encrypted as rclone's `crypt` has it, so that plain rclone opens it.

A sealed file is eight bytes of magic, a nonce of 24 bytes, and blocks of 64 KiB, each closed by
itself with NaCl's secretbox, which makes it 16 bytes longer. The nonce grows by one from block to
block. PyNaCl is used here alone. https://rclone.org/crypt/#file-encryption
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from nacl.bindings import crypto_secretbox_easy, crypto_secretbox_open_easy
from nacl.exceptions import CryptoError

MAGIC = b"RCLONE\0\0"
_NONCE = 24
_HEAD = len(MAGIC) + _NONCE
BLOCK = 64 * 1024
_TAG = 16
_SEALED_BLOCK = BLOCK + _TAG
_SALT = bytes.fromhex("a80df43a8fbd0308a7cab83e581f86b1")
"""Of rclone, where no `password2` is given."""
_COST = 16384
_MEMORY = 64 << 20
"""Twice of what scrypt takes at that cost: OpenSSL's own limit is just too low."""


class NotOpenedError(Exception):
    """Bytes that this key did not seal, or that were altered or cut since."""


@dataclass(frozen=True, slots=True)
class Key:
    data: bytes = field(repr=False)
    """32 bytes, which never leave the process."""

    @classmethod
    def of(cls, password: str) -> Self:
        """As rclone makes it of a crypt remote's `password`; takes a moment, as it is meant to."""
        made = hashlib.scrypt(
            password.encode(), salt=_SALT, n=_COST, r=8, p=1, maxmem=_MEMORY, dklen=80
        )
        return cls(made[:32])  # the rest is for names, which stay as they are

    @property
    def fingerprint(self) -> str:
        """Tells one key from another, and nothing of it."""
        return self._derived("fingerprint").hex()[:16]

    def nonce(self, sha256: str) -> bytes:
        """The first nonce for the bytes of that SHA-256 (hex).

        Not random as with rclone: an upload whose answer was lost is made anew, and has to meet
        its own bytes. The same nonce twice is harmless for the same bytes, which are all that it
        is made from. Who sees two sealed files can tell that they are equal, and nothing else of
        them; the plain SHA-256 in an object's metadata says as much.
        """
        return hmac.digest(self._derived("nonce"), bytes.fromhex(sha256), "sha256")[:_NONCE]

    def _derived(self, what: str) -> bytes:
        return hmac.digest(self.data, f"callvault {what}".encode(), "sha256")


def seal(read: Callable[[int], bytes], key: Key, sha256: str) -> Iterator[bytes]:
    """The sealed file in pieces. `read` gives as many bytes as it is asked for, fewer at the end.

    Who finds in the end that the bytes had another SHA-256 must let nobody have what was made: two
    plain files under one nonce betray each other.
    """
    nonce = key.nonce(sha256)
    yield MAGIC + nonce
    while block := read(BLOCK):
        yield crypto_secretbox_easy(block, nonce, key.data)
        nonce = _next(nonce)


class Opening:
    """A writer of sealed bytes, in pieces of any size, that hands on the plain ones.

    Only what was proven to be as it was sealed is handed on; NotOpenedError for anything else. That
    whole blocks are lacking at the end only the plain file's SHA-256 tells.
    """

    def __init__(self, key: Key, take: Callable[[bytes], object]) -> None:
        self._key = key
        self._take = take
        self._rest = bytearray()
        self._nonce: bytes | None = None

    def write(self, piece: bytes, /) -> int:
        self._rest += piece
        if self._nonce is None and len(self._rest) >= _HEAD:
            if not self._rest.startswith(MAGIC):
                raise NotOpenedError
            self._nonce = bytes(self._rest[len(MAGIC) : _HEAD])
            del self._rest[:_HEAD]
        while self._nonce is not None and len(self._rest) >= _SEALED_BLOCK:
            self._open(self._nonce, bytes(self._rest[:_SEALED_BLOCK]))
            del self._rest[:_SEALED_BLOCK]
        return len(piece)

    def end(self) -> None:
        """The last block, which may be shorter than others, but not empty."""
        if self._nonce is None or 0 < len(self._rest) <= _TAG:
            raise NotOpenedError
        if self._rest:
            self._open(self._nonce, bytes(self._rest))

    def _open(self, nonce: bytes, block: bytes) -> None:
        try:
            plain = crypto_secretbox_open_easy(block, nonce, self._key.data)
        except CryptoError:
            raise NotOpenedError from None
        self._take(plain)
        self._nonce = _next(nonce)


def sealed_size(plain: int) -> int:
    """Bytes of a sealed file, of those of the plain one."""
    return _HEAD + plain + _TAG * -(-plain // BLOCK)


def plain_size(sealed: int) -> int | None:
    """Bytes of the plain file; `None` where no sealed file has that size."""
    blocks, rest = divmod(sealed - _HEAD, _SEALED_BLOCK)
    if blocks < 0 or 0 < rest <= _TAG:
        return None
    return blocks * BLOCK + max(0, rest - _TAG)


def _next(nonce: bytes) -> bytes:
    number = (int.from_bytes(nonce, "little") + 1) % (1 << 8 * _NONCE)
    return number.to_bytes(_NONCE, "little")
