"""A short form of `make damage`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.damage.campaign import campaign
from tests.s3_server import ENVIRONMENT


def test_what_is_damaged_is_found_named_and_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    tally = campaign(tmp_path, files=24, catalogue=16, seed=7, calls=12)
    assert tally.sound, tally.table()
    assert sum(tally.done.values()) == 40
    assert sum(tally.repaired.values()) > 10
    # Cut or deleted, a catalogue is always noticed; a flipped bit, or two empty pages that changed
    # places, may change nothing.
    for kind in ("truncation", "deletion"):
        assert tally.found["catalogue", kind] == tally.done["catalogue", kind]
