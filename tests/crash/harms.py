"""Ways of doing harm to a program at work, each at every point of a scenario where it can be done.

Each yields the point, in words, and what was broken by it. Which points are taken is asked before
anything is done: `picked` is told each in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, groupby
from pathlib import Path

import archive.store
from tests.crash.judging import Judge
from tests.crash.place import Place
from tests.crash.powercut import cut_states
from tests.crash.promises import settled, standing
from tests.crash.scenarios import INGEST
from tests.crash.stage import Stage
from tests.crash.trace import Call
from tests.dying import die_before
from tests.ingest.small_office import sha256

Picked = Callable[[str], bool]
Harmed = Iterator[tuple[str, Sequence[str]]]
Harm = Callable[[Stage, Judge, Picked], Harmed]

ERRORS = ("EIO", "ENOSPC", "EACCES")
KILL = "signal=SIGKILL"
_ENDS = (0, 1, 2, 3)
_STRANGE = b"not ours"


def kills(stage: Stage, judge: Judge, picked: Picked) -> Harmed:
    """At each call that alters office or bucket: at others the same is left as at the next such."""
    for call in _altering(stage):
        if not picked(str(call.point)):
            continue
        here = stage.copy()
        ended = stage.strike(here, stage.scenario.command, call.point, KILL)
        if not ended.killed:
            raise AssertionError(f"the program has no {call.point} this time: {ended}")
        yield str(call.point), judge.violations(here)
        here.remove()


def kills_twice(stage: Stage, judge: Judge, picked: Picked) -> Harmed:
    """At each such call, and the next pass again: somewhere else in it each time."""
    points = [call.point for call in _altering(stage)]
    for number, point in enumerate(points):
        second = points[(number * 17 + 5) % len(points)]
        if not picked(f"{point}, {second}"):
            continue
        here = stage.copy()
        stage.strike(here, stage.scenario.command, point, KILL)
        if stage.scenario.meanwhile:
            stage.scenario.meanwhile(here.desk)
        if stage.strike(here, INGEST, second, KILL).killed:
            yield f"{point}, {second}", judge.violations(here, meanwhile=False)
        here.remove()


def errors(code: str) -> Harm:
    """Each call that touches office or bucket fails once with this error.

    Of calls in a row of one name on one file, which are in one step, the first and the last.
    """

    def harm(stage: Stage, judge: Judge, picked: Picked) -> Harmed:
        for call in _ends_of_rows(stage.calls):
            if not picked(str(call.point)):
                continue
            here = stage.copy()
            ended = stage.strike(here, stage.scenario.command, call.point, f"error={code}")
            broken = list(judge.violations(here))
            if "Traceback" in ended.said or ended.code not in _ENDS:
                broken.append(f"it ended with {ended.code}: {ended.said[-2000:]}")
            yield str(call.point), broken
            here.remove()

    return harm


def power_cuts(stage: Stage, judge: Judge, picked: Picked) -> Harmed:
    """What may be on the disk where the power fails: what was not synced is there or is not."""
    for moment, lay_down in cut_states(stage):
        if picked(moment):
            here = lay_down()
            yield moment, judge.violations(here)
            here.remove()


def collisions(stage: Stage, _judge: Judge, picked: Picked) -> Harmed:
    """Somebody puts a file where one is about to be named, after all looks at the place."""
    names = sum(call.name.startswith(("rename", "link")) for call in stage.calls)
    for number in range(1, names + 1):
        if not picked(f"name {number}"):
            continue
        here = stage.copy()
        stranger = here.desk.folder / "stranger"
        stage.run(here, stage.scenario.command, before=partial(_in_the_way, number, stranger))
        if stranger.exists():
            yield f"name {number}", _collided(stage, here, stranger)
        here.remove()


def _collided(stage: Stage, here: Place, stranger: Path) -> list[str]:
    """The stranger's file stays what it is through the next pass; once it is gone all is well."""
    stage.run(here, INGEST)
    there = Path(stranger.read_text("utf-8"))
    broken = [] if there.read_bytes() == _STRANGE else ["P1: a file was overwritten"]
    there.unlink(missing_ok=True)
    if any(sha256(_STRANGE) == row["sha256"] for row in stage.look(here).of("recording")):
        broken.append("P1: a stranger's file passes for a recording")
    broken += standing(stage.look(here), stage.terms)
    stage.run(here, INGEST)
    return broken + settled(stage.look(here), stage.terms)


def _in_the_way(number: int, stranger: Path) -> None:
    """In the program's process: right before the `number`-th name is given."""
    publish, given = getattr(archive.store, "publish"), count(1)  # noqa: B009

    def hindered(old: Path, new: Path) -> None:
        if next(given) == number:
            new.write_bytes(_STRANGE)
            stranger.write_text(str(new), "utf-8")
        publish(old, new)

    setattr(archive.store, "publish", hindered)  # noqa: B010  # not exported for others to set


def _altering(stage: Stage) -> list[Call]:
    return [call for call in stage.calls if call.alters]


def _ends_of_rows(calls: Sequence[Call]) -> list[Call]:
    found: list[Call] = []
    for _, row in groupby(calls, lambda call: (call.name, call.paths)):
        first, *others = row
        found += [first, *others[-1:]]
    return found


def writes(rename: str) -> Harm:
    """Right before each write that Python makes, also where there is no strace to do it elsewhere.

    `rename` is the system's own that refuses to overwrite, or `link`, what stands in for it.
    """

    def harm(stage: Stage, judge: Judge, picked: Picked) -> Harmed:
        for number in count(1):
            if not picked(f"write {number}"):
                continue
            here = stage.copy()
            ended = stage.run(here, stage.scenario.command, before=partial(_dying, number, rename))
            if not ended.killed:
                return
            yield f"write {number}", judge.violations(here)
            here.remove()

    return harm


def _dying(number: int, rename: str) -> None:
    die_before(number, rename)


HARMS: dict[str, Harm] = {
    "kill": kills,
    "kill twice": kills_twice,
    "power cut": power_cuts,
    "collision": collisions,
    **{code: errors(code) for code in ERRORS},
    "write": writes("rename"),
    "write, link": writes("link"),
}
