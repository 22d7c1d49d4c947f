"""Hostile files handed over on one day: links, special files, bombs, broken sheets and sound."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from tests.hostile.files import HostileFile, hostile_files
from tests.hostile.ntfs import faults
from tests.hostile.outputs import Page, csv_faults, log_faults, terminal_faults, xlsx_texts
from tests.hostile.world import NOW, Ran, Snapshot, World, strict_json, world
from tests.ingest.small_office import DAY, tree

FOLDER = f"{DAY}/王芳"
HELD = ("ambiguous", "unmatched")


@dataclass(frozen=True, slots=True)
class Day:
    world: World
    files: list[HostileFile]
    before: Snapshot
    ran: Ran
    report: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Day:
    made = world(tmp_path_factory.mktemp("files"))
    whole = bool(request.config.getoption("--whole", default=False))
    files = hostile_files(made.outside, whole=whole)
    for one in files:
        path = made.desk.inbox / FOLDER / one.source
        path.parent.mkdir(parents=True, exist_ok=True)
        one.make(path)
        if path.lstat().st_mtime > 1.7e9 and not path.is_symlink():
            os.utime(path, (1.79e9, 1.79e9))
    before = made.snapshot()
    ran = made.callvault("ingest", "--as-of", NOW, "--verbose", "--format", "json")
    return Day(made, files, before, ran, made.report())


def test_the_pass_ends_well_in_bounded_time_and_memory(day: Day) -> None:
    assert day.ran.code == 3, day.ran.log
    assert "Traceback" not in day.ran.log
    assert day.ran.megabytes < 2200  # what the processes apart may have
    assert log_faults(day.ran.log) == []
    assert strict_json(day.ran.output)["problems"] == []


def test_nothing_outside_the_archive_is_touched(day: Day) -> None:
    assert day.world.snapshot() == day.before


def test_every_file_is_accounted_for_with_what_was_wrong(day: Day) -> None:
    assert len(day.files) >= 40
    told = Counter(one["source"] for one in day.report["recordings"])
    sheets = {one["sheet"] for one in (*day.report["calls"], *day.report["findings"])} - {None}
    assert sorted([*told, *sheets]) == day.world.sources()
    assert set(told.values()) == {1}
    assert {one.source: outcome(day, one) for one in day.files} == {
        one.source: one.outcome for one in day.files
    }


def outcome(day: Day, file: HostileFile) -> str:
    source = f"{FOLDER}/{file.source}"
    statuses = [one["status"] for one in day.report["recordings"] if one["source"] == source]
    if statuses:
        return "held" if statuses[0] in HELD else str(statuses[0])
    found = {one["code"] for one in day.report["findings"] if one["sheet"] == source}
    return "unreadable" if "sheet_unreadable" in found else "read"


def test_whatever_is_refused_or_unreadable_has_a_reason(day: Day) -> None:
    said = {one["source"] or one["sheet"]: one["message"] for one in day.report["findings"]}
    for one in day.files:
        if one.outcome in ("refused", "unreadable", "damaged", "ignored"):
            assert len(said[f"{FOLDER}/{one.source}"]) > 20


def test_only_the_inboxs_own_bytes_come_into_the_archive(day: Day) -> None:
    inbox = {os.lstat(path).st_ino for path in (day.world.desk.inbox / FOLDER).rglob("*")}
    assert inbox.isdisjoint(path.stat().st_ino for path in day.world.desk.archive.rglob("*"))
    secret = tree(day.world.outside)["secret.amr"][0]
    kept = day.world.desk.kept()
    assert secret not in {digest for digest, _ in kept.values()}
    assert {path: found for path in kept if (found := faults(path))} == {}
    assert not any(b"root:" in (day.world.desk.archive / path).read_bytes() for path in kept)


def test_a_second_pass_changes_nothing(day: Day) -> None:
    before = tree(day.world.desk.archive)
    told = strict_json(day.world.callvault("ingest", "--as-of", NOW, "--format", "json").output)
    assert (told["admitted"], told["moved"], told["duplicates"]) == (0, 0, 0)
    assert day.world.desk.kept() == {
        path: seen for path, seen in before.items() if not path.startswith(".callvault/")
    }
    assert {one["source"] for one in day.world.report()["recordings"]} == {
        one["source"] for one in day.report["recordings"]
    }


def test_the_outputs_are_harmless(day: Day) -> None:
    path = day.world.desk.settings.report.folder / "day.xlsx"
    day.world.callvault("report", "--date", str(DAY), "--format", "xlsx", "-o", str(path))
    assert xlsx_texts(path)[1] == []
    page = Page(day.world.callvault("report", "--date", str(DAY), "--format", "html").output)
    assert page.faults == []
    assert terminal_faults(day.world.callvault("report", "--date", str(DAY)).output) == []
    assert csv_faults(day.world.callvault("search", "--format", "csv").output) == []


def test_each_hostile_file_is_also_inspected_without_harm(day: Day) -> None:
    """`inspect` looks at any path, so that nobody has to open such a file to learn what it is."""
    paths = [
        str(day.world.desk.inbox / FOLDER / one.source)
        for one in day.files
        if one.outcome == "refused" and not one.source.startswith("linked-")
    ]
    told = day.world.callvault("inspect", *paths)
    assert told.code in (1, 3), told.log
    assert "Traceback" not in told.log
    assert told.seconds < 60
