"""Where a catalogue would be, and one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from tests.archive.database.catalogue_file import url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def made(path: Path) -> Path:
    """A catalogue that another run has made and closed."""
    open_catalogue(url(path)).close()
    return path
