"""What is disposed of goes from every mirror first, and all who read the catalogue know of it."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive import s3
from archive.catalogue.consistency import check_log
from archive.catalogue.consistency import compare as consistent
from archive.catalogue.database import open_catalogue
from archive.catalogue.further import Further
from archive.catalogue.search import Query, search
from archive.catalogue.search_index import fresh
from archive.comparing_sides import Comparing
from archive.connecting import connect
from archive.fixity import Level, Slice
from archive.further_copies import FurtherCopies
from archive.places import InArchive, InMirror
from archive.rebuilding import rebuild
from archive.repair import Repair
from archive.restoring import fetch_custody, restore
from archive.store import Store
from archive.verify import Verifying
from audit import verify_bag
from audit.asking import spell
from audit.export import Exported, Wanted, export
from config.settings import FolderMirror
from ingest.errors import WordError
from ingest.hold_told import tell_add
from ingest.inbox_pass import Clock
from ingest.retention_told import Order, tell_apply
from tests.ingest.people import LIU, Person
from tests.ingest.retiring import LATER, Keeper, disposals, entries, two_customers
from tests.ingest.small_office import DAY, SHEET, SmallOffice
from tests.s3_server import ENVIRONMENT, S3Server


@pytest.fixture
def desk(tmp_path: Path, server: S3Server, nas: Path) -> SmallOffice:
    """With a bucket and a folder, in both of which everything is."""
    desk = two_customers(tmp_path).with_mirror(server.endpoint_url)
    desk = replace(desk, settings=replace(desk.settings, further=(FolderMirror("nas", nas),)))
    assert desk.ingest().problems == ()
    return desk


def recordings(folder: Path) -> list[str]:
    """Customers and holding, of what lies in a mirror."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(one.split("/")[0] for one in paths if not one.startswith("."))


def test_it_goes_from_all_mirrors_and_the_archive(
    desk: SmallOffice, server: S3Server, nas: Path
) -> None:
    bucket = server.folder / server.bucket
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    assert keeper.apply(1)["disposed"] == 1
    assert recordings(bucket) == recordings(nas) == recordings(desk.archive) == ["陈建国"]
    order = entries(desk, "disposal_ordered", "removed", "disposed")
    assert (order[0]["event"], order[-1]["event"]) == ("disposal_ordered", "disposed")
    assert {one.get("mirror") for one in order if one["event"] == "removed"} == {None, "nas"}
    assert desk.rows()["outbox"] == []


def test_a_computer_whose_clock_is_years_ahead_orders_nothing(
    desk: SmallOffice, server: S3Server
) -> None:
    ahead = Keeper(desk, at=datetime.now(LATER.tzinfo) + timedelta(days=20 * 366))
    ahead.draw_up()
    order = Order(ahead.signed, "李经理", "保存期满", 2)
    own = replace(ahead.desk, clock=Clock(lambda: ahead.at))
    with pytest.raises(WordError) as caught:
        tell_apply(own, order, lambda _: "", "json")
    assert caught.value.message.key == "retention.clock_ahead"
    assert disposals(desk) == [None, None]
    server.stop()  # then nobody knows better, and what it has keeps the files
    assert json.loads(tell_apply(own, order, lambda _: "", "json").output)["disposed"] == 0
    assert sorted(desk.kept()) != []


def test_every_reader_understands_it(desk: SmallOffice) -> None:
    before = desk.report()
    Keeper(desk).dispose(2)
    now = lambda: LATER  # noqa: E731 - a clock
    store = Store(desk.archive)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        assert desk.settings.mirror is not None
        objects = connect(desk.settings.mirror, desk.archive, catalogue)
        for copies in (InArchive(store), InMirror(objects)):
            run = Verifying(catalogue, copies, 1, now).run(Level.CONTENTS, Slice(1, 1)).verification
            assert (run.seen, run.faults) == (0, 0)
        beside = connect(desk.settings.further[0], desk.archive, catalogue)
        further = FurtherCopies(catalogue, Further("nas"), beside, 1, now)
        looked = list(further.verify(Level.CONTENTS, Slice(1, 1), store))
        assert {seen.flaw for _, seen in looked} == {None}
        assert {one.kept.recording for one, _ in looked} == {None}
        for name, side in (("", objects), ("nas", beside)):
            told = Comparing(catalogue, store, side, *([name] if name else [])).run()
            assert {one.code.sign.value for one in told} <= {"=", "~"}
        fixing = Repair(catalogue, store, objects, desk.inbox, now)
        assert [one.kept for one in fixing.run([1, 2], dry_run=False)] == []
        assert restore(catalogue, store, objects).missing == ()
        assert [*check_log(catalogue), *consistent(catalogue, Slice(1, 1))] == []
    assert desk.kept() == {}
    assert desk.report()["findings"] == before["findings"]
    assert {one["mirror"]["state"] for one in desk.report()["recordings"]} == {"off"}


def test_a_rebuilt_catalogue_keeps_it_disposed_of(desk: SmallOffice) -> None:
    Keeper(desk).dispose(2)
    known = {name: rows for name, rows in desk.rows().items() if name in ("disposal", "recording")}
    rebuild(Store(desk.archive), desk.settings.catalogue.url, LATER)
    assert {name: desk.rows()[name] for name in known} == known
    desk.ingest(LATER)
    assert desk.kept() == {}
    assert disposals(desk) == ["disposed", "disposed"]


def test_a_computer_that_is_lost_gets_nothing_of_it_back_from_the_mirror(
    desk: SmallOffice,
) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    keeper.apply(1)
    (desk.archive / ".callvault/catalogue.sqlite").unlink()
    for path in desk.kept():
        (desk.archive / path).unlink()
    store = Store(desk.archive)
    assert desk.settings.mirror is not None
    objects = s3.connect(desk.settings.mirror)
    fetch_custody(store, objects)
    rebuild(store, desk.settings.catalogue.url, LATER)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        came = restore(catalogue, store, objects)
    assert (came.fetched, came.missing) == (1, ())
    assert disposals(desk).count("disposed") == 1


def test_while_a_mirror_is_away_the_file_stays_and_goes_later(
    desk: SmallOffice, server: S3Server, nas: Path
) -> None:
    away = nas.rename(nas.with_name("unplugged"))
    told = Keeper(desk).dispose(2)
    assert (len(told["ordered"]), told["disposed"]) == (2, 0)
    assert recordings(server.folder / server.bucket) == []
    assert recordings(desk.archive) == ["刘海燕", "陈建国"]
    assert Keeper(desk).due()["ordered"] == 2
    away.rename(nas)
    desk.ingest(LATER)
    assert recordings(nas) == recordings(desk.archive) == []
    assert disposals(desk) == ["disposed", "disposed"]


def test_the_bucket_is_away(desk: SmallOffice, server: S3Server) -> None:
    server.stop()
    keeper = Keeper(desk)
    keeper.draw_up()
    told = keeper.order(2, "text")
    assert "the next pass goes on" in told.notes[0]
    assert recordings(desk.archive) == ["刘海燕", "陈建国"]
    server.start()
    desk.ingest(LATER)
    assert recordings(server.folder / server.bucket) == recordings(desk.archive) == []


def test_a_hold_that_comes_while_a_mirror_is_away_takes_the_order_back(
    desk: SmallOffice, server: S3Server, nas: Path
) -> None:
    away = nas.rename(nas.with_name("unplugged"))
    Keeper(desk).dispose(2)
    tell_add(Person(desk, at=LATER).desk, "陈建国", "诉讼", "json")
    away.rename(nas)
    desk.ingest(LATER)
    assert sorted(disposals(desk), key=str) == [None, "disposed"]
    assert recordings(desk.archive) == ["陈建国"]
    assert recordings(server.folder / server.bucket) == recordings(nas) == ["陈建国"]
    (back,) = entries(desk, "disposal_withdrawn")
    assert back["reason"] == "legal_hold"
    assert [one["sha256"] for one in entries(desk, "disposed")] != [back["sha256"]]


def test_a_mirror_that_is_listed_no_more_holds_nothing_up(desk: SmallOffice, nas: Path) -> None:
    without = replace(desk, settings=replace(desk.settings, further=()))
    assert Keeper(without).dispose(2)["disposed"] == 2
    assert recordings(nas) == ["刘海燕", "陈建国"]
    desk.ingest(LATER)  # once it is listed again
    assert recordings(nas) == []


def test_something_else_in_its_place_is_put_aside_and_not_deleted(
    desk: SmallOffice, nas: Path
) -> None:
    away = nas.rename(nas.with_name("unplugged"))
    Keeper(desk).dispose(2)
    (path, *_) = desk.kept()
    (desk.archive / path).write_bytes(b"what somebody else put there")
    away.rename(nas)
    desk.ingest(LATER)
    assert desk.kept() == {}
    (told,) = [one for one in entries(desk, "disposed") if one["file"] == "altered"]
    assert (desk.archive / told["aside"]).read_bytes() == b"what somebody else put there"


def test_an_export_and_a_search_say_what_is_gone(desk: SmallOffice, tmp_path: Path) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    keeper.apply(1)
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        with fresh(catalogue, spell) as tx:
            told = {one.customer: one.status for one in search(tx, Query())}
            gone = [one.customer for one in search(tx, Query(status="disposed"))]
        target = tmp_path / "package"
        wanted = Wanted(
            Query(first=DAY), target, with_sheets=True, by="li", version="1", with_vcons=True
        )
        done = export(catalogue, desk.settings, wanted, LATER, lambda *_: None)
    assert told == {"陈建国": "filed", "刘海燕": "disposed"}
    assert gone == ["刘海燕"]
    assert isinstance(done, Exported)
    (calls,) = target.rglob("calls.csv")
    assert "已按规定销毁" in calls.read_text("utf-8-sig")
    assert len([*target.rglob("*.amr")]) == len([*target.rglob("*.vcon")]) == 1
    assert verify_bag.main([str(target)]) == 0
    (report,) = target.rglob("report.html")
    assert LIU.rpartition("/")[2] in report.read_text("utf-8")


def test_a_sealed_mirror_loses_it_too(tmp_path: Path, server: S3Server) -> None:
    key = tmp_path / "callvault.key"
    key.write_text("a-password-of-some-length\n", "utf-8")
    desk = two_customers(tmp_path / "office").with_mirror(server.endpoint_url)
    assert desk.settings.mirror is not None
    sealed = replace(desk.settings.mirror, key_file=key)
    desk = replace(desk, settings=replace(desk.settings, mirror=sealed))
    assert desk.ingest().problems == ()
    assert len(recordings(server.folder / server.bucket)) == 2
    assert Keeper(desk).dispose(2)["disposed"] == 2
    assert recordings(server.folder / server.bucket) == recordings(desk.archive) == []


# In a bucket with Object Lock


@pytest.fixture
def locking(tmp_path: Path, ministack: str, monkeypatch: pytest.MonkeyPatch) -> SmallOffice:
    """An office whose bucket locks everything until its retention ends, by the server's clock."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    bucket = tmp_path.name.replace("_", "-").lower()
    desk = two_customers(tmp_path).with_mirror(ministack, bucket)
    assert desk.settings.mirror is not None
    mirror = replace(desk.settings.mirror, lock="governance")
    desk = replace(desk, settings=replace(desk.settings, mirror=mirror))
    s3.connect(mirror)._client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    assert desk.ingest().problems == ()
    return desk


def versions(desk: SmallOffice) -> list[tuple[str, str]]:
    """Customer and id of every version of a recording in the bucket."""
    assert desk.settings.mirror is not None
    client = s3.connect(desk.settings.mirror)._client
    told = client.list_object_versions(Bucket=desk.settings.mirror.bucket).get("Versions", [])
    found = [(one["Key"], one["VersionId"]) for one in told]
    return sorted((key, id) for key, id in found if not key.startswith("."))


def test_what_the_store_locks_is_told_kept_until_its_day_and_tried_again(
    locking: SmallOffice,
) -> None:
    before = versions(locking)
    assert {key.split("/")[0] for key, _ in before} == {"陈建国", "刘海燕"}
    keeper = Keeper(locking)
    keeper.draw_up()
    told = keeper.order(2, "text")
    assert told.notes == ()  # nobody can do anything about it
    assert "2 objects are deleted" in told.output
    assert "until 2031-11-16 16:00 UTC" in told.output
    assert keeper.due()["locked_objects"] == 2
    assert locking.kept() == {}
    assert disposals(locking) == ["disposed", "disposed"]
    assert versions(locking) == before
    owed = [row for row in locking.rows()["outbox"] if "remove" in row]
    assert owed
    assert all("store.version_locked" in str(row) for row in owed)
    summary = locking.ingest(LATER + timedelta(days=1))
    assert summary.problems == ()
    assert summary.attention.refused_by_mirror == 0
    assert locking.settings.mirror is not None
    client = s3.connect(locking.settings.mirror)._client
    for key, id in before:  # the day comes
        client.delete_object(
            Bucket=locking.settings.mirror.bucket,
            Key=key,
            VersionId=id,
            BypassGovernanceRetention=True,
        )
    locking.ingest(LATER + timedelta(days=2))
    assert [row for row in locking.rows()["outbox"] if "remove" in row] == []


def test_where_nothing_is_locked_older_versions_go_along(
    tmp_path: Path, ministack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    bucket = tmp_path.name.replace("_", "-").lower()
    desk = two_customers(tmp_path).with_mirror(ministack, bucket)
    assert desk.settings.mirror is not None
    s3.connect(desk.settings.mirror)._client.create_bucket(
        Bucket=bucket, ObjectLockEnabledForBucket=True
    )
    its_sheet = (desk.inbox / SHEET).rename(tmp_path / "sheet.csv")
    desk.ingest()
    its_sheet.rename(desk.inbox / SHEET)
    desk.ingest()
    assert [key.split("/")[0] for key, _ in versions(desk)] == [
        *("_holding", "_holding"),
        *("刘海燕", "陈建国"),
    ]
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    keeper.apply(1)
    assert [key.split("/")[0] for key, _ in versions(desk)] == ["_holding", "陈建国"]
