"""`callvault history`: all that happened to one customer, in order, and nothing of another's."""

from __future__ import annotations

from contextlib import closing
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.cells import cell_len
from sqlalchemy import event

from archive.catalogue.database import open_catalogue
from archive.catalogue.search_index import fresh
from audit.happenings import Telling
from audit.history import customers_called, histories
from commands.exit_codes import DONE, WRONG_USE
from config.language import Words
from ingest.logged_on import user
from matcher.masking import masked
from tests.audit.offices import (
    DAY,
    FIRST_LINE,
    HEADS,
    NEXT_DAY,
    NEXT_MORNING,
    SHEET,
    ZONE,
    Row,
    miui,
    oppo,
)
from tests.desk import IN_TIME, Desk

CHEN = Row("陈建国", "15405381201", remark="说下月还1万")
LIU = Row("刘海燕", "15405381204")
ELDER, YOUNGER = Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40))
OPEN = Row("王伟", None, time(10, 50))
CALL = miui("陈建国", "15405381201")
FOREMAN = miui("工地老赵", "15405387777", time(11, 0))
WEIS = oppo("王伟", time(10, 30))


def taken_in(folder: Path, language: str = "en") -> Desk:
    desk = Desk(folder, language=language)
    for name in (CALL, FOREMAN, WEIS, miui("王伟", "15405381401", time(10, 20))):
        desk.office.record(name)
    desk.office.sheet(CHEN, LIU, ELDER, YOUNGER, OPEN)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return taken_in(tmp_path_factory.mktemp("office"))


def told(desk: Desk, *asked: str) -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = desk.told("history", *asked)
    return every


def kinds(one: dict[str, Any]) -> list[str]:
    return [what["kind"] for what in one["happenings"]]


def test_what_happened_stands_in_its_order_the_newest_last(tmp_path: Path) -> None:
    desk = taken_in(tmp_path / "office")
    (finding,) = (
        one["id"] for one in desk.told("report")["findings"] if one["customer"] == "刘海燕"
    )
    desk.run("resolve", finding, "手机送修")
    desk.run("assign", FOREMAN, "陈建国")
    desk.run("hold", "add", "陈建国", "--reason", "起诉")
    desk.run("export", "--customer", "陈建国", "-o", str(tmp_path / "package"))
    desk.run("hold", "release", "陈建国")
    (chen,) = told(desk, "陈建国")
    assert kinds(chen) == [
        *("call", "recording", "recording", "finding"),
        *("word", "hold", "export", "hold"),
    ]
    call, recording, _, _, word, added, export, released = chen["happenings"]
    assert (call["date"], call["time"], call["promised"]) == (str(DAY), "10:00:00", str(DAY))
    assert ["备注", "说下月还1万"] in call["cells"]
    assert "说下月还1万" in call["text"]
    assert recording["sha256"] in call["recordings"]
    assert word["event"] == "assigned"
    assert "起诉" in added["text"]
    assert len(export["recordings"]) == 2
    assert export["package"] in export["text"]
    assert {one["by"] for one in (word, added, export, released)} == {user()}
    (liu,) = told(desk, "刘海燕")
    assert kinds(liu) == ["call", "finding", "answer"]
    assert liu["happenings"][1]["code"] == "missing_recording"
    assert liu["happenings"][1]["finding"] == liu["happenings"][2]["finding"] == finding
    assert liu["happenings"][2]["reason"] == "手机送修"


def test_who_heard_a_recording_is_told(tmp_path: Path) -> None:
    desk = taken_in(tmp_path / "office")
    desk.run("listen-copy", CALL, "-o", str(tmp_path / "copies"))
    (chen,) = told(desk, "陈建国")
    assert kinds(chen)[-1] == "listened"
    assert chen["happenings"][-1]["by"] == user()
    (heard,) = (one for one in desk.told("access") if one["event"] == "listened")
    assert heard["sha256"] == chen["happenings"][1]["sha256"]
    assert "listened to recording" in desk.run("access").stdout


def test_who_is_under_legal_hold_is_told_so(tmp_path: Path) -> None:
    desk = taken_in(tmp_path / "office")
    assert told(desk, "刘海燕")[0]["legal_hold_since"] is None
    desk.run("hold", "add", "刘海燕")
    assert told(desk, "刘海燕")[0]["legal_hold_since"]
    assert "under legal hold since" in desk.run("history", "刘海燕").stdout


def test_namesakes_are_told_apart_and_so_are_rows_that_mean_either(desk: Desk) -> None:
    elder, younger, either = told(desk, "王伟")
    assert kinds(elder) == ["call", "recording", "held"]
    assert kinds(younger) == ["call", "held"]
    assert elder["folder"] != younger["folder"]
    assert (either["open"], kinds(either)) == (True, ["call"])
    lines = [one["happenings"][0]["line"] for one in (elder, younger, either)]
    assert lines == sorted(set(lines))
    assert {one["happenings"][-1]["source"] for one in (elder, younger)} == {f"{DAY}/王芳/{WEIS}"}
    assert "2 customers are called so" in desk.run("history", "王伟").stdout


def test_a_namesake_in_the_same_line_of_another_tab_is_another(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "office")
    path = desk.inbox / desk.office.sheet(Row("王伟", "15405381401"))
    book = openpyxl.load_workbook(path)
    other = book.copy_worksheet(book.worksheets[0])
    other.title = "Sheet2"
    other.cell(FIRST_LINE, HEADS.index("联系方式") + 1).value = "15405381402"
    book.save(path)
    desk.office.touch(SHEET, NEXT_MORNING - timedelta(hours=1))
    desk.office.take_in(NEXT_MORNING)
    elder, younger = told(desk, "王伟")
    for one, tab in ((elder, "Sheet1"), (younger, "Sheet2")):
        assert kinds(one) == ["call", "finding"]
        assert one["happenings"][0]["tab"] == tab
    assert elder["happenings"][1]["finding"] != younger["happenings"][1]["finding"]


@pytest.mark.parametrize(
    "asked", ["王伟 1402", "王伟（1402）", "15405381402", "+86 154 0538 1402", "王伟 (1402)/"]
)
def test_one_of_them_is_meant_by_number_or_folder(desk: Desk, asked: str) -> None:
    one = told(desk, asked)[0]
    assert (one["customer"], one["numbers"], kinds(one)) == (
        "王伟",
        ["154****1402"],
        ["call", "held"],
    )


@pytest.mark.parametrize("asked", ["陈", "王伟 9999", "15405380000", "none/", "1402", "' OR 1=1"])
def test_nobody_is_called_so(desk: Desk, asked: str) -> None:
    refused = desk.run("history", asked)
    assert (refused.exit_code, refused.stdout) == (WRONG_USE, "")
    assert "callvault search" in refused.stderr


def test_a_span_of_days_can_be_asked_for(desk: Desk) -> None:
    assert kinds(told(desk, "刘海燕", "--from", str(DAY), "--to", str(DAY))[0]) == [
        "call",
        "finding",
    ]
    (nothing,) = told(desk, "刘海燕", "--from", str(NEXT_DAY))
    assert nothing["happenings"] == []
    assert "nothing is known" in desk.run("history", "刘海燕", "--to", "2026-11-15").stdout


def test_numbers_are_masked_unless_they_are_asked_for_which_is_written_down(desk: Desk) -> None:
    for form in ("text", "json"):
        assert "15405381201" not in desk.run("history", "陈建国", "--format", form).stdout
        assert "15405381201" in desk.run("history", "陈建国", "--full", "--format", form).stdout
    seen = [one for one in desk.told("access") if one.get("asked") == {"words": ["陈建国"]}]
    assert [one["full"] for one in seen] == [False, True, False, True]
    assert all(one["event"] == "history_told" and one["customers"] for one in seen)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", ["60", "100"])
def test_the_table_fits_the_screen(tmp_path: Path, language: str, width: str) -> None:
    desk = taken_in(tmp_path / "office", language)
    shown = desk.run("history", "王伟", COLUMNS=width)
    assert shown.exit_code == DONE
    assert max(cell_len(line.rstrip()) for line in shown.stdout.splitlines()) <= int(width)
    assert ("通话" if language == "zh" else "call") in shown.stdout


def test_a_corrected_row_leaves_nothing_behind(tmp_path: Path) -> None:
    desk = taken_in(tmp_path / "office")
    desk.office.sheet(LIU, ELDER, YOUNGER, OPEN)
    desk.office.take_in(NEXT_MORNING)
    (chen,) = told(desk, "陈建国")
    assert "call" not in kinds(chen)


def test_findings_are_looked_for_on_the_latest_days_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = taken_in(tmp_path / "office")
    desk.office.sheet(LIU, source=f"{NEXT_DAY}/sheet.xlsx", day=NEXT_DAY)
    desk.office.take_in(NEXT_MORNING)
    monkeypatch.setattr("audit.history.LATEST", 1)
    (liu,) = told(desk, "刘海燕")
    assert kinds(liu) == ["call", "call", "finding"]
    assert liu["findings_from"] == str(NEXT_DAY)
    assert f"before {NEXT_DAY}" in desk.run("history", "刘海燕").stdout
    assert kinds(told(desk, "刘海燕", "--to", str(DAY))[0]) == ["call", "finding"]


def test_no_table_is_scanned(desk: Desk) -> None:
    """However large the archive is; what a day's report asks is the report's affair."""
    scanned: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scanned.extend(str(step[3]) for step in plan.fetchall() if _scans(str(step[3])))

    with closing(open_catalogue(desk.office.settings.catalogue.url)) as catalogue:
        with fresh(catalogue, lambda name: (name, ())):
            pass
        event.listen(catalogue._engine, "before_cursor_execute", explain)
        for asked in ("陈建国", "王伟", "王伟 1402", "王伟 １４０２", "15405381201", "陈建国/"):
            with catalogue.reading() as tx:
                found = customers_called(tx, asked)
                assert histories(tx, found, Telling(Words("en"), ZONE), lambda _: [])
            assert scanned == [], asked


def _scans(step: str) -> bool:
    """A scan of a result that was made just now is none, nor one of who is under legal hold, nor
    one of the index of what is in holding.
    """
    if step.endswith("ix_recording_held"):
        return False
    tables = ("recording", "sheet_row", "sheet", "customer", "customer_number", "mention")
    return step.startswith("SCAN") and step.split()[1] in {*tables, "custody", "act_change", "word"}


def test_what_is_held_on_a_day_without_a_sheet_and_may_be_theirs_is_told(tmp_path: Path) -> None:
    desk = taken_in(tmp_path / "office")
    later = miui("陈建国", "15405381201", time(9, 0), NEXT_DAY)
    desk.office.record(later, day=NEXT_DAY)
    desk.run("ingest", "--as-of", "2026-11-17T16:30")
    (chen,) = told(desk, "陈建国")
    (held,) = (one for one in chen["happenings"] if one["kind"] == "held")
    assert held["date"] == str(NEXT_DAY)
    assert masked(later) in held["text"]
    assert all("held" not in kinds(one) for one in told(desk, "刘海燕"))
    (until,) = told(desk, "陈建国", "--to", str(DAY))
    assert "held" not in kinds(until)


def test_every_kind_of_happening_has_its_name() -> None:
    from audit.history import _ORDER

    for language in ("zh", "en"):
        assert all(Words(language)(f"history.kind_{kind}") for kind in _ORDER)


def test_recordings_to_choose_from_are_told_without_their_numbers(desk: Desk) -> None:
    refused = desk.run("custody", ".mp3")
    assert refused.exit_code == WRONG_USE
    assert "154****1201" in refused.stderr
    assert "15405381201" not in refused.stderr
