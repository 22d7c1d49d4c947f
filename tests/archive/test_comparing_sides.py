"""`callvault compare` over a real archive: what is told of what happened to it, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from archive.catalogue import files, papers, recordings
from archive.catalogue.files import Sighting
from archive.catalogue.papers import KnownFile
from archive.comparing_sides import Comparing
from archive.errors import ArchiveError, DiskError
from archive.layout import custody_path
from archive.objects import StoredObject, StoreError
from archive.records import FileState
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, DAY, SmallArchive
from tests.archive.two_copies import TwoCopies


@pytest.fixture
def two(archive: SmallArchive) -> TwoCopies:
    return TwoCopies(archive, MemoryStore())


def objects(two: TwoCopies) -> dict[str, bytes]:
    assert isinstance(two.objects, MemoryStore)
    return two.objects.objects


def compare(two: TwoCopies, prefix: str = "", store: MemoryStore | None = None) -> dict[str, str]:
    comparing = Comparing(two.archive.catalogue, two.archive.store, store or two.objects)
    found = list(comparing.run(prefix))
    assert len({one.key for one in found}) == len(found)
    return {one.key: f"{one.code.sign} {one.code}" for one in found}


def test_a_sound_office_is_equal_with_its_papers(two: TwoCopies) -> None:
    filed, held, sheet = two.keep(1, filed=True), two.keep(2), two.keep_sheet(b"a sheet")
    two.file(".callvault/aside").mkdir()
    two.file(".callvault/aside/bad.mp3").write_bytes(b"?")
    two.file("张三/Thumbs.db").write_bytes(b"?")
    objects(two)[".callvault/aside/bad.mp3"] = b""
    before = dict(objects(two))
    assert compare(two) == dict.fromkeys([filed.path, held.path, sheet], "= equal")
    assert compare(two, "张三/") == {filed.path: "= equal"}
    assert objects(two) == before


def test_folders_lie_where_their_keys_do(two: TwoCopies) -> None:
    """`a/…` comes after `a b/…`, `a-…` and `a.mp3`, whatever the folders' names alone are like."""
    folders = ("a/1.mp3", "a b/1.mp3", "a-b/1.mp3", "a/1/2.mp3", "𠮷/1.mp3", "～/1.mp3")
    places = ["a.mp3", "a/1 2.mp3", *folders]
    for number, place in enumerate(places):
        two.archive.move(two.keep(number, mirrored=False), place)
    two.drain()
    assert list(compare(two)) == sorted(places)
    assert set(compare(two).values()) == {"= equal"}
    assert list(compare(two, "a/1")) == ["a/1 2.mp3", "a/1.mp3", "a/1/2.mp3"]


def test_each_harm_is_told_and_what_is_owed_is_none(two: TwoCopies) -> None:
    names = ["no file", "no object", "short", "neither", "link", "well"]
    by_name = {name: two.keep(number, filed=True) for number, name in enumerate(names)}
    two.file(by_name["no file"]).unlink()
    del objects(two)[by_name["no object"].path]
    two.file(by_name["short"]).write_bytes(b"short")
    two.file(by_name["neither"]).unlink()
    del objects(two)[by_name["neither"].path]
    two.file(by_name["link"]).unlink()
    two.file(by_name["link"]).symlink_to(two.file(by_name["well"]))
    two.file("张三/planted.mp3").write_bytes(b"?")
    objects(two)["张三/strange.mp3"] = objects(two)["both.mp3"] = b"?"
    two.file("both.mp3").write_bytes(b"?")
    moved = two.keep(9)
    owed = two.keep(8, mirrored=False)
    arrived = two.archive.move(moved, "李四/9.mp3")
    assert compare(two) == {
        by_name["no file"].path: "+ file_missing",
        by_name["no object"].path: "- object_missing",
        by_name["short"].path: "* sizes",
        by_name["neither"].path: "! lost",
        by_name["link"].path: "! no_file",
        by_name["well"].path: "= equal",
        "张三/planted.mp3": "- file_unknown",
        "张三/strange.mp3": "+ object_unknown",
        "both.mp3": "! both_unknown",
        owed.path: "~ owed",
        moved.path: "~ owed",
        arrived.path: "~ owed",
    }


def test_a_move_that_was_cut_short_is_no_difference(two: TwoCopies) -> None:
    one = two.keep(1)
    with two.archive.catalogue.transaction() as tx:
        recordings.aim(tx, one.id, "张三/1.mp3")
    assert set(compare(two).values()) == {"~ owed"}
    two.archive.store.move(one.path, "张三/1.mp3")
    assert set(compare(two).values()) == {"~ owed"}


def test_custody_files_their_stamps_and_what_is_just_taken_in_belong_there(two: TwoCopies) -> None:
    one = two.keep(1)
    with two.archive.catalogue.transaction() as tx:
        for number, day in ((1, "2026-11-16"), (2, "2026-11-17")):
            path = custody_path(number, date.fromisoformat(day))
            papers.enter_file(tx, KnownFile(number, path, "0" * 64, 2, number, "0" * 64), AT)
        papers.enter_stamp(tx, 1, "1" * 64, AT)
        seen = Sighting("new.mp3", 1, 1, FileState.WAITING, DAY, None)
        (planned,) = files.note(tx, [seen], AT)
        files.reserve(tx, {planned.id: "_holding/new.mp3"})
    two.file("_holding/new.mp3").write_bytes(b"?")
    folder = ".callvault/custody/2026-11-1"
    keys = [f"{folder}6/00000001.jsonl", f"{folder}6/00000001.tsr", f"{folder}7/00000002.jsonl"]
    for key in keys:
        two.file(key).parent.mkdir(parents=True, exist_ok=True)
        two.file(key).write_bytes(b"{}")
    told = compare(two)
    assert told == dict.fromkeys(keys, "- not_enlisted") | {
        one.path: "= equal",
        "_holding/new.mp3": "~ owed",
    }


def test_what_is_done_meanwhile_is_no_difference(two: TwoCopies) -> None:
    """The daemon takes one in and files another, after the catalogue was read."""
    one, lost = two.keep(1), two.keep(2)
    del objects(two)[lost.path]

    class Working(MemoryStore):
        def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
            yield from super().list(prefix, after)
            if one.path in self.objects:
                two.archive.move(one, "张三/1.mp3")
                two.keep(3, mirrored=False)
                del self.objects[one.path]

    working = Working()
    working.objects |= objects(two)
    told = compare(two, store=working)
    assert told[lost.path] == "- object_missing"
    assert {sign[0] for key, sign in told.items() if key != lost.path} <= {"~", "="}


def test_what_came_and_went_meanwhile_is_no_difference(two: TwoCopies) -> None:
    """Taken in after the catalogue was read, and filed before it was read again."""
    two.keep(1)
    strange = two.file("张三/strange.mp3")

    class Working(MemoryStore):
        def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
            yield from super().list(prefix, after)
            passing = "_holding/2026-11-16/000009 passing.mp3"
            yield StoredObject(passing, 3, None)
            strange.unlink(missing_ok=True)

    working = Working()
    working.objects |= objects(two)
    strange.parent.mkdir(parents=True, exist_ok=True)
    strange.write_bytes(b"???")
    told = compare(two, store=working)
    assert set(told.values()) <= {"= equal", "~ changing", "= changing"}, told


def test_a_place_that_is_gone_or_empty_says_nothing_of_any_key(two: TwoCopies) -> None:
    one = two.keep(1)
    kept = dict(objects(two))
    objects(two).clear()
    refused(two, StoreError, "archive.mirror_emptied")
    objects(two)["张三/of another.mp3"] = b"?"
    assert compare(two, one.path) == {one.path: "- object_missing"}
    objects(two).clear()
    refused(two, StoreError, "archive.mirror_emptied", one.path)
    objects(two).update(kept)
    two.objects.down = True  # type: ignore[attr-defined]
    refused(two, StoreError, "store.unreachable")
    two.objects.down = False  # type: ignore[attr-defined]
    two.file(one).unlink()
    refused(two, DiskError, "archive.emptied")


def test_a_bucket_that_breaks_off_in_the_middle_says_nothing_either(two: TwoCopies) -> None:
    for number in range(3):
        two.keep(number)

    class Breaking(MemoryStore):
        def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
            yield next(super().list(prefix, after))
            self.down = True
            self.check()

    breaking = Breaking()
    breaking.objects |= objects(two)
    with pytest.raises(StoreError):
        compare(two, store=breaking)


def refused(two: TwoCopies, kind: type[ArchiveError], key: str, prefix: str = "") -> None:
    with pytest.raises(kind) as caught:
        compare(two, prefix)
    assert caught.value.message.key == key
