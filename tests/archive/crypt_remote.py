"""A crypt remote of the real rclone, over a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.s3_server import bare_environment, rclone


class CryptRemote:
    """It is called `sealed`, over `folder`."""

    def __init__(self, work: Path, password: str) -> None:
        self.folder = work / "sealed"
        self.folder.mkdir(exist_ok=True)
        self._conf = work / "rclone.conf"
        obscured = self._rclone("obscure", "-", said=password).strip()
        self._conf.write_text(
            "[sealed]\n"
            "type = crypt\n"
            f"remote = {self.folder}\n"
            "filename_encryption = off\n"
            "directory_name_encryption = false\n"
            "suffix = none\n"
            f"password = {obscured}\n",
            encoding="utf-8",
        )

    def run(self, *asked: str) -> str:
        """What rclone says on its standard output; CalledProcessError where it fails."""
        return self._rclone("--config", str(self._conf), *asked)

    def _rclone(self, *asked: str, said: str = "") -> str:
        done = subprocess.run(
            [rclone(), *asked],
            input=said.encode(),
            env=bare_environment(),
            check=True,
            capture_output=True,
        )
        return done.stdout.decode()
