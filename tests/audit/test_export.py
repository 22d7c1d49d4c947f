"""A package has what was asked for, nothing of anybody else's, and others' tools call it sound."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from archive.catalogue.database import open_catalogue
from archive.stamping import Stamping
from archive.store import Store
from archive.timestamp import read
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import NEXT_DAY, Row, miui
from tests.audit.packages import (
    CALL,
    CHEN,
    LIU,
    SHA256SUM,
    WITHOUT_SHA256SUM,
    by_bagit,
    by_program,
    by_sha256sum,
    desk_with,
    exported,
    stamping,
    table,
    tree,
)
from tests.desk import IN_TIME, Desk
from tests.hostile.outputs import csv_faults, xlsx_texts
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority

STAMP = "openssl ts -verify"
HOSTILE = (
    "=cmd|'/c calc'!A0",
    "..\\..\\etc",
    "<script>alert(1)</script>",
    "100%ABC%0A",
    "CON",
    "王\u202e五\u200b",
    "a\rb\nc",
    "'; DROP TABLE recording;--",
    "{{7*7}}",
    "ＡＢＣ％",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk_with(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def whole(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(desk, tmp_path_factory.mktemp("out") / "all")


@pytest.fixture(scope="module")
def chen(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(desk, tmp_path_factory.mktemp("out") / "chen", "--customer", "陈建国")


# What goes in


def test_recordings_lie_as_in_the_archive(desk: Desk, whole: Path) -> None:
    there = {f"data/{one}": it for one, it in tree(desk.archive).items() if one.endswith(".mp3")}
    assert {one: it for one, it in tree(whole).items() if one.startswith("data/")} == there
    assert any(one.startswith("data/陈建国/2026-11-16/") for one in there)


def test_a_row_stands_as_it_was_handed_in_with_what_became_of_its_recording(whole: Path) -> None:
    rows = {row["客户"]: row for row in table(whole, "calls")}
    assert set(rows) == {"陈建国", "刘海燕", "孙志强"}
    assert rows["陈建国"]["原表：车辆位置"] == "济宁任城工业园"
    assert rows["陈建国"]["录音"] == "有，在本包"
    assert (whole / rows["陈建国"]["录音文件"]).is_file()
    assert (whole / rows["陈建国"]["记录表原件"]).is_file()
    assert rows["刘海燕"]["录音"] == "已接通，没有录音"
    assert "没有录音（未接通" in rows["孙志强"]["录音"]


def test_a_missing_recording_is_among_the_findings_and_on_the_page(whole: Path) -> None:
    missing = [row for row in table(whole, "findings") if row["代码"] == "missing_recording"]
    assert [row["客户"] for row in missing] == ["刘海燕"]
    page = (whole / "report.html").read_text(encoding="utf-8")
    assert page.count('class="lack"') >= 3


def test_the_sheet_is_the_very_one_that_was_handed_in(desk: Desk, whole: Path) -> None:
    handed_in = (desk.inbox / "2026-11-16/电话催收客户信息记录表.xlsx").read_bytes()
    assert [path.read_bytes() for path in (whole / "sheets").iterdir()] == [handed_in]


def test_the_workbook_has_all_three_tables(whole: Path) -> None:
    book = openpyxl.load_workbook(whole / "calls.xlsx")
    assert book.sheetnames == ["通话", "录音", "发现的问题"]
    heads = [cell.value for cell in book["通话"][1]]
    assert heads == list(table(whole, "calls")[0])
    assert book["录音"].max_row == 3


def test_each_recording_has_its_history_on_the_page(whole: Path) -> None:
    page = (whole / "report.html").read_text(encoding="utf-8")
    assert "归到客户 陈建国" in page
    assert f"收进，来自 2026-11-16/王芳/{CALL}" in page


# Nobody else's


def test_other_customers_stand_nowhere_but_in_the_sheet(chen: Path) -> None:
    for name, contents in tree(chen).items():
        if not name.startswith("sheets/") and not name.endswith(".xlsx"):
            for other in ("刘海燕", "孙志强", "老赵", "15405381204", "15405387777"):
                assert other not in contents.decode(errors="replace"), name
    texts, _ = xlsx_texts(chen / "calls.xlsx")
    assert not any("刘海燕" in text or "孙志强" in text for text in texts)
    assert [row["客户"] for row in table(chen, "calls")] == ["陈建国"]


def test_of_the_log_only_entries_about_what_is_in_the_package_go_along(chen: Path) -> None:
    (sha256,) = {row["SHA-256"] for row in table(chen, "recordings")}
    (sheet,) = (path.stem for path in (chen / "sheets").iterdir())
    files = (chen / "custody/entries").iterdir()
    entries = [json.loads(one.read_text(encoding="utf-8").split("\n")[1]) for one in files]
    assert {one["sha256"] for one in entries} <= {sha256, sheet}
    assert {"admitted", "decided", "filed"} <= {one["event"] for one in entries}


def test_without_its_sheets_a_package_names_them(desk: Desk, tmp_path: Path) -> None:
    package = exported(desk, tmp_path / "out", "--without-sheets")
    assert not (package / "sheets").exists()
    assert table(package, "calls")[0]["记录表原件"].startswith("sheets/")
    assert by_bagit(package) == by_program(package) == []
    assert "记录表原件没有放进来" in (package / "README.html").read_text(encoding="utf-8")


def test_a_row_that_was_taken_out_of_the_sheet_is_told(tmp_path: Path) -> None:
    desk = desk_with(tmp_path / "office", CHEN, Row("陈建国", "15405381201", location="曲阜"))
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", "2026-11-16T16:40")
    package = exported(desk, tmp_path / "out", "--customer", "陈建国")
    assert "row_edited" in {row["代码"] for row in table(package, "findings")}
    assert len(list((package / "sheets").iterdir())) == 2  # it was filed by the one before


# Equal bytes


def test_the_same_query_gives_the_same_bytes(desk: Desk, whole: Path, tmp_path: Path) -> None:
    assert tree(exported(desk, tmp_path / "again")) == tree(whole)
    one, two = (exported(desk, tmp_path / f"{name}.zip").read_bytes() for name in "ab")
    assert one == two


def test_a_zip_holds_what_the_folder_does(desk: Desk, whole: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported(desk, tmp_path / "all.zip")) as archive:
        archive.extractall(tmp_path)
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        named = [one for one in archive.infolist() if not one.filename.isascii()]
        assert named
        assert all(one.flag_bits & 0x800 for one in named)  # in UTF-8
    assert tree(tmp_path / "callvault") == tree(whole)
    assert by_program(tmp_path / "all.zip", whole / "verify.py") == []


def test_another_language_or_user_gives_the_same_bytes(
    desk: Desk, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    desk.run("export", "-o", str(tmp_path / "zh"), CALLVAULT_OFFICE_LANGUAGE="zh", TZ="UTC")
    assert tree(tmp_path / "zh") == tree(whole)


# What others' tools say


def test_it_is_a_valid_bag(whole: Path, chen: Path) -> None:
    assert by_bagit(whole) == by_bagit(chen) == []


@pytest.mark.skipif(SHA256SUM is None, reason=WITHOUT_SHA256SUM)
def test_sha256sum_verifies_files_and_custody(whole: Path) -> None:
    assert by_sha256sum(whole) == []
    assert by_sha256sum(whole, "custody/entries.sha256") == []
    listed = (whole / "custody/entries.sha256").read_text().count("\n")
    assert listed == len(list((whole / "custody/entries").iterdir())) > 5


def test_its_own_program_calls_it_sound(whole: Path, chen: Path) -> None:
    assert by_program(whole) == by_program(chen) == []


def test_without_recordings_it_still_tells_of_the_calls(desk: Desk, tmp_path: Path) -> None:
    for target in (tmp_path / "liu", tmp_path / "liu.zip"):
        package = exported(desk, target, "--customer", "刘海燕")
        assert by_program(package, tmp_path / "liu/verify.py") == []
    assert by_bagit(tmp_path / "liu") == []
    (call,) = table(tmp_path / "liu", "calls")
    assert call["录音"] == "已接通，没有录音"
    with zipfile.ZipFile(tmp_path / "liu.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    assert by_bagit(tmp_path / "unpacked/callvault") == []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    desk = Desk(folder / "office")
    rows = []
    for at, name in enumerate(HOSTILE):
        number = f"1540538{at:04d}"
        desk.office.record(miui("某人", number))
        # openpyxl would write a formula, of which a sheet has no text.
        text = f"\u200e{name}" if name.startswith("=") else name
        rows.append(Row(text, number, remark="@SUM(1)"))
    desk.office.sheet(*rows)
    desk.run("ingest", "--as-of", IN_TIME)
    return exported(desk, folder / "out")


def test_hostile_names_harm_no_package(hostile: Path) -> None:
    assert by_bagit(hostile) == by_program(hostile) == []
    assert SHA256SUM is None or by_sha256sum(hostile) == []
    assert len(table(hostile, "recordings")) == len(HOSTILE)
    assert not [one for one in tree(hostile) if "%" in one or ".." in one.split("/") or "\\" in one]


def test_hostile_words_run_nowhere(hostile: Path) -> None:
    for name in ("calls", "recordings", "findings"):
        text = (hostile / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert csv_faults(text) == []
    texts, faults = xlsx_texts(hostile / "calls.xlsx")
    assert "@SUM(1)" in texts
    assert faults == []
    page = (hostile / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page
    assert "\u202e" not in page


# Proofs and time stamps


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampAuthority]:
    if OPENSSL is None:
        pytest.skip(WITHOUT_OPENSSL)
    with StampAuthority(tmp_path_factory.mktemp("stamps") / "authority") as authority:
        yield authority


def openssl(package: Path, authority: StampAuthority) -> list[int]:
    """Runs each command of the README on openssl, with what the authority publishes."""
    page = (package / "README.html").read_text(encoding="utf-8")
    commands = [line.split("<pre>")[-1].split() for line in page.splitlines() if STAMP in line]
    codes = []
    for command in commands:
        given = [*command[:-1], str(authority.root)]  # not the one that came along
        done = subprocess.run(given, cwd=package, capture_output=True, check=False)
        codes.append(done.returncode)
    return codes


def lines(package: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (package / name).read_text().splitlines()]


def test_each_entry_is_proven_to_be_older_than_a_time_stamp(
    authority: StampAuthority, tmp_path: Path
) -> None:
    desk = desk_with(tmp_path / "office", more=f"[custody]\n{stamping(authority)}")
    package = exported(desk, tmp_path / "out", "--customer", "陈建国")
    assert openssl(package, authority) == [0]
    assert (package / "custody/authority.pem").read_bytes() == authority.root.read_bytes()
    shown = [one for one in tree(package) if one.startswith("custody/0") and one.endswith("jsonl")]
    assert len(shown) == 1
    proven = [one for one in lines(package, "custody/entries.jsonl") if one["path"]]
    assert len(proven) == len(lines(package, "custody/entries.jsonl")) - 1  # but for the anchor
    assert by_program(package) == by_bagit(package) == []


def test_an_earlier_stamp_on_a_file_that_stays_is_given_by_its_digest(
    authority: StampAuthority, tmp_path: Path
) -> None:
    desk = desk_with(tmp_path / "office")
    _stamp_newest_file(desk, authority)
    package = exported(desk, tmp_path / "out", "--customer", "陈建国")
    assert openssl(package, authority) == [0]
    (file,) = lines(package, "custody/files.jsonl")
    assert (file["shown"], bool(file["stamp"])) == (None, True)
    assert by_program(package) == []


def _stamp_newest_file(desk: Desk, authority: StampAuthority) -> None:
    """As it was done before there were anchors."""
    url = desk.office.settings.catalogue.url
    with closing(open_catalogue(url)) as catalogue:
        stamping = Stamping(
            catalogue,
            Store(desk.archive),
            lambda contents, sha256: read(authority.token(authority.query(contents)), sha256),
            timedelta(0),
        )
        assert stamping.stamp(datetime.now(UTC)).new == 1


def test_without_an_authority_the_page_says_so(whole: Path) -> None:
    page = (whole / "README.html").read_text(encoding="utf-8")
    assert "这个包里没有时间戳" in page
    assert "There are none" in page


# Where and whether it is made


def test_that_it_was_given_out_stands_in_custody(desk: Desk, tmp_path: Path) -> None:
    told = desk.told("export", "--customer", "陈建国", "-o", str(tmp_path / "a.zip"))
    known = desk.told("verify-export", str(tmp_path / "a.zip"))["exported"][-1]
    assert known["event"] == "exported"
    assert known["sha256"] == told["tagmanifest_sha256"]
    assert known["zip_sha256"] == told["zip_sha256"]
    assert known["query"] == {"customer": "陈建国"}
    assert known["by"]
    assert known["recordings"] in ("1", "2")
    assert desk.run("custody", "--verify").exit_code == DONE
    assert desk.run("verify").exit_code == DONE


def test_of_nothing_nothing_is_made(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("export", "--customer", "查无此人", "-o", str(tmp_path / "out"))
    assert done.exit_code == NEEDS_A_PERSON
    assert "nothing was exported" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_nothing_is_overwritten(desk: Desk, tmp_path: Path, name: str) -> None:
    taken = tmp_path / name
    if taken.suffix:
        taken.write_bytes(b"mine")
    else:
        taken.mkdir()
        (taken / "mine").write_bytes(b"mine")
    done = desk.run("export", "-o", str(taken))
    assert done.exit_code == FAILED
    assert "not overwritten" in done.stderr
    assert set(tree(tmp_path).values()) == {b"mine"}


def test_an_empty_folder_is_filled(desk: Desk, whole: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert tree(exported(desk, tmp_path / "empty")) == tree(whole)


def test_archive_and_inbox_take_no_package(desk: Desk) -> None:
    before = desk.tree()
    for folder in (desk.archive, desk.inbox):
        assert desk.run("export", "-o", str(folder / "out")).exit_code == FAILED
    assert desk.tree() == before


@pytest.mark.parametrize("harm", ["altered", "missing", "sheet"])
def test_a_bad_copy_is_never_given_out(tmp_path: Path, harm: str) -> None:
    desk = desk_with(tmp_path / "office")
    if harm == "sheet":
        (sheet,) = (desk.archive / ".callvault/sheets").iterdir()
        sheet.write_bytes(b"another")
    else:
        recording = next(desk.archive.glob("陈建国/*/*.mp3"))
        recording.write_bytes(b"another") if harm == "altered" else recording.unlink()
    done = desk.run("export", "-o", str(tmp_path / "out/all"))
    assert done.exit_code == FAILED
    assert "nothing was exported" in done.stderr
    assert "repair" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_usage_is_told(desk: Desk) -> None:
    assert desk.run("export").exit_code == WRONG_USE


def test_days_restrict(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("export", "--from", str(NEXT_DAY), "-o", str(tmp_path / "out"))
    assert done.exit_code == NEEDS_A_PERSON


def test_a_name_counts_as_it_is_written_not_as_it_sounds(desk: Desk, tmp_path: Path) -> None:
    assert len(desk.told("search", "--customer", "chenjianguo")) == 1
    done = desk.run("export", "--customer", "chenjianguo", "-o", str(tmp_path / "out"))
    assert done.exit_code == NEEDS_A_PERSON


def test_spans_of_days_are_days_in_the_package(desk: Desk, tmp_path: Path) -> None:
    package = exported(desk, tmp_path / "out", "陈建国", "2026-11", "--reached")
    said = (package / "bag-info.txt").read_text(encoding="utf-8")
    for told in ('"from": "2026-11-01"', '"to": "2026-11-30"', '"reached": true', '["陈建国"]'):
        assert told in said
    assert len(table(package, "recordings")) == 1


def test_a_call_whose_recording_was_not_asked_for_says_so(tmp_path: Path) -> None:
    desk = desk_with(tmp_path / "office", CHEN, LIU)
    package = exported(desk, tmp_path / "out", "2026-11-16", "--status", "unmatched")
    assert [row["客户"] for row in table(package, "calls")] == ["刘海燕"]
    assert len(table(package, "recordings")) == 1


@pytest.mark.parametrize("asked", [("--file", "15405381201"), ("--status", "unmatched")])
def test_who_asks_for_recordings_alone_gets_nobody_elses_calls(
    desk: Desk, tmp_path: Path, asked: tuple[str, str]
) -> None:
    package = exported(desk, tmp_path / "out", *asked)
    assert len(table(package, "recordings")) == 1
    assert not {"刘海燕", "孙志强"} & {row["客户"] for row in table(package, "calls")}
