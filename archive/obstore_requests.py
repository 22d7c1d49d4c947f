"""The two requests that obstore sends: a HEAD, and a PUT of a small object.

It owns obstore, and takes everything from boto3: the bucket's address and region as boto3 sent to
them, the credentials that boto3 found. Of what goes wrong it tells nothing but that it did:
obstore's texts hold the key, and keys hold customers' names.

obstore can send no `Content-MD5`. Over https the SHA-256 goes with a body and is signed, which most
stores hold it to; within a computer there is nothing on the way that it would tell of. The caller
holds the MD5 that the store tells of what it has against the file's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import obstore
from botocore.credentials import ReadOnlyCredentials
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/([^/]+)/s3/aws4_request,")
_CONNECT = timedelta(seconds=5)
_SLOWEST = 5
"""Times as long as for an answer may a request take that has a body, which goes over a line that
others use. boto3's limit is for each piece; obstore has one for all of them."""
_UNLIKE_BOTO3 = ("aws_checksum_algorithm", "aws_server_side_encryption", "aws_sse_")
"""Beginnings of variables that obstore heeds and boto3 does not, and no argument goes before."""


class NotPlainError(Exception):
    """What came of it is not plainly good. boto3 is to be asked, and says what is the matter."""


@dataclass(frozen=True, slots=True)
class Head:
    size: int
    etag: str
    """Without quotes, in lower case."""


@dataclass(frozen=True, slots=True)
class Address:
    url: str
    """Of the bucket, whichever way it is addressed."""
    region: str
    """That requests are signed for."""


def address_in(request: Any) -> Address | None:
    """Where boto3 sent a signed request (`botocore.awsrequest.AWSRequest`) for an object.

    `None` where obstore could not send one likewise.
    """
    key = request.context.get("input_params", {}).get("Key")
    signed = _SIGNED.match(str(request.headers.get("Authorization", "")))
    if key is None or signed is None:
        return None
    url = request.url.removesuffix("/" + quote(key, safe="/~"))
    if url == request.url or "?" in url or "@" in url:
        return None
    return Address(url, signed[1])


def sent_likewise(environment: Mapping[str, str], proxies: Mapping[str, str]) -> bool:
    """Whether obstore sends on this computer as boto3 does. `proxies`, as `urllib` finds them."""
    odd = any(name.lower().startswith(_UNLIKE_BOTO3) for name in environment)
    return not odd and not proxies.keys() - {"no"}


def can_be_sent(key: str) -> bool:
    """Whether obstore takes the key, prefix and all, and leaves it as it is."""
    parts = key.split("/")
    return key.isprintable() and not any(part in {"", ".", ".."} for part in parts)


class Requests:
    """To one bucket, from several threads. Every method raises NotPlainError."""

    def __init__(
        self,
        address: Address,
        *,
        certificates: bytes | None,
        encrypted: bool,
        checksum: bool,
        seconds: float,
    ) -> None:
        """`certificates`: of authorities (PEM) that are trusted beside the system's; `encrypted`:
        the store is asked to, by its own key (AES256); `checksum`: S3's SHA-256 goes with bodies;
        `seconds`: to wait for an answer.
        """
        asked = {"server_side_encryption": "AES256"} if encrypted else {}
        told = {"checksum_algorithm": "SHA256"} if checksum else {}
        self._connect = partial(_connect, address, certificates, {**asked, **told})
        self._seconds = seconds
        self._lock = Lock()
        self._stores: tuple[ReadOnlyCredentials, S3Store, S3Store] | None = None

    def head(self, key: str, credentials: ReadOnlyCredentials) -> Head | None:
        """`None`: 404, be it the object that is missing or the bucket."""
        try:
            found = obstore.head(self._signed(credentials)[1], key)
        except FileNotFoundError:
            return None
        except (BaseError, ValueError, OSError):
            raise NotPlainError from None
        return Head(found["size"], _plain(found["e_tag"]))

    def put(
        self,
        key: str,
        body: bytes,
        metadata: Mapping[str, str],
        credentials: ReadOnlyCredentials,
        *,
        if_absent: bool,
    ) -> str | None:
        """The ETag that the store answers; `None`: it refused, as `if_absent` asks.

        Sent once.
        """
        try:
            answer = obstore.put(
                self._signed(credentials)[2],
                key,
                body,
                attributes=dict(metadata),
                mode="create" if if_absent else "overwrite",
                use_multipart=False,
            )
        except AlreadyExistsError:
            return None
        except (BaseError, ValueError, OSError):
            raise NotPlainError from None
        return _plain(answer["e_tag"])

    def _signed(
        self, credentials: ReadOnlyCredentials
    ) -> tuple[ReadOnlyCredentials, S3Store, S3Store]:
        """With these credentials: obstore would keep the first ones for ever."""
        with self._lock:
            if self._stores is None or self._stores[0] != credentials:
                quick = self._connect(credentials, self._seconds)
                patient = self._connect(credentials, self._seconds * _SLOWEST)
                self._stores = credentials, quick, patient
            return self._stores


def _connect(
    address: Address,
    certificates: bytes | None,
    wanted: Mapping[str, Any],
    credentials: ReadOnlyCredentials,
    seconds: float,
) -> S3Store:
    """With a value for all that obstore would else take from the environment."""
    given: S3Credential = {
        "access_key_id": credentials.access_key or "",
        "secret_access_key": credentials.secret_key or "",
        "token": credentials.token,
        "expires_at": None,
    }
    client: ClientConfig = {
        "allow_http": address.url.startswith("http://"),
        "connect_timeout": _CONNECT,
        "timeout": timedelta(seconds=seconds),
        "user_agent": "callvault",
    }
    if certificates:
        client["root_certificate"] = certificates
    return S3Store(
        "bucket",  # the address has it
        aws_endpoint_url_s3=address.url,
        virtual_hosted_style_request=True,
        region=address.region,
        # Signed where the SHA-256 goes along and costs nothing more; else no wire alters the body.
        unsigned_payload="checksum_algorithm" not in wanted,
        skip_signature=False,
        s3_express=False,
        request_payer=False,
        conditional_put="etag",
        client_options=client,
        retry_config={"max_retries": 0},
        credential_provider=lambda: given,
        **wanted,
    )


def _plain(etag: str | None) -> str:
    return (etag or "").strip('"').lower()
