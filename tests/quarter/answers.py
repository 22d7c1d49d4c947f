"""Reasons that the manager writes into a report: when, and what the reports must say of them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from audit import xlsx
from audit.day import DayReport
from tests.quarter.hand_offs import Answer
from tests.quarter.moments import Weather
from tests.quarter.plan import Quarter
from tests.quarter.score import told_of
from tests.quarter.truth import Told

MANAGER = "李经理"
REASON = "手机送修，已换新机"
_ID, _REASON = "callvault ID", "Reason (fill in here)"
_ANSWERED = 2


def plan_answers(quarter: Quarter, often: int) -> None:
    """On some days the report of the day before comes back; every other has an id typed over."""
    free = [
        night
        for night in range(1, len(quarter.days))
        if quarter.weather[night] is Weather.FINE and not {night, night - 1} & quarter.empty
    ]
    for at, night in enumerate(quarter.rng.sample(free, min(2 * often, len(free)))):
        folder = quarter.layout.format(day=quarter.days[night], name=MANAGER, department="信贷部")
        source, unknown = f"{folder}日报 {night}.xlsx", at % 2 == 0
        quarter.answers[night] = Answer(quarter.days[night - 1], night, source, unknown)
        for code in ("answers_read", "answer_unknown") if unknown else ("answers_read",):
            quarter.expect_of_file(code, night, MANAGER, source)


def fill_in(
    report: DayReport, path: Path, standing: Collection[Told], *, unknown: bool
) -> set[str]:
    """Writes the day's Excel report with a reason for the first findings of those that stand yet
    when it is read, and returns their ids; `unknown`: and one for a finding that no report has.
    """
    xlsx.write([report], path)
    book = openpyxl.load_workbook(path)
    (tab,) = (tab for tab in book.worksheets if _ID in _heads(tab))
    id_at, reason_at = _heads(tab).index(_ID), _heads(tab).index(_REASON)
    ids = {one.id for one in report.findings if told_of(report.date, one) in standing}
    rows = [row for row in tab.iter_rows(min_row=2) if row[id_at].value in ids][:_ANSWERED]
    answered = {str(row[id_at].value) for row in rows}
    for row in rows:
        row[reason_at].value = REASON
    if unknown:
        below = tab.max_row + 1
        tab.cell(below, id_at + 1, f"{report.date:%y%m%d}-00000000")
        tab.cell(below, reason_at + 1, REASON)
    book.save(path)
    return answered


def unanswered(report: DayReport, meant: Collection[str]) -> set[str]:
    """Which of these findings stand yet, and without the manager's answer."""
    standing = (one for one in report.findings if one.id in meant)
    return {one.id for one in standing if not one.answer or one.answer.reason != REASON}


def _heads(tab: Worksheet) -> list[object]:
    return [cell.value for cell in tab[1]]
