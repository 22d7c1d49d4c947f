"""Mirrors an office through bad weather, and has other clients judge what came of it.

python -m tests.faults.campaign [--objects 2000] [--faults 1000] [--seed 1] [--servers seaweedfs]
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from archive.catalogue.database import open_catalogue
from archive.mirror import Mirror
from archive.records import Recording
from archive.s3 import connect
from archive.s3_parts import PART
from archive.store import Store
from tests.archive.small_archive import AT, SmallArchive
from tests.crash.stage import quick_folder
from tests.faults.weather import KINDS, Weather
from tests.s3_server import ENVIRONMENT, KEY, SECRET, bare_environment, rclone
from tests.stores.places import INSTALLED, Bucket, Servers

SERVERS = ("rclone", "ministack")
_MOST_DRAINS = 400
_MOVING = 5  # drains after which some recordings move
_CONFIRMED = "SELECT key, checksum FROM object"
_FOREIGN = b"somebody else's"


@dataclass
class Outcome:
    objects: int
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    drains: int = 0
    outages: Counter[str] = field(default_factory=Counter)
    refusals: int = 0
    moved: int = 0
    unfinished: int = 0
    """Uploads in parts whose answer or end was lost; they are swept an hour later."""
    complaints: list[str] = field(default_factory=list)

    def table(self) -> str:
        lines = [f"{kind:12} {self.faults[kind]:5}" for kind in KINDS]
        lines += [
            f"{'together':12} {self.faults.total():5} of {self.requests} requests",
            f"{self.objects} recordings, {self.moved} moves; {self.drains} drains",
            f"of them {self.outages.total()} ended by an outage: {dict(self.outages)}",
            f"errands put off: {self.refusals}",
            f"uploads in parts left unfinished until the next day's sweep: {self.unfinished}",
            *(f"WRONG: {what}" for what in self.complaints[:20]),
        ]
        return "\n".join(lines)


class Office:
    """An archive with recordings that are owed, a bucket, and the weather between them."""

    def __init__(self, folder: Path, bucket: Bucket, weather: Weather, seed: int) -> None:
        store = Store(folder / "archive")
        store.prepare()
        self.catalogue = open_catalogue(f"sqlite:///{store.root}/.callvault/catalogue.sqlite")
        (folder / "inbox").mkdir()
        self.archive = SmallArchive(self.catalogue, store, folder / "inbox")
        self.bucket, self.weather = bucket, weather
        self.chance = random.Random(seed)
        self.calls: list[Recording] = []
        self.planted: set[str] = set()
        self.was_at: dict[str, int] = {}
        """Keys before a move, and whose they were."""
        self._now = AT
        self._seen: set[str] = set()

    def fill(self, objects: int, large: int) -> None:
        for number in range(objects):
            size = PART + 1000 if number < large else 200 + number % 400
            contents = random.Random(number).randbytes(size)
            call = self.archive.admit(contents, f"2026-11-16/王芳/{number}.mp3")
            self.calls.append(call)
        for call in self.chance.sample(self.calls[large:], objects // 100):
            self._plant(call.path)

    def move(self, number: int) -> int:
        """Some recordings get names at which another's object may stand already."""
        here = [at for at, call in enumerate(self.calls) if call.path not in self.planted]
        for at in self.chance.sample(here, number):
            call = self.calls[at]
            target = f"客户{at % 50}/2026-11-16/{at} {len(self.was_at)}.mp3"
            if self.chance.random() < 0.02:
                self._plant(target)
            self.was_at[call.path] = at
            self.calls[at] = self.archive.move(call, target)
        return number

    def drain(self, outcome: Outcome) -> None:
        drained = self._mirror().drain(everything=False)
        outcome.drains += 1
        outcome.refusals += drained.refused
        if drained.outage:
            outcome.outages[drained.outage.key] += 1
        idle = drained.outage is None and not drained.done
        self._now += timedelta(hours=6) if idle else timedelta(seconds=30)

    def unfinished(self) -> list[str]:
        """Uploads in parts that were begun and neither completed nor given up, by their keys."""
        answer = self.bucket.client.list_multipart_uploads(Bucket=self.bucket.mirror.bucket)
        return [left["Key"] for left in answer.get("Uploads", [])]

    def sweep_later(self) -> None:
        """As the next day's work does."""
        later = datetime.now(UTC) + timedelta(minutes=61)
        self.weather.date = format_datetime(later, usegmt=True)
        self._mirror().sweep()

    def unswept(self) -> list[str]:
        """Without those under a customer's name that the catalogue has forgotten since."""
        gone = {key for key in self.was_at if not key.startswith("_holding/")}
        left = [key.removeprefix(f"{self.bucket.mirror.prefix}/") for key in self.unfinished()]
        return [key for key in left if key not in gone]

    def _mirror(self) -> Mirror:
        settings = replace(self.bucket.mirror, endpoint_url=self.weather.endpoint_url)
        objects = connect(settings, read_seconds=0.3)
        chance = self.chance.random
        return Mirror(self.catalogue, self.archive.store, objects, 8, lambda: self._now, chance)

    def done(self) -> bool:
        """All but what another's object stands in the way of."""
        keys = {owed.partition(" ")[2] for owed in self.archive.owed()}
        return keys <= self.planted | self._staying()

    def _staying(self) -> set[str]:
        """Objects of recordings that moved to where another's object stands already."""
        return {key for key, at in self.was_at.items() if self.calls[at].path in self.planted}

    def confirmed(self) -> Mapping[str, str]:
        with self.catalogue.transaction() as tx:
            return {row.key: row.checksum for row in tx.exec_driver_sql(_CONFIRMED)}

    def judge_new(self, outcome: Outcome) -> None:
        """What was confirmed since the last time is there: asked of the server itself."""
        confirmed = self.confirmed()
        for key in confirmed.keys() - self._seen:
            answer = self.bucket.client.get_object(**self._at(key))
            if hashlib.sha256(answer["Body"].read()).hexdigest() != confirmed[key]:
                outcome.complaints.append(f"confirmed and wrong: {key}")
            if self.weather.forgetful:
                continue  # it keeps metadata in memory only
            told = {name.lower(): value for name, value in answer["Metadata"].items()}
            if told.get("sha256") != confirmed[key] or "王芳" not in unquote(told["source"]):
                outcome.complaints.append(f"other metadata: {key}: {told}")
        self._seen = set(confirmed)

    def judge_end(self, found: Mapping[str, str], by: str, outcome: Outcome) -> None:
        """`found`: the SHA-256 of all that another client found in the bucket."""
        confirmed = self.confirmed()
        foreign = hashlib.sha256(_FOREIGN).hexdigest()
        mine = {call.path: call.sha256 for call in self.calls if call.path not in self.planted}
        wrong = {
            "lost": [key for key in mine if confirmed.get(key) != found.get(key)],
            "other bytes": [key for key, sha256 in mine.items() if found.get(key) != sha256],
            "confirmed, not there": [key for key in confirmed if confirmed[key] != found.get(key)],
            "overwritten": [key for key in self.planted if found.get(key) != foreign],
            "not overwritten, confirmed": self.planted & confirmed.keys(),
            "nobody's": found.keys() - mine.keys() - self.planted - self._staying(),
        }
        for what, keys in wrong.items():
            outcome.complaints += [f"{by}: {what}: {key}" for key in sorted(keys)]
        for call in self.calls:
            kept = self.archive.store.path(call.path).read_bytes()
            if hashlib.sha256(kept).hexdigest() != call.sha256:
                outcome.complaints.append(f"archive: {call.path}")

    def _plant(self, key: str) -> None:
        self.bucket.client.put_object(**self._at(key), Body=_FOREIGN)
        self.planted.add(key)

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self.bucket.mirror.bucket, "Key": f"{self.bucket.mirror.prefix}/{key}"}


def campaign(folder: Path, server: str, objects: int, faults: int, seed: int) -> Outcome:
    """Mirrors so many recordings through so many faults, until all is done that can be."""
    outcome = Outcome(objects)
    with ExitStack() as running:
        bucket = Servers(folder, running).bucket(server)
        assert bucket.mirror.endpoint_url is not None
        weather = running.enter_context(Weather(bucket.mirror.endpoint_url, faults, seed))
        weather.forgetful = server.startswith("rclone")  # it only repeats what it was told
        office = Office(folder, bucket, weather, seed)
        office.fill(objects, large=min(6, objects // 50))
        while not office.done() and outcome.drains < _MOST_DRAINS:
            office.drain(outcome)
            office.judge_new(outcome)
            if outcome.drains <= _MOVING:
                outcome.moved += office.move(objects // 20)
        if outcome.drains == _MOST_DRAINS:
            outcome.complaints.append(f"not done: {office.archive.owed()[:5]}")
        outcome.faults, outcome.requests = weather.done, weather.requests
        outcome.unfinished = len(office.unfinished())
        office.sweep_later()
        outcome.complaints += [f"left unfinished: {key}" for key in office.unswept()]
        office.judge_end(_by_rclone(folder / "copied", bucket), "rclone", outcome)
        if server.startswith("rclone"):
            place = (
                folder
                / server.replace(" ", "-")
                / "buckets"
                / bucket.mirror.bucket
                / bucket.mirror.prefix
            )
            office.judge_end(_below(place), "the server's folder", outcome)
        office.catalogue.close()
    return outcome


def _by_rclone(target: Path, bucket: Bucket) -> Mapping[str, str]:
    """All that rclone brings from the bucket, as it finds it."""
    mirror = bucket.mirror
    told = {
        "RCLONE_S3_PROVIDER": "Other",
        "RCLONE_S3_ENDPOINT": mirror.endpoint_url or "",
        "RCLONE_S3_ACCESS_KEY_ID": KEY,
        "RCLONE_S3_SECRET_ACCESS_KEY": SECRET,
        "RCLONE_S3_REGION": "us-east-1",
        "RCLONE_S3_FORCE_PATH_STYLE": "true",
    }
    subprocess.run(
        [rclone(), "copy", "--config=", f":s3:{mirror.bucket}/{mirror.prefix}", str(target)],
        env=bare_environment() | told,
        check=True,
        capture_output=True,
    )
    return _below(target)


def _below(folder: Path) -> Mapping[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.faults.campaign")
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--servers", nargs="+", choices=(*SERVERS, *INSTALLED), default=SERVERS)
    given = parser.parse_args(arguments)
    os.environ.update(ENVIRONMENT)
    logging.disable()
    wrong = 0
    for server in given.servers:
        with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
            outcome = campaign(Path(folder), server, given.objects, given.faults, given.seed)
        print(f"{server}\n{outcome.table()}\n", flush=True)
        wrong += len(outcome.complaints)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
