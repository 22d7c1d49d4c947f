"""A large object sent in parts, which is there only when all of them are known to be right.

The store checks each part by its own MD5 and SHA-256; of the whole it then tells at most a checksum
of checksums, so what it holds is found out by reading it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from archive.s3_clock import in_utc, told_in
from archive.s3_headers import checksums

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART = 8 << 20
"""Bytes of each part but the last; every worker holds one in memory. S3 allows 10,000 parts."""
_SURELY_OVER = timedelta(hours=1)
"""Nobody goes on with an upload that was begun so long ago."""
_REFUSED = (ClientError, ResponseParserError, KeyError, ValueError)
"""Or answered as nothing that S3 knows."""


class Upload:
    """An upload that was begun. Raises boto's errors, which `archive/s3_answers.py` explains."""

    def __init__(self, client: S3Client, target: Mapping[str, Any], upload_id: str) -> None:
        self._client = client
        self._upload = {**target, "UploadId": upload_id}
        self._parts: list[dict[str, Any]] = []
        self._completing = False

    def send(self, file: BinaryIO) -> str:
        """All of the file; returns the SHA-256 (hex) of what was sent."""
        whole = hashlib.sha256()
        while chunk := file.read(PART):
            whole.update(chunk)
            self._send_part(chunk)
        return whole.hexdigest()

    def complete(self, **condition: Any) -> Mapping[str, Any]:
        parts: Any = {"Parts": self._parts}
        self._completing = True
        return self._client.complete_multipart_upload(
            **self._upload, MultipartUpload=parts, **condition
        )

    def abort(self) -> None:
        self._client.abort_multipart_upload(**self._upload)

    def may_complete(self, error: BaseException) -> bool:
        """Whether the store was asked for the whole and may be at it yet, in spite of the error.

        Some (Ceph, SeaweedFS) damage the object where an abort meets its completion.
        """
        return self._completing and not _refused_at_once(error)

    def _send_part(self, chunk: bytes) -> None:
        part: dict[str, Any] = {"PartNumber": len(self._parts) + 1, **checksums(chunk)}
        answer = self._client.upload_part(**self._upload, **part, Body=chunk)
        del part["ContentMD5"]
        self._parts.append({**part, "ETag": answer["ETag"]})


@contextmanager
def begun(
    client: S3Client,
    target: Mapping[str, Any],
    metadata: Mapping[str, str],
    asked: Mapping[str, Any],
) -> Iterator[Upload]:
    """Leaves no part behind if it ends with an error, unless the store may be completing it.

    `target`: Bucket and Key; `asked`: what else goes with the whole. Parts that nobody sees are
    paid for, so those that an earlier upload left are removed as well, an hour after it was begun.
    """
    sweep(client, target["Bucket"], target["Key"], target["Key"].__eq__)
    answer = client.create_multipart_upload(
        **target, **asked, Metadata=dict(metadata), ChecksumAlgorithm="SHA256"
    )
    upload = Upload(client, target, answer["UploadId"])
    try:
        yield upload
    except BaseException as error:
        if not upload.may_complete(error):
            with suppress(Exception):  # what went wrong before is what is told
                upload.abort()
        raise


def sweep(client: S3Client, bucket: str, prefix: str, mine: Callable[[str], bool]) -> None:
    """Gives up what was begun an hour or more ago, by the store's clock, for keys that are `mine`.

    Of a thousand at a time.
    """
    answer: Mapping[str, Any] = {}
    # Who may not list them, or whose store does not know how, may still upload.
    with suppress(*_REFUSED):
        answer = client.list_multipart_uploads(Bucket=bucket, Prefix=prefix)
    now = told_in(answer)
    for left in answer.get("Uploads", []):
        with suppress(*_REFUSED):  # the others may go all the same
            over = now and now - in_utc(left["Initiated"]) >= _SURELY_OVER
            if over and mine(left["Key"]):
                target = {"Bucket": bucket, "Key": left["Key"]}
                Upload(client, target, left["UploadId"]).abort()


def _refused_at_once(error: BaseException) -> bool:
    """What boto asked again by itself, it may have been granted the first time."""
    answer = error.response.get("ResponseMetadata", {}) if isinstance(error, ClientError) else {}
    refused = 400 <= answer.get("HTTPStatusCode", 0) < 500
    return refused and not answer.get("RetryAttempts")
