"""A finding has one id in every report of its day, and no other finding ever gets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.answer_form import day_of, plain_id
from audit.day import CallLine, Finding, Severity
from audit.identity import identified
from tests.audit.days import DAY, call, missing
from tests.audit.offices import FIRST_LINE, Row, SmallOffice, miui


def ids(*findings: Finding, calls: tuple[CallLine, ...] = (), on: date = DAY) -> list[str]:
    return [one.id for one in identified(on, findings, calls)]


def incomplete(line: int, customer: str) -> Finding:
    return replace(missing(line, customer), code="incomplete_row", severity=Severity.WARNING)


def named(line: int, customer: str, who: str) -> CallLine:
    return replace(call(line, customer), who=who)


def of_file(code: str, source: str, customer: str | None = None) -> Finding:
    return Finding(code, Severity.WARNING, "…", customer, "王芳", source)


def test_an_id_tells_its_day_and_can_be_typed() -> None:
    (id,) = ids(missing(5, "张三"))
    assert id.startswith("261116-")
    assert len(id) == 15
    assert day_of(id) == DAY
    assert plain_id(f" {id.upper()} ".replace("2", "２")) == id


@pytest.mark.parametrize("typed", ["", "3f9a2c1b", "261116", "261332-3f", "261116-xyz", "261116-"])
def test_a_day_is_read_from_the_beginning_of_an_id_and_from_nothing_else(typed: str) -> None:
    assert day_of(typed) == (DAY if typed == "261116-" else None)


def test_moved_lines_another_spelling_and_another_sheet_make_no_other_finding() -> None:
    (before,) = ids(missing(5, "张 三"), calls=(call(5, "张 三"),))
    moved = replace(missing(9, "张三", "李雷"), message="其他的话")
    assert ids(moved, calls=(call(4, "李四"), call(9, "张三", collector="李雷"))) == [before]


def test_the_day_the_code_and_the_customer_make_another_one() -> None:
    first = missing(5, "张三")
    others = [missing(5, "李四"), incomplete(5, "张三"), of_file("damaged_recording", "a.mp3")]
    told = {*ids(first), *ids(first, on=DAY + timedelta(1)), *ids(*others)}
    assert len(told) == 5


def test_rows_of_one_customer_keep_their_ids_while_another_is_corrected() -> None:
    calls = (call(5, "张三"), call(8, "张三"), call(9, "李四"))
    first, second = ids(incomplete(5, "张三"), incomplete(8, "张三"), calls=calls)
    assert first != second
    assert ids(incomplete(8, "张三"), calls=calls) == [second]
    inserted = (call(4, "马六"), call(6, "张三"), call(9, "张三"), call(10, "李四"))
    assert ids(incomplete(9, "张三"), calls=inserted) == [second]


def test_where_somebody_of_the_name_comes_or_goes_an_answer_passes_to_nobody_else() -> None:
    """Two customers may have the name; what was said of one must not hide the other."""
    both = (named(5, "王伟", "#1"), named(8, "王伟", "#2"))
    told = {
        *ids(missing(5, "王伟"), calls=both),
        *ids(missing(8, "王伟"), calls=both),
        *ids(missing(5, "王伟"), calls=both[:1]),
    }
    assert len(told) == 3


def test_another_call_to_the_same_customer_makes_no_other_missing_recording() -> None:
    (before,) = ids(missing(5, "张三"), calls=(named(5, "张三", "#1"),))
    calls = (named(4, "张三", "#1"), named(5, "张三", "#1"))
    assert ids(missing(4, "张三"), calls=calls) == [before]


def test_what_nothing_tells_apart_is_told_apart_by_its_place_among_so_many() -> None:
    behind = Finding("mirror_pending", Severity.WARNING, "第一")
    first, second = ids(behind, replace(behind, message="第二"))
    (alone,) = ids(behind)
    assert len({first, second, alone}) == 3


def test_which_of_several_files_is_named_does_not_matter() -> None:
    late = Finding("late_handoff", Severity.WARNING, "…", None, "王芳", "a.mp3")
    assert ids(late) == ids(replace(late, source="0.mp3", message="两个"))
    extra = of_file("extra_recording", "a.mp3", "张三")
    assert ids(extra) == ids(replace(extra, source="b.mp3"))


def test_a_recording_keeps_its_finding_whoever_is_said_to_be_its_customer() -> None:
    damaged = of_file("damaged_recording", "a.mp3")
    assert ids(damaged) == ids(replace(damaged, customer="张三"))


def test_a_row_with_neither_name_nor_number_is_told_by_its_line() -> None:
    nameless = replace(incomplete(5, ""), customer=None)
    other_tab = replace(nameless, tab="李雷")
    assert len({*ids(nameless), *ids(replace(nameless, line=6)), *ids(other_tab)}) == 3


def test_a_row_without_a_name_keeps_its_id_where_a_row_comes_above_it() -> None:
    mine = replace(missing(5, ""), customer=None, apart="15405381201")
    others = replace(mine, apart="15405381202")
    assert ids(mine) == ids(replace(mine, line=6))
    assert ids(mine) != ids(others)
    calls = (named(5, "", "15405381201"), named(6, "", "15405381202"))
    blank = replace(mine, code="incomplete_row", severity=Severity.WARNING)
    (before,) = ids(blank, calls=calls[:1])
    moved = (replace(calls[1], call=calls[0].call), replace(calls[0], call=calls[1].call))
    assert ids(replace(blank, line=6), calls=moved) == [before]
    twice = (*calls[:1], named(8, "", "15405381201"))
    told = {*ids(blank, calls=twice), *ids(replace(blank, line=8), calls=twice), before}
    assert len(told) == 3


def test_the_same_line_of_another_tab_is_another_row() -> None:
    """Either may be put right, and the answer to it hides nothing of the other."""
    first = incomplete(3, "张三")
    second = replace(first, tab="李雷")
    here = call(3, "张三")
    calls = (here, replace(here, call=replace(here.call, tab="李雷")))
    assert ids(first, calls=calls) != ids(second, calls=calls)


def test_an_answer_to_one_mirror_or_cause_stands_for_no_other() -> None:
    behind = Finding("mirror_failed", Severity.ERROR, "…", apart="first|s3.denied")
    others = ("usb|s3.denied", "first|s3.full")
    told = {*ids(behind), *(id for one in others for id in ids(replace(behind, apart=one)))}
    assert len(told) == 3


def test_in_a_real_office_an_answer_passes_to_no_other_row_without_a_name(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.sheet(Row(None, "13800000001"))
    office.take_in()
    (before,) = office.found("missing_recording")
    office.sheet(Row(None, "13869170000"), Row(None, "13800000001"))
    office.take_in()
    after = {one.line: one.id for one in office.found("missing_recording")}
    assert after[FIRST_LINE + 1] == before.id
    assert after[FIRST_LINE] != before.id


def test_in_a_real_office_ids_outlive_a_corrected_sheet(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    zhang, chen = Row("张三", "13800000001", hours=None), Row("陈建国", "15405381201")
    office.record(miui("陈建国", "15405381201"))
    office.sheet(zhang, chen)
    office.take_in()
    before = {one.code: one.id for one in office.report().findings}
    office.sheet(Row("刘海燕", "13869170000", outcome="无人接听"), chen, zhang)
    office.take_in()
    after = {one.code: one.id for one in office.report().findings}
    assert {"missing_recording", "incomplete_row"} <= before.keys()
    assert after.keys() >= before.keys()
    assert {code: after[code] for code in before} == before
