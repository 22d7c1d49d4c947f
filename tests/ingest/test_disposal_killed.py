"""An order to dispose of recordings, killed before some of its writes: all of it or nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import count
from pathlib import Path

from archive.rebuilding import rebuild
from archive.store import Store
from tests.dying import killed
from tests.ingest.retiring import LATER, Keeper, disposals, entries, two_customers
from tests.ingest.small_office import SmallOffice


def test_killed_anywhere_it_is_ordered_or_not_and_the_next_pass_ends_it(tmp_path: Path) -> None:
    desk = two_customers(tmp_path)
    desk.ingest()
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    before = tmp_path / "before"
    shutil.copytree(desk.archive, before)
    came: Counter[str] = Counter()
    for write in count(1, 3):  # `tests/crash` takes every call
        again(desk, before)
        if not killed(lambda _: keeper.apply(1), write):
            break
        ordered = len(entries(desk, "disposal_ordered"))
        desk.ingest(LATER)
        assert judged(desk) == ("disposed" if ordered else "kept")
        came[judged(desk)] += 1
        if write % 4 != 1:  # the rest costs as much again, and hangs on the point no more
            continue
        rows, kept = desk.rows(), desk.kept()
        desk.ingest(LATER)
        assert (desk.rows(), desk.kept()) == (rows, kept)
        if ordered:  # what custody files say is enough
            rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER)
            assert judged(desk) == "disposed"
    assert came["kept"]
    assert came["disposed"] > 1


def again(desk: SmallOffice, before: Path) -> None:
    shutil.rmtree(desk.archive)
    shutil.copytree(before, desk.archive)


def judged(desk: SmallOffice) -> str:
    """What became of the one recording in the list; the other one is never touched."""
    told = disposals(desk)
    folders = sorted(path.split("/")[0] for path in desk.kept())
    gone = len(entries(desk, "disposed"))
    if (told, folders, gone) == ([None, None], ["刘海燕", "陈建国"], 0):
        return "kept"
    assert (sorted(map(str, told)), folders, gone) == (["None", "disposed"], ["陈建国"], 1)
    return "disposed"
