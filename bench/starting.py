"""What commands cost before they do anything: their wall to that of `python -c pass`.

python -m bench.starting --rounds 9
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.admission import Cost, cost
from bench.admission_peers import SETTINGS

BARE = "python -c pass"


def commands(folder: Path) -> Mapping[str, Sequence[str]]:
    """In an office that has nothing yet."""
    settings = folder / "callvault.toml"
    (folder / "inbox").mkdir()
    text = SETTINGS.format(inbox=folder / "inbox", archive=folder / "archive")
    settings.write_text(text, encoding="utf-8")
    start = [sys.executable, "-m", "cli", "--config", str(settings)]
    return {
        BARE: [sys.executable, "-c", "pass"],
        "callvault --help": [sys.executable, "-m", "cli", "--help"],
        "callvault ingest": [*start, "ingest"],
        "callvault search 138": [*start, "search", "138"],
        "callvault custody --verify": [*start, "custody", "--verify"],
        "callvault report": [*start, "report", "--format", "json"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        each = commands(Path(place))
        cost(each["callvault ingest"], says=False)  # makes the catalogue
        took: dict[str, list[Cost]] = {name: [] for name in each}
        for _ in range(asked.rounds):
            for name, command in each.items():
                took[name].append(cost(command, says=False))
    base = median(one.cpu for one in took[BARE])
    for name, some in took.items():
        wall, cpu = median(one.wall for one in some), median(one.cpu for one in some)
        print(f"  {name:24} wall {wall:5.3f} s  CPU {cpu:5.3f} s  CPU to {BARE} {cpu / base:5.1f}")


if __name__ == "__main__":
    main()
