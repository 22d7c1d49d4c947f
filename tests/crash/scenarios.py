"""What is killed: commands of the small office, each from a state in which much can go wrong.

A scenario is added here and nowhere else; campaign, power cuts and mutants take it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from tests.ingest.small_office import DAY, EVENING, SHEET, SmallOffice, recorded, sheet, sound

CHEN = recorded("154 0538 1201", "15405381201", "091207")
LIU = recorded("刘海燕", "13869170000", "094011")
MOTHER = recorded("妈妈", "15405389999", "120533")
COPY = f"{DAY}/李强/{Path(LIU).name}"
_FIRST = [("陈建国", "15405381201", "9:12"), ("刘海燕", "13869170000", "9:40")]
_CORRECTED = [("马俊峰", "15405381201", "9:12")]

Command = tuple[str, ...]
"""`{folder}` stands for the office's."""
Drop = Callable[[SmallOffice], None]
INGEST: Command = ("ingest", "--as-of", EVENING.isoformat(), "--format", "json")


@dataclass(frozen=True, slots=True)
class Cut:
    """The command, killed at the `count`-th call of this name that alters office or bucket."""

    call: str
    count: int


@dataclass(frozen=True, slots=True)
class Scenario:
    before: Sequence[Command | Drop | Cut]
    """What has happened when the command starts that is killed."""
    command: Command
    numbers: frozenset[int]
    """The sounds that are in the archive in the end."""
    mirrored: bool = False
    act: str | None = None
    """Of a person: it stands or it does not."""
    meanwhile: Drop | None = None
    """What happens between the kill and the next pass."""


def nothing(_desk: SmallOffice) -> None:
    """The inbox stays as it is."""


def recordings(desk: SmallOffice) -> None:
    """Two customers' recordings, a personal call and a duplicate."""
    for source, number in ((CHEN, 1), (LIU, 2), (MOTHER, 3), (COPY, 2)):
        desk.drop(source, brief(number))


def its_sheet(desk: SmallOffice) -> None:
    desk.drop(SHEET, sheet(_FIRST))


def corrected_sheet(desk: SmallOffice) -> None:
    """It gives one recording to another customer and one to nobody."""
    desk.drop(SHEET, sheet(_CORRECTED), time(13))


def correction(desk: SmallOffice) -> None:
    """The sheet is another one, and a file was replaced."""
    corrected_sheet(desk)
    desk.drop(MOTHER, brief(4), time(13))


def brief(number: int) -> bytes:
    """Less than a second, so that the time goes into passes and not into sound."""
    return sound(number)[:1000]


def old_recordings(desk: SmallOffice) -> None:
    """Two customers' of six years ago, with their sheet."""
    rows = [("马俊峰", "15405380001", "9:12"), ("孙志强", "15405380002", "9:40")]
    for number, (customer, phone, _) in enumerate(rows, 5):
        desk.drop(_long_ago(recorded(customer, phone, "091207")), brief(number))
    desk.drop(_long_ago(SHEET), sheet(rows).replace(str(DAY).encode(), b"2020-11-16"))


def _long_ago(source: str) -> str:
    return source.replace(str(DAY), "2020-11-16").replace(f"{DAY:%Y%m%d}", "20201116")


def strike_one_out(desk: SmallOffice) -> None:
    """Of the list of what is due, whose other line is to go."""
    path = desk.archive / ".callvault/due.csv"
    lines = path.read_text("utf-8-sig").splitlines(keepends=True)
    assert len(lines) == 3, lines
    path.write_text("".join(one for one in lines if "孙志强" not in one), "utf-8-sig")


_IN = (INGEST, recordings, its_sheet, INGEST)
_LIST = "{folder}/archive/.callvault/due.csv"
"""Where it is copied along with the archive."""
_DUE: Command = ("retention", "due", "--out", _LIST)
_APPLY: Command = (
    *("retention", "apply", _LIST, "--by", "li", "--reason", "over", "--yes", "1"),
    *("--format", "json"),
)
_OLD = (INGEST, recordings, old_recordings, its_sheet, INGEST, _DUE, strike_one_out)
_ASSIGN: Command = ("assign", MOTHER, "陈建国", "--format", "json")
_SEARCH: Command = ("search", "陈建国", "--format", "json")
_THREE, _FOUR = frozenset({1, 2, 3}), frozenset({1, 2, 3, 4})
SCENARIOS = {
    "begin": Scenario([recordings], INGEST, _THREE),
    "admit": Scenario([INGEST, recordings], INGEST, _THREE),
    "file": Scenario([INGEST, recordings, INGEST, its_sheet], INGEST, _THREE),
    "correct": Scenario([*_IN, correction], INGEST, _FOUR),
    "mirror": Scenario([INGEST, recordings, its_sheet], INGEST, _THREE, mirrored=True),
    "move": Scenario([*_IN, correction], INGEST, _FOUR, mirrored=True),
    "mirror_then_move": Scenario(
        [INGEST, recordings, its_sheet], INGEST, _THREE, mirrored=True, meanwhile=corrected_sheet
    ),
    "assign": Scenario(_IN, _ASSIGN, _THREE, act="assign"),
    "unassign": Scenario(_IN, ("unassign", CHEN, "--format", "json"), _THREE, act="unassign"),
    "undo": Scenario([*_IN, _ASSIGN], ("undo", MOTHER, "--format", "json"), _THREE, act="undo"),
    "undo_pass": Scenario(
        _IN, ("undo", "1", "--format", "json"), _THREE, mirrored=True, act="undo"
    ),
    # Two people saw something since the last pass.
    "accesses": Scenario([*_IN, _SEARCH, _SEARCH], INGEST, _THREE),
    # The mirror has what is to go; then it does not have the custody files that tell so yet.
    "retention": Scenario(_OLD, _APPLY, frozenset({1, 2, 3, 6}), mirrored=True, act="retention"),
    "retention_alone": Scenario(_OLD, _APPLY, frozenset({1, 2, 3, 6}), act="retention"),
    # Published, and the catalogue does not know it yet; its folder is not synced.
    "recover_admit": Scenario([INGEST, recordings, Cut("renameat2", 3)], INGEST, _THREE),
    # One recording lies at its new place, the other at its old one.
    "recover_file": Scenario([*_IN, correction, Cut("renameat2", 4)], INGEST, _FOUR),
    # The first object is there, and the store was not asked to show it.
    "recover_mirror": Scenario(
        [INGEST, recordings, its_sheet, Cut("sendto", 4)], INGEST, _THREE, mirrored=True
    ),
    # Nothing is known to be in the bucket, and all of it may be, when the recordings move.
    "recover_move": Scenario(
        [INGEST, recordings, its_sheet, Cut("sendto", 1), correction], INGEST, _FOUR, mirrored=True
    ),
}
