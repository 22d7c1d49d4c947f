"""What it means to passes, people, listeners and reports that a recording is disposed of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.errors import ListenError, WordError
from ingest.listening import proven
from tests.ingest.people import CHEN, LIU, ROWS, Person
from tests.ingest.retiring import LATER, Keeper, disposals, entries
from tests.ingest.small_office import DAY, SHEET, SmallOffice, sheet


def test_people_and_passes_leave_it_as_it_is(desk: SmallOffice) -> None:
    Keeper(desk).dispose(2)
    person = Person(desk, at=LATER)
    words: Sequence[Callable[[], object]] = (
        lambda: person.assign(CHEN, "刘海燕"),
        lambda: person.unassign(CHEN),
        lambda: person.undo(CHEN),
        lambda: person.undo(1),
    )
    for word in words:
        with pytest.raises(WordError) as caught:
            word()
        assert caught.value.message.key == "word.disposed"
    rows = [("马俊峰", "15405381201", "9:12"), *ROWS[1:]]
    desk.drop(SHEET, sheet(rows))
    desk.ingest(LATER + timedelta(days=1))
    assert disposals(desk) == ["disposed", "disposed"]
    assert "disposed of" in person.explain(CHEN)
    assert person.explained(CHEN)["status"] == "disposed"
    assert person.explained(CHEN)["archive_path"].startswith("陈建国/")


def test_nobody_can_listen_to_it_and_that_is_said(desk: SmallOffice, tmp_path: Path) -> None:
    keeper = Keeper(desk)
    keeper.dispose(2)
    gone = Person(desk).desk.after(1)
    with pytest.raises(ListenError) as caught:
        proven(Person(desk).desk, gone, tmp_path)
    assert caught.value.message.key == "listen.disposed"


def test_an_undoing_leaves_what_is_disposed_of_and_says_so(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    keeper.apply(1)
    undone = Person(desk, at=LATER).undo(1)
    assert [one["source"] for one in undone["recordings"]] == [CHEN]
    assert [one["source"] for one in undone["left_alone"]] == [LIU]


def test_the_days_report_tells_it_and_misses_nothing(desk: SmallOffice) -> None:
    before = desk.report()
    Keeper(desk).dispose(2)
    report = desk.report()
    assert report["findings"] == before["findings"]
    assert [one["status"] for one in report["recordings"]] == ["filed", "filed"]
    assert all("李经理" in one["reasons"][0] for one in report["recordings"])


def test_the_same_bytes_handed_over_again_are_known_and_left_alone(desk: SmallOffice) -> None:
    Keeper(desk).dispose(2)
    later = desk.drop(f"{DAY}/王芳/again.amr", (desk.inbox / CHEN).read_bytes())
    (desk.inbox / CHEN).write_bytes((desk.inbox / CHEN).read_bytes())  # with another time
    desk.ingest(LATER)
    assert desk.kept() == {}
    told = {one["source"]: one for one in desk.report(at=LATER)["recordings"]}
    assert told[f"{DAY}/王芳/again.amr"]["status"] == "duplicate"
    assert "李经理" in told[f"{DAY}/王芳/again.amr"]["reasons"][0]
    assert later.exists()
    assert disposals(desk) == ["disposed", "disposed"]
    assert entries(desk, "duplicate")
