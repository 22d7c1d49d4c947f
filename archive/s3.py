"""The mirror's bucket over boto3: what is put, copied, held and removed there.

What stores really do, and the code below rests on: some ignore `If-None-Match`, some answer 501 to
it; some ignore `x-amz-checksum-sha256` yet repeat it in HEAD answers, while all check
`Content-MD5`; trailing checksums, boto3's default, are refused by many.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore import exceptions as boto
from botocore.session import Session

from archive.object_lock import shortfall
from archive.objects import VERSION_LOCKED, ObjectDiffers, ObjectLock, StoreError
from archive.s3_advice import Advice
from archive.s3_answers import FROM_BOTO, absent, explain, knows_none, may_be_there, taken
from archive.s3_bucket import S3Bucket
from archive.s3_client import client_of
from archive.s3_headers import ascii_only, checksums, encryption
from archive.s3_lock import lock_headers
from archive.s3_parts import PART, begun, sweep
from archive.s3_versions import purge
from config.language import Message
from config.settings import Mirror

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_IF_ABSENT: dict[str, Any] = {"IfNoneMatch": "*"}
_GONE = 204
_ASK_AFTER = 8  # uploads of one connection; to ask costs another one, which few would not repay


def connect(mirror: Mirror, *, read_seconds: float = 60.0, ask_after: int = _ASK_AFTER) -> S3Store:
    """A store over the bucket, with credentials from the usual AWS chain. Asks nothing of it yet.

    After so many uploads it asks whether the store refuses to overwrite.
    A profile or an endpoint that cannot be used is a `StoreError` already here, and so is an engine
    that is not installed.
    """
    core = Session()
    try:
        client = client_of(mirror, read_seconds, core)
    except (ValueError, boto.BotoCoreError) as error:
        advice = Advice(mirror.bucket, mirror.endpoint_url, mirror.region)
        if isinstance(error, boto.BotoCoreError):
            raise explain(advice, error) from None
        raise advice.error("bad_endpoint") from None
    if mirror.engine == "boto3":
        return S3Store(client, mirror, ask_after)
    try:
        from archive.s3_quick import QuickStore
    except ImportError as error:
        raise StoreError(Message.of("store.engine_missing", error=error)) from None
    return QuickStore(client, mirror, ask_after, core, read_seconds)


class S3Store(S3Bucket):
    """`ObjectStore` in one bucket, below the mirror's prefix."""

    def __init__(self, client: S3Client, mirror: Mirror, ask_after: int = _ASK_AFTER) -> None:
        super().__init__(client, mirror)
        self._encryption = encryption(mirror)
        self._refuses: bool | None = None  # to overwrite, as `If-None-Match` asks; None: not known
        self._uploads = count(-ask_after)  # 0 is drawn once, whatever the threads do

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        # What a store does about one request says nothing about an upload in parts.
        if not (self._refuses and size <= PART) and self._holds(key, sha256, size):
            self._see_locked(key, lock)
            return
        metadata = ascii_only({"sha256": sha256, **metadata})
        with path.open("rb") as file:
            if size > PART:
                self._put_parts(key, file, sha256, size, metadata, lock)
                self._see_locked(key, lock)
                return
            body = file.read(size + 1)
        if hashlib.sha256(body).hexdigest() != sha256:
            raise self._advice.error("bytes_changed", key=key)
        self._put_whole(key, sha256, body, metadata, lock)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        source: Any = {"CopySource": {"Bucket": self._bucket, "Key": self._prefix + key}}
        with self._explained(key):
            # Of what was copied, not what was told of the other.
            source |= {"ChecksumAlgorithm": "SHA256", **self._encryption}
            asked = self._lock_headers(lock)
            try:
                answer = self._client.copy_object(**self._at(to), **source, **asked)
            except boto.ClientError as error:
                if not (asked and self._may_be_the_lock(error)):
                    raise
                answer = self._client.copy_object(**self._at(to), **source)
                self._lock.refused = True
            self._is_s3(answer.get("CopyObjectResult", {}), "ETag")
        self._see_locked(to, lock)

    def hold(self, key: str, *, on: bool) -> bool:
        status: Any = {"Status": "ON" if on else "OFF"}
        try:
            with self._explained(key):
                # Not to be tried before: a store that does not know it would overwrite the object.
                if not self._lock.enabled():
                    return False
                self._client.put_object_legal_hold(**self._at(key), LegalHold=status)
        except StoreError as error:
            if error.message.key != "store.access_denied":
                raise
            raise self._advice.error("hold_denied") from None
        return True

    def delete(self, key: str) -> bool:
        with self._explained(key):
            try:
                answer = self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)
            except boto.ClientError as error:
                if not absent(error):
                    raise
                return False
            # A log-in page says 200 to everything, which for S3 would be odd here.
            if answer["ResponseMetadata"]["HTTPStatusCode"] != _GONE and self._head(key):
                raise self._advice.error("refused", code="DELETE 200")
        return bool(answer.get("DeleteMarker"))

    def purge(self, key: str) -> bool:
        with self._explained(key):
            left = purge(self._client, self._at(key), self._is_outage)
        if left.until is not None or left.held:
            until = f"{left.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if left.until else "–"
            raise StoreError(Message.of(VERSION_LOCKED, until=until))
        return left.versions

    def sweep(self, mine: Callable[[str], bool]) -> None:
        with self._explained():
            sweep(
                self._client,
                self._bucket,
                self._prefix,
                lambda key: mine(key.removeprefix(self._prefix)),
            )

    @property
    def refuses_overwriting(self) -> bool:
        """Whether the store is known to keep what is there by itself."""
        return bool(self._refuses)

    def _holds(self, key: str, sha256: str, size: int) -> bool:
        """Whether the object is there; one with other bytes is an `ObjectDiffers`."""
        with self._explained(key):
            found = self._head(key)
        if found is None:
            return False
        if found.size != size or (found.sha256 or self.read_sha256(key)) != sha256:
            raise ObjectDiffers(key, self._bucket)
        return True

    def _put_whole(
        self,
        key: str,
        sha256: str,
        body: bytes,
        metadata: Mapping[str, str],
        lock: ObjectLock | None,
    ) -> None:
        told = checksums(body, bytes.fromhex(sha256))  # which `put` has held the body against
        request = {**self._at(key), **told, "Body": body, "Metadata": metadata}
        request |= self._encryption
        asked = self._lock_headers(lock)
        request |= asked
        condition = {} if self._refuses is False else _IF_ABSENT
        try:
            self._is_s3(self._client.put_object(**request, **condition), "ETag")
        except FROM_BOTO as error:
            if self._arrived(error, key, sha256, len(body)):
                self._see_locked(key, lock)
            # Whoever knows that the store refuses has not looked at the key.
            elif condition and self._refuses is not True and knows_none(error):
                self._refuses = False
                self._put_whole(key, sha256, body, metadata, lock)
            elif asked and self._may_be_the_lock(error):
                self._put_whole(key, sha256, body, metadata, None)
                self._lock.refused = True
            else:
                raise explain(self._advice, error, key) from None
        else:
            self._find_out(request)

    def _find_out(self, request: Mapping[str, Any]) -> None:
        """Whether the store refuses to overwrite: it is asked once, by the same bytes again."""
        if self._refuses is None and next(self._uploads) == 0:
            try:
                self._client.put_object(**request, **_IF_ABSENT)
                self._refuses = False
            except FROM_BOTO as error:
                self._refuses = taken(error)

    def _put_parts(
        self,
        key: str,
        file: BinaryIO,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None,
    ) -> None:
        asked: Mapping[str, Any] = {}
        try:
            asked = self._lock_headers(lock)
            wanted = {**self._encryption, **asked}
            with begun(self._client, self._at(key), metadata, wanted) as upload:
                if upload.send(file) != sha256:
                    raise self._advice.error("bytes_changed", key=key)
                self._is_s3(upload.complete(**(_IF_ABSENT if self._refuses else {})), "ETag")
        except KeyError as missing:
            raise self._advice.error("not_s3", code=f"no {missing.args[0]}") from None
        except FROM_BOTO as error:
            if self._arrived(error, key, sha256, size):
                return
            if not (asked and self._may_be_the_lock(error)):
                raise explain(self._advice, error, key) from None
            file.seek(0)
            self._put_parts(key, file, sha256, size, metadata, None)
            self._lock.refused = True

    def _lock_headers(self, lock: ObjectLock | None) -> Mapping[str, Any]:
        with self._explained():
            return lock_headers(lock) if lock is not None and self._lock.may_be_asked() else {}

    def _see_locked(self, key: str, lock: ObjectLock | None) -> None:
        """Locks what is there already, or came in parts; what is refused shows in `look`."""
        if lock is None:
            return
        with self._explained(key):
            if not self._lock.may_be_asked():
                return
            found = self._head(key)
            if found is None or shortfall(lock, found.lock) is None:
                return
            try:
                self._lock.strengthen(self._at(key), found.lock, lock)
            except boto.ClientError as error:
                if self._is_outage(error):
                    raise

    def _may_be_the_lock(self, error: Exception) -> bool:
        """Whether it may be for the lock that an upload was refused: the key has no right to it."""
        denied = explain(self._advice, error).message.key == "store.access_denied"
        return denied or self._is_unknown(error)

    def _arrived(self, error: Exception, key: str, sha256: str, size: int) -> bool:
        """Whether the object is there in spite of the error."""
        return may_be_there(error) and self._holds(key, sha256, size)
