"""A whole day of the sample office, by the command as scripts run it, with a real S3 server."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.commands import callvault, settings_file
from tests.ingest.small_office import SmallOffice, Tree, office, tree
from tests.s3_server import KEY, SECRET, S3Server, rclone
from tests.sample.office import Fault, SampleOffice, build

EVENING = "2026-11-16T16:30+08:00"
NEXT_DAY = "2026-11-17T20:00+08:00"


@dataclass(frozen=True, slots=True)
class Day:
    """The sample office after its hand-off was taken in."""

    sample: SampleOffice
    desk: SmallOffice
    config: Path
    server: S3Server
    handed_over: Tree
    """The inbox before anything was done."""
    summary: dict[str, Any]
    code: int
    log: str
    report: dict[str, Any]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return callvault(self.config, *arguments, environment=self.server.environment)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("office")
    desk = office(folder)
    sample = build(desk.inbox)
    handed_over = tree(desk.inbox)
    with S3Server(folder / "bucket") as server:
        config = settings_file(desk, server.endpoint_url)
        told = callvault(
            config,
            *("ingest", "--as-of", EVENING, "--format", "json", "--verbose"),
            environment=server.environment,
        )
        assert told.returncode in (0, 3), told.stderr
        report = callvault(config, "report", "--format", "json", environment=server.environment)
        yield Day(
            sample,
            desk.with_mirror(server.endpoint_url),
            config,
            server,
            handed_over,
            json.loads(told.stdout),
            told.returncode,
            told.stderr,
            json.loads(report.stdout),
        )


def is_about(finding: dict[str, Any], fault: Fault) -> bool:
    return finding["code"] == fault.code and all(
        planted is None or finding[name] == planted
        for name, planted in (
            ("customer", fault.customer),
            ("source", fault.source),
            ("sheet", fault.sheet),
            ("line", fault.line),
        )
    )


def test_every_planted_fault_is_found_and_nothing_else(day: Day) -> None:
    left = list(day.report["findings"])
    for fault in day.sample.faults:
        fitting = [one for one in left if is_about(one, fault)]
        assert len(fitting) == 1, fault
        left.remove(fitting[0])
    assert [one for one in left if one["severity"] != "info"] == []


def test_every_file_of_the_inbox_is_accounted_for_once(day: Day) -> None:
    told = Counter(one["source"] for one in day.report["recordings"])
    sheets = {one["sheet"] for one in (*day.report["calls"], *day.report["findings"])} - {None}
    assert set(told.values()) == {1}
    assert set(told) | sheets == set(day.handed_over)
    assert not set(told) & sheets
    statuses = {one["source"]: one["status"] for one in day.report["recordings"]}
    assert {source for source, status in statuses.items() if status == "filed"} == set(
        day.sample.filed
    )
    assert {source for source, status in statuses.items() if status == "ignored"} == set(
        day.sample.ignored
    )


def test_every_filed_recording_lies_under_its_customer_and_date_unchanged(day: Day) -> None:
    lines = {one["source"]: one for one in day.report["recordings"]}
    for source, filing in day.sample.filed.items():
        line = lines[source]
        assert line["customer"] == filing.customer
        assert (line["call"]["sheet"], line["call"]["line"]) == (filing.sheet, filing.line)
        folder, date, _ = line["archive_path"].split("/")
        assert (folder, date) == (filing.customer, str(day.sample.day))
        content = (day.desk.archive / line["archive_path"]).read_bytes()
        digest, _ = day.handed_over[source]
        assert hashlib.sha256(content).hexdigest() == digest == line["sha256"]


def test_the_archive_holds_every_recording_once_and_nothing_else(day: Day) -> None:
    kept = sorted(digest for digest, _ in day.desk.kept().values())
    handed_over = {day.handed_over[source][0] for source in day.sample.recordings}
    assert kept == sorted(handed_over)


def test_the_inbox_is_only_read(day: Day) -> None:
    assert tree(day.desk.inbox) == day.handed_over


def test_the_mirror_equals_the_archive(day: Day) -> None:
    """As any S3 client sees it."""
    told = subprocess.run(
        [
            rclone(),
            "check",
            str(day.desk.archive),
            ":s3:recordings",
            "--exclude=.callvault/**",
            "--config=",
            "--s3-provider=Rclone",
            f"--s3-endpoint={day.server.endpoint_url}",
            f"--s3-access-key-id={KEY}",
            f"--s3-secret-access-key={SECRET}",
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "0 differences found" in told.stderr
    assert f"{len(day.desk.kept())} matching files" in told.stderr
    for one in day.report["recordings"]:
        if one["status"] != "ignored":
            assert one["mirror"]["state"] == "mirrored"
            assert one["mirror"]["key"] == one["archive_path"]
            assert one["mirror"]["checksum"] == one["sha256"]


def test_the_summary_counts_what_was_done_and_asks_for_a_person(day: Day) -> None:
    assert day.code == 3
    filed = len(day.sample.filed)
    recordings = len(day.sample.recordings)
    assert day.summary == {
        "files": len(day.handed_over),
        "admitted": recordings - 1,
        "duplicates": 1,
        "sheets": 2,
        "moved": filed,
        "waiting": 0,
        "held": recordings - 1 - filed,
        "put_off": 0,
        "unreadable_sheets": 1,
        "mirrored": recordings - 1,
        "mirror_refused": 0,
        "released": 0,
        "problems": [],
    }


def test_custody_binds_each_filed_recording_to_its_call_in_one_entry(day: Day) -> None:
    entries = day.desk.custody()
    filed = {one["original_name"]: one for one in entries if one["event"] == "filed"}
    assert set(filed) == set(day.sample.filed)
    for source, filing in day.sample.filed.items():
        one = filed[source]
        assert one["sha256"] == day.handed_over[source][0]
        assert (one["customer"], one["collector"]) == (filing.customer, source.split("/")[1])
        assert one["call"]["sheet"] == filing.sheet
        assert one["call"]["sheet_sha256"] == day.handed_over[filing.sheet][0]
        assert one["call"]["line"] == filing.line
    events = Counter(one["event"] for one in entries)
    recordings = len(day.sample.recordings) - 1
    sheets = sum(source.endswith((".xlsx", ".xls", ".csv")) for source in day.handed_over)
    # Held ones are mirrored in holding; what is filed within the same pass was not sent before.
    assert events == {
        "admitted": recordings,
        "duplicate": 1,
        "sheet": sheets,
        "decided": recordings,
        "filed": len(day.sample.filed),
        "mirrored": recordings + sheets,
    }


def test_ingesting_again_changes_nothing_whenever_it_is_done(day: Day) -> None:
    def all_there_is() -> tuple[object, ...]:
        report = json.loads(day.run("report", "--date", "2026-11-16", "--format", "json").stdout)
        del report["generated_at"]
        folders = {path: path.stat().st_mtime_ns for path in day.desk.archive.rglob("*/")}
        # The lock and the catalogue's journal come and go there.
        del folders[day.desk.archive / ".callvault"]
        files = {
            path: seen
            for path, seen in tree(day.desk.archive).items()
            if path not in (".callvault/lock", ".callvault/catalogue.sqlite")
        }
        return files, folders, tree(day.server.folder), day.desk.rows(), report

    before = all_there_is()
    for as_of in (EVENING, NEXT_DAY):
        told = day.run("ingest", "--as-of", as_of, "--format", "json")
        assert told.returncode == 3, told.stderr
        summary = json.loads(told.stdout)
        done = ("admitted", "duplicates", "sheets", "moved", "mirrored")
        assert [summary[name] for name in done] == [0] * 5
    after = all_there_is()
    assert [one == other for one, other in zip(before, after, strict=True)] == [True] * 5


def test_nobodys_name_or_number_is_logged(day: Day) -> None:
    assert "recording 1 admitted" in day.log
    # Their numbers begin with 15405; fewer digits would be met by the milliseconds of a line.
    names = {filing.customer for filing in day.sample.filed.values()} | {"妈妈", "王芳", "15405"}
    assert [name for name in names if name in day.log] == []
