"""An object store in a folder, which a killed process leaves as it was; with weather."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from archive.objects import ObjectDiffers, ObjectLock, StoredObject, StoreError
from config.language import Message

WEATHER = ("fine", "outage", "refuses", "goes_silent", "stores_and_fails", "lies", "keeps_no_sums")
"""`stores_and_fails` takes the object and then times out; `lies` tells a wrong checksum."""


class FolderStore:
    """`ObjectStore` whose objects are files; `weather` is one of `WEATHER`.

    `spared` is how many requests are answered as in fine weather first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.weather = "fine"
        self.spared = 0
        folder.mkdir(parents=True, exist_ok=True)

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],  # noqa: ARG002 - people look at it, the model does not
        lock: ObjectLock | None = None,  # noqa: ARG002 - it knows none
    ) -> None:
        weather = self._request()
        contents = path.read_bytes()
        if len(contents) != size or hashlib.sha256(contents).hexdigest() != sha256:
            raise StoreError(Message.of("store.bytes_changed", key=key, bucket="folder"))
        if weather == "refuses":
            raise _refusal(key)
        there = self._read(key)
        if there is None:
            place = self.folder / key
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(contents)
        elif there != contents:
            raise ObjectDiffers(key, "folder")
        if weather == "stores_and_fails":
            raise _outage()

    def look(self, key: str) -> StoredObject | None:
        weather = self._request()
        if weather == "goes_silent":
            raise _outage()
        contents = self._read(key)
        if contents is None:
            return None
        found = StoredObject(key, len(contents), hashlib.sha256(contents).hexdigest())
        if weather == "lies":
            return replace(found, sha256="0" * 64)
        return replace(found, sha256=None) if weather == "keeps_no_sums" else found

    def read_sha256(self, key: str) -> str | None:
        self._request()
        contents = self._read(key)
        return None if contents is None else hashlib.sha256(contents).hexdigest()

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        self._request()
        contents = self._read(key)
        if contents is None:
            return None
        writer.write(contents)
        return hashlib.sha256(contents).hexdigest()

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:  # noqa: ARG002
        weather = self._request()
        contents = self._read(key)
        if weather == "refuses" or contents is None:
            raise _refusal(key)
        (self.folder / to).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / to).write_bytes(contents)
        if weather == "stores_and_fails":
            raise _outage()

    def hold(self, key: str, *, on: bool) -> bool:  # noqa: ARG002
        self._request()
        return False

    def delete(self, key: str) -> bool:
        weather = self._request()
        if weather == "refuses":
            raise _refusal(key)
        (self.folder / key).unlink(missing_ok=True)
        if weather == "stores_and_fails":
            raise _outage()
        return False

    def purge(self, key: str) -> bool:
        return self.delete(key)

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        self._request()
        for key, contents in sorted(self.objects().items()):
            if key.startswith(prefix) and key > after:
                yield StoredObject(key, len(contents), None)

    def is_empty(self) -> bool:
        return next(self.list(""), None) is None

    def sweep(self, mine: Callable[[str], bool]) -> None:
        """Knows no uploads in parts."""

    def clock(self) -> datetime | None:
        return None

    def check(self) -> None:
        self._request()

    def objects(self) -> Mapping[str, bytes]:
        """All that is there, by key, as only the model sees it."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def _request(self) -> str:
        """The weather of one more request."""
        if self.spared:
            self.spared -= 1
            return "fine"
        if self.weather == "outage":
            raise _outage()
        return self.weather

    def _read(self, key: str) -> bytes | None:
        try:
            return (self.folder / key).read_bytes()
        except FileNotFoundError:
            return None


def _outage() -> StoreError:
    return StoreError(Message.of("store.unreachable", endpoint="folder", code="down"), outage=True)


def _refusal(key: str) -> StoreError:
    return StoreError(
        Message.of("store.access_denied", bucket="folder", endpoint="folder", key=key, code="403")
    )
