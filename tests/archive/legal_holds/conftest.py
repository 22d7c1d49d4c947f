"""An office whose mirror knows legal holds, and one customer's recording in it."""

from __future__ import annotations

import pytest

from archive.records import Customer, Recording
from tests.archive.legal_holds.holding import A, WatchedStore, file, known
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import SmallArchive


@pytest.fixture
def store() -> WatchedStore:
    return WatchedStore()


@pytest.fixture
def office(archive: SmallArchive, store: WatchedStore) -> Office:
    return Office(archive, store)


@pytest.fixture
def zhang(archive: SmallArchive) -> Customer:
    return known(archive, archive.customer("张三", "13800000001"))


@pytest.fixture
def filed(archive: SmallArchive, office: Office, zhang: Customer) -> Recording:
    """One recording of 张三, mirrored."""
    recording = file(archive, zhang, A)
    office.drain()
    return recording
