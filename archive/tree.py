"""The archive's files in the order of their keys, one folder in memory at a time on each level."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from archive.layout import CUSTODY, PRIVATE, SHEETS
from archive.store import disk_error

_OF_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store"}
"""What file managers leave in every folder that somebody looks into."""


_OWN = f"{PRIVATE}/"


def peoples(path: str) -> bool:
    """What is not callvault's own."""
    return not path.startswith(_OWN)


def mirrored(path: str) -> bool:
    """What has an object: of callvault's own only sheets and custody files."""
    return peoples(path) or path == _OWN or path.startswith((f"{SHEETS}/", f"{CUSTODY}/"))


def walk(
    root: Path, wanted: Callable[[str], bool], prefix: str = ""
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What is no folder, with its path below `root`, by path in code-point order as stores list.

    Only paths that are `wanted` and begin with `prefix`; a folder is asked about with a `/` at its
    end. DiskError where one cannot be listed; one that is tidied away meanwhile holds nothing.
    """
    yield from _below(root, "", wanted, prefix)


def _below(
    root: Path, below: str, wanted: Callable[[str], bool], prefix: str
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    for name, entry in _listed(root, below):
        path = below + name
        if not wanted(path) or name.casefold() in _OF_SYSTEMS:
            continue
        if name.endswith("/"):
            if path.startswith(prefix) or prefix.startswith(path):
                yield from _below(root, path, wanted, prefix)
        elif path.startswith(prefix):
            yield path, entry


def _listed(root: Path, below: str) -> list[tuple[str, os.DirEntry[str]]]:
    """With a `/` after the names of folders: what lies in `a` comes after `a.mp3`, as keys do."""
    try:
        with os.scandir(root / below) as found:
            named = [
                (entry.name + "/" * entry.is_dir(follow_symlinks=False), entry) for entry in found
            ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise disk_error(error, root) from error
    return sorted(named, key=lambda one: one[0])
