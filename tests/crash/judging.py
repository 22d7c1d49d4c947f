"""Whether a ruined office keeps the promises: as it is found, after a pass, after a second one."""

from __future__ import annotations

from collections.abc import Mapping

from tests.crash.place import Look, Place, fingerprint
from tests.crash.promises import settled, standing
from tests.crash.scenarios import INGEST
from tests.crash.stage import DONE, NEEDS_A_PERSON, Stage, outcome

Outcome = Mapping[str, object]


class Judge:
    """Judges each state of a stage once, however often it is come to."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._known: dict[str, tuple[str, ...]] = {}
        self._ends: dict[str, list[str]] = {}

    @property
    def states(self) -> int:
        return len(self._known)

    def violations(self, here: Place, *, meanwhile: bool = True) -> tuple[str, ...]:
        """What is broken; works on in the place, which is good for nothing afterwards.

        `meanwhile`: what the scenario has happen before the next pass is yet to happen.
        """
        found = fingerprint(here)
        if found not in self._known:
            self._known[found] = tuple(self._judged(here, meanwhile))
        return self._known[found]

    def _judged(self, here: Place, meanwhile: bool) -> list[str]:
        stage = self._stage
        if broken := standing(stage.look(here), stage.terms):
            return broken
        if meanwhile and stage.scenario.meanwhile:
            stage.scenario.meanwhile(here.desk)
        ended = stage.run(here, INGEST)
        if ended.code not in (DONE, NEEDS_A_PERSON):
            return [f"P3: the next pass ended with {ended.code}: {ended.said[-500:]}"]
        after = stage.look(here)
        if broken := settled(after, stage.terms):
            return broken
        # Most states end in one of a few, which are reported on and passed over once.
        told = _told(after)
        if told not in self._ends:
            self._ends[told] = self._ended(here, after)
        return self._ends[told]

    def _ended(self, here: Place, after: Look) -> list[str]:
        stage = self._stage
        came = outcome(here, stage.folder)
        if not any(_alike(came, one, stage) for one in stage.outcomes):
            return [f"P5, P6: the day came out differently: {_difference(came, stage.outcomes[0])}"]
        before = fingerprint(here)
        stage.run(here, INGEST)
        same = (stage.look(here), fingerprint(here)) == (after, before)
        return [] if same else ["P3: a second pass changed something"]


def _told(seen: Look) -> str:
    """The same for what is the same, however database and custody files are cut."""
    told = ["recording", "inbox_file", "customer", "sheet", "sheet_row", "word", "act"]
    told += ["custody", "disposal"]
    rows = {table: sorted(map(str, seen.of(table))) for table in told}
    return repr((seen.inbox, seen.kept, rows))


def _alike(came: Outcome, wanted: Outcome, stage: Stage) -> bool:
    """What was reached before the sheet was corrected meanwhile is told, and may differ."""
    history = ("findings", "custody") if stage.scenario.meanwhile else ()
    return all(came[key] == wanted[key] for key in wanted if key not in history)


def _difference(came: Outcome, wanted: Outcome) -> str:
    differ = [f"{key}: {came[key]} for {wanted[key]}" for key in wanted if came[key] != wanted[key]]
    return "; ".join(differ)[:600]
