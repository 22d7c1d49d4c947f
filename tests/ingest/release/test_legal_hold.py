"""What is under legal hold is never deleted from the inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.proof import prove
from ingest import release as release_module
from ingest.hold_told import tell_add, tell_release
from tests.ingest.people import Person
from tests.ingest.release.releasing import COPY, LIU, ROWS, SOUNDS, inbox, moved, releases, told
from tests.ingest.small_office import SHEET, SmallOffice, sha256, sheet


def hold(desk: SmallOffice, customer: str) -> None:
    tell_add(Person(desk).desk, customer, "", "text")


def test_what_is_under_legal_hold_is_never_deleted_and_goes_after_its_release(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    desk = mirrored("delete")
    hold(desk, "刘海燕")
    summary = desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}
    assert told(summary) == []
    assert summary.released.sources == 2
    tell_release(Person(desk).desk, "刘海燕", "text")
    desk.ingest()
    assert inbox(desk) == {SHEET}


def test_what_is_under_legal_hold_may_be_moved(mirrored: Callable[[str], SmallOffice]) -> None:
    desk = mirrored("move")
    hold(desk, "刘海燕")
    desk.ingest()
    assert inbox(desk) == {SHEET}
    assert moved(desk)[LIU] == sha256(SOUNDS[LIU])


def test_who_puts_a_customer_under_hold_while_copies_are_proven_is_heard(
    mirrored: Callable[[str], SmallOffice], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = mirrored("delete")

    def meanwhile(*args: Any) -> Any:
        monkeypatch.setattr(release_module, "prove", prove)
        hold(desk, "刘海燕")
        return prove(*args)

    monkeypatch.setattr(release_module, "prove", meanwhile)
    desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}
    assert LIU not in [source for source, _ in releases(desk)]


def test_what_went_back_into_holding_from_a_customer_under_hold_stays(
    mirrored: Callable[[str], SmallOffice],
) -> None:
    """Nobody's by now, it may turn out to be theirs all the same."""
    desk = mirrored("delete")
    hold(desk, "刘海燕")
    Person(desk).unassign(LIU)
    desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}


@pytest.mark.parametrize("number", ["13869170000、13700000001", "13700000001"])
def test_a_corrected_sheet_takes_nothing_out_of_a_legal_hold(
    mirrored: Callable[[str], SmallOffice], number: str
) -> None:
    """Whom it names is another customer for callvault; a person's word stands until it is ended."""
    desk = mirrored("delete")
    hold(desk, "刘海燕")
    desk.drop(SHEET, sheet([ROWS[0], ("刘海燕", number, "9:40")]))
    desk.ingest()
    assert inbox(desk) == {LIU, COPY, SHEET}
    tell_release(Person(desk).desk, "刘海燕/", "text")
    desk.ingest()
    assert inbox(desk) == {SHEET}
