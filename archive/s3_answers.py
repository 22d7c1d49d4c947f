"""What a store's answers and boto's errors mean."""

from __future__ import annotations

import base64
from typing import Any

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from archive.objects import StoreError
from archive.s3_advice import UNKNOWN_REGION, Advice

_PRECONDITION_FAILED, _NOT_IMPLEMENTED = 412, 501
_UNKNOWN_HEADER = {"InvalidArgument", "InvalidRequest"}
_SENDING = {"PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart"}
"""Of which encryption may be asked."""

# boto3 lets urllib3's own errors through where the body of a refusal breaks off, and Python's where
# a date, a number or a checksum in an answer is none.
_BOTOS_OWN = (boto.ClientError, boto.BotoCoreError, ResponseParserError, HTTPError)
FROM_BOTO = (*_BOTOS_OWN, ValueError, OverflowError)


def explain(advice: Advice, error: Exception, key: str = "") -> StoreError:
    if isinstance(error, boto.ClientError):
        return advice.on_refusal(
            _code(error),
            _status(error),
            key=key,
            expected_region=_region(error),
            sent=error.operation_name in _SENDING,
        )
    if not isinstance(error, _BOTOS_OWN):
        return advice.error("not_s3", code=type(error).__name__)
    kinds = (kind.__name__ for kind in type(error).__mro__)
    # The profile that is missing may be one that the environment names, not the settings.
    profile = error.kwargs["profile"] if isinstance(error, boto.ProfileNotFound) else ""
    return advice.on_failure(kinds, key=key, profile=profile)


def answer_of(error: boto.ClientError) -> tuple[int, str]:
    """HTTP status and S3 code of a refusal."""
    return _status(error), _code(error)


def absent(error: boto.ClientError) -> bool:
    return _code(error) in {"NoSuchKey", "NotFound", "404"}


def taken(error: Exception) -> bool:
    """Whether the condition was heeded: S3's answer, or Aliyun's."""
    return _status(error) == _PRECONDITION_FAILED or (
        isinstance(error, boto.ClientError) and _code(error) == "FileAlreadyExists"
    )


def knows_none(error: Exception) -> bool:
    """Whether it may be the condition that the store does not know."""
    return _status(error) == _NOT_IMPLEMENTED or (
        isinstance(error, boto.ClientError) and _code(error) in _UNKNOWN_HEADER
    )


def may_be_there(error: Exception) -> bool:
    """The key was taken already, or the upload may have succeeded before its answer was lost."""
    if isinstance(error, boto.ClientError):
        # boto3 asks again by itself; an upload in parts that was completed is then no more.
        return _status(error) in {409, 412, 500, 501, 502, 504} or _code(error) == "NoSuchUpload"
    return isinstance(error, boto.HTTPClientError)


def sha256_in(checksum: str | None) -> str | None:
    """A checksum of checksums (`...-3`, from an upload in parts) says nothing about the bytes."""
    if not checksum or "-" in checksum:
        return None
    return base64.b64decode(checksum).hex()


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: Exception) -> int:
    """The HTTP status of a refusal, 0 where no answer came."""
    response = error.response if isinstance(error, boto.ClientError) else {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _region(error: boto.ClientError) -> str:
    """The region that the store says is right."""
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    told: Any = error.response.get("Error", {})
    return str(headers.get("x-amz-bucket-region") or told.get("Region") or UNKNOWN_REGION)
