"""SeaweedFS: a server that offices run themselves, one program on loopback over a folder.

`make conformance-seaweedfs` installs it, in an environment of its own within that of the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.s3_server import KEY, SECRET, bare_environment, free_port
from tests.stores.serving import program, serving

_IDENTITY = {
    "name": "callvault",
    "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
    "actions": ["Admin"],
}


@dataclass(frozen=True, slots=True)
class SeaweedFS:
    http: str
    https: str


@contextmanager
def running_seaweedfs(folder: Path, certificate: Path | None = None) -> Iterator[SeaweedFS]:
    """Both its addresses, once it answers; takes some 4 s. RuntimeError with its words if not."""
    plain, secure = free_port(), free_port()
    http = f"http://127.0.0.1:{plain}"
    with serving(
        _command(folder, plain, secure, certificate),
        folder / "seaweedfs.log",
        lambda: _serves(http),
        environment=bare_environment() | {"WEED_S3_SSE_KEY": "of these tests"},
    ):
        yield SeaweedFS(http, f"https://127.0.0.1:{secure}")


def _command(folder: Path, plain: int, secure: int, certificate: Path | None) -> list[str]:
    """Everything on loopback, and nothing told to the program's makers."""
    (folder / "data").mkdir()
    settings = folder / "s3.json"
    settings.write_text(json.dumps({"identities": [_IDENTITY]}), encoding="utf-8")
    ports = {"s3.port": plain, "s3.port.https": secure}
    ports |= {f"{part}.port.grpc": free_port() for part in ("master", "volume", "filer", "s3")}
    ports |= {f"{part}.port": free_port() for part in ("master", "volume", "filer")}
    ports |= {"s3.port.iceberg": 0, "s3.port.lance": 0, "volume.max": 500}
    places = {"dir": folder / "data", "s3.config": settings}
    places |= {f"{part}.localSocket": folder / f"{part}.socket" for part in ("filer", "s3")}
    if certificate is not None:
        places |= {"s3.cert.file": certificate, "s3.key.file": certificate}
    return [
        *(program("weed", "seaweedfs"), f"-logdir={folder}", "server", "-s3", "-s3.iam=false"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"),
        "-master.volumeSizeLimitMB=256",
        *(f"-{name}={value}" for name, value in (ports | places).items()),
    ]


def _serves(address: str) -> bool:
    """Whether S3 answers, be it with a refusal; its port is open before."""
    try:
        urlopen(address, timeout=5).close()  # noqa: S310  it is http
    except HTTPError as refused:
        refused.close()
        return refused.code < 500
    except OSError:
        return False
    return True
