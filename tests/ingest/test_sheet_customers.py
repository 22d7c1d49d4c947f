"""Whom a row names: the customer and all numbers, as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.language import Words
from tests.ingest.written_sheets import csv_file, keys, one, read


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张三", "张三"), ("张　三", "张三"), ("张三（本人）", "张三"), ("张三(配偶)", "张三"),
        ("张三 机主", "张三"), ("张三配偶", "张三"), ("张三(章丘)", "张三(章丘)"),
        ("欧阳 锋", "欧阳锋"), ("老张", "老张"),
        ("济南ABC工程机械有限公司", "济南ABC工程机械有限公司"),
        ("John Smith", "John Smith"), ("买买提·艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"), ("䶮䶮", "䶮䶮"),
    ],
)  # fmt: skip
def test_a_customers_name_is_cleaned_of_what_is_no_name(
    tmp_path: Path, cell: str, name: str
) -> None:
    assert one(tmp_path, ["姓名", "电话"], cell, "13812345678").customer == name


def test_a_bare_name_beside_the_customers_is_an_employees(tmp_path: Path) -> None:
    header = ["姓名", "客户姓名", "客户电话", "通话时间"]
    assert one(tmp_path, header, "王芳", "张三", "13812345678", "9:05").customer == "张三"
    assert (
        one(tmp_path, ["姓名", "电话", "户名"], "张三", "13812345678", "某公司").customer == "张三"
    )


@pytest.mark.parametrize(
    "staff",
    ["坐席号码", "座席电话", "员工手机号", "客户经理电话", "业务经理联系电话", "跟进人电话",
     "登记人手机", "销售手机号", "区域主管电话", "本机号码", "外显号码", "工作手机"],
)  # fmt: skip
def test_the_number_of_the_offices_own_people_is_not_the_customers(
    tmp_path: Path, staff: str
) -> None:
    header = [staff, "客户姓名", "客户电话", "通话时间"]
    row = one(tmp_path, header, "13912345678", "张三", "13812345678", "9:05")
    assert row.numbers == ("13812345678",)


@pytest.mark.parametrize(
    "theirs", ["担保人电话", "配偶手机", "负责人电话", "工作电话", "联系人电话"]
)
def test_the_number_of_those_around_a_customer_is_the_rows(tmp_path: Path, theirs: str) -> None:
    row = one(tmp_path, ["客户姓名", "客户电话", theirs], "张三", "13812345678", "13912345678")
    assert row.numbers == ("13812345678", "13912345678")


def test_a_text_that_is_too_long_for_a_name_is_cut_and_noted(tmp_path: Path) -> None:
    long, longest = "张" * 201, "李" * 200
    row = one(tmp_path, ["姓名", "电话"], long, "13800138000")
    assert (row.customer, keys(row)) == (long[:200], ["customer_long"])
    assert Words("zh").say(row.problems[0]).startswith("工作表“Sheet1”第 2 行“姓名”以“张张")
    row = one(tmp_path, ["姓名", "电话"], longest, "13800138000")
    assert (row.customer, keys(row)) == (longest, [])


def test_a_number_in_the_names_cell_counts(tmp_path: Path) -> None:
    for cell in ("张三 13812345678", "张三(13812345678)", "张三（ 13812345678）"):
        row = one(tmp_path, ["客户姓名/电话", "催收员"], cell, "王芳")
        assert (row.customer, row.numbers) == ("张三", ("13812345678",))


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (13812345678, ("13812345678",)),
        (13812345678.0, ("13812345678",)),
        ("138 1234 5678", ("13812345678",)),
        ("１３８１２３４５６７８", ("13812345678",)),
        ("13812345678、13912345678；13712345678", ("13812345678", "13912345678", "13712345678")),
        ("13812345678\n0531-87654321", ("13812345678", "053187654321")),
    ],
)
def test_numbers_as_people_type_them(
    tmp_path: Path, cell: object, numbers: tuple[str, ...]
) -> None:
    row = one(tmp_path, ["姓名", "电话"], "张三", cell)
    assert (row.numbers, row.problems) == (numbers, ())


def test_numbers_of_further_columns_and_of_the_remark_follow(tmp_path: Path) -> None:
    header = ["姓名", "联系电话", "配偶电话", "业务员电话", "身份证号码", "备注"]
    cells = ["张三", "13812345678", "13912345678", "13000000000", "370102198001011234",
             "换号 13712345678，原号 13812345678 停机"]  # fmt: skip
    assert one(tmp_path, header, *cells).numbers == ("13812345678", "13912345678", "13712345678")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("张三", "138****1381"),
        ("张三", "138＊＊＊＊1381"),
        ("张三", "138xxxx1381/138 **** 1381"),
        ("张三", "138-****-1381"),
        ("张三138****1381", None),
        ("张三（138····1381）", None),
    ],
)
def test_a_masked_number_is_kept_as_that_and_no_fault(
    tmp_path: Path, name: str, number: str | None
) -> None:
    row = one(tmp_path, ["客户姓名", "联系电话"], name, number)
    assert (row.customer, row.numbers, row.misread) == ("张三", (), ())
    assert row.masked == ("138****1381",)
    assert keys(row) == []


def test_a_number_with_a_digit_too_few_is_noted_and_the_others_count(tmp_path: Path) -> None:
    row = one(tmp_path, ["姓名", "电话"], "张三", "13812345678/1391234567")
    assert row.numbers == ("13812345678",)
    assert keys(row) == ["number_unreadable"]
    assert row.misread == ("1391234567",)
    for written in ("1391234567", "139 1234 567", "+861391234567"):
        assert one(tmp_path, ["姓名", "电话"], "张三", written).misread == ("1391234567",)
    for digits in ("139123456789", "0535485928", "0537548592812"):
        assert one(tmp_path, ["姓名", "电话"], "张三", digits).misread == (digits,)
    assert keys(one(tmp_path, ["姓名", "电话"], "张三", "1391234567")) == ["number_unreadable"]
    assert keys(one(tmp_path, ["姓名", "电话"], "张三", "微信联系")) == []
    second = one(tmp_path, ["姓名", "电话", "联系电话2"], "张三", "13812345678", "1391234567")
    assert dict(second.problems[0].values)["column"] == "联系电话2"


def test_lost_digits_are_noted_and_never_guessed(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [["姓名", "电话"], ["张三", "1.38E+10"], ["李四", "13912345678"]])
    lost, kept = read(path).rows
    assert (lost.numbers, keys(lost)) == ((), ["digits_lost"])
    assert kept.numbers == ("13912345678",)
    said = Words("zh").say(lost.problems[0])
    assert "第 2 行" in said
    assert "“电话”" in said
    assert "1.38E+10" in said
    assert keys(one(tmp_path, ["姓名", "电话"], "王五", 1381234567813912345678)) == ["digits_lost"]


@pytest.mark.parametrize(
    "cell",
    [
        "1、张三",
        "2.张三",
        "★张三",
        "(3)张三",
        "（4）张三",
        "⑤张三",
        "6 张三",
        "7）张三",
        "☆8、张三",
    ],
)
def test_the_number_or_mark_of_a_list_is_no_part_of_a_name(tmp_path: Path, cell: str) -> None:
    row = one(tmp_path, ["姓名", "电话"], cell, "13812345678")
    assert (row.customer, row.numbers, row.problems) == ("张三", ("13812345678",), ())


@pytest.mark.parametrize(
    "cell", ["*文军", "○文军", "张三2", "51信用卡公司", "郑和平", "张三(李四)"]
)
def test_what_may_tell_customers_apart_stays_in_a_name(tmp_path: Path, cell: str) -> None:
    row = one(tmp_path, ["姓名", "电话"], cell, "13812345678")
    assert (row.customer, row.problems) == (cell, ())


@pytest.mark.parametrize(
    "cell",
    [
        "张三、李四",
        "张三/李四",
        "张三，李四",
        "张三和李四",
        "张三\n李四",
        "1、张三；2、李四",
        "张三13812345678李四13912345678",
        "张三 李四",
        "1、张三  李四",
    ],
)
def test_several_people_in_a_cell_are_no_customer(tmp_path: Path, cell: str) -> None:
    row = one(tmp_path, ["姓名", "电话", "通话时间"], cell, "13712345678", "9:05")
    assert (row.customer, keys(row)) == (None, ["customers_several"])
    assert row.numbers[0] == "13712345678"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张 三", "张三"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("张三 安阳", "张三安阳"),
        ("王 小 明", "王小明"),
    ],
)
def test_a_space_makes_no_second_person_of_a_name_or_a_town(
    tmp_path: Path, cell: str, name: str
) -> None:
    row = one(tmp_path, ["姓名", "电话"], cell, "13712345678")
    assert (row.customer, keys(row)) == (name, [])


def test_digits_that_lead_a_name_are_a_lists_where_a_number_tells_whom_it_names(
    tmp_path: Path,
) -> None:
    for cell in ("01张三", "1张三", "012 张三"):
        assert one(tmp_path, ["姓名", "电话"], cell, "13712345678").customer == "张三"
        assert one(tmp_path, ["姓名", "电话"], cell, "137****5678").customer == "张三"
    assert one(tmp_path, ["姓名", "电话"], "1张三", None).customer == "1张三", "or namesakes'"
    assert one(tmp_path, ["姓名", "电话"], "3号工地", "13712345678").customer == "3号工地"
