"""An export of a thousand recordings, and whether others' tools find every flipped bit in it.

`python -m tests.audit.thousand [--recordings N] [--flips N] [--seed N]` prints what came of it and
ends with 1 where anything was not as it should be. It works in a folder that it removes again.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from audit import verify_bag
from tests.audit.offices import DAY, ZONE, Row, miui
from tests.audit.packages import by_bagit, by_program, by_sha256sum, flip, stamping, tree
from tests.desk import Desk
from tests.stamp_authority import StampAuthority

T = TypeVar("T")

LAST = "tagmanifest-sha256.txt"
OWN = (LAST, "manifest-sha256.txt", "bag-info.txt", "bagit.txt")
A_DAY = 50
"""Recordings; every tenth call has none."""
NAMES = (
    "陈建国",
    "100%客户",
    "<b>刘</b>海燕",
    "王伟",
    "CON",
    "阿卜杜拉·买买提",
    "ＡＢＣ机械",
    "O'Neil",
)


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.audit.thousand")
    asked.add_argument("--recordings", type=int, default=1000)
    asked.add_argument("--flips", type=int, default=100)
    asked.add_argument("--seed", type=int, default=1)
    wanted = asked.parse_args(arguments)
    os.environ["NO_PROXY"] = "*"
    with (
        tempfile.TemporaryDirectory() as folder,
        StampAuthority(Path(folder) / "authority") as authority,
    ):
        desk = timed("taken in", lambda: office(Path(folder), authority, wanted.recordings))
        package = timed("exported", lambda: export(desk, Path(folder) / "package"))
        wrong = sound(desk, package, authority)
        wrong += all_at_once(package)
        wrong += one_by_one(package, wanted.flips, random.Random(wanted.seed))
    print("\n".join(wrong) or "all is as it should be")
    return 1 if wrong else 0


def timed(what: str, do: Callable[[], T]) -> T:
    began = time.monotonic()
    done = do()
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)
    return done


def office(folder: Path, authority: StampAuthority, recordings: int) -> Desk:
    desk = Desk(folder / "office", more=f"[custody]\n{stamping(authority)}")
    for number in range(recordings // A_DAY):
        hand_over(desk, DAY - timedelta(days=number), number)
    as_of = datetime.combine(DAY, datetime.min.time().replace(hour=16, minute=30), ZONE)
    done = desk.run("ingest", "--as-of", as_of.isoformat(), NO_PROXY="*")
    print(done.stdout.splitlines()[0])
    return desk


def hand_over(desk: Desk, day: date, number: int) -> None:
    rows = []
    for call in range(A_DAY + A_DAY // 10):
        phone = f"154{number:03d}{call:05d}"
        at = (datetime.combine(day, datetime.min.time()) + timedelta(minutes=540 + 8 * call)).time()
        rows.append(Row(NAMES[call % len(NAMES)], phone, at))
        if call < A_DAY:
            desk.office.record(miui("某人", phone, at, day), day=day)
    desk.office.sheet(*rows, source=f"{day}/电话催收客户信息记录表.xlsx", day=day)


def export(desk: Desk, target: Path) -> Path:
    done = desk.run("export", "-o", str(target))
    print(done.stdout, end="")
    assert done.exit_code == 0, done.output
    return target


def sound(desk: Desk, package: Path, authority: StampAuthority) -> list[str]:
    """What anybody's tool says against the package as it was made."""
    files = tree(package)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.0f} MB")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    wrong = timed("bagit-python", lambda: by_bagit(package))
    wrong += timed("sha256sum -c", lambda: by_sha256sum(package))
    wrong += by_sha256sum(package, "custody/entries.sha256")
    wrong += timed("verify.py", lambda: by_program(package))
    stamps = sorted((package / "custody").glob("*.tsr"))
    wrong += [one.name for one in stamps if not authority.verifies(one.with_suffix(".jsonl"), one)]
    print(f"openssl ts -verify: {len(stamps)} time stamps")
    again = export(desk, package.with_name("again"))
    if tree(again) != files:
        wrong.append("exported again it has other bytes")
    export(desk, package.with_name("package.zip"))
    unpack = "import zipfile; zipfile.ZipFile('package.zip').extractall('unpacked')"
    subprocess.run([sys.executable, "-c", unpack], cwd=package.parent, check=True)
    if tree(package.with_name("unpacked") / "callvault") != files:
        wrong.append("the ZIP has other files")
    return wrong


def all_at_once(package: Path) -> list[str]:
    """A bit in each file but the bag's own, each of which each tool must name."""
    files = [name for name in tree(package) if name not in OWN]
    kept = {name: (package / name).read_bytes() for name in files}
    chance = random.Random(0)
    for name in files:
        flip(package / name, chance.randrange(8 * len(kept[name])))
    told = {
        "bagit-python": "\n".join(by_bagit(package)),
        "sha256sum": "\n".join(by_sha256sum(package)),
        "verify.py": "\n".join(problems(package)),
    }
    for name, contents in kept.items():
        (package / name).write_bytes(contents)
    print(f"a bit in each of {len(files)} files at once: each is to be named by each tool")
    return [f"{tool}: {name}" for tool, said in told.items() for name in files if name not in said]


def one_by_one(package: Path, flips: int, chance: random.Random) -> list[str]:
    """A bit in one file at a time; the bag's own files come first, and as often as there are."""
    names = [*OWN] * 4 + [name for name in tree(package) if name not in OWN]
    chosen = names[: 4 * len(OWN)] + chance.sample(names[4 * len(OWN) :], flips)
    wrong, passed_over = [], 0
    for name in chosen:
        path = package / name
        before = path.read_bytes()
        flip(path, chance.randrange(8 * len(before)))
        if name == LAST and path.read_bytes().lower().strip() == before.strip():
            passed_over += 1  # says the same; its own SHA-256 does not
            assert problems(package)
        else:
            tools = (by_bagit, by_sha256sum, problems)
            wrong += [f"{tool.__name__}: {name}" for tool in tools if not tool(package)]
        path.write_bytes(before)
    print(f"one bit at a time: {len(chosen)}, of them {passed_over} a letter's case in {LAST}")
    return wrong


def problems(package: Path) -> list[str]:
    checked = verify_bag.check(verify_bag.opened(package))
    return [where for _, where in checked.problems]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
