"""A connection to a server that behaves badly, which does not wait for it long."""

from __future__ import annotations

from archive.s3 import S3Store, connect
from config.settings import Mirror
from tests.archive.difficult_s3 import DifficultS3


def connected(
    difficult: DifficultS3, ask_after: int = 0, kind: str | None = None, encryption: str = "none"
) -> S3Store:
    at = ("recordings", "", difficult.endpoint_url, None, "path", None, 8, kind)
    mirror = Mirror(*at, encryption=encryption)
    return connect(mirror, read_seconds=0.3, ask_after=ask_after)
