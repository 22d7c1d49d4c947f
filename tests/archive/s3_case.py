"""One recording, everything a store is asked for, and how a refusal is checked."""

from __future__ import annotations

import hashlib
import io
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from archive.objects import ObjectStore, StoreError
from config.language import LANGUAGES, Words
from tests.s3_server import SECRET

CONTENTS = b"the bytes of a call"
SHA256 = hashlib.sha256(CONTENTS).hexdigest()
KEY_OF_CALL = "张三/2026-11-16/call.mp3"


def put(store: ObjectStore, path: Path, metadata: Mapping[str, str] | None = None) -> None:
    store.put(KEY_OF_CALL, path, SHA256, len(CONTENTS), metadata or {})


Use = Callable[[ObjectStore, Path], object]
EVERY_USE: dict[str, Use] = {
    "put": put,
    "look": lambda store, _: store.look(KEY_OF_CALL),
    "read": lambda store, _: store.read_sha256(KEY_OF_CALL),
    "fetch": lambda store, _: store.fetch(KEY_OF_CALL, io.BytesIO()),
    "copy": lambda store, _: store.copy(KEY_OF_CALL, "elsewhere.mp3"),
    "delete": lambda store, _: store.delete(KEY_OF_CALL),
    "list": lambda store, _: list(store.list("")),
    "check": lambda store, _: store.check(),
}


def refused(action: Callable[[], object], sentence: str, *, outage: bool = False) -> str:
    """Checks the error, and that it can be said without giving a secret or a name away."""
    with pytest.raises(StoreError) as caught:
        action()
    error = caught.value
    assert (error.message.key, error.outage) == (f"store.{sentence}", outage)
    assert "张三" not in "".join(traceback.format_exception(error))
    said = " ".join(Words(language).say(error.message) for language in LANGUAGES)
    assert SECRET not in said
    return said
