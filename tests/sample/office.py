"""A sample office's inbox for one day, with a fault of each kind planted.

`python -m tests.sample.office FOLDER` builds it in FOLDER and prints the faults. Two builds are
equal byte for byte. No number of 154 is given out in China, so nobody's number stands here.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.sample.sheets import FIRST_LINE, TITLE, Call, write_xls, write_xlsx
from tests.sample.sound import AUDIO, call, padded_m4a, shortened_amr, tagged_mp3

DAY = date(2026, 11, 16)
ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_SHEET = f"{DAY}/{TITLE}.xlsx"
OWN_SHEET = f"{DAY}/赵敏/{TITLE}（赵敏）.xls"
OLD_SHEET = f"{DAY}/李强/旧表.xlsx"
THUMBS = f"{DAY}/王芳/Thumbs.db"

_GRANTED = DAY
"""One day past the 15th, the most that the credit department may grant."""
_CREDIT = (
    Call("王芳", "陈建国", "15405381201", time(9, 12), "已接通", _GRANTED, "济宁任城工业园", 8),
    Call("王芳", "刘海燕", "15405381202", time(9, 40), "已接通", _GRANTED, "兖州大安镇", 10),
    Call("王芳", "孙志强", "15405381203", time(10, 5), "未接"),
    Call("王芳", "周玉梅", "15405381204", time(10, 20), "已接通", date(2026, 11, 20), "曲阜", 6.5),
    Call(
        "王芳", "马俊峰", "15405381205", time(11, 30), "已接通", None, "邹城太平镇", 9, "等工程款"
    ),
    Call("王芳", "何丽华", "15405381206", time(14, 10), "已接通", _GRANTED, "汶上次邱镇", 7),
    Call("李强", "高明", "15405381301", time(9, 30), "已接通", _GRANTED, "泰安岱岳区", 8),
    Call("李强", "吴秀兰", "15405381302", time(10, 15), "已接通", _GRANTED, "新泰", 5, "本人接听"),
    Call("李强", "徐磊", "15405381303", time(11, 2), "已接通", _GRANTED, "肥城安驾庄", 11),
    Call("李强", "朱红军", "15405381304", time(15, 20), "关机"),
    Call("李强", "胡春梅", "15405381305", time(15, 45), "已接通", _GRANTED, "宁阳", 8),
)
_LEGAL = (
    Call("赵敏", "王伟", "15405381401", time(10, 12), "已接通", date(2026, 11, 25), "枣庄峄城", 8),
    Call("赵敏", "王伟", "15405381402", time(10, 48), "已接通", date(2026, 11, 30), "滕州", 6),
    Call("赵敏", "郑晓东", "15405381403", time(13, 30), "已接通", date(2026, 11, 18), "临沂", 9.5),
    Call("赵敏", "杨桂英", "15405381404", time(14, 25), "已接通", date(2026, 11, 23), "费县", 7),
    Call("赵敏", "冯国庆", "15405381405", time(15, 10), "停机"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault as the report's finding would name it; `None` where it need not."""

    code: str
    why: str
    customer: str | None = None
    source: str | None = None
    sheet: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Filing:
    """The row that a recording belongs to."""

    customer: str
    sheet: str
    line: int


@dataclass(frozen=True, slots=True)
class SampleOffice:
    inbox: Path
    day: date
    recordings: tuple[str, ...]
    """Sources of every recording, the copy among them."""
    filed: Mapping[str, Filing]
    """Every recording that the evidence gives to one customer, by its source."""
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]
    """Sources of files that are none of callvault's business."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A recording as a collector's phone named it."""

    collector: str
    name: str
    sound: bytes
    ended: time
    """Its mtime: phones close the file when the call ends."""
    number: str | None = None
    """Of the row that it belongs to, where that can be told."""

    @property
    def source(self) -> str:
        return f"{DAY}/{self.collector}/{self.name}"


def build(folder: Path) -> SampleOffice:
    """Lays the day out below `folder`, which becomes the inbox."""
    recordings = _recordings()
    for one in recordings:
        _write(folder, one.source, one.sound, one.ended)
    _write(folder, THUMBS, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), time(16, 35))
    _write(folder, OLD_SHEET, "10月的表，已作废\n".encode(), time(16, 36))
    write_xlsx(folder / OFFICE_SHEET, DAY, "信贷部", _CREDIT)
    write_xls(folder / OWN_SHEET, DAY, "法规部", _LEGAL)
    _stamp(folder / OFFICE_SHEET, time(16, 40))
    _stamp(folder / OWN_SHEET, time(16, 42))
    rows = _rows()
    return SampleOffice(
        inbox=folder,
        day=DAY,
        recordings=tuple(one.source for one in recordings),
        filed={one.source: rows[one.number] for one in recordings if one.number},
        faults=tuple(_faults(rows)),
        ignored=(THUMBS,),
    )


def _recordings() -> list[_Recorded]:
    first = call("27.mp3")
    broken = (AUDIO / "broken" / "m4a_no_moov.m4a").read_bytes()
    return [
        # A Xiaomi; numbers that are not saved stand twice.
        _xiaomi("陈建国(15405381201)_20261116091207", first, time(9, 12, 34), "15405381201"),
        _xiaomi("陈建国(15405381201)_20261116091207 - 副本", first, time(9, 12, 34)),
        _xiaomi(
            "154 0538 1204(15405381204)_20261116102011",
            call("15.mp3"),
            time(10, 20, 26),
            "15405381204",
        ),
        _xiaomi(
            "马俊峰 小松200(15405381205)_20261116113042",
            call("8.mp3"),
            time(11, 30, 50),
            "15405381205",
        ),
        _xiaomi(
            "妈妈(15405389999)_20261116120533",
            tagged_mp3(call("15.mp3"), "sample 1"),
            time(12, 5, 48),
        ),
        _xiaomi(
            "154 0538 1206(15405381206)_20261116141005",
            call("silent.mp3"),
            time(14, 10, 25),
            "15405381206",
        ),
        # A Huawei.
        _Recorded(
            "李强", "高明@15405381301_20261116093018.m4a", broken, time(9, 30, 59), "15405381301"
        ),
        _Recorded(
            "李强",
            "154 0538 1302_20261116101509.m4a",
            call("8.m4a"),
            time(10, 15, 17),
            "15405381302",
        ),
        _Recorded(
            "李强",
            "徐磊@15405381303_20261116110214.m4a",
            call("15.m4a"),
            time(11, 2, 29),
            "15405381303",
        ),
        _Recorded(
            "李强",
            "徐磊@15405381303_20261116110641.m4a",
            padded_m4a(call("8.m4a"), 16),
            time(11, 6, 49),
            "15405381303",
        ),
        _Recorded(
            "李强",
            "胡春梅@15405381305_20261116154522.m4a",
            call("27.m4a"),
            time(15, 45, 49),
            "15405381305",
        ),
        # An OPPO: a saved contact hides the number.
        _Recorded(
            "赵敏", "王伟-2611161030.mp3", tagged_mp3(call("27.mp3"), "sample 2"), time(10, 30, 41)
        ),
        _Recorded(
            "赵敏",
            "郑晓东-2611161330.amr",
            shortened_amr(call("15.amr"), 100),
            time(13, 30, 33),
            "15405381403",
        ),
        _Recorded(
            "赵敏",
            "15405381404-2611161425.mp3",
            tagged_mp3(call("8.mp3"), "sample 3"),
            time(14, 25, 28),
            "15405381404",
        ),
    ]


def _xiaomi(rest: str, sound: bytes, ended: time, number: str | None = None) -> _Recorded:
    return _Recorded("王芳", f"通话录音@{rest}.mp3", sound, ended, number)


def _rows() -> dict[str, Filing]:
    """The rows by their numbers, which are all different."""
    return {
        one.number: Filing(one.customer, sheet, line)
        for sheet, calls in ((OFFICE_SHEET, _CREDIT), (OWN_SHEET, _LEGAL))
        for line, one in enumerate(calls, start=FIRST_LINE)
    }


def _faults(rows: Mapping[str, Filing]) -> Iterable[Fault]:
    for code, number, why in (
        ("missing_recording", "15405381202", "reached, and no recording was handed over"),
        ("incomplete_row", "15405381205", "reached, and the promised date is blank"),
        ("promise_beyond_authority", "15405381204", "promised for the 20th by the credit office"),
    ):
        row = rows[number]
        yield Fault(code, why, row.customer, None, row.sheet, row.line)
    for code, source, customer, why in (
        ("damaged_recording", "李强/高明@15405381301_20261116093018.m4a", "高明", "has no moov"),
        (
            "silent_recording",
            "王芳/通话录音@154 0538 1206(15405381206)_20261116141005.mp3",
            "何丽华",
            "nothing is to be heard",
        ),
        (
            "extra_recording",
            "李强/徐磊@15405381303_20261116110641.m4a",
            "徐磊",
            "the second of one customer",
        ),
        (
            "duplicate_recording",
            "王芳/通话录音@陈建国(15405381201)_20261116091207 - 副本.mp3",
            None,
            "a copy, byte for byte",
        ),
        (
            "unmatched_recording",
            "王芳/通话录音@妈妈(15405389999)_20261116120533.mp3",
            None,
            "a personal call; no sheet has the number",
        ),
        (
            "ambiguous_recording",
            "赵敏/王伟-2611161030.mp3",
            None,
            "two customers of this name, called 18 minutes before and after",
        ),
    ):
        yield Fault(code, why, customer, f"{DAY}/{source}")
    yield Fault(
        "missing_recording",
        "one of the two has none, whoever the undecided recording belongs to",
        "王伟",
        sheet=OWN_SHEET,
    )
    yield Fault("sheet_unreadable", "only text under a spreadsheet's name", sheet=OLD_SHEET)


def _write(folder: Path, source: str, content: bytes, at: time) -> None:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    _stamp(path, at)


def _stamp(path: Path, at: time) -> None:
    moment = datetime.combine(DAY, at, ZONE).timestamp()
    os.utime(path, (moment, moment))


def main(folder: str) -> None:
    office = build(Path(folder))
    print(f"{len(office.recordings)} recordings and 3 sheets of {office.day} in {office.inbox}")
    for fault in office.faults:
        place = fault.source or f"{fault.sheet}{f':{fault.line}' if fault.line else ''}"
        print(f"  {fault.code}: {fault.customer or '-'}, {place}: {fault.why}")


if __name__ == "__main__":
    main(sys.argv[1])
