"""Mirrors beside the first: each gets everything, and one that is away holds up no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalogue.further import Further
from archive.rebuilding import rebuild
from archive.store import Store
from config.settings import FolderMirror, Mirror
from ingest.inbox_pass import Clock, Steps
from ingest.session import open_session
from tests.ingest.people import CHEN, LIU, ROWS, Person
from tests.ingest.small_office import EVENING, SHEET, SmallOffice, office, sheet, sound
from tests.s3_server import S3Server

OWN = (".callvault-mirror/",)
PAPERS = (".callvault/custody/", ".callvault/sheets/")


@pytest.fixture
def desk(tmp_path: Path, server: S3Server, nas: Path) -> SmallOffice:
    """With a bucket and a folder."""
    desk = office(tmp_path).with_mirror(server.endpoint_url)
    return listing(desk, FolderMirror("nas", nas))


def listing(desk: SmallOffice, *further: Mirror | FolderMirror) -> SmallOffice:
    return replace(desk, settings=replace(desk.settings, further=further))


def hand_over(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(LIU, sound(2))
    desk.drop(SHEET, sheet(ROWS))


def contents(folder: Path) -> dict[str, bytes]:
    """What is to be in every mirror."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    own = (".callvault/", *OWN)
    return {
        key: path.read_bytes()
        for key, path in found.items()
        if path.is_file() and (not key.startswith(own) or key.startswith(PAPERS))
    }


def custody_files(folder: Path) -> list[str]:
    files = (folder / ".callvault/custody").rglob("*.jsonl")
    return [path.read_text(encoding="utf-8") for path in files]


def in_nas(desk: SmallOffice) -> list[tuple[str, str]]:
    """Of each recording: its state in the further mirror, and the key there."""
    told = [line["mirrors"] for line in desk.report()["recordings"] if line["archive_path"]]
    return sorted((one["state"], one["key"]) for (one,) in told)


def findings(desk: SmallOffice) -> dict[str, str]:
    return {one["code"]: one["message"] for one in desk.report()["findings"]}


def test_everything_is_in_both(desk: SmallOffice, server: S3Server, nas: Path) -> None:
    hand_over(desk)
    assert desk.ingest().problems == ()
    archive = contents(desk.archive)
    assert len([key for key in archive if not key.startswith(".")]) == 2
    assert contents(nas) == archive
    assert contents(server.folder / server.bucket) == archive
    paths = [line["archive_path"] for line in desk.report()["recordings"]]
    assert in_nas(desk) == sorted(("mirrored", path) for path in paths if path)
    told = [one for one in desk.custody() if one["event"] == "mirrored"]
    assert sorted(one.get("mirror", "") for one in told) == [*[""] * 3, *["nas"] * 3]
    assert not findings(desk).keys() & {"mirror_pending", "mirror_failed"}


def test_a_folder_that_is_away_holds_up_nobody_and_catches_up(
    desk: SmallOffice, server: S3Server, nas: Path
) -> None:
    desk.drop(LIU, sound(2))
    desk.ingest()
    away = nas.rename(nas.with_name("unplugged"))
    nas.mkdir()  # the bare mount point
    hand_over(desk)
    done = desk.ingest()
    assert [why.key for why in done.problems] == ["store.folder_away"]
    assert contents(server.folder / server.bucket) == contents(desk.archive)
    assert list(nas.iterdir()) == []
    assert "pending" in {state for state, _ in in_nas(desk)}
    assert "nas" in findings(desk)["mirror_pending"]
    nas.rmdir()
    away.rename(nas)
    assert desk.ingest().problems == ()
    assert contents(nas) == contents(desk.archive)
    assert {state for state, _ in in_nas(desk)} == {"mirrored"}


def test_the_first_mirror_that_is_away_holds_up_no_folder(
    desk: SmallOffice, server: S3Server, nas: Path
) -> None:
    server.stop()
    hand_over(desk)
    assert desk.ingest().drained.outage is not None
    assert {state for state, _ in in_nas(desk)} == {"mirrored"}
    assert contents(nas) == contents(desk.archive)
    assert len([key for key in contents(nas) if not key.startswith(".")]) == 2
    assert any("mirrored" in said for said in custody_files(nas))  # its own confirmations
    assert "In the mirror mirror." in findings(desk)["mirror_pending"]


def test_one_listed_anew_gets_everything_and_one_no_longer_listed_owes_nothing(
    desk: SmallOffice, nas: Path
) -> None:
    alone = listing(desk)
    hand_over(alone)
    alone.ingest()
    assert "mirrors" not in alone.report()["recordings"][0]
    assert contents(nas) == {}
    desk.ingest()
    assert contents(nas) == contents(desk.archive)
    nas.rename(nas.with_name("sold"))
    done = alone.ingest()
    assert done.problems == ()
    assert done.attention.refused_by_mirror == 0
    assert {state for state, _ in in_nas(desk)} == {"mirrored"}  # known, should it come back


def test_what_moved_is_moved_there_with_the_next_pass(desk: SmallOffice, nas: Path) -> None:
    hand_over(desk)
    desk.ingest()
    before = contents(nas)
    Person(desk).assign(CHEN, "刘海燕")
    desk.ingest()
    after = contents(nas)
    assert after == contents(desk.archive)
    assert {key for key in before.keys() - after.keys() if "陈建国" in key}
    removed = [one for one in desk.custody() if one["event"] == "removed"]
    assert [one.get("mirror") for one in removed].count("nas") == 1


def test_what_came_back_before_the_folder_followed_stays(desk: SmallOffice, nas: Path) -> None:
    hand_over(desk)
    desk.ingest()
    before = {key: path for key, path in contents(nas).items() if not key.startswith(".")}
    away = nas.rename(nas.with_name("unplugged"))
    act = Person(desk).assign(CHEN, "刘海燕")["act"]
    desk.ingest()
    Person(desk).undo(act)
    away.rename(nas)
    desk.ingest()
    after = {key: path for key, path in contents(nas).items() if not key.startswith(".")}
    assert after == before
    assert contents(nas) == contents(desk.archive)


def test_a_key_that_is_taken_is_told_with_the_mirrors_name(desk: SmallOffice, nas: Path) -> None:
    hand_over(desk)
    with open_session(listing(desk).settings) as session:
        session.take_in(Clock(lambda: EVENING, own=False), Steps())
    taken = next(key for key in contents(desk.archive) if "陈建国" in key)
    (nas / taken).parent.mkdir(parents=True)
    (nas / taken).write_bytes(b"somebody else's")
    done = desk.ingest()
    assert [why.key for why in done.problems] == ["store.object_differs"]
    assert done.needs_a_person
    assert (nas / taken).read_bytes() == b"somebody else's"
    assert "nas" in findings(desk)["mirror_failed"]
    assert [state for state, _ in in_nas(desk)] == ["failed", "mirrored"]
    assert "failed" not in {line["mirror"]["state"] for line in desk.report()["recordings"]}


def test_an_outage_asks_again_later_each_time(desk: SmallOffice, nas: Path) -> None:
    """The daemon's way: what has no time yet is not tried."""
    hand_over(desk)
    times = [EVENING]
    with open_session(desk.settings) as session:
        session.ingest(Clock(lambda: times[-1], own=False), Steps(), lambda *_: None)
        nas.rename(nas.with_name("unplugged"))
        desk.drop(CHEN.replace("091207", "151207"), sound(3))
        session.take_in(Clock(lambda: times[-1], own=False), Steps())
        waits = []
        for _ in range(3):
            session.mirror(lambda: times[-1], everything=False)
            turn = session.next_errand()
            assert turn is not None
            waits.append((turn - times[-1]).total_seconds())
            times.append(turn + timedelta(seconds=1))
        assert waits == [60, 120, 240]
        nas.with_name("unplugged").rename(nas)
        session.mirror(lambda: times[-1] + timedelta(minutes=10), everything=False)
        assert session.next_errand() is None
    assert contents(nas) == contents(desk.archive)


def test_a_clock_that_is_set_back_lengthens_no_rest(desk: SmallOffice, nas: Path) -> None:
    ahead, times = EVENING + timedelta(days=365), [EVENING]
    with open_session(desk.settings) as session:
        session.ingest(Clock(lambda: times[-1], own=False), Steps(), lambda *_: None)
        nas.rename(nas.with_name("unplugged"))
        hand_over(desk)
        session.take_in(Clock(lambda: times[-1], own=False), Steps())
        times.append(ahead)
        session.mirror(lambda: times[-1], everything=False)
        nas.with_name("unplugged").rename(nas)
        times.append(EVENING + timedelta(hours=1))
        session.mirror(lambda: times[-1], everything=False)
    assert contents(nas) == contents(desk.archive)


def test_what_is_refused_is_tried_once_and_told(desk: SmallOffice, nas: Path) -> None:
    """Though custody files that tell of all else are sent after it."""
    desk.drop(CHEN, sound(1))
    desk.drop(LIU, sound(2))
    clock = Clock(lambda: EVENING, own=False)
    with open_session(desk.settings) as session:
        session.take_in(clock, Steps())
        taken = next(key for key in contents(desk.archive) if "陈建国" in key)
        (nas / taken).parent.mkdir(parents=True)
        (nas / taken).write_bytes(b"somebody else's")
        session.mirror(clock.now, everything=True)
        assert [why.key for why in session.beside] == ["store.object_differs"]
        with session.catalogue.reading() as tx:
            (refused,) = Further("nas").due(tx, None, 9)
    assert (refused.key, refused.attempts) == (taken, 1)
    assert any("mirrored" in said for said in custody_files(nas))


def test_two_buckets(desk: SmallOffice, server: S3Server) -> None:
    assert desk.settings.mirror is not None
    copy = replace(desk.settings.mirror, prefix="copy", name="second")
    both = listing(desk, copy)
    first = replace(both.settings.mirror, prefix="first")  # type: ignore[type-var]
    both = replace(both, settings=replace(both.settings, mirror=first))
    hand_over(both)
    assert both.ingest().problems == ()
    bucket = server.folder / server.bucket
    assert contents(bucket / "copy") == contents(bucket / "first") == contents(both.archive)
    assert all(key.startswith("copy/") for _, key in in_nas(both))


def test_the_catalogue_made_anew_knows_what_the_folder_has(desk: SmallOffice, nas: Path) -> None:
    hand_over(desk)
    desk.ingest()
    Person(desk).assign(CHEN, "刘海燕")
    desk.ingest()
    before = _known(desk)
    assert before
    rebuild(Store(desk.archive), desk.settings.catalogue.url, EVENING)
    assert _known(desk) == before
    assert desk.ingest().problems == ()
    assert contents(nas) == contents(desk.archive)


def _known(desk: SmallOffice) -> list[tuple[object, ...]]:
    """Of the copies of custody files no custody file tells, nor of when something is tried."""
    rows = desk.rows()["further_object"]
    return [row[:13] for row in rows if ".callvault/custody/" not in str(row)]
