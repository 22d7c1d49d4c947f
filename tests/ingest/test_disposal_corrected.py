"""A recording is to go and waits for a mirror, and meanwhile a sheet says that it is another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from config.custody_said import sentence
from config.language import LANGUAGES, Words
from config.settings import FolderMirror
from ingest.hold_told import tell_add
from tests.ingest.people import Person
from tests.ingest.retiring import LATER, Keeper, disposals, entries, two_customers
from tests.ingest.small_office import SHEET, SmallOffice, sheet
from tests.s3_server import S3Server

LIU = ("刘海燕", "13869170000", "9:40")
CORRECTED = {
    "张三": [("张三", "15405381201", "9:12"), LIU],
    "_holding": [LIU],
}
"""Whose 陈建国's recording is by then: somebody's, or nobody's."""
WHY_BACK = {"张三": "reassigned", "_holding": "undecided"}
SAYS = {
    "张三": {"zh": "改判给别的客户", "en": "another customer's"},
    "_holding": {"zh": "归属不再明确", "en": "not clear any more"},
}


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


@pytest.mark.parametrize(
    ("whose", "held"),
    [
        ("张三", None),
        ("张三", "张三"),
        ("张三", "陈建国"),
        ("_holding", None),
        ("_holding", "陈建国"),
    ],
)
def test_what_a_corrected_sheet_takes_from_its_customer_stays(
    desk: SmallOffice, server: S3Server, nas: Path, unplugged: Path, whose: str, held: str | None
) -> None:
    """Whoever is under legal hold by then; what the bucket had removed already it gets again."""
    assert folders(server.folder / server.bucket) == []
    desk.drop(SHEET, sheet(CORRECTED[whose]), time(13))
    desk.ingest(LATER)
    if held is not None:
        tell_add(Person(desk, at=LATER).desk, held, "诉讼", "json")
    unplugged.rename(nas)
    desk.ingest(LATER)
    assert folders(desk.archive) == [whose]
    assert folders(server.folder / server.bucket) == folders(nas) == [whose]
    assert sorted(map(str, disposals(desk))) == ["None", "disposed"]
    (back,) = entries(desk, "disposal_withdrawn")
    assert back["reason"] == WHY_BACK[whose]
    assert entries(desk, "decided")[-1]["seq"] > back["seq"]


@pytest.mark.usefixtures("unplugged")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whose", CORRECTED)
def test_its_custody_says_why_it_stays(desk: SmallOffice, whose: str, language: str) -> None:
    desk.drop(SHEET, sheet(CORRECTED[whose]), time(13))
    desk.ingest(LATER)
    (back,) = entries(desk, "disposal_withdrawn")
    said = sentence(back)
    assert said is not None
    assert SAYS[whose][language] in Words(language).say(said)


def test_of_another_row_of_its_customer_it_goes_all_the_same(
    desk: SmallOffice, nas: Path, unplugged: Path
) -> None:
    desk.drop(SHEET, sheet([("陈建国", "15405381201", "9:13"), LIU]), time(13))
    desk.ingest(LATER)
    unplugged.rename(nas)
    desk.ingest(LATER)
    assert folders(desk.archive) == folders(nas) == []


@pytest.mark.usefixtures("unplugged")
@pytest.mark.parametrize("whose", CORRECTED)
def test_what_a_kill_left_gone_stays_whose_it_was(desk: SmallOffice, whose: str) -> None:
    """Its file was deleted, and the catalogue does not say so yet."""
    without = replace(desk, settings=replace(desk.settings, further=()))
    for path in desk.kept():
        (desk.archive / path).unlink()
    desk.drop(SHEET, sheet(CORRECTED[whose]), time(13))
    without.ingest(LATER)
    assert disposals(desk) == ["disposed", "disposed"]
    assert entries(desk, "disposal_withdrawn") == []
    assert {one["archive_path"].split("/")[0] for one in desk.report()["recordings"]} == {
        "刘海燕",
        "陈建国",
    }
