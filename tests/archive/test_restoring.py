"""What the archive lacks comes back from the mirror, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest

from archive.catalogue import outbox
from archive.objects import StoreError
from archive.restoring import fetch_custody, restore
from config.language import Message
from tests.archive.memory_objects import MemoryStore
from tests.archive.mirrored_office import Office
from tests.archive.small_archive import AT, SmallArchive

FILED = "张三/2026-11-16/a.mp3"


def test_only_custody_files_are_fetched_as_such(archive: SmallArchive) -> None:
    """Whoever writes into the bucket names no file outside the folder of custody files."""
    objects = MemoryStore()
    folder = ".callvault/custody"
    own = [f"{folder}/2026-11-16/00000001.jsonl", f"{folder}/2026-11-16/00000001.tsr"]
    others = [
        f"{folder}/../../../out.jsonl",
        f"{folder}/2026-11-16/../../../../00000001.jsonl",
        f"{folder}/C:/00000001.jsonl",
        f"{folder}/2026-11-16/notes.jsonl",
        f"{folder}/",
    ]
    objects.objects |= dict.fromkeys([*own, *others], b"{}")
    before = sorted(archive.store.root.parent.rglob("*"))
    assert fetch_custody(archive.store, objects) == 2
    made = {path for path in archive.store.root.parent.rglob("*") if path.is_file()}
    assert made - set(before) == {archive.store.path(one) for one in own}


def test_what_the_mirror_still_has_under_an_earlier_key_is_found_there(
    archive: SmallArchive,
) -> None:
    """The disk was lost after the recording was filed, and before its object followed."""
    objects = MemoryStore()
    held = archive.admit(b"a call")
    assert Office(archive, objects).drain().done == 1
    filed = archive.move(held, FILED)
    archive.store.path(filed.path).unlink()
    restored = restore(archive.catalogue, archive.store, objects)
    assert (restored.fetched, restored.missing) == (1, ())
    assert archive.store.path(FILED).read_bytes() == b"a call"
    with archive.catalogue.reading() as tx:
        assert [one.key for one in outbox.due(tx, AT, 10)] == [FILED]
    Office(archive, objects).drain(everything=True)
    assert list(objects.objects) == [FILED]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that gives EIO")
def test_what_a_dying_disk_does_not_give_keeps_nothing_else_from_coming_back(
    archive: SmallArchive,
) -> None:
    """A file that nobody knows might be what is looked for; whoever cannot read it does without."""
    objects = MemoryStore()
    held = archive.admit(b"a call")
    Office(archive, objects).drain()
    path = archive.store.path(held.path)
    path.unlink()
    path.with_name("unreadable").symlink_to("/proc/self/mem")
    path.with_name("other").write_bytes(b"another call")
    restored = restore(archive.catalogue, archive.store, objects)
    assert (restored.fetched, restored.missing) == (1, ())
    assert path.read_bytes() == b"a call"


def test_what_the_store_cannot_read_keeps_nothing_else_from_coming_back(
    archive: SmallArchive,
) -> None:
    class BadSector(MemoryStore):
        def fetch(self, key: str, writer: BinaryIO) -> str | None:
            if key == first.path:
                raise StoreError(Message.of("store.server_error"), outage=True)
            return super().fetch(key, writer)

    objects = BadSector()
    first, second = archive.admit(b"a call", "a.mp3"), archive.admit(b"another", "b.mp3")
    Office(archive, objects).drain()
    for one in (first, second):
        archive.store.path(one.path).unlink()
    restored = restore(archive.catalogue, archive.store, objects)
    assert (restored.fetched, restored.missing) == (1, (first.path,))
    objects.down = True
    with pytest.raises(StoreError):
        restore(archive.catalogue, archive.store, objects)
