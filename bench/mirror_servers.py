"""The servers that `bench.mirroring` uploads to: on loopback, with what they keep in `folder`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from bench.mirror_sets import sizes
from tests.s3_server import ENVIRONMENT, KEY, SECRET, S3Server
from tests.stores.seaweedfs import running_seaweedfs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RCLONE, SEAWEEDFS = "rclone", "seaweedfs"
_RECORDING = ".mp3"


class Server(Protocol):
    @property
    def endpoint_url(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def environment(self) -> Mapping[str, str]:
        """What a client needs in its environment."""

    def make(self, bucket: str) -> None: ...

    def recordings(self, bucket: str) -> Sequence[tuple[str, int]]:
        """Keys and bytes of those that are there, sorted."""

    def drop(self, bucket: str) -> None:
        """With all that is in it."""


@contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    if name == SEAWEEDFS:
        folder.mkdir()
        with running_seaweedfs(folder) as found:
            yield _SeaweedFS(found.http)
    else:
        with S3Server(folder) as server:
            yield _Rclone(server)


class _Rclone:
    """It ignores `If-None-Match`: an object is looked at before it is sent."""

    def __init__(self, server: S3Server) -> None:
        self._folder = server.folder
        self.endpoint_url = server.endpoint_url
        self.port = server.port
        self.environment = server.environment

    def make(self, bucket: str) -> None:
        (self._folder / bucket).mkdir()

    def recordings(self, bucket: str) -> Sequence[tuple[str, int]]:
        return sizes(self._folder / bucket, lambda path: path.suffix == _RECORDING)

    def drop(self, bucket: str) -> None:
        shutil.rmtree(self._folder / bucket)


class _SeaweedFS:
    """It refuses to overwrite, so that no object is looked at before."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
        self.port = urlsplit(endpoint_url).port or 0
        self.environment = ENVIRONMENT
        self._client = _client(endpoint_url)

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
