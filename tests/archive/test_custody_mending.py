"""Damaged custody files come back from the mirror, where the chain tells that these are right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from archive import keeping
from archive.custody_mending import mend_custody
from archive.errors import CustodyError
from archive.layout import stamp_path
from archive.objects import NOT_OPENED, StoreError
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, DAY, SmallArchive
from tests.archive.two_copies import flip
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority

FILES = 3


class Custody:
    """Custody files, oldest first, and the mirror's copies of them."""

    def __init__(self, archive: SmallArchive, objects: MemoryStore) -> None:
        self.store = archive.store
        self.objects = objects
        for number in range(FILES):
            archive.admit(bytes([number]), f"{number}.mp3")
            keeping.keep(archive.catalogue, archive.store, AT + timedelta(days=number))
        self.paths = sorted(self.store.path(".callvault/custody").rglob("*.jsonl"))
        self.keys = [path.relative_to(self.store.root).as_posix() for path in self.paths]
        self.sound = [path.read_bytes() for path in self.paths]
        objects.objects |= dict(zip(self.keys, self.sound, strict=True))

    def mend(self) -> int:
        return mend_custody(self.store, self.objects, DAY)

    def now(self) -> list[bytes]:
        return [path.read_bytes() for path in self.paths]

    def aside(self) -> list[bytes]:
        folder = self.store.path(".callvault/aside")
        return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())


class Sealed(MemoryStore):
    """Of which one object is damaged."""

    def __init__(self, damaged: str, code: str) -> None:
        super().__init__()
        self.damaged = damaged
        self.code = code

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        if key == self.damaged:
            raise StoreError(Message.of(self.code), outage=False)
        return super().fetch(key, writer)


@pytest.fixture
def custody(archive: SmallArchive) -> Custody:
    return Custody(archive, MemoryStore())


def test_what_is_sound_is_left_alone(custody: Custody) -> None:
    assert custody.mend() == 0
    assert (custody.now(), custody.aside()) == (custody.sound, [])
    custody.objects.objects.clear()
    assert custody.mend() == 0


@pytest.mark.parametrize("number", range(FILES))
def test_one_that_is_damaged_is_brought_back_and_kept_aside(custody: Custody, number: int) -> None:
    bad = custody.sound[number][:-9]
    custody.paths[number].write_bytes(bad)
    assert custody.mend() == 1
    assert (custody.now(), custody.aside()) == (custody.sound, [bad])
    assert custody.mend() == 0


def test_all_of_them_may_be_damaged(custody: Custody) -> None:
    for path in custody.paths:
        path.write_bytes(b"{}")
    assert custody.mend() == FILES
    assert custody.now() == custody.sound


def test_what_the_mirror_has_damaged_too_is_left_for_whoever_reads_it(custody: Custody) -> None:
    custody.paths[1].write_bytes(b"{}")
    custody.objects.objects[custody.keys[1]] = flip(custody.sound[1], 5)
    assert custody.mend() == 0
    del custody.objects.objects[custody.keys[1]]
    assert custody.mend() == 0
    assert custody.paths[1].read_bytes() == b"{}"


def test_of_two_newest_ones_that_are_whole_none_is_taken(custody: Custody) -> None:
    altered = custody.sound[-1].replace(
        '"collector":"王芳"'.encode(), '"collector":"李娜"'.encode()
    )
    assert altered != custody.sound[-1]
    custody.paths[-1].write_bytes(altered)
    with pytest.raises(CustodyError) as caught:
        custody.mend()
    assert caught.value.message.key == "custody.newest_differs"
    assert custody.paths[-1].read_bytes() == altered


def test_one_that_is_sealed_and_damaged_is_none(archive: SmallArchive) -> None:
    sealed = Sealed("", NOT_OPENED)
    custody = Custody(archive, sealed)
    sealed.damaged = custody.keys[0]
    custody.paths[0].write_bytes(b"{}")
    assert custody.mend() == 0
    sealed.code = "store.server_error"
    with pytest.raises(StoreError):
        custody.mend()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that gives EIO")
def test_one_that_the_disk_does_not_give_is_brought_back(custody: Custody) -> None:
    custody.paths[0].unlink()
    custody.paths[0].symlink_to("/proc/self/mem")
    assert custody.mend() == 1
    assert custody.now() == custody.sound


@pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)
def test_a_damaged_time_stamp_is_brought_back(custody: Custody, tmp_path: Path) -> None:
    authority = StampAuthority(tmp_path / "authority")
    key = stamp_path(custody.keys[0])
    stamp = custody.store.path(key)
    token = authority.token(authority.query(custody.sound[0]))
    stamp.write_bytes(token)
    assert custody.mend() == 0
    stamp.write_bytes(b"none")
    assert custody.mend() == 0
    custody.objects.objects[key] = token
    assert custody.mend() == 1
    assert (stamp.read_bytes(), custody.aside()) == (token, [b"none"])
    stamp.unlink()
    stamp.mkdir()
    assert custody.mend() == 1
    assert stamp.read_bytes() == token
