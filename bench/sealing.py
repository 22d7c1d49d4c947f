"""What sealing costs: beside SHA-256 of the same bytes, and in what a mirror is sent.

    python -m bench.sealing --recordings 400 --rounds 3

Only ratios are told, of medians; both ways are gone in turn. Not for Windows.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from archive.objects import ObjectStore
from archive.s3 import connect
from archive.sealed_objects import SealedStore
from archive.sealing import Key, Opening, seal
from config.settings import Mirror
from tests.s3_server import S3Server

_KEY = Key.of("the key of this bench")
_MEGABYTES = 64
_PIECE = 1 << 20
_WORKERS = 4
Cost = tuple[float, float]
"""Seconds: by the wall, and of CPU of this process."""


def cost(work: Callable[[], object]) -> Cost:
    wall, cpu = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - wall, time.process_time() - cpu


def of_bytes(rounds: int) -> None:
    plain = random.Random(1).randbytes(_MEGABYTES << 20)
    sha256 = hashlib.sha256(plain).hexdigest()
    sealed = b"".join(seal(io.BytesIO(plain).read, _KEY, sha256))

    def opened() -> None:
        opening = Opening(_KEY, lambda _: None)
        for at in range(0, len(sealed), _PIECE):
            opening.write(sealed[at : at + _PIECE])
        opening.end()

    ways: dict[str, Callable[[], object]] = {
        "SHA-256": lambda: hashlib.sha256(plain).digest(),
        "sealing": lambda: sum(map(len, seal(io.BytesIO(plain).read, _KEY, sha256))),
        "opening": opened,
    }
    costs = [{name: cost(way)[1] for name, way in ways.items()} for _ in range(rounds)]
    for name in ("sealing", "opening"):
        ratio = median(one[name] / one["SHA-256"] for one in costs)
        print(f"CPU of {name} / of SHA-256: {ratio:.1f}")


def of_uploads(count: int, rounds: int, folder: Path) -> None:
    files = {}
    chance = random.Random(2)
    for number in range(count):
        path = folder / f"{number}.mp3"
        contents = chance.randbytes(chance.randrange(200_000, 1_500_000))
        path.write_bytes(contents)
        files[path] = (hashlib.sha256(contents).hexdigest(), len(contents))
    ratios = []
    for number in range(rounds):
        plain, sealed = (
            cost(lambda: _send(number, files, keyed=keyed))  # noqa: B023 - at once
            for keyed in (False, True)
        )
        ratios.append((sealed[0] / plain[0], sealed[1] / plain[1]))
    wall, cpu = (median(of) for of in zip(*ratios, strict=True))
    print(f"{count} recordings sent and shown, sealed / plain: wall {wall:.2f}, CPU {cpu:.2f}")


def _send(number: int, files: dict[Path, tuple[str, int]], *, keyed: bool) -> None:
    with tempfile.TemporaryDirectory() as served, S3Server(Path(served) / "data") as server:
        os.environ |= server.environment
        mirror = Mirror(
            server.bucket, f"{number}", server.endpoint_url, "us-east-1", "path", None, _WORKERS
        )
        store: ObjectStore = connect(mirror)
        if keyed:
            store = SealedStore(store, _KEY, "bench")

        def put(file: Path) -> None:
            sha256, size = files[file]
            store.put(file.name, file, sha256, size, {})
            found = store.look(file.name)
            assert found is not None
            assert (found.sha256, found.size) == (sha256, size)

        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(put, files))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    of_bytes(asked.rounds)
    with tempfile.TemporaryDirectory() as folder:
        of_uploads(asked.recordings, asked.rounds, Path(folder))


if __name__ == "__main__":
    main()
