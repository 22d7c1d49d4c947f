"""An object removed for good: its older versions too, where the bucket keeps such.

A plain delete hides an object of a bucket with versions, and every byte of it stays. Whoever only
has the rights to put and to delete cannot see versions, and is told that they may be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from archive.s3_answers import absent

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_WITHOUT_VERSIONS = "null"
"""The only version of an object in a bucket that keeps none."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an object, or may be."""

    versions: bool = False
    """Older ones that nobody could see, or that the store let nobody delete."""
    until: datetime | None = None
    """Of one that is locked, until when; aware."""
    held: bool = False
    """One is under a legal hold."""


@dataclass(frozen=True, slots=True)
class _Version:
    id: str
    marker: bool
    """It says that the object is deleted, and has no bytes."""
    latest: bool


def purge(
    client: S3Client, at: Mapping[str, Any], is_outage: Callable[[ClientError], bool]
) -> Left:
    """Deletes what lies at a bucket and key. Raises boto's errors where the store fails."""

    def refused(work: Callable[..., Any], **asked: Any) -> bool:
        try:
            work(**at, **asked)
        except ClientError as error:
            if is_outage(error):
                raise
            return not absent(error)
        return False

    try:
        found = [*_versions(client, at)]
    except ClientError as error:
        if is_outage(error):
            raise
        return Left(versions=_delete(client, at))
    # What is locked is to be hidden at least, once.
    hidden = any(one.marker and one.latest for one in found) or _delete(client, at)
    stay = [one for one in found if not one.marker and (hidden or one.id != _WITHOUT_VERSIONS)]
    stay = [one for one in stay if refused(client.delete_object, VersionId=one.id)]
    if stay:
        return _why(client, at, stay[0].id, is_outage)
    markers = [one for one in _versions(client, at) if one.marker] if hidden else []
    return Left(any(refused(client.delete_object, VersionId=one.id) for one in markers))


def _delete(client: S3Client, at: Mapping[str, Any]) -> bool:
    """Whether it only got a mark that it is deleted."""
    try:
        answer = client.delete_object(Bucket=at["Bucket"], Key=at["Key"])
    except ClientError as error:
        if not absent(error):
            raise
        return False
    return bool(answer.get("DeleteMarker"))


def _versions(client: S3Client, at: Mapping[str, Any]) -> Iterator[_Version]:
    """All of this very key, which comes before all others that begin like it."""
    asked: dict[str, Any] = {"Bucket": at["Bucket"], "Prefix": at["Key"]}
    while True:
        page: Mapping[str, Any] = client.list_object_versions(**asked)
        entries = [
            (one, marker)
            for name, marker in (("Versions", False), ("DeleteMarkers", True))
            for one in page.get(name, ())
            if one["Key"] == at["Key"]
        ]
        for one, marker in entries:
            yield _Version(one.get("VersionId", _WITHOUT_VERSIONS), marker, one["IsLatest"])
        if not (page.get("IsTruncated") and page.get("NextKeyMarker") == at["Key"]):
            return
        asked |= {"KeyMarker": at["Key"], "VersionIdMarker": page["NextVersionIdMarker"]}


def _why(
    client: S3Client, at: Mapping[str, Any], version: str, is_outage: Callable[[ClientError], bool]
) -> Left:
    try:
        told: Mapping[str, Any] = client.head_object(**at, VersionId=version)
    except ClientError as error:
        if is_outage(error):
            raise
        told = {}
    held = told.get("ObjectLockLegalHoldStatus") == "ON"
    return Left(versions=True, until=told.get("ObjectLockRetainUntilDate"), held=held)
