"""A recording is to go and waits for a mirror, and meanwhile a sheet says that it is another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from config.settings import FolderMirror
from ingest.hold_told import tell_add
from tests.ingest.people import Person
from tests.ingest.retiring import LATER, Keeper, two_customers
from tests.ingest.small_office import SHEET, SmallOffice, sheet
from tests.s3_server import S3Server

LIU = ("刘海燕", "13869170000", "9:40")
CORRECTED = {
    "张三": [("张三", "15405381201", "9:12"), LIU],
    "_holding": [LIU],
}
"""Whose 陈建国's recording is by then: somebody's, or nobody's."""


@pytest.fixture
def desk(tmp_path: Path, server: S3Server, nas: Path) -> SmallOffice:
    """With a bucket and a folder, in both of which everything is."""
    desk = two_customers(tmp_path).with_mirror(server.endpoint_url)
    desk = replace(desk, settings=replace(desk.settings, further=(FolderMirror("nas", nas),)))
    assert desk.ingest().problems == ()
    return desk


@pytest.fixture
def unplugged(desk: SmallOffice, nas: Path) -> Path:
    """Both recordings were ordered to go, which the folder holds up."""
    away = nas.rename(nas.with_name("unplugged"))
    assert Keeper(desk).dispose(2)["disposed"] == 0
    return away


def folders(root: Path) -> list[str]:
    """Customers and holding, of the recordings below a folder."""
    paths = (path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file())
    return sorted(one for one in paths if not one.startswith("."))


@pytest.mark.parametrize("whose", CORRECTED)
def test_what_a_hold_takes_back_is_filed_as_the_corrected_sheet_says(
    desk: SmallOffice, server: S3Server, nas: Path, unplugged: Path, whose: str
) -> None:
    desk.drop(SHEET, sheet(CORRECTED[whose]), time(13))
    desk.ingest(LATER)
    tell_add(Person(desk, at=LATER).desk, "陈建国", "诉讼", "json")
    unplugged.rename(nas)
    desk.ingest(LATER)
    desk.ingest(LATER)  # the object follows once the folder of its former key is asked
    assert folders(desk.archive) == [whose]
    assert folders(server.folder / server.bucket) == folders(nas) == [whose]
