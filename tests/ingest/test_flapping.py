"""Equal input, equal decisions: whatever the order in which files, corrections and words came."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import WordError
from tests.ingest.people import Person
from tests.ingest.small_office import DAY, SmallOffice, office, recorded, sheet
from tests.ingest.small_office import sound as whole_sound

NEXT = date(2026, 11, 17)
SHEETS = (f"{DAY}/王芳/记录表.csv", f"{NEXT}/王芳/记录表.csv")
CHEN = recorded("陈建国", "15405381201", "091207")
BARE = recorded("154 0538 1201", "15405381201", "092000")
ZHAO = recorded("工地老赵", "15405387777", "101530")
ZHAO_NEXT = f"{NEXT}/王芳/通话录音@工地老赵(15405387777)_20261117103000.amr"
LIU_NEXT = f"{NEXT}/王芳/刘海燕-2611171000.amr"
WANG = f"{DAY}/王芳/王伟-2611161030.amr"
RECORDINGS = (CHEN, BARE, ZHAO, ZHAO_NEXT, LIU_NEXT, WANG)
OTHER_NAME = f"{DAY}/王芳/通话录音@陈建国(15405381201)_20261116092000.amr"
"""Of the bytes of `BARE`."""

CHEN_ROW = ("陈建国", "15405381201", "9:12")
LIU_ROW = ("刘海燕", "13869170000", "9:40")
WANGS = [("王伟", "15405381401", "10:12"), ("王伟", "15405381402", "10:48")]
VERSIONS: Sequence[Sequence[list[tuple[str, str, str]]]] = (
    [[CHEN_ROW, LIU_ROW, *WANGS], [CHEN_ROW, *WANGS], [("陈建军", "15405381201", "9:12"), LIU_ROW]],
    [[("刘海燕", "", "10:00"), ("陈建国", "", "9:00")], [("刘海燕", "13869170000", "10:00")]],
)
"""Of the sheet of each day."""


@dataclass(frozen=True, slots=True)
class End:
    """What has come and been said in the end."""

    sheets: tuple[int, int]
    """The versions of the sheets that count."""
    words: tuple[tuple[str, str | None], ...]
    """The last word on a recording, whose it is or, without a customer, that it stays held."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file that arrives, or one thing that is said."""

    source: str
    version: int | None = None
    """Of a sheet."""
    said: str | None = None
    """A customer, or `held`."""


def sound(number: int) -> bytes:
    return whole_sound(number)[:1000]


def take(desk: SmallOffice, step: Step, turn: int) -> None:
    if step.said == "held":
        Person(desk).unassign(step.source)
    elif step.said is not None:
        Person(desk).assign(step.source, step.said)
    elif step.version is not None:
        rows = VERSIONS[SHEETS.index(step.source)][step.version]
        desk.drop(step.source, sheet(rows), time(12, 0, turn))
    else:
        number = RECORDINGS.index(BARE if step.source == OTHER_NAME else step.source)
        desk.drop(step.source, sound(number))
    desk.ingest()


def lying(desk: SmallOffice) -> dict[str, Any]:
    """By each recording's bytes, whose it is, its row, and why. A customer's folder is named once,
    in the order in which customers are met, and never again."""
    found = {}
    for day in (DAY, NEXT):
        for one in desk.report(day)["recordings"]:
            if one["status"] == "duplicate":
                continue
            reasons = [reason for reason in one["reasons"] if not reason.startswith("assigned")]
            found[one["sha256"]] = (one["status"], one["customer"], one["call"], tuple(reasons))
            assert (desk.archive / one["archive_path"]).is_file()
    assert len(desk.kept()) == len(found)
    return found


@cache
def straight(end: End) -> dict[str, Any]:
    """Everything arrives at once in its last form, and then people speak."""
    with TemporaryDirectory() as folder:
        desk = office(Path(folder))
        for source in (*RECORDINGS, OTHER_NAME):
            number = RECORDINGS.index(BARE if source == OTHER_NAME else source)
            desk.drop(source, sound(number))
        for source, versions, version in zip(SHEETS, VERSIONS, end.sheets, strict=True):
            desk.drop(source, sheet(versions[version]))
        desk.ingest()
        for source, said in end.words:
            take(desk, Step(source, said=said or "held"), 0)
        return lying(desk)


ENDS = (
    End((0, 0), ()),
    End((0, 1), ((ZHAO, "陈建国"),)),
    End((1, 0), ((ZHAO, "陈建国"), (CHEN, None))),
    End((2, 1), ((BARE, None),)),
)


def steps(end: End) -> st.SearchStrategy[list[Step]]:
    """All that came and was said, in any order that leads to `end`: versions of a sheet that were
    corrected, and things said before the last word, in between."""
    arrivals = [Step(source) for source in (*RECORDINGS, OTHER_NAME)]
    last = [Step(source, version) for source, version in zip(SHEETS, end.sheets, strict=True)]
    wrong = [
        Step(source, version)
        for source, versions in zip(SHEETS, VERSIONS, strict=True)
        for version in range(len(versions))
    ]
    chosen = st.lists(st.sampled_from(wrong), max_size=2)
    return chosen.flatmap(lambda before: st.permutations([*arrivals, *before])).map(
        lambda order: [*order, *last]
    )


@settings(max_examples=3, deadline=None)
@pytest.mark.parametrize("end", ENDS)
@given(data=st.data())
def test_whatever_the_order_the_same_end_is_reached(end: End, data: st.DataObject) -> None:
    order = data.draw(steps(end))
    sooner = data.draw(st.lists(st.sampled_from(("陈建国", "刘海燕", "held")), max_size=2))
    with TemporaryDirectory() as folder:
        desk = office(Path(folder))
        for turn, step in enumerate(order):
            take(desk, step, turn)
            early = turn == len(order) - 2
            for source, _ in end.words if early else ():
                for said in sooner:
                    with suppress(WordError):  # nobody of that name is known yet, or several are
                        take(desk, Step(source, said=said), turn)
        for source, last in end.words:
            take(desk, Step(source, said=last or "held"), 0)
        reached = lying(desk)
        assert reached == straight(end)
        before = desk.kept(), desk.rows()
        desk.ingest()
        assert (desk.kept(), desk.rows()) == before


def test_a_customer_who_is_known_of_a_day_that_comes_late_is_known_to_later_days(
    tmp_path: Path,
) -> None:
    """Also where the later day's own row has no number: it was another customer's before."""
    desk = office(tmp_path)
    for turn, step in enumerate((Step(LIU_NEXT), Step(SHEETS[1], 0), Step(SHEETS[0], 0))):
        take(desk, step, turn)
    straightway = office(tmp_path / "straight")
    for turn, step in enumerate((Step(SHEETS[0], 0), Step(SHEETS[1], 0), Step(LIU_NEXT))):
        take(straightway, step, turn)
    assert [row[1] for row in named(desk)] == [row[1] for row in named(straightway)]
    assert lying(desk) == lying(straightway)


def named(desk: SmallOffice) -> list[tuple[object, object]]:
    """Each row that counts with the key of the customer whom it names."""
    rows = desk.rows()
    keys = {row[0]: row[1] for row in rows["customer"]}
    read = {row[0] for row in rows["sheet"] if "read" in row}
    return sorted(
        (str(row[2]), str(keys.get(row[CUSTOMER]))) for row in rows["sheet_row"] if row[1] in read
    )


CUSTOMER = 19
"""Column of the table `sheet_row`."""
