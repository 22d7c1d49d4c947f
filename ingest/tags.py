"""The tags of a recording, read by mutagen: what its title, artist and comment say about the call.

Tags are evidence and nothing more: lengths and formats, which mutagen often gets wrong, are not
taken from here, and what cannot be read is not worth a word.
"""

from __future__ import annotations

import struct
from pathlib import Path

import mutagen

_NAMES = {
    "title": "title", "tit2": "title", "©nam": "title",
    "artist": "artist", "author": "artist", "tpe1": "artist", "©art": "artist",
    "album": "album", "talb": "album", "©alb": "album", "wm/albumtitle": "album",
    "date": "date", "tdrc": "date", "©day": "date", "wm/year": "date",
    "comment": "comment", "comm": "comment", "©cmt": "comment", "description": "comment",
}  # fmt: skip
_LONGEST = 1000
"""Characters of a value that are kept."""
_UNREADABLE = (
    mutagen.MutagenError, ArithmeticError, AttributeError, EOFError, LookupError, MemoryError,
    OSError, RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""mutagen parses hostile bytes, and lets more through than its own errors."""


def read(path: Path) -> tuple[tuple[str, str], ...]:
    """Of `title artist album date comment` those that there are, sorted; never an error."""
    try:
        file = mutagen.File(path)
        held = [] if file is None or file.tags is None else list(file.tags.items())
        texts = [(key.partition(":")[0].lower(), _text(value)) for key, value in held]
    except _UNREADABLE:
        return ()
    found: dict[str, str] = {}
    for key, text in texts:
        if key in _NAMES and text:
            found.setdefault(_NAMES[key], text)
    return tuple(sorted(found.items()))


def _text(value: object) -> str:
    """The first value, printable and of bounded length."""
    first = value[0] if isinstance(value, list) and value else value
    said = _restored(str(first)[:_LONGEST])
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())


def _restored(text: str) -> str:
    """Chinese again, where a recorder wrote GB2312 into a tag that calls itself Latin-1."""
    try:
        return text.encode("latin-1").decode("gb2312")
    except UnicodeError:
        return text
