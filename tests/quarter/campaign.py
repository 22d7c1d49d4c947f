"""Quarters of an office, with faults of every kind planted, and reports held against the truth.

    python -m tests.quarter.campaign --seeds 1-20 --days 60

Prints recall and precision of every code; the exit code is 1 where anything was missed or invented.
The same seed makes the same quarter.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

from tests.quarter import machine_faults as machines
from tests.quarter.answers import plan_answers
from tests.quarter.handoff_faults import HANDOFF_FAULTS
from tests.quarter.office import QuarterOffice
from tests.quarter.plan import NoRoomError, Quarter
from tests.quarter.recording_faults import RECORDING_FAULTS
from tests.quarter.row_faults import ROW_FAULTS
from tests.quarter.score import Score
from tests.quarter.working_days import every_day
from tests.s3_server import ENVIRONMENT, S3Server

FAULTS: tuple[Callable[[Quarter], None], ...] = (*HANDOFF_FAULTS, *ROW_FAULTS, *RECORDING_FAULTS)
NOT_PLANTED: Mapping[str, str] = {
    "custody_broken": "whoever alters the log alters it for good, and nothing after it would hold",
    "unread_recording": "a recording is probed at once when it was taken in, or was repaired",
    "passes_stopped": "whatever stops a pass is put right before an hour is over",
    "hold_of_former": "nobody is put under legal hold",
    "retention_due": "whoever is called within a quarter is due years later; `plan_old_recording`",
}
"""Codes that no quarter can have, each with the reason."""
_LOOK_BACK = 1
"""Working days before, whose reports are looked at again each night."""


def planned(seed: int, days: int, often: int) -> Quarter:
    """A quarter with every fault planted `often` times."""
    quarter = Quarter(seed, days)
    machines.plan_weather(quarter)
    machines.plan_empty_afternoon(quarter)
    machines.plan_silent_day(quarter)
    machines.plan_old_recording(quarter)
    machines.plan_troubles(quarter, often)
    machines.plan_harm(quarter, often)
    plan_answers(quarter, often)
    for _ in range(often):
        for fault in FAULTS:
            with suppress(NoRoomError):  # all days of a short quarter may come after the 16th
                fault(quarter)
    quarter.settle()
    machines.expect_of_mirror(quarter)
    return quarter


def lived(quarter: Quarter, folder: Path) -> Score:
    """Lives through it in a new folder; every night and at the end the reports are held against
    the truth.
    """
    score = Score()
    with (
        S3Server(folder / "bucket") as server,
        closing(QuarterOffice(folder, server, quarter)) as office,
    ):
        for night, day in enumerate(quarter.days):
            for between in _holidays_before(quarter, night):
                office.rest(between)
            office.live(night)
            days = quarter.days[max(0, night - _LOOK_BACK) : night + 1]
            score.count(f"night of {day}", office.report(days), quarter.truth.of(days, night))
        every = list(every_day(quarter.days[0], quarter.days[-1]))
        last = len(quarter.days) - 1
        score.count("the end", office.report(every), quarter.truth.of(every, last))
    return score


def _holidays_before(quarter: Quarter, night: int) -> Iterator[date]:
    before = quarter.days[max(0, night - 1)]
    return (day for day in machines.holidays(quarter) if before < day < quarter.days[night])


def main() -> int:
    options = _options()
    logging.disable(logging.ERROR)
    os.environ.update(ENVIRONMENT)
    total = Score()
    for seed in options.seeds:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            score = lived(planned(seed, options.days, options.often), Path(folder))
        total += score
        told = sum(score.found.values())
        wrong = sum(score.missed.values()) + sum(score.invented.values())
        seconds = time.monotonic() - began
        print(f"seed {seed}: {told} told, {wrong} wrong, {seconds:.0f} s", flush=True)
        for complaint in score.complaints[: options.show]:
            print(f"  {complaint}", flush=True)
    print(total.table())
    return 0 if total.perfect else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=_seeds, default=range(1, 4), help="such as 1-20")
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--often", type=int, default=3, help="how often each fault is planted")
    parser.add_argument("--show", type=int, default=20, help="complaints of a seed")
    parser.add_argument("--folder", type=Path, help="where to work; a disk in memory is quick")
    return parser.parse_args()


def _seeds(said: str) -> range:
    first, _, last = said.partition("-")
    return range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    sys.exit(main())
