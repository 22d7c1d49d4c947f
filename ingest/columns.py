"""Which column of a table holds what: the header row, found by the meaning of its words.

Every office has its own form, so headers are compared without spaces, line breaks and brackets,
first word by word with the known names, then by the sense of their parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as fresh
from functools import lru_cache

from ingest.cells import read_reached, text
from ingest.workbook import Cell

NAMES: Mapping[str, str] = {
    "customer": "客户姓名 用户姓名 借款人 借款人姓名 主贷人 主贷人姓名 债务人姓名 债务人 "
    "客户名称 客户名 用户名称 承租人 承租人姓名 购机人 欠款人 "
    "| 姓名 机主姓名 户名 | 客户 机主 名字",
    "numbers": "联系方式 联系电话 客户电话 客户联系方式 客户联系电话 手机号码 手机号 手机 "
    "触达号码 触达手机号 电话号码 电话 电话/地址 联系号码 联系手机 号码 被叫号码 拨打号码",
    "collector": "催收员 催收人 催收人员 催收员姓名 催收人姓名 催员姓名 催员 催收专员 经办人 经办 "
    "处理人 跟进人员 跟进人 电催员 拨打人",
    "called_at": "通话时间 拨打时间 催收时间 催记时间 沟通时间 跟进时间 联系时间 呼叫时间 电话时间 "
    "致电时间 通话日期时间 拨打日期时间 通话开始时间 呼叫开始时间 外呼时间 呼出时间 拨号时间 "
    "打电话时间 电话催收时间 | 开始时间 起始时间 接通时间 | 时间",
    "duration": "通话时长 录音时长 时长 通话秒数 通话分钟数 通话长度",
    "date": "催收日期 通话日期 拨打日期 跟进日期 联系日期 沟通日期 催记日期 | 日期 | 登记日期",
    "reached": "是否接通 接通情况 是否联系上 联系情况 沟通状态 拨打状态 电话状态 联系结果 通话状态 "
    "联系状态 接通状态 接听情况 是否接听 通话结果 拨打结果 呼叫结果 拨打情况 "
    "是否打通 外呼结果 外呼状态 | 沟通结果 催收结果 催收状态 "
    "通话情况 催收情况 | 接通 已接通",
    "promised": "预计存款时间 预计存款日期 承诺还款时间 PTP承诺还款时间 承诺还款日期 承诺存款时间 "
    "承诺存款日期 承诺日期 承诺时间 预计收款日期 预计收款时间 预计还款时间 预计还款日期 "
    "预计到账时间 预计付款时间 存款时间 PTP日期 PTP时间 PTP",
    "location": "车辆位置 设备所在地 施工地点 设备位置 机器位置 机械位置 车辆所在地 机器所在地 "
    "设备地点 施工位置 施工地址 工地位置 作业地点 所在位置 | 位置",
    "hours": "工作小时数 小时数 工作小时 作业小时 作业小时数 运行小时 工时 表显小时 小时 "
    "| 工作时间",
    "overdue_reason": "逾期原因 逾期理由 欠款原因 拖欠原因 未还款原因 未还原因 未付款原因",
    "works_name": "工程名称 工程名 项目名称 工程项目 工程项目名称 施工项目",
    "works_duration": "工期 施工工期 工程工期 工程期限 施工期限",
    "works_quantity": "工程量 工程数量 施工量 剩余工程量",
    "money_source": "资金来源 款项来源 还款来源 还款资金来源 付款来源 回款来源 存款来源",
    "grade": "客户等级 客户类别 客户级别 客户分类 等级 类别 级别",
    "whom": "催收对象 与客户关系 与本人关系 与借款人关系 关系 联系对象 通话对象 接听人",
    "remark": "备注 催收备注 催记内容 沟通内容 通话内容 催收内容 催记 催收记录 沟通记录 跟进内容 "
    "联系内容 备注说明 说明",
    "department": "部门 所属部门 所在部门 科室",
}
"""Field to the names that offices use; those after a stroke only where none before it is there:
beside 客户姓名 a bare 姓名 is the employee's."""
KNOWN = {
    name.upper(): (field, rank)
    for field, names in NAMES.items()
    for rank, tier in enumerate(names.split("|"))
    for name in tier.split()
}
SENSES = (
    ("promised", r"(预计|承诺|约定|PTP).*(时间|日期|日)$", r"应还|到期"),
    ("reached", r"是否.*(接通|接听|联系上)|(接通|接听)(情况|状态|结果)|情况结果$", r"^$"),
    (
        "numbers",
        r"电话|手机|联系方式|号码|座机",
        r"催收|客服|主叫|公司|业务员|经办|录音|证|车[牌架]|机身|合同|卡|设备|整机|发动机|产品|序列|订单|"  # noqa: ISC004
        r"单号|发票|账|时[间长]|日期|状态|结果|次数|内容|情况|是否|记录|编号|备注|"
        # The office's own people, who are nobody's customer and stand in many rows
        r"员工|[坐座]席|催员|专员|信贷员|登记人|跟进人|处理人|拨打人|填表人|客户经理|业务经理|"
        r"销售|主管|区域|大区|本机|外显|工作手机",
    ),
    (
        "customer",
        r"^(客户|借款人|主贷人|债务人|用户|机主|承租人).*(姓名|名称|名字)",
        r"编号|关系|经理",
    ),
    ("collector", r"^催收?专?[员人]员?(姓名|名字)?$", r"^$"),
    ("location", r"(车辆|设备|机器|机械|挖机|施工|工地|工程|作业).*(位置|所在地|地点|地址)", r"^$"),
    ("duration", r"(通话|录音|呼叫|接听).*(时长|秒数)", r"总|累计|平均"),
    ("hours", r"小时|工时", r"通话"),
    ("overdue_reason", r"(逾期|欠款|拖欠|未还).*(原因|理由)", r"^$"),
    ("works_name", r"(工程|项目)名称?$", r"^$"),
    ("works_duration", r"工期", r"^$"),
    ("works_quantity", r"工程量|工程数量", r"^$"),
    ("money_source", r"(资金|款项?|存款).*来源", r"^$"),
)
"""Field, what its header's sense is, and what rules it out."""
Own = Mapping[str, str]
"""The office's own header texts, levelled as by `own_names`, and their fields."""
NO_OWN: Own = {}
ROUND = re.compile(r"第?[一二两三四五六\d]+[次轮遍]|首次|再次|[上下]午")
"""What leads the heads of one round of calls where a row holds several."""
ROUND_WORDS = dict.fromkeys(("结果", "情况", "状态", "拨打", "联系", "接通"), "reached")
IN_UNITS = re.compile(r"通话时间\((?:单位:?)?(?:秒|分)")
BEGUN = re.compile(r"开始|起始|拨打|呼叫|外呼|呼出|拨号")
"""In the head of a time beside which 通话时间 is how long the call took."""
OTHERS = re.compile(r"担保|保证人|联系人|负责人|单位|工作电话")
VALUE = re.compile(r"\d{5}")
WHO = {"customer", "numbers"}
HEADER_ROWS = 15
"""How many rows with contents may stand above the header."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one table; positions are counted from 0."""

    first: int
    last: int
    """Its rows: some headers have two storeys."""
    labels: tuple[str, ...]
    """What each column is called, for people; a nameless one by its letter."""
    fields: Mapping[str, int]
    more_numbers: tuple[int, ...]
    """Further columns of numbers (联系电话2, 配偶电话): whoever answers, the call is the row's."""
    of_others: frozenset[int] = frozenset()
    """Those of them that are a guarantor's or a contact's, of whom several customers may be."""
    rounds: Mapping[str, tuple[int, ...]] = fresh(default_factory=dict)
    """Where a row holds several rounds of calls: all the columns of their outcomes and times."""
    beside: int | None = None
    """The column from which on another table stands beside this one, with other customers."""


def own_names(columns: Iterable[tuple[str, Sequence[str]]]) -> Own:
    """The office's own header texts by which `find_header` goes, from fields with their texts."""
    return {_levelled(text): field for field, texts in columns for text in texts}


def find_header(rows: Sequence[Sequence[Cell]], own: Own = NO_OWN) -> Header | None:
    """The best header among a tab's first rows; `None` where none names a customer or number."""
    filled = [at for at, row in enumerate(rows) if any(cell is not None for cell in row)]
    headers = [header_at(rows, at, own) for at in filled[:HEADER_ROWS]]
    found = [header for header in headers if header is not None]
    return max(found, key=lambda header: len(header.fields), default=None)


def header_at(rows: Sequence[Sequence[Cell]], at: int, own: Own = NO_OWN) -> Header | None:
    """The header that ends or begins in row `at`, if that row is one: some have two storeys."""
    if not _names_calls(rows[at], own):
        return None
    below = rows[at + 1] if at + 1 < len(rows) and _only_names(rows[at + 1], own) else ()
    parts: dict[int, str] = {}
    if not below and at + 1 < len(rows):
        parts = _parts(rows[at], rows[at + 1], own)
    above = rows[at - 1] if at else ()
    words = [
        parts[column]
        if column in parts
        else _label(_cell(below, column))
        if sense(_cell(below, column), own)
        else _label(cell)
        or (_label(_cell(above, column)) if sense(_cell(above, column), own) else "")
        for column, cell in enumerate(rows[at])
    ]
    beside = _beside(words, own)
    begun = any(
        (meant := sense(word, own)) and meant[0] == "called_at" and BEGUN.search(word)
        for word in words[:beside]
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for column, word in enumerate(words[:beside]):
        if meant := sense(word, own):
            field, rank = meant
            if field == "called_at" and rank >= 0 and word.startswith("通话时间") and begun:
                continue
            found.setdefault(field, []).append((rank, column))
    fields = {field: min(places)[1] for field, places in found.items()}
    if fields.keys().isdisjoint(WHO):
        return None  # the lower storey gave those columns another sense
    if "customer" not in fields and re.search("姓名|名称", words[fields["numbers"]]):
        fields["customer"] = fields["numbers"]  # 姓名/电话 in one column
    more = sorted({column for _, column in found.get("numbers", ())} - {fields.get("numbers")})
    heads = [above, rows[at]] if below or parts else [above]
    return Header(
        first=at,
        last=at + 1 if below or parts else at,
        labels=tuple(word or letters(column) for column, word in enumerate(words)),
        fields=fields,
        more_numbers=tuple(more),
        of_others=frozenset(
            column
            for column in more
            if OTHERS.search(words[column]) or any(_is_of_others(row, column) for row in heads)
        ),
        rounds=_rounds(words[:beside], fields),
        beside=beside,
    )


def _parts(row: Sequence[Cell], below: Sequence[Cell], own: Own) -> dict[int, str]:
    """The columns of heads over several (第一次 over 拨打时间 and 结果), each under both words.

    Only where the row below holds nothing but such words: everything else may be a call.
    """
    filled = [column for column, cell in enumerate(below) if cell is not None]
    heads = [_head_over(row, column) for column in filled]
    if len(set(heads)) == len(heads):
        return {}
    found: dict[int, str] = {}
    for column, head in zip(filled, heads, strict=True):
        cell, over = below[column], None if head is None else row[head]
        meant = sense(over, own)
        if over is None or (meant and meant[0] == "customer") or _is_value(cell, own):
            return {}
        both = _label(over) + _label(cell)
        found[column] = _label(cell) if sense(cell, own) and not sense(both, own) else both
    return found if any(sense(word, own) for word in found.values()) else {}


def _is_value(cell: Cell, own: Own) -> bool:
    """Whether a cell below a head is rather a call's than a word of the header."""
    if not isinstance(cell, str) or re.search(r"\d\d", cell):
        return True
    return sense(cell, own) is None and read_reached(cell) is not None


def _head_over(row: Sequence[Cell], column: int) -> int | None:
    """The last filled cell up to `column`, if it stands over several columns."""
    if column >= len(row):
        return None
    head = next((at for at in range(column, -1, -1) if row[at] is not None), None)
    return head if head is not None and head + 1 < len(row) and row[head + 1] is None else None


def _is_of_others(row: Sequence[Cell], column: int) -> bool:
    """Whether a head over several columns, as 担保人 over 姓名 and 电话, says so; no title does."""
    head = _head_over(row, column)
    return head is not None and head > 0 and OTHERS.search(text(row[head])) is not None


def _rounds(words: Sequence[str], fields: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Columns of one name but for the round's: 拨打结果 twice, 第一次结果 and 第二次结果."""
    found = {}
    for name in ("reached", "called_at"):
        if name in fields:
            word = _without_round(words[fields[name]])
            alike = [at for at, each in enumerate(words) if _without_round(each) == word]
            if len(alike) > 1:
                found[name] = tuple(alike)
    return found


def _without_round(word: str) -> str:
    return re.sub(r"[\d一二三]+$", "", ROUND.sub("", word, count=1))


def _beside(words: Sequence[str], own: Own) -> int | None:
    """Where the same headers begin again beside the first ones: two halves, printed on one page.

    A guarantor's name and number may be headed like the customer's; nothing else of a call is.
    """
    fields = [meant[0] if (meant := sense(word, own)) else "" for word in words]
    if "customer" not in fields:
        return None
    first = fields.index("customer")
    if words[first] not in words[first + 1 :]:
        return None
    again = words.index(words[first], first + 1)
    pairs = zip(words[again:], words[first:again], fields[first:again], strict=False)
    twice = {field for right, left, field in pairs if field and right == left}
    alone = WHO.issuperset(field for field in fields if field)
    if "numbers" not in twice or not (twice - WHO or alone):
        return None
    return _first_of_block(words, first, again)


def _first_of_block(words: Sequence[str], first: int, again: int) -> int:
    """The second half's first column: 序号 and the like may stand before the name."""
    while first and words[first - 1] and words[first - 1] == words[again - 1]:
        first, again = first - 1, again - 1
    return again


def sense(cell: Cell, own: Own = NO_OWN) -> tuple[str, int] | None:
    """The field that a header cell names, with its rank: -1 for the office's own names, then 0."""
    if own and isinstance(cell, str) and (field := own.get(_levelled(cell))):
        return field, -1
    return _sense(cell) if isinstance(cell, str) and len(cell) <= 30 else None


@lru_cache(maxsize=4096)
def _sense(cell: str) -> tuple[str, int] | None:
    levelled = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)).upper()
    word = re.sub(r"[*:]|\(.*?\)|\[.*?\]", "", levelled)
    if word in KNOWN:
        return ("duration", 0) if IN_UNITS.match(levelled) else KNOWN[word]
    bare = re.sub(r"[\d一二三]+$", "", word)
    if bare in KNOWN and bare != word:
        return KNOWN[bare][0], 2
    if led := ROUND.match(bare):
        rest = bare[led.end() :]
        of_round = ROUND_WORDS.get(rest) or KNOWN.get(rest, ("",))[0]
        if of_round in ("called_at", "reached"):
            return of_round, 2
    for field, meant, excluded in SENSES:
        if re.search(meant, word) and not re.search(excluded, word):
            return field, 3
    return None


def _levelled(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def letters(column: int) -> str:
    """The spreadsheet's own name of a column: A, B, … Z, AA."""
    name = ""
    while column >= 0:
        name, column = chr(ord("A") + column % 26) + name, column // 26 - 1
    return name


def _names_calls(row: Sequence[Cell], own: Own) -> bool:
    """A header names a customer or a number, and one thing more, and holds no values."""
    if any(VALUE.search(text(cell)) for cell in row):
        return False
    fields = {meant[0] for cell in row if (meant := sense(cell, own))}
    return len(fields) >= 2 and not fields.isdisjoint(WHO)


def _only_names(row: Sequence[Cell], own: Own) -> bool:
    filled = [cell for cell in row if cell is not None]
    return len(filled) >= 2 and all(sense(cell, own) for cell in filled)


def _cell(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None


def _label(cell: Cell) -> str:
    return "".join(text(cell).split())
