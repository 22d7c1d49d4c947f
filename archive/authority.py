"""The time-stamp authority that the office named, asked over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from archive import timestamp
from archive.errors import StampError
from archive.timestamp import Token
from config.language import Message

_SECONDS = 10.0
_MOST_BYTES = 1 << 18  # an answer with its certificates has 2 to 10 KB
_CLOCKS_DIFFER = timedelta(minutes=5)
"""As far as `selftest` lets the store's clock be from the computer's."""


class Authority:
    def __init__(
        self,
        url: str,
        ca: Path | None,
        clock: Callable[[], datetime],
        seconds: float = _SECONDS,
    ) -> None:
        """`ca` is a PEM file with the certificates that are trusted; without one the signature is
        not looked at. `clock` is the computer's own, also where a pass is given another: nobody
        stamps for another time. A try takes `seconds`, and as long again while the answer comes.
        """
        self._url = url
        self._name = urlsplit(url).netloc  # the rest of an address may be a customer's key
        self._ca = ca
        self._clock = clock
        self._seconds = seconds

    def stamp(self, contents: bytes, sha256: str) -> Token:
        """A token for these bytes, whose hash in hex is `sha256`.

        StampError where the authority gives none, or one that does not count.
        """
        trusted = timestamp.certificates(self._ca) if self._ca else ()
        asked = timestamp.request(contents)
        token = timestamp.read(self._post(asked.der), sha256, asked.nonce, trusted)
        now = self._clock()
        if abs(token.at - now) > _CLOCKS_DIFFER:
            told = {"told": f"{token.at.astimezone(now.tzinfo):%Y-%m-%d %H:%M:%S %z}"}
            raise StampError(Message.of("stamp.clock", **told, now=f"{now:%Y-%m-%d %H:%M:%S %z}"))
        return token

    def _post(self, der: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        asked = Request(self._url, der, headers)  # noqa: S310  the settings let only http(s) through
        try:
            with urlopen(asked, timeout=self._seconds) as answer:  # noqa: S310
                return self._body(answer)
        except HTTPError as error:
            error.close()
            said = f"{error.code} {error.reason}"
            raise StampError(
                Message.of("stamp.http_refused", authority=self._name, said=said)
            ) from error
        except (OSError, HTTPException, ValueError) as error:  # ValueError: a name no host can have
            said = str(getattr(error, "reason", error) or type(error).__name__)
            raise StampError(
                Message.of("stamp.unreachable", authority=self._name, error=said)
            ) from error

    def _body(self, answer: HTTPResponse) -> bytes:
        end = time.monotonic() + self._seconds
        found = b""
        while piece := answer.read1(_MOST_BYTES):
            found += piece
            if len(found) > _MOST_BYTES:
                raise StampError(Message.of("stamp.large", authority=self._name))
            if time.monotonic() > end:
                raise TimeoutError("timed out")
        return found
