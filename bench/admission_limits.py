"""What no admission can beat: the parts of it that any durable, hashed copy has to do.

    python -m bench.admission_limits copied inbox target

Prints the seconds that it took, the start of Python apart. Two threads, as on two cores more gained
nothing; one `syncfs` at the end, so nothing is ordered, and nothing known of what was copied.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

_THREADS = 2
_CHUNK = 1 << 20
T = TypeVar("T")
Work = Callable[[Sequence[Path], Path, Path], None]


def sync(folder: Path) -> None:
    """All that was written to the file system of `folder` is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    failed = ctypes.CDLL(None, use_errno=True).syncfs(descriptor)
    os.close(descriptor)
    if failed:
        raise OSError(ctypes.get_errno(), "syncfs")


def hashed(files: Sequence[Path], _inbox: Path, _target: Path) -> None:
    """Reads and hashes; nothing is written."""
    _in_threads(_hash, files)


def copied(files: Sequence[Path], inbox: Path, target: Path) -> None:
    """Copies and hashes in one read, in the folders of the inbox; one sync at the end."""
    pairs = [(path, target / path.relative_to(inbox)) for path in files]
    for folder in {to.parent for _, to in pairs}:
        folder.mkdir(parents=True)
    _in_threads(_copy, pairs)
    sync(target)


def filed(files: Sequence[Path], _inbox: Path, target: Path) -> None:
    """The same, but each recording in a customer's folder of its own."""
    pairs = [(path, target / path.name / "2026-11-16" / path.name) for path in files]
    for _, to in pairs:
        to.parent.mkdir(parents=True)
    _in_threads(_copy, pairs)
    sync(target)


WORKS: Mapping[str, Work] = {"hashed": hashed, "copied": copied, "filed": filed}


def _in_threads(work: Callable[[T], None], each: Sequence[T]) -> None:
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(work, each):
            pass


def _hash(path: Path) -> None:
    with path.open("rb", buffering=0) as reader:
        hashlib.file_digest(reader, "sha256").hexdigest()


def _copy(pair: tuple[Path, Path]) -> None:
    source, target = pair
    digest = hashlib.sha256()
    with source.open("rb", buffering=0) as reader, target.open("xb", buffering=0) as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            writer.write(chunk)
    digest.hexdigest()


def main() -> None:
    work, inbox, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    target.mkdir(exist_ok=True)
    began = time.perf_counter()
    WORKS[work](sorted(inbox.rglob("*.mp3")), inbox, target)
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
