"""A mirror is spoken to only with the key that its objects are sealed with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive import keeping
from archive.catalogue import encryption, further_enlisting, outbox, outbox_enlisting
from archive.catalogue.further import Further
from archive.connecting import (
    bare,
    connect,
    connect_for_rebuilding,
    connect_for_sending,
    fingerprint_of,
)
from archive.folder_objects import FolderStore
from archive.layout import CUSTODY
from archive.mirror import Mirror as Mirroring
from archive.objects import StoreError
from archive.sealed_objects import SealedStore
from archive.sealing import MAGIC
from config.language import LANGUAGES, Words
from config.settings import FIRST_MIRROR, FolderMirror, Mirror
from tests.archive.small_archive import AT, SmallArchive
from tests.s3_server import S3Server
from tests.stores.between import FAIL, FORBID, Between

FURTHER = "nas"


class Office:
    """A mirror in a folder, spoken to as the settings have it; as the first mirror or another."""

    def __init__(self, archive: SmallArchive, folder: Path, name: str) -> None:
        self.archive, self.folder = archive, folder
        self.keys = {}
        for one in ("a", "b"):
            self.keys[one] = folder.parent / f"key-{one}"
            self.keys[one].write_text(f"the key {one} of these tests", encoding="utf-8")
        self.plain = FolderMirror(name, folder)
        self.sealed = replace(self.plain, key_file=self.keys["a"])
        self.other = replace(self.plain, key_file=self.keys["b"])
        self._count = 0

    def mirror(self, settings: FolderMirror) -> None:
        """One more recording and the custody files, with these settings."""
        self._count += 1
        catalogue, store = self.archive.catalogue, self.archive.store
        name = f"{self.folder.name}/{self._count}.mp3"
        self.archive.admit(name.encode(), name)
        objects = connect_for_sending(settings, store.root, catalogue)
        keeping.keep(catalogue, store, AT)
        with catalogue.transaction() as tx:
            owing = Further(settings.name) if settings.name != FIRST_MIRROR else None
            if owing is not None:
                further_enlisting.enlist(tx, owing.name, AT)
            else:
                outbox_enlisting.enlist(tx, AT)
        work = Mirroring(catalogue, store, objects, 2, lambda: AT, owing=owing or outbox)
        drained = work.drain(everything=True)
        assert (drained.refused, drained.outage) == (0, None)

    def connect(self, settings: FolderMirror) -> object:
        return connect(settings, self.archive.store.root, self.archive.catalogue)

    def known(self) -> str | None:
        with self.archive.catalogue.reading() as tx:
            return encryption.of(tx, self.plain.name)

    def objects(self) -> list[bytes]:
        return [path.read_bytes() for path in self.folder.rglob("*.*") if path.is_file()]


@pytest.fixture(params=[FIRST_MIRROR, FURTHER])
def office(archive: SmallArchive, nas: Path, request: pytest.FixtureRequest) -> Office:
    return Office(archive, nas, request.param)


def refusal(ask: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        ask()
    assert not caught.value.outage
    assert all(Words(language).say(caught.value.message) for language in LANGUAGES)
    return caught.value.message.key


def test_a_mirror_without_a_key_is_plain_and_nothing_is_written_down(office: Office) -> None:
    office.mirror(office.plain)
    assert office.known() is None
    assert not any(contents.startswith(MAGIC) for contents in office.objects())
    assert isinstance(office.connect(office.plain), FolderStore)


def test_a_mirror_with_a_key_has_sealed_objects_only(office: Office) -> None:
    office.mirror(office.sealed)
    office.mirror(office.sealed)
    assert len(office.objects()) >= 4
    assert all(contents.startswith(MAGIC) for contents in office.objects())
    assert isinstance(office.connect(office.sealed), SealedStore)
    assert fingerprint_of(office.sealed, office.archive.catalogue) == office.known()


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("plain", "sealed", "mirror_is_plain"),
        ("sealed", "plain", "mirror_is_sealed"),
        ("sealed", "other", "mirror_has_other_key"),
    ],
)
def test_other_settings_than_the_objects_were_made_with_are_refused(
    office: Office, first: str, then: str, told: str
) -> None:
    office.mirror(getattr(office, first))
    before, known = sorted(office.objects()), office.known()
    other = getattr(office, then)
    assert refusal(lambda: office.connect(other)) == f"store.{told}"
    assert refusal(lambda: fingerprint_of(other, office.archive.catalogue)) == f"store.{told}"
    assert refusal(lambda: office.mirror(other)) == f"store.{told}"
    assert (sorted(office.objects()), office.known()) == (before, known)
    office.mirror(getattr(office, first))


def test_what_was_never_confirmed_binds_nobody(office: Office) -> None:
    """Somebody tried another setting first."""
    for settings in (office.plain, office.other, office.sealed, office.plain, office.sealed):
        before = office.known()
        office.connect(settings)
        assert office.known() == before  # who only looks settles nothing
        connect_for_sending(settings, office.archive.store.root, office.archive.catalogue)
        assert office.known() == fingerprint_of(settings, office.archive.catalogue)
    office.mirror(office.sealed)


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("plain", "sealed", "mirror_not_opened"),
        ("sealed", "plain", "mirror_needs_key"),
        ("sealed", "other", "mirror_not_opened"),
    ],
)
def test_where_the_catalogue_knows_nothing_the_mirror_tells_who_sends(
    office: Office, first: str, then: str, told: str
) -> None:
    """The settings call it otherwise now."""
    office.mirror(getattr(office, first))
    root, catalogue = office.archive.store.root, office.archive.catalogue
    renamed = replace(getattr(office, then), name="renamed")
    assert refusal(lambda: connect_for_sending(renamed, root, catalogue)) == f"store.{told}"
    with catalogue.reading() as tx:
        assert encryption.of(tx, "renamed") is None
    connect_for_sending(replace(getattr(office, first), name="renamed"), root, catalogue)


def test_a_mirror_that_is_away_is_told(office: Office) -> None:
    office.folder.rename(office.folder.with_name("unplugged"))
    root, catalogue = office.archive.store.root, office.archive.catalogue
    with pytest.raises(StoreError) as caught:
        connect_for_sending(office.sealed, root, catalogue)
    assert caught.value.outage


def test_one_that_refuses_to_be_listed_is_left_to_who_sends(
    archive: SmallArchive, server: S3Server
) -> None:
    """Each errand is refused then, with a reason of its own."""
    with Between(server.endpoint_url) as between:
        between.spoil("GET", FORBID, times=9)
        mirror = Mirror(server.bucket, "", between.endpoint_url, None, "path", None, 2)
        objects = connect_for_sending(mirror, archive.store.root, archive.catalogue)
        assert refusal(objects.check) == "store.access_denied"


def test_a_bucket_that_is_not_there_is_told_of_no_single_errand(
    archive: SmallArchive, server: S3Server
) -> None:
    mirror = Mirror("no-such-bucket", "", server.endpoint_url, None, "path", None, 2)
    with pytest.raises(StoreError) as caught:
        connect_for_sending(mirror, archive.store.root, archive.catalogue)
    assert caught.value.ends_work


def test_each_mirror_has_a_key_of_its_own(archive: SmallArchive, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    offices = [Office(archive, folder, folder.name) for folder in folders]
    for office, settings in zip(offices, ("plain", "sealed", "other"), strict=True):
        office.mirror(getattr(office, settings))
    assert len({office.known() for office in offices}) == 3


def test_a_key_that_cannot_be_read_is_told_at_once(office: Office) -> None:
    office.keys["a"].unlink()
    assert refusal(lambda: office.connect(office.sealed)) == "store.key_missing"
    assert refusal(lambda: fingerprint_of(office.sealed, office.archive.catalogue)) == (
        "store.key_missing"
    )
    assert office.known() is None


def test_which_key_it_is_stands_in_custody_files_before_any_object(office: Office) -> None:
    office.mirror(office.sealed)
    keeping.keep(office.archive.catalogue, office.archive.store, AT)
    said = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((office.archive.store.root / CUSTODY).rglob("*.jsonl"))
    )
    fingerprint = office.known()
    assert fingerprint is not None
    table = "object" if office.plain.name == FIRST_MIRROR else "further_object"
    assert 0 < said.index(fingerprint) < said.index(f'"{table}"')
    assert "of these tests" not in said


# Rebuilding, where no catalogue tells


def rebuilding(office: Office, settings: FolderMirror) -> object:
    shutil.rmtree(office.archive.store.root)
    return connect_for_rebuilding(settings, office.archive.store.root)


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("plain", "sealed", "mirror_not_opened"),
        ("sealed", "plain", "mirror_needs_key"),
        ("sealed", "other", "mirror_not_opened"),
    ],
)
def test_the_mirrors_own_custody_files_tell(
    office: Office, first: str, then: str, told: str
) -> None:
    office.mirror(getattr(office, first))
    before = sorted(office.objects())
    assert refusal(lambda: rebuilding(office, getattr(office, then))) == f"store.{told}"
    assert not office.archive.store.root.exists()
    assert sorted(office.objects()) == before


@pytest.mark.parametrize("settings", ["plain", "sealed"])
def test_with_the_right_key_it_is_spoken_to(office: Office, settings: str) -> None:
    office.mirror(getattr(office, settings))
    rebuilding(office, getattr(office, settings))


def test_one_damaged_custody_file_does_not_call_the_key_wrong(office: Office) -> None:
    office.mirror(office.sealed)
    office.mirror(office.sealed)
    first, *others = sorted((office.folder / CUSTODY).rglob("*.jsonl"))
    assert others
    first.write_bytes(first.read_bytes()[:-1])
    rebuilding(office, office.sealed)
    for damaged in others:
        damaged.write_bytes(MAGIC)
    assert refusal(lambda: rebuilding_again(office)) == "store.mirror_not_opened"


def rebuilding_again(office: Office) -> object:
    return connect_for_rebuilding(office.sealed, office.archive.store.root)


def test_a_mirror_without_custody_files_tells_nothing(office: Office) -> None:
    rebuilding(office, office.sealed)
    assert isinstance(bare(office.sealed, office.archive.store.root), FolderStore)


def test_a_mirror_that_fails_is_no_wrong_key(office: Office) -> None:
    office.mirror(office.sealed)
    office.folder.rename(office.folder.with_name("unplugged"))
    with pytest.raises(StoreError) as caught:
        rebuilding(office, office.sealed)
    assert caught.value.outage


def test_an_object_that_cannot_be_read_is_no_wrong_key(
    archive: SmallArchive, server: S3Server, nas: Path
) -> None:
    office = Office(archive, nas, FURTHER)
    key = f"{CUSTODY}/2026-11-16/00000001.jsonl"
    (server.folder / server.bucket / key).parent.mkdir(parents=True)
    (server.folder / server.bucket / key).write_bytes(MAGIC)
    with Between(server.endpoint_url) as between:
        between.poisoned = (".jsonl", FAIL)
        mirror = Mirror(
            server.bucket,
            "",
            between.endpoint_url,
            None,
            "path",
            None,
            2,
            key_file=office.keys["a"],
        )
        with pytest.raises(StoreError) as caught:
            connect_for_rebuilding(mirror, archive.store.root)
    assert caught.value.message.key == "store.server_error"
