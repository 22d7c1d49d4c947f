"""Whether a mirror has a custody file that the catalogue does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

import pytest

from archive.catalogue import outbox, outbox_enlisting
from archive.catalogue.papers import custody_files
from archive.custody_ahead import unknown_file
from archive.keeping import keep
from archive.layout import custody_path
from archive.objects import NOT_OPENED, StoredObject, StoreError
from config.language import Message
from config.settings import FIRST_MIRROR
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, DAY, SmallArchive

NEXT = AT + timedelta(days=1)


class Asked(MemoryStore):
    """Knows what it was asked, and may be told what to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.failing: str | None = None

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        self.asked.append(f"list {after}")
        return super().list(prefix, after)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        self.asked.append(f"fetch {key}")
        if self.failing is not None:
            raise StoreError(Message.of(self.failing))
        return super().fetch(key, writer)


@pytest.fixture
def objects() -> Asked:
    return Asked()


def write(archive: SmallArchive, at: datetime = AT) -> str:
    """One more custody file."""
    with archive.catalogue.reading() as tx:
        count = len(custody_files(tx))
    archive.admit(b"call %d" % count, f"2026-11-16/{count}.mp3")
    assert keep(archive.catalogue, archive.store, at) == 1
    with archive.catalogue.reading() as tx:
        return custody_files(tx)[-1].path


def send(archive: SmallArchive, objects: MemoryStore, *, confirmed: bool = True) -> None:
    """All custody files, whether or not the answers arrive."""
    with archive.catalogue.transaction() as tx:
        for one in custody_files(tx):
            objects.objects[one.path] = archive.store.path(one.path).read_bytes()
        outbox_enlisting.enlist_custody_files(tx, AT)
        papers = [one for one in outbox.due(tx, None, 100) if one.recording is None]
        for errand in papers if confirmed else []:
            outbox.confirm(tx, errand, AT)


def unknown(archive: SmallArchive, objects: MemoryStore) -> str | None:
    return unknown_file(archive.catalogue, FIRST_MIRROR, objects)


def test_what_is_confirmed_is_not_asked_for_again(archive: SmallArchive, objects: Asked) -> None:
    assert unknown(archive, objects) is None
    write(archive)
    last = write(archive)
    send(archive, objects)
    write(archive)
    assert unknown(archive, objects) is None
    assert objects.asked == ["list ", f"list {last}"]


def test_what_was_sent_and_got_no_answer_is_the_archives_own(
    archive: SmallArchive, objects: Asked
) -> None:
    first = write(archive)
    send(archive, objects)
    last = [write(archive), write(archive)][-1]
    send(archive, objects, confirmed=False)
    assert unknown(archive, objects) is None
    assert objects.asked == [f"list {first}", f"fetch {last}"]


@pytest.mark.parametrize("sent", [0, 2])
def test_a_later_one_is_unknown(archive: SmallArchive, objects: Asked, sent: int) -> None:
    for _ in range(sent):
        write(archive)
        send(archive, objects)
    later = custody_path(sent + 1, NEXT.date())
    objects.objects[later] = b"?"
    assert unknown(archive, objects) == later


def test_one_of_a_known_number_on_another_day_is_unknown(
    archive: SmallArchive, objects: Asked
) -> None:
    write(archive)
    send(archive, objects)
    write(archive, NEXT + timedelta(days=1))
    forked = custody_path(2, NEXT.date())
    objects.objects[forked] = b"?"
    assert unknown(archive, objects) == forked


def test_one_beside_which_history_has_gone_on_makes_nothing_worse(
    archive: SmallArchive, objects: Asked
) -> None:
    """After a person has said which of the two is to count, the mirror is used again."""
    write(archive)
    write(archive, NEXT)
    send(archive, objects, confirmed=False)
    forked = custody_path(2, DAY)
    objects.objects[forked] = b"?"
    assert unknown(archive, objects) is None
    objects.objects[custody_path(3, DAY)] = b"?"
    objects.objects[custody_path(1, NEXT.date() + timedelta(days=1))] = b"?"
    assert unknown(archive, objects) == custody_path(3, DAY)


def test_one_of_a_known_name_with_other_contents_is_unknown(
    archive: SmallArchive, objects: Asked
) -> None:
    write(archive)
    second = write(archive)
    own = archive.store.path(second).read_bytes()
    objects.objects[second] = own.replace(b"T17:00:00+", b"T17:00:00.500000+", 1)
    assert unknown(archive, objects) == second


def test_what_was_swapped_or_has_a_wrong_bit_is_no_other_history(
    archive: SmallArchive, objects: Asked
) -> None:
    """Verifying is about these."""
    first, last = write(archive), write(archive)
    send(archive, objects)
    own = dict(objects.objects)
    objects.objects |= {first: own[last], last: own[first]}
    assert unknown(archive, objects) is None
    objects.objects = own | {last: own[last].replace(b"T17:00:00+", b"T17:00:10+", 1)}
    assert unknown(archive, objects) is None


def test_one_that_is_damaged_or_gone_says_nothing(archive: SmallArchive, objects: Asked) -> None:
    """Verifying and repairing are about these."""
    path = write(archive)
    objects.objects[path] = b"{}"
    assert unknown(archive, objects) is None
    objects.failing = NOT_OPENED
    assert unknown(archive, objects) is None
    objects.failing = "store.server_error"
    with pytest.raises(StoreError):
        unknown(archive, objects)

    class Gone(Asked):
        def fetch(self, key: str, writer: BinaryIO) -> str | None:
            del self.objects[key]
            return super().fetch(key, writer)

    gone = Gone()
    gone.objects[path] = b"{}"
    assert unknown(archive, gone) is None


def test_under_a_wrong_clock_the_newest_is_told_by_its_number(
    archive: SmallArchive, objects: Asked
) -> None:
    write(archive, AT + timedelta(days=3_000))
    last = write(archive)
    send(archive, objects, confirmed=False)
    assert unknown(archive, objects) is None
    assert objects.asked == ["list ", f"fetch {last}"]


def test_one_that_was_emptied_knows_no_more(archive: SmallArchive, objects: Asked) -> None:
    first, _ = write(archive), write(archive)
    send(archive, objects)
    objects.objects.clear()
    assert unknown(archive, objects) is None
    objects.objects[first] = archive.store.path(first).read_bytes()
    assert unknown(archive, objects) is None


def test_what_is_no_custody_file_does_not_matter(archive: SmallArchive, objects: Asked) -> None:
    folder = custody_path(1, DAY).rpartition("/")[0]
    for name in ("00000001.tsr", "00000002.jsonl.part", "note.txt"):
        objects.objects[f"{folder}/{name}"] = b"?"
    assert unknown(archive, objects) is None
