"""`callvault selftest`: tries on the office's own disk and bucket what callvault relies on.

`callvault check` asks cheap questions; this does the real things, in places that are emptied again.
What it tries of the bucket, `check` tries too, and keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from archive.connecting import bare
from archive.selftest_catalogue import catalogue_trials
from archive.selftest_disk import disk_trials
from archive.selftest_store import store_trials
from archive.trial import Outcome, Result, Trial, failed, passed
from config.language import Message, Words
from config.settings import FolderMirror, Mirror, Settings
from ingest.fitness import clock_check

DONE, A_MUST_IS_MISSING, LOOK_AT_IT = 0, 1, 3
_STEP = timedelta(seconds=1)
"""A clock that moves by more while it is looked at is being set, or jumps."""
MARKS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Clocks:
    now: Callable[[], datetime]
    """By the computer's clock, in the office's zone."""
    monotonic: Callable[[], float]
    """Seconds that never go back."""


def tried(settings: Settings, clocks: Clocks) -> Iterator[Trial]:
    """All trials, as they are made; it takes some seconds."""
    begun, counted = clocks.now(), clocks.monotonic()
    yield from disk_trials(settings.archive.path)
    yield from catalogue_trials(settings.catalogue.url)
    yield from _mirror(settings.mirror, clocks)
    for one in settings.further:
        trials = _further(one, settings.archive.path, clocks)
        yield from (replace(trial, of=one.name) for trial in trials)
    sane = clock_check(begun)
    outcome = Outcome.PASS if sane.fit else Outcome.FAIL
    yield Trial("clock", "year", False, Result(outcome, sane.message))
    passing = timedelta(seconds=clocks.monotonic() - counted)
    yield Trial("clock", "steady", False, _steady(clocks.now() - begun - passing))
    yield Trial("clock", "zone", False, _zone(begun))


def exit_code(trials: Iterable[Trial]) -> int:
    open_ones = [one for one in trials if one.result.outcome is not Outcome.PASS]
    if any(one.must and one.result.outcome is Outcome.FAIL for one in open_ones):
        return A_MUST_IS_MISSING
    return LOOK_AT_IT if open_ones else DONE


def line(one: Trial, words: Words) -> str:
    """As people read it: mark, part, what was tried, what came of it."""
    mark, what = MARKS[one.result.outcome], words(f"selftest.try_{one.part}_{one.name}")
    named = f" {one.of}" if one.of else ""
    return f"{mark} {words(f'check.{one.part}')}{named} · {what}: {_said(one, words)}"


def as_json(one: Trial, words: Words) -> dict[str, object]:
    return {
        "part": one.part,
        **({"mirror": one.of} if one.of else {}),
        "name": one.name,
        "outcome": one.result.outcome.value,
        "must": one.must,
        "message": _said(one, words),
    }


def _said(one: Trial, words: Words) -> str:
    said, means = words.say(one.result.message), one.result.means
    return words("selftest.and_so", does=said, means=words.say(means)) if means else said


def _mirror(mirror: Mirror | None, clocks: Clocks) -> Iterator[Trial]:
    if mirror is None:
        off = Result(Outcome.PASS, Message.of("check.mirror_off"))
        yield Trial("mirror", "reached", False, off)
        return
    from archive.selftest_s3 import bucket_trials

    yield from bucket_trials(mirror, clocks.now)


def _further(mirror: Mirror | FolderMirror, archive: Path, clocks: Clocks) -> Iterator[Trial]:
    if isinstance(mirror, FolderMirror):
        return store_trials(bare(mirror, archive), f"{clocks.now():%Y%m%d%H%M%S%f}")
    return _mirror(mirror, clocks)


def _steady(moved: timedelta) -> Result:
    seconds = f"{moved.total_seconds():+.1f}"
    return failed("clock_jumped", seconds=seconds) if abs(moved) > _STEP else passed("clock_steady")


def _zone(now: datetime) -> Result:
    """Told: times are kept in UTC and shown in the office's zone, whatever the computer's is."""
    office, computer = f"{now:%z}", f"{now.astimezone():%z}"
    return passed("zone" if office == computer else "zones", office=office, computer=computer)
