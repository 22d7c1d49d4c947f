"""Whether any player plays a recording as it is, and as nothing but sound.

Players judge contents in their own ways. What begins like a list of other files is a list to mpv
and VLC, which fetch what it names, whatever sound follows; and a WAV whose header is wrong about
its length seems to some to end early, or to be empty. Such recordings are decoded here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from archive.records import Probed
from ingest import endings

_KNOWN = {("mp3", "mp3"): ".mp3", ("mp4", "aac"): ".m4a"} | {
    ("wav", codec): ".wav" for codec in ("pcm_s16le", "pcm_u8")
}
"""Containers and codecs that any player knows, and the extension that it knows them by."""


def known_as(probed: Probed | None, file: Path) -> str | None:
    """The extension under which any player plays `file` as it is; `None`: a WAV must be made of it.

    `probed` is what was found when it was taken in. OSError where it cannot be read.
    """
    if probed is None or probed.condition not in ("complete", "truncated"):
        return None
    if any(note.key == "sound.header_wrong" for note in probed.notes):
        return None
    extension = _KNOWN.get((probed.container or "", probed.codec or ""))
    if extension is None:
        return None
    with file.open("rb") as reader:
        return extension if _BEGINS[extension](reader) else None


def _mp3(file: BinaryIO) -> bool:
    """With a frame, after a tag or none: some players look for lists after a tag, too."""
    file.seek(endings.after_id3(file))
    head = file.read(2)
    return len(head) == 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2


def _mp4(file: BinaryIO) -> bool:
    return file.read(8)[4:] == b"ftyp"


def _wav(file: BinaryIO) -> bool:
    return file.read(4) == b"RIFF"


_BEGINS: Mapping[str, Callable[[BinaryIO], bool]] = {".mp3": _mp3, ".m4a": _mp4, ".wav": _wav}
