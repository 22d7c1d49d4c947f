"""The servers that `bench.mirroring` uploads to: on loopback, with what they keep in `folder`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from bench.far_store import FarStore
from bench.mirror_sets import sizes
from tests.s3_server import ENVIRONMENT, KEY, SECRET, S3Server
from tests.stores.places import TRUSTED, VOUCHED
from tests.stores.seaweedfs import running_seaweedfs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RCLONE, SEAWEEDFS = "rclone", "seaweedfs"
_RECORDING = ".mp3"
_OVER_HTTPS = {
    "AWS_CA_BUNDLE": str(TRUSTED),
    # There `aws` sends its checksum behind the body, without a length, which rclone refuses.
    "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
}


@dataclass(frozen=True, slots=True)
class Where:
    """Which server, and what lies between it and the clients."""

    server: str = RCLONE
    https: bool = False
    journey: float = 0
    """Seconds to the server and back."""


class Server(Protocol):
    def make(self, bucket: str) -> None: ...

    def recordings(self, bucket: str) -> Sequence[tuple[str, int]]:
        """Keys and bytes of those that are there, sorted."""

    def drop(self, bucket: str) -> None:
        """With all that is in it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A server, and how clients get there."""

    server: Server
    endpoint_url: str
    environment: Mapping[str, str]
    """What a client needs in its environment."""


@contextmanager
def reached(where: Where, folder: Path) -> Iterator[Reached]:
    certificate = VOUCHED if where.https else None
    environment = dict(ENVIRONMENT) | (_OVER_HTTPS if where.https else {})
    with ExitStack() as running:
        if where.server == SEAWEEDFS:
            folder.mkdir()
            found = running.enter_context(running_seaweedfs(folder, certificate))
            server: Server = _SeaweedFS(_client(found.http))
            at = found.https if where.https else found.http
        else:
            rclone = running.enter_context(S3Server(folder, certificate=certificate))
            server, at = _Rclone(folder), rclone.endpoint_url
        if where.journey:
            far = running.enter_context(FarStore(urlsplit(at).port or 0, where.journey))
            at = urlsplit(at)._replace(netloc=urlsplit(far.endpoint_url).netloc).geturl()
        yield Reached(server, at, environment)


class _Rclone:
    """It ignores `If-None-Match`: an object is looked at before it is sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, bucket: str) -> None:
        (self._folder / bucket).mkdir()

    def recordings(self, bucket: str) -> Sequence[tuple[str, int]]:
        return sizes(self._folder / bucket, lambda path: path.suffix == _RECORDING)

    def drop(self, bucket: str) -> None:
        shutil.rmtree(self._folder / bucket)


class _SeaweedFS:
    """It refuses to overwrite, so that no object is looked at before."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def make(self, bucket: str) -> None:
        self._client.create_bucket(Bucket=bucket)
        # The first object has it make the bucket's volumes, which takes seconds, whoever sends it.
        self._client.put_object(Bucket=bucket, Key="first")

    def recordings(self, bucket: str) -> Sequence[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = ((one["Key"], one["Size"]) for page in pages for one in page.get("Contents", []))
        return sorted(one for one in found if one[0].endswith(_RECORDING))

    def drop(self, bucket: str) -> None:
        self._client.delete_bucket(Bucket=bucket)  # which it does with all that is in it


def _client(endpoint_url: str) -> S3Client:
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )
