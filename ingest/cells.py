"""What a cell says: its text, an outcome, working hours; `ingest.dates` reads days and times.

Every reader returns `None` for what it does not understand without doubt; the caller keeps the
text as it stands and says so.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from ingest.workbook import Cell

DITTO = re.compile(r"同上行?|[\"〃″“”↑]|''|’’")
NOTHING = re.compile(r"[\s/\\|.·,、_~*＊／｜．。，＿～〜―－—–-]*")


def text(cell: Cell) -> str:
    """The cell as a person reads it in the spreadsheet, trimmed; empty for an empty cell."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime, time)):
        precision = "minutes" if cell.second == 0 else "seconds"
        return cell.isoformat(timespec=precision).replace("T", " ")
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    return "" if cell is None else str(cell)


def plain(cell: Cell) -> str:
    """The text with full-width signs made narrow, on one line, for reading and not for keeping."""
    return " ".join(unicodedata.normalize("NFKC", text(cell)).split())


def is_blank(cell: Cell) -> bool:
    """Whether nothing is said: empty, or only a stroke such as `/` or `——`."""
    return cell is None or (isinstance(cell, str) and NOTHING.fullmatch(cell) is not None)


def is_ditto(cell: Cell) -> bool:
    """Whether the cell says "as above"."""
    return isinstance(cell, str) and DITTO.fullmatch(cell.strip()) is not None


YES = frozenset({"是", "√", "✓", "✔", "☑", "对", "y", "yes", "通", "通了", "接", "已通", "已接"})
NO = frozenset({"否", "×", "x", "✗", "✘", "✕", "☒", "无", "不是", "n", "no"})
# A collector also writes down that the machine stands still; that is no outcome of a call.
MACHINE_STOPPED = re.compile(r"(?:设备|车辆|机器|机械|挖机|工地|车)(?:已经?|现在?|目前)?[停关]机")
NOT_REACHED = re.compile(
    r"(?:没|未|无|不)(?:有|能|曾|法|人|可|再)*(?:成功|正常|及时)?"
    r"(?:接到|接通|接听|接(?!受)|通(?![过知])|联系|应答|打通|拨通|回应)上?|"
    r"(?:联系|拨|接)不(?:上|通|到|着)|[打接]不[通进]|找不到人|失联|"
    r"关机|停机|空号|销号|注销|停用|拒接|拒绝接听|占线|忙[线音]|"
    r"正在通话|通话中(?![断客对他她])|不在服务区|暂停服务|呼[入叫]限制|"
    r"号码错误|错号|号码不存在|语音信箱|来电提醒|小秘书"
)
REACHED = re.compile(
    r"接通|接听|接[了起]|有人接|[本人属偶妻父母子女友]接|已接|代接|联系[上到]|已联系|打通|拨通|"
    r"已沟通|已通话|通话成功|正常通话|承诺(?![未没跳])|答应|ptp|[同愿]意[还存付]|拒绝[还存付]"
)


def read_reached(cell: Cell) -> bool | None:
    """Whether a person answered, by the words of the outcome; `None` where they leave it open."""
    if isinstance(cell, bool):
        return cell
    said = plain(cell).replace(" ", "").lower()
    if said in YES or said in NO:
        return said in YES
    said = MACHINE_STOPPED.sub("", said)
    # 未接通 holds 接通: what is left when the negative words are gone decides
    negative, rest = NOT_REACHED.search(said), NOT_REACHED.sub("#", said)
    positive = REACHED.search(rest)
    return None if bool(negative) == bool(positive) else positive is not None


def read_hours(cell: Cell) -> str | None:
    """Working hours as typed (`8`, `8.5小时`), or `None` for what Excel has made a date of."""
    if isinstance(cell, timedelta):
        return text(round(cell.total_seconds() / 3600, 2))
    return None if isinstance(cell, (date, bool)) else text(cell)
