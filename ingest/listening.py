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

from archive.catalogue import log
from archive.catalogue.database import Transaction
from archive.custody import Event
from archive.records import Probed, Recording
from config.language import Message
from ingest.desk import Desk
from ingest.errors import ListenError

_PREFIX = "callvault-listening-"
_LEFT_FOR = 24 * 3600.0
"""Seconds after which a folder is nobody's who still listens."""
_KNOWN = {("mp3", "mp3"): ".mp3", ("mp4", "aac"): ".m4a"} | {
    ("wav", codec): ".wav" for codec in ("pcm_s16le", "pcm_u8")
}
"""Containers and codecs that any player knows, and the extension that it knows them by."""
_CHUNK = 1 << 20


def known_as(probed: Probed | None) -> str | None:
    """The extension under which any player plays it as it is; `None`: a WAV must be made of it."""
    if probed is None or probed.condition not in ("complete", "truncated"):
        return None
    return _KNOWN.get((probed.container or "", probed.codec or ""))


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


def leave(room: Path) -> None:
    """Removes it, as far as no program has something in it open."""
    shutil.rmtree(room, ignore_errors=True)


def proven(desk: Desk, of: Recording, folder: Path) -> Path:
    """A copy of it in `folder`, whose bytes have the SHA-256 that was taken at admission.

    Raises:
        ListenError: Its file is missing or disposed of, cannot be read, or has other bytes.
        OSError: The copy cannot be written.

    """
    copy = folder / _name(of)
    now = of
    for _ in range(2):  # once more, for it may have been moved since it was looked up
        for path in filter(None, (now.path, now.target)):
            with suppress(FileNotFoundError):
                _prove(of, desk.settings.archive.path, path, copy)
                return copy
        now = desk.after(of.id)
    raise _refused("disposed" if now.disposal else "missing", of, now.path)


def note(tx: Transaction, of: Recording, by: str, now: datetime, copy: Path | None = None) -> None:
    """Writes into custody that somebody listens to it, or takes a copy along."""
    details: dict[str, object] = {"by": by, "how": "played" if copy is None else "copied"}
    if copy is not None:
        with copy.open("rb") as reader:
            details["copy_sha256"] = hashlib.file_digest(reader, "sha256").hexdigest()
    log.append(tx, [Event("listened", of.sha256, details)], now)


def _prove(of: Recording, archive: Path, path: str, copy: Path) -> None:
    digest = hashlib.sha256()
    with copy.open("wb") as writer:
        for piece in _read(of, archive, path):
            digest.update(piece)
            writer.write(piece)
    if digest.hexdigest() != of.sha256:
        copy.unlink()
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
