"""What a bucket's refusals and failures mean for the office: codes into advice.

Knows S3's codes and the names of boto's exceptions, but not boto: see `archive/s3_answers.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.objects import StoreError
from config.language import Message

_CODES = {
    "bytes_changed": "BadDigest InvalidDigest IncompleteBody XAmzContentSHA256Mismatch "
    "XAmzContentChecksumMismatch",
    "unknown_key": "InvalidAccessKeyId InvalidClientTokenId",
    "expired_key": "ExpiredToken InvalidToken TokenRefreshRequired",
    "wrong_secret": "SignatureDoesNotMatch",
    "wrong_clock": "RequestTimeTooSkewed",
    # In turn: Aliyun OSS, Huawei OBS, AWS.
    "account_blocked": "UserDisable InDebt InDebtOverdue AbnormalBucketOwnerStatus BucketDisable "
    "InArrearOrInsufficientBalance UserRestricted DeregisterUserId "
    "AccountProblem NotSignedUp AllAccessDisabled 402",
    "frozen": "InvalidObjectState",
    "no_such_bucket": "NoSuchBucket",
    "bad_bucket_name": "InvalidBucketName",
    "access_denied": "AccessDenied 403",
    "wrong_region": "PermanentRedirect AuthorizationHeaderMalformed 301 "
    "IllegalLocationConstraintException",
    # In turn: Aliyun OSS, Tencent COS, Huawei OBS.
    "path_style": "SecondLevelDomainForbidden PathStyleDomainForbidden VirtualHostDomainRequired",
    # The last line: another writer was at the same key, and its object is not there now.
    "busy": "SlowDown ServiceUnavailable Throttling TooManyRequests RequestLimitExceeded 503 429 "
    "TemporaryRedirect "
    "ConditionalRequestConflict OperationAborted PreconditionFailed 409 412",
    "interrupted": "RequestTimeout",
    # In turn: Ceph, Huawei OBS, MinIO.
    "full": "QuotaExceeded InsufficientStorageSpace XMinioStorageFull "
    "XMinioAdminBucketQuotaExceeded 507",
    # The first is Aliyun's; AWS and MinIO have the others. A store without any has no code for it.
    "encryption_refused": "KmsServiceNotEnabled KMS.NotFoundException KMS.DisabledException "
    "KMS.KMSInvalidStateException KMS.InvalidStateException KMS.InvalidKeyUsageException "
    "KMS.AccessDeniedException InvalidEncryptionAlgorithmError",
    "not_s3": "302 303 307 308 407",
}
_KINDS = {
    "no_credentials": "NoCredentialsError PartialCredentialsError CredentialRetrievalError",
    "expired_key": "NoAuthTokenError TokenRetrievalError SSOError LoginError",
    "no_profile": "ProfileNotFound",
    "bad_bucket_name": "ParamValidationError",
    "untrusted": "SSLError",
    "unreachable": "ConnectionError",
    "interrupted": "HTTPClientError IncompleteReadError HTTPError",
    "not_s3": "ResponseParserError",
}
_BY_CODE = {code: sentence for sentence, codes in _CODES.items() for code in codes.split()}
_BY_KIND = {kind: sentence for sentence, kinds in _KINDS.items() for kind in kinds.split()}
_AFAR = frozenset({"unreachable", "untrusted"})
_LISTED_WRONG = frozenset({"cannot_sort", "pages_do_not_fit"})  # the next list may come out well
_FAILING = frozenset({"busy", "encryption_failed", "full", "interrupted", "not_s3", "server_error"})
_OUTAGES = _AFAR | _LISTED_WRONG | _FAILING
UNKNOWN_REGION = "?"
"""The store did not say where the bucket is."""


class Advice:
    """The sentences of `config/words/store.toml`, about one bucket."""

    def __init__(
        self, bucket: str, endpoint_url: str | None, region: str | None, encryption: str = "none"
    ) -> None:
        """`encryption`: what is asked for with every object."""
        self._place = {
            "bucket": bucket,
            "endpoint": _shown(endpoint_url),
            "region": region or "-",
        }
        self._encryption = encryption
        self._dotted = "." in bucket and str(endpoint_url).startswith("https:")

    def on_refusal(
        self, code: str, status: int, *, key: str, expected_region: str, sent: bool = False
    ) -> StoreError:
        """The store answered, with an error code of S3 and an HTTP status; `sent`: an object."""
        fallback = "server_error" if status >= 500 and status != 501 else "refused"
        sentence = _BY_CODE.get(code) or _BY_CODE.get(str(status), fallback)
        if sentence == "wrong_region" and code == "301" and expected_region == UNKNOWN_REGION:
            sentence = "not_s3"  # a store that sends elsewhere says where the bucket is
        if sentence == "path_style" and self._dotted:
            sentence = "dotted_bucket"  # whatever the settings say, boto puts it into the path
        if sentence == "refused" and key and self._encryption != "none":
            sentence = "encryption_refused"  # MinIO without a key service: NotImplemented
        if sentence == "server_error" and sent and self._encryption != "none":
            sentence = "encryption_failed"  # SeaweedFS without a key: InternalError
        values = {"key": key, "expected": expected_region, "encryption": self._encryption}
        return self.error(sentence, code=code, **values)

    def on_failure(self, kinds: Iterable[str], *, key: str, profile: str) -> StoreError:
        """No usable answer came. `kinds`: the names of the exception's classes, closest first."""
        names = list(kinds)
        sentence = next((_BY_KIND[name] for name in names if name in _BY_KIND), "refused_here")
        return self.error(sentence, code=names[0], key=key, profile=profile)

    def error(self, sentence: str, **values: str) -> StoreError:
        message = Message.of(f"store.{sentence}", **self._place, **values)
        return StoreError(message, outage=sentence in _OUTAGES, afar=sentence in _AFAR)


def _shown(endpoint_url: str | None) -> str:
    """The endpoint without a user name or password that somebody wrote into it."""
    scheme, separator, rest = (endpoint_url or "S3").rpartition("://")
    return scheme + separator + rest.split("@")[-1]
