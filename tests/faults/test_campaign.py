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
    outcome = campaign(tmp_path, server, objects=80, faults=30, seed=5)
    assert not outcome.complaints, outcome.table()
    # All may be done before the last fault is drawn: the order of the threads decides.
    assert outcome.faults.total() >= 20, outcome.table()
    assert len(outcome.faults) > 6, outcome.table()
    assert outcome.moved > 0
