"""A server that behaves badly, started once, and a recording for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.objects import ObjectStore
from tests.archive.difficult_s3 import DifficultS3
from tests.archive.s3_case import CONTENTS
from tests.archive.s3_difficult.connected import connected
from tests.s3_server import ENVIRONMENT


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "call.mp3"
    path.write_bytes(CONTENTS)
    return path


@pytest.fixture(scope="package")
def running_badly() -> Iterator[tuple[DifficultS3, ObjectStore]]:
    with DifficultS3() as difficult, pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        yield difficult, connected(difficult)


@pytest.fixture
def difficult(running_badly: tuple[DifficultS3, ObjectStore]) -> DifficultS3:
    running_badly[0].forget()
    return running_badly[0]


@pytest.fixture
def badly(running_badly: tuple[DifficultS3, ObjectStore]) -> ObjectStore:
    return running_badly[1]
