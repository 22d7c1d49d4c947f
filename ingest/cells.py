"""What a cell says: its text, an outcome, a call's length, working hours.

Days and times are read by `ingest.dates`.

Every reader returns `None` for what it does not understand without doubt; the caller keeps the
text as it stands and says so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
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
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return "" if cell is None else str(cell)


def plain(cell: Cell) -> str:
    """The text with full-width signs made narrow, on one line, for reading and not for keeping."""
    return " ".join(unicodedata.normalize("NFKC", text(cell)).split())


def _joined(cell: Cell) -> str:
    return plain(cell).replace(" ", "").lower()


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


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The office's own words for outcomes, which go before all that is known here."""

    reached: tuple[str, ...] = ()
    not_reached: tuple[str, ...] = ()

    def read(self, said: str) -> bool | None:
        """By the longest of the words in it; `None` where there is none, or one of each kind."""
        longest, reached = 0, None
        rest = NOT_REACHED.sub("#", said)
        for meant, words in ((True, self.reached), (False, self.not_reached)):
            joined = [_joined(one) for one in words]
            # 未接通 holds the office's 接通, too, and means the contrary
            told = (
                word
                for word in joined
                if word in (rest if meant and not NOT_REACHED.search(word) else said)
            )
            found = max(map(len, told), default=0)
            if found and found >= longest:
                longest, reached = found, None if found == longest else meant
        return reached


PLAIN = Outcomes()


def read_reached(cell: Cell, own: Outcomes = PLAIN) -> bool | None:
    """Whether a person answered, by the words of the outcome; `None` where they leave it open."""
    if isinstance(cell, bool):
        return cell
    said = _joined(cell)
    if (meant := own.read(said)) is not None:
        return meant
    if said in YES or said in NO:
        return said in YES
    said = MACHINE_STOPPED.sub("", said)
    # 未接通 holds 接通: what is left when the negative words are gone decides
    negative, rest = NOT_REACHED.search(said), NOT_REACHED.sub("#", said)
    positive = REACHED.search(rest)
    return None if bool(negative) == bool(positive) else positive is not None


IN_WORDS = re.compile(
    r"约?(?:(?P<h>\d{1,2})(?:个?小时|时|h))?(?:(?P<m>\d{1,3})(?:分钟?|min|m|[\'’′]))?"
    r"(?:(?P<s>\d{1,5})(?:秒钟?|sec|s|\"|”|″|\'\'|′′))?整?"
)
IN_FIGURES = re.compile(r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):(?P<s>\d{2})")
SHORTEST = 10
"""A bare number below may stand for minutes as well as for seconds."""


def read_duration(cell: Cell, unit: int | None = None) -> float | None:
    """How many seconds a call took; `None` where that cannot be told without doubt.

    `3:20` is 3 minutes 20 seconds, also where Excel has made hours and minutes of it.

    Args:
        cell: what stands in the row.
        unit: seconds that a bare number counts by, where the header says so.

    """
    if isinstance(cell, (time, timedelta)):
        return _duration_of_time(cell)
    if isinstance(cell, bool) or is_blank(cell):
        return None
    if isinstance(cell, float) and 0 < cell < 1 and unit is None:  # Excel's share of a day
        return _duration_of_time(timedelta(seconds=round(cell * 86_400)))
    said = plain(cell).replace(" ", "").lower()
    if re.fullmatch(r"\d{1,5}(\.\d+)?", said):
        number = float(said) * (unit or 1)
        return number if unit or number == 0 or number >= SHORTEST else None
    found = IN_FIGURES.fullmatch(said) or IN_WORDS.fullmatch(said)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(found[part] or 0) for part in "hms")
    return float(hours * 3600 + minutes * 60 + seconds)


def _duration_of_time(cell: time | timedelta) -> float:
    if isinstance(cell, time):
        cell = datetime.combine(date.min, cell) - datetime.combine(date.min, time())
    seconds = cell.total_seconds()
    return seconds / 60 if seconds >= 3600 and seconds % 60 == 0 else seconds


def read_hours(cell: Cell) -> str | None:
    """Working hours as typed (`8`, `8.5小时`), or `None` for what Excel has made a date of."""
    if isinstance(cell, timedelta):
        return text(round(cell.total_seconds() / 3600, 2))
    return None if isinstance(cell, (date, bool)) else text(cell)
