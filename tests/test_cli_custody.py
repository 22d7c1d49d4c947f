"""`callvault custody`: a recording's history, and whether anybody touched the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority

CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")
STRANGER = miui("工地老赵", "15405387777")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.office.record(CALL)
    desk.office.record(STRANGER)
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


def test_a_recordings_history_is_told_from_its_hand_over_to_where_it_lies(desk: Desk) -> None:
    told = desk.run("custody", CALL, "--full")
    assert told.exit_code == DONE
    source, sha256, admitted, decided, filed = told.stdout.splitlines()
    assert source.endswith(CALL)
    assert len(sha256.removeprefix("SHA-256 ")) == 64
    assert "admitted from" in admitted
    assert "decided: matched (clear)" in decided
    assert "filed under 陈建国" in filed
    assert filed.split()[1:3] == ["2026-11-16", "16:30:00"]


def test_what_people_say_is_part_of_it(desk: Desk) -> None:
    act = desk.told("assign", STRANGER, "陈建国")["act"]
    desk.run("undo", str(act))
    desk.run("assign", STRANGER, "陈建国")
    desk.run("forget", "3")
    desk.run("unassign", STRANGER)
    told = desk.run("custody", STRANGER).stdout
    for said in (
        "assigned to 陈建国",
        "handed back",
        "once confirmed, was forgotten",
        "back to holding",
    ):
        assert said in told


def test_scripts_are_given_the_entries_as_they_were_hashed(desk: Desk) -> None:
    told = desk.told("custody", CALL)
    assert [one["event"] for one in told["entries"]] == ["admitted", "decided", "filed"]
    assert {one["sha256"] for one in told["entries"]} == {told["sha256"]}
    assert all(len(one["hash"]) == 64 for one in told["entries"])


@pytest.mark.parametrize(("language", "said"), [("en", "given out by"), ("zh", "导出，在包")])
def test_the_packages_that_a_recording_was_given_out_in_are_told(
    tmp_path: Path, language: str, said: str
) -> None:
    desk = Desk(tmp_path / "office", language=language)
    desk.office.record(CALL)
    desk.office.record(STRANGER)
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", IN_TIME)
    done = desk.told("export", "--customer", "陈建国", "-o", str(tmp_path / "package"))
    number = done["tagmanifest_sha256"]
    assert said in desk.run("custody", CALL).stdout
    assert number in desk.run("custody", CALL).stdout
    assert [one["sha256"] for one in desk.told("custody", CALL)["exports"]] == [number]
    assert number not in desk.run("custody", STRANGER).stdout
    assert desk.told("custody", STRANGER)["exports"] == []


def test_the_log_is_checked_and_its_head_can_be_noted_down(desk: Desk) -> None:
    told = desk.run("custody", "--verify")
    assert told.exit_code == DONE
    assert desk.told("custody", "--verify")["head"] in told.stdout
    assert "there is no mirror" in told.stdout


@pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)
def test_up_to_where_the_log_is_time_stamped_is_told(tmp_path: Path) -> None:
    with StampAuthority(tmp_path / "authority") as authority:
        more = f"[custody]\ntimestamp_url = '{authority.url}'\n"
        desk = Desk(tmp_path / "office", more=more)
        desk.office.record(CALL)
        assert desk.told("custody", "--verify")["stamped"] is None
        assert desk.run("ingest", "--as-of", IN_TIME, NO_PROXY="*").exit_code == NEEDS_A_PERSON
    told = desk.run("custody", "--verify")
    assert told.exit_code == DONE
    assert "a time-stamp authority saw custody file 2" in told.stdout
    assert desk.told("custody", "--verify")["stamped"]["file"] == 2  # 1 is not of the anchor alone


def test_a_touched_custody_file_is_named(desk: Desk) -> None:
    (first, *_) = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    first.write_bytes(first.read_bytes().replace(b"admitted", b"admitter", 1))
    told = desk.run("custody", "--verify")
    assert told.exit_code == NEEDS_A_PERSON
    assert str(first) in told.stderr
    assert "was altered" in told.stderr


def test_nothing_is_written_after_a_log_that_was_cut(desk: Desk) -> None:
    """It would follow no custody file, and nothing could be made anew from them any more."""
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        database.execute("DELETE FROM custody WHERE seq = (SELECT max(seq) FROM custody)")
        database.commit()
    assert "custody_cut" in desk.run("verify").stdout
    files = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    done = desk.run("ingest", "--as-of", IN_TIME)
    assert done.exit_code == FAILED
    assert "the log was cut" in done.stderr
    assert sorted((desk.archive / ".callvault/custody").rglob("*.jsonl")) == files
    assert desk.run("rebuild").exit_code == DONE
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    assert desk.run("custody", "--verify").exit_code == desk.run("verify").exit_code == DONE


@pytest.mark.parametrize("asked", [[], ["--verify", CALL]])
def test_either_a_recording_or_the_whole_log_is_asked_for(desk: Desk, asked: list[str]) -> None:
    assert desk.run("custody", *asked).exit_code == WRONG_USE


def test_an_unknown_recording_is_said(desk: Desk) -> None:
    assert desk.run("custody", "none.mp3").exit_code == WRONG_USE


def test_numbers_are_masked_unless_they_are_asked_for(desk: Desk) -> None:
    desk.run("assign", STRANGER, "陈建国")
    number, shown = "15405387777", "154****7777"
    for form in ("text", "json"):
        masked = desk.run("custody", STRANGER, "--format", form).stdout
        assert number not in masked
        assert shown in masked
        whole = desk.run("custody", STRANGER, "--full", "--format", form).stdout
        assert number in whole
        assert shown not in whole
    told = [one["full"] for one in desk.told("access") if one["event"] == "history_told"]
    assert told == [False, True, False, True]
