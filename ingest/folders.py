"""What the folders of an inbox say: the day of a hand-off, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from config.several_people import together
from ingest.name_form import GENERIC
from ingest.stamps import nearest
from matcher.names import is_person
from matcher.numbers import fold, split


@dataclass(frozen=True, slots=True)
class Folders:
    day: date | None
    collector: str | None
    """Two whose folder it is stand together: 王芳、李雷."""
    persons: tuple[str, ...] = ()
    """Whose folder lies innermost within the collector's: a customer's, mostly."""
    numbers: tuple[str, ...] = ()
    """Theirs, where the folder has them: `张三13800138000`."""


# A range such as `11.1-11.15` names no day.
_ALONE = r"(?!\d|\s*[-~至到]\s*\d|[.]\d)"
_BEFORE = r"(?<![\d.月])(?<![\d日号][-~])(?<![至到])"
_FULL = tuple(
    re.compile(_BEFORE + pattern + _ALONE, re.ASCII)
    for pattern in (
        r"(?P<y>20\d\d)\s*[-./_年]\s*(?P<mo>\d{1,2})\s*[-./_月]\s*(?P<d>\d{1,2})\s*(?:[日号]|(?![日号]))",
        r"(?P<y>20\d\d)(?P<mo>\d\d)(?P<d>\d\d)",
        r"(?P<y>2\d)(?P<sep>[-./_])(?P<mo>\d{1,2})(?P=sep)(?P<d>\d{1,2})",
        r"(?P<y>2\d)(?P<mo>\d\d)(?P<d>\d\d)",
        r"(?P<mo>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*(?:[日号]|(?![日号]))",
        r"(?P<mo>\d{1,2})[-._](?P<d>\d{1,2})(?![日号])",
    )
)
_BARE = re.compile(r"(?P<mo>\d\d)(?P<d>\d\d)", re.ASCII)  # `1116`; far from `near` a staff number
_BARE_DAYS = 31
_YEAR = re.compile(r"(20\d\d)\s*年?", re.ASCII)
_MONTH = re.compile(
    r"(?:(20\d\d)\s*[-./_年]\s*)?(?:(\d{1,2})\s*月份?|(?<=[-./_年])(\d{1,2}))", re.ASCII
)
_COMPACT_MONTH = re.compile(r"(20\d\d)(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"(\d{1,2})\s*[日号]?", re.ASCII)
_WITH_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[日号]", re.ASCII)

_BETWEEN = re.compile(r"[\s_\-—–.,;、|()\[\]【】+&#~@]+")
_DEPARTMENT = re.compile(
    r".*(?:部|组|科|公司|门店|[一二三四五\d]店|办事处|中心|大区|片区|团队|小队|[一二三四五六七八九十\d]队|处|室|项目|平台|"
    r"银行|集团|省|市|县|区)"
)
_DEPARTMENT_FIRST = re.compile(r".*(?:部|组|科|中心|催收员|催收人|专员)(?P<name>.+)")
_CALLED = re.compile(
    r"(?:催收员|催收|录音|专员|信贷|法务|法规)?(?P<name>.{2,}?)"
    r"(?:的?(?:通话|电话|手机|今日|当日)?(?:录音|文件|记录|手机|资料|交接)+)?"
)
_NO_COLLECTOR = re.compile(
    r"(?:信贷|法规|法务|催收|贷后|风控|财务|综合|销售|债权|资产)|"
    r"(?:今日|当日|每日|当天|昨日|上午|下午|补交|补录|补传|交接|资料|数据|备份|归档|已处理|未处理|待处理|处理|新建文件夹|新文件夹|"
    r"录音笔|录音盒|微信|微信文件|手机录音|内部存储|存储卡|全部|所有|其他|其它|临时|测试|下载|文档|音乐|桌面|共享|"
    r"逾期|正常|客户|接通|未接通|已接通|星期[一二三四五六日天]|周[一二三四五六日天末报])|"
    # Some telephones and outcomes have the shape of a person's name.
    r"(?:小米|红米|华为|荣耀|魅族|三星|苹果|一加|真我|联想|中兴|金立|酷派|努比亚|安卓)(?:手?机)?|"
    r"(?:失败|未接|已接|无人接听|拒接|关机|停机|空号|承诺|承诺还款|已还|未还|失联|高风险|低风险|房贷|车贷|金融|"
    r"白班|夜班|白天|晚班|早班)|"
    r"(?:inbox|handoff|handover|data|backup|archive|tmp|temp|test|share|shared|upload|uploads|download|downloads|"
    r"documents|desktop|music|media|storage|emulated|sdcard|internal|android|dcim|miui|huawei|honor|xiaomi|oppo|"
    r"vivo|samsung|iphone|lenovo|recorder|soundrecorder|callrecorder|callrecordings?|callrec|sounds?|call|rec|"
    r"records?|recordings?|voices?|audios?|monitor|spool|asterisk|wechat|weixin|files?|new|folder|credit|legal|"
    r"department|dept|team|collection|collections|office|cubecallrecorder|acr|bcr|day|date|phone|sim)\d*",
    re.IGNORECASE,
)

_PERHAPS_NOBODY = re.compile(
    "成功|苏州|常州|徐州|郑州|广州|温州|柳州|梅州|池州|贺州|滕州|万州|江阴|江门|金华|金昌|沈阳|安阳|安庆|安康|黄山|"
    "黄石|黄冈|宁波|宁德|成都|武汉|武威|石家庄|衡水|衡阳|唐山|乐山|乐陵|邹城|邹平|高密|高唐|康定|常德|常熟|许昌|余姚|"
    "龙口|龙岩|马鞍山|连云港|景德镇|鱼台"
)
"""Towns, and an outcome, with the shape of a person's name; a few people are called so."""


def read_folders(source: str, near: date) -> Folders:
    """Day and collector from the folders of an inbox-relative path with `/`.

    The innermost day counts; a date without a year is the one nearest to `near`. The collector is
    the outermost folder that has the shape of a person's name, else the outermost that is no
    department and no generic word.
    """
    return _read(source.rpartition("/")[0], near)


@lru_cache(maxsize=256)  # one hand-off's files share their folders
def _read(folders: str, near: date) -> Folders:
    day: date | None = None
    year: int | None = None
    month: int | None = None
    collectors: list[str] = []
    others: list[str] = []
    within: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    for raw in folders.split("/"):
        folder = fold(raw).strip()
        if year and not month and _DAY.fullmatch(folder):  # 2026/11/16
            folder += "月"
        if span := _month_folder(folder):
            year, month = span[0] or year, span[1] or month
            continue
        found, rest = _day_in(folder, year, month, near)
        day = found or day
        numbers, rest = split(rest) if collectors else ((), rest)
        names = tuple(dict.fromkeys(_names_in(rest)))
        persons = tuple(filter(is_somebody, names))
        others += [name for name in names if name not in persons]
        if persons and collectors:
            within = persons, numbers
        collectors = collectors or list(persons)
    return Folders(day, together(collectors) or next(iter(others), None), *within)


def is_somebody(name: str) -> bool:
    """Whether it can be a person's name and is no town's: 安阳."""
    return is_person(name) and not _PERHAPS_NOBODY.fullmatch(name)


def _month_folder(folder: str) -> tuple[int | None, int | None] | None:
    """The year, the month or both that a folder stands for, where it stands for no day."""
    if of_year := _YEAR.fullmatch(folder):
        return int(of_year[1]), None
    found = _MONTH.fullmatch(folder) or _COMPACT_MONTH.fullmatch(folder)
    if found is None:
        return None
    month = next(int(group) for group in found.groups()[1:] if group)
    return (int(found[1]) if found[1] else None, month) if 1 <= month <= 12 else None


def _day_in(
    folder: str, year: int | None, month: int | None, near: date
) -> tuple[date | None, str]:
    """The day that a folder's name holds, and the rest of the name."""
    for pattern in _FULL:
        for found in pattern.finditer(folder):
            groups = found.groupdict()
            day = _date(groups.get("y") or year, int(groups["mo"]), int(groups["d"]), near)
            if day:
                return day, folder[: found.start()] + " " + folder[found.end() :]
    if (bare := _BARE.fullmatch(folder)) and (
        day := _date(year, int(bare["mo"]), int(bare["d"]), near)
    ):
        return (day, "") if abs(day - near).days <= _BARE_DAYS else (None, "")
    if month and (dom := _DAY.fullmatch(folder) or _WITH_DAY.search(folder)):
        rest = folder[: dom.start()] + " " + folder[dom.end() :]
        return _date(year, month, int(dom[1]), near), rest
    return None, folder


def _date(year: str | int | None, month: int, dom: int, near: date) -> date | None:
    try:
        if year is None:
            return nearest(month, dom, near)
        full = int(year) if int(year) > 99 else 2000 + int(year)
        return date(full, month, dom)
    except ValueError:
        return None


def _names_in(text: str) -> Iterator[str]:
    words = [word for word in _BETWEEN.split(text) if word and not _generic(word)]
    if all(len(word) == 1 for word in words):  # `王 芳`
        words = ["".join(words)]
    if words and all(word.isascii() for word in words):  # `Wang Fang`
        words = [] if any(map(str.isdigit, "".join(words))) else [" ".join(words)]
    for word in words:
        name = _bare_name(word)
        if 2 <= len(name) <= 30 and not any(map(str.isdigit, name)) and not _generic(name):
            yield name


def _bare_name(word: str) -> str:
    if is_person(word):
        return word
    if (found := _DEPARTMENT_FIRST.fullmatch(word)) and is_person(found["name"]):
        return found["name"]
    called = _CALLED.fullmatch(word)
    return called["name"] if called else word


def _generic(word: str) -> bool:
    return bool(
        GENERIC.fullmatch(word) or _NO_COLLECTOR.fullmatch(word) or _DEPARTMENT.fullmatch(word)
    )
