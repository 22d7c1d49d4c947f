"""What the report of a day costs beside reading the day's rows and writing the same bytes.

    python -m bench.report_cost --rows 2000 --rounds 5

Both are run in turn, and the medians of their ratios told, of the CPU that they take: machines are
busy. With `--days` the catalogue holds so many working days more of 200 rows each, which the
calendar counts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from archive.catalogue.database import Catalogue, open_catalogue
from audit import report as reports
from audit.facts import gather
from bench import report_days
from config.settings import Archive, Handoff, Inbox, Office, Report, Settings
from config.settings import Catalogue as CatalogueAt

DAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 16, 20, 0, tzinfo=report_days.ZONE)
FORMS = ("text", "json", "html", "xlsx")
_OTHER_ROWS = 200


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--days", type=int, default=0)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(open_catalogue(f"sqlite:///{folder / 'catalogue.sqlite'}")) as catalogue:
            for day in report_days.working_days(DAY, given.days + 1)[:-1]:
                report_days.enter(catalogue, day, _OTHER_ROWS)
            report_days.enter(catalogue, DAY, given.rows)
            _compare(catalogue, _settings(folder), given.rounds)
            if given.days:
                _range(catalogue, _settings(folder))


def _settings(folder: Path) -> Settings:
    return Settings(
        office=Office("bench", report_days.ZONE, "zh"),
        inbox=Inbox(folder / "inbox", 10, 300, "polling", 100),
        handoff=Handoff(time(17)),
        archive=Archive(folder, "{date}"),
        catalogue=CatalogueAt(""),
        mirror=None,
        report=Report(time(20), folder / "reports"),
    )


def _compare(catalogue: Catalogue, settings: Settings, rounds: int) -> None:
    asked: Mapping[str, Sequence[str]] = {
        **{form: [form] for form in FORMS}, "every night": reports.NIGHTLY_FORMS
    }  # fmt: skip
    ratios: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, forms in asked.items():
            made = _seconds(partial(_make, catalogue, settings, forms))
            written = [_path(settings, form).read_bytes() for form in forms]
            plain = _seconds(partial(_read_and_write, catalogue, settings, written))
            ratios[name].append(made / plain)
            size = sum(map(len, written))
            print(f"{name:12} {made * 1000:7.0f} ms, beside {plain * 1000:5.0f}; {size:9,} bytes")
    for name, found in ratios.items():
        print(f"{name:12} {median(found):.2f} ({min(found):.2f} to {max(found):.2f})")


def _make(catalogue: Catalogue, settings: Settings, forms: Sequence[str]) -> None:
    compiled = reports.compile_days(catalogue, settings, [DAY], NOW)
    past = reports.calendar_of(catalogue, [DAY] if "html" in forms else [])
    for form in forms:
        look = reports.Look(past=past)
        reports.write(compiled, form, _path(settings, form), settings.archive.path, look)


def _read_and_write(catalogue: Catalogue, settings: Settings, written: Sequence[bytes]) -> None:
    with catalogue.reading() as tx:
        gather(tx, DAY)
    for content in written:
        _path(settings, "plain").write_bytes(content)


def _range(catalogue: Catalogue, settings: Settings) -> None:
    """All days of the catalogue as one page."""
    asked = reports.asked_for(catalogue, None, date.min, DAY).days
    path = _path(settings, "html")

    def make() -> None:
        compiled = reports.compile_days(catalogue, settings, asked, NOW)
        look = reports.Look(ranged=True, past=reports.calendar_of(catalogue, asked))
        reports.write(compiled, "html", path, settings.archive.path, look)

    print(f"{len(asked)} days as one page: {_seconds(make):.1f} s, {path.stat().st_size:,} bytes")
    print(f"the calendar alone: {_seconds(lambda: _calendar(catalogue)) * 1000:.0f} ms")


def _calendar(catalogue: Catalogue) -> None:
    reports.calendar_of(catalogue, [DAY])


def _path(settings: Settings, form: str) -> Path:
    return settings.archive.path / f"report.{form}"


def _seconds(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


if __name__ == "__main__":
    main()
