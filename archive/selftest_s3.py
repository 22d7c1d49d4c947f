"""What a bucket does where stores differ, asked with S3's own requests on objects made for it.

The mirror sends none of these as they are sent here, and none is sent to what it keeps.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from archive.objects import ObjectLock, StoreError
from archive.s3 import S3Store, connect
from archive.s3_answers import answer_of
from archive.s3_client import addressing
from archive.s3_headers import checksums, encryption
from archive.s3_parts import begun
from archive.selftest_lock import lock_look
from archive.selftest_store import Bucket, Look, clock_trial, store_trials
from archive.trial import Outcome, Result, Trial, failed, passed
from config.settings import Mirror
from config.stores import STORES, named

_BODY, _OTHER = b"what the store is asked about", b"something else"
_SOURCE = "2026-11-16/王芳/通话 1+1%.wav"
_DENIED, _ABSENT, _PRECONDITION_FAILED = 403, 404, 412
_WITHOUT_IT = (400, 405, 501)
"""How stores answer a request that they do not know."""
_LOCKED = timedelta(minutes=10)
"""So long the store keeps what a lock was tried on."""


def bucket_trials(
    mirror: Mirror, now: Callable[[], datetime], *, whole: bool = True
) -> Iterator[Trial]:
    """All that can be found out about the mirror's bucket, as it is; nothing is raised.

    Works below `.callvault/selftest-TOKEN/` and removes it again; if it is not to be the `whole`,
    it only looks whether the bucket answers, and at the store's clock. `now`: this computer's.
    """
    try:
        store = connect(mirror)
    except StoreError as error:
        yield Trial("mirror", "reached", False, Result(Outcome.FAIL, error.message))
        return
    trials = store_trials(store, f"{now():%Y%m%d%H%M%S%f}", _looks(store, mirror, now()))
    reached = next(trials)
    yield reached
    if reached.result.outcome is not Outcome.PASS:
        yield from _otherwise(mirror)
    if whole:
        yield from trials
    yield clock_trial(store.clock, now)


class _Asked:
    """A bucket that takes any of S3's requests."""

    def __init__(self, bucket: Bucket, store: S3Store) -> None:
        self._bucket = bucket
        self._store = store

    def about(
        self, operation: str, name: str, *expected: int, **more: Any
    ) -> tuple[int, Mapping[str, Any]]:
        """About an object, or the bucket where `name` is empty: 200 and the answer, or the status
        and code of a refusal that is `expected`. Any other refusal is a StoreError.
        """
        key = self._bucket.key(name) if name else ""
        with self._store.asking(key) as (client, at):
            where = at if name else {"Bucket": at["Bucket"]}
            try:
                return 200, getattr(client, operation)(**where, **more)
            except ClientError as error:
                status, code = answer_of(error)
                if status not in expected:
                    raise
                return status, {"Code": code}

    def put(self, name: str, sent: Mapping[str, str], *expected: int) -> int:
        return self.about("put_object", name, *expected, Body=_BODY, **sent)[0]

    def head(self, name: str) -> Mapping[str, Any]:
        return self.about("head_object", name, ChecksumMode="ENABLED")[1]


def _looks(store: S3Store, mirror: Mirror, now: datetime) -> Iterator[Look]:
    def asked(look: Callable[[Bucket, _Asked], Result], bucket: Bucket) -> Result:
        return look(bucket, _Asked(bucket, store))

    yield "wrong_sha256", False, partial(asked, _wrong_sha256)
    yield "wrong_md5", True, partial(asked, _wrong_md5)
    condition = STORES[named(mirror.store, mirror.endpoint_url)].if_absent
    yield "condition", False, partial(asked, partial(_condition, condition))
    yield "parts", True, partial(asked, partial(_parts, store, mirror))
    yield "metadata", False, partial(asked, _metadata)
    yield "encryption", mirror.encryption != "none", partial(asked, partial(_encrypted, mirror))
    yield "versions", False, partial(asked, _versions)
    yield "lock_rule", False, partial(asked, _lock_rule)
    if mirror.lock != "off":
        yield lock_look(ObjectLock(mirror.lock, now.replace(microsecond=0) + _LOCKED))
    yield "legal_hold", False, partial(asked, _legal_hold)
    yield "addressing", False, partial(asked, partial(_addressing, mirror))


def _wrong_sha256(_: Bucket, asked: _Asked) -> Result:
    wrong = {**checksums(_BODY), "ChecksumSHA256": checksums(_OTHER)["ChecksumSHA256"]}
    if asked.put("wrong sha256", wrong, 400) == 400:
        return passed("sha256_checked")
    return passed("sha256_unchecked").meaning()


def _wrong_md5(_: Bucket, asked: _Asked) -> Result:
    """What is damaged on its way must not be taken, by the one or the other."""
    wrong = {**checksums(_BODY), "ContentMD5": checksums(_OTHER)["ContentMD5"]}
    if asked.put("wrong md5", wrong, 400) == 400:
        return passed("md5_checked")
    if asked.put("wrong both", checksums(_OTHER), 400) == 400:
        return passed("md5_unchecked").meaning()
    return failed("unchecked").meaning()


def _condition(header: str, bucket: Bucket, asked: _Asked) -> Result:
    """Whether the store itself refuses, should two send at one moment. Told: the mirror looks."""
    key = bucket.put("condition", _OTHER)
    request: dict[str, Any] = {**checksums(_BODY), "IfNoneMatch": "*"}
    status = asked.put("condition", request, 409, _PRECONDITION_FAILED, *_WITHOUT_IT)
    if status in {409, _PRECONDITION_FAILED} and bucket.holds(key, _OTHER):
        return passed("condition", header=header)
    if status in _WITHOUT_IT:
        return passed("condition_unknown", header=header, status=status).meaning()
    return passed("condition_ignored", header=header).meaning()


def _parts(store: S3Store, mirror: Mirror, bucket: Bucket, asked: _Asked) -> Result:
    """The smallest that is sent in parts: of one part."""
    key, whole = bucket.key("parts"), False
    with suppress(KeyError), store.asking(key) as (client, at):  # an answer without what S3 tells
        with begun(client, at, {}, encryption(mirror)) as upload:
            upload.send(io.BytesIO(_BODY))
            upload.complete()
        whole = True
    if not (whole and bucket.holds(key, _BODY)):
        return failed("parts_otherwise").meaning()
    told = asked.head("parts").get("ChecksumSHA256", "")
    if told == checksums(_BODY)["ChecksumSHA256"]:
        return passed("parts_checksum")
    return passed("parts_of_checksums" if told else "parts_without_checksum").meaning()


def _metadata(bucket: Bucket, asked: _Asked) -> Result:
    bucket.put("metadata", _BODY, {"source": _SOURCE})
    told = {name.lower(): said for name, said in asked.head("metadata").get("Metadata", {}).items()}
    kept = unquote(told.get("source", "")) == _SOURCE
    return passed("metadata_kept") if kept else passed("metadata_lost").meaning()


def _encrypted(mirror: Mirror, bucket: Bucket, asked: _Asked) -> Result:
    try:
        bucket.put("encryption", _BODY)
    except StoreError:
        if mirror.encryption == "none":
            raise
        asked.put("encryption", checksums(_BODY))  # refused as well, it was something else
        return failed("encryption_impossible", asked=mirror.encryption).meaning()
    told = asked.head("encryption").get("ServerSideEncryption")
    if mirror.encryption == "none":
        own = passed("encryption_own", told=told) if told else passed("encryption_none")
        return own.meaning()
    if told == mirror.encryption:
        return passed("encryption", told=told).meaning()
    return failed("encryption_ignored", asked=mirror.encryption, told=told or "-").meaning()


def _versions(_: Bucket, asked: _Asked) -> Result:
    status, told = asked.about("get_bucket_versioning", "", _DENIED, _ABSENT, *_WITHOUT_IT)
    if status == _DENIED:
        return passed("versions_untold").meaning()
    if status != 200:
        return passed("versions_unknown").meaning()
    known = {"Enabled": "versions_on", "Suspended": "versions_suspended"}
    return passed(known.get(told.get("Status", ""), "versions_off")).meaning()


def _lock_rule(_: Bucket, asked: _Asked) -> Result:
    status, told = _lock_of(asked)
    if status == _DENIED:
        return passed("lock_rule_untold").meaning()
    if not _is_locked(told):
        return passed("lock_rule_none").meaning()
    rule = told["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention")
    if not rule:
        return passed("lock_rule_on").meaning()
    how_long = f"{rule['Years']} a" if "Years" in rule else f"{rule.get('Days')} d"
    return passed("lock_rule_default", mode=rule.get("Mode"), how_long=how_long).meaning()


def _legal_hold(bucket: Bucket, asked: _Asked) -> Result:
    """Put on an object and taken off again; only where the bucket has locks."""
    status, lock = _lock_of(asked)
    if status == _DENIED:
        return passed("legal_hold_unasked").meaning()
    if not _is_locked(lock):
        return passed("legal_hold_untried")
    bucket.put("held", _BODY)
    expected = (_DENIED, _ABSENT, *_WITHOUT_IT)
    hold = partial(asked.about, "put_object_legal_hold", "held", *expected)
    status, _ = hold(LegalHold={"Status": "ON"})
    if status != 200:
        return passed("legal_hold_refused", status=status).meaning()
    try:
        _, told = asked.about("get_object_legal_hold", "held", *expected)
    finally:  # else its version could never be removed
        ended, _ = hold(LegalHold={"Status": "OFF"})
    if ended != 200:
        return failed("legal_hold_stays", key=bucket.key("held")).meaning()
    kept = told.get("LegalHold", {}).get("Status") == "ON"
    return passed("legal_hold") if kept else passed("legal_hold_untold").meaning()


def _addressing(mirror: Mirror, bucket: Bucket, _: _Asked) -> Result:
    """Reads an object the other way: some stores let the bucket be looked at either way."""
    used = _style(mirror)
    other = _other_style(mirror)
    if other is None:
        return passed("addressing_only", used=used)
    key = bucket.put("call", b"the first bytes")
    try:
        works = connect(other).read_sha256(key) is not None
    except StoreError:
        works = False
    both = passed("addressing_both", used=used)
    return both if works else passed("addressing_one", used=used, other=_style(other))


def _otherwise(mirror: Mirror) -> Iterator[Trial]:
    """A bucket that is not reached may be, if it is addressed the other way."""
    other = _other_style(mirror)
    try:
        if other is None:
            return
        connect(other).check()
    except StoreError:
        return
    found = failed("addressing_other", used=_style(mirror), other=_style(other)).meaning()
    yield Trial("mirror", "addressing", False, found)


def _lock_of(asked: _Asked) -> tuple[int, Mapping[str, Any]]:
    operation = "get_object_lock_configuration"
    return asked.about(operation, "", _DENIED, _ABSENT, *_WITHOUT_IT)


def _is_locked(told: Mapping[str, Any]) -> bool:
    configuration = told.get("ObjectLockConfiguration", {})
    return bool(configuration.get("ObjectLockEnabled") == "Enabled")


def _other_style(mirror: Mirror) -> Mirror | None:
    """`None` where a bucket's name cannot stand before the host, which is an IP address."""
    style = "path" if _style(mirror) == "virtual" else "virtual"
    if style == "virtual" and addressing("auto", mirror.endpoint_url, "other") == "path":
        return None
    return replace(mirror, addressing_style=style)


def _style(mirror: Mirror) -> str:
    """What `auto` comes to: boto3 uses the path with every endpoint of one's own."""
    style = addressing(mirror.addressing_style, mirror.endpoint_url, mirror.store)
    if style != "auto":
        return style
    host = urlsplit(mirror.endpoint_url or "").hostname or ".amazonaws.com"
    return "virtual" if host.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "path"
