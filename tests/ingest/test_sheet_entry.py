"""Sheets on their way into the catalogue: versions, copies, and those that cannot be read."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from archive.catalogue.database import open_catalogue
from archive.errors import DiskError
from archive.records import SheetState
from archive.store import Store
from ingest.inbox import scan
from ingest.sheet_entry import SheetEntry
from tests.dying import killed
from tests.ingest.small_office import (
    DAY,
    EVENING,
    HEADER,
    SHEET,
    ZONE,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
    tree,
)

CHEN = recorded("陈建国", "15405381201", "091207")
FIRST = ("陈建国", "15405381201", "9:12")
SECOND = ("刘海燕", "15405381202", "9:40")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def named(desk: SmallOffice, day: date = DAY) -> list[tuple[str, int, str]]:
    """Sheet, line and customer of each row that counts."""
    return [(one["sheet"], one["line"], one["customer"]) for one in desk.report(day)["calls"]]


def versions(desk: SmallOffice) -> list[str]:
    """The hashes of the sheets that are kept."""
    return sorted(digest for digest, _ in tree(desk.archive / ".callvault/sheets").values())


def test_a_workbook_is_read_and_kept_as_it_was_handed_in(desk: SmallOffice) -> None:
    book = openpyxl.Workbook()
    tab = book.active
    assert tab is not None
    tab.append(list(HEADER))
    tab.append([*FIRST, "已接通", "2026-11-16", "济宁", 8])
    out = io.BytesIO()
    book.save(out)
    source = f"{DAY}/王芳/记录表.xlsx"
    desk.drop(source, out.getvalue())
    assert desk.ingest().counts["sheets"] == 1
    assert named(desk) == [(source, 2, "陈建国")]
    assert versions(desk) == [sha256(out.getvalue())]
    (kept,) = (desk.archive / ".callvault/sheets").iterdir()
    assert kept.name == f"{sha256(out.getvalue())}.xlsx"


def test_a_sheet_whose_kept_place_is_taken_is_read_once_that_is_free(desk: SmallOffice) -> None:
    content = sheet([FIRST])
    taken = desk.archive / f".callvault/sheets/{sha256(content)}.csv"
    desk.ingest()
    taken.parent.mkdir(parents=True, exist_ok=True)
    taken.write_bytes(sheet([SECOND]))
    desk.drop(SHEET, content)
    assert desk.ingest().counts["sheets"] == 0
    assert named(desk) == []
    assert taken.read_bytes() == sheet([SECOND])
    told = next(one for one in desk.report()["findings"] if one["source"] == SHEET)
    assert taken.name in told["message"]
    taken.unlink()
    assert desk.ingest().counts["sheets"] == 1
    assert named(desk) == [(SHEET, 2, "陈建国")]


def test_every_version_of_a_sheet_is_kept_and_the_last_counts(desk: SmallOffice) -> None:
    desk.drop(SHEET, sheet([FIRST]))
    desk.ingest()
    desk.drop(SHEET, sheet([FIRST, SECOND]), time(13))
    desk.ingest()
    assert named(desk) == [(SHEET, 2, "陈建国"), (SHEET, 3, "刘海燕")]
    assert versions(desk) == sorted(map(sha256, (sheet([FIRST]), sheet([FIRST, SECOND]))))


def test_a_version_that_comes_back_counts_again(desk: SmallOffice) -> None:
    for rows, at in (([FIRST], 12), ([SECOND], 13), ([FIRST], 14)):
        desk.drop(SHEET, sheet(rows), time(at))
        desk.ingest()
    assert named(desk) == [(SHEET, 2, "陈建国")]


def test_a_sheet_that_becomes_unreadable_leaves_its_rows_in_force(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet([FIRST]))
    desk.ingest()
    before = desk.kept()
    desk.drop(SHEET, b"\x00\x01 half a file", time(13))
    assert desk.ingest().needs_a_person
    assert named(desk) == [(SHEET, 2, "陈建国")]
    assert desk.kept() == before
    assert ("sheet_unreadable", SHEET) in desk.codes()


def test_the_finding_goes_when_the_readable_version_is_back(desk: SmallOffice) -> None:
    for content, at in ((sheet([FIRST]), 12), (b"half", 13), (sheet([FIRST]), 14)):
        desk.drop(SHEET, content, time(at))
        summary = desk.ingest()
    assert not summary.needs_a_person
    assert "sheet_unreadable" not in dict(desk.codes())
    assert named(desk) == [(SHEET, 2, "陈建国")]


def test_a_second_unreadable_version_takes_the_place_of_the_first(desk: SmallOffice) -> None:
    for content, at in ((b"half", 12), (b"half a file", 13)):
        desk.drop(SHEET, content, time(at))
        desk.ingest()
    assert [code for code, _ in desk.codes()] == ["mirror_off", "sheet_unreadable"]


def test_a_sheet_under_a_second_name_does_not_double_its_rows(desk: SmallOffice) -> None:
    copy = f"{DAY}/王芳/记录表 - 副本.csv"
    desk.drop(SHEET, sheet([FIRST]))
    desk.ingest()
    desk.drop(copy, sheet([FIRST]))
    assert desk.ingest().counts["sheets"] == 0
    assert len(named(desk)) == 1
    assert ("duplicate_sheet", copy) in desk.codes()
    desk.drop(copy, sheet([FIRST, SECOND]), time(13))
    desk.ingest()
    assert ("duplicate_sheet", copy) not in desk.codes()
    assert (copy, 3, "刘海燕") in named(desk)


COPY = f"{DAY}/李强/记录表.csv"
"""Comes before the one in 王芳's folder, which is the copy."""
TOMORROW = DAY + timedelta(days=1)
LATER = f"{TOMORROW}/王芳/记录表.csv"
MARKED = f"{DAY}/李强/记录表 (1).csv"
"""Named like a copy."""


def settled(desk: SmallOffice) -> tuple[object, ...]:
    """What is told of both days; another pass changes nothing of all that is known."""
    before = desk.rows()
    desk.ingest()
    assert desk.rows() == before
    return desk.report(), desk.report(TOMORROW), desk.filed()


def handed_in(desk: SmallOffice, sources: Sequence[str]) -> tuple[object, ...]:
    """What comes of equal sheets, a pass each."""
    desk.drop(CHEN, sound(1))
    for source in sources:
        desk.drop(source, sheet([FIRST]))
        desk.ingest()
    return settled(desk)


def test_which_of_equal_sheets_counts_does_not_hang_on_their_order(tmp_path: Path) -> None:
    orders = ((COPY, SHEET, LATER), (LATER, SHEET, COPY), (SHEET, COPY, LATER))
    told = [handed_in(office(tmp_path / str(at)), order) for at, order in enumerate(orders)]
    assert told[0] == told[1] == told[2]
    report, tomorrow, filed = told[0]
    assert isinstance(report, dict)
    assert isinstance(tomorrow, dict)
    assert [one["sheet"] for one in report["calls"]] == [COPY]
    assert tomorrow["calls"] == []
    assert filed == {CHEN: f"陈建国/{DAY}"}


def test_a_sheet_that_comes_before_its_equal_takes_its_place(desk: SmallOffice) -> None:
    handed_in(desk, [LATER, SHEET])
    assert named(desk) == [(SHEET, 2, "陈建国")]
    assert named(desk, TOMORROW) == []
    told = [one for one in desk.custody() if one["event"] == "sheet"]
    assert [(one["original_name"], one["state"], one["rows"]) for one in told] == [
        (LATER, "read", 1),
        (LATER, "duplicate", 0),
        (SHEET, "read", 1),
    ]


def test_every_copy_names_the_sheet_that_counts(desk: SmallOffice) -> None:
    handed_in(desk, [MARKED, SHEET, COPY])
    found = [one for one in desk.report()["findings"] if one["code"] == "duplicate_sheet"]
    assert [one["sheet"] for one in found] == [MARKED, SHEET]
    assert all(COPY in one["message"] for one in found)


def test_what_is_named_like_a_copy_never_takes_the_place_of_another(desk: SmallOffice) -> None:
    handed_in(desk, [SHEET, MARKED])
    assert named(desk) == [(SHEET, 2, "陈建国")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kills fork")
def test_a_pass_that_is_killed_while_a_sheet_takes_anothers_place_goes_on(tmp_path: Path) -> None:
    new = office(tmp_path / "new")
    for source, content in ((CHEN, sound(1)), (SHEET, sheet([FIRST]))):
        new.drop(source, content)
    new.ingest()
    write, counted, told = 0, SHEET, list[dict[str, Any]]()
    while counted == SHEET:  # until a kill comes after the commit that changes their places
        write += 1
        desk = office(tmp_path / str(write))
        shutil.copytree(new.folder, desk.folder, dirs_exist_ok=True)
        desk.drop(COPY, sheet([FIRST]))
        assert killed(lambda _, desk=desk: desk.ingest(), write)  # type: ignore[misc]
        ((counted, _, _),) = named(desk)
        desk.ingest()
        told.append(desk.report())
    assert write > 1
    assert all(one == told[0] for one in told)
    assert [one["sheet"] for one in told[0]["calls"]] == [COPY]
    assert [one["status"] for one in told[0]["recordings"]] == ["filed"]


def test_a_sheet_whose_kept_copy_was_altered_takes_no_place_until_it_is_repaired(
    desk: SmallOffice,
) -> None:
    content = sheet([FIRST])
    kept = desk.archive / f".callvault/sheets/{sha256(content)}.csv"
    handed_in(desk, [SHEET])
    kept.write_bytes(sheet([SECOND]))
    handed_in(desk, [COPY])
    assert named(desk) == [(SHEET, 2, "陈建国")]
    kept.write_bytes(content)
    desk.ingest()
    assert named(desk) == [(COPY, 2, "陈建国")]


def test_a_sheet_that_left_the_inbox_still_comes_before_its_copy(desk: SmallOffice) -> None:
    handed_in(desk, [COPY])
    (desk.inbox / COPY).unlink()
    handed_in(desk, [SHEET])
    assert named(desk) == [(COPY, 2, "陈建国")]


def test_a_copy_counts_though_its_next_version_cannot_be_read(desk: SmallOffice) -> None:
    handed_in(desk, [COPY, SHEET])
    for source, content in ((SHEET, b"\x00\x01 half a file"), (COPY, sheet([SECOND]))):
        desk.drop(source, content, time(13))
        desk.ingest()
    assert named(desk) == [(COPY, 2, "刘海燕"), (SHEET, 2, "陈建国")]
    assert ("sheet_unreadable", SHEET) in desk.codes()
    settled(desk)


def copied(desk: SmallOffice) -> None:
    """Two sheets of the same bytes; one of them is corrected then."""
    desk.drop(CHEN, sound(1))
    for source in (SHEET, COPY):
        desk.drop(source, sheet([FIRST]))
    desk.ingest()
    assert ("duplicate_sheet", SHEET) in desk.codes()
    desk.drop(COPY, sheet([SECOND]), time(13))


def test_a_copy_counts_once_the_sheet_that_it_copied_is_corrected(desk: SmallOffice) -> None:
    copied(desk)
    desk.ingest()
    assert named(desk) == [(COPY, 2, "刘海燕"), (SHEET, 2, "陈建国")]
    assert ("duplicate_sheet", SHEET) not in desk.codes()
    assert CHEN in desk.filed()
    before = desk.rows()["sheet_row"]
    desk.ingest()
    assert desk.rows()["sheet_row"] == before


def test_of_several_copies_one_counts_then(desk: SmallOffice) -> None:
    again = f"{DAY}/王芳/记录表 (1).csv"
    desk.drop(again, sheet([FIRST]))
    copied(desk)
    desk.ingest()
    assert named(desk) == [(COPY, 2, "刘海燕"), (SHEET, 2, "陈建国")]
    (found,) = (one for one in desk.report()["findings"] if one["code"] == "duplicate_sheet")
    assert found["sheet"] == again
    assert SHEET in found["message"]


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(sheet([SECOND]))])
def test_a_copy_that_is_not_kept_as_it_was_handed_in_counts_once_it_is_repaired(
    desk: SmallOffice, harm: Callable[[Path], object]
) -> None:
    copied(desk)
    content = sheet([FIRST])
    kept = desk.archive / f".callvault/sheets/{sha256(content)}.csv"
    harm(kept)
    desk.ingest()
    assert named(desk) == [(COPY, 2, "刘海燕")]
    kept.write_bytes(content)
    desk.ingest()
    assert named(desk) == [(COPY, 2, "刘海燕"), (SHEET, 2, "陈建国")]


def test_a_sheet_that_becomes_a_copy_says_no_more_what_it_said(desk: SmallOffice) -> None:
    desk.drop(COPY, sheet([FIRST]))
    desk.drop(SHEET, sheet([SECOND]))
    desk.ingest()
    desk.drop(SHEET, sheet([FIRST]), time(13))
    desk.ingest()
    assert named(desk) == [(COPY, 2, "陈建国")]


def test_two_sheets_that_change_places_say_each_what_it_holds(desk: SmallOffice) -> None:
    for (first, second), at in (((FIRST, SECOND), 12), ((SECOND, FIRST), 13)):
        desk.drop(COPY, sheet([first]), time(at))
        desk.drop(SHEET, sheet([second]), time(at))
        desk.ingest()
    assert named(desk) == [(COPY, 2, "刘海燕"), (SHEET, 2, "陈建国")]


@pytest.mark.parametrize("touched", [COPY, SHEET])
def test_a_sheet_that_is_only_touched_is_not_entered_again(desk: SmallOffice, touched: str) -> None:
    handed_in(desk, [COPY, SHEET])
    seen = ("inbox_file", "custody_file")  # the file's new time is remembered
    before = {name: rows for name, rows in desk.rows().items() if name not in seen}
    desk.drop(touched, sheet([FIRST]), time(13))
    desk.ingest(EVENING + timedelta(hours=5))
    after = {name: rows for name, rows in desk.rows().items() if name not in seen}
    assert after == before
    assert "late_handoff" not in dict(desk.codes())


def test_a_sheet_belongs_to_the_day_of_its_rows(desk: SmallOffice) -> None:
    source = "王芳/电话催收客户信息记录表2026.11.13.csv"
    desk.drop(source, sheet([FIRST]))
    desk.ingest()
    friday = date(2026, 11, 13)
    assert named(desk, friday) == [(source, 2, "陈建国")]
    assert named(desk) == []


def test_a_file_too_large_for_a_sheet_is_refused_unread(desk: SmallOffice) -> None:
    path = desk.drop(SHEET, sheet([FIRST]))
    os.truncate(path, 65 << 20)
    os.utime(path, (1, 1))
    roomy = desk.with_limit(100)
    assert roomy.ingest().needs_a_person
    assert roomy.statuses() == {SHEET: "refused"}
    assert versions(roomy) == []


def test_a_sheet_that_changed_since_it_was_seen_is_entered_by_the_next_pass(
    desk: SmallOffice,
) -> None:
    path = desk.drop(SHEET, sheet([FIRST])[:60])
    (seen,) = scan(desk.inbox).files
    path.write_bytes(sheet([FIRST]))
    catalogue = open_catalogue(desk.settings.catalogue.url)
    store = Store(desk.archive)
    store.prepare()
    try:
        assert SheetEntry(catalogue, store, ZONE).enter(seen, EVENING, EVENING) is None
    finally:
        catalogue.close()
    assert desk.statuses() == {SHEET: "waiting"}
    desk.ingest()
    assert named(desk) == [(SHEET, 2, "陈建国")]


def test_what_entering_a_sheet_came_to_is_told(desk: SmallOffice) -> None:
    copy = f"{DAY}/李强/记录表.csv"
    for source, content in ((SHEET, sheet([FIRST])), (copy, sheet([FIRST])), ("x.csv", b"none")):
        desk.drop(source, content)
    catalogue = open_catalogue(desk.settings.catalogue.url)
    store = Store(desk.archive)
    store.prepare()
    try:
        entry = SheetEntry(catalogue, store, ZONE)
        states = {
            seen.source: entry.enter(seen, EVENING, EVENING) for seen in scan(desk.inbox).files
        }
    finally:
        catalogue.close()
    assert states == {
        copy: SheetState.READ,
        SHEET: SheetState.DUPLICATE,
        "x.csv": SheetState.UNREADABLE,
    }


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="nothing here fails to be read")
def test_a_sheet_that_the_archives_own_disk_does_not_give_is_read_by_the_next_pass(
    desk: SmallOffice,
) -> None:
    content = sheet([FIRST])
    desk.drop(SHEET, content)
    kept = desk.archive / f".callvault/sheets/{sha256(content)}.csv"
    kept.parent.mkdir(parents=True)
    # A read of one's own memory at address 0 fails with EIO, as that of a broken disk does.
    kept.symlink_to("/proc/self/mem")
    with pytest.raises(DiskError):
        desk.ingest()
    kept.unlink()
    desk.ingest()
    assert named(desk) == [(SHEET, 2, "陈建国")]
