"""A real PostgreSQL on this machine, in a folder of its own, where its programs are installed.

PostgreSQL refuses to run as root, so root has it run by the user `postgres` that Debian's package
makes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import create_engine

from tests.s3_server import free_port

_USER = "postgres"
_DEBIAN = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """The folder of the server's programs, the newest there is."""
    found = [path.parent for path in _DEBIAN.glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    return max(found, key=lambda path: path.parent.name, default=None)


class PostgresServer:
    """Nothing in it outlives the tests, so it does not wait for the disk."""

    def __init__(self, folder: Path) -> None:
        """`folder` must be reachable by the user `postgres`, and short: it has a socket."""
        found = programs()
        assert found is not None
        self._programs = found
        self._folder = folder
        self._port = free_port()
        self._numbers = count(1)

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700)
        if _is_root():
            shutil.chown(self._folder, _USER)
        data = self._folder / "data"
        self._run("initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses=127.0.0.1 -p {self._port} -k {self._folder} -c fsync=off"
        self._run("pg_ctl", "-D", data, "-o", options, "-l", self._folder / "log", "-w", "start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self) -> str:
        """The URL of a new one, as an office's settings have it."""
        name = f"office{next(self._numbers)}"
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: object) -> None:
        user = _USER if _is_root() else None
        subprocess.run(
            [self._programs / program, *map(str, arguments)],
            check=True,
            user=user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0
