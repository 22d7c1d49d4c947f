"""From a mirror's settings to the object store that it is."""

from __future__ import annotations

from pathlib import Path

from archive.layout import PRIVATE
from archive.objects import ObjectStore
from config.settings import FolderMirror, Mirror


def connect(mirror: Mirror | FolderMirror, archive: Path) -> ObjectStore:
    """Asks nothing of it yet; a profile or an endpoint that cannot be used is a StoreError.

    Which folder is meant is kept in callvault's own folder of the `archive`.
    """
    if isinstance(mirror, FolderMirror):
        from archive.folder_objects import FolderStore

        return FolderStore(mirror.folder, archive / PRIVATE / f"mirror-{mirror.name}.id")
    from archive.s3 import connect as connect_bucket  # boto3 takes long to load

    return connect_bucket(mirror)
