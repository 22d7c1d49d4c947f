"""Bad copies in the day's report."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from archive.catalogue import faults, kept
from archive.catalogue.database import open_catalogue
from archive.fixity import Flaw, Place
from audit.day import Severity
from tests.audit.offices import DAY, IN_TIME, NEXT_DAY, NEXT_MORNING, Row, SmallOffice, miui


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    office = SmallOffice(tmp_path)
    office.record(miui("陈建国", "15405381201"))
    office.sheet(Row("陈建国", "15405381201"))
    office.take_in()
    office.list_mirror()
    return office


def find(office: SmallOffice, place: Place, flaw: Flaw | None, at: datetime = IN_TIME) -> None:
    """As a verification does; no flaw: it is right again."""
    catalogue = open_catalogue(office.settings.catalogue.url)
    with catalogue.transaction() as tx:
        (one,) = kept.after(tx, 0, 10)
        if flaw:
            faults.found(tx, one, place, flaw, at)
        else:
            faults.found_sound(tx, one, place, at)
    catalogue.close()


@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("flaw", list(Flaw))
def test_a_bad_copy_is_an_error_until_it_is_right_again(
    office: SmallOffice, place: Place, flaw: Flaw
) -> None:
    code = f"{place}_{flaw.kind}"
    find(office, place, flaw)
    (finding,) = office.found(code)
    assert finding.severity is Severity.ERROR
    assert finding.customer == "陈建国"
    assert finding.source is not None
    assert "callvault repair 1" in finding.message
    find(office, place, None)
    assert office.found(code) == []


def test_it_stands_in_the_report_of_the_day_it_was_found_too(office: SmallOffice) -> None:
    find(office, Place.ARCHIVE, Flaw.MISSING, NEXT_MORNING)
    assert len(office.found("archive_missing", DAY)) == 1
    assert len(office.found("archive_missing", NEXT_DAY)) == 1
    assert office.found("archive_missing", NEXT_DAY.replace(day=18)) == []


def test_the_day_it_was_found_is_the_office_s(office: SmallOffice) -> None:
    """An hour after midnight there it is still yesterday in Greenwich."""
    find(office, Place.MIRROR, Flaw.ALTERED, NEXT_MORNING.replace(hour=1))
    assert len(office.found("mirror_altered", NEXT_DAY)) == 1
