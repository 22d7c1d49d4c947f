"""MiniStack: S3 as Amazon has it, with checksums, conditions, versions and locks, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.s3_server import KEY, SECRET, answers, bare_environment, free_port
from tests.stores.serving import program, serving


@contextmanager
def running_ministack(folder: Path, seconds: float = 20.0) -> Iterator[str]:
    """Its address, once it answers; RuntimeError with its words if it does not."""
    port = free_port()
    log = folder / "ministack.log"
    command, environment = [program("ministack", "ministack")], _environment(folder, port)
    with serving(command, log, lambda: answers(port), environment=environment, seconds=seconds):
        yield f"http://127.0.0.1:{port}"


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        **bare_environment(),
        "BIND_HOST": "127.0.0.1",  # else it listens on every address of this machine
        "GATEWAY_PORT": str(port),
        "AUTH": "true",  # signatures and keys are checked
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "SERVICES": "s3",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(folder),
    }
