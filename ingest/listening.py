"""Recordings for people's ears: bytes proven first, the archive's file itself handed to nobody.

A player may write into what it plays, and what lies in the archive may be moved meanwhile. So what
is heard is a copy, hashed while it is made. That somebody listened is in the custody log before
they can.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from archive.catalogue import log
from archive.custody import Event
from archive.records import Recording
from config.language import Message
from ingest.desk import Desk
from ingest.errors import ListenError

_PREFIX = "callvault-listening-"
_LEFT_FOR = 24 * 3600.0
"""Seconds after which a folder is nobody's who still listens."""
_CHUNK = 1 << 20


def copy_name(of: Recording) -> str:
    """What a listening copy is called: after the file in the archive and the bytes in it."""
    return f"{_name(of)} (copy of {of.sha256[:8]}).wav"


def room(now: datetime) -> Path:
    """A new folder that nobody else may look into; what was left in others goes, a day later."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if now.timestamp() - left.lstat().st_mtime > _LEFT_FOR:
                leave(left)
    return Path(tempfile.mkdtemp(prefix=_PREFIX))


def leave(room: Path) -> bool:
    """Removes it; False where it is still there: on Windows a program has something in it open."""
    shutil.rmtree(room, ignore_errors=True)
    return not room.exists()


def proven(desk: Desk, of: Recording, folder: Path) -> Path:
    """A copy of it in `folder`, whose bytes have the SHA-256 that was taken at admission.

    Raises:
        ListenError: Its file is missing or disposed of, cannot be read, or has other bytes.
        OSError: The copy cannot be written.

    """
    copy = folder / _name(of)
    with copy.open("xb") as writer:  # where that fails, it is not the recording that is missing
        now = of
        for _ in range(2):  # once more, for it may have been moved since it was looked up
            for path in filter(None, (now.path, now.target)):
                with suppress(FileNotFoundError):
                    _prove(of, desk.settings.archive.path, path, writer)
                    return copy
            now = desk.after(of.id)
    raise _refused("disposed" if now.disposal else "missing", of, now.path)


def note(desk: Desk, of: Recording, copy: Path | None = None) -> None:
    """Writes into custody that somebody listens to it, or takes a copy along."""
    details: dict[str, object] = {"by": desk.by, "how": "played" if copy is None else "copied"}
    if copy is not None:  # hashed before the catalogue is kept from others
        with copy.open("rb") as reader:
            details["copy_sha256"] = hashlib.file_digest(reader, "sha256").hexdigest()
    with desk.writing() as tx:
        log.append(tx, [Event("listened", of.sha256, details)], desk.clock.now())


def _prove(of: Recording, archive: Path, path: str, copy: BinaryIO) -> None:
    digest = hashlib.sha256()
    copy.seek(0)
    copy.truncate()  # an earlier look may have ended early
    for piece in _read(of, archive, path):
        digest.update(piece)
        copy.write(piece)
    if digest.hexdigest() != of.sha256:
        raise _refused("altered", of, path)


def _read(of: Recording, archive: Path, path: str) -> Iterator[bytes]:
    try:
        with archive.joinpath(*path.split("/")).open("rb") as reader:
            while piece := reader.read(_CHUNK):
                yield piece
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _refused("unreadable", of, path) from error


def _refused(kind: str, of: Recording, path: str) -> ListenError:
    return ListenError(Message.of(f"listen.{kind}", id=of.id, path=path))


def _name(of: Recording) -> str:
    return PurePosixPath(of.path).name
