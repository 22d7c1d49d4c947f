"""BagIt bags (RFC 8493), as a folder or a ZIP: equal contents become equal bytes. Knows no calls.

Payload lies below `data/`; all else are tag files, which the tag manifest lists. Files are hashed
while they are written, one at a time, and manifests are written last.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from zipfile import ZIP_STORED, ZipFile, ZipInfo

PAYLOAD = "data/"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP can tell: when a bag was made is no part of it."""
_ON_UNIX = 3


class Sink(Protocol):
    """Where a bag's files go."""

    def add(self, name: str, pieces: Iterable[bytes]) -> None: ...


class FolderSink:
    """A new folder: nothing in it is overwritten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        path = self._folder.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as writer:
            for piece in pieces:
                writer.write(piece)


class ZipSink:
    """A ZIP whose files lie in one folder of it; sound packs no smaller, so nothing is packed."""

    def __init__(self, archive: ZipFile, folder: str) -> None:
        self._archive = archive
        self._folder = folder

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        entry = _entry(f"{self._folder}/{name}", stat.S_IFREG | 0o644)
        with self._archive.open(entry, "w", force_zip64=True) as writer:
            for piece in pieces:
                writer.write(piece)


@contextmanager
def sink_at(path: Path, folder: str, *, packed: bool) -> Iterator[Sink]:
    """A new ZIP at `path`, whose files lie below `folder` in it, or else a new or empty folder.

    `data/` is there where nothing lies in it, too. OSError where it cannot be written.
    """
    if not packed:
        (path / PAYLOAD).mkdir(parents=True)
        yield FolderSink(path)
        return
    with path.open("xb") as raw, ZipFile(raw, "w", ZIP_STORED) as archive:
        archive.writestr(_entry(f"{folder}/{PAYLOAD}", stat.S_IFDIR | 0o755), b"")
        yield ZipSink(archive, folder)


def _entry(name: str, mode: int) -> ZipInfo:
    entry = ZipInfo(name, _NO_TIME)
    entry.compress_type = ZIP_STORED
    entry.create_system = _ON_UNIX  # on Windows, too
    entry.external_attr = mode << 16
    return entry


class Bag:
    """A bag that is being filled."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._hashes: dict[str, str] = {}
        self._octets = 0
        self._streams = 0

    def add(self, name: str, pieces: Iterable[bytes]) -> str:
        """Writes a file, of payload where its name begins with `data/`; returns its SHA-256."""
        digest, size = hashlib.sha256(), 0

        def hashed() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        self._sink.add(name, hashed())
        self._hashes[name] = digest.hexdigest()
        if name.startswith(PAYLOAD):
            self._octets += size
            self._streams += 1
        return self._hashes[name]

    def close(self, info: Sequence[tuple[str, str]]) -> str:
        """Writes declaration, info and manifests; returns the SHA-256 of the tag manifest.

        `info` are labels and their values, of one line each.
        """
        self.add(DECLARATION, [b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"])
        oxum = ("Payload-Oxum", f"{self._octets}.{self._streams}")
        told = "".join(f"{label}: {value}\n" for label, value in (*info, oxum))
        self.add(INFO, [told.encode()])
        self.add(MANIFEST, self._lines(payload=True))
        return self.add(TAG_MANIFEST, self._lines(payload=False))

    def _lines(self, *, payload: bool) -> Sequence[bytes]:
        """Of a manifest; no name has a line's end or a per cent sign, which would be encoded."""
        return [
            f"{self._hashes[name]}  {name}\n".encode()
            for name in sorted(self._hashes)
            if name.startswith(PAYLOAD) is payload
        ]


def bag_name(path: str) -> str:
    """`path` as a name in a bag: BagIt encodes per cent signs, and `sha256sum` takes none for that.

    Names in the archive have no line's end, and differ in more than a sign's width.
    """
    return path.replace("%", "％")
