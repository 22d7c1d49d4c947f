"""The office that the machine works in: how one is opened, how its work is run, and harmed."""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.ingest.small_office import EVENING, SmallOffice, office
from tests.model import ending, one_thread, pool
from tests.model.store import FolderStore

_MEMORY = Path("/dev/shm")  # noqa: S108  many small syncs are quick there; any folder would do


@cache
def folder() -> Path:
    """Where this process has its offices."""
    quick = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    return Path(mkdtemp(prefix="callvault-model-", dir=quick))


_stores: dict[str, FolderStore] = {}


@cache
def _new_office() -> SmallOffice:
    """One that has done nothing yet but make its catalogue."""
    one_thread.install(lambda mirror: _stores[mirror.bucket])  # type: ignore[attr-defined]
    desk = office(folder() / "new")
    with open_session(desk.settings) as session:
        session.take_in(Clock(lambda: EVENING, own=False), Steps())
    one_thread.hear(pool.SOUNDS, folder())
    return desk


def opened(name: str) -> tuple[SmallOffice, FolderStore]:
    """An office of this name with its store."""
    new = _new_office()
    where = folder() / name
    shutil.rmtree(where, ignore_errors=True)
    desk = office(where)
    shutil.copytree(new.archive, desk.archive)
    _stores[name] = FolderStore(where / "store")
    settings = replace(desk.settings, source=where / "callvault.toml")
    return SmallOffice(where, settings).with_mirror("http://store.invalid", name), _stores[name]


def take_in(at: datetime) -> Callable[[SmallOffice], None]:
    def run(desk: SmallOffice) -> None:
        with open_session(desk.settings) as session:
            session.take_in(Clock(lambda: at, own=False), Steps())

    return run


def ingest(at: datetime) -> Callable[[SmallOffice], None]:
    return lambda desk: ending.pass_over(desk, at)


def mirror(at: datetime, everything: bool) -> Callable[[SmallOffice], None]:
    def run(desk: SmallOffice) -> None:
        with open_session(desk.settings) as session:
            session.mirror(lambda: at, everything=everything)

    return run


def or_end(run: Callable[[SmallOffice], object], desk: SmallOffice) -> None:
    """Runs it in a child, which must never return into the machine."""
    try:
        run(desk)
    except BaseException:  # noqa: BLE001 - a forked child ends here, whatever happened
        traceback.print_exc()
        os._exit(1)


def harm(path: Path, how: str) -> bytes | None:
    """Harms a file; returns what is left of it."""
    content = path.read_bytes()
    if how == "gone" or not content:
        path.unlink()
        return None
    left = content[:-1] if how == "cut" else content[:-1] + bytes([content[-1] ^ 1])
    path.write_bytes(left)
    return left
