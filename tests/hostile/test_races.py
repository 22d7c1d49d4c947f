"""Files that become others while callvault looks at them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from archive.errors import SourceError
from archive.store import Store
from ingest.inbox import scan
from tests.hostile.world import World, world
from tests.ingest.small_office import DAY, sound, tree

PASSES = 12


@pytest.fixture
def among(tmp_path: Path) -> World:
    return world(tmp_path)


@contextmanager
def meanwhile(change: Callable[[int], None]) -> Iterator[None]:
    """Makes changes as fast as it can, in a thread of its own."""
    stop = Event()

    def work() -> None:
        for turn in itertools.count():
            if stop.is_set():
                return
            change(turn)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def passes(among: World) -> None:
    for _ in range(PASSES):
        among.desk.ingest()


def told(among: World) -> set[str]:
    """Sources in the report; of a file with several versions each has its hash behind an @."""
    return {source.partition("@")[0] for source in among.desk.statuses()}


def kept(among: World) -> set[str]:
    return {digest for digest, _ in among.desk.kept().values()}


def secret(among: World) -> str:
    return tree(among.outside)["secret.amr"][0]


def put(path: Path, content: bytes) -> None:
    """Stands still for long, as its time tells."""
    path.write_bytes(content)
    os.utime(path, (1.79e9, 1.79e9))


def test_a_file_that_becomes_a_link_is_never_followed(among: World) -> None:
    path = among.desk.drop(f"{DAY}/王芳/a.amr", sound(1))
    aside = among.outside / "aside"

    def change(turn: int) -> None:
        if turn % 2:
            put(aside, sound(turn % 40))
        else:
            aside.symlink_to(among.outside / "secret.amr")
        aside.replace(path)

    with meanwhile(change):
        passes(among)
    assert secret(among) not in kept(among)
    assert told(among) == {f"{DAY}/王芳/a.amr"}


def test_a_folder_that_becomes_a_link_after_the_scan_brings_nothing_in(among: World) -> None:
    """Not even a file of the same name, size and time."""
    path = among.desk.drop(f"{DAY}/王芳/secret.amr", b"#!AMR\nno one")
    put(path, b"#!AMR\nno one")
    put(among.outside / "secret.amr", b"#!AMR\nsecret")
    (seen,) = scan(among.desk.inbox).files
    path.parent.rename(among.outside / "aside")
    path.parent.symlink_to(among.outside)
    store = Store(among.desk.archive)
    store.prepare()
    with pytest.raises(SourceError) as refused:
        store.stage(seen.path, "1", 1 << 20, seen.stat)
    assert refused.value.message.key == "archive.source_changing"
    among.desk.ingest()
    assert among.desk.kept() == {}
    assert among.desk.report()["recordings"][0]["status"] == "refused"


def test_a_file_that_grows_is_taken_whole_or_not_yet(among: World) -> None:
    whole = sound(1)
    path = among.desk.drop(f"{DAY}/王芳/a.amr", b"")

    def change(turn: int) -> None:
        with path.open("wb") as writer:
            for at in range(0, len(whole), 4096):
                writer.write(whole[at : at + 4096])
        os.utime(path, (1.79e9 - turn, 1.79e9 - turn))

    with meanwhile(change):
        passes(among)
    among.desk.drop(f"{DAY}/王芳/a.amr", whole)
    among.desk.ingest()
    assert tree(among.desk.inbox)[f"{DAY}/王芳/a.amr"][0] in kept(among)
    assert told(among) == {f"{DAY}/王芳/a.amr"}


def test_a_file_that_vanishes_and_comes_back_does_not_end_the_pass(among: World) -> None:
    path = among.desk.drop(f"{DAY}/王芳/a.amr", sound(1))
    table = among.desk.drop(f"{DAY}/王芳/b.csv", b"x")
    hint = among.desk.drop(f"{DAY}/王芳/a.json", b"{}")

    def change(turn: int) -> None:
        for one in (path, table, hint):
            one.unlink(missing_ok=True)
            if turn % 2:
                put(one, sound(turn % 40))

    with meanwhile(change):
        passes(among)
    assert told(among) <= {f"{DAY}/王芳/{name}" for name in ("a.amr", "a.json", "b.csv")}


def test_a_file_that_becomes_a_pipe_does_not_keep_the_pass_waiting(among: World) -> None:
    path = among.desk.drop(f"{DAY}/王芳/a.amr", sound(1))
    table = among.desk.drop(f"{DAY}/王芳/b.xlsx", b"x")

    def change(turn: int) -> None:
        for one in (path, table):
            one.unlink(missing_ok=True)
            if turn % 2:
                os.mkfifo(one)
            else:
                put(one, sound(turn % 40))

    with meanwhile(change):
        passes(among)
    assert told(among) <= {f"{DAY}/王芳/a.amr", f"{DAY}/王芳/b.xlsx"}
