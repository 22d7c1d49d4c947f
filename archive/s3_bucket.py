"""The mirror's bucket over boto3: what is looked at, read and listed there; nothing is changed.

What stores really do, and the code below rests on: a HEAD answer gives no reason for a refusal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore import exceptions as boto

from archive.objects import StoredObject
from archive.s3_advice import Advice
from archive.s3_answers import FROM_BOTO, absent, explain, sha256_in
from archive.s3_clock import told_in
from archive.s3_lock import BucketLock
from archive.s3_order import ListedTwiceError, Page, SpoolError, in_order, lists_by_folder
from config.settings import Mirror
from config.stores import STORES, named

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1 << 20
_NO_XML = "\ufffd"
"""What SeaweedFS writes for a control character, also where a list is to go on: what lies between
would be left out."""


class S3Bucket:
    """One bucket, below the mirror's prefix."""

    def __init__(self, client: S3Client, mirror: Mirror) -> None:
        self._client = client
        self._bucket = mirror.bucket
        parts = [part for part in mirror.prefix.replace("\\", "/").split("/") if part]
        self._prefix = "".join(f"{part}/" for part in parts)
        self._advice = Advice(
            mirror.bucket, client.meta.endpoint_url, mirror.region, mirror.encryption
        )
        store = STORES[named(mirror.store, mirror.endpoint_url)]
        self._lists_by_folder = store.lists_by_folder
        self._lock = BucketLock(client, mirror.bucket, self._is_unknown)

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

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        beyond = self._prefix + after if after else ""
        with self._explained():
            for key, size in self._sorted(self._prefix + prefix, beyond):
                if not key.endswith("/"):
                    yield StoredObject(key.removeprefix(self._prefix), size, None)

    def is_empty(self) -> bool:
        with self._explained():
            page = self._page(self._prefix, "")
            if any(not key.endswith("/") for key, _ in self._told(page)):
                return False
        return not page["IsTruncated"] or next(self.list(""), None) is None

    def _sorted(self, prefix: str, after: str) -> Iterator[tuple[str, int]]:
        if not self._lists_by_folder:
            page = self._page(prefix, after)
            if not lists_by_folder(page):
                yield from self._as_listed(page, prefix, after)
                return
            self._lists_by_folder = True
        try:
            yield from in_order(self._beyond(prefix, after), after)
        except ListedTwiceError:
            raise self._advice.error("pages_do_not_fit") from None
        except SpoolError as error:
            raise self._advice.error("cannot_sort", error=str(error)) from None

    def _as_listed(
        self, page: Mapping[str, Any], prefix: str, last: str
    ) -> Iterator[tuple[str, int]]:
        while True:
            for found in self._told(page):
                if found[0] <= last:  # comparing with a sorted list would call it missing
                    raise self._advice.error("unsorted")
                last = found[0]
                yield found
            if not page["IsTruncated"]:
                return
            page = self._page(prefix, last)

    def _beyond(self, prefix: str, after: str) -> Iterator[Page]:
        """All that is listed beyond a key, and perhaps more: no folder that ends before it.

        The store's own way to begin there goes by its own order.
        """
        if not after or not after.startswith(prefix):
            yield from map(self._told, self._answers(prefix))
            return
        for answer in self._answers(prefix, Delimiter="/"):
            yield self._told(answer)
            for one in answer.get("CommonPrefixes", []):
                self._is_s3(one, "Prefix")
                folder = one["Prefix"]
                if folder > after or after.startswith(folder):
                    yield from self._beyond(folder, after)

    def _answers(self, prefix: str, **asked: str) -> Iterator[Mapping[str, Any]]:
        """All pages, whatever order they come in: only the store knows where to go on."""
        on: dict[str, Any] = asked
        while True:
            answer = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, **on)
            yield answer
            if not answer["IsTruncated"]:
                return
            self._is_s3(answer, "NextContinuationToken")
            token = answer["NextContinuationToken"]
            if _NO_XML in token or token == on.get("ContinuationToken"):
                raise self._advice.error("pages_do_not_fit")
            on = asked | {"ContinuationToken": token}

    def _told(self, answer: Mapping[str, Any]) -> Page:
        self._is_s3(answer, "IsTruncated")
        contents = answer.get("Contents", [])
        for found in contents:
            self._is_s3(found, "Key", "Size")
        if answer["IsTruncated"] and not (contents or answer.get("CommonPrefixes")):
            raise self._advice.error("not_s3", code="no Contents")
        return [(one["Key"], one["Size"]) for one in contents]

    def check(self) -> None:
        with self._explained():
            page = self._client.list_objects(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
            self._is_s3(page, "IsTruncated")

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
        return self._client.list_objects(Bucket=self._bucket, Prefix=prefix, Marker=after)

    def _read(self, key: str, take: Callable[[bytes], object]) -> str | None:
        """Hands the object over in pieces; returns the SHA-256 of them all."""
        digest = hashlib.sha256()
        with self._explained(key):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            except boto.ClientError as error:
                if absent(error):
                    return None
                raise
            with closing(answer["Body"]) as body:
                self._is_s3(answer, "ETag")
                for chunk in body.iter_chunks(_CHUNK):
                    digest.update(chunk)
                    take(chunk)
        return digest.hexdigest()

    def _head(self, key: str) -> StoredObject | None:
        try:
            answer = self._client.head_object(
                Bucket=self._bucket, Key=self._prefix + key, ChecksumMode="ENABLED"
            )
        except boto.ClientError as error:
            if absent(error):
                return None
            self._ask_why(key)
            raise
        self._is_s3(answer, "ETag", "ContentLength")
        sha256 = sha256_in(answer.get("ChecksumSHA256"))
        lock, held = self._lock.shown(answer)
        return StoredObject(key, answer["ContentLength"], sha256, lock, held)

    def _ask_why(self, key: str) -> None:
        """Raises what a GET is refused with, since a HEAD's answer has only a status."""
        try:
            self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"].close()
        except boto.ClientError as error:
            if not absent(error):
                raise

    def _is_unknown(self, error: Exception) -> bool:
        """A refusal of which nothing else is known: the store may not know what was asked."""
        return explain(self._advice, error).message.key == "store.refused"

    def _is_outage(self, error: Exception) -> bool:
        return explain(self._advice, error).outage

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
        except FROM_BOTO as error:
            # Not chained: boto's own texts hold the key, and keys hold customers' names.
            raise explain(self._advice, error, key) from None
