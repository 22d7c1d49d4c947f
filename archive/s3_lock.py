"""A bucket's Object Lock and legal hold over boto3, and whether it really has them.

What stores do, and this rests on: some that know neither take a lock's headers and repeat them in
HEAD answers, and take the XML of a retention or a legal hold for the object's new contents. So the
bucket itself is asked first. Of an upload in parts some forget the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from archive.object_lock import strengthened
from archive.objects import ObjectLock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class BucketLock:
    """What one connection knows of it. Raises boto's errors as they are."""

    def __init__(
        self, client: S3Client, bucket: str, is_unknown: Callable[[ClientError], bool]
    ) -> None:
        """`is_unknown`: whether a refusal says that the store does not know what was asked."""
        self._client = client
        self._bucket = bucket
        self._is_unknown = is_unknown
        self._enabled: bool | None = None
        self.refused = False
        """Something was taken without a lock that was refused with one: no more are asked for."""

    def enabled(self) -> bool:
        """Whether the bucket was made with Object Lock, which legal holds need, too."""
        if self._enabled is None:
            answer: Mapping[str, Any] = {}
            try:
                answer = self._client.get_object_lock_configuration(Bucket=self._bucket)
            except ClientError as error:
                if not self._is_unknown(error):
                    raise
            told = answer.get("ObjectLockConfiguration") or {}
            self._enabled = told.get("ObjectLockEnabled") == "Enabled"
        return self._enabled

    def may_be_asked(self) -> bool:
        """Whether a lock may be asked for: also where the key may not know of the bucket's."""
        return not self.refused and self._not_known_without()

    def known_without(self) -> bool:
        """Whether the bucket surely has none; False also where the key may not know."""
        return not self._not_known_without()

    def shown(self, answer: Mapping[str, Any]) -> tuple[ObjectLock | None, bool]:
        """What HEAD tells of an object's lock and legal hold, where the bucket has such things."""
        mode, until = answer.get("ObjectLockMode"), answer.get("ObjectLockRetainUntilDate")
        held = answer.get("ObjectLockLegalHoldStatus") == "ON"
        if not (held or (mode and until)) or not self._not_known_without():
            return None, False
        return (ObjectLock(mode.lower(), until) if mode and until else None), held

    def strengthen(self, at: Mapping[str, Any], found: ObjectLock | None, lock: ObjectLock) -> None:
        """Asks for `lock` on the object `at` its bucket and key, which has less so far."""
        if not self.enabled():
            return
        wanted = strengthened(lock, found)
        request: Any = {**at, "Retention": _retention_of(wanted)}
        # A bucket's own rule may have given it the weaker kind, which is to be exchanged.
        if found is not None and found.mode != wanted.mode:
            request["BypassGovernanceRetention"] = True
        self._client.put_object_retention(**request)

    def _not_known_without(self) -> bool:
        try:
            return self.enabled()
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403:
                return True
            raise


def lock_headers(lock: ObjectLock) -> dict[str, Any]:
    return {"ObjectLockMode": lock.mode.upper(), "ObjectLockRetainUntilDate": lock.until}


def _retention_of(lock: ObjectLock) -> dict[str, Any]:
    return {"Mode": lock.mode.upper(), "RetainUntilDate": lock.until}
