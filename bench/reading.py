"""What reading costs: names and sheets beside hashing the same files, a probe beside mutagen.

    python -m bench.reading --rounds 5

Both sides of each comparison are run in turn, and the ratios of their medians told: they hold on
other machines too, the milliseconds do not.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import mutagen
import xlsxwriter

from ingest.evidence import gather
from ingest.opening import Opening
from ingest.probe import probe
from ingest.prober import Prober
from ingest.sheet import read_sheet
from ingest.sound import listen

AUDIO = Path(__file__).parents[1] / "tests" / "audio"
DAY = date(2026, 11, 16)
ZONE = ZoneInfo("Asia/Shanghai")
HEADER = (
    "序号", "客户姓名", "联系电话", "通话时间", "是否接通", "预计存款时间", "车辆位置",
    "工作小时数", "备注",
)  # fmt: skip
FORMS = (
    "通话录音@{name}({number})_20261116{hour:02}{minute:02}00.mp3",
    "{name}-261116{hour:02}{minute:02}.mp3",
    "{number} 2026-11-16 {hour:02}-{minute:02}-05.mp3",
    "{name}@{number}_20261116{hour:02}{minute:02}30.mp3",
    "录音 {name} 11月16日 {hour}点{minute:02}分.mp3",
)
COLLECTORS = ("王芳", "李娜", "赵敏", "周强", "陈静", "杨帆", "徐丽", "孙浩", "马超", "朱琳")
TIMES = 8
"""That a call of 27 seconds is repeated: one of three and a half minutes, of 0.4 MB."""


def hand_off(folder: Path, calls: int, times: int = TIMES) -> tuple[list[Path], list[Path]]:
    """A day of ten collectors with `calls` recordings and a sheet each: recordings and sheets."""
    sound = (AUDIO / "calls" / "27.mp3").read_bytes() * times
    recordings, sheets = [], []
    for collector in COLLECTORS:
        place = folder / DAY.isoformat() / collector
        place.mkdir(parents=True)
        said = [_call(number) for number in range(calls)]
        for number, call in enumerate(said):
            recordings.append(place / FORMS[number % len(FORMS)].format(**call))
            recordings[-1].write_bytes(sound)
        sheets.append(place / "电话催收客户信息记录表.xlsx")
        with xlsxwriter.Workbook(sheets[-1]) as book:
            tab = book.add_worksheet()
            tab.write_row(0, 0, [f"部门：信贷部  催收员：{collector}  日期：2026年11月16日"])
            tab.write_row(1, 0, HEADER)
            for line, call in enumerate(said, 2):
                tab.write_row(line, 0, _row(line, call))
    return recordings, sheets


def _call(number: int) -> dict[str, object]:
    name = "张" + chr(0x4E00 + number)
    hour, minute = 9 + number // 60 % 8, number % 60
    return {"name": name, "number": 13800000000 + number * 7, "hour": hour, "minute": minute}


def _row(line: int, call: dict[str, object]) -> Sequence[object]:
    at = f"{call['hour']}:{call['minute']:02}"
    return (
        line,
        call["name"],
        str(call["number"]),
        at,
        "已接通",
        "11月20日",
        "济宁",
        8,
        "同意还款",
    )


def spent(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def reading(rounds: int, calls: int, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        recordings, sheets = hand_off(Path(folder), calls, times)
        sources = [path.relative_to(folder).as_posix() for path in (*recordings, *sheets)]
        read, listed = sources[: len(recordings)], sources[len(recordings) :]

        def names() -> None:
            for source in read:
                gather(source, ZONE, DAY)

        def rows() -> None:
            with Opening() as opening:
                for path, source in zip(sheets, listed, strict=True):
                    read_sheet(path, source, ZONE, DAY, None, opening=opening)

        def hashing() -> None:
            for path in (*recordings, *sheets):
                with path.open("rb") as file:
                    hashlib.file_digest(file, "sha256")

        taken = [(spent(names), spent(rows), spent(hashing)) for _ in range(rounds + 1)][1:]
    each = [median(column) for column in zip(*taken, strict=True)]
    ratio = median((first + second) / third for first, second, third in taken)
    count = len(recordings)
    print(f"{count} recordings, {len(sheets)} sheets of {calls} rows; ms a recording:")
    for label, total in zip(("names", "sheets", "hashing"), each, strict=True):
        print(f"  {label:8} {total / count:.3f}")
    print(f"names and sheets / hashing: {ratio:.2f}")


def probing(rounds: int) -> None:
    paths = sorted(path for name in ("calls", "formats") for path in (AUDIO / name).iterdir())
    best = [_best(path, rounds) for path in paths]
    alone, tags, heard = (median(column) for column in zip(*best, strict=True))
    apart = _process(20 * rounds)
    print(f"{len(paths)} samples in every format; median ms a file:")
    told = {"probe": alone, "process": apart, "mutagen": tags, "level": heard}
    for label, taken in told.items():
        print(f"  {label:8} {taken:.2f}")
    print(f"probe / mutagen: {alone / tags:.1f}; through the process {(alone + apart) / tags:.1f}")


def _best(path: Path, rounds: int) -> tuple[float, float, float]:
    """The least that probe, mutagen and the level of one file took."""
    found = probe(path)
    works = (lambda: probe(path), lambda: _tags(path), lambda: listen(path, found))
    taken = [tuple(map(spent, works)) for _ in range(rounds)]
    first, second, third = (min(column) for column in zip(*taken, strict=True))
    return first, second, third


def _process(rounds: int) -> float:
    """What asking another process adds: an empty file has nothing to decode."""
    with tempfile.TemporaryDirectory() as folder, Prober() as prober:
        path = Path(folder) / "empty.mp3"
        path.touch()
        prober.look(path)
        works = (lambda: prober.look(path), lambda: probe(path))
        taken = [(spent(works[0]), spent(works[1])) for _ in range(rounds)]
    return median(asked for asked, _ in taken) - median(alone for _, alone in taken)


def _tags(path: Path) -> None:
    with suppress(mutagen.MutagenError):  # it refuses a fragmented M4A
        mutagen.File(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.reading")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=50, help="of each collector")
    parser.add_argument("--times", type=int, default=TIMES, help="27 seconds, for each recording")
    given = parser.parse_args()
    reading(given.rounds, given.calls, given.times)
    probing(given.rounds)


if __name__ == "__main__":
    main()
