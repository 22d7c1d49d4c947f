"""What a recording is, how long it lasts and whether it is whole: judged by its contents alone.

Nothing is decoded. AMR and SILK are walked frame by frame, what a WAV holds is mostly counted by
its bytes, all else by FFmpeg's packets, because lengths that headers and tag readers give are wrong
for much of what recorders write.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from config.language import Message
from ingest import amr, demux, endings, silk, tags, wav
from ingest import raw as unmarked

_LEAST_MISSING = 0.5
"""Seconds, and below a share of the promised length: encoders round, and that is no damage."""
_MISSING_SHARE = 0.02
_SMALL_REST = 256
"""Bytes after the last speech frame that need no word: an ID3v1 tag, a line end."""
_LEAST_RATE = 10
"""Bytes a second; AMR of nothing but pauses has 50. Below it the time stamps are damaged."""
_HEAD = 4096

_PROMISING = frozenset(("aiff", "au", "flac", "mp4"))
"""Containers whose length FFmpeg takes from the head; for the others it only estimates."""
_MP4_FIRST = frozenset((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"))
_MP4_NAMES = {b"3gp": "3gp", b"3g2": "3gp", b"qt ": "mov"}

_EXTENSIONS = {
    "3gp": "mp4", "3g2": "mp4", "3ga": "mp4", "3gpp": "mp4", "m4a": "mp4", "m4b": "mp4",
    "mp4": "mp4", "mov": "mp4", "aac": "aac", "adts": "aac", "ac3": "ac3", "aif": "aiff",
    "aiff": "aiff", "amr": "amr", "awb": "amr", "ape": "ape", "wma": "asf", "asf": "asf",
    "au": "au", "snd": "au", "caf": "caf", "flac": "flac", "gsm": "gsm", "mka": "matroska",
    "webm": "matroska", "mp3": "mp3", "oga": "ogg", "ogg": "ogg", "opus": "ogg", "spx": "ogg",
    "silk": "silk", "slk": "silk", "wav": "wav", "wave": "wav", "w64": "w64", "wv": "wv",
}  # fmt: skip
"""Which contents an extension promises. `.aud` and unknown ones promise nothing."""
_RAW_EXTENSIONS = demux.RAW | {
    "al", "alaw", "g711", "g723", "g726", "pcm", "raw", "sln", "ul", "ulaw", "vox"
}  # fmt: skip

_UNTAGGED = demux.RAW | unmarked.FORMATS.keys() | {"amr", "silk"}
_LONGEST_HEADER = 1 << 16
"""Bytes that a file without sound may have; where there are more, the sound is lost, not absent."""
_NONE: tuple[Message, ...] = ()


class State(StrEnum):
    COMPLETE = "complete"
    """Readable to its end. A lying header or extension does not change that; a note says so."""
    TRUNCATED = "truncated"
    """Readable, but there was more: its head promises it, or it breaks off in mid-frame."""
    DAMAGED = "damaged"
    """Not readable, or only up to a broken place."""
    EMPTY = "empty"
    """No bytes, or a sound container without sound."""


@dataclass(frozen=True, slots=True)
class Probe:
    state: State
    container: str | None
    """`wav w64 mp3 mp4 3gp mov amr silk ogg asf aac flac matroska ...`: by content. `amr` is also
    AMR without its magic number; `asf` is WMA; `alaw ulaw vox` are what the office says they are.
    `None` where unknown."""
    codec: str | None
    """FFmpeg's name: `pcm_s16le pcm_alaw gsm_ms amr_nb aac mp3 opus ...`, and `silk`."""
    duration_seconds: float | None
    """Of the sound that is there, whatever the head says."""
    tags: tuple[tuple[str, str], ...]
    """Of `title artist album date comment` those that there are, sorted."""
    notes: tuple[Message, ...]


def probe(path: Path, raw: frozenset[str] = frozenset()) -> Probe:
    """What the recording at `path` is; bad contents are an answer, never an exception.

    Args:
        path: Its name counts only for sound without a header, and for notes.
        raw: Names of `ingest.raw.FORMATS` that the office's files really are by their extensions.

    Raises:
        OSError: The file cannot be opened or read.

    """
    extension = path.suffix.lower().removeprefix(".")
    with path.open("rb") as file:
        found = _look(file, os.fstat(file.fileno()).st_size, extension, raw)
    if found.container is None or found.state is State.EMPTY:
        return found
    said = () if found.container in _UNTAGGED else tags.read(path)
    return replace(found, tags=said, notes=found.notes + _misnamed(found, extension))


def _look(file: BinaryIO, size: int, extension: str, raw: frozenset[str]) -> Probe:
    head = file.read(_HEAD)
    if not head.strip(b"\0"):
        return _bad(State.DAMAGED, "zeros") if head else _bad(State.EMPTY, "empty_file")
    said = unmarked.named(extension, head, raw)
    if said and not _web_page(head):
        return _said(file, size, extension, said)
    return _recognised(file, size, extension, head)


def _recognised(file: BinaryIO, size: int, extension: str, head: bytes) -> Probe:
    """What the contents show themselves to be."""
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return _wav(file, size)
    frames = _frames(file, head)
    if frames:
        return _speech(file, size, frames, bare=b"#!" not in head[:3])
    counted = demux.count(file, size)
    if counted is not None and _plausible(counted, size):
        return _counted(file, size, head, counted)
    if extension in _RAW_EXTENSIONS and not _web_page(head):
        return _raw(file, size, extension)
    return _unreadable(file, size, head)


def _plausible(counted: demux.Counted, size: int) -> bool:
    """Whether packets have a codec and a length that can be believed, or rightly are none."""
    if not counted.packets:
        return counted.codec is None or size <= _LONGEST_HEADER
    return 0 < counted.seconds <= size / _LEAST_RATE and counted.codec is not None


def _bad(state: State, key: str, **values: object) -> Probe:
    return Probe(state, None, None, None, (), (Message.of(f"sound.{key}", **values),))


def _notes(key: str, **values: object) -> tuple[Message, ...]:
    """One note; lengths are said with one digit."""
    said = {k: f"{v:.1f}" if isinstance(v, float) else v for k, v in values.items()}
    return (Message.of(f"sound.{key}", **said),)


def _frames(file: BinaryIO, head: bytes) -> amr.Frames | None:
    """The frames of AMR or SILK; only such a file is read whole."""
    for walk in (amr.amr, silk.walk, amr.bare_amr):
        if walk(head):
            file.seek(0)
            return walk(file.read(amr.MOST_BYTES))
    return None


def _speech(file: BinaryIO, size: int, frames: amr.Frames, *, bare: bool) -> Probe:
    notes = _notes("amr_header_missing") if bare else _NONE
    state = State.COMPLETE
    if frames.capped or size > amr.MOST_BYTES:
        notes += _notes("too_long", seconds=frames.seconds)
    elif not frames.count and frames.unread < _SMALL_REST:
        state, notes = State.EMPTY, _notes("no_sound")
    elif endings.zero_tail(file, size):
        state, notes = State.TRUNCATED, notes + _notes("zero_tail")
    elif frames.cut:
        state, notes = State.TRUNCATED, notes + _notes("cut_short", seconds=frames.seconds)
    elif frames.unread > _SMALL_REST:
        state, notes = State.DAMAGED, notes + _notes("broken_off", seconds=frames.seconds)
    container = "silk" if frames.codec == "silk" else "amr"
    return Probe(state, container, frames.codec, frames.seconds, (), notes)


def _wav(file: BinaryIO, size: int) -> Probe:
    found = wav.read(file, size)
    if found is None:
        return _bad(State.DAMAGED, "unreadable")
    codec, seconds = found.codec, found.seconds
    if codec is None and found.present:
        counted = demux.count(file, size)
        if counted is None or not counted.seconds:
            return _bad(State.DAMAGED, "unreadable")
        codec, seconds = counted.codec, counted.seconds
    if not found.present or not seconds:
        return Probe(State.EMPTY, "wav", codec, 0.0, (), _notes("no_sound"))
    promised = seconds * found.promised / found.present
    state, notes = State.COMPLETE, _notes("header_wrong", seconds=seconds) if found.lying else _NONE
    if _clearly_missing(promised, seconds):
        state = State.TRUNCATED
        notes = _notes("truncated", promised=promised, seconds=seconds)
    elif not found.sampled and endings.zero_tail(file, size):
        state, notes = State.TRUNCATED, _notes("zero_tail")
    return Probe(state, "wav", codec, seconds, (), notes)


def _counted(file: BinaryIO, size: int, head: bytes, counted: demux.Counted) -> Probe:
    container, seconds = counted.container, counted.seconds
    name = _mp4_name(head) if container == "mp4" else container
    if not counted.packets:
        return Probe(State.EMPTY, name, counted.codec, 0.0, (), _notes("no_sound"))
    promised = _promised(file, head, counted)
    state, notes = State.COMPLETE, _NONE
    if counted.capped or size > demux.MOST_BYTES:
        notes = _notes("too_long", seconds=seconds)
    elif promised and _clearly_missing(promised, seconds):
        state, notes = State.TRUNCATED, _notes("truncated", promised=promised, seconds=seconds)
    elif _zeros_at_end(file, size, container, kept=promised is not None):
        state, notes = State.TRUNCATED, _notes("zero_tail")
    elif _ends_early(file, size, container):
        state, notes = State.TRUNCATED, _notes("cut_short", seconds=seconds)
    return Probe(state, name, counted.codec, seconds, (), notes)


def _promised(file: BinaryIO, head: bytes, counted: demux.Counted) -> float | None:
    """The seconds that the head states; `None` where there is no more than an estimate."""
    if counted.container == "mp3":
        frames = endings.mp3_frames(file)
        return frames * counted.seconds / counted.packets if frames else None
    if counted.container == "asf":
        return endings.asf_seconds(head)
    return counted.header_seconds if counted.container in _PROMISING else None


def _clearly_missing(promised: float, seconds: float) -> bool:
    return promised - seconds > max(_LEAST_MISSING, promised * _MISSING_SHARE)


def _zeros_at_end(file: BinaryIO, size: int, container: str, *, kept: bool) -> bool:
    """Whether sound gave way to zeros.

    After a kept promise, zeros are harmless padding; but the index of an MP4 keeps its promise
    whatever its packets hold.
    """
    if not endings.zero_tail(file, size):
        return False
    return endings.mp4_boxes(file, size).last == b"mdat" if container == "mp4" else not kept


def _ends_early(file: BinaryIO, size: int, container: str) -> bool:
    if container == "mp4":
        return endings.mp4_boxes(file, size).cut
    return container == "ogg" and endings.ogg_cut(file, size)


def _mp4_name(head: bytes) -> str:
    return _MP4_NAMES.get(head[8:11], "mp4") if head[4:8] == b"ftyp" else "mp4"


def _said(file: BinaryIO, size: int, extension: str, name: str) -> Probe:
    """Sound without any header, in the format that the office says."""
    form = unmarked.FORMATS[name]
    state, notes = State.COMPLETE, _notes("raw_by_name", extension=extension)
    if endings.zero_tail(file, size):
        state, notes = State.TRUNCATED, notes + _notes("zero_tail")
    return Probe(state, name, form.codec, form.seconds(size), (), notes)


def _raw(file: BinaryIO, size: int, extension: str) -> Probe:
    """A file without any header, which only its extension explains."""
    counted = demux.count(file, size, raw=extension) if extension in demux.RAW else None
    if counted is None or not counted.seconds:
        return _bad(State.DAMAGED, "raw_audio", extension=extension)
    notes = _notes("raw_by_name", extension=extension)
    return Probe(State.COMPLETE, extension, counted.codec, counted.seconds, (), notes)


def _unreadable(file: BinaryIO, size: int, head: bytes) -> Probe:
    """Why nothing can be read, as far as that can be told."""
    if _web_page(head):
        return _bad(State.DAMAGED, "web_page")
    if head[4:8] in _MP4_FIRST and not endings.mp4_boxes(file, size).has_index:
        return replace(_bad(State.DAMAGED, "no_index"), container=_mp4_name(head))
    return _bad(State.DAMAGED, "unreadable")


def _web_page(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml"))


def _misnamed(found: Probe, extension: str) -> tuple[Message, ...]:
    """A note where the extension promises other contents; players go by extensions."""
    promised = _EXTENSIONS.get(extension)
    held = "mp4" if found.container in {"3gp", "mov"} else found.container
    if promised is None or held is None or promised == held:
        return ()
    return _notes("extension_wrong", extension=extension, container=found.container)
