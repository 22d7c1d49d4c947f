"""What callvault costs beside its peers and the machine's limits, in short: `make bench`.

    python -m bench.everything

Runs a short form of every bench that compares callvault with something, one after the other, and
goes on where one fails. The whole of each is its own command; `docs/performance.md` says what came
of them. Not for Windows.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHORT = {
    "Admission, and a second pass": "bench.admission --large 100 --small 1000 --rounds 3",
    "A pass over known files": "bench.known_files --rounds 3",
    "Start": "bench.starting",
    "Reading": "bench.reading --calls 20",
    "Matching": "bench.cost --most 2000",
    "A day's report": "bench.report_cost",
    "Mirroring": "bench.mirroring --large 200 --small 1000 --rounds 1",
    "Encrypting a mirror": "bench.sealing",
    "Comparing archive and bucket": "bench.comparing --recordings 5000 --rounds 1",
}
"""Searching is left out: its ten million recordings take an hour to make, `make bench-search`."""


def main() -> int:
    failed = []
    for title, command in SHORT.items():
        print(f"\n{title}: python -m {command}", flush=True)
        done = subprocess.run([sys.executable, "-m", *command.split()], cwd=ROOT, check=False)
        if done.returncode:
            failed.append(title)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
