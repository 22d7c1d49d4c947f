"""The file that holds a mirror's key: a password in its first line, as rclone is given it too.

It is no part of the archive and of no mirror: the office keeps it, and on paper in its safe.
"""

from __future__ import annotations

import base64
import os
import stat
import string
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from archive.errors import DiskError
from archive.objects import StoreError
from archive.publish import sync_folder
from archive.sealing import Key
from config.folders import inside
from config.language import Message

_SHORTEST = 16
"""Signs. Who has the bucket can try passwords as fast as they can pay for."""
_LONGEST = 4096
"""Bytes: it may be the path of something else."""
_GROUP = 4


def read(file: Path) -> Key:
    """The key; StoreError where the file is missing, or holds none that can be used."""
    try:
        with file.open("rb") as reader:
            line = reader.read(_LONGEST + 1).split(b"\n", 1)[0]
    except FileNotFoundError:
        raise _refused("key_missing", file) from None
    except OSError as error:
        raise _refused("key_unreadable", file, error=error.strerror or error) from None
    if len(line) > _LONGEST:
        raise _refused("key_long", file, most=_LONGEST)  # a part of it would be another key
    try:
        # Notepad's mark, and no other spaces than the documented way back takes away.
        password = line.decode("utf-8-sig").strip(string.whitespace)
    except UnicodeDecodeError:
        raise _refused("key_not_text", file) from None
    if len(password) < _SHORTEST:
        raise _refused("key_short", file, least=_SHORTEST)
    return Key.of(password)


def make(file: Path, randomness: Callable[[int], bytes], not_in: Iterable[Path]) -> None:
    """Writes a new key of 32 bytes of `randomness`, in groups that people can copy from paper.

    Raises DiskError where something is there already, it cannot be written, or is to lie in one of
    the folders in which it must not.
    """
    for place in not_in:
        if inside(file, place):
            raise DiskError(Message.of("store.key_within", path=file, place=place))
    text = base64.b32encode(randomness(32)).decode().rstrip("=")
    groups = [text[at : at + _GROUP] for at in range(0, len(text), _GROUP)]
    try:
        writer = open(file, "xb", opener=_for_me_alone)  # noqa: SIM115 - a Path has no opener
        try:
            with writer:
                writer.write("-".join(groups).encode() + b"\n")
                writer.flush()
                os.fsync(writer.fileno())
            sync_folder(file.parent)
        except OSError:
            with suppress(OSError):  # half a key opens nothing
                file.unlink()
            raise
    except FileExistsError:
        raise DiskError(Message.of("store.key_there", path=file)) from None
    except OSError as error:
        reason = error.strerror or error
        raise DiskError(Message.of("store.key_not_written", path=file, error=reason)) from None


def is_open(file: Path) -> bool:
    """Whether others on this computer may read it; Windows does not tell in this way."""
    with suppress(OSError):
        return os.name == "posix" and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    return False


def _for_me_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _refused(code: str, file: Path, **said: object) -> StoreError:
    return StoreError(Message.of(f"store.{code}", path=file, **said))
