"""The mirror's bucket over boto3.

What stores really do, and the code below rests on: some ignore `If-None-Match`, some answer 501 to
it; some ignore `x-amz-checksum-sha256` yet repeat it in HEAD answers, while all check
`Content-MD5`; trailing checksums, boto3's default, are refused by many; a HEAD answer gives no
reason for a refusal.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal
from urllib.parse import quote, urlsplit

import boto3
from botocore import exceptions as boto
from botocore.config import Config
from botocore.parsers import ResponseParserError
from botocore.session import Session
from botocore.utils import parse_timestamp
from urllib3.exceptions import HTTPError

from archive.object_lock import shortfall, strengthened
from archive.objects import ObjectDiffers, ObjectLock, StoredObject, StoreError
from archive.pace import Pace
from archive.s3_advice import Advice
from archive.s3_clock import told_in
from archive.s3_lock import BucketLock, lock_headers, retention_of
from archive.s3_parts import PART, begun, checksums, sweep
from config.settings import Mirror
from config.stores import STORES, named

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1 << 20
_METADATA_BYTES = 2000  # S3 allows 2 KB for all names and values
_IF_ABSENT: dict[str, Any] = {"IfNoneMatch": "*"}
_CONDITION = "If-None-Match"
_PRECONDITION_FAILED, _NOT_IMPLEMENTED = 412, 501
_UNKNOWN_HEADER = {"InvalidArgument", "InvalidRequest"}
_ASK_AFTER = 8  # uploads of one connection; to ask costs another one, which few would not repay
_ATTEMPTS = 3  # for a store's passing troubles; an outage is the caller's to wait out

# boto3 lets urllib3's own errors through where the body of a refusal breaks off, and Python's where
# a date, a number or a checksum in an answer is none.
_BOTOS_OWN = (boto.ClientError, boto.BotoCoreError, ResponseParserError, HTTPError)
_FROM_BOTO = (*_BOTOS_OWN, ValueError)


def connect(mirror: Mirror, *, read_seconds: float = 60.0, ask_after: int = _ASK_AFTER) -> S3Store:
    """A store over the bucket, with credentials from the usual AWS chain. Asks nothing of it yet.

    After so many uploads it asks whether the store refuses to overwrite.
    A profile or an endpoint that cannot be used is a `StoreError` already here.
    """
    try:
        client = _client(mirror, read_seconds)
    except (ValueError, boto.BotoCoreError) as error:
        advice = Advice(mirror.bucket, mirror.endpoint_url, mirror.region)
        if isinstance(error, boto.BotoCoreError):
            raise _explain(advice, error) from None
        raise advice.error("bad_endpoint") from None
    return S3Store(client, mirror, ask_after)


def addressing(
    style: str, endpoint_url: str | None, store: str | None = None
) -> Literal["auto", "path", "virtual"]:
    """How the bucket stands in a request's address, where the settings leave it open (`auto`).

    boto3 would use the path with every endpoint of one's own, which three large stores refuse.
    """
    host = (urlsplit(endpoint_url).hostname or "") if endpoint_url else ""
    if style == "auto":
        style = STORES[named(store, endpoint_url)].addressing
    if style == "virtual":
        return "virtual"
    return "path" if style == "path" or host == "localhost" or _is_ip(host) else "auto"


class S3Store:
    """`ObjectStore` in one bucket, below the mirror's prefix."""

    def __init__(self, client: S3Client, mirror: Mirror, ask_after: int = _ASK_AFTER) -> None:
        self._client = client
        self._bucket = mirror.bucket
        parts = [part for part in mirror.prefix.replace("\\", "/").split("/") if part]
        self._prefix = "".join(f"{part}/" for part in parts)
        self._advice = Advice(mirror.bucket, client.meta.endpoint_url, mirror.region)
        self._encryption = encryption(mirror)
        self._refuses: bool | None = None  # to overwrite, as `If-None-Match` asks; None: not known
        self._lock = BucketLock(client, mirror.bucket, self._is_unknown)
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
        metadata = _ascii({"sha256": sha256, **metadata})
        with path.open("rb") as file:
            if size > PART:
                self._put_parts(key, file, sha256, size, metadata, lock)
                self._see_locked(key, lock)
                return
            body = file.read(size + 1)
        if hashlib.sha256(body).hexdigest() != sha256:
            raise self._advice.error("bytes_changed", key=key)
        self._put_whole(key, sha256, body, metadata, lock)

    def look(self, key: str) -> StoredObject | None:
        with self._explained(key):
            found = self._head(key)
            if found is None:
                self._ask_why(key)  # no such object, or no such bucket?
            return found

    def read_sha256(self, key: str) -> str | None:
        return self._read(key, len)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        return self._read(key, writer.write)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        source: Any = {"CopySource": {"Bucket": self._bucket, "Key": self._prefix + key}}
        with self._explained(key):
            source["ChecksumAlgorithm"] = (
                "SHA256"  # of what was copied, not what was told of the other
            )
            source |= self._encryption
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
        with self._explained(key):
            # Not to be tried before: a store that does not know it would overwrite the object.
            if not self._lock.enabled():
                return False
            status: Any = {"Status": "ON" if on else "OFF"}
            self._client.put_object_legal_hold(**self._at(key), LegalHold=status)
        return True

    def delete(self, key: str) -> bool:
        with self._explained(key):
            try:
                answer = self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)
            except boto.ClientError as error:
                if not _absent(error):
                    raise
                return False
        return bool(answer.get("DeleteMarker"))

    def list(self, prefix: str) -> Iterator[StoredObject]:
        last = ""
        page: Mapping[str, Any] = {"IsTruncated": True}
        with self._explained():
            while page["IsTruncated"]:
                page = self._page(self._prefix + prefix, last)
                contents = page.get("Contents", [])
                for found in contents:
                    self._is_s3(found, "Key", "Size")
                    if found["Key"] <= last:  # comparing with a sorted list would call it missing
                        raise self._advice.error("unsorted")
                    last = found["Key"]
                    yield StoredObject(last.removeprefix(self._prefix), found["Size"], None)
                if page["IsTruncated"] and not contents:
                    raise self._advice.error("not_s3", code="no Contents")

    def check(self) -> None:
        with self._explained():
            page = self._client.list_objects(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
            self._is_s3(page, "IsTruncated")

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

    def clock(self) -> datetime | None:
        """The store's own time, cut to seconds; told with refusals too. `None` if it tells none."""
        with self._explained():
            try:
                answer: Mapping[str, Any] = self._client.head_bucket(Bucket=self._bucket)
            except boto.ClientError as error:
                answer = error.response
        return told_in(answer)

    @contextmanager
    def asking(self, key: str) -> Iterator[tuple[S3Client, dict[str, Any]]]:
        """The client, and where the key lies, to ask of the bucket what the mirror never asks.

        Boto's errors become `StoreError` as ever.
        """
        with self._explained(key):
            yield self._client, self._at(key)

    def _page(self, prefix: str, after: str) -> Mapping[str, Any]:
        # Not `list_objects_v2`: stores that do not know it answer with a first page and no more.
        # Nor boto3's paginator: it goes on at the `NextMarker`, which Ceph sends without encoding
        # it; boto3 decodes a `%` in it all the same, and keys are left out.
        page = self._client.list_objects(Bucket=self._bucket, Prefix=prefix, Marker=after)
        self._is_s3(page, "IsTruncated")
        return page

    def _read(self, key: str, take: Callable[[bytes], object]) -> str | None:
        """Hands the object over in pieces; returns the SHA-256 of them all."""
        digest = hashlib.sha256()
        with self._explained(key):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            except boto.ClientError as error:
                if _absent(error):
                    return None
                raise
            with closing(answer["Body"]) as body:
                self._is_s3(answer, "ETag")
                for chunk in body.iter_chunks(_CHUNK):
                    digest.update(chunk)
                    take(chunk)
        return digest.hexdigest()

    def _holds(self, key: str, sha256: str, size: int) -> bool:
        """Whether the object is there; one with other bytes is an `ObjectDiffers`."""
        with self._explained(key):
            found = self._head(key)
        if found is None:
            return False
        if found.size != size or (found.sha256 or self.read_sha256(key)) != sha256:
            raise ObjectDiffers(key, self._bucket)
        return True

    def _head(self, key: str) -> StoredObject | None:
        try:
            answer = self._client.head_object(
                Bucket=self._bucket, Key=self._prefix + key, ChecksumMode="ENABLED"
            )
        except boto.ClientError as error:
            if _absent(error):
                return None
            self._ask_why(key)
            raise
        self._is_s3(answer, "ETag", "ContentLength")
        sha256 = _hex(answer.get("ChecksumSHA256"))
        lock, held = self._lock.shown(answer)
        return StoredObject(key, answer["ContentLength"], sha256, lock, held)

    def _ask_why(self, key: str) -> None:
        """Raises what a GET is refused with, since a HEAD's answer has only a status."""
        try:
            self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"].close()
        except boto.ClientError as error:
            if not _absent(error):
                raise

    def _put_whole(
        self,
        key: str,
        sha256: str,
        body: bytes,
        metadata: Mapping[str, str],
        lock: ObjectLock | None,
    ) -> None:
        request = {**self._at(key), **checksums(body), "Body": body, "Metadata": metadata}
        request |= self._encryption
        asked = self._lock_headers(lock)
        request |= asked
        condition = {} if self._refuses is False else _IF_ABSENT
        try:
            self._is_s3(self._client.put_object(**request, **condition), "ETag")
        except _FROM_BOTO as error:
            if self._arrived(error, key, sha256, len(body)):
                self._see_locked(key, lock)
            # Whoever knows that the store refuses has not looked at the key.
            elif condition and self._refuses is not True and _knows_none(error):
                self._refuses = False
                self._put_whole(key, sha256, body, metadata, lock)
            elif asked and self._may_be_the_lock(error):
                self._put_whole(key, sha256, body, metadata, None)
                self._lock.refused = True
            else:
                raise _explain(self._advice, error, key) from None
        else:
            self._find_out(request)

    def _find_out(self, request: Mapping[str, Any]) -> None:
        """Whether the store refuses to overwrite: it is asked once, by the same bytes again."""
        if self._refuses is None and next(self._uploads) == 0:
            try:
                self._client.put_object(**request, **_IF_ABSENT)
                self._refuses = False
            except _FROM_BOTO as error:
                self._refuses = _taken(error)

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
        except _FROM_BOTO as error:
            if self._arrived(error, key, sha256, size):
                return
            if not (asked and self._may_be_the_lock(error)):
                raise _explain(self._advice, error, key) from None
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
            wanted = strengthened(lock, found.lock)
            # A bucket's own rule may have given it the weaker kind, which is to be exchanged.
            exchanged = found.lock is not None and found.lock.mode != wanted.mode
            request: Any = {"Retention": retention_of(wanted)}
            if exchanged:
                request["BypassGovernanceRetention"] = True
            try:
                if self._lock.enabled():
                    self._client.put_object_retention(**self._at(key), **request)
            except boto.ClientError as error:
                if _explain(self._advice, error).outage:
                    raise

    def _may_be_the_lock(self, error: Exception) -> bool:
        """Whether it may be for the lock that an upload was refused: the key has no right to it."""
        denied = _explain(self._advice, error).message.key == "store.access_denied"
        return denied or self._is_unknown(error)

    def _is_unknown(self, error: Exception) -> bool:
        """A refusal of which nothing else is known: the store may not know what was asked."""
        return _explain(self._advice, error).message.key == "store.refused"

    def _arrived(self, error: Exception, key: str, sha256: str, size: int) -> bool:
        """Whether the object is there in spite of the error."""
        return _may_be_there(error) and self._holds(key, sha256, size)

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _is_s3(self, answer: Mapping[str, Any], *marks: str) -> None:
        """A hotel's log-in page says 200 to everything; taken for S3, it would be an empty list."""
        for mark in marks:
            if mark not in answer:
                raise self._advice.error("not_s3", code=f"no {mark}")

    @contextmanager
    def _explained(self, key: str = "") -> Iterator[None]:
        try:
            yield
        except _FROM_BOTO as error:
            # Not chained: boto's own texts hold the key, and keys hold customers' names.
            raise _explain(self._advice, error, key) from None


def _explain(advice: Advice, error: Exception, key: str = "") -> StoreError:
    if isinstance(error, boto.ClientError):
        return advice.on_refusal(
            _code(error), _status(error), key=key, expected_region=_region(error)
        )
    if not isinstance(error, _BOTOS_OWN):
        return advice.error("not_s3", code=type(error).__name__)
    kinds = (kind.__name__ for kind in type(error).__mro__)
    # The profile that is missing may be one that the environment names, not the settings.
    profile = error.kwargs["profile"] if isinstance(error, boto.ProfileNotFound) else ""
    return advice.on_failure(kinds, key=key, profile=profile)


def _client(mirror: Mirror, read_seconds: float) -> S3Client:
    core = Session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    client = boto3.session.Session(profile_name=mirror.profile, botocore_session=core).client(
        "s3",
        endpoint_url=mirror.endpoint_url,
        region_name=mirror.region,
        config=Config(
            # Signs the payload over http alone: with `Content-MD5`, TLS keeps it whole.
            signature_version="s3v4",
            s3={
                "addressing_style": addressing(
                    mirror.addressing_style, mirror.endpoint_url, mirror.store
                ),
            },
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            max_pool_connections=mirror.workers,
            connect_timeout=5,
            read_timeout=read_seconds,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            parameter_validation=False,
            user_agent="callvault",
        ),
    )
    client.meta.events.register_last("before-call.s3", _without_expect)
    if mirror.megabits:
        pace = Pace(mirror.megabits)
        for upload in ("PutObject", "UploadPart"):
            client.meta.events.register(f"before-send.s3.{upload}", pace.slow_down)
    if_absent = STORES[named(mirror.store, mirror.endpoint_url)].if_absent
    if if_absent != _CONDITION:
        client.meta.events.register_last("before-call.s3", partial(_renamed, if_absent))
    return client


def _moment(said: Any) -> datetime:
    """As boto reads a time, but quickly where it can: dateutil takes half of a long listing."""
    try:
        return datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return parse_timestamp(said)


def _without_expect(params: dict[str, Any], **_: object) -> None:
    """Some stores never answer `Expect: 100-continue`, and each upload would wait for a second."""
    params["headers"].pop("Expect", None)


def _renamed(if_absent: str, params: dict[str, Any], **_: object) -> None:
    """A store may have a header of its own for what `If-None-Match: *` says."""
    if params["headers"].pop(_CONDITION, None):
        params["headers"][if_absent] = "true"


def encryption(mirror: Mirror) -> dict[str, Any]:
    """What the store is asked to encrypt with: goes with everything that makes an object."""
    if mirror.encryption == "none":
        return {}
    key = {"SSEKMSKeyId": mirror.kms_key} if mirror.kms_key else {}
    return {"ServerSideEncryption": mirror.encryption, **key}


def _ascii(metadata: Mapping[str, str]) -> dict[str, str]:
    """Percent-encoded, and without the values for which the store has no room."""
    fitting: dict[str, str] = {}
    room = _METADATA_BYTES
    for name, value in metadata.items():
        encoded = quote(value, safe="/:@")
        if (taken := len(name) + len(encoded)) <= room:
            fitting[name] = encoded
            room -= taken
    return fitting


def _hex(checksum: str | None) -> str | None:
    """A checksum of checksums (`...-3`, from an upload in parts) says nothing about the bytes."""
    if not checksum or "-" in checksum:
        return None
    return base64.b64decode(checksum).hex()


def answer_of(error: boto.ClientError) -> tuple[int, str]:
    """HTTP status and S3 code of a refusal."""
    return _status(error), _code(error)


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: Exception) -> int:
    """The HTTP status of a refusal, 0 where no answer came."""
    response = error.response if isinstance(error, boto.ClientError) else {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _taken(error: Exception) -> bool:
    """Whether the condition was heeded: S3's answer, or Aliyun's."""
    return _status(error) == _PRECONDITION_FAILED or (
        isinstance(error, boto.ClientError) and _code(error) == "FileAlreadyExists"
    )


def _knows_none(error: Exception) -> bool:
    """Whether it may be the condition that the store does not know."""
    return _status(error) == _NOT_IMPLEMENTED or (
        isinstance(error, boto.ClientError) and _code(error) in _UNKNOWN_HEADER
    )


def _absent(error: boto.ClientError) -> bool:
    return _code(error) in {"NoSuchKey", "NotFound", "404"}


def _may_be_there(error: Exception) -> bool:
    """The key was taken already, or the upload may have succeeded before its answer was lost."""
    if isinstance(error, boto.ClientError):
        # boto3 asks again by itself; an upload in parts that was completed is then no more.
        return _status(error) in {409, 412, 500, 501, 502, 504} or _code(error) == "NoSuchUpload"
    return isinstance(error, boto.HTTPClientError)


def _region(error: boto.ClientError) -> str:
    """The region that the store says is right, or `?`."""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    told: Any = error.response.get("Error", {})
    return str(headers.get("x-amz-bucket-region") or told.get("Region") or "?")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
