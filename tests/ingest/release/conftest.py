"""Offices that are mirrored into one server's buckets, which is started once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ingest.release.releasing import an_office, desk_bucket, hand_over
from tests.ingest.small_office import SmallOffice, office
from tests.s3_server import S3Server


@pytest.fixture(scope="package")
def quick() -> Iterator[Path]:
    """Many small syncs are quick in memory; any folder would do."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="package")
def one_server(quick: Path) -> Iterator[S3Server]:
    with S3Server(quick / "bucket") as server:
        yield server


@pytest.fixture
def server(one_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    one_server.sign_in(monkeypatch)
    return one_server


@pytest.fixture(scope="package")
def master(quick: Path, one_server: S3Server) -> SmallOffice:
    """Everything is taken in and mirrored; made once, for tests that begin there."""
    desk = office(quick / "master").with_mirror(one_server.endpoint_url)
    hand_over(desk)
    with pytest.MonkeyPatch.context() as patched:
        one_server.sign_in(patched)
        assert desk.ingest().counts["mirrored"] == 3
    return desk


@pytest.fixture
def folder(quick: Path) -> Iterator[Path]:
    with TemporaryDirectory(dir=quick) as folder:
        yield Path(folder)


@pytest.fixture
def mirrored(folder: Path, master: SmallOffice, server: S3Server) -> Callable[[str], SmallOffice]:
    """An office of its own that is mirrored into a bucket of its own, with a policy from now on."""

    def made(policy: str) -> SmallOffice:
        desk = an_office(folder / "office", server, policy)
        shutil.copytree(master.folder, desk.folder, dirs_exist_ok=True)
        bucket = server.folder / desk_bucket(desk)
        shutil.copytree(server.folder / "recordings", bucket, dirs_exist_ok=True)
        return desk

    return made
