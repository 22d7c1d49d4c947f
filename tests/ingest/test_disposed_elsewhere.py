"""What is to be disposed of while a mirror's settings name another store than had it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.fixity import Level, Place
from audit.repairing import repair
from audit.verification import Wanted, verify
from tests.ingest.retiring import LATER, Keeper, disposals, entries, two_customers
from tests.ingest.small_office import SmallOffice
from tests.s3_server import S3Server


@pytest.fixture
def desk(tmp_path: Path, server: S3Server) -> SmallOffice:
    desk = two_customers(tmp_path).with_mirror(server.endpoint_url)
    assert desk.ingest().problems == ()
    return desk


def in_bucket(server: S3Server, bucket: str) -> list[str]:
    folder = server.folder / bucket
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(one.split("/")[0] for one in paths if not one.startswith("."))


def elsewhere(desk: SmallOffice, server: S3Server) -> SmallOffice:
    """The same office; somebody wrote another bucket into its settings."""
    (server.folder / "others").mkdir()
    assert desk.settings.mirror is not None
    other = replace(desk.settings.mirror, bucket="others")
    return replace(desk, settings=replace(desk.settings, mirror=other))


def test_what_another_bucket_has_keeps_the_file(desk: SmallOffice, server: S3Server) -> None:
    moved = elsewhere(desk, server)
    keeper = Keeper(moved)
    keeper.draw_up()
    told = keeper.order(2, "text")
    assert "name another bucket" in told.notes[0]
    assert len(moved.kept()) == 2
    assert in_bucket(server, server.bucket) == ["刘海燕", "陈建国"]
    assert entries(moved, "removed", "disposed") == []
    summary = moved.ingest(LATER)
    assert "store.mirror_lacks" in {one.key for one in summary.problems}
    assert disposals(moved) == ["ordered", "ordered"]
    desk.ingest(LATER)  # the settings are put right
    assert in_bucket(server, server.bucket) == []
    assert disposals(desk) == ["disposed", "disposed"]


def test_of_a_mirror_beside_the_first_likewise(desk: SmallOffice, server: S3Server) -> None:
    first = desk.settings.mirror
    assert first is not None
    (server.folder / "second").mkdir()
    second = replace(first, name="second", bucket="second")
    both = replace(desk, settings=replace(desk.settings, further=(second,)))
    both.ingest()
    (server.folder / "others").mkdir()
    other = replace(second, bucket="others")
    moved = replace(desk, settings=replace(desk.settings, further=(other,)))
    assert Keeper(moved).dispose(2)["disposed"] == 0
    assert in_bucket(server, server.bucket) == []
    assert in_bucket(server, "second") == ["刘海燕", "陈建国"]
    told = {dict(one.values)["name"]: one.key for one in moved.ingest(LATER).problems}
    assert told == {"second": "store.mirror_lacks"}
    assert len(moved.kept()) == 2
    both.ingest(LATER)  # the settings are put right
    assert in_bucket(server, "second") == []
    assert disposals(both) == ["disposed", "disposed"]


def test_it_goes_on_once_the_other_bucket_was_brought_up_to_all(
    desk: SmallOffice, server: S3Server
) -> None:
    moved = elsewhere(desk, server)
    Keeper(moved).dispose(2)
    with closing(open_catalogue(moved.settings.catalogue.url)) as catalogue:
        wanted = Wanted((Place.MIRROR,), Level.PRESENCE, 1, 1, restart=False)
        verify(catalogue, moved.settings, wanted, lambda: LATER, lambda *_: None)
        repair(catalogue, moved.settings, None, lambda: LATER, dry_run=False)
    assert moved.ingest(LATER).problems == ()
    assert disposals(moved) == ["disposed", "disposed"]
