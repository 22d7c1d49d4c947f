"""What `callvault compare` costs beside `rclone check`, over the same bucket of a local S3 server.

    python -m bench.comparing --recordings 20000 --rounds 3

All are run in turn, and the ratios of their medians told. Not for Windows.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from archive.catalogue import outbox, recordings
from archive.catalogue.database import Catalogue, open_catalogue
from archive.catalogue.recordings import Admission
from archive.store import Store
from tests.s3_server import KEY, SECRET, S3Server, rclone

SETTINGS = """\
[office]
name = "bench"
language = "en"
[inbox]
path = 'inbox'
[archive]
path = 'archive'
[mirror]
bucket = "recordings"
endpoint_url = "{endpoint}"
region = "us-east-1"
addressing_style = "path"
"""
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
DAY = date(2026, 11, 16)
MINE = "callvault compare"
_A_CUSTOMER, _BYTES = 100, 4096
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def make(folder: Path, bucket: Path, count: int) -> None:
    """An archive of `count` recordings, and a bucket that has them all."""
    store = Store(folder / "archive")
    store.prepare()
    (folder / "inbox").mkdir()
    url = f"sqlite:///{store.root / '.callvault/catalogue.sqlite'}"
    with closing(open_catalogue(url)) as catalogue:
        new = [_recording(number, (store.root, bucket)) for number in range(count)]
        for first in range(0, count, 1000):
            _enter(catalogue, new[first : first + 1000])


def _recording(number: int, roots: Sequence[Path]) -> Admission:
    path = f"客户{number // _A_CUSTOMER:04}/2026-11-16/20261116_{number:06}.mp3"
    contents = number.to_bytes(8, "big") * (_BYTES // 8)
    for root in roots:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(contents)
    sha256 = hashlib.sha256(contents).hexdigest()
    return Admission(sha256, _BYTES, path, DAY, None, NOW, path, None, None, DAY, ())


def _enter(catalogue: Catalogue, some: Sequence[Admission]) -> None:
    with catalogue.transaction() as tx:
        recordings.admit(tx, some, NOW, mirrored=True)
        for errand in outbox.due(tx, None, len(some)):
            outbox.confirm(tx, errand, NOW)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, of the client alone."""

    wall: float
    cpu: float


def cost(
    command: Sequence[str], environment: Mapping[str, str], ends: Collection[int] = (0,)
) -> Cost:
    """Runs a command to its end, which has to be one of the exit codes `ends`."""
    began, before = time.monotonic(), _cpu()
    done = subprocess.run(command, env=as_installed(environment), capture_output=True, check=False)
    if done.returncode not in ends:
        raise RuntimeError(f"{command[0]}: {done.stdout[-500:]!r} {done.stderr[-500:]!r}")
    return Cost(time.monotonic() - began, _cpu() - before)


def as_installed(environment: Mapping[str, str]) -> dict[str, str]:
    """An installed program has its bytecode; where none is to be written, each start compiles
    anew.
    """
    return {name: environment[name] for name in environment.keys() - {_NO_BYTECODE}}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(count: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with S3Server(folder / "s3", listing_lasts="5m") as server:
            make(folder, server.folder / server.bucket, count)
            commands = _commands(folder, server)
            environment = dict(os.environ) | server.environment
            took: dict[str, list[Cost]] = {name: [] for name in commands}
            for _ in range(rounds):
                for name, command in commands.items():
                    took[name].append(cost(command, environment))
    wall = {name: median(one.wall for one in each) for name, each in took.items()}
    cpu = {name: median(one.cpu for one in each) for name, each in took.items()}
    for name in took:
        ratios = f"{wall[MINE] / wall[name]:5.2f} {cpu[MINE] / cpu[name]:5.2f}"
        print(f"{name:26} wall {wall[name]:6.2f} s  CPU {cpu[name]:5.2f} s  {MINE} to it {ratios}")


def _commands(folder: Path, server: S3Server) -> Mapping[str, Sequence[str]]:
    settings = folder / "callvault.toml"
    settings.write_text(SETTINGS.format(endpoint=server.endpoint_url), encoding="utf-8")
    remote = f":s3,provider=Other,access_key_id={KEY},secret_access_key={SECRET}"
    remote += f",endpoint='{server.endpoint_url}':{server.bucket}"
    check = [rclone(), "check", str(folder / "archive"), remote]
    check += ["--exclude", ".callvault/**", "--config="]
    return {
        MINE: [sys.executable, "-m", "cli", "--config", str(settings), "compare"],
        "rclone check": check,
        "rclone check --fast-list": [*check, "--fast-list"],
        "rclone check --size-only": [*check, "--size-only"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    run(asked.recordings, asked.rounds)


if __name__ == "__main__":
    main()
