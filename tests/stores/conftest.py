from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from archive.objects import ObjectStore
from tests.stores.between import Between
from tests.stores.places import (
    INSTALLED,
    OBSTORE,
    ONLY_PUT,
    QUICK,
    SEALED,
    SERVED,
    WITHOUT_SERVER,
    Bucket,
    Servers,
    obstore_is_left_out,
    sealed,
    set_environment,
    without_server,
)
from tests.stores.recording import Recording

_OF_BOTO3 = ("test_bucket_trials", "test_refusals")
"""A connection begins with boto3, which is all that these see of it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--server", choices=INSTALLED, help="against it alone; `make conformance-…` installs it"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a `bucket` needs a server; one that asks for a `store` alone does not.

    Nobody can stand `between` callvault and a server that speaks https; a lock makes no difference.
    """
    server = metafunc.config.getoption("--server", default=None)
    names = [name for name in SERVED if name.startswith(server)] if server else list(QUICK)
    if "bucket" in metafunc.fixturenames:
        names = [name for name in names if name in SERVED]
    if "between" in metafunc.fixturenames:
        names = [name for name in names if name not in WITHOUT_SERVER]
        names = [name for name in names if not {"https", "locked"} & set(name.split())]
    if metafunc.module.__name__.endswith(_OF_BOTO3):
        names = [name for name in names if OBSTORE not in name]
    if not metafunc.module.__name__.endswith("test_put"):
        names = [name for name in names if name not in ONLY_PUT]
    if "place" in metafunc.fixturenames:
        metafunc.parametrize("place", names)


@pytest.fixture(scope="package")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with ExitStack() as running:
        yield Servers(tmp_path_factory.mktemp("servers"), running)


@pytest.fixture
def bucket(place: str, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """With the environment that another connection to it needs; emptied again."""
    set_environment(monkeypatch)
    found = servers.bucket(place)
    yield found
    _empty(found.store)


@pytest.fixture
def store(place: str, servers: Servers, tmp_path: Path) -> Iterator[ObjectStore]:
    """Empty, and emptied again."""
    if place in WITHOUT_SERVER:
        yield without_server(place, tmp_path)
        return
    found: ObjectStore = servers.bucket(place.removesuffix(SEALED)).store
    left_out = partial(obstore_is_left_out, found)
    if place.endswith(SEALED):
        found = sealed(found)
    yield found
    _empty(found)
    assert OBSTORE not in place or not left_out()


def _empty(store: ObjectStore) -> None:
    for left in list(store.list("")):
        store.delete(left.key)


@pytest.fixture
def between(place: str, servers: Servers) -> Between:
    return servers.disturbed(place.removesuffix(SEALED)).between


@pytest.fixture
def disturbed(place: str, servers: Servers) -> ObjectStore:
    """The store with somebody between, who passes everything on until a test says otherwise."""
    found = servers.disturbed(place.removesuffix(SEALED)).store
    return sealed(found) if place.endswith(SEALED) else found


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "recording.mp3", b"the bytes of a call")


@pytest.fixture
def other(tmp_path: Path) -> Recording:
    return Recording(tmp_path / "other.mp3", b"the bytes of another")
