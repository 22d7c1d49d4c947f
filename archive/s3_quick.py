"""The mirror's bucket over boto3, and over obstore where that is quicker and as good.

boto3 takes a millisecond of this computer for a request, which is what bounds the upload of many
small objects; obstore takes a tenth. So an object that goes in one request is sent by obstore, and
asked for afterwards. Everything else is boto3's: what a connection begins with, until it is known
whether the store refuses to overwrite; locks, parts, copies, removals, lists; and whatever does not
plainly come out well, which boto3 does again and says what is the matter.

What is believed is the MD5 that the store tells, as its ETag, of what it has: it is held against
that of the bytes whose SHA-256 was right on the way out. An ETag that is another says nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from botocore.exceptions import BotoCoreError
from botocore.session import Session

from archive.objects import ObjectLock, StoredObject, StoreError
from archive.obstore_requests import (
    Address,
    NotPlainError,
    Requests,
    address_in,
    can_be_sent,
    sent_likewise,
)
from archive.s3 import S3Store
from archive.s3_headers import ascii_only
from archive.s3_parts import PART
from config.settings import Mirror
from config.stores import STORES, named

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from mypy_boto3_s3 import S3Client

_ENOUGH = 3
"""Times in a row that boto3 could do what obstore could not: then it is left out."""
_IF_ABSENT = "If-None-Match"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What obstore has sent, to be asked for next."""

    requests: Requests
    key: str
    sha256: str
    md5: str
    size: int


class QuickStore(S3Store):
    def __init__(
        self, client: S3Client, mirror: Mirror, ask_after: int, core: Session, seconds: float
    ) -> None:
        """`core`: the client's session; `seconds`: to wait for an answer."""
        super().__init__(client, mirror, ask_after)
        self._mirror = mirror
        self._core = core
        self._seconds = seconds
        self._failures = 0
        self._address: Address | None = None
        self._requests: Requests | None = None
        self._left_out = not _sends_likewise(mirror)
        bundle = core.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE")
        self._certificates = Path(bundle) if bundle else None
        self._begin = threading.Lock()
        self._this_thread = threading.local()
        client.meta.events.register_last("request-created.s3", self._note_address)

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        requests = self._usable(key) if lock is None and size <= PART else None
        failed = False
        if requests is not None:
            try:
                if self._sent(requests, key, path, sha256, size, metadata):
                    return
            except NotPlainError:
                failed = True
        super().put(key, path, sha256, size, metadata, lock)
        if failed:
            self._count_failure()

    def look(self, key: str) -> StoredObject | None:
        """What this thread has just sent is asked for by obstore."""
        sent: _Sent | None = getattr(self._this_thread, "sent", None)
        self._this_thread.sent = None
        failed = False
        if sent is not None and sent.key == key:
            try:
                return self._shown(sent)
            except NotPlainError:
                failed = True
        found = super().look(key)
        if failed:
            self._count_failure()
        return found

    def _sent(
        self,
        requests: Requests,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
    ) -> bool:
        """Whether it is sent; False: boto3 has to see to it. NotPlainError: since that failed."""
        with path.open("rb") as file:
            body = file.read(size + 1)
        if hashlib.sha256(body).hexdigest() != sha256:
            return False
        at, signed = self._prefix + key, self._credentials()
        if not self._refuses and requests.head(at, signed) is not None:
            return False
        told = ascii_only({"sha256": sha256, **metadata})
        etag = requests.put(at, body, told, signed, if_absent=bool(self._refuses))
        if etag is None:
            return False
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if etag != md5:
            self._take_back(requests, key, sha256, etag)
            raise NotPlainError
        self._this_thread.sent = _Sent(requests, key, sha256, md5, len(body))
        self._failures = 0
        return True

    def _shown(self, sent: _Sent) -> StoredObject:
        found = sent.requests.head(self._prefix + sent.key, self._credentials())
        if found is None or (found.size, found.etag) != (sent.size, sent.md5):
            raise NotPlainError
        return StoredObject(sent.key, sent.size, sent.sha256)

    def _take_back(self, requests: Requests, key: str, sha256: str, etag: str) -> None:
        """Removes what was damaged on its way, from a store that took it like that.

        Nothing was under the key, so what is there with the answer's ETag came of this upload.
        """
        # Not by the checksum that the store tells: some repeat what came with the object.
        if self.read_sha256(key) in {sha256, None}:
            return
        found = requests.head(self._prefix + key, self._credentials())
        if found is not None and found.etag == etag:
            self.delete(key)

    def _usable(self, key: str) -> Requests | None:
        """What sends it; `None` until the store is known, and for what boto3 has to send."""
        if self._left_out or self._refuses is None or not can_be_sent(self._prefix + key):
            return None
        with self._begin:
            if self._requests is None and not self._left_out:
                self._requests = self._begun()
                self._left_out = self._requests is None
            return self._requests

    def _begun(self) -> Requests | None:
        """`None` where obstore cannot do as boto3 does, or would not see what boto3 sees."""
        try:
            with self._explained():
                without_locks = self._lock.known_without()
            certificates = self._certificates.read_bytes() if self._certificates else None
        except (StoreError, OSError):
            return None
        address = self._address
        if address is None or not without_locks or not keeps_whole(address.url):
            return None
        documented = STORES[named(self._mirror.store, self._mirror.endpoint_url)]
        return Requests(
            address,
            certificates=certificates,
            encrypted=self._mirror.encryption == "AES256",
            # Over http damage is possible, and a store may take it and repeat the right checksum.
            checksum=address.url.startswith("https://") or documented.checksum,
            seconds=self._seconds,
        )

    def _credentials(self) -> ReadOnlyCredentials:
        """Those that boto3 has now: it renews the ones that expire."""
        try:
            found = self._core.get_credentials()
            if found is None:
                raise NotPlainError
            return found.get_frozen_credentials()
        except BotoCoreError:
            raise NotPlainError from None

    def _note_address(self, request: Any, **_: object) -> None:
        if self._requests is None:
            self._address = address_in(request) or self._address

    def _count_failure(self) -> None:
        """Of what boto3 could do: in an outage nobody is better."""
        self._failures += 1
        if self._failures >= _ENOUGH and not self._left_out:
            self._left_out = True
            log.info("obstore is left out from here on: boto3 can do what it cannot")


def keeps_whole(url: str) -> bool:
    """Whether nothing on the way can alter a body: TLS tells, and within a computer no wire does.

    obstore sends no `Content-MD5`, which all stores hold a body to; where http damages a body and
    the answer is lost as well, the object is another one from then on, and stands in the way.
    """
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.hostname or "") in ("127.0.0.1", "::1", "localhost")


def _sends_likewise(mirror: Mirror) -> bool:
    """Whether obstore could do all that the settings ask, from this computer."""
    own = STORES[named(mirror.store, mirror.endpoint_url)].if_absent != _IF_ABSENT
    asked = mirror.megabits or mirror.encryption == "aws:kms"
    return not own and not asked and sent_likewise(os.environ, getproxies())
