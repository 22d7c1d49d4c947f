"""`callvault resolve` as people type it, and what the reports say of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest

from commands.exit_codes import DONE, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import DAY, Row, miui
from tests.desk import IN_TIME, ROOT, Desk

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
CHEN, ZHANG = Row("陈建国", "15405381201"), Row("张三", "13800000001", hours=None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A day on which 张三's recording is missing, and his row has a blank."""
    desk = Desk(tmp_path)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.sheet(CHEN, ZHANG)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


def findings(desk: Desk) -> dict[str, Any]:
    return {one["code"]: one for one in desk.told("report")["findings"]}


def test_an_answered_finding_stays_in_the_report_and_asks_for_nobody(desk: Desk) -> None:
    assert desk.run("report").exit_code == NEEDS_A_PERSON
    for code in ("missing_recording", "incomplete_row"):
        id = findings(desk)[code]["id"]
        answered = desk.run("resolve", id, "手机送修，", "录音已无法恢复")
        assert (answered.exit_code, answered.stderr) == (DONE, "")
        assert f"{id} is answered: 手机送修， 录音已无法恢复" in answered.stdout
        assert f"callvault resolve --undo {id}" in answered.stdout

    text = desk.run("report")
    assert text.exit_code == DONE
    assert "Accounted for" in text.stdout
    assert "✓ Answered 2" in text.stdout
    assert "手机送修" in text.stdout
    assert findings(desk)["missing_recording"]["id"] in text.stdout

    told = desk.told("report")
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["counts"]["answered"] == 2
    assert told["counts"]["missing"] == 1
    answer = findings(desk)["missing_recording"]["answer"]
    assert answer["reason"] == "手机送修， 录音已无法恢复"
    assert answer["by"]
    page = desk.run("report", "--format", "html").stdout
    assert "手机送修" in page
    assert findings(desk)["missing_recording"]["id"] in page
    assert "Accounted for" in page


def test_in_a_workbook_it_stands_in_the_column_for_reasons(desk: Desk, tmp_path: Path) -> None:
    missing = findings(desk)["missing_recording"]["id"]
    desk.run("resolve", missing, "=cmd|' /C calc'!A0")
    path = tmp_path / "report.xlsx"
    desk.run("report", "--format", "xlsx", "-o", str(path))
    heads, *rows = openpyxl.load_workbook(path)["Findings"].iter_rows(values_only=True)
    by_id = {row[heads.index("callvault ID")]: row for row in rows}
    reason, done = heads.index("Reason (fill in here)"), heads.index("To do")
    assert by_id[missing][reason] == "=cmd|' /C calc'!A0"
    assert by_id[missing][done] == "Answered"
    assert by_id[findings(desk)["incomplete_row"]["id"]][reason] is None


def test_what_is_left_is_still_to_be_acted_on(desk: Desk) -> None:
    desk.run("resolve", findings(desk)["missing_recording"]["id"], "手机送修")
    told = desk.run("report")
    assert told.exit_code == NEEDS_A_PERSON
    assert "Please check" in told.stdout


def test_a_reason_is_taken_back(desk: Desk) -> None:
    missing = findings(desk)["missing_recording"]["id"]
    desk.run("resolve", missing, "手机送修")
    assert [one["reason"] for one in desk.told("resolve")] == ["手机送修"]
    undone = desk.told("resolve", "--undo", missing)
    assert (undone["done"], undone["reason"]) == ("withdrawn", "手机送修")
    assert findings(desk)["missing_recording"]["answer"] is None
    assert desk.told("resolve") == []
    assert desk.run("resolve", "--undo", missing).exit_code == WRONG_USE


def test_a_reason_can_be_replaced_and_the_same_one_changes_nothing(desk: Desk) -> None:
    missing = findings(desk)["missing_recording"]["id"]
    desk.run("resolve", missing, "手机送修")
    assert desk.told("resolve", missing, "手机送修")["done"] == "given_before"
    assert desk.told("resolve", missing, "手机丢失")["done"] == "given"
    (listed,) = desk.told("resolve")
    assert (listed["finding"], listed["date"]) == (missing, f"{DAY}")
    assert (listed["code"], listed["reason"]) == ("missing_recording", "手机丢失")
    assert "张三" in listed["about"]


def test_the_list_is_for_people_too(desk: Desk) -> None:
    assert desk.run("resolve").stdout == "no finding has been answered yet\n"
    missing = findings(desk)["missing_recording"]["id"]
    desk.run("resolve", missing, "手机送修")
    told = desk.run("resolve").stdout
    assert f"{missing}  Missing recording: 张三" in told
    assert "手机送修 (" in told


def test_the_beginning_of_an_id_is_enough_where_it_is_one_findings(desk: Desk) -> None:
    missing = findings(desk)["missing_recording"]["id"]
    assert desk.told("resolve", f" {missing[:11].upper()}", "手机送修")["finding"] == missing
    several = desk.run("resolve", "261116-", "手机送修")
    assert several.exit_code == WRONG_USE
    assert missing in several.stderr
    assert "several findings" in several.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["张三", "手机送修"], "no finding's id"),
        (["261116-ffffffff", "手机送修"], "has no finding 261116-ffffffff"),
        (["261120-ffffffff", "手机送修"], "has no finding 261120-ffffffff"),
        (["--undo", "261116-ffffffff"], "no answer that could be taken back"),
        (["261116-"], "name a finding and a reason"),
        (["--undo"], "--undo goes with a finding alone"),
        (["--undo", "261116-", "手机送修"], "--undo goes with a finding alone"),
    ],
)
def test_what_names_no_finding_changes_nothing(desk: Desk, args: list[str], said: str) -> None:
    result = desk.run("resolve", *args)
    assert result.exit_code == WRONG_USE
    assert said in result.stderr
    assert desk.told("resolve") == []


@pytest.mark.parametrize(("reason", "said"), [(" ", "empty"), ("长" * 1001, "too long")])
def test_a_reason_says_something_and_is_no_book(desk: Desk, reason: str, said: str) -> None:
    result = desk.run("resolve", findings(desk)["missing_recording"]["id"], reason)
    assert (result.exit_code, said in result.stderr) == (WRONG_USE, True)
    assert desk.told("resolve") == []


def test_an_answer_outlives_its_finding_and_is_in_custody(desk: Desk) -> None:
    id = findings(desk)["missing_recording"]["id"]
    desk.run("resolve", id, "手机送修")
    desk.office.record(miui("张三", "13800000001"))
    desk.run("ingest", "--as-of", "2026-11-18T09:00")
    assert "missing_recording" not in findings(desk)
    assert [one["finding"] for one in desk.told("resolve")] == [id]
    assert desk.told("resolve", "--undo", id)["done"] == "withdrawn"
    assert desk.run("custody", "--verify").exit_code == DONE


def test_custody_of_a_recording_tells_the_reasons_given_for_it(desk: Desk) -> None:
    desk.office.record_as("陌生人.mp3", "calls/8.mp3")
    desk.run("ingest", "--as-of", IN_TIME)
    unmatched = findings(desk)["unmatched_recording"]
    desk.run("resolve", unmatched["id"], "私人电话")
    desk.run("resolve", "--undo", unmatched["id"])
    told = desk.run("custody", unmatched["source"]).stdout
    assert f"gave a reason for {unmatched['id']} of the report: 私人电话" in told
    assert "took back the reason" in told
    assert desk.run("report").exit_code == NEEDS_A_PERSON


def test_a_held_recording_of_which_the_reason_is_known_waits_for_nobody(desk: Desk) -> None:
    desk.office.record_as("陌生人.mp3", "calls/8.mp3")
    desk.run("ingest", "--as-of", IN_TIME)
    for one in findings(desk).values():
        if one["severity"] != "info":
            desk.run("resolve", one["id"], "私人电话")
    told = desk.run("report")
    assert told.exit_code == DONE
    assert "Accounted for" in told.stdout
