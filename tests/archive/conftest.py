from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.store import Store
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import SmallArchive
from tests.archive.two_copies import TwoCopies


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: running the migrations takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.sqlite"
    open_catalogue(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def archive(tmp_path: Path, empty_catalogue: Path) -> Iterator[SmallArchive]:
    store = Store(tmp_path / "archive")
    store.prepare()
    path = store.root / ".callvault" / "catalogue.sqlite"
    shutil.copy(empty_catalogue, path)
    catalogue = open_catalogue(f"sqlite:///{path}")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    yield SmallArchive(catalogue, store, inbox)
    catalogue.close()


@pytest.fixture
def objects() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def two(archive: SmallArchive, objects: MemoryStore) -> TwoCopies:
    return TwoCopies(archive, objects)
