"""What goes with an object that is sent or copied."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from config.settings import Mirror

_METADATA_BYTES = 2000  # S3 allows 2 KB for all names and values


def checksums(body: bytes, sha256: bytes | None = None) -> dict[str, str]:
    """As plain headers: checksums in a trailer, which is boto3's own way, many stores refuse.

    `sha256` where the caller has hashed the body already.
    """
    md5 = hashlib.md5(body, usedforsecurity=False).digest()
    sha256 = sha256 or hashlib.sha256(body).digest()
    return {
        "ContentMD5": base64.b64encode(md5).decode(),
        "ChecksumSHA256": base64.b64encode(sha256).decode(),
    }


def encryption(mirror: Mirror) -> dict[str, Any]:
    """What the store is asked to encrypt with: goes with everything that makes an object."""
    if mirror.encryption == "none":
        return {}
    key = {"SSEKMSKeyId": mirror.kms_key} if mirror.kms_key else {}
    return {"ServerSideEncryption": mirror.encryption, **key}


def ascii_only(metadata: Mapping[str, str]) -> dict[str, str]:
    """Percent-encoded, and without the values for which the store has no room."""
    fitting: dict[str, str] = {}
    room = _METADATA_BYTES
    for name, value in metadata.items():
        encoded = quote(value, safe="/:@")
        if (taken := len(name) + len(encoded)) <= room:
            fitting[name] = encoded
            room -= taken
    return fitting
