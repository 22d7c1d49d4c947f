"""A slice a day is verified in a process apart: when, what came of it, and that it can be ended."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from archive.catalogue import verifications
from archive.catalogue.database import Catalogue, open_catalogue
from archive.fixity import Level, Place, Scope, Slice
from config.settings import Verify
from ingest.daemon import Daemon, Surroundings
from ingest.inbox_pass import Clock
from ingest.scrub import AGAIN, NOT_BEFORE, Scrub, Scrubbed, is_due, outcome
from tests.ingest.small_office import ZONE, office

NIGHT = datetime(2026, 11, 16, 21, 0, tzinfo=ZONE)
HOUR = timedelta(hours=1)
DAILY = Verify(30, time(21))
SOUND = {"runs": [{"slice": "3/30"}], "findings": [], "stopped": []}


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        (NIGHT, None, True),
        (NIGHT, NIGHT - timedelta(days=1), True),
        (NIGHT, NIGHT, False),
        (NIGHT - HOUR, NIGHT - timedelta(hours=23), False),
        (NIGHT + timedelta(hours=13), NIGHT - timedelta(hours=20), True),  # slept through
        (NIGHT + timedelta(hours=13), NIGHT + HOUR, False),
        (NIGHT, NIGHT + timedelta(days=900), True),  # dated by a wrong clock
    ],
)
def test_a_slice_is_due_once_a_day_from_its_hour_on(
    now: datetime, last: datetime | None, expected: bool
) -> None:
    assert is_due(now, DAILY, last) is expected
    assert not is_due(now, Verify(0, time(21)), last)


def test_what_came_of_it_is_read_from_the_commands_own_json() -> None:
    assert outcome(0, json.dumps(SOUND)) == Scrubbed("3/30", 0, failed=False)
    finding = {"code": "archive_altered", "recording": 5}
    found = json.dumps(SOUND | {"findings": [finding, finding]})
    assert outcome(3, found) == Scrubbed("3/30", 2, failed=False)
    assert outcome(1, found) == Scrubbed("3/30", 2, failed=True)


@pytest.mark.parametrize("output", ["", "no JSON", "[]", "{}", "null", json.dumps({"runs": []})])
def test_a_verification_that_said_nothing_failed(output: str) -> None:
    for code in (0, 1, -15):
        assert outcome(code, output).failed


@dataclass
class Desk:
    catalogue: Catalogue
    folder: Path
    now: datetime = NIGHT
    came: list[Scrubbed] = field(default_factory=list)

    @contextmanager
    def scrub(self, program: str, verify: Verify = DAILY) -> Iterator[Scrub]:
        command: Sequence[str] = [sys.executable, "-c", program, str(self.folder / "begun")]
        with closing(Scrub(command, verify, lambda: self.now, self.came.append)) as scrub:
            yield scrub

    def look(self, scrub: Scrub) -> None:
        scrub.look(lambda: self.catalogue)

    def ended(self, scrub: Scrub) -> Scrubbed:
        """Looks until what runs has ended."""
        before = len(self.came)
        assert scrub._process is not None
        scrub._process.wait(60)
        self.look(scrub)
        (came,) = self.came[before:]
        return came

    @property
    def begun(self) -> int:
        """How often it was."""
        path = self.folder / "begun"
        return path.read_text().count("x") if path.exists() else 0


def runs(scrub: Scrub) -> bool:
    return scrub._process is not None


MARK = "import sys; open(sys.argv[1], 'a').write('x')\n"
WELL = MARK + f"print({json.dumps(SOUND)!r})"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = office(tmp_path).settings
    (settings.archive.path / ".callvault").mkdir(parents=True)
    with closing(open_catalogue(settings.catalogue.url)) as catalogue:
        yield Desk(catalogue, tmp_path)


def test_it_begins_ten_minutes_after_the_daemon_and_tells_what_came_of_it(desk: Desk) -> None:
    with desk.scrub(WELL) as scrub:
        desk.look(scrub)
        assert not runs(scrub)
        desk.now += NOT_BEFORE
        desk.look(scrub)
        assert desk.ended(scrub) == Scrubbed("3/30", 0, failed=False)
    assert desk.begun == 1


def test_a_day_that_has_its_slice_wants_no_other(desk: Desk) -> None:
    scope = Scope(Place.ARCHIVE, Level.CONTENTS, Slice(3, 30))
    with desk.catalogue.transaction() as tx:
        verifications.end(tx, verifications.begin(tx, scope, NIGHT), NIGHT)
    with desk.scrub(WELL) as scrub:
        desk.now += 10 * HOUR
        desk.look(scrub)
        assert not runs(scrub)
        desk.now += 14 * HOUR
        desk.look(scrub)
        assert runs(scrub)
        desk.ended(scrub)


def test_one_that_failed_is_tried_again_in_an_hour(desk: Desk) -> None:
    with desk.scrub(MARK + "sys.exit(1)") as scrub:
        desk.now += NOT_BEFORE
        desk.look(scrub)
        assert desk.ended(scrub).failed
        desk.now += AGAIN - timedelta(minutes=1)
        desk.look(scrub)
        assert not runs(scrub)
        desk.now += timedelta(minutes=1)
        desk.look(scrub)
        desk.ended(scrub)
    assert desk.begun == 2


def test_a_clock_that_is_set_back_puts_it_off_by_an_hour_at_most(desk: Desk) -> None:
    with desk.scrub(WELL) as scrub:
        desk.now -= timedelta(days=400)
        desk.look(scrub)
        desk.now += AGAIN
        desk.look(scrub)
        assert runs(scrub)
        desk.ended(scrub)


def test_with_no_slices_nothing_is_begun(desk: Desk) -> None:
    with desk.scrub(WELL, Verify(0, time(21))) as scrub:
        desk.now += 30 * HOUR
        desk.look(scrub)
        assert not runs(scrub)


def test_one_that_runs_is_left_alone_and_ends_with_the_daemon(desk: Desk) -> None:
    with desk.scrub("import time; time.sleep(600)") as scrub:
        desk.now += NOT_BEFORE
        desk.look(scrub)
        process = scrub._process
        assert process is not None
        desk.look(scrub)
        assert process.poll() is None
    assert process.poll() is not None
    assert desk.came == []


def test_that_one_failed_is_told(tmp_path: Path) -> None:
    settings = replace(office(tmp_path).settings, source=tmp_path / "callvault.toml")
    now, said = NIGHT, list[str]()
    given = Surroundings(
        Clock(lambda: now, own=False),
        report=lambda *_: (),
        tell=lambda message: said.append(message.key),
        verify=[sys.executable, "-c", f"import sys; print({json.dumps(SOUND)!r}); sys.exit(1)"],
    )
    with closing(Daemon(settings, given)) as daemon:
        daemon.begin()
        service = daemon.service(lambda: True)
        for _ in range(2):
            service.turn()
            now += NOT_BEFORE
        process = daemon._scrub._process
        assert process is not None
        assert process.wait(60) == 1
        service.turn()
    assert "status.verification_failed" in said
