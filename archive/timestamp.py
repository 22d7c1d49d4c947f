"""RFC 3161 requests and answers: what is asked of a time-stamp authority, and what it said.

An answer counts if it was granted and is about these very bytes; where the office named the
authority's certificate, also only if that vouches for it. The bytes are kept as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import StampError
from config.language import Message

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0
_CERTIFICATES = 0xA0
"""The tag of a token's certificates among the parts of its signed data."""


@dataclass(frozen=True, slots=True)
class Request:
    der: bytes
    nonce: int | None


@dataclass(frozen=True, slots=True)
class Token:
    """An authority's answer that counts."""

    der: bytes
    """The whole answer as it came, which `openssl ts -verify -in` takes."""
    at: datetime
    """When the authority says that it saw the bytes; in UTC."""


def request(contents: bytes) -> Request:
    """Asks for a time stamp on the SHA-256 of `contents`, with a nonce of 64 random bits."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = TimestampRequestBuilder().data(contents).hash_algorithm(HashAlgorithm.SHA256).build()
    return Request(asked.as_bytes(), asked.nonce)


def read(
    der: bytes, sha256: str, nonce: int | None = None, trusted: tuple[Certificate, ...] = ()
) -> Token:
    """The token in an authority's answer; StampError says why it does not count.

    `sha256` is in hex. Without a `nonce` it is not compared; without `trusted` certificates the
    signature is not looked at.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import DuplicateExtension, InvalidVersion
    from rfc3161_client import VerificationError, decode_timestamp_response

    try:
        answer = decode_timestamp_response(_in_order(der))
        _check(answer, sha256, nonce)
        if trusted:
            _verify(answer, sha256, trusted)
        return Token(der, answer.tst_info.gen_time.astimezone(UTC))
    except VerificationError as error:
        raise StampError(Message.of("stamp.not_trusted", error=_first_line(error))) from error
    except (ValueError, UnsupportedAlgorithm, DuplicateExtension, InvalidVersion) as error:
        raise StampError(Message.of("stamp.no_answer", error=_first_line(error))) from error


def certificates(path: Path) -> tuple[Certificate, ...]:
    """The certificates in a PEM file; StampError where there are none."""
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else _first_line(error)
        raise StampError(Message.of("stamp.ca_unusable", path=path, error=said)) from error


def _check(answer: TimeStampResponse, sha256: str, nonce: int | None) -> None:
    if answer.status != _GRANTED:
        said = "; ".join(answer.status_string) or "-"
        raise StampError(Message.of("stamp.refused", status=answer.status, said=said))
    info = answer.tst_info
    imprint = info.message_imprint
    if (imprint.hash_algorithm.dotted_string, imprint.message.hex()) != (_SHA256, sha256):
        raise StampError(Message.of("stamp.other_bytes"))
    if nonce is not None and info.nonce != nonce:
        raise StampError(Message.of("stamp.other_nonce"))


def _verify(answer: TimeStampResponse, sha256: str, trusted: tuple[Certificate, ...]) -> None:
    from rfc3161_client import VerifierBuilder

    verifier = VerifierBuilder(roots=list(trusted)).build()
    verifier.verify(answer, bytes.fromhex(sha256))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


# OpenSSL's authorities put a token's certificates in an order of their own. DER has a set in the
# order of its bytes, and the library refuses any other. No signature covers that order.


def _in_order(der: bytes) -> bytes:
    """The same answer, its certificates in the order of DER; ValueError where it is no answer.

    A refusal has no token, and is returned as it is.
    """
    parts = _parts(der, 0)
    if len(parts) < 2:
        return der
    _, content = _parts(der, parts[1])  # of the token: its type, then [0] with the signed data
    (signed,) = _parts(der, content)
    for part in _parts(der, signed):
        if der[part] == _CERTIFICATES:
            start, end = _contents(der, part)
            found = sorted(der[first:last] for first, last in _elements(der, start, end))
            return der[:start] + b"".join(found) + der[end:]
    return der


def _parts(der: bytes, at: int) -> list[int]:
    """Where the parts of the element at `at` begin."""
    return [first for first, _ in _elements(der, *_contents(der, at))]


def _elements(der: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        _, after = _contents(der, start)
        yield start, after
        start = after


def _contents(der: bytes, at: int) -> tuple[int, int]:
    """Where the contents of the element at `at` begin and end."""
    head = der[at : at + 2]
    if len(head) < 2:
        raise ValueError("cut short")
    start, length = at + 2, head[1]
    if length > 0x7F:
        start += length & 0x7F
        length = int.from_bytes(der[at + 2 : start])
    if start + length > len(der):
        raise ValueError("cut short")
    return start, start + length
