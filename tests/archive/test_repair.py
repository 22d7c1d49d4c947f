"""Bad copies replaced from good ones: nothing is overwritten, lost, or believed without a proof."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from archive.catalogue import files
from archive.catalogue.files import Sighting
from archive.custody import broken
from archive.objects import FROZEN, ObjectLock, ObjectStore, StoreError
from archive.records import FileState, Recording
from archive.repair import Mended, Outcome
from archive.s3 import connect
from config.language import Message
from config.settings import Mirror
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, DAY, SmallArchive
from tests.archive.two_copies import ARCHIVE, CONTENTS, MIRROR, TwoCopies, flip
from tests.dying import Countdown, killed
from tests.s3_server import S3Server

ASIDE = ".callvault/aside/2026-11-16"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as running:
        yield running


@pytest.fixture(params=["memory", "s3"])
def objects(
    request: pytest.FixtureRequest, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> ObjectStore:
    if request.param == "memory":
        return MemoryStore()
    server.sign_in(monkeypatch)
    prefix = f"{abs(hash(request.node.name))}"
    return connect(Mirror(server.bucket, prefix, server.endpoint_url, None, "auto", None, 4))


def outcomes(told: Sequence[Mended]) -> list[tuple[str, str, str]]:
    return [
        (one.place.value, one.outcome.value, one.good.where if one.good else "") for one in told
    ]


def replace_object(two: TwoCopies, of: Recording | str, contents: bytes, folder: Path) -> None:
    """Somebody puts other bytes in the place of an object."""
    from tests.archive.small_archive import sha256

    key = of if isinstance(of, str) else of.path
    other = folder / "other"
    other.write_bytes(contents)
    two.objects.delete(key)
    two.objects.put(key, other, sha256(contents), len(contents), {})


def test_an_altered_file_is_restored_from_the_mirror_and_kept_aside(two: TwoCopies) -> None:
    one = two.keep(1, filed=True)
    two.empty_inbox()
    sound = two.file(one).read_bytes()
    bad = flip(sound, 77)
    two.file(one).write_bytes(bad)
    two.verify()
    assert outcomes(two.repair(dry_run=True)) == [("archive", "possible", "mirror")]
    assert two.file(one).read_bytes() == bad
    (mended,) = two.repair()
    assert (mended.outcome, mended.aside) == (Outcome.REPAIRED, f"{ASIDE}/{one.path}")
    assert two.file(one).read_bytes() == sound
    assert two.file(f"{ASIDE}/{one.path}").read_bytes() == bad
    assert two.faults() == {}
    assert two.events(one.sha256)[-2:] == ["found_altered", "repaired"]
    assert broken(two.archive.custody()) is None
    assert two.verify().faults == 0
    assert two.repair() == []


def test_a_missing_file_comes_from_the_inbox_where_it_still_lies(two: TwoCopies) -> None:
    one = two.keep(1)
    sound = two.file(one).read_bytes()
    two.file(one).unlink()
    two.keep(2)
    two.verify()
    assert outcomes(two.repair()) == [("archive", "repaired", "inbox")]
    assert two.file(one).read_bytes() == sound


def test_a_second_hand_over_of_the_same_bytes_is_a_good_copy_too(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)
    sound = two.file(one).read_bytes()
    two.empty_inbox()
    again = two.archive.inbox / "later.mp3"
    again.write_bytes(sound)
    seen = Sighting("later.mp3", len(sound), 1, FileState.DUPLICATE, DAY, None)
    with two.archive.catalogue.transaction() as tx:
        (noted,) = files.note(tx, [seen], AT)
        tx.exec_driver_sql(
            "UPDATE inbox_file SET recording_id = ? WHERE id = ?", (one.id, noted.id)
        )
    two.file(one).unlink()
    two.objects.delete(one.path)
    two.verify()
    two.verify(MIRROR)
    assert outcomes(two.repair()) == [
        ("archive", "repaired", "inbox"),
        ("mirror", "repaired", "archive"),
    ]
    assert two.file(one).read_bytes() == sound
    assert two.objects.read_sha256(one.path) == one.sha256


def test_an_object_under_a_key_from_before_a_move_is_a_good_copy(two: TwoCopies) -> None:
    """The mirror has not followed yet, and cannot: there is nothing right to send."""
    one = two.keep(1)
    two.empty_inbox()
    sound = two.file(one).read_bytes()
    moved = two.archive.move(one, "张三/2026-11-16/1.mp3")
    two.file(moved).write_bytes(flip(sound, 3))
    two.verify()
    assert outcomes(two.repair()) == [("archive", "repaired", "mirror")]
    assert two.file(moved).read_bytes() == sound
    two.drain()
    assert two.objects.read_sha256(moved.path) == one.sha256
    assert two.objects.read_sha256(one.path) is None


def test_a_source_whose_bytes_changed_is_no_good_copy(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)
    two.file(one).unlink()
    source = two.archive.inbox / one.source
    source.write_bytes(flip(source.read_bytes(), 5))
    two.verify()
    assert outcomes(two.repair()) == [("archive", "repaired", "mirror")]


class Frozen(MemoryStore):
    """Some objects were moved into an archive class."""

    def __init__(self) -> None:
        super().__init__()
        self.cold: set[str] = set()

    def read_sha256(self, key: str) -> str | None:
        if key in self.cold:
            raise StoreError(Message.of(FROZEN, bucket="", key=key, code=""), outage=False)
        return super().read_sha256(key)


def test_what_is_frozen_hinders_nothing_else(archive: SmallArchive) -> None:
    store = Frozen()
    two = TwoCopies(archive, store)
    kept = [two.keep(number, filed=True) for number in range(3)]
    moved = two.archive.move(kept[2], "李四/2026-11-16/2.mp3")
    sheet = two.keep_sheet(b"a sheet")
    two.empty_inbox()
    sound = two.file(kept[1]).read_bytes()
    for one in (kept[0], kept[1], moved):
        two.file(one).write_bytes(b"bad")
    two.verify()
    store.cold = {kept[0].path, kept[2].path, moved.path, sheet}
    further = MemoryStore()
    further.objects = {moved.path: store.objects[moved.path]}
    repair = two.repairing(store, further={"nas": further})
    told = outcomes(list(repair.run(None, dry_run=False)))
    assert told == [
        ("archive", "no_good_copy", ""),
        ("archive", "repaired", "mirror"),
        ("archive", "repaired", "mirror"),
    ]
    assert two.file(kept[1]).read_bytes() == sound
    assert [one.key for one in repair.unasked.values()] == [FROZEN]


def test_a_source_that_was_moved_out_of_the_inbox_is_a_good_copy(
    two: TwoCopies, tmp_path: Path
) -> None:
    one, _ = two.keep(1, mirrored=False), two.keep(2)
    sound = two.file(one).read_bytes()
    two.file(one).write_bytes(b"bad")
    two.archive.inbox.rename(tmp_path / "released")
    repair = two.repairing(None, released=tmp_path / "released")
    assert outcomes(list(repair.run([one.id], dry_run=False))) == [
        ("archive", "repaired", "released")
    ]
    assert two.file(one).read_bytes() == sound


@pytest.mark.parametrize("make", [Path.symlink_to, Path.hardlink_to])
def test_a_source_that_is_a_link_by_now_hinders_no_other_copy(
    two: TwoCopies, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    one, _ = two.keep(1), two.keep(2)
    sound = two.file(one).read_bytes()
    two.file(one).unlink()
    source = two.archive.inbox / one.source
    make(source, source.rename(tmp_path / "elsewhere.mp3"))
    two.verify()
    assert outcomes(two.repair()) == [("archive", "repaired", "mirror")]
    assert two.file(one).read_bytes() == sound


def test_an_altered_object_is_put_anew_and_kept_aside(two: TwoCopies, tmp_path: Path) -> None:
    one = two.keep(1, filed=True)
    bad = flip(two.file(one).read_bytes(), 8)
    replace_object(two, one, bad, tmp_path)
    two.verify(MIRROR, CONTENTS)
    assert outcomes(two.repair(dry_run=True)) == [("mirror", "possible", "archive")]
    (mended,) = two.repair()
    assert (mended.outcome, mended.aside) == (Outcome.REPAIRED, f"{ASIDE}/{one.path}")
    assert two.objects.read_sha256(one.path) == one.sha256
    aside = two.objects.look(f"{ASIDE}/{one.path}")
    assert aside is not None
    assert aside.size == len(bad)
    assert two.archive.mirror_state(one).checksum == one.sha256
    assert two.archive.owed() == []
    assert two.faults() == {}
    assert two.events(one.sha256)[-3:] == ["found_altered", "mirrored", "repaired"]


class Worn(MemoryStore):
    """Its disk cannot read some objects, which SeaweedFS tells as 500."""

    def __init__(self) -> None:
        super().__init__()
        self.unreadable: set[str] = set()

    def read_sha256(self, key: str) -> str | None:
        self._read(key)
        return super().read_sha256(key)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self._read(key)
        super().copy(key, to, lock)

    def _read(self, key: str) -> None:
        if key in self.unreadable & self.objects.keys():
            said = {"endpoint": "", "code": "InternalError"}
            raise StoreError(Message.of("store.server_error", **said), outage=True)


def test_an_object_that_the_store_cannot_copy_aside_hinders_no_other(
    archive: SmallArchive, tmp_path: Path
) -> None:
    store = Worn()
    two = TwoCopies(archive, store)
    worn, altered = two.keep(1), two.keep(2)
    replace_object(two, altered, b"bad", tmp_path)
    store.unreadable = {worn.path}
    two.verify(MIRROR, CONTENTS)
    failed, mended = two.repair()
    assert failed.error is not None
    assert (failed.outcome, failed.error.key) == (Outcome.FAILED, "repair.not_copied_aside")
    assert mended.outcome is Outcome.REPAIRED
    assert worn.path in store.objects
    # As it is said then.
    store.objects.pop(worn.path)
    store.unreadable = set()
    two.verify(MIRROR)
    assert outcomes(two.repair()) == [("mirror", "repaired", "archive")]
    assert two.faults() == {}


def test_a_missing_object_is_put_anew(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)
    two.objects.delete(one.path)
    two.verify(MIRROR)
    assert outcomes(two.repair()) == [("mirror", "repaired", "archive")]
    assert two.objects.read_sha256(one.path) == one.sha256


def test_without_a_good_copy_nothing_changes(two: TwoCopies, tmp_path: Path) -> None:
    one, _ = two.keep(1), two.keep(2)
    two.empty_inbox()
    bad = flip(two.file(one).read_bytes(), 8)
    two.file(one).write_bytes(bad)
    replace_object(two, one, b"altered, too", tmp_path)
    assert [one for _, one, _ in outcomes(two.repair([one.id]))] == ["no_good_copy"] * 2
    assert two.file(one).read_bytes() == bad
    aside = two.objects.look(one.path)
    assert aside is not None
    assert aside.size == len(b"altered, too")
    assert two.faults() == {(one.id, "archive"): "altered", (one.id, "mirror"): "altered"}
    assert not two.file(".callvault/aside").exists()


def test_what_is_right_by_now_is_left_alone(two: TwoCopies) -> None:
    one, _ = two.keep(1), two.keep(2)
    sound = two.file(one).read_bytes()
    two.file(one).write_bytes(b"bad")
    two.verify()
    two.file(one).write_bytes(sound)
    assert outcomes(two.repair()) == [("archive", "sound", "")]
    assert two.faults() == {}
    assert two.repair([one.id]) == []


def test_a_second_bad_copy_is_kept_beside_the_first(two: TwoCopies) -> None:
    one = two.keep(1)
    for bad in (b"first", b"second"):
        two.file(one).write_bytes(bad)
        two.repair([one.id])
    kept = sorted(path.read_bytes() for path in two.file(ASIDE).rglob("*") if path.is_file())
    assert kept == [b"first", b"second"]


def test_a_link_in_a_file_s_place_is_put_aside_as_a_link(two: TwoCopies) -> None:
    one, other = two.keep(1), two.keep(2)
    two.file(one).unlink()
    two.file(one).symlink_to(two.file(other))
    two.repair([one.id])
    assert not two.file(one).is_symlink()
    assert two.file(f"{ASIDE}/{one.path}").is_symlink()
    assert two.verify().faults == 0


@pytest.mark.parametrize("place", [ARCHIVE, MIRROR])
def test_papers_are_repaired_too(two: TwoCopies, tmp_path: Path, place: str) -> None:
    two.keep(1)
    path = two.keep_sheet(b"a sheet")
    two.empty_inbox()
    if place is ARCHIVE:
        two.file(path).write_bytes(b"a sheep")
    else:
        replace_object(two, path, b"a sheep", tmp_path)
    (mended,) = two.repair()
    assert (mended.kept.path, mended.outcome) == (path, Outcome.REPAIRED)
    assert two.file(path).read_bytes() == b"a sheet"
    assert two.papers(MIRROR) == two.papers() == {}
    assert two.repair() == []


def test_what_is_owed_to_the_mirror_yet_is_not_repaired(two: TwoCopies) -> None:
    two.keep(1)
    late = two.archive.admit(b"not sent yet", "2026-11-16/王芳/late.mp3")
    assert two.repair([late.id]) == []
    assert two.objects.look(late.path) is None


def test_without_a_mirror_the_inbox_still_helps(two: TwoCopies) -> None:
    one = two.keep(1)
    two.file(one).write_bytes(b"bad")
    (mended,) = two.repairing(None).run([one.id], dry_run=False)
    assert mended.outcome is Outcome.REPAIRED
    two.empty_inbox()
    two.file(one).write_bytes(b"bad")
    (mended,) = two.repairing(None).run([one.id], dry_run=False)
    assert mended.outcome is Outcome.NO_GOOD_COPY


class Stubborn(MemoryStore):
    """Refuses what it is told to."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self.refused = refused

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self._may("copy")
        super().copy(key, to, lock)

    def delete(self, key: str) -> bool:
        self._may("delete")
        return super().delete(key)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        if self.refused == "fetch":
            writer.write(b"half of i")
        self._may("fetch")
        return super().fetch(key, writer)

    def _may(self, asked: str) -> None:
        if asked == self.refused:
            outage = asked == "fetch"
            raise StoreError(Message.of("store.access_denied", **_PLACE), outage=outage)


_PLACE = {"endpoint": "memory", "bucket": "memory", "code": "AccessDenied"}


@pytest.mark.parametrize("refused", ["copy", "delete"])
def test_an_object_that_may_not_be_put_aside_is_told_and_left(
    archive: SmallArchive, refused: str
) -> None:
    store = Stubborn(refused)
    two = TwoCopies(archive, store)
    one = two.keep(1)
    store.objects[one.path] = b"bad"
    (mended,) = two.repair([one.id])
    assert mended.outcome is Outcome.FAILED
    assert mended.error is not None
    assert mended.error.key == "store.access_denied"
    assert store.objects[one.path] == b"bad"
    assert two.faults() == {(one.id, "mirror"): "altered"}
    store.refused = ""
    assert outcomes(two.repair()) == [("mirror", "repaired", "archive")]
    assert store.objects[one.path] == two.file(one).read_bytes()


def test_a_download_that_breaks_off_leaves_everything_as_it_was(archive: SmallArchive) -> None:
    store = Stubborn("fetch")
    two = TwoCopies(archive, store)
    one = two.keep(1)
    two.empty_inbox()
    two.file(one).write_bytes(b"bad")
    two.verify()
    with pytest.raises(StoreError):
        two.repair()
    assert two.file(one).read_bytes() == b"bad"
    assert list(two.file(".callvault/staging").iterdir()) == []
    store.refused = ""
    assert outcomes(two.repair()) == [("archive", "repaired", "mirror")]


class Meddled(MemoryStore):
    """Something happens just before an object is fetched."""

    happens: Callable[[], object] = staticmethod(lambda: None)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        self.happens()
        return super().fetch(key, writer)


@pytest.mark.parametrize("later", [b"other bytes by now", None])
def test_a_good_copy_that_changes_while_it_is_fetched_is_not_taken(
    archive: SmallArchive, later: bytes | None
) -> None:
    store = Meddled()
    two = TwoCopies(archive, store)
    one = two.keep(1)
    two.empty_inbox()
    two.file(one).write_bytes(b"bad")

    def change() -> None:
        store.objects.pop(one.path)
        if later is not None:
            store.objects[one.path] = later

    store.happens = change
    (mended,) = two.repair([one.id])
    assert (mended.outcome, mended.error) == (
        Outcome.FAILED,
        Message.of("repair.good_copy_changed"),
    )
    assert two.file(one).read_bytes() == b"bad"
    assert list(two.file(".callvault/staging").iterdir()) == []


def test_a_file_that_another_program_puts_there_is_not_overwritten(archive: SmallArchive) -> None:
    store = Meddled()
    two = TwoCopies(archive, store)
    one, _ = two.keep(1), two.keep(2)
    two.empty_inbox()
    two.file(one).unlink()
    store.happens = lambda: two.file(one).write_bytes(b"restored by hand, and wrong")
    (mended,) = two.repair([one.id])
    assert mended.outcome is Outcome.FAILED
    assert mended.error is not None
    assert mended.error.key == "repair.name_taken"
    assert two.file(one).read_bytes() == b"restored by hand, and wrong"
    assert two.faults() == {(one.id, "archive"): "missing"}


def _bad_file(two: TwoCopies, one: Recording, _: Path) -> None:
    two.file(one).write_bytes(b"bad")


def _no_file(two: TwoCopies, one: Recording, _: Path) -> None:
    two.file(one).unlink()


def _bad_object(two: TwoCopies, one: Recording, folder: Path) -> None:
    replace_object(two, one, b"bad", folder)


def _no_object(two: TwoCopies, one: Recording, _: Path) -> None:
    two.objects.delete(one.path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork")
@pytest.mark.parametrize("harm", [_bad_file, _no_file, _bad_object, _no_object])
def test_a_repair_may_be_killed_at_any_write_and_begun_again(
    archive: SmallArchive,
    server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    harm: Callable[[TwoCopies, Recording, Path], None],
) -> None:
    """A store that is written to is a server, which a kill of the repair does not end."""
    server.sign_in(monkeypatch)
    settings = Mirror(server.bucket, harm.__name__, server.endpoint_url, None, "auto", None, 1)
    mirror = settings if harm in (_bad_object, _no_object) else None
    two = TwoCopies(archive, connect(mirror) if mirror else MemoryStore())
    one, other = two.keep(1), two.keep(2)
    two.empty_inbox()
    sound = two.file(one).read_bytes()
    bad = 0
    for write in range(1, 60):
        harm(two, one, tmp_path)
        bad += harm in (_bad_file, _bad_object)
        if not _killed(two, one, mirror, write):
            break
        held = [two.file(one).read_bytes() if two.file(one).exists() else b""]
        assert held[0] in (sound, b"bad", b""), "something partial stands under a final name"
        two.repair([one.id])
        _all_is_well(two, one, sound)
        assert two.file(other).exists()
    assert write > 5
    _all_is_well(two, one, sound)
    aside = [path for path in two.file(".callvault/aside").rglob("*") if path.is_file()]
    asides = list(two.objects.list(".callvault/aside/"))
    # None of the bad copies was lost; one that was copied before a kill may be there twice.
    assert len(aside) + len(asides) >= bad


def _killed(two: TwoCopies, one: Recording, mirror: Mirror | None, write: int) -> bool:
    def repair(countdown: Countdown) -> None:
        if mirror:  # connections are not shared with the parent
            two.objects = connect(mirror)
        for name in ("put", "copy", "delete"):
            setattr(two.objects, name, countdown.before(getattr(two.objects, name)))
        two.repair([one.id])

    return killed(repair, write)


def _all_is_well(two: TwoCopies, one: Recording, sound: bytes) -> None:
    two.drain()  # an object that was put and not confirmed before the kill is owed yet
    assert two.file(one).read_bytes() == sound
    assert two.objects.read_sha256(one.path) == one.sha256
    assert two.faults() == {}
    assert two.archive.owed() == []
    assert two.archive.mirror_state(one).checksum == one.sha256
    assert broken(two.archive.custody()) is None
