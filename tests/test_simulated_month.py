"""Some days of the simulated month: clocks that jump, shares and disks that vanish, restarts.

`make month` has all of it.
"""

from __future__ import annotations

import gc
import os
from collections import Counter
from pathlib import Path

import pytest

from ingest.status_file import read_status, status_path
from tests.simulated_month import live, lost, month_in, without_report

DAYS = 5
"""From a Thursday over the Sunday on which summer time ends to a Monday."""
_MORE_OBJECTS = 300
"""What may come and go from day to day; a leak at each pass would be thousands."""


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no folder that is in use")
def test_no_arrival_and_no_report_is_lost_and_memory_does_not_grow(tmp_path: Path) -> None:
    month = month_in(tmp_path / "office")
    objects: list[int] = []

    def count(_: int) -> None:
        gc.collect()
        objects.append(len(gc.get_objects()))

    live(month, DAYS, count)
    assert len(month.handed_over) == 4
    assert lost(month) == []
    assert without_report(month) == []
    assert objects[-1] - objects[2] < _MORE_OBJECTS
    status = read_status(status_path(month.desk.settings.source))
    assert status is not None
    assert (status["doing"], status["alarms"]) == ("idle", [])
    said = Counter(message.key for _, message in month.said)
    assert said["alarms.archive_unreachable_over"] == said["archive.gone"] == 1
    assert said["alarms.inbox_unreachable_over"] == said["ingest.inbox_unreachable"] == 1
    reminded = [at.date() for at, message in month.said if message.key == "remind.lacking"]
    assert len(reminded) == len(set(reminded)) >= 1
