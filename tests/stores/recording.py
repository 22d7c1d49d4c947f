from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from archive.objects import ObjectLock, ObjectStore


class Recording:
    """A file with contents of one's choice, and what was noted of it at admission."""

    def __init__(self, path: Path, contents: bytes) -> None:
        path.write_bytes(contents)
        self.path = path
        self.size = len(contents)
        self.sha256 = hashlib.sha256(contents).hexdigest()

    def put(
        self,
        store: ObjectStore,
        key: str,
        metadata: Mapping[str, str] | None = None,
        *,
        lock: ObjectLock | None = None,
    ) -> None:
        store.put(key, self.path, self.sha256, self.size, metadata or {}, lock)
