"""What tests of several rooms start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.s3_server import S3Server


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A bucket of the test's own, and its keys in the environment."""
    with S3Server(tmp_path / "bucket") as server:
        server.sign_in(monkeypatch)
        yield server


@pytest.fixture
def nas(tmp_path: Path) -> Path:
    """An empty folder for a further mirror."""
    folder = tmp_path / "nas"
    folder.mkdir()
    return folder
