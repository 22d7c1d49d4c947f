"""What lies in the inbox and was not taken in may be of anybody: nothing goes before it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from archive.catalogue import files
from archive.lock import locked
from config.language import LANGUAGES, Words
from ingest.errors import InboxError, WordError
from tests.dying import killed
from tests.ingest.people import CHEN, Person
from tests.ingest.retiring import LATER, Keeper, disposals
from tests.ingest.small_office import SHEET, SmallOffice, recorded, sheet, sound

YESTERDAY = "2031-11-17"
CALLED = [("陈建国", "15405381201", "9:12")]
CORRECTED = [("张三", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]


def hand_over(desk: SmallOffice) -> None:
    """What 王芳 puts into the inbox a day before all is due."""
    call = recorded("陈建国", "15405381201", "091207").replace("2026-11-16", YESTERDAY)
    desk.drop(call.replace("20261116", "20311117"), sound(9))
    desk.drop(f"{YESTERDAY}/王芳/记录表.csv", sheet(CALLED))


def refused(order: Callable[[], object]) -> str:
    with pytest.raises(WordError) as caught:
        order()
    return caught.value.message.key


def test_yesterdays_call_that_was_not_taken_in_stops_the_order(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    hand_over(desk)
    assert refused(lambda: keeper.apply(2)) == "retention.untaken"
    assert disposals(desk) == [None, None]
    desk.ingest(LATER)
    assert keeper.apply(1)["kept"] == [{"recording": 2, "why": "newer"}]
    assert sorted({path.split("/")[0] for path in desk.kept()}) == ["陈建国"]


def test_what_comes_while_the_count_is_typed_stops_it(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()

    def types(_: str) -> str:
        hand_over(desk)
        return "2"

    assert refused(lambda: keeper.order(None, ask=types)) == "retention.untaken"
    assert disposals(desk) == [None, None]


def test_a_known_file_that_changed_stops_it(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    desk.drop(SHEET, sheet(CORRECTED))
    assert refused(lambda: keeper.apply(2)) == "retention.untaken"


def test_what_a_kill_left_half_taken_in_stops_it(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    hand_over(desk)
    for write in count(1):
        assert killed(lambda _: desk.ingest(LATER), write)
        if any("planned" in row for row in desk.rows()["inbox_file"]):
            break
    (desk.inbox / YESTERDAY / "王芳/记录表.csv").unlink()
    assert refused(lambda: keeper.apply(2)) == "retention.untaken"


def test_a_day_that_is_being_decided_stops_it(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    with Person(desk).desk.writing() as tx:
        files.reopen(tx, [LATER.date()])
    assert refused(lambda: keeper.apply(2)) == "retention.open_days"
    desk.ingest(LATER)
    assert keeper.apply(2)["disposed"] == 2


def test_an_inbox_that_cannot_be_listed_stops_it(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    listing = os.scandir

    def refusing(path: Path) -> object:
        if Path(path) == desk.inbox / "2026-11-16":
            raise PermissionError(13, "Permission denied")
        return listing(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refusing)
        with pytest.raises(InboxError):
            keeper.apply(2)
    away = desk.inbox.rename(desk.folder / "unplugged")
    with pytest.raises(InboxError):
        keeper.apply(2)
    assert disposals(desk) == [None, None]
    away.rename(desk.inbox)
    assert keeper.apply(2)["disposed"] == 2


def test_junk_and_what_is_refused_for_good_stop_nothing(desk: SmallOffice) -> None:
    (desk.inbox / "刘海燕-2811031012.amr").symlink_to(desk.inbox / CHEN)
    desk.ingest(LATER)
    desk.drop("2026-11-16/王芳/.DS_Store", b"which changes with every look")
    assert Keeper(desk).folders_due() == ["陈建国"]  # whose the refused one is, its name says
    assert Keeper(desk).dispose(1)["disposed"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_to_do(desk: SmallOffice, language: str) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    hand_over(desk)
    with pytest.raises(WordError) as caught:
        keeper.apply(2)
    said = Words(language).say(caught.value.message)
    assert "2" in said
    assert "callvault ingest" in said


@pytest.mark.parametrize("old", [timedelta(hours=1), timedelta(seconds=1)])
def test_a_pass_takes_in_what_came_before_it_deletes_what_was_ordered(
    desk: SmallOffice, old: timedelta
) -> None:
    """The daemon had the archive when it was ordered. A sheet being written is waited for."""
    with locked(desk.archive):
        assert Keeper(desk).dispose(2)["disposed"] == 0
    came = desk.drop(SHEET, sheet(CORRECTED))
    at = (LATER - old).timestamp()
    os.utime(came, (at, at))
    desk.ingest(LATER)
    desk.ingest(LATER + timedelta(minutes=1))
    assert [path.split("/")[0] for path in desk.kept()] == ["张三"]
    assert sorted(map(str, disposals(desk))) == ["None", "disposed"]
