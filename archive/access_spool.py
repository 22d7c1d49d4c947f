"""The spool of the access log: who saw what, written down before it is shown.

Each access is a file of its own, so that who searches takes no lock, waits for nobody and needs no
catalogue that can be written. It is whole where its last line is the SHA-256 of the line before.
The next pass takes it into the custody log (`archive/access.py`); what a crash cut short is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.errors import DiskError
from archive.layout import ACCESS
from archive.publish import make_folder, sync_folder
from config.language import Message

SPOOLED = ("history_told", "numbers_shown", "searched")
"""What may lie in the spool; exports and listenings are entered into the catalogue at once."""

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{16}\.json", re.ASCII)
_MOST = 64 << 20
"""Bytes of a file of which nothing more is read; callvault writes none so long."""
_TEXTS = {"by", "when", "recordings", "command"}
_OWN = {"seq", "at", "event", "sha256"}
"""What an entry says by itself: nothing in a spooled file stands for it."""


@dataclass(frozen=True, slots=True)
class Access:
    event: str
    """One of `SPOOLED`."""
    by: str
    """Who, as the system calls them."""
    at: datetime
    """Aware."""
    details: Mapping[str, object]
    """What was asked for and what was shown; numbers in it are masked."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file of the spool."""

    name: str
    sha256: str
    """Of the access; of one that is torn, of its name and of what is left of it."""
    body: Mapping[str, Any] | None
    """`None`: it is torn."""
    written_at: datetime
    """In UTC, as the disk says."""
    size: int

    @property
    def event(self) -> str:
        return self.body["event"] if self.body else "access_torn"

    @property
    def details(self) -> dict[str, object]:
        """What the custody entry says of it."""
        if self.body is None:
            written = self.written_at.isoformat(timespec="seconds")
            return {"file": self.name, "size": self.size, "when": written}
        return {name: said for name, said in self.body.items() if name not in _OWN}


def write(root: Path, access: Access, token: str) -> None:
    """Durable once it returns. DiskError where it cannot be written: then nothing is to be shown.

    `token` is 16 random hexadecimal digits, by which two accesses of one moment are two.
    """
    body = {"event": access.event, "by": access.by, "when": access.at.isoformat(), "token": token}
    line = json.dumps(body | dict(access.details), ensure_ascii=False, sort_keys=True).encode(
        "utf-8", "replace"
    )
    folder = root.joinpath(*ACCESS.split("/"))
    path = folder / f"{access.at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{token}.json"
    try:
        make_folder(folder)
        with path.open("xb") as writer:
            writer.write(line + b"\n" + hashlib.sha256(line).hexdigest().encode() + b"\n")
            writer.flush()
            os.fsync(writer.fileno())
        sync_folder(folder)
    except OSError as error:
        said = error.strerror or str(error)
        raise DiskError(Message.of("access.cannot_write", path=folder, error=said)) from error


def spooled(root: Path) -> Iterator[Spooled | Message]:
    """What lies in the spool, oldest first; of a file that cannot be read, why not."""
    folder = root.joinpath(*ACCESS.split("/"))
    try:
        paths = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except FileNotFoundError:
        return
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for path in paths:
        try:
            yield _read(path)
        except FileNotFoundError:  # another process took it a moment ago
            continue
        except OSError as error:
            yield _unreadable(path, error)


def _read(path: Path) -> Spooled:
    """Whoever may search may put something there: a pipe, say, on which a pass would wait."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as reader:
        found = os.fstat(reader.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError("no regular file")
        contents = reader.read(_MOST)
    body, written_at = _whole(contents), datetime.fromtimestamp(found.st_mtime, UTC)
    line = contents.partition(b"\n")[0] if body else path.name.encode() + b"\n" + contents
    return Spooled(path.name, hashlib.sha256(line).hexdigest(), body, written_at, found.st_size)


def _whole(contents: bytes) -> Mapping[str, Any] | None:
    line, _, digest = contents.partition(b"\n")
    if digest != hashlib.sha256(line).hexdigest().encode() + b"\n":
        return None
    try:
        body = json.loads(line)
        json.dumps(body, ensure_ascii=False).encode()  # half a character is no text
        return body if _speaks(body) else None
    except (ValueError, RecursionError):
        return None


def _speaks(body: Any) -> bool:
    """Whether it is of the form that callvault writes; the log keeps for good what is entered."""
    if not (
        isinstance(body, dict) and body.get("event") in SPOOLED and {"by", "when"} <= set(body)
    ):
        return False
    asked = body.get("asked", {})
    return (
        all(isinstance(body[name], str) for name in _TEXTS & set(body))
        and all(_is_plain(one) for name, one in body.items() if name != "asked")
        and isinstance(asked, dict)
        and isinstance(asked.get("words", []), list)
        and all(
            _is_plain(said)
            for one in asked.values()
            for said in (one if isinstance(one, list) else [one])
        )
        and datetime.fromisoformat(body["when"]).tzinfo is not None
    )


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _unreadable(path: Path, error: OSError) -> Message:
    return Message.of("access.unreadable", path=path, error=error.strerror or error)
