"""Hundreds of hostile names on one day: files, folders, sheets, contacts and customers."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from archive.layout import NameFields, customer_folder, filed_path, holding_path
from tests.hostile.names import hostile_names, in_folder
from tests.hostile.ntfs import confusable, faults
from tests.hostile.outputs import Page, csv_faults, log_faults, terminal_faults, xlsx_texts
from tests.hostile.world import NOW, Ran, Snapshot, World, strict_json, world
from tests.ingest.small_office import DAY, sheet

NAMES = hostile_names()
CUSTOMERS = [
    (at, one) for at, one in enumerate(NAMES) if one.is_text and "\0" not in one.text
]  # no sheet can hold the others
SHEET = f"{DAY}/李强/记录表.csv"


@dataclass(frozen=True, slots=True)
class Day:
    world: World
    before: Snapshot
    ran: Ran
    report: dict[str, list[dict[str, Any]]]


def number(at: int) -> str:
    return f"138{at:04d}{at * 7919 % 10000:04d}"


def moment(at: int) -> tuple[int, int, int]:
    return 8 + at // 100, at * 37 % 60, at % 60


def sound(*, role: int, at: int) -> bytes:
    """A fifth of a second of AMR like no other."""
    return b"#!AMR\n" + (b"\x3c" + bytes([role, at >> 8, at & 255]) * 10 + b"\0") * 10


def hand_over(day: World) -> None:
    """Each name as a customer's in the sheet and as a contact in a recording's name; in turn as the
    whole of a recording's name, of a collector's folder, and of a sheet's name.
    """
    desk = day.desk
    for at, name in enumerate(NAMES):
        called = "{:02}{:02}{:02}".format(*moment(at))
        contact = in_folder(name.text, "通话录音@", f"({number(at)})_{DAY:%Y%m%d}{called}.amr")
        desk.drop(f"{DAY}/李强/{contact}", sound(role=0, at=at))
        if at % 6 == 0:
            desk.drop(f"{DAY}/王芳/{in_folder(name.text, after='.amr')}", sound(role=1, at=at))
        elif at % 6 == 1 and name.text not in (".", ".."):
            desk.drop(f"{DAY}/{in_folder(name.text)}/a.amr", sound(role=2, at=at))
        elif at % 12 == 2:
            row = (f"顾客{at}", f"1390000{at:04}", "09:00:00")
            desk.drop(f"{DAY}/赵敏/{in_folder(name.text, after='.csv')}", sheet([row]))
    for at, told_alike in enumerate((os.fsdecode(b"\xff.amr"), "\\udcff.amr")):
        desk.drop(f"{DAY}/王芳/{told_alike}", sound(role=3, at=at))
    rows = [
        (one.text, number(at), "{:02}:{:02}:{:02}".format(*moment(at))) for at, one in CUSTOMERS
    ]
    desk.drop(SHEET, sheet(rows))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    made = world(tmp_path_factory.mktemp("names"))
    hand_over(made)
    before = made.snapshot()
    ran = made.callvault("ingest", "--as-of", NOW, "--verbose", "--format", "json")
    return Day(made, before, ran, made.report())


def test_there_are_enough_names_and_they_are_the_same_each_time() -> None:
    assert len(NAMES) >= 500
    assert len({one.text for one in NAMES}) == len(NAMES)
    assert len({one.kind for one in NAMES}) == 19
    assert hostile_names.__wrapped__() == NAMES


@pytest.mark.parametrize(
    "template", ["{date}_{time}_{customer}_{last4}", "{customer}", "{original}"]
)
def test_no_name_leads_out_of_the_archive_or_is_illegal_in_it(template: str) -> None:
    paths: list[str] = []
    for one in NAMES:
        known = NameFields(one.text, None, False, DAY, (), one.text, one.text + ".mp3")
        for folder in islice(customer_folder(one.text, "13800138000"), 4):
            paths += islice(filed_path(folder, template, known), 2)
        paths.append(holding_path(date(2026, 11, 16), "back-000017-1", one.text))
    assert {path: found for path in paths if (found := faults(path))} == {}
    assert {path.count("/") for path in paths} == {2}


def test_the_pass_ends_well_in_bounded_memory(day: Day) -> None:
    assert day.ran.code == 3
    assert "Traceback" not in day.ran.log
    assert day.ran.megabytes < 600
    assert strict_json(day.ran.output)["problems"] == []


def test_nothing_outside_the_archive_is_touched(day: Day) -> None:
    assert day.world.snapshot() == day.before
    for planted in ("/tmp/callvault-canary", "/tmp/x"):  # noqa: S108 - names that lead there
        assert not Path(planted).exists()


def test_every_file_is_accounted_for_once(day: Day) -> None:
    told = Counter(one["source"] for one in day.report["recordings"])
    sheets = {one["sheet"] for one in (*day.report["calls"], *day.report["findings"])} - {None}
    expected = day.world.sources()
    twice = f"{DAY}/王芳/\\udcff.amr"  # two files are told alike: the one that is no text is marked
    expected.remove(twice)
    assert sorted([*told, *sheets]) == sorted([*expected, twice + "\\"])
    assert set(told.values()) == {1}
    for one in day.report["recordings"]:
        if one["status"] not in ("filed", "ambiguous", "unmatched", "damaged"):
            assert one["status"] in ("refused", "ignored")
            assert one["reasons"] or one["source"] in {
                finding["source"] for finding in day.report["findings"]
            }
    refused = {one["source"] for one in day.report["recordings"] if one["status"] == "refused"}
    assert all("\\" in source for source in refused)  # they alone are no text


def test_every_place_in_the_archive_is_legal_and_none_can_be_taken_for_another(day: Day) -> None:
    archive = day.world.desk.archive
    paths = [one["archive_path"] for one in day.report["recordings"] if one["archive_path"]]
    assert {path: found for path in paths if (found := faults(path))} == {}
    assert confusable(paths) == []
    assert set(paths) == set(day.world.desk.kept())
    assert all((archive / path).resolve().is_relative_to(archive.resolve()) for path in paths)


def test_two_customers_never_share_a_folder(day: Day) -> None:
    """Each row has a number of its own, so each is another customer."""
    lines: dict[str, set[int]] = defaultdict(set)
    filed = [one for one in day.report["recordings"] if one["status"] == "filed"]
    for one in filed:
        assert one["call"]["sheet"] == SHEET
        lines[one["archive_path"].split("/")[0]].add(one["call"]["line"])
    assert {folder: found for folder, found in lines.items() if len(found) > 1} == {}
    assert len(lines) > 500


def test_a_recording_is_filed_under_the_customer_whose_number_it_has(day: Day) -> None:
    for one in day.report["recordings"]:
        if one["status"] == "filed":
            at = CUSTOMERS[one["call"]["line"] - 2][0]
            assert f"({number(at)})" in one["source"]


def test_the_log_holds_ids_alone(day: Day) -> None:
    assert day.ran.log.count("\n") > len(NAMES)
    assert log_faults(day.ran.log) == []
    long = [one.text for one in NAMES if len(one.text) > 7 and one.text.isprintable()]
    assert [text for text in long if text in day.ran.log] == []


def test_a_spreadsheet_runs_nothing_of_the_search(day: Day) -> None:
    told = day.world.callvault("search", "--format", "csv", "--limit", "100000")
    assert told.code == 0
    assert csv_faults(told.output) == []
    assert told.output.count("'=") > 5
    found = strict_json(
        day.world.callvault("search", "--format", "json", "--limit", "9999", "--full").output
    )
    assert {one["archive_path"] for one in found} == set(day.world.desk.kept())


def test_a_workbook_of_the_report_holds_text_alone(day: Day) -> None:
    path = day.world.desk.settings.report.folder / "day.xlsx"
    told = day.world.callvault("report", "--date", str(DAY), "--format", "xlsx", "-o", str(path))
    assert (told.code, told.log) == (3, "")
    texts, active = xlsx_texts(path)
    assert active == []
    assert '=HYPERLINK("http://example.test","张三")' in texts
    assert terminal_faults("\n".join(texts)) == []


def test_the_page_of_the_report_holds_no_script(day: Day) -> None:
    page = Page(day.world.callvault("report", "--date", str(DAY), "--format", "html").output)
    assert sorted(set(page.faults)) == []
    assert "default-src 'none'" in page.policy
    assert "unsafe" not in page.policy
    assert "<script>alert(1)</script>" in page.text
    assert terminal_faults(page.text) == []


@pytest.mark.parametrize(
    "arguments", [("report", "--date", str(DAY)), ("search", "--limit", "9999")]
)
def test_nothing_that_is_told_moves_the_screen(day: Day, arguments: tuple[str, ...]) -> None:
    told = day.world.callvault(*arguments)
    assert told.code in (0, 3)
    assert terminal_faults(told.output + told.log) == []


@pytest.mark.parametrize("kind", ["control", "invisible", "markup"])
def test_a_hostile_recording_can_be_explained(day: Day, kind: str) -> None:
    sources = {one["source"] for one in day.report["recordings"] if one["sha256"]}
    named = [in_folder(one.text, after=".amr") for one in NAMES[::6] if one.kind == kind]
    source = next(f"{DAY}/王芳/{name}" for name in named if f"{DAY}/王芳/{name}" in sources)
    told = day.world.callvault("explain", source)
    assert told.code == 0, told.log
    assert terminal_faults(told.output + told.log) == []
    said = strict_json(day.world.callvault("explain", source, "--format", "json").output)
    assert said["source"] == source


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("explain", os.fsdecode(b"\xff\xfe")),
        ("search", os.fsdecode(b"\xff\xfe")),
        ("undo", "\x1b[2J\u202e"),
        ("unassign", "../.."),
        ("search", "'; DROP TABLE recording"),
    ],
)
def test_a_hostile_argument_is_answered(day: Day, command: str, name: str) -> None:
    told = day.world.callvault(command, name)
    assert told.code == (0 if command == "search" else 2), told.log
    assert "Traceback" not in told.log
    assert terminal_faults(told.output + told.log) == []


def test_a_folder_too_deep_to_be_listed_is_told_without_moving_the_screen(tmp_path: Path) -> None:
    made = world(tmp_path)
    made.desk.drop(f"{DAY}/王芳/a.amr", sound(role=0, at=0))
    deep = os.open(made.desk.inbox, os.O_DIRECTORY)
    for _ in range(20):
        os.mkdir("\x1b[2J" + "x" * 240, dir_fd=deep)
        deep, above = os.open("\x1b[2J" + "x" * 240, os.O_DIRECTORY, dir_fd=deep), deep
        os.close(above)
    os.close(deep)
    told = made.callvault("ingest", "--as-of", NOW)
    assert told.code == 3
    assert "cannot be" in told.log
    assert terminal_faults(told.log) == []
