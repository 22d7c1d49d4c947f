"""What the auditor's questions cost over an archive of ten million recordings.

    python -m bench.searching --folder DIR --recordings 10000000

makes the catalogue in DIR (and goes on where it was stopped), then asks each kind of question many
times, each time of another customer, number or day, and tells median and 95th percentile. With
`--url postgresql+psycopg://...` it does the same in a database that is there, and empty or its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

from sqlalchemy import insert, select

from archive.catalogue.database import Catalogue, open_catalogue, sqlite_url
from archive.catalogue.schema import changed, customer, customer_number, recording, sheet, sheet_row
from archive.catalogue.search import Query
from archive.catalogue.search_index import fresh
from audit.asking import spell
from audit.looking import look_for
from bench.admission_sets import forget_file

TODAY = date(2026, 11, 16)
DAYS = 2500
"""Working days, or nearly: ten years."""
COLLECTORS = [f"催收员{number:02}" for number in range(40)]
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋"
    "余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫"
    "阎雷龙段郝史陶贺毛顾龚邵万覃武钱戴严莫孔向常单仇查解盖乐"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志文海波春梅红玉兰云龙飞鹏宇"
    "浩凯健俊峰山东生光辉斌"
)
_A_HUNDREDTH = 100
Opened = Callable[[], AbstractContextManager[Catalogue]]
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    recordings: int

    @property
    def customers(self) -> int:
        return max(50, self.recordings // 50)

    def name(self, id: int) -> str:
        random = Random(id)
        given = "".join(random.choices(_GIVEN, k=random.choice((1, 2, 2))))
        return random.choice(_SURNAMES) + given

    def phone(self, id: int) -> str:
        return f"1{30 + id % 70:02}{(id * 7919) % 100_000_000:08}"

    def day(self, id: int) -> date:
        return TODAY - timedelta(days=DAYS - 1 - id * DAYS // (self.recordings + 1))


def make(catalogue: Catalogue, size: Size) -> None:
    """Fills the catalogue up to `size`; what is there stays."""
    with catalogue.reading() as tx:
        last = tx.execute(select(recording.c.id).order_by(recording.c.id.desc())).scalar() or 0
    if not last:
        with catalogue.transaction() as tx:
            _customers(tx, size)
    for first in range(last + 1, size.recordings + 1, _BATCH):
        with catalogue.transaction() as tx:
            _some(tx, size, range(first, min(first + _BATCH, size.recordings + 1)))
            tx.execute(changed.delete())  # no custody files are wanted here
        print(f"{first + _BATCH - 1} recordings", file=sys.stderr, flush=True)


def _customers(tx: Any, size: Size) -> None:
    ids = range(1, size.customers + 1)
    named = [(id, size.name(id)) for id in ids]
    tx.execute(
        insert(customer),
        [
            {
                "id": id,
                "key": f"{name}|{id}",
                "name": name,
                "folder": f"{name} ({id})",
                "folder_fold": f"{name} ({id})",
                "spelling": name,
            }
            for id, name in named
        ],
    )
    numbers = [{"customer_id": id, "number": size.phone(id)} for id in ids]
    tx.execute(insert(customer_number), numbers)
    tx.execute(
        insert(sheet).values(
            id=1,
            source="sheet.xlsx",
            sha256="0" * 64,
            day=TODAY,
            arrived_at=datetime(2026, 11, 16, tzinfo=UTC),
            state="read",
            columns=[],
            problems=[],
        )
    )


def _some(tx: Any, size: Size, ids: range) -> None:
    rows, made = [], []
    for id in ids:
        random = Random(id)
        whom, day = random.randint(1, size.customers), size.day(id)
        name, who = size.name(whom), random.choice(COLLECTORS)
        at = datetime(
            day.year, day.month, day.day, random.randint(0, 11), random.randint(0, 59), tzinfo=UTC
        )
        held = random.randrange(500) == 0
        rows.append(_row(id, day, who, name, size.phone(whom), random))
        path = f"{name} ({whom})/{day}/{id}.mp3"
        made.append(
            {
                "id": id,
                "sha256": f"{id:064x}",
                "size": 400_000,
                "source": f"{day}/{who}/通话录音@{name}_{id}.mp3",
                "day": day,
                "call_day": day,
                "collector": who,
                "arrived_at": at,
                "path": path,
                "path_fold": path,
                "filed": not held,
                "started_at": at,
                "numbers": size.phone(whom),
                "duration_seconds": random.uniform(5, 300),
                "condition": "damaged" if random.randrange(1000) == 0 else "complete",
                "silent": random.randrange(1000) == 0,
                "verdict": "ambiguous" if held else "matched",
                "customer_id": None if held else whom,
                "row_id": None if held else id,
            }
        )
    tx.execute(insert(sheet_row), rows)
    tx.execute(insert(recording), made)


def _row(id: int, day: date, who: str, name: str, phone: str, random: Random) -> dict[str, Any]:
    return {
        "id": id,
        "sheet_id": 1,
        "key": f"s|t|{id}",
        "tab": "t",
        "line": id,
        "day": day,
        "collector": who,
        "department": random.choice(("法规部", "信用部")),
        "customer_name": name,
        "numbers": [phone],
        "reached": random.random() < 0.7,
        "raw": [],
        "problems": [],
    }


def questions(size: Size) -> Mapping[str, Callable[[Random], Query]]:
    """Each kind of question, by what is asked."""

    def whom(random: Random) -> int:
        return random.randint(1, size.customers)

    def name(random: Random) -> str:
        return size.name(whom(random))

    def sound(random: Random) -> str:
        return min(one for one in spell(name(random))[1] if len(one) > 3)

    def day(random: Random) -> date:
        return TODAY - timedelta(days=random.randrange(DAYS - 31))

    def month(random: Random, **more: Any) -> Query:
        first = day(random)
        return Query(first=first, last=first + timedelta(days=30), **more)

    def one_day(random: Random) -> Query:
        on = day(random)
        return Query(first=on, last=on, collector=random.choice(COLLECTORS))

    return {
        "nothing, the newest": lambda _: Query(),
        "name": lambda random: Query(words=(name(random),)),
        "first two characters": lambda random: Query(words=(name(random)[:2],)),
        "surname": lambda random: Query(words=(name(random)[0],)),
        "a character within": lambda random: Query(words=(name(random)[-1],)),
        "pinyin": lambda random: Query(words=(sound(random),)),
        "initials": lambda random: Query(words=(min(spell(name(random))[1], key=len),)),
        "two initials": lambda random: Query(words=("".join(random.choices("wlzcyhg", k=2)),)),
        "number": lambda random: Query(words=(size.phone(whom(random)),)),
        "last four": lambda random: Query(words=(size.phone(whom(random))[-4:],)),
        "four within": lambda random: Query(phone=size.phone(whom(random))[4:8]),
        "collector": lambda random: Query(collector=random.choice(COLLECTORS)),
        "day and collector": one_day,
        "30 days": month,
        "30 days and collector": lambda random: month(random, collector=random.choice(COLLECTORS)),
        "30 days and surname": lambda random: month(random, words=(name(random)[0],)),
        "name and collector": lambda random: Query(
            words=(name(random),), collector=random.choice(COLLECTORS)
        ),
        "held": lambda _: Query(status="held"),
        "damaged in 30 days": lambda random: month(random, status="damaged"),
        "not reached in 30 days": lambda random: month(random, reached=False),
        "department, long calls": lambda _: Query(department="法", shortest=290),
        "page 200 of a surname": lambda random: Query(words=(name(random)[0],), skip=199 * 50),
    }


def ask(opened: Opened, size: Size, times: int) -> Iterator[tuple[str, Sequence[float]]]:
    """Each kind of question with the milliseconds that it took; `opened` gives the catalogue."""
    for kind, question in questions(size).items():
        random, took = Random(kind), []
        for _ in range(times):
            query = question(random)
            with opened() as catalogue:
                began = time.perf_counter()
                look_for(catalogue, query)
                took.append((time.perf_counter() - began) * 1000)
        yield kind, took


@contextmanager
def _cold(url: str, file: Path) -> Iterator[Catalogue]:
    with closing(open_catalogue(url)) as catalogue:
        with catalogue.reading() as tx:
            tx.execute(select(1))
        forget_file(file)
        yield catalogue


def _file(folder: Path, size: Size) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return sqlite_url(folder / f"{size.recordings}.sqlite")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--folder", type=Path)
    where.add_argument("--url")
    parser.add_argument("--recordings", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--cold", action="store_true", help="of a catalogue on the disk alone")
    asked = parser.parse_args(arguments)
    if asked.cold and asked.url:
        parser.error("--cold is for a catalogue in --folder")
    size = Size(asked.recordings)
    url = asked.url or _file(asked.folder, size)
    with closing(open_catalogue(url)) as catalogue:
        make(catalogue, size)
        with fresh(catalogue, spell, _progress()):
            pass
        if not asked.cold:
            _tell(ask(lambda: nullcontext(catalogue), size, asked.times))
    if asked.cold:
        file = asked.folder / f"{size.recordings}.sqlite"
        _tell(ask(partial(_cold, url, file), size, asked.times))


def _progress() -> Callable[[int, int], None]:
    began, done = time.perf_counter(), 0

    def progress(more: int, total: int) -> None:
        nonlocal done
        done += more
        if done % 100_000 < more:
            rate = done / (time.perf_counter() - began)
            print(f"{done} of {total} entered, {rate:.0f}/s", file=sys.stderr, flush=True)

    return progress


def _tell(asked: Iterator[tuple[str, Sequence[float]]]) -> None:
    for kind, took in asked:
        worst = quantiles(took, n=20)[-1]
        print(f"{kind:24} p50 {median(took):8.1f} ms  p95 {worst:8.1f} ms", flush=True)


if __name__ == "__main__":
    main()
