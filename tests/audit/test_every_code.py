"""Every finding is brought about by what its fixture does: once, and with nothing for the same
cause but what is meant to stand beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.day import DayReport
from audit.rules import SEVERITIES
from tests.audit.every_code import BESIDE, OF_SERVER, happening
from tests.audit.offices import SmallOffice
from tests.s3_server import S3Server

OFF = "mirror_off"
"""Stands in every report of an office without a mirror."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as running:
        yield running


def is_told_once(code: str, report: DayReport) -> None:
    told = Counter(one.code for one in report.findings if code == OFF or one.code != OFF)
    assert told[code] == 1
    assert told.keys() == {code} | BESIDE.get(code, frozenset())
    (finding,) = (one for one in report.findings if one.code == code)
    assert finding.severity is SEVERITIES[code]
    assert finding.message


@pytest.mark.parametrize("code", sorted(SEVERITIES.keys() - OF_SERVER.keys()))
def test_what_its_fixture_does_is_told_once(tmp_path: Path, code: str) -> None:
    is_told_once(code, happening(code)(SmallOffice(tmp_path)))


@pytest.mark.parametrize("code", sorted(OF_SERVER))
def test_what_happens_in_a_mirror_is_told_once(
    tmp_path: Path, code: str, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.sign_in(monkeypatch)
    server.bucket = f"{code.replace('_', '-')}-bucket"
    (server.folder / server.bucket).mkdir()
    is_told_once(code, OF_SERVER[code](SmallOffice(tmp_path), server))


def test_all_that_stands_beside_another_is_a_finding_itself() -> None:
    assert {*BESIDE, *OF_SERVER}.union(*BESIDE.values()) <= SEVERITIES.keys()
