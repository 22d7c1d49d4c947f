"""An office without a mirror that keeps two customers' recordings for five years."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.retiring import two_customers
from tests.ingest.small_office import SmallOffice


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    desk = two_customers(tmp_path)
    desk.ingest()
    return desk
