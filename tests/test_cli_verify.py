"""`callvault verify` and `callvault repair` as people and scripts run them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.lock import locked, verifying
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.s3_server import S3Server

MIRROR = """[mirror]
bucket = "recordings"
prefix = "{prefix}"
endpoint_url = "{endpoint}"
region = "us-east-1"
addressing_style = "path"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two recordings and a sheet in archive and bucket; the inbox is empty again."""
    server.sign_in(monkeypatch)
    more = MIRROR.format(prefix=tmp_path.name, endpoint=server.endpoint_url)
    desk = Desk(tmp_path, more=more)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.record(miui("妈妈", "15405389999"))
    desk.office.sheet(Row("陈建国", "15405381201"))
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    for path in sorted(desk.inbox.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return desk


def filed(desk: Desk) -> Path:
    (found,) = (desk.archive / "陈建国").rglob("*.mp3")
    return found


def bucket(desk: Desk, server: S3Server) -> Path:
    return server.folder / server.bucket / desk.config.parent.name


def told(desk: Desk, *args: str) -> Any:
    return json.loads(desk.run(*args, "--format", "json").stdout)


def test_a_sound_office_is_said_to_be_sound(desk: Desk) -> None:
    done = desk.run("verify")
    assert done.exit_code == DONE, done.output
    assert "archive: 2 recordings of slice 1/1 looked at, contents; 0 bad copies" in done.stdout
    assert "mirror: 2 recordings of slice 1/1 looked at, size; 0 bad copies" in done.stdout
    assert "Nothing was found" in done.stdout
    runs = told(desk, "verify", "--level", "contents", "--mirror", "--slice", "2/2")["runs"]
    assert [(one["place"], one["level"], one["slice"]) for one in runs] == [
        ("mirror", "contents", "2/2")
    ]
    assert desk.run("repair").exit_code == DONE


def test_damage_is_found_reported_repaired_and_gone(desk: Desk, server: S3Server) -> None:
    path = filed(desk)
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + b"?")
    (bucket(desk, server) / "_holding").rename(server.folder / f"gone-{desk.config.parent.name}")
    done = desk.run("verify")
    assert done.exit_code == NEEDS_A_PERSON
    assert re.search(r"✗ archive_altered: 陈建国/.*callvault repair \d+ restores", done.stdout)
    assert "✗ mirror_missing: _holding/" in done.stdout
    findings = {one["code"]: one for one in told(desk, "report")["findings"]}
    assert findings["archive_altered"]["severity"] == "error"
    assert findings["archive_altered"]["customer"] == "陈建国"
    assert "mirror_missing" in findings
    tried = desk.run("repair", "--dry-run")
    assert tried.exit_code == NEEDS_A_PERSON
    assert "can be restored from the mirror" in tried.stdout
    assert path.read_bytes() != sound
    done = desk.run("repair")
    assert done.exit_code == DONE, done.output
    assert "2 repaired" in done.stdout
    assert path.read_bytes() == sound
    assert (bucket(desk, server) / "_holding").is_dir()
    codes = {one["code"] for one in told(desk, "report")["findings"]}
    assert not codes & {"archive_altered", "mirror_missing"}
    assert desk.run("verify").exit_code == DONE


def test_check_tells_of_copies_that_are_known_to_be_bad(desk: Desk) -> None:
    assert "✗" not in desk.run("check").stdout
    filed(desk).write_bytes(b"other bytes")
    desk.run("verify")
    done = desk.run("check")
    assert done.exit_code == NEEDS_A_PERSON
    assert "✗ copies: verifying found 1 things wrong" in done.stdout
    assert desk.run("repair").exit_code == DONE
    assert desk.run("check").exit_code == DONE


def test_of_a_mirror_that_is_listed_no_more_nothing_is_told(desk: Desk, server: S3Server) -> None:
    """Nobody could put it right, so it would be told for ever."""
    for path in (*bucket(desk, server).rglob("*.mp3"), *bucket(desk, server).rglob("*.xlsx")):
        path.write_bytes(b"other bytes")
    desk.run("verify", "--level", "contents")
    assert "mirror_altered" in [one["code"] for one in told(desk, "report")["findings"]]
    assert "verifying found 3 things wrong" in desk.run("check").stdout
    settings = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(settings.partition("[mirror]")[0], encoding="utf-8")
    assert "mirror_altered" not in [one["code"] for one in told(desk, "report")["findings"]]
    assert desk.run("check").exit_code == DONE


def test_a_recording_can_be_named(desk: Desk) -> None:
    path = filed(desk)
    sound = path.read_bytes()
    path.unlink()
    (mended,) = told(desk, "repair", path.name)
    assert (mended["outcome"], mended["from"], mended["flaw"]) == ("repaired", "mirror", "missing")
    assert path.read_bytes() == sound
    assert desk.run("repair", "no such recording").exit_code == WRONG_USE


def test_what_was_repaired_before_the_disk_failed_is_told(desk: Desk) -> None:
    """The first recording comes back; where the second one's folder was, a file lies."""
    (first,) = (desk.archive / "_holding").rglob("000001*.mp3")
    second = filed(desk)
    first.unlink()
    second.unlink()
    second.parent.rmdir()
    second.parent.write_bytes(b"no folder")
    desk.run("verify")
    done = desk.run("repair")
    assert done.exit_code == FAILED
    assert "restored from the mirror" in done.stdout
    assert first.is_file()
    assert "is a file where a folder belongs" in done.stderr


def test_without_a_good_copy_it_says_so(desk: Desk, server: S3Server) -> None:
    path = filed(desk)
    key = bucket(desk, server) / path.relative_to(desk.archive)
    path.write_bytes(b"bad")
    key.write_bytes(b"bad, too")
    assert desk.run("verify", "--level", "contents").exit_code == NEEDS_A_PERSON
    done = desk.run("repair")
    assert done.exit_code == NEEDS_A_PERSON
    assert done.stdout.count("there is no good copy, and nothing was changed") == 2
    assert path.read_bytes() == b"bad"


def test_a_paper_without_a_good_copy_is_found_by_hand(desk: Desk, server: S3Server) -> None:
    """Nothing that is put into the inbox would bring a custody file back."""
    papers = [
        next((desk.archive / ".callvault" / kind).rglob(f"*{form}"))
        for kind, form in (("sheets", ".xlsx"), ("custody", ".jsonl"))
    ]
    whole = [path.read_bytes() for path in papers]
    for path in papers:
        path.write_bytes(b"bad")
        (bucket(desk, server) / path.relative_to(desk.archive)).write_bytes(b"bad, too")
    done = desk.run("repair")
    assert done.exit_code == NEEDS_A_PERSON
    assert "callvault ingest" not in done.stdout
    sheet, custody = (
        next(line for line in done.stdout.splitlines() if path.name in line) for path in papers
    )
    assert "the sheet 2026-11-16/电话催收客户信息记录表.xlsx as it was handed in" in sheet
    assert "a backup of the archive or of a mirror" in custody
    for path, contents in zip(papers, whole, strict=True):
        path.write_bytes(contents)
    assert desk.run("repair").exit_code == DONE
    assert desk.run("verify", "--level", "contents").exit_code == DONE


def test_sheets_and_strangers_are_named_too(desk: Desk) -> None:
    (sheet,) = (desk.archive / ".callvault/sheets").iterdir()
    sheet.unlink()
    (desk.archive / "陈建国" / "planted.mp3").write_bytes(b"?")
    findings = told(desk, "verify")["findings"]
    assert [(one["code"], one["recording"]) for one in findings] == [
        ("archive_missing", None),
        ("archive_unknown", None),
    ]
    assert sheet.name in findings[0]["message"]
    assert "陈建国/planted.mp3" in findings[1]["message"]
    assert [one["outcome"] for one in told(desk, "repair")] == ["repaired"]
    assert sheet.is_file()
    assert [one["code"] for one in told(desk, "verify")["findings"]] == ["archive_unknown"]
    # A part of the archive says nothing about what belongs to none.
    assert told(desk, "verify", "--slice", "1/2")["findings"] == []


def test_an_archive_that_is_not_there_is_not_an_empty_one(desk: Desk) -> None:
    away = desk.archive.with_name("away")
    desk.archive.rename(away)
    for command in ("verify", "repair"):
        done = desk.run(command)
        assert done.exit_code == FAILED
        assert "there is no archive at" in done.stderr
    assert not desk.archive.exists()
    away.rename(desk.archive)
    assert desk.run("verify").exit_code == DONE


def test_a_store_out_of_reach_ends_with_a_sentence_and_the_archive_s_findings(
    desk: Desk, server: S3Server
) -> None:
    filed(desk).unlink()
    server.stop()
    try:
        done = desk.run("verify")
    finally:
        server.start()
    assert done.exit_code == FAILED
    assert "✗ archive_missing" in done.stdout
    assert "cannot be reached" in done.stderr
    assert [one["code"] for one in told(desk, "verify")["findings"]] == ["archive_missing"]


def test_a_changed_catalogue_is_told(desk: Desk) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        database.execute("UPDATE recording SET size = size + 1 WHERE filed")
        database.commit()
    done = desk.run("verify", "--level", "presence")
    assert done.exit_code == NEEDS_A_PERSON
    assert "catalogue and custody log: 1 differences" in done.stdout
    assert "✗ told_otherwise: recording" in done.stdout


def test_verify_works_beside_a_daemon_and_repair_waits_for_its_end(desk: Desk) -> None:
    with locked(desk.archive):
        assert desk.run("verify").exit_code == DONE
        done = desk.run("repair")
        assert done.exit_code == FAILED
        assert "stop the daemon first" in done.stderr
    with verifying(desk.archive):
        done = desk.run("verify")
        assert done.exit_code == FAILED
        assert "another callvault verify" in done.stderr


@pytest.mark.parametrize("part", ["0/3", "4/3", "1", "x/3", "1/0", "next/0", "/", "-1/3"])
def test_a_slice_that_is_none_is_refused(desk: Desk, part: str) -> None:
    done = desk.run("verify", "--slice", part)
    assert done.exit_code == WRONG_USE
    assert "is no slice" in done.stderr


def test_next_goes_through_all_slices(desk: Desk) -> None:
    done = [told(desk, "verify", "--archive", "--slice", "next/3")["runs"][0] for _ in range(4)]
    assert [one["slice"] for one in done] == ["1/3", "2/3", "3/3", "1/3"]
    assert sum(one["seen"] for one in done[:3]) == 2


def test_only_the_archive_where_there_is_no_mirror(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(Row("陈建国", "15405381201"))
    desk.run("ingest", "--as-of", IN_TIME)
    done = desk.run("verify")
    assert done.exit_code == DONE
    assert "no mirror is set up" in done.stderr
    assert desk.run("verify", "--mirror").exit_code == WRONG_USE


def test_the_custody_of_a_run_is_in_the_log(desk: Desk) -> None:
    import sqlite3
    from contextlib import closing

    (run,) = told(desk, "verify", "--archive")["runs"]
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        ((sha256, entry),) = database.execute(
            "SELECT sha256, entry FROM custody WHERE event = 'verified'"
        )
    body = json.loads(entry)
    assert sha256 == run["digest"]
    assert (body["slice"], body["level"], body["seen"], body["faults"]) == ("1/1", "contents", 2, 0)
