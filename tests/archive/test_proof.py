"""A proof is made by looking at both copies now, by nobody else, and is good for a short time."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from archive.catalogue import releases
from archive.catalogue.releases import Release
from archive.objects import StoreError
from archive.proof import LIFE, Proof, prove
from archive.records import Recording
from config.language import LANGUAGES, Message, Words
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, SmallArchive

CALL = b"the bytes of a call"
OTHER = b"some other bytes!!!"  # as many


def mirrored(archive: SmallArchive, objects: MemoryStore) -> Recording:
    recording = archive.admit(CALL)
    objects.objects[recording.path] = CALL
    return archive.mirrored(recording)


def proven(archive: SmallArchive, objects: MemoryStore) -> Proof:
    proof = prove(archive.store, objects, mirrored(archive, objects), AT)
    assert isinstance(proof, Proof)
    return proof


@pytest.mark.parametrize("keeps_checksums", [True, False])
def test_a_proof_says_what_was_read_and_told_and_when(
    archive: SmallArchive, keeps_checksums: bool
) -> None:
    proof = proven(archive, MemoryStore(keeps_checksums=keeps_checksums))
    recording = proof.recording
    assert proof.facts == {
        "at": AT.isoformat(),
        "archive": {"path": recording.path, "sha256": recording.sha256},
        "object": {
            "key": recording.path,
            "sha256": recording.sha256,
            "checked": "told by the store" if keeps_checksums else "read back",
        },
    }


def test_nobody_else_makes_a_proof(archive: SmallArchive) -> None:
    proof = proven(archive, MemoryStore())
    recording, sha256 = proof.recording, proof.recording.sha256
    with pytest.raises(TypeError, match="only `prove`"):
        Proof(recording, sha256, sha256, True, AT, object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(proof, at=AT + timedelta(days=1))  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        proof.at = AT + timedelta(days=1)  # type: ignore[misc]


def remove(archive: SmallArchive, _objects: MemoryStore, of: Recording) -> None:
    archive.store.path(of.path).unlink()


def alter(archive: SmallArchive, _objects: MemoryStore, of: Recording) -> None:
    archive.store.path(of.path).write_bytes(OTHER)


def lengthen(archive: SmallArchive, _objects: MemoryStore, of: Recording) -> None:
    archive.store.path(of.path).write_bytes(CALL + b"!")


def link_to_source(archive: SmallArchive, _objects: MemoryStore, of: Recording) -> None:
    archive.store.path(of.path).unlink()
    archive.store.path(of.path).symlink_to(archive.inbox / of.source)


def put_a_file_on_the_way(archive: SmallArchive, _objects: MemoryStore, of: Recording) -> None:
    folder = archive.store.path(of.path).parent
    archive.store.path(of.path).unlink()
    folder.rmdir()
    folder.write_bytes(b"no folder")


def remove_object(_archive: SmallArchive, objects: MemoryStore, of: Recording) -> None:
    del objects.objects[of.path]


def alter_object(_archive: SmallArchive, objects: MemoryStore, of: Recording) -> None:
    objects.objects[of.path] = OTHER


@pytest.mark.parametrize("keeps_checksums", [True, False])
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (remove, "archive_missing"),
        (alter, "archive_differs"),
        (lengthen, "archive_differs"),
        (link_to_source, "archive_differs"),
        (put_a_file_on_the_way, "archive_unreadable"),
        (remove_object, "object_missing"),
        (alter_object, "object_differs"),
    ],
)
def test_a_copy_that_is_not_what_it_should_be_is_told_and_proves_nothing(
    archive: SmallArchive,
    harm: Callable[[SmallArchive, MemoryStore, Recording], None],
    said: str,
    keeps_checksums: bool,
) -> None:
    objects = MemoryStore(keeps_checksums=keeps_checksums)
    recording = mirrored(archive, objects)
    harm(archive, objects, recording)
    found = prove(archive.store, objects, recording, AT)
    assert isinstance(found, Message)
    assert found.key == f"release.{said}"
    assert all(recording.path in Words(language).say(found) for language in LANGUAGES)


def test_a_recording_that_is_on_its_way_proves_nothing(archive: SmallArchive) -> None:
    objects = MemoryStore()
    moving = dataclasses.replace(mirrored(archive, objects), target="张三/2026-11-16/x.mp3")
    found = prove(archive.store, objects, moving, AT)
    assert isinstance(found, Message)
    assert found.key == "release.on_its_way"


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="for root and on Windows every file can be read"
)
def test_a_copy_that_cannot_be_read_proves_nothing(archive: SmallArchive) -> None:
    objects = MemoryStore()
    recording = mirrored(archive, objects)
    archive.store.path(recording.path).chmod(0)
    found = prove(archive.store, objects, recording, AT)
    assert isinstance(found, Message)
    assert found.key == "archive.no_permission"


def test_a_store_that_is_out_of_reach_is_an_outage(archive: SmallArchive) -> None:
    objects = MemoryStore()
    recording = mirrored(archive, objects)
    objects.down = True
    with pytest.raises(StoreError) as caught:
        prove(archive.store, objects, recording, AT)
    assert caught.value.outage


@pytest.mark.parametrize(
    ("later", "holds"),
    [
        (timedelta(0), True),
        (LIFE, True),
        (LIFE + timedelta(seconds=1), False),
        (timedelta(seconds=-1), False),  # the clock was set back
    ],
)
def test_a_proof_runs_out(archive: SmallArchive, later: timedelta, holds: bool) -> None:
    proof = proven(archive, MemoryStore())
    assert proof.holds(AT + later) is holds
    known = len(archive.custody())
    release = Release(proof, proof.recording.source, None)
    if holds:
        with archive.catalogue.transaction() as tx:
            releases.write_down(tx, [release], AT + later)
    else:
        with archive.catalogue.transaction() as tx, pytest.raises(ValueError, match="run out"):
            releases.write_down(tx, [release], AT + later)
    assert archive.again(proof.recording).released == ("deleted" if holds else None)
    assert len(archive.custody()) == known + holds
