"""Sheets that have a guarantor's or a contact's number beside the customer's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.small_office import DAY, SHEET, office, sound
from tests.ingest.written_sheets import Cells, csv_file, read, xlsx

A, B, GUARANTOR = "13855551381", "13955552222", "13655556666"


@pytest.mark.parametrize(
    "header",
    [
        [["客户姓名", "联系电话", "担保人", "担保人电话"]],
        [["客户姓名", "电话", "紧急联系人", "紧急联系人电话"]],
        [["客户姓名", "电话", "工作单位", "单位电话"]],
        [["借款人", None, "担保人", None, "时间"], ["姓名", "电话", "姓名", "电话", None]],
        [["客户姓名", "联系电话", "保证人信息", None], [None, None, "姓名", "联系方式"]],
    ],
)
def test_the_number_is_known_to_be_anothers(tmp_path: Path, header: Cells) -> None:
    cells = ["张三", A, "李四", f"{GUARANTOR}/136****7777/1365555666"]
    (row,) = read(xlsx(tmp_path, [*header, cells])).rows
    assert (row.customer, row.numbers, row.of_others) == ("张三", (A, GUARANTOR), (GUARANTOR,))
    assert (row.misread, row.masked) == ((), ())


@pytest.mark.parametrize("header", ["联系人电话", "配偶电话", "联系电话2"])
def test_whose_number_stands_alone_or_is_the_familys_is_the_customers(
    tmp_path: Path, header: str
) -> None:
    alone = read(xlsx(tmp_path, [["客户名称", header], ["张三", GUARANTOR]])).rows[0]
    assert (alone.numbers, alone.of_others) == ((GUARANTOR,), ())
    table: Cells = [["客户姓名", "联系电话", "担保人电话", "配偶电话"], ["张三", A, A, B]]
    beside = read(xlsx(tmp_path, table)).rows[0]
    assert (beside.numbers, beside.of_others) == ((A, B), ())


@pytest.mark.parametrize(
    ("whom", "of_others"),
    [
        ("担保人", (GUARANTOR,)),
        ("紧急联系人", (GUARANTOR,)),
        ("本人", ()),
        ("本人、担保人", ()),
        ("配偶", ()),
        (None, ()),
    ],
)
def test_a_row_may_be_of_a_call_to_the_guarantor(
    tmp_path: Path, whom: str | None, of_others: tuple[str, ...]
) -> None:
    row = read(
        xlsx(tmp_path, [["客户姓名", "联系电话", "催收对象"], ["张三", GUARANTOR, whom]])
    ).rows[0]
    assert (row.numbers, row.of_others) == ((GUARANTOR,), of_others)


def test_a_call_to_the_guarantor_is_the_customers_of_that_name(tmp_path: Path) -> None:
    small = office(tmp_path)
    table: Cells = [
        ["客户姓名", "联系电话", "催收对象", "通话时间", "联系情况"],
        ["张三", A, "本人", "10:00", "已接通"],
        ["张三", GUARANTOR, "担保人", "15:00", "已接通"],
    ]
    small.drop(SHEET, csv_file(tmp_path, table).read_bytes())
    small.drop(f"{DAY}/王芳/{A}_{DAY:%Y%m%d}100000.amr", sound(1))
    small.drop(f"{DAY}/王芳/{GUARANTOR}_{DAY:%Y%m%d}150000.amr", sound(2))
    small.ingest()
    assert list(small.filed().values()) == [f"张三/{DAY}"] * 2
    more: Cells = [
        ["张三", B, "本人", "16:00", "已接通"],
        ["张三", GUARANTOR, "担保人", "17:00", "通"],
    ]
    small.drop(SHEET, csv_file(tmp_path, [*table, *more]).read_bytes())
    small.ingest()
    assert [one for one in small.filed() if GUARANTOR in one] == [], "either one's"


def test_two_customers_of_one_name_with_one_guarantor_stay_two(tmp_path: Path) -> None:
    small = office(tmp_path)
    table: Cells = [
        ["客户姓名", "联系电话", "担保人电话", "通话时间", "联系情况"],
        ["张三", A, GUARANTOR, "10:00", "已接通"],
        ["张三", B, GUARANTOR, "15:00", "已接通"],
    ]
    small.drop(SHEET, csv_file(tmp_path, table).read_bytes())
    for at, number in enumerate((A, B, GUARANTOR)):
        small.drop(f"{DAY}/王芳/{number}_{DAY:%Y%m%d}120000.amr", sound(at))
    small.ingest()
    filed = small.filed()
    assert len(set(filed.values())) == 2
    assert not any(GUARANTOR in source for source in filed)
