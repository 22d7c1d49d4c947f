"""MiniStack: S3 as Amazon has it, with checksums, conditions, versions and locks, in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.s3_server import KEY, SECRET, answers, bare_environment, free_port


@contextmanager
def running_ministack(folder: Path, seconds: float = 20.0) -> Iterator[str]:
    """Its address, once it answers; RuntimeError with its words if it does not."""
    port = free_port()
    log = folder / "ministack.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [_program()], stdout=said, stderr=said, env=_environment(folder, port), cwd=folder
        )
    try:
        deadline = time.monotonic() + seconds
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"ministack did not start: {log.read_text(errors='replace')}")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


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


def _program() -> str:
    """From the environment that `make` gives it within that of the tests, else from the PATH."""
    within = Path(sys.prefix) / "ministack" / ("Scripts" if os.name == "nt" else "bin")
    found = shutil.which("ministack", path=str(within)) or shutil.which("ministack")
    if found is None:
        raise RuntimeError("ministack is missing: make .venv/ministack.ok")
    return found
