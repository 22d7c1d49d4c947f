"""Copies looked at: what is found and named at each level, and what is never taken for a fault."""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue import faults, recordings, verifications
from archive.errors import DiskError
from archive.fixity import UNBEGUN, Level, Place, Scope, Slice, chained
from archive.objects import StoreError
from archive.places import InArchive
from archive.unknown import unknown_files
from archive.verify import Verifying
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, SmallArchive
from tests.archive.two_copies import (
    ARCHIVE,
    CONTENTS,
    MIRROR,
    PRESENCE,
    SIZE,
    TwoCopies,
    flip,
)

HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(HASHES, st.integers(1, 1000))
def test_each_recording_is_in_exactly_one_slice(sha256: str, slices: int) -> None:
    covering = [number for number in range(1, slices + 1) if Slice(number, slices).covers(sha256)]
    assert len(covering) == 1


def test_the_slices_together_see_everything_whatever_is_added_between_them(
    two: TwoCopies,
) -> None:
    before = [two.keep(number, mirrored=False) for number in range(8)]
    for one in before:
        two.file(one).write_bytes(b"altered")
    found = []
    for number in range(1, 4):
        found.append(two.verify(part=Slice(number, 3)).faults)
        two.keep(100 + number, mirrored=False)
    assert sum(found) == 8
    assert two.faults() == {(one.id, "archive"): "altered" for one in before}
    assert sum(two.verify(level=PRESENCE, part=Slice(n, 3)).seen for n in range(1, 4)) == 11


def test_a_sound_archive_has_no_faults_and_one_entry_for_the_run(two: TwoCopies) -> None:
    kept = [two.keep(number) for number in range(3)]
    for place in (ARCHIVE, MIRROR):
        run = two.verify(place)
        assert (run.seen, run.faults) == (3, 0)
        digest = UNBEGUN
        for one in kept:
            digest = chained(digest, one.sha256)
        assert run.digest == digest
    assert two.events(digest) == ["verified", "verified"]
    assert two.faults() == {}


@pytest.mark.parametrize("place", [ARCHIVE, MIRROR])
@pytest.mark.parametrize("level", list(Level))
def test_each_level_finds_what_it_can(
    two: TwoCopies, objects: MemoryStore, place: Place, level: Level
) -> None:
    flipped, cut, gone, sound = (two.keep(number, filed=True) for number in range(4))
    if place is ARCHIVE:
        two.file(flipped).write_bytes(flip(two.file(flipped).read_bytes(), 99))
        two.file(cut).write_bytes(two.file(cut).read_bytes()[:-1])
        two.file(gone).unlink()
    else:
        objects.objects[flipped.path] = flip(objects.objects[flipped.path], 99)
        objects.objects[cut.path] = objects.objects[cut.path][:-1]
        del objects.objects[gone.path]
    run = two.verify(place, level)
    expected = {(gone.id, place): "missing"}
    if level is not PRESENCE:
        expected[cut.id, place] = "altered"
    # A store that keeps checksums tells of a flipped bit without being read.
    if level is CONTENTS or (level is SIZE and place is MIRROR):
        expected[flipped.id, place] = "altered"
    assert two.faults() == expected
    assert run.faults == len(expected)
    assert two.events(gone.sha256)[-1] == "found_missing"
    assert "found_missing" not in two.events(sound.sha256)


@settings(deadline=None)  # a busy disk is no fault of the product
@given(data=st.data())
def test_any_bit_and_any_cut_is_found_and_named(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Against the place alone: what a verification writes down has tests of its own."""
    from archive.fixity import Kept
    from archive.store import Store
    from tests.archive.small_archive import sha256

    store = Store(tmp_path_factory.mktemp("archive"))
    contents = data.draw(st.binary(min_size=1, max_size=300))
    kept = Kept("call.mp3", sha256(contents), len(contents), "", mirrored=False, recording=1)
    file = store.path(kept.path)
    bit = data.draw(st.integers(0, len(contents) * 8 - 1))
    for bad in (flip(contents, bit), contents[: bit // 8], contents + b"\0"):
        file.write_bytes(bad)
        found = InArchive(store).examine(kept, CONTENTS)
        assert found is not None
        assert found.kind == "altered"
    file.write_bytes(contents)
    assert InArchive(store).examine(kept, CONTENTS) is None


def test_two_swapped_files_are_both_named(two: TwoCopies) -> None:
    one, other = two.keep(1), two.keep(2)
    first, second = two.file(one).read_bytes(), two.file(other).read_bytes()
    two.file(one).write_bytes(second)
    two.file(other).write_bytes(first)
    two.verify()
    assert two.faults() == {(one.id, "archive"): "altered", (other.id, "archive"): "altered"}


def test_a_fault_is_told_once_in_custody_however_often_it_is_found(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)
    two.file(one).unlink()
    two.verify()
    two.verify()
    assert two.events(one.sha256).count("found_missing") == 1
    two.file(one).write_bytes(b"something else")
    two.verify()
    assert two.faults() == {(one.id, "archive"): "altered"}
    assert two.events(one.sha256)[-1] == "found_altered"
    with two.archive.catalogue.transaction() as tx:
        assert faults.count(tx) == 1


def test_a_fault_goes_when_every_byte_is_right_again_and_not_before(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)
    sound = two.file(one).read_bytes()
    two.file(one).unlink()
    two.verify(level=PRESENCE)
    two.file(one).write_bytes(flip(sound, 3))
    two.verify(level=PRESENCE)
    assert two.faults() == {(one.id, "archive"): "altered"}
    two.file(one).write_bytes(sound)
    two.verify(level=PRESENCE)
    assert two.faults() == {}
    assert two.events(one.sha256)[-1] == "found_sound"


def test_what_is_owed_to_the_mirror_is_no_fault(two: TwoCopies, objects: MemoryStore) -> None:
    two.keep(1)
    late = two.archive.admit(b"not sent yet", "2026-11-16/王芳/late.mp3")
    run = two.verify(MIRROR)
    assert (run.seen, run.faults) == (1, 0)
    assert late.path not in objects.objects


def test_a_file_that_cannot_be_read_is_named_and_ends_nothing(
    two: TwoCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = two.keep(1), two.keep(2)
    two.file(bad).unlink()
    two.file(bad).symlink_to(two.file(good))
    unreadable = two.keep(3)
    _failing(monkeypatch, two.file(unreadable))
    run = two.verify()
    assert run.seen == 3
    assert two.faults() == {
        (bad.id, "archive"): "altered",
        (unreadable.id, "archive"): "altered",
    }


def test_many_unreadable_files_are_a_broken_disk_and_no_faults(
    two: TwoCopies, monkeypatch: pytest.MonkeyPatch
) -> None:
    _failing(monkeypatch, *[two.file(two.keep(number, mirrored=False)) for number in range(9)])
    with pytest.raises(DiskError) as caught:
        two.verify()
    assert caught.value.message.key == "archive.all_unreadable"
    assert two.faults() == {}


def _failing(monkeypatch: pytest.MonkeyPatch, *bad: Path) -> None:
    """The disk answers EIO to whoever opens one of these."""
    really = Path.open

    def opened(path: Path, *args: object, **named: object) -> object:
        if path in bad:
            raise OSError(5, "Input/output error")
        return really(path, *args, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", opened)


def test_an_archive_that_is_not_there_is_an_alarm_and_no_faults(two: TwoCopies) -> None:
    two.keep(1)
    root = two.archive.store.root
    private, away = root / ".callvault", root.parent / "away"
    private.rename(away)
    copies = InArchive(two.archive.store)
    with pytest.raises(DiskError) as caught:
        copies.check(empty=False)
    assert caught.value.message.key == "archive.absent"
    away.rename(private)
    (root / "_holding").rename(root.parent / "holding")
    with pytest.raises(DiskError) as caught:
        two.verify()
    assert caught.value.message.key == "archive.emptied"
    assert two.faults() == {}


def test_a_disk_that_goes_while_it_is_read_leaves_no_faults_behind(two: TwoCopies) -> None:
    two.batch = 2
    for number in range(5):
        two.keep(number, mirrored=False)
    root = two.archive.store.root

    def unplug(done: int, _of: int) -> None:
        if done:
            (root / "_holding").rename(root.parent / "unplugged")

    with pytest.raises(DiskError):
        two.verify(progress=unplug)
    assert two.faults() == {}
    (root.parent / "unplugged").rename(root / "_holding")
    assert two.verify().seen == 5


def test_a_bucket_that_is_suddenly_empty_or_out_of_reach_is_an_alarm(
    two: TwoCopies, objects: MemoryStore
) -> None:
    two.keep(1)
    objects.down = True
    with pytest.raises(StoreError):
        two.verify(MIRROR)
    objects.down = False
    objects.objects.clear()
    with pytest.raises(StoreError) as caught:
        two.verify(MIRROR)
    assert caught.value.message.key == "archive.mirror_emptied"
    assert two.faults() == {}


def test_an_object_that_the_store_cannot_read_is_named_where_all_else_is_well(
    archive: SmallArchive,
) -> None:
    from config.language import Message

    class Rotten(MemoryStore):
        def read_sha256(self, key: str) -> str | None:
            if key == rotten:
                raise StoreError(Message.of("store.server_error"), outage=True)
            return super().read_sha256(key)

    rotten = ""
    two = TwoCopies(archive, Rotten())
    bad, _ = two.keep(1), two.keep(2)
    rotten = bad.path
    assert two.verify(MIRROR).faults == 1
    assert two.faults() == {(bad.id, "mirror"): "altered"}


def test_a_recording_that_moves_meanwhile_is_looked_for_where_it_went(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)

    class MovesFirst(InArchive):
        moved = False

        def examine(self, kept, level):  # type: ignore[no-untyped-def]
            if not self.moved:
                self.moved = True
                two.archive.move(one, "张三/2026-11-16/1.mp3")
            return super().examine(kept, level)

    copies = MovesFirst(two.archive.store)
    run = (
        Verifying(two.archive.catalogue, copies, 1, lambda: AT)
        .run(CONTENTS, Slice(1, 1))
        .verification
    )
    assert (run.seen, run.faults) == (2, 0)


@pytest.mark.parametrize("moved", [False, True])
def test_a_move_that_was_cut_short_is_no_fault(two: TwoCopies, *, moved: bool) -> None:
    one, _ = two.keep(1), two.keep(2)
    target = "张三/2026-11-16/1.mp3"
    with two.archive.catalogue.transaction() as tx:
        recordings.aim(tx, one.id, target)
    if moved:
        two.archive.store.move(one.path, target)
    assert two.verify().faults == 0
    if moved:
        two.file(target).write_bytes(b"not what was moved")
        assert two.verify().faults == 1


def test_a_run_that_was_cut_short_goes_on_where_it_was(two: TwoCopies) -> None:
    two.batch = 2
    for number in range(5):
        two.keep(number, mirrored=False)

    class CutShort(Exception):  # noqa: N818
        pass

    def cut(done: int, _of: int) -> None:
        if done:
            raise CutShort

    with pytest.raises(CutShort):
        two.verify(progress=cut)
    told: list[int] = []
    whole = two.verify(progress=lambda done, _of: told.append(done))
    assert told == [2, 2, 1]
    assert whole.seen == 5
    assert two.verify().digest == whole.digest
    with pytest.raises(CutShort):
        two.verify(progress=cut)
    told.clear()
    two.verify(restart=True, progress=lambda done, _of: told.append(done))
    assert told == [0, 2, 2, 1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork")
def test_a_run_that_was_killed_goes_on_and_finds_the_same(two: TwoCopies) -> None:
    two.batch = 2
    kept = [two.keep(number, mirrored=False) for number in range(5)]
    for one in (kept[0], kept[4]):
        two.file(one).unlink()
    child = os.fork()
    if child == 0:
        two.verify(progress=lambda done, _of: os._exit(9) if done else None)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    with two.archive.catalogue.transaction() as tx:
        halfway = verifications.cut_short(tx, Scope(ARCHIVE, CONTENTS, Slice(1, 1)))
    assert halfway is not None
    assert (halfway.seen, halfway.faults) == (2, 1)
    run = two.verify()
    assert (run.id, run.seen, run.faults) == (halfway.id, 5, 2)
    assert Counter(two.faults().values()) == {"missing": 2}


def test_the_next_slice_is_the_one_that_waited_longest(two: TwoCopies) -> None:
    two.keep(1)

    def due() -> Slice:
        with two.archive.catalogue.transaction() as tx:
            return verifications.due(tx, ARCHIVE, CONTENTS, 3, two.now)

    done = []
    for hour in range(1, 7):
        two.now = AT.replace(hour=hour)
        done.append(due().number)
        two.verify(part=due())
    assert done == [1, 2, 3, 1, 2, 3]
    with two.archive.catalogue.transaction() as tx:
        verifications.begin(tx, Scope(ARCHIVE, CONTENTS, Slice(3, 3)), AT)
    assert due().number == 3


def test_when_a_slice_last_came_to_its_end_is_told(two: TwoCopies) -> None:
    two.keep(1)

    def last(slices: int) -> datetime | None:
        with two.archive.catalogue.transaction() as tx:
            return verifications.last_ended(tx, ARCHIVE, CONTENTS, slices, AT)

    assert last(3) is None
    for hour in (3, 2):
        two.now = AT.replace(hour=hour)
        two.verify(part=Slice(1, 3))
    assert last(3) == AT.replace(hour=3)
    assert last(4) is None


def test_a_slice_of_a_time_that_is_still_to_come_is_verified_again(two: TwoCopies) -> None:
    """The clock was a year ahead: it would come after all others for a year, and the daemon, which
    goes by the last end there is, would read the disk without a pause.
    """
    two.keep(1)
    for hour, number in ((1, 1), (2, 2), (3, 3)):
        two.now = AT.replace(hour=hour)
        two.verify(part=Slice(number, 3))
    two.now = AT.replace(year=AT.year + 1)
    two.verify(part=Slice(2, 3))
    two.now = AT.replace(hour=4)
    two.verify(part=Slice(1, 3))
    with two.archive.catalogue.transaction() as tx:
        told = (tx, ARCHIVE, CONTENTS, 3, two.now)
        assert verifications.due(*told).number == 2
        assert verifications.last_ended(*told) == two.now


def test_papers_are_looked_at_too(two: TwoCopies, objects: MemoryStore) -> None:
    two.keep(1)
    path = two.keep_sheet(b"a sheet")
    assert two.papers() == two.papers(MIRROR) == {}
    two.file(path).write_bytes(b"a sheep")
    del objects.objects[path]
    assert two.papers() == {path: "altered"}
    assert two.papers(level=PRESENCE) == {}
    assert two.papers(MIRROR) == {path: "missing"}


def test_of_a_sheet_in_the_mirror_the_size_is_looked_at_too(archive: SmallArchive) -> None:
    """It is not noted; the file in the archive tells it, while that is sound."""
    objects = MemoryStore(keeps_checksums=False)
    two = TwoCopies(archive, objects)
    two.keep(1)
    path = two.keep_sheet(b"a sheet")
    assert two.papers(MIRROR, SIZE) == {}
    objects.objects[path] = b"a she"
    assert two.papers(MIRROR, PRESENCE) == {}
    assert two.papers(MIRROR, SIZE) == {path: "altered"}
    two.file(path).write_bytes(b"a sheep")
    assert two.papers(MIRROR, SIZE) == {}
    two.file(path).unlink()
    assert two.papers(MIRROR, SIZE) == {}
    assert two.papers(MIRROR) == {path: "altered"}


def test_a_run_remembers_what_it_found_beside_copies(two: TwoCopies) -> None:
    two.keep(1)
    path = two.keep_sheet(b"a sheet")
    two.file(path).write_bytes(b"a sheep")
    looked = two.verifying(ARCHIVE).run(CONTENTS, Slice(1, 1), unsound=2)
    assert [(one.path, flaw) for one, flaw in looked.papers] == [(path, "altered")]
    with two.archive.catalogue.reading() as tx:
        assert [one.beside for one in verifications.latest(tx)] == [3]
    two.file(path).write_bytes(b"a sheet")
    two.verify()
    with two.archive.catalogue.reading() as tx:
        assert [one.beside for one in verifications.latest(tx)] == [0]


def test_of_a_run_that_is_cut_short_only_what_it_found_is_known(
    two: TwoCopies, objects: MemoryStore
) -> None:
    two.keep(1)
    two.keep_sheet(b"a sheet")
    sound = two.verify(MIRROR, SIZE)

    def last() -> list[tuple[int, int]]:
        with two.archive.catalogue.reading() as tx:
            return [(one.id, one.beside) for one in verifications.latest(tx)]

    held, objects.objects = objects.objects, {}
    with pytest.raises(StoreError):
        two.verify(MIRROR, SIZE)
    assert last() == [(sound.id, 0)]
    with pytest.raises(StoreError):
        two.verifying(MIRROR).run(SIZE, Slice(1, 1), unsound=1)
    assert [beside for _, beside in last()] == [1]
    objects.objects = held
    two.verify(MIRROR, SIZE)
    assert [beside for _, beside in last()] == [0]


def test_what_the_catalogue_does_not_know_is_told_in_order(two: TwoCopies) -> None:
    one = two.keep(1, filed=True)
    store, catalogue = two.archive.store, two.archive.catalogue
    for path in ("张三/2026-11-16/planted.mp3", "_holding/x.mp3", "a.txt", "张三/Thumbs.db"):
        store.path(path).parent.mkdir(parents=True, exist_ok=True)
        store.path(path).write_bytes(b"?")
    assert list(unknown_files(catalogue, store)) == [
        "_holding/x.mp3",
        "a.txt",
        "张三/2026-11-16/planted.mp3",
    ]
    with catalogue.transaction() as tx:
        recordings.aim(tx, one.id, "a.txt")
    assert "a.txt" not in list(unknown_files(catalogue, store))
