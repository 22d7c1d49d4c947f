"""A short form of `make faults`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.campaign import SERVERS, campaign
from tests.s3_server import ENVIRONMENT


@pytest.mark.parametrize("server", SERVERS)
def test_bad_weather_loses_nothing_and_leaves_nothing_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    outcome = campaign(tmp_path, server, objects=50, faults=30, seed=5)
    assert not outcome.complaints, outcome.table()
    assert outcome.faults.total() == 30
    assert len(outcome.faults) > 8
    assert outcome.moved > 0
