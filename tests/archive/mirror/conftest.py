"""An archive and a mirror that does as it is asked."""

from __future__ import annotations

import pytest

from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import SmallArchive


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def office(archive: SmallArchive, store: MemoryStore) -> Office:
    return Office(archive, store)
