"""Whether a mirror knows more history than the catalogue: then the archive is older than it.

A backup was put back, somebody began anew beside a mirror in use, or two computers share one. What
was sent then would be a second history beside the first, and no catalogue could be made from both.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from archive.catalogue import papers
from archive.catalogue.database import Catalogue
from archive.catalogue.papers import KnownFile
from archive.custody_files import parse
from archive.errors import CustodyError
from archive.layout import CUSTODY, custody_number
from archive.objects import NOT_OPENED, ObjectStore, StoreError


def unknown_file(catalogue: Catalogue, mirror: str, objects: ObjectStore) -> str | None:
    """The key of a custody file in the mirror of that name that is not the catalogue's, if any.

    Of those beyond the last that it has shown: as a rule that is one request, and nothing comes.
    StoreError where the mirror fails.
    """
    with catalogue.reading() as tx:
        after = papers.last_mirrored(tx, mirror).path
    newest: KnownFile | None = None
    for found in objects.list(f"{CUSTODY}/", after):
        number = custody_number(found.key) if found.key.endswith(".jsonl") else None
        if number is None:
            continue
        with catalogue.reading() as tx:
            known = papers.file_of(tx, number)
        if known is None or known.path != found.key:
            return found.key
        if newest is None or newest.number < number:
            newest = known
    # Each has the hash of the one before it: where the newest is ours, so are they all.
    return newest.path if newest is not None and _is_another(objects, newest) else None


def _is_another(objects: ObjectStore, known: KnownFile) -> bool:
    """Whether another custody file lies there, whole: one that is damaged says nothing."""
    found = BytesIO()
    try:
        sha256 = objects.fetch(known.path, found)
    except StoreError as error:
        if error.message.key != NOT_OPENED:
            raise
        return False
    if sha256 is None or sha256 == known.sha256:
        return False
    try:
        parse(Path(known.path), found.getvalue())
    except CustodyError:
        return False
    return True
