"""The mirror in a real S3 server: outages, wrong keys, and objects that others altered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.catalogue import outbox_enlisting
from archive.mirror import Drained
from archive.s3 import connect
from config.settings import Mirror
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive
from tests.s3_server import SECRET, S3Server
from tests.stores.between import FAIL, HANG, OVERDUE, Between

FILED = "张三/2026-11-16/a.mp3"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as running:
        yield running


@pytest.fixture
def settings(
    server: S3Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Mirror:
    """A mirror with a prefix of the test's own."""
    server.sign_in(monkeypatch)
    prefix = request.node.name
    return Mirror(server.bucket, prefix, server.endpoint_url, None, "auto", None, workers=4)


@pytest.fixture
def bucket(server: S3Server, settings: Mirror) -> Path:
    """Where the server keeps what the test mirrors."""
    return server.folder / server.bucket / settings.prefix


@pytest.fixture
def office(archive: SmallArchive, settings: Mirror) -> Office:
    return Office(archive, connect(settings))


def stored(bucket: Path) -> dict[str, bytes]:
    return {
        path.relative_to(bucket).as_posix(): path.read_bytes()
        for path in bucket.rglob("*")
        if path.is_file()
    }


def test_what_is_owed_while_the_server_is_down_is_there_after_its_return(
    office: Office, server: S3Server, bucket: Path
) -> None:
    first = office.archive.admit(b"a call", "a.mp3")
    assert office.drain().done == 1
    second = office.archive.admit(b"another call", "b.mp3")
    server.stop()
    try:
        filed = office.archive.move(first, FILED)
        drained = office.drain()
    finally:
        server.start()
    assert (drained.done, drained.refused) == (0, 0)
    assert drained.outage is not None
    for pending in (filed, second):
        assert office.archive.mirror_state(pending).checksum is None
        assert office.error(pending) == "store.unreachable"
    assert office.drain() == Drained(3, 0, None, None)
    assert office.mirrored(filed)
    assert office.mirrored(second)
    assert stored(bucket) == {FILED: b"a call", second.path: b"another call"}


def test_a_wrong_key_puts_nothing_off_and_marks_nothing(
    archive: SmallArchive, settings: Mirror, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it was wrong: once it is right, everything is sent at once."""
    held = archive.admit(b"a call")
    with monkeypatch.context() as wrong:
        wrong.setenv("AWS_SECRET_ACCESS_KEY", SECRET + "x")
        turned_away = Office(archive, connect(settings))
        for _ in range(10):
            drained = turned_away.drain()
            assert (drained.done, drained.refused) == (0, 0)
            assert drained.outage is not None
            assert drained.outage.key == "store.wrong_secret"
    assert turned_away.error(held) == "store.wrong_secret"
    assert archive.mirror_state(held).checksum is None
    assert stored(bucket) == {}
    office = Office(archive, connect(settings))
    assert office.drain().done == 1
    assert office.mirrored(held)


def test_an_overdue_bill_puts_nothing_off(
    archive: SmallArchive, settings: Mirror, server: S3Server
) -> None:
    """Once it is paid, everything is sent at once."""
    held = archive.admit(b"a call")
    with Between(server.endpoint_url) as between:
        between.poisoned = (server.bucket, OVERDUE)
        office = Office(archive, connect(replace(settings, endpoint_url=between.endpoint_url)))
        drained = office.drain()
        assert (drained.done, drained.refused) == (0, 0)
        assert office.error(held) == "store.account_blocked"
        between.poisoned = ("", "")
        assert office.drain().done == 1
    assert office.mirrored(held)


def test_an_object_that_others_put_there_is_neither_overwritten_nor_marked(
    office: Office, bucket: Path
) -> None:
    held, other = office.archive.admit(b"a call", "a.mp3"), office.archive.admit(b"b", "b.mp3")
    altered = bucket / held.path
    altered.parent.mkdir(parents=True)
    altered.write_bytes(b"b call")
    drained = office.drain()
    assert (drained.done, drained.refused) == (1, 1)
    assert office.error(held) == "store.object_differs"
    assert not office.mirrored(held)
    assert office.mirrored(other)
    assert altered.read_bytes() == b"b call"


def test_an_object_that_is_there_already_is_confirmed_by_its_bytes(
    office: Office, bucket: Path
) -> None:
    held = office.archive.admit(b"a call")
    there = bucket / held.path
    there.parent.mkdir(parents=True)
    there.write_bytes(b"a call")
    assert office.drain().done == 1
    assert office.mirrored(held)


def test_a_mirror_that_is_set_up_later_gets_all_that_came_before(
    office: Office, bucket: Path
) -> None:
    held = office.archive.admit(b"a call", "a.mp3", mirrored=False)
    other = office.archive.admit(b"another call", "b.mp3", mirrored=False)
    filed = office.archive.move(held, FILED, mirrored=False)
    assert office.drain() == Drained(0, 0, None, None)
    with office.archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    assert office.drain().done == 2
    assert office.mirrored(filed)
    assert office.mirrored(other)
    assert stored(bucket) == {FILED: b"a call", other.path: b"another call"}


def test_hostile_names_are_mirrored_under_their_own_keys(office: Office, bucket: Path) -> None:
    names = ["=cmd|' C calc'!A0", "a+b %41&c=d#e", "..张三", "🚜 e\u0301"]
    filed = [
        office.archive.move(
            office.archive.admit(name.encode(), f"{name}.mp3"), f"{name}/2026-11-16/{name}.mp3"
        )
        for name in names
    ]
    assert office.drain().done == len(names)
    assert all(office.mirrored(one) for one in filed)
    assert stored(bucket) == {
        one.path: name.encode() for one, name in zip(filed, names, strict=True)
    }


@pytest.fixture
def between(server: S3Server) -> Iterator[Between]:
    with Between(server.endpoint_url) as standing:
        yield standing


@pytest.mark.parametrize("fault", [FAIL, HANG])
def test_an_object_that_never_gets_an_answer_holds_nobody_up(
    archive: SmallArchive, settings: Mirror, bucket: Path, between: Between, fault: str
) -> None:
    """Also where it is one of many at once, and where it comes again by itself."""
    calls = [archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(12)]
    poisoned = calls[4]
    between.poisoned = (poisoned.sha256[:6], fault)
    settings = replace(settings, endpoint_url=between.endpoint_url)
    office = Office(archive, connect(settings, read_seconds=0.3))
    drained = office.drain()
    assert (drained.done, drained.refused, drained.outage) == (11, 1, None)
    assert archive.mirror_state(poisoned).refusals == 1
    assert len(stored(bucket)) == 11
    assert office.drain() == Drained(0, 0, None, None)
    between.poisoned = ("", "")
    office.now += timedelta(minutes=1)
    assert office.drain().done == 1
    assert office.mirrored(poisoned)


def test_a_server_that_stops_answering_costs_no_more_than_each_workers_wait(
    archive: SmallArchive, settings: Mirror, between: Between
) -> None:
    calls = [archive.admit(f"{one}".encode(), f"{one}.mp3") for one in range(40)]
    between.poisoned = ("/", HANG)
    settings = replace(settings, endpoint_url=between.endpoint_url)
    drained = Office(archive, connect(settings, read_seconds=0.3)).drain()
    assert drained.outage is not None
    assert (drained.done, drained.refused) == (0, 0)
    tried = {request.partition("?")[0] for request in between.seen if ".mp3" in request}
    assert len(tried) <= 4
    assert {archive.mirror_state(call).refusals for call in calls} == {0}


@pytest.mark.parametrize("altered", [b"b call", b"a shorter one", None])
def test_a_recording_that_moved_is_not_copied_from_what_others_altered(
    office: Office, bucket: Path, altered: bytes | None
) -> None:
    held = office.archive.admit(b"a call")
    office.drain()
    if altered is None:
        (bucket / held.path).unlink()
    else:
        (bucket / held.path).write_bytes(altered)
    filed = office.archive.move(held, FILED)
    assert office.drain() == Drained(2, 0, None, None)
    assert office.mirrored(filed)
    assert stored(bucket) == {FILED: b"a call"}
