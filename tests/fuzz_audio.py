"""Damages every sample in every way, and has the product examine what comes of it.

    python -m tests.fuzz_audio --count 1000000 --seed 1 --minutes 60

Input number N of a seed is always the same bytes, and a run goes on where the last one with its
seed stopped. Inputs that end the examining process, keep it too long or give an answer that cannot
be are kept in build/fuzz, with the number in their name; the exit code then is 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

from archive.records import Probed
from config.language import LANGUAGES, Words
from ingest import prober
from ingest.prober import Prober
from ingest.raw import FORMATS

AUDIO = Path(__file__).parent / "audio"
BUILD = Path(__file__).parents[1] / "build" / "fuzz"
SECONDS = 20.0
"""That one input may take; a sound sample takes a fiftieth."""
_BATCH = 5000
_WORST = ("crash", "hang", "exception", "error", "absurd")
"""Which make an input worth keeping."""

Mutation = Callable[[bytearray, random.Random], bytearray]


@cache
def samples() -> list[tuple[str, bytes]]:
    """Each sample's name and bytes, without the nearly empty ones."""
    paths = sorted(path for path in AUDIO.rglob("*") if path.is_file())
    return [(path.name, path.read_bytes()) for path in paths if path.stat().st_size > 100]


def flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 3, 10, 100))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def overwrite(data: bytearray, chance: random.Random) -> bytearray:
    """A stretch of one byte or of noise."""
    at, length = chance.randrange(len(data)), chance.choice((1, 4, 50, 4096))
    length = min(length, len(data) - at)
    noise = chance.randbytes(length)
    data[at : at + length] = chance.choice((noise, bytes(length), b"\xff" * length))
    return data


def truncate(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def cut_out(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 2, 33, 5000, 50_000))]
    return data


def repeat(data: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(data))
    part = data[at : at + chance.choice((1, 32, 300))]
    return data[:at] + part * chance.choice((2, 5, 40)) + data[at:]


def edit_head(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(min(len(data), chance.choice((16, 64, 600))))
        data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return data


def edit_tail(data: bytearray, chance: random.Random) -> bytearray:
    """Where an MP4 may have its index."""
    for _ in range(chance.randrange(1, 12)):
        at = -1 - chance.randrange(min(len(data), 3000))
        data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return data


_MARKS = (
    b"stts", b"stsz", b"stsc", b"stco", b"mdhd", b"elst", b"hdlr", b"stsd", b"esds", b"moof",
    b"trun", b"tfhd", b"moov", b"mdat", b"data", b"fmt ", b"OggS", b"Opus", b"vorbis", b"Xing",
    b"Info", b"LAME", b"ID3", b"#!AMR", b"SILK_V3", b"RIFF",
)  # fmt: skip


def edit_length(data: bytearray, chance: random.Random) -> bytearray:
    """A number beside one of the words that formats are made of, where sizes and counts stand."""
    held = [mark for mark in _MARKS if mark in data]
    if not held:
        return edit_head(data, chance)
    mark = chance.choice(held)
    at = data.find(mark) + chance.choice((-4, len(mark), len(mark) + 4, len(mark) + 8, 20))
    values = (
        0,
        1,
        0xFF,
        0x7FFF,
        0xFFFF,
        0x7FFFFFFF,
        0x80000000,
        0xFFFFFFFF,
        chance.getrandbits(32),
    )
    number = struct.pack(chance.choice("<>") + "I", chance.choice(values))
    data[max(0, at) : max(0, at) + 4] = number
    return data


def splice(data: bytearray, chance: random.Random) -> bytearray:
    """The beginning of one sample and a piece of another."""
    _, other = chance.choice(samples())
    begin = data[: chance.choice((chance.randrange(len(data)), min(len(data), 100)))]
    at = chance.randrange(len(other))
    return begin + other[at : at + chance.choice((100, 3000))]


def pad(data: bytearray, chance: random.Random) -> bytearray:
    length = chance.choice((1, 128, 5000))
    return data + chance.choice((bytes(length), b"TAG" + bytes(125), chance.randbytes(length)))


MUTATIONS: tuple[Mutation, ...] = (
    flip, overwrite, truncate, cut_out, repeat, edit_head, edit_tail, edit_length, splice, pad,
)  # fmt: skip


def made(seed: int, number: int) -> tuple[str, bytes]:
    """Input `number` of `seed`: a file's name and its bytes."""
    chance = random.Random(f"{seed}:{number}")
    name, data = chance.choice(samples())
    mangled = bytearray(data)
    if chance.random() < 0.98:  # parsers fail at heads and tails, and long sound only takes time
        kept = int(100 * 60 ** chance.random())
        mangled = mangled[:kept] + mangled[max(kept, len(mangled) - kept) :]
    for _ in range(chance.choice((1, 1, 2, 4))):
        mangled = chance.choice(MUTATIONS)(mangled, chance) or bytearray(b"\0")
    return name, bytes(mangled)


class Tally(logging.Handler):
    """Counts what became of the inputs; hears from the product's log which ended a process."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.codes: dict[int | None, list[object]] = {}
        """Exit codes, by the thread in which they were met."""

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple):
            self.codes.setdefault(record.thread, []).extend(record.args)


def examine(tally: Tally, seed: int, number: int, worker: Prober, folder: Path) -> str:
    """What one input came to: a state, or one of `_WORST`."""
    name, data = made(seed, number)
    path = folder / f"{threading.get_ident()}{Path(name).suffix}"
    path.write_bytes(data)
    began = time.monotonic()
    try:
        found = worker.look(path)
    except OSError:
        return "error"
    taken = time.monotonic() - began
    codes = tally.codes.pop(threading.get_ident(), [])
    tally.counts["restart"] += len(codes)
    if codes:
        if taken >= SECONDS:
            return "hang"
        return "exception" if codes == [1] * len(codes) else "crash"
    return str(found.condition) if believable(found, len(data)) else "absurd"


def believable(found: Probed, size: int) -> bool:
    """Ten bytes a second are the least, all but whole files have a note, notes can be said."""
    seconds, level = found.duration_seconds, found.dbfs
    return (
        (seconds is None or 0 <= seconds <= max(size, 1) * 10)
        and (level is None or (math.isfinite(level) and level <= 0.1))
        and (found.condition == "complete" or bool(found.notes))
        and all(Words(language).say(note) for note in found.notes for language in LANGUAGES)
    )


def fuzz(seed: int, numbers: Sequence[int], jobs: int, keep: Path | None) -> Counter[str]:
    """Examines inputs in `jobs` threads, each with a process of its own."""
    tally = Tally()
    prober.log.addHandler(tally)
    workers = threading.local()
    opened: list[Prober] = []

    def one(folder: Path, number: int) -> None:
        if not hasattr(workers, "prober"):
            workers.prober = Prober(FORMATS, SECONDS)
            opened.append(workers.prober)
        outcome = examine(tally, seed, number, workers.prober, folder)
        tally.counts[outcome] += 1
        if outcome in _WORST and keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            name, data = made(seed, number)
            (keep / f"{outcome}-{seed}-{number}-{name}").write_bytes(data)

    try:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
            list(pool.map(partial(one, Path(folder)), numbers))
    finally:
        prober.log.removeHandler(tally)
        for each in opened:
            each.close()
    return tally.counts


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.fuzz_audio")
    parser.add_argument("--count", type=int, default=1_000_000, help="inputs of this seed in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=BUILD)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    book = given.folder / f"seed-{given.seed}.json"
    counts = Counter(json.loads(book.read_text()) if book.exists() else {"inputs": 0})
    logging.getLogger(prober.__name__).propagate = False
    end = time.monotonic() + given.minutes * 60
    while counts["inputs"] < given.count and time.monotonic() < end:
        done = counts["inputs"]
        numbers = range(done, min(done + _BATCH, given.count))
        counts += fuzz(given.seed, numbers, given.jobs, given.folder)
        counts["inputs"] = numbers.stop
        book.write_text(json.dumps(counts))
        print(json.dumps(counts), flush=True)
    return int(any(counts[worst] for worst in _WORST))


if __name__ == "__main__":
    sys.exit(main())
