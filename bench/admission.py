"""What admission costs beside the limits of the machine and other programs' copies of an inbox.

    python -m bench.admission --large 2000 --small 20000 --rounds 3

All are run in turn, each into an empty folder of the same disk, and once more with nothing new;
those that take minutes are run in the first round alone.
What they made is removed at the very end, for on ext4 whoever makes files after many were removed
pays for it: it takes as many inboxes of room as there are rows times rounds.
The inbox is in the system's cache, or with `--cold` it is not. Not for Windows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.admission_peers import Command, Peer, environment, peers
from bench.admission_sets import Corpus, forget, large, lay, small

ROOT = Path(__file__).parents[1]
BASE = "cp -r; syncfs"
AGAIN = ", nothing new"
_ENDS = {0, 3}
"""3: callvault says that recordings are held, for no sheet names their customers."""


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float
    """Seconds, as `cpu`."""
    cpu: float
    peak: float
    """Megabytes of memory, of the largest process."""


Took = Mapping[str, Sequence[Cost]]


def cost(command: Command, says: bool) -> Cost:
    """Runs a command to its end; RuntimeError if it fails."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        started = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=out, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(started.pid, 0)
        wall = time.perf_counter() - began
        started.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        told = out.read().decode("utf-8", "replace")
    if started.returncode not in _ENDS:
        raise RuntimeError(f"{command}: {started.returncode}: {told[-500:]}")
    if says:
        wall = float(told.split()[-1])
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def run(corpus: Corpus, rounds: int, place: Path, *, cold: bool, only: Sequence[str]) -> Took:
    """What each took in each round."""
    took: dict[str, list[Cost]] = {}
    inbox = place / "inbox"
    lay(corpus, inbox)
    chosen = {name: peer for name, peer in peers().items() if not only or name in only}
    for turn in range(rounds):
        for number, (name, peer) in enumerate(chosen.items()):
            if turn and peer.slow:
                continue
            target = place / f"{turn}-{number}"
            for said, one in _one(name, peer, inbox, target, corpus.count, cold).items():
                took.setdefault(said, []).append(one)
                print(f"{turn + 1}: {said} {one.wall:.2f} s", file=sys.stderr, flush=True)
    return took


def _one(
    name: str, peer: Peer, inbox: Path, target: Path, count: int, cold: bool
) -> Mapping[str, Cost]:
    target.mkdir()
    if cold:
        forget(inbox)
    os.sync()  # what was written before is no part of what comes
    took = {name: cost(peer.command(inbox, target), peer.says)}
    if peer.held:
        there = sum(1 for path in target.rglob("*.mp3") if path.is_file())
        if there != count:
            raise RuntimeError(f"{name} left something out: {there}")
    if peer.again:
        took[name + AGAIN] = cost(peer.command(inbox, target), peer.says)
    return took


def table(took: Took) -> str:
    """Medians, with the least and the most, and the ratio to `cp -r; syncfs` in the same round."""
    lines = []
    for name, each in took.items():
        walls = [one.wall for one in each]
        line = f"  {name:40} wall {median(walls):6.2f} s ({min(walls):.2f}-{max(walls):.2f})"
        line += f"  CPU {median(one.cpu for one in each):6.2f} s"
        line += f"  {max(one.peak for one in each):4.0f} MB"
        if AGAIN not in name and BASE in took:
            # Of each round its own ratio: what else the machine does changes from one to the next.
            ratios = [one.wall / base.wall for one, base in zip(each, took[BASE], strict=False)]
            line += f"  to {BASE} {median(ratios):5.2f}"
        lines.append(line)
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=2000, help="recordings of 0.5 MB")
    parser.add_argument("--small", type=int, default=20_000, help="recordings of 40 KB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cold", action="store_true", help="the inbox is not in the cache")
    parser.add_argument("--only", nargs="*", default=(), help="rows of the table")
    parser.add_argument("--folder", help="for inbox and copies; else a temporary one")
    asked = parser.parse_args(arguments)
    for corpus in (large(asked.large), small(asked.small)):
        if not corpus.count:
            continue
        with tempfile.TemporaryDirectory(dir=asked.folder) as place:
            took = run(corpus, asked.rounds, Path(place), cold=asked.cold, only=asked.only)
        cache = "cold" if asked.cold else "warm"
        print(f"{corpus.name}, {corpus.megabytes:.0f} MB, {cache} cache")
        print(table(took), flush=True)


if __name__ == "__main__":
    main()
