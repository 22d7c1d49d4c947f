"""A short quarter with every fault in it; `make quarter` lives through long ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.rules import SEVERITIES
from tests.quarter.campaign import NOT_PLANTED, lived, planned
from tests.s3_server import ENVIRONMENT

SEED, DAYS = 1, 9


def test_the_reports_of_a_short_quarter_say_what_was_planted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    score = lived(planned(SEED, DAYS, often=1), tmp_path)
    assert score.perfect, "\n".join(score.complaints)
    assert score.found.keys() | NOT_PLANTED.keys() == SEVERITIES.keys()
    assert not score.found.keys() & NOT_PLANTED.keys()


def test_a_seed_makes_the_same_quarter() -> None:
    one, again, other = (planned(seed, DAYS, often=1) for seed in (3, 3, 4))
    assert one.truth.expected == again.truth.expected
    assert one.drops == again.drops
    assert one.truth.expected != other.truth.expected
