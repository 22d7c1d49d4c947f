"""From a mirror's settings to the object store that it is, sealed where the office has a key.

Which key that was the catalogue knows: with another one, or without, every object would seem
damaged, and be replaced. So a mirror is never spoken to before the two were held together, and
nothing is sent to one that knows more history than the catalogue.
"""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from pathlib import Path

from archive.catalogue import encryption
from archive.catalogue.database import Catalogue, Transaction
from archive.catalogue.kept import any_copy
from archive.custody_ahead import older_than, require_what_it_showed
from archive.fixity import Place
from archive.layout import CUSTODY, PRIVATE
from archive.objects import NOT_OPENED, ObjectStore, StoreError
from config.language import Message
from config.settings import FolderMirror, Mirror

_TRIED = 3
"""Custody files: one of them may be damaged."""


def connect(mirror: Mirror | FolderMirror, archive: Path, catalogue: Catalogue) -> ObjectStore:
    """Asks nothing of it yet; a profile or an endpoint that cannot be used is a StoreError.

    So is a key file that cannot be used, or is not the one that the mirror's objects are sealed
    with. Which folder is meant is kept in callvault's own folder of the `archive`.
    """
    fingerprint, store = _keyed(mirror, archive)
    with catalogue.reading() as tx:
        _agreed(tx, mirror, fingerprint)
    return store


def connect_for_sending(
    mirror: Mirror | FolderMirror, archive: Path, catalogue: Catalogue
) -> ObjectStore:
    """As `connect`; what the first objects are going to be sealed with is written down before.

    StoreError, too, where custody files lie there already that are sealed otherwise: an archive was
    begun anew, or the mirror has another name. And where one lies there that the catalogue does not
    know, or that cannot be found out now. The archive's lock must be held: of two who began with
    different keys, one would be wrong.
    """
    fingerprint, store = _keyed(mirror, archive)
    with catalogue.reading() as tx:
        known = _agreed(tx, mirror, fingerprint)
        filled = any_copy(tx, Place.MIRROR, mirror.name)
    try:
        refused = None if filled else _unlike_what_is_there(mirror, store, fingerprint)
        refused = refused or older_than(catalogue, mirror.name, store)
    except StoreError as error:
        if error.ends_work:
            raise
        refused = None  # whoever sends is about to hear so
    if refused is not None:
        raise refused
    if not known:
        with catalogue.transaction() as tx:
            encryption.settle(tx, mirror.name, fingerprint)
    return store


def require_same_history(
    mirror: Mirror | FolderMirror, archive: Path, catalogue: Catalogue
) -> None:
    """StoreError where the mirror has a custody file that the catalogue does not know, lacks the
    first one that it is said to have shown, or fails.
    """
    store = connect(mirror, archive, catalogue)
    refused = older_than(catalogue, mirror.name, store)
    if refused is not None:
        raise refused
    require_what_it_showed(catalogue, mirror.name, store)


def connect_for_rebuilding(mirror: Mirror | FolderMirror, archive: Path) -> ObjectStore:
    """As `connect`, where there is no catalogue to tell: the mirror's own custody files do.

    StoreError where they were sealed with another key, or are sealed and there is no key, or are
    not and there is one.
    """
    fingerprint, store = _keyed(mirror, archive)
    refused = _unlike_what_is_there(mirror, store, fingerprint)
    if refused is not None:
        raise refused
    return store


def bare(mirror: Mirror | FolderMirror, archive: Path) -> ObjectStore:
    """The store with the objects as it has them, to try what it does; never to be mirrored to."""
    if isinstance(mirror, FolderMirror):
        from archive.folder_objects import FolderStore

        return FolderStore(mirror.folder, archive / PRIVATE / f"mirror-{mirror.name}.id")
    from archive.s3 import connect as connect_bucket  # boto3 takes long to load

    return connect_bucket(mirror)


def fingerprint_of(mirror: Mirror | FolderMirror, catalogue: Catalogue) -> str | None:
    """Of the key that the settings name, if any, which agrees with what the catalogue knows.

    StoreError as with `connect`; nothing is written down.
    """
    fingerprint = None
    if mirror.key_file is not None:
        from archive import key_file

        fingerprint = key_file.read(mirror.key_file).fingerprint
    with catalogue.reading() as tx:
        _agreed(tx, mirror, fingerprint)
    return fingerprint


def _keyed(mirror: Mirror | FolderMirror, archive: Path) -> tuple[str | None, ObjectStore]:
    if mirror.key_file is None:
        return None, bare(mirror, archive)
    from archive import key_file
    from archive.sealed_objects import SealedStore

    key = key_file.read(mirror.key_file)
    return key.fingerprint, SealedStore(bare(mirror, archive), key, _place(mirror))


def _agreed(tx: Transaction, mirror: Mirror | FolderMirror, fingerprint: str | None) -> bool:
    """Whether the catalogue knows it so; StoreError where it knows otherwise of what is there."""
    known = encryption.of(tx, mirror.name)
    if known == fingerprint:
        return True
    if not any_copy(tx, Place.MIRROR, mirror.name):
        return False
    said = {"name": mirror.name, "known": known, "given": fingerprint, "path": mirror.key_file}
    if known is None:
        raise StoreError(Message.of("store.mirror_is_plain", **said))
    code = "mirror_is_sealed" if fingerprint is None else "mirror_has_other_key"
    raise StoreError(Message.of(f"store.{code}", **said))


def _unlike_what_is_there(
    mirror: Mirror | FolderMirror, store: ObjectStore, fingerprint: str | None
) -> StoreError | None:
    """Why the custody files in the mirror cannot be used with these settings, if so."""
    refused = None
    for found in islice(store.list(f"{CUSTODY}/"), _TRIED):
        refused = _not_opened(mirror, store, found.key, fingerprint)
        if refused is None:
            break
    return refused


def _not_opened(
    mirror: Mirror | FolderMirror, store: ObjectStore, key: str, fingerprint: str | None
) -> StoreError | None:
    """Why the object cannot be used with these settings, if so."""
    from archive.sealing import MAGIC

    said = {"name": mirror.name, "given": fingerprint, "path": mirror.key_file}
    found = BytesIO()
    try:
        store.fetch(key, found)
    except StoreError as error:
        if error.message.key != NOT_OPENED:
            raise
        return StoreError(Message.of("store.mirror_not_opened", **said))
    if fingerprint is None and found.getvalue().startswith(MAGIC):
        return StoreError(Message.of("store.mirror_needs_key", **said))
    return None


def _place(mirror: Mirror | FolderMirror) -> str:
    return str(mirror.folder) if isinstance(mirror, FolderMirror) else mirror.bucket
