"""A desk at work, copied from one that is filled once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli_sealed_mirror.sealed_desk import CALL, CHEN, STRANGER, SealedDesk
from tests.s3_server import S3Server


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's folder: one recording is filed, one held, and both are in the mirrors."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "nas").mkdir()
    with S3Server(folder / "bucket") as server, pytest.MonkeyPatch.context() as patch:
        server.sign_in(patch)
        desk = SealedDesk(folder, server, folder / "nas")
        desk.office.record(CALL)
        desk.office.record(STRANGER)
        desk.office.sheet(CHEN)
        desk.ingest()
    return folder


@pytest.fixture
def desk(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedDesk]:
    """A copy of it, at work."""
    for name in ("bucket", "nas"):
        shutil.copytree(filled / name, tmp_path / name)
    for name in ("first", "nas", "other"):
        shutil.copy(filled / f"{name}.key", tmp_path)
    with S3Server(tmp_path / "bucket") as server:
        server.sign_in(monkeypatch)
        desk = SealedDesk(tmp_path, server, tmp_path / "nas")
        for call in (CALL, STRANGER):  # so that what is recorded later has other bytes
            desk.office.record(call)
        for name in ("inbox", "archive"):
            shutil.copytree(filled / name, tmp_path / name, dirs_exist_ok=True)
        yield desk
