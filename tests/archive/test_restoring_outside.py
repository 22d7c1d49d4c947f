"""Recordings brought back into a folder of one's own, from a real S3 server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import pytest

from archive.catalogue.chosen import Choice
from archive.catalogue.database import open_catalogue
from archive.errors import DiskError, LockedError
from archive.lock import restoring
from archive.objects import ObjectStore, StoreError
from archive.restoring_outside import Outside, refuse_within
from archive.s3 import connect
from config.language import LANGUAGES, Message, Words
from config.settings import Mirror
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import SmallArchive
from tests.dying import killed
from tests.s3_server import S3Server

CALLS = {f"张三/2026-11-16/{number}.mp3": b"call %d" % number for number in range(3)}
CALLS["李四/2026-11-16/0.mp3"] = b"another's call"
FIRST, *_, LAST = CALLS
AnyStore = TypeVar("AnyStore", bound=ObjectStore)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as running:
        yield running


@pytest.fixture
def settings(
    server: S3Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Mirror:
    server.sign_in(monkeypatch)
    prefix = request.node.name
    return Mirror(server.bucket, prefix, server.endpoint_url, None, "auto", None, workers=2)


@pytest.fixture
def bucket(server: S3Server, settings: Mirror) -> Path:
    return server.folder / server.bucket / settings.prefix


@pytest.fixture
def objects(settings: Mirror) -> ObjectStore:
    return connect(settings)


@pytest.fixture
def filled(archive: SmallArchive, objects: ObjectStore) -> SmallArchive:
    fill(archive, objects)
    return archive


def fill(archive: SmallArchive, objects: AnyStore) -> AnyStore:
    """All calls lie filed in archive and bucket."""
    for path, contents in CALLS.items():
        archive.move(archive.admit(contents, source=f"2026-11-16/{path}"), path)
    Office(archive, objects).drain(everything=True)
    return objects


def restore(archive: SmallArchive, objects: ObjectStore, folder: Path) -> dict[str, str]:
    outside = Outside(archive.catalogue, objects, folder, 2)
    return {one.kept.path: one.fate.value for one in outside.restore(Choice())}


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in it, hidden things too."""
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_everything_comes_and_nothing_comes_twice(
    filled: SmallArchive, objects: ObjectStore, bucket: Path, tmp_path: Path
) -> None:
    before = tree(filled.store.root)
    folder = tmp_path / "new/folder"
    assert set(restore(filled, objects, folder).values()) == {"fetched"}
    assert tree(folder) == CALLS
    assert tree(filled.store.root) == before
    for path in CALLS:
        (bucket / path).unlink()  # what is there already is not asked for
    assert set(restore(filled, objects, folder).values()) == {"there"}
    assert sorted(path.name for path in folder.iterdir()) == ["张三", "李四"]


def test_killed_before_any_of_its_writes_it_goes_on(archive: SmallArchive, tmp_path: Path) -> None:
    objects = fill(archive, MemoryStore())
    write, left = 1, set()
    while killed(lambda _: restore_alone(archive, objects, tmp_path / f"{write}"), write):  # noqa: B023
        left.add(go_on(archive, objects, tmp_path / f"{write}"))
        write += 3  # of eight or so a recording
    assert left == {0, 1, 2, 3, 4}


def test_killed_half_way_through_a_real_bucket_it_goes_on(
    filled: SmallArchive, objects: ObjectStore, settings: Mirror, tmp_path: Path
) -> None:
    fresh = connect(settings)  # connections are not shared with the parent
    assert killed(lambda _: restore_alone(filled, fresh, tmp_path / "to"), 35)
    assert 0 < go_on(filled, objects, tmp_path / "to") < 4


def restore_alone(archive: SmallArchive, objects: ObjectStore, folder: Path) -> None:
    """In a process of its own."""
    catalogue = open_catalogue(f"sqlite:///{archive.store.root}/.callvault/catalogue.sqlite")
    list(Outside(catalogue, objects, folder, 1).restore(Choice()))


def go_on(archive: SmallArchive, objects: ObjectStore, folder: Path) -> int:
    """Restores again; returns how many lay there whole, and nothing else lay under their names."""
    there = {path for path in tree(folder) if not path.startswith(".callvault")}
    assert all(tree(folder)[path] == CALLS[path] for path in there)
    told = restore(archive, objects, folder)
    assert {path for path, fate in told.items() if fate == "there"} == there
    assert tree(folder) == CALLS
    return len(there)


def test_what_is_lost_or_altered_is_named_and_the_others_come(
    filled: SmallArchive, objects: ObjectStore, bucket: Path, tmp_path: Path
) -> None:
    (bucket / FIRST).unlink()
    (bucket / LAST).write_bytes(b"Another's call")
    told = restore(filled, objects, tmp_path / "to")
    assert (told.pop(FIRST), told.pop(LAST)) == ("missing", "altered")
    assert set(told.values()) == {"fetched"}
    assert tree(tmp_path / "to") == {path: CALLS[path] for path in told}


def test_what_the_mirror_never_had_is_owed(
    filled: SmallArchive, objects: ObjectStore, bucket: Path, tmp_path: Path
) -> None:
    new = filled.admit(b"not sent yet")
    taken = filled.admit(b"nor this", "2026-11-16/王芳/2.mp3")
    (bucket / taken.path).parent.mkdir(parents=True, exist_ok=True)
    (bucket / taken.path).write_bytes(b"somebody's")
    told = restore(filled, objects, tmp_path / "to")
    assert (told[new.path], told[taken.path]) == ("owed", "owed")


def test_what_is_in_the_way_stays(
    filled: SmallArchive, objects: ObjectStore, tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "to", tmp_path / "elsewhere"
    (folder / FIRST).parent.mkdir(parents=True)
    (folder / FIRST).write_bytes(b"somebody's")
    elsewhere.mkdir()
    (folder / "李四").symlink_to(elsewhere)
    told = restore(filled, objects, folder)
    assert (told[FIRST], told[LAST]) == ("in_the_way", "in_the_way")
    assert (folder / FIRST).read_bytes() == b"somebody's"
    assert list(elsewhere.iterdir()) == []
    (folder / "李四").unlink()
    (folder / "李四").write_bytes(b"a file where a folder belongs")
    assert restore(filled, objects, folder)[LAST] == "in_the_way"


def test_one_file_that_cannot_be_read_holds_nobody_up(
    filled: SmallArchive, objects: ObjectStore, tmp_path: Path
) -> None:
    first = tmp_path / "to" / FIRST
    first.parent.mkdir(parents=True)
    first.write_bytes(CALLS[FIRST])
    first.chmod(0)
    if os.access(first, os.R_OK):
        pytest.skip("root and Windows may read it all the same")
    told = restore(filled, objects, tmp_path / "to")
    assert told.pop(FIRST) == "in_the_way"
    assert set(told.values()) == {"fetched"}


def test_a_link_that_goes_round_in_circles_holds_nobody_up(
    filled: SmallArchive, objects: ObjectStore, tmp_path: Path
) -> None:
    link = tmp_path / "to/李四"
    link.parent.mkdir()
    link.symlink_to(link)
    told = restore(filled, objects, tmp_path / "to")
    assert told.pop(LAST) == "in_the_way"
    assert set(told.values()) == {"fetched"}


def test_a_folder_in_place_of_a_day_that_is_closed(
    filled: SmallArchive, objects: ObjectStore, tmp_path: Path
) -> None:
    day = (tmp_path / "to" / LAST).parent
    day.mkdir(parents=True)
    day.chmod(0)
    try:
        if os.access(day, os.X_OK):
            pytest.skip("root and Windows may enter it all the same")
        told = restore(filled, objects, tmp_path / "to")
    finally:
        day.chmod(0o700)
    assert told.pop(LAST) == "in_the_way"
    assert set(told.values()) == {"fetched"}


def test_what_is_put_there_meanwhile_stays(archive: SmallArchive, tmp_path: Path) -> None:
    class Slow(MemoryStore):
        def fetch(self, key: str, writer: BinaryIO) -> str | None:
            if key == FIRST:
                (tmp_path / "to" / key).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "to" / key).write_bytes(b"somebody's")
            return super().fetch(key, writer)

    told = restore(archive, fill(archive, Slow()), tmp_path / "to")
    assert told[FIRST] == "in_the_way"
    assert tree(tmp_path / "to") == CALLS | {FIRST: b"somebody's"}


def test_a_bucket_that_is_suddenly_empty_is_no_list_of_losses(
    filled: SmallArchive, objects: ObjectStore, bucket: Path, tmp_path: Path
) -> None:
    bucket.rename(bucket.with_name("gone"))
    with pytest.raises(StoreError) as caught:
        restore(filled, objects, tmp_path / "to")
    assert caught.value.message.key == "archive.mirror_emptied"


def test_one_object_that_the_store_cannot_read_holds_nobody_up(
    archive: SmallArchive, tmp_path: Path
) -> None:
    class BadSector(MemoryStore):
        def fetch(self, key: str, writer: BinaryIO) -> str | None:
            if key == FIRST:
                raise StoreError(Message.of("store.interrupted"))
            return super().fetch(key, writer)

    objects = fill(archive, BadSector())
    told = restore(archive, objects, tmp_path / "to")
    assert told.pop(FIRST) == "unreadable"
    assert set(told.values()) == {"fetched"}


def test_two_at_once_in_one_folder_are_refused(
    filled: SmallArchive, objects: ObjectStore, tmp_path: Path
) -> None:
    with restoring(tmp_path / "to"), pytest.raises(LockedError):
        restore(filled, objects, tmp_path / "to")
    assert not (tmp_path / "to/.callvault").exists()


def test_a_folder_that_cannot_be_written_is_said_to_be_it(
    filled: SmallArchive, objects: ObjectStore, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskError) as caught:
        restore(filled, objects, tmp_path / "file")
    assert caught.value.message.key == "restore.folder_failed"


def test_archive_and_inbox_are_no_place_for_it(tmp_path: Path) -> None:
    archive, inbox = tmp_path / "archive", tmp_path / "inbox"
    inbox.mkdir()
    places = [archive, inbox]
    (tmp_path / "link").symlink_to(inbox)
    for wrong in (inbox, inbox / "new", archive, archive / "new", tmp_path, tmp_path / "link/a"):
        with pytest.raises(DiskError) as caught:
            refuse_within(wrong, places)
        assert caught.value.message.key == "restore.within"
    (tmp_path / "other/.callvault").mkdir(parents=True)
    refuse_within(tmp_path / "other", places)
    (tmp_path / "other/.callvault/staging").mkdir()
    (tmp_path / "other/.callvault/staging/restore-17").touch()
    refuse_within(tmp_path / "other", places)
    (tmp_path / "other/.callvault/catalogue.sqlite").touch()
    with pytest.raises(DiskError) as caught:
        refuse_within(tmp_path / "other", places)
    assert caught.value.message.key == "restore.archive"


@pytest.mark.parametrize("private", [".callvault", ".callvault/staging"])
def test_a_link_to_somebody_elses_files_does_not_have_them_emptied(
    tmp_path: Path, private: str
) -> None:
    (tmp_path / "theirs/staging").mkdir(parents=True)
    link = tmp_path / "to" / private
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "theirs")
    not_own(tmp_path / "to", link)


@pytest.mark.parametrize("theirs", ["000017", "restore", "restore-notes.txt"])
def test_files_of_ones_own_where_a_run_would_empty_are_refused(tmp_path: Path, theirs: str) -> None:
    staging = tmp_path / "to/.callvault/staging"
    staging.mkdir(parents=True)
    (staging / theirs).touch()
    not_own(tmp_path / "to", staging)


def not_own(folder: Path, named: Path) -> None:
    with pytest.raises(DiskError) as caught:
        refuse_within(folder, [])
    assert caught.value.message.key == "restore.not_own"
    for language in LANGUAGES:
        assert str(named) in Words(language).say(caught.value.message)
