"""How long a recording is on its way: dropped into a watched folder on a local disk, to `mirrored`.

    python -m bench.arriving --files 50 --rounds 5

The daemon is run whole, over a real watcher and a local S3 server; all files are dropped at once.
A file must stand still for the settle time before it is taken, which is told apart. What counts as
mirrored is what the catalogue says, with the time at which the store had shown the object. Not for
Windows.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from archive.catalogue import log
from archive.catalogue.database import open_catalogue
from tests.s3_server import S3Server
from tests.sample.sound import call, shortened_amr

SETTINGS = """\
[office]
name = "bench"
language = "en"
[inbox]
path = 'inbox'
settle_seconds = {settle}
scan_seconds = 3600
[archive]
path = 'archive'
[mirror]
bucket = "recordings"
endpoint_url = "{endpoint}"
region = "us-east-1"
addressing_style = "path"
"""
_PATIENCE = 300.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Way:
    """Seconds from a file's being there to each stage, of one file."""

    admitted: float
    mirrored: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--settle", type=float, default=2.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rounds = list(_rounds(Path(folder), asked.files, asked.rounds, asked.settle))
    print(f"{asked.files} files at once, settle time {asked.settle:g} s; beyond it, in seconds:")
    for number, ways in enumerate(rounds, start=1):
        print(f"  round {number}: {_told(ways, asked.settle)}")
    print(f"  all:     {_told([way for ways in rounds for way in ways], asked.settle)}")


def _told(ways: list[Way], settle: float) -> str:
    admitted = sorted(way.admitted - settle for way in ways)
    mirrored = sorted(way.mirrored - settle for way in ways)
    return (
        f"admitted {median(admitted):.2f} (last {admitted[-1]:.2f}), "
        f"mirrored {median(mirrored):.2f} (last {mirrored[-1]:.2f})"
    )


def _rounds(folder: Path, files: int, rounds: int, settle: float) -> Iterator[list[Way]]:
    (folder / "inbox").mkdir()
    with S3Server(folder / "bucket") as server:
        config = folder / "callvault.toml"
        config.write_text(SETTINGS.format(settle=settle, endpoint=server.endpoint_url), "utf-8")
        with _running(config, server.environment):
            for number in range(rounds):
                yield _round(folder, range(number * files, (number + 1) * files))


def _round(folder: Path, numbers: range) -> list[Way]:
    contents = [shortened_amr(call("8.amr"), number) for number in numbers]
    dropped: dict[str, datetime] = {}
    for number, content in zip(numbers, contents, strict=True):
        source = f"1380000{number:04}_20261116093015.amr"
        (folder / "inbox" / source).write_bytes(content)
        dropped[source] = datetime.now(UTC)
    ways: dict[str, Way] = {}

    def arrived() -> bool:
        ways.update(_ways(folder, dropped))
        return len(ways) == len(dropped)

    _wait_for(arrived)
    return list(ways.values())


def _ways(folder: Path, dropped: dict[str, datetime]) -> dict[str, Way]:
    """Of those files that are mirrored."""
    url = f"sqlite:///{folder}/archive/.callvault/catalogue.sqlite"
    with closing(open_catalogue(url)) as catalogue, catalogue.reading() as tx:
        entries = list(log.entries(tx))
    admitted: dict[str, tuple[str, datetime]] = {}
    ways = {}
    for told in map(json.loads, (one.entry for one in entries)):
        at, sha256 = datetime.fromisoformat(told["at"]), told["sha256"]
        if told["event"] == "admitted" and told["original_name"] in dropped:
            admitted[sha256] = told["original_name"], at
        elif told["event"] == "mirrored" and sha256 in admitted:
            source, taken = admitted[sha256]
            begin = dropped[source]
            ways[source] = Way((taken - begin).total_seconds(), (at - begin).total_seconds())
    return ways


def _wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not what():
        if time.monotonic() > until:
            raise SystemExit("not all of it was mirrored in time")
        time.sleep(0.5)


@contextmanager
def _running(config: Path, environment: dict[str, str]) -> Iterator[None]:
    said = config.with_suffix(".log")
    with said.open("wb") as log_file:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "cli", "--config", str(config), "run"],
            env=os.environ | environment,
            stdout=log_file,
            stderr=log_file,
        )
    try:
        _wait_for(lambda: b"callvault is running" in said.read_bytes())
        yield
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    finally:
        daemon.kill()
        daemon.wait()


if __name__ == "__main__":
    main()
