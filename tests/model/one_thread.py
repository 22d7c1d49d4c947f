"""One thing after another: what the product does in threads and in processes apart.

Threads would make a run another one each time, and a process for each pass would take a hundred
times as long as the pass. What threads and processes may do is held by the tests of their modules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

import archive.mirror
import archive.repair
import archive.s3
import archive.verify
import ingest.examining
import ingest.intake
from archive.catalogue import database
from archive.objects import ObjectStore
from archive.records import Probed
from ingest.prober import Prober

_heard: dict[str, Probed] = {}
"""What the real prober said of each sound, by its SHA-256: it hangs on the bytes alone."""


class InTurn:
    """Like `ThreadPoolExecutor`; does at once what it is given."""

    def __init__(self, _most: int) -> None:
        pass

    def __enter__(self) -> InTurn:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, work: Callable[..., Any], *of: Iterable[Any]) -> Iterator[Any]:
        return iter([work(*each) for each in zip(*of, strict=False)])

    def submit(self, work: Callable[..., Any], *of: object) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*of))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result is told
            future.set_exception(error)
        return future

    def shutdown(self, **_: object) -> None:
        pass


class RememberingProber:
    """Says what the real prober said when it was asked first."""

    def __init__(self, _raw: object) -> None:
        pass

    def look(self, path: Path) -> Probed:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in _heard:
            _heard[digest] = _prober().look(path)
        return _heard[digest]

    def close(self) -> None:
        pass


@cache
def _prober() -> Prober:
    return Prober()


def hear(sounds: Iterable[bytes], folder: Path) -> None:
    """Has these probed beforehand: a forked child must not talk to its parent's prober."""
    for content in sounds:
        path = folder / "sound"
        path.write_bytes(content)
        RememberingProber(()).look(path)
        path.unlink()


def install(connect: Callable[[object], ObjectStore]) -> None:
    """Has the product of this process work so, and mirror to what `connect` gives."""
    pool = "ThreadPoolExecutor"
    for room, name, instead in (
        (ingest.intake, pool, InTurn),
        (ingest.examining, pool, InTurn),
        (archive.mirror, pool, InTurn),
        (archive.repair, pool, InTurn),
        (archive.verify, pool, InTurn),
        (ingest.examining, "Prober", RememberingProber),
        (archive.s3, "connect", connect),
        # What an engine once made of a statement it need not make again for each pass.
        (database, "_engine", cache(database._engine)),
        (database, "_make_durable", cache(database._make_durable)),
    ):
        setattr(room, name, instead)
