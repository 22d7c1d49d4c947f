"""Sheets with an office's own column names, read by what the settings say of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from config.settings import Sheet
from tests.ingest.small_office import DAY, SmallOffice, office, recorded, sound

SOURCE = f"{DAY}/王芳/记录表.xlsx"
CHEN = recorded("陈建国", "15405381201", "091207")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def with_columns(desk: SmallOffice, **columns: Sequence[str]) -> SmallOffice:
    stated = tuple((field, tuple(headers)) for field, headers in columns.items())
    return replace(desk, settings=replace(desk.settings, sheet=Sheet(stated)))


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def customers(desk: SmallOffice) -> list[str]:
    return [one["customer"] for one in desk.report()["calls"]]


HEADS = ("债户", "台\n时", "机位", "号 头")
ROW = ("陈建国", "8", "济宁", "15405381201")


def test_a_sheet_of_unknown_names_is_unreadable_and_the_finding_names_the_remedy(
    desk: SmallOffice,
) -> None:
    desk.drop(SOURCE, workbook(HEADS, ROW))
    desk.ingest()
    (finding,) = (one for one in desk.report()["findings"] if one["code"] == "sheet_unreadable")
    assert "[sheet] columns" in finding["message"]


def test_the_offices_own_names_make_it_readable(desk: SmallOffice) -> None:
    taught = with_columns(
        desk, customer=["债户"], numbers=["号头"], hours=["台时"], location=["机位"]
    )
    taught.drop(CHEN, sound(1))
    taught.drop(SOURCE, workbook(("信贷部",), HEADS, ROW))
    taught.ingest()
    assert taught.filed() == {CHEN: "陈建国/2026-11-16"}
    (lacking,) = (one for one in taught.report()["findings"] if one["code"] == "column_missing")
    assert lacking["message"].endswith("expected deposit date")


def test_the_offices_name_goes_before_a_known_one(desk: SmallOffice) -> None:
    """Here 姓名 is the collector's, as only the office can know."""
    content = workbook(
        ("客户姓名", "姓名", "债户", "联系方式"), ("配偶", "王芳", "陈建国", "15405381201")
    )
    desk.drop(SOURCE, content)
    desk.ingest()
    assert customers(desk) == ["配偶"]
    other = office(desk.folder / "taught")
    taught = with_columns(other, customer=["债户"], collector=["姓名"])
    taught.drop(SOURCE, content)
    taught.ingest()
    assert customers(taught) == ["陈建国"]
    assert taught.report()["calls"][0]["collector"] == "王芳"


def test_a_long_header_is_known_where_the_office_names_it(desk: SmallOffice) -> None:
    long = "本月应当按合同约定支付设备款项并且已经逾期的购买方（借款方）全称"
    taught = with_columns(desk, customer=[long])
    taught.drop(SOURCE, workbook((long, "联系方式"), ("陈建国", "15405381201")))
    taught.ingest()
    assert customers(taught) == ["陈建国"]


def test_the_second_table_of_a_tab_and_a_header_of_two_storeys_are_read_too(
    desk: SmallOffice,
) -> None:
    taught = with_columns(desk, customer=["债户"], numbers=["号头"], hours=["台时"])
    taught.drop(
        SOURCE,
        workbook(
            ("债户", "号头", "台时"),
            ("陈建国", "15405381201", 8),
            (None, None, None),
            ("债户", "联系方式", "日期"),
            (None, "号头", "台时"),
            ("刘海燕", "15405381202", 9),
        ),
    )
    taught.ingest()
    assert customers(taught) == ["陈建国", "刘海燕"]
