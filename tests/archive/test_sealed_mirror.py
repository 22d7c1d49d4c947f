"""A sealed mirror at work: mirrored, moved, verified, repaired, restored, killed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import pytest

from archive import keeping
from archive.catalogue import outbox_enlisting
from archive.catalogue.chosen import Choice
from archive.catalogue.database import open_catalogue
from archive.custody_check import check
from archive.errors import DiskError
from archive.folder_objects import FolderStore
from archive.layout import CUSTODY, stamp_path
from archive.mirror import Drained, Mirror
from archive.objects import ObjectLock, StoreError
from archive.proof import Proof, prove
from archive.records import Recording
from archive.restoring import fetch_custody
from archive.restoring import restore as restore_inside
from archive.restoring_outside import Outside
from archive.sealed_objects import SealedStore
from archive.sealing import MAGIC, Key
from archive.store import Store
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive
from tests.archive.two_copies import ARCHIVE, CONTENTS, MIRROR, PRESENCE, SIZE, TwoCopies, flip
from tests.dying import killed

KEY = Key.of("the key of these tests")


class Counting(MemoryStore):
    """Counts what is uploaded and what is read back."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: list[str] = []
        self.puts: list[str] = []

    def put(self, key: str, *rest: object, **named: object) -> None:
        self.puts.append(key)
        super().put(key, *rest, **named)  # type: ignore[arg-type]

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self.copies.append(to)
        super().copy(key, to, lock)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def inner() -> Counting:
    return Counting()


@pytest.fixture
def copies(archive: SmallArchive, inner: Counting) -> TwoCopies:
    return TwoCopies(archive, SealedStore(inner, KEY, "recordings"))


def damage(inner: MemoryStore, key: str) -> bytes:
    """In one bit; returns what is there now."""
    inner.objects[key] = flip(inner.objects[key], 8 * len(inner.objects[key]) - 3)
    return inner.objects[key]


def fresh(copies: TwoCopies, inner: MemoryStore) -> None:
    """As another process, which remembers nothing, finds the mirror."""
    copies.objects = SealedStore(inner, KEY, "recordings")


def test_sound_copies_are_sound_at_each_level(copies: TwoCopies, inner: Counting) -> None:
    for number in range(5):
        copies.keep(number, filed=number > 2)
    copies.keep_sheet(b"a sheet")
    assert all(contents.startswith(MAGIC) for contents in inner.objects.values())
    fresh(copies, inner)
    for level in (PRESENCE, SIZE, CONTENTS):
        run = copies.verify(MIRROR, level)
        assert (run.seen, run.faults) == (5, 0)
        assert copies.papers(MIRROR, level) == {}


def test_a_damaged_object_is_found_named_and_put_right(copies: TwoCopies, inner: Counting) -> None:
    sound, bad, cut = (copies.keep(number) for number in range(3))
    whole = dict(inner.objects)
    damaged = damage(inner, bad.path)
    inner.objects[cut.path] = inner.objects[cut.path][:-1]
    assert copies.verify(MIRROR, PRESENCE).faults == 0
    assert copies.verify(MIRROR, SIZE).faults == 1
    assert copies.verify(MIRROR, CONTENTS).faults == 2
    assert copies.faults() == {(bad.id, "mirror"): "altered", (cut.id, "mirror"): "altered"}
    told = {one.kept.recording: one.outcome.value for one in copies.repair()}
    assert told == {bad.id: "repaired", cut.id: "repaired"}
    assert {key: inner.objects[key] for key in whole} == whole
    asides = {key for key in inner.objects if "/aside/" in key}
    assert {inner.objects[key] for key in asides} == {damaged, whole[cut.path][:-1]}
    assert copies.verify(MIRROR, CONTENTS).faults == 0
    assert copies.events(bad.sha256)[-3:] == ["found_altered", "mirrored", "repaired"]
    assert copies.events(sound.sha256) == ["admitted", "mirrored"]


def test_a_damaged_sheet_is_named_and_put_right(copies: TwoCopies, inner: Counting) -> None:
    path = copies.keep_sheet(b"a sheet")
    damage(inner, path)
    assert copies.papers(MIRROR) == {path: "unreadable"}
    assert [one.outcome.value for one in copies.repair()] == ["repaired"]
    assert copies.papers(MIRROR) == {}


def test_a_plain_object_in_its_place_is_no_sound_copy(copies: TwoCopies, inner: Counting) -> None:
    """Somebody copied the archive into the bucket."""
    found = copies.keep(1)
    inner.objects[found.path] = copies.file(found).read_bytes()
    assert copies.verify(MIRROR, SIZE).faults == 1
    assert [one.outcome.value for one in copies.repair()] == ["repaired"]
    assert inner.objects[found.path].startswith(MAGIC)


def test_a_plain_sheet_in_its_place_is_no_sound_copy(copies: TwoCopies, inner: Counting) -> None:
    """Of a sheet the catalogue knows no size."""
    path = copies.keep_sheet(b"a sheet")
    inner.objects[path] = b"a sheet"
    assert copies.papers(MIRROR, PRESENCE) == {}
    assert copies.papers(MIRROR, SIZE) == {path: "altered"}


def test_a_file_is_restored_from_the_sealed_copy(copies: TwoCopies) -> None:
    found = copies.keep(1)
    whole = copies.file(found).read_bytes()
    copies.file(found).write_bytes(flip(whole, 5))
    copies.empty_inbox()
    assert copies.verify(ARCHIVE).faults == 1
    assert [one.outcome.value for one in copies.repair()] == ["repaired"]
    assert copies.file(found).read_bytes() == whole


def test_where_all_is_unreadable_it_is_the_key_and_not_the_copies(
    copies: TwoCopies, inner: Counting
) -> None:
    """Should a wrong key ever get here, nothing is called damaged."""
    for number in range(9):
        copies.keep(number)
    copies.objects = SealedStore(inner, Key.of("another key of these tests"), "recordings")
    with pytest.raises(DiskError):
        copies.verify(MIRROR, CONTENTS)
    assert copies.faults() == {}


def test_a_moved_recording_is_copied_within_the_store(
    archive: SmallArchive, inner: Counting
) -> None:
    found = archive.admit(b"a call")
    Office(archive, SealedStore(inner, KEY, "recordings")).drain()
    before = inner.objects[found.path]
    moved = archive.move(found, "张三/2026-11-16/a.mp3")
    later = Office(archive, SealedStore(inner, KEY, "recordings"))
    later.drain()
    assert later.mirrored(moved)
    assert inner.copies == [moved.path]
    assert inner.puts == [found.path]
    assert inner.objects == {moved.path: before}


def test_a_damaged_object_is_not_copied_on_but_sent_anew(
    archive: SmallArchive, inner: Counting
) -> None:
    found = archive.admit(b"a call")
    office = Office(archive, SealedStore(inner, KEY, "recordings"))
    office.drain()
    whole = inner.objects[found.path]
    damage(inner, found.path)
    moved = archive.move(found, "张三/2026-11-16/a.mp3")
    drained = office.drain()
    assert (drained.refused, drained.outage) == (0, None)
    assert office.mirrored(moved)
    assert inner.objects == {moved.path: whole}


def test_a_store_that_damages_what_it_is_sent_is_told(archive: SmallArchive) -> None:
    class Damaging(MemoryStore):
        def put(self, key: str, *rest: object, **named: object) -> None:
            super().put(key, *rest, **named)  # type: ignore[arg-type]
            damage(self, key)

    found = archive.admit(b"a call")
    office = Office(archive, SealedStore(Damaging(), KEY, "recordings"))
    assert office.drain().refused == 1
    assert office.error(found) == "store.not_opened"
    assert not office.mirrored(found)


def test_an_outage_while_it_is_read_back_is_an_outage(archive: SmallArchive) -> None:
    class Away(MemoryStore):
        def fetch(self, key: str, writer: object) -> str | None:
            del key, writer
            self.down = True
            self.check()
            return None

    found = archive.admit(b"a call")
    store = Away(keeps_checksums=False)
    office = Office(archive, SealedStore(store, KEY, "recordings"))
    assert office.drain().outage is not None
    assert archive.mirror_state(found).checksum is None


def test_the_proof_reads_what_it_was_not_there_to_seal(
    archive: SmallArchive, inner: Counting
) -> None:
    found = archive.admit(b"a call")
    Office(archive, SealedStore(inner, KEY, "recordings")).drain()
    proof = prove(archive.store, SealedStore(inner, KEY, "recordings"), found, AT)
    assert isinstance(proof, Proof)
    assert not proof.told_by_store
    damage(inner, found.path)
    with pytest.raises(StoreError):
        prove(archive.store, SealedStore(inner, KEY, "recordings"), found, AT)


# The way back


def filled(archive: SmallArchive, inner: MemoryStore) -> dict[str, bytes]:
    """Recordings filed and mirrored, and the custody files."""
    calls = {f"张三/2026-11-16/{number}.mp3": b"call %d" % number for number in range(3)}
    for path, contents in calls.items():
        archive.move(archive.admit(contents, f"2026-11-16/{path}"), path)
    keeping.keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    Office(archive, SealedStore(inner, KEY, "recordings")).drain(everything=True)
    return calls


def test_restored_outside_only_the_damaged_one_is_left(
    archive: SmallArchive, inner: Counting, tmp_path: Path
) -> None:
    calls = filled(archive, inner)
    bad, *others = calls
    damage(inner, bad)
    objects = SealedStore(inner, KEY, "recordings")
    outside = Outside(archive.catalogue, objects, tmp_path / "to", 2)
    told = {one.kept.path: one.fate.value for one in outside.restore(Choice())}
    assert told == {bad: "unreadable"} | dict.fromkeys(others, "fetched")
    for path in others:
        assert (tmp_path / "to" / path).read_bytes() == calls[path]
    assert not (tmp_path / "to" / bad).exists()


def test_restored_inside_only_the_damaged_one_is_lost(
    archive: SmallArchive, inner: Counting
) -> None:
    calls = filled(archive, inner)
    bad, *others = calls
    damage(inner, bad)
    for path in calls:
        archive.store.path(path).unlink()
    objects = SealedStore(inner, KEY, "recordings")
    restored = restore_inside(archive.catalogue, archive.store, objects)
    assert (restored.fetched, restored.missing) == (2, (bad,))
    for path in others:
        assert archive.store.path(path).read_bytes() == calls[path]
    inner.down = True
    with pytest.raises(StoreError):
        restore_inside(archive.catalogue, archive.store, objects)


def test_from_an_earlier_key_where_the_present_one_is_damaged(
    archive: SmallArchive, inner: Counting
) -> None:
    found = archive.admit(b"a call")
    objects = SealedStore(inner, KEY, "recordings")
    Office(archive, objects).drain()
    moved = archive.move(found, "张三/2026-11-16/a.mp3")
    inner.objects[moved.path] = inner.objects[found.path]
    damage(inner, moved.path)
    archive.store.path(moved.path).unlink()
    restored = restore_inside(archive.catalogue, archive.store, objects)
    assert (restored.fetched, restored.missing) == (1, ())
    assert archive.store.path(moved.path).read_bytes() == b"a call"


def test_a_damaged_custody_file_is_not_brought_back(archive: SmallArchive, inner: Counting) -> None:
    filled(archive, inner)
    (path,) = (archive.store.root / CUSTODY).rglob("*.jsonl")
    objects, key = SealedStore(inner, KEY, "recordings"), path.relative_to(archive.store.root)
    assert check(archive.catalogue, archive.store, objects).problems == ()
    damage(inner, key.as_posix())
    (problem,) = check(archive.catalogue, archive.store, objects).problems
    assert problem.key == "custody.object_differs"
    path.unlink()
    with pytest.raises(StoreError):
        fetch_custody(archive.store, objects)
    assert not path.exists()


def test_a_damaged_time_stamp_keeps_no_custody_file_away(
    archive: SmallArchive, inner: Counting, tmp_path: Path
) -> None:
    """What is brought back goes without it, as where a plain mirror has it damaged."""
    filled(archive, inner)
    (path,) = (archive.store.root / CUSTODY).rglob("*.jsonl")
    stamp = stamp_path(path.relative_to(archive.store.root).as_posix())
    token = tmp_path / "token"
    token.write_bytes(b"a token")
    objects = SealedStore(inner, KEY, "recordings")
    sha256 = hashlib.sha256(b"a token").hexdigest()
    objects.put(stamp, token, sha256, 7, {})
    damage(inner, stamp)
    path.unlink()
    assert fetch_custody(archive.store, objects) == 1
    assert path.exists()


def test_custody_that_cannot_be_asked_for_is_an_outage(
    archive: SmallArchive, inner: Counting
) -> None:
    class Breaking(SealedStore):
        def read_sha256(self, key: str) -> str | None:
            inner.down = True
            return super().read_sha256(key)

    filled(archive, inner)
    checked = check(archive.catalogue, archive.store, Breaking(inner, KEY, "recordings"))
    assert (checked.problems, checked.mirrored) == ((), None)
    assert checked.unasked is not None


# Killed


def test_killed_before_any_of_its_writes_it_meets_its_own_bytes(
    archive: SmallArchive, nas: Path, temporary: Path
) -> None:
    """Also between the upload and the word of it in the catalogue."""
    url = f"sqlite:///{archive.store.root / '.callvault' / 'catalogue.sqlite'}"
    write, left = 1, set()

    def drain(_: object = None) -> Drained:
        catalogue = open_catalogue(url)  # connections are not shared with the parent
        objects = SealedStore(FolderStore(nas, nas.with_name("nas.id")), KEY, "nas")
        done = Mirror(catalogue, Store(archive.store.root), objects, 1, lambda: AT)
        drained = done.drain(everything=True)
        catalogue.close()
        return drained

    while True:
        found: Recording = archive.admit(b"call %d" % write, f"{write}.mp3")
        if not killed(drain, write):
            break
        there = (nas / found.path).exists()
        left.add((there, archive.mirror_state(found).checksum is not None))
        drained = drain()
        assert (drained.refused, drained.outage, drained.problem) == (0, None, None)
        assert archive.mirror_state(found).checksum == found.sha256
        write += 1
    assert {(False, False), (True, False)} <= left
    assert len(list(nas.rglob("*.mp3"))) == write
    halves = list(temporary.iterdir())
    assert halves
    for half in halves:
        os.utime(half, (0, 0))
    SealedStore(FolderStore(nas, nas.with_name("nas.id")), KEY, "nas").sweep(lambda _: True)
    assert list(temporary.iterdir()) == []
