"""Who handed something over for which days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from archive.catalogue import files, handed_over
from archive.catalogue.files import Sighting
from archive.records import FileState, SheetState
from tests.archive.small_archive import AT, DAY, MATCHED, SmallArchive, row, sheet

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_whose_files_lie_in_the_inbox_is_told_by_day(archive: SmallArchive) -> None:
    seen = [
        Sighting("a.mp3", 1, 1, FileState.RECORDING, DAY, "王芳"),
        Sighting("b.mp3", 1, 1, FileState.DUPLICATE, DAY, "王芳"),
        Sighting("c.xlsx", 1, 1, FileState.SHEET, DAY, None),
        Sighting("d.mp3", 1, 1, FileState.WAITING, TOMORROW, "赵敏"),
        Sighting("e.db", 1, 1, FileState.IGNORED, TOMORROW, "李雷"),
        Sighting("f.mp3", 1, 1, FileState.REFUSED, TOMORROW, "孙丽"),
        Sighting("g.mp3", 1, 1, FileState.RECORDING, YESTERDAY, "王芳"),
    ]
    with archive.catalogue.transaction() as tx:
        files.note(tx, seen, AT)
        assert handed_over.collectors_of_files(tx, [DAY, TOMORROW]) == {
            DAY: {"王芳", None},
            TOMORROW: {"赵敏"},
        }
        assert handed_over.collectors_of_files(tx, []) == {}


def test_whose_calls_rows_are_is_told_of_those_that_count(archive: SmallArchive) -> None:
    archive.enter(sheet(row(5), replace(row(6), collector="李雷"), contents=b"first"))
    late = replace(row(6, day=TOMORROW), collector=None)
    brought = replace(sheet(row(5), late, contents=b"corrected"), collector="小王")
    archive.enter(brought)
    archive.enter(sheet(source="copy.xlsx", contents=b"corrected", state=SheetState.DUPLICATE))
    with archive.catalogue.transaction() as tx:
        found = handed_over.collectors_of_rows(tx, [YESTERDAY, DAY, TOMORROW])
        assert found == {DAY: {("小王", "王芳")}, TOMORROW: {("小王", None)}}


def test_only_what_is_held_and_was_made_on_another_day_brings_that_day_up(
    archive: SmallArchive,
) -> None:
    archive.admit(b"of the day", "a.mp3")
    archive.admit(b"held", "b.mp3", call_day=YESTERDAY)
    archive.admit(b"of another hand-off", "c.mp3", day=TOMORROW, call_day=DAY)
    filed = archive.admit(b"filed", "d.mp3", call_day=TOMORROW)
    archive.rule(filed, MATCHED, archive.customer("张三"))
    archive.move(archive.again(filed), "张三/2026-11-17/d.mp3")
    with archive.catalogue.transaction() as tx:
        assert handed_over.days_of_held(tx, DAY) == [YESTERDAY]
        assert handed_over.days_of_held(tx, YESTERDAY) == []


def test_whose_name_is_a_customers_too(archive: SmallArchive) -> None:
    archive.customer("张三")
    with archive.catalogue.transaction() as tx:
        assert handed_over.called_like_customers(tx, {"张三", "王芳"}) == {"张三"}
        assert handed_over.called_like_customers(tx, frozenset()) == frozenset()
