from __future__ import annotations

import pytest

from ingest.columns import find_header, header_at, letters, sense


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("customer", "姓名 客户姓名 用户姓名 借款人 主贷人 债务人姓名 机主 客户名称 承租人姓名"),
        (
            "numbers",
            "联系方式 联系电话 手机号码 触达号码 电话 电话/地址 客户电话 联系电话1 单位电话",
        ),
        ("collector", "催收员 催收人 催收人员 催员姓名 经办人 处理人 跟进人员 催收员姓名"),
        ("called_at", "通话时间 拨打时间 催收时间 催记时间 沟通时间"),
        ("date", "日期 跟进日期 催收日期"),
        (
            "reached",
            "联系情况 是否接通 沟通状态 拨打状态 电话状态 联系结果 是否有效接通 电话接通情况",
        ),
        ("promised", "预计存款时间 承诺还款时间 PTP承诺还款时间 承诺日期 预计收款日期"),
        ("promised", "客户承诺的存款日期 ptp时间"),
        ("location", "车辆位置 设备所在地 施工地点 机器位置 车辆目前位置 工地地址"),
        ("duration", "通话时长 录音时长 时长 通话时长（秒） 有效通话时长"),
        ("hours", "工作小时数 小时数 日工作小时 每天工作小时数 工时"),
        ("overdue_reason", "逾期原因 拖欠原因 客户逾期的原因"),
        ("works_name", "工程名称 项目名称 施工工程名称"),
        ("works_duration", "工期 工程工期 剩余工期"),
        ("works_quantity", "工程量 工程数量 剩余工程量（方）"),
        ("money_source", "资金来源 款项来源 还款来源 还款资金的来源"),
        ("location", "工程地点 机械所在地"),
        ("grade", "客户等级 类别"),
        ("whom", "催收对象 与客户关系"),
        ("remark", "备注 催收备注 催记内容 沟通内容"),
        ("department", "部门 所属部门"),
    ],
)
def test_headers_are_known_by_every_name_offices_use(field: str, words: str) -> None:
    assert {word: (sense(word) or ("?",))[0] for word in words.split()} == dict.fromkeys(
        words.split(), field
    )


@pytest.mark.parametrize(
    "word",
    ["序号", "通话总时长", "录音链接", "业务员电话", "催收员电话", "主叫号码", "身份证号码",
     "车牌号码",
     "合同编号", "客户编号", "逾期金额", "应还款日期", "到期日",
     "项目经理姓名", "逾期天数", "电话录音",
     "还款账号", "发动机号码", "电话次数", "催收员签字", ""],
)  # fmt: skip
def test_other_columns_are_not_taken_for_ours(word: str) -> None:
    assert sense(word) is None


@pytest.mark.parametrize(
    "word",
    [
        "联系\n方式",
        " 联 系 方 式 ",
        "联系方式*",
        "联系方式：",
        "联系方式（必填）",
        "联系方式(手机)",
    ],
)
def test_spaces_breaks_and_brackets_do_not_hide_a_header(word: str) -> None:
    assert sense(word) == ("numbers", 0)


def test_cells_that_are_no_words_are_no_headers() -> None:
    assert sense(None) is None
    assert sense(13812345678) is None
    assert sense("请在此处填写客户的联系电话，如有多个号码请用顿号分开，并注明机主的姓名") is None


def test_the_header_is_found_below_a_title_and_a_row_of_labels() -> None:
    rows = [
        ("电话催收客户信息记录表", None, None),
        ("部门：信贷部", "催收员：王芳", "日期：11月16日"),
        (None, None, None),
        ("序号", "客户姓名", "联系电话"),
        (1, "张三", "13812345678"),
    ]
    header = find_header(rows)
    assert header is not None
    assert (header.first, header.last) == (3, 3)
    assert header.fields == {"customer": 1, "numbers": 2}
    assert header.labels == ("序号", "客户姓名", "联系电话")


def test_a_header_below_the_fifteenth_filled_row_is_none() -> None:
    lines = [("说明", None)] * 14
    assert find_header([*lines, ("姓名", "电话")]) is not None
    assert find_header([*lines, ("说明", None), ("姓名", "电话")]) is None


def test_a_row_that_names_no_customer_or_holds_values_is_no_header() -> None:
    assert header_at([("部门", "催收员", "日期")], 0) is None
    assert header_at([("姓名", "张三")], 0) is None
    assert header_at([("客户姓名", "联系电话", "13812345678")], 0) is None
    assert header_at([("客户姓名", "备注"), ("通话时间", "备注")], 0) is None


def test_the_plainest_name_wins_and_among_equals_the_first() -> None:
    header = header_at([("客户", "催收结果", "是否接通", "客户姓名", "姓名", "电话")], 0)
    assert header is not None
    assert header.fields == {"customer": 3, "reached": 2, "numbers": 5}


def test_further_number_columns_are_kept() -> None:
    header = header_at([("配偶电话", "姓名", "联系电话", "联系电话2", "业务员电话")], 0)
    assert header is not None
    assert header.fields["numbers"] == 2
    assert header.more_numbers == (0, 3)


def test_name_and_number_in_one_column() -> None:
    header = header_at([("客户姓名及电话", "催收员")], 0)
    assert header is not None
    assert header.fields == {"customer": 0, "numbers": 0, "collector": 1}


def test_nameless_columns_are_called_by_their_letters() -> None:
    header = header_at([("姓名", None, "电话")], 0)
    assert header is not None
    assert header.labels == ("姓名", "B", "电话")
    assert [letters(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
