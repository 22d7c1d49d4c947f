"""The report from the catalogue to the file: which days, which form, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from archive.catalogue.database import Catalogue, open_catalogue
from archive.errors import ArchiveError
from audit.completeness import tally
from audit.day import DayReport
from audit.report import (
    Asked,
    Look,
    as_text,
    asked_for,
    calendar_of,
    compile_days,
    needs_a_person,
    write,
    write_nightly,
)
from tests.audit.offices import DAY, IN_TIME, NEXT_DAY, NEXT_MORNING, ZONE, Row, SmallOffice, miui
from tests.sample.office import build

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)
CHEN = Row("陈建国", "15405381201")
FAR = date(2026, 12, 24)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> SmallOffice:
    """The sample office's Monday, and a Tuesday on which all is well."""
    office = SmallOffice(tmp_path_factory.mktemp("office"))
    build(office.inbox)
    office.record(miui("陈建国", "15405381201", day=NEXT_DAY), day=NEXT_DAY)
    office.sheet(CHEN, source=f"{NEXT_DAY}/记录表.xlsx", day=NEXT_DAY)
    office.hand_over(f"{FAR}/王芳/Thumbs.db", b"\0")
    office.take_in(NEXT_MORNING)
    return office


@pytest.fixture
def catalogue(office: SmallOffice) -> Iterator[Catalogue]:
    catalogue = open_catalogue(office.settings.catalogue.url)
    yield catalogue
    catalogue.close()


@pytest.fixture
def days(office: SmallOffice) -> list[DayReport]:
    return [office.report(DAY), office.report(NEXT_DAY)]


def valid(told: Any) -> bool:
    checker = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    checker.validate(told)
    return True


def test_without_a_day_the_latest_of_which_anything_was_handed_over(catalogue: Catalogue) -> None:
    assert asked_for(catalogue, None, None, None) == Asked([NEXT_DAY])


def test_a_day_is_that_day_whatever_is_known_of_it(catalogue: Catalogue) -> None:
    nothing = date(2026, 11, 1)
    assert asked_for(catalogue, nothing, None, None) == Asked([nothing])
    assert asked_for(catalogue, None, nothing, nothing) == Asked([nothing])


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), [DAY, NEXT_DAY]),
        (date(2026, 11, 1), DAY, [DAY]),
        (NEXT_DAY, None, [NEXT_DAY, FAR]),
        (None, DAY, [DAY]),
        (date(2026, 10, 1), date(2026, 10, 31), []),
    ],
)
def test_a_range_has_the_days_of_which_anything_is_known(
    catalogue: Catalogue, first: date | None, last: date | None, known: list[date]
) -> None:
    assert asked_for(catalogue, None, first, last) == Asked(known, ranged=True)


def test_before_anything_was_handed_over_there_is_no_day(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    catalogue = open_catalogue(office.settings.catalogue.url)
    assert asked_for(catalogue, None, None, None) == Asked([])
    catalogue.close()


def test_as_json_a_day_is_what_the_schema_says(office: SmallOffice, days: list[DayReport]) -> None:
    told = json.loads(as_text(days[:1], "json", office.archive))
    assert valid(told)
    assert told["date"] == f"{DAY}"
    assert len(told["recordings"]) == 15


def test_as_json_a_range_is_a_list_however_many_days_it_holds(
    office: SmallOffice, days: list[DayReport]
) -> None:
    look = Look(ranged=True)
    for some in (days, days[:1], []):
        told = json.loads(as_text(some, "json", office.archive, look))
        assert [one["from"] for one in told["completeness"]["by_day"]] == [
            f"{one.date}" for one in some
        ]
        assert [one["date"] for one in told["days"]] == [f"{one.date}" for one in some]
        assert all(valid(one) for one in told["days"])


def test_as_json_a_range_says_how_complete_it_is(
    office: SmallOffice, days: list[DayReport]
) -> None:
    told = json.loads(as_text(days, "json", office.archive, Look(ranged=True)))["completeness"]
    (month,), (week,) = told["by_month"], told["by_week"]
    assert (month["from"], month["to"]) == ("2026-11-01", "2026-11-30")
    assert (week["from"], week["to"]) == ("2026-11-16", "2026-11-22")
    parts = ("recorded", "missing", "open")
    for figures in (month, week, *told["by_day"], *told["by_collector"]):
        assert figures["customers_due"] == sum(figures[part] for part in parts) > 0
    assert week["recorded"] == sum(one["recorded"] for one in told["by_day"])
    assert {one["collector"] for one in month["collectors"]} == {
        one["collector"] for one in told["by_collector"]
    }


def test_the_calendar_of_a_page_counts_the_days_before(
    office: SmallOffice, catalogue: Catalogue, days: list[DayReport]
) -> None:
    past = calendar_of(catalogue, [NEXT_DAY])
    assert {day: one.recorded for day, one in past.items()} == {
        report.date: tally([report]).recorded for report in days
    }
    assert calendar_of(catalogue, [DAY]).keys() == {DAY}
    assert calendar_of(catalogue, []) == {}
    page = as_text(days[1:], "html", office.archive, Look(past=past))
    assert "<title>2026年11月16日 星期一：" in page


def test_as_text_one_day_follows_the_other_within_the_width(
    office: SmallOffice, days: list[DayReport]
) -> None:
    said = as_text(days, "text", office.archive, Look(width=80))
    assert said.index("2026年11月16日") < said.index("2026年11月17日")
    assert "刘海燕" in said
    assert "\x1b" not in said
    assert "\x1b" in as_text(days, "text", office.archive, Look(colour=True))


def test_as_html_recordings_can_be_heard_from_the_archive(
    office: SmallOffice, days: list[DayReport]
) -> None:
    page = as_text(days, "html", office.archive)
    assert page.lower().startswith("<!doctype html>")
    assert f"{office.archive.as_uri()}/%E9%99%88%E5%BB%BA%E5%9B%BD/{DAY}/" in page


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_a_file_holds_what_would_be_shown(
    office: SmallOffice, days: list[DayReport], tmp_path: Path, form: str
) -> None:
    path = tmp_path / "new" / f"report.{form}"
    write(days[:1], form, path, office.archive)
    assert path.read_text(encoding="utf-8") == as_text(days[:1], form, office.archive)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_range_goes_into_a_file_as_a_range(
    office: SmallOffice, days: list[DayReport], tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    write(days[:1], "json", path, office.archive, Look(ranged=True))
    assert len(json.loads(path.read_text(encoding="utf-8"))["days"]) == 1


def test_as_xlsx_it_is_a_workbook(
    office: SmallOffice, days: list[DayReport], tmp_path: Path
) -> None:
    path = tmp_path / "report.xlsx"
    write(days, "xlsx", path, office.archive)
    book = openpyxl.load_workbook(path)
    cells = {cell for tab in book for row in tab.iter_rows(values_only=True) for cell in row}
    assert "刘海燕" in cells


def test_a_report_that_cannot_be_written_leaves_the_old_one_and_no_rubbish(
    office: SmallOffice, days: list[DayReport], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        write([], "xlsx", tmp_path / "report.xlsx", office.archive)
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        write(days[:1], "json", tmp_path / "report.json", office.archive)
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):  # noqa: PT011
        write(days[:1], "json", tmp_path / "file" / "report.json", office.archive)


def test_the_nightly_report_is_written_once_in_the_forms_that_people_open(
    office: SmallOffice, catalogue: Catalogue
) -> None:
    night = datetime.combine(DAY, time(20), ZONE)
    write_nightly(catalogue, office.settings, DAY, night)
    folder = office.settings.report.folder
    names = {f"{DAY}.html", f"{DAY}.xlsx", f"{DAY}.json"}
    assert {path.name for path in folder.iterdir()} == names
    told = json.loads((folder / f"{DAY}.json").read_text(encoding="utf-8"))
    assert valid(told)
    assert 'class="calendar"' in (folder / f"{DAY}.html").read_text(encoding="utf-8")
    assert told["generated_at"] == "2026-11-16T20:00:00+08:00"

    (folder / f"{DAY}.html").unlink()
    write_nightly(catalogue, office.settings, DAY, night.replace(hour=21))
    assert {path.name for path in folder.iterdir()} == names
    assert json.loads((folder / f"{DAY}.json").read_text(encoding="utf-8")) == told
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    write_nightly(catalogue, office.settings, DAY, night.replace(hour=22))
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="what a descriptor is of is told by its inode")
def test_a_nightly_report_has_its_bytes_on_the_disk_before_its_name(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves an empty file, which stays as that night's report."""
    synced: list[tuple[int, int]] = []
    fsync = os.fsync

    def syncing(descriptor: int) -> None:
        fsync(descriptor)
        synced.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size))

    monkeypatch.setattr(os, "fsync", syncing)
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    write_nightly(catalogue, settings, DAY, datetime.combine(DAY, time(20), ZONE))
    files = [path.stat() for path in tmp_path.iterdir()]
    assert sorted((one.st_ino, one.st_size) for one in files) == sorted(synced)


def test_a_report_waits_for_the_disk_that_its_folder_is_on(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "disk" / "reports"
    settings = replace(office.settings, report=replace(office.settings.report, folder=folder))
    night = datetime.combine(DAY, time(20), ZONE)
    with pytest.raises(ArchiveError) as caught:
        write_nightly(catalogue, settings, DAY, night)
    assert caught.value.message.key == "report.unwritten"
    assert not folder.parent.exists()
    folder.parent.mkdir()
    assert write_nightly(catalogue, settings, DAY, night) == [DAY]


def test_a_report_made_while_the_clock_was_ahead_does_not_stand_for_its_day(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    ahead, tonight = (datetime.combine(day, time(20), ZONE) for day in (date(2027, 11, 16), DAY))
    write_nightly(catalogue, settings, ahead.date(), ahead)
    too_early = (tmp_path / "2027-11-16.json").read_bytes()
    (tmp_path / "2027-99-99.json").write_bytes(b"of no day")
    assert write_nightly(catalogue, settings, DAY, tonight) == [DAY]
    assert (tmp_path / "2027-11-16.clock-ahead.json").read_bytes() == too_early
    assert (tmp_path / "2027-99-99.json").exists()
    later = ahead.replace(minute=1)
    assert ahead.date() in write_nightly(catalogue, settings, ahead.date(), later)
    assert generated(tmp_path / "2027-11-16.json") == later


def test_tonight_s_report_that_was_made_in_the_morning_is_made_again(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    """The clock was ahead by half a day, and has been set right."""
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    ahead, tonight = (datetime.combine(DAY, time(hour), ZONE) for hour in (21, 20))
    for at in (ahead, tonight, tonight.replace(minute=30)):
        write_nightly(catalogue, settings, DAY, at)
    assert generated(tmp_path / f"{DAY}.json") == tonight
    assert generated(tmp_path / f"{DAY}.clock-ahead.json") == ahead


def generated(path: Path) -> datetime:
    return datetime.fromisoformat(json.loads(path.read_bytes())["generated_at"])


def test_a_quiet_day_has_its_nightly_report_too(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    sunday = date(2026, 11, 22)
    write_nightly(catalogue, settings, sunday, datetime.combine(sunday, time(20), ZONE))
    assert (tmp_path / f"{sunday}.html").is_file()


def test_nights_that_were_slept_through_get_their_reports_and_none_twice(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    monday = datetime(2026, 11, 23, 8, tzinfo=ZONE)
    sunday = date(2026, 11, 22)
    assert write_nightly(catalogue, settings, sunday, monday) == [DAY, NEXT_DAY]
    assert {path.stem for path in tmp_path.iterdir()} == {f"{DAY}", f"{NEXT_DAY}"}
    assert write_nightly(catalogue, settings, sunday, monday) == []


def test_what_the_manager_has_read_stays_as_it_was(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    """And on the evening of a silent day the ones before it are made up, too."""
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    night = datetime.combine(DAY, time(20), ZONE)
    assert write_nightly(catalogue, settings, DAY, night) == [DAY]
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    wednesday = NEXT_DAY + timedelta(days=1)
    written = write_nightly(catalogue, settings, wednesday, night + timedelta(days=2))
    assert written == [NEXT_DAY, wednesday]
    assert {path: path.read_bytes() for path in before} == before


def test_a_day_whose_report_cannot_be_written_keeps_no_other_from_its_own(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    in_the_way = tmp_path / f".{DAY}.html.part"
    in_the_way.mkdir()
    wednesday = NEXT_DAY + timedelta(days=1)
    night = datetime.combine(wednesday, time(20), ZONE)
    with pytest.raises(ArchiveError):
        write_nightly(catalogue, settings, wednesday, night)
    assert (tmp_path / f"{NEXT_DAY}.json").is_file()
    assert (tmp_path / f"{wednesday}.json").is_file()
    in_the_way.rmdir()
    assert write_nightly(catalogue, settings, wednesday, night) == [DAY]


def test_reports_older_than_a_month_are_not_made_up(
    office: SmallOffice, catalogue: Catalogue, tmp_path: Path
) -> None:
    settings = replace(office.settings, report=replace(office.settings.report, folder=tmp_path))
    spring = datetime(2027, 3, 1, 8, tzinfo=ZONE)
    assert write_nightly(catalogue, settings, date(2027, 2, 28), spring) == []


def test_a_day_with_more_than_good_news_needs_a_person(days: list[DayReport]) -> None:
    assert needs_a_person(days)
    assert needs_a_person(days[:1])
    assert not needs_a_person(days[1:])
    assert not needs_a_person([])


def test_days_are_compiled_in_the_order_asked(office: SmallOffice, catalogue: Catalogue) -> None:
    compiled = compile_days(catalogue, office.settings, [NEXT_DAY, DAY], IN_TIME)
    assert [one.date for one in compiled] == [NEXT_DAY, DAY]
