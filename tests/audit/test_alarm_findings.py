"""An alarm stands in the reports of the days on which it stood."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalogue import alarms
from archive.catalogue.database import open_catalogue
from archive.records import Alarm
from audit.day import Severity
from audit.report import compile_days
from config.language import Message
from tests.ingest.small_office import DAY, EVENING, SmallOffice, office

ONE_DAY = timedelta(days=1)
FULL = Message.of("alarms.disk_nearly_full", free="1.0")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def told(desk: SmallOffice, alarm: Alarm, day: date) -> list[tuple[str, Severity, str]]:
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        with catalogue.transaction() as tx:
            alarms.write_down(tx, alarm)
        (report,) = compile_days(catalogue, desk.settings, [day], EVENING)
    found = [(one.code, one.severity, one.message) for one in report.findings]
    return [one for one in found if one[0] != "mirror_off"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(DAY - ONE_DAY, False), (DAY, True), (DAY + ONE_DAY, True), (DAY + 9 * ONE_DAY, True)],
)
def test_one_that_stands_is_told_from_its_day_on(
    desk: SmallOffice, day: date, expected: bool
) -> None:
    found = told(desk, Alarm("disk_nearly_full", FULL, EVENING, None), day)
    assert [(code, severity) for code, severity, _ in found] == (
        [("disk_nearly_full", Severity.ERROR)] if expected else []
    )
    if expected:
        assert "1.0 GB are free" in found[0][2]
        assert "since 2026-11-16 16:30" in found[0][2]


@pytest.mark.parametrize(
    ("code", "until", "days"),
    [
        ("mirror_silent", EVENING + timedelta(hours=1), [DAY]),
        # In the office's time zone it ended at half past one, the day after.
        ("mirror_silent", EVENING + timedelta(hours=9), [DAY, DAY + ONE_DAY]),
        # It ends with its day, a moment later.
        ("nothing_handed_over", EVENING + timedelta(hours=9), [DAY]),
    ],
)
def test_one_that_is_over_is_told_on_the_days_on_which_it_stood(
    desk: SmallOffice, code: str, until: datetime, days: list[date]
) -> None:
    alarm = Alarm(code, FULL, EVENING, until)
    around = [DAY + count * ONE_DAY for count in range(-2, 4)]
    assert [day for day in around if told(desk, alarm, day)] == days
    assert "from 2026-11-16 16:30 to 2026-11-1" in told(desk, alarm, DAY)[0][2]
