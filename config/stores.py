"""What the stores that offices use do differently, as their documentation has it.

`docs/mirror.md` names the sources. What a bucket really does is found out by `callvault check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Documented:
    hosts: tuple[str, ...] = ()
    """How the hosts of its endpoints end, where that is unmistakable."""
    addressing: str = "auto"
    """`path` or `virtual`, where it takes only one, or surely one; `auto`: it depends."""
    if_absent: str = "If-None-Match"
    """The header by which a put keeps what is there."""
    locks: tuple[str, ...] = ()
    """What S3's Object Lock can do there: `GOVERNANCE`, `COMPLIANCE`, `LEGAL HOLD`."""
    checksum: bool = False
    """S3's SHA-256 is said to be kept and told."""
    lists_by_folder: bool = False
    """Keys are listed folder by folder, not in their order."""
    run: str = ""
    """The version that was run; empty: none was."""


_EVERY_LOCK = ("GOVERNANCE", "COMPLIANCE", "LEGAL HOLD")

STORES: Mapping[str, Documented] = {
    "aws": Documented((".amazonaws.com", ".amazonaws.com.cn"), locks=_EVERY_LOCK, checksum=True),
    # Locks of its own kind (BucketWorm, ObjectWorm), not through S3's requests.
    "aliyun": Documented((".aliyuncs.com",), "virtual", "x-oss-forbid-overwrite"),
    "tencent": Documented((".myqcloud.com",), "virtual", locks=("COMPLIANCE",)),
    "huawei": Documented((".myhuaweicloud.com",), "virtual", locks=("COMPLIANCE",)),
    "minio": Documented((), "path", locks=_EVERY_LOCK, checksum=True),
    "ceph": Documented((), "path", locks=_EVERY_LOCK, run="16.2.15"),
    "seaweedfs": Documented(
        (), "path", locks=_EVERY_LOCK, checksum=True, lists_by_folder=True, run="4.48"
    ),
    "other": Documented(),
}


def without_bucket(endpoint_url: str, bucket: str) -> str | None:
    """The server's address, where the endpoint names the bucket too; `None` where it does not.

    Consoles show such addresses. A server may be called as a bucket is, so of a host it is said
    only where that is unmistakable.
    """
    parts = urlsplit(endpoint_url)
    above, _, last = parts.path.rstrip("/").rpartition("/")
    if last == bucket:
        return parts._replace(path=above).geturl()
    host = parts.netloc.lower()
    if host.startswith(f"{bucket}.") and named(None, endpoint_url) != "other":
        return parts._replace(netloc=host.removeprefix(f"{bucket}.")).geturl()
    return None


def named(store: str | None, endpoint_url: str | None) -> str:
    """Which of `STORES` it is: as the office says, else by its endpoint; no endpoint is Amazon."""
    if store is not None:
        return store
    if endpoint_url is None:
        return "aws"
    host = urlsplit(endpoint_url).hostname or ""
    return next((name for name, one in STORES.items() if host.endswith(one.hosts)), "other")
