"""The inbox as it lies there: what a scan sees, what kind of file each is, whether it stands still.

A scan is the truth and never concludes from absence: a file that is gone was perhaps unplugged.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from pathlib import Path, PurePosixPath

from config.language import Message
from ingest.errors import InboxError


class Kind(StrEnum):
    RECORDING = "recording"
    SHEET = "sheet"
    JUNK = "junk"
    """What systems and programs leave behind; nobody needs to hear of it."""
    UNKNOWN = "unknown"
    """Its contents must say."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file of the inbox at the time of the scan."""

    source: str
    """Relative to the inbox, with `/`; what is no text in a name stands as an escape."""
    place: str
    """Where it lies, as `path` says; most files are known, and nobody asks for their path."""
    stat: os.stat_result
    named: bool = True
    """False where its name is no text, so that nothing could keep it."""

    @property
    def path(self) -> Path:
        return Path(self.place)

    @property
    def size(self) -> int:
        return self.stat.st_size

    @property
    def mtime_ns(self) -> int:
        return mtime_ns(self.stat)


@dataclass(frozen=True, slots=True)
class Scan:
    files: tuple[Seen, ...]
    """Those that were wanted."""
    problems: tuple[Message, ...]
    """Folders that could not be listed; the rest counts."""
    count: int
    """Of all files, wanted or not."""


def everything(_source: str, _found: os.stat_result) -> bool:
    return True


_AUDIO = re.compile(
    r"""mp3|wav|amr|awb|m4a|mp4|3gp|3gpp|3ga|aac|ogg|oga|opus|spx|flac|wma|gsm|silk|aud|slk|alaw|al
    |ulaw|ul|g722|g729|vox|caf|au|snd|aif|aiff|webm|mka|sln""",
    re.VERBOSE,
)
_SHEETS = re.compile("xlsx|xlsm|xls|et|ods|csv|tsv")
_JUNK = re.compile(
    r"""thumbs\.db | ehthumbs\.db | desktop\.ini | \.ds_store | \._.* | ~\$.* | \.~lock\..*
    | .*\.(part|partial|crdownload|tmp|temp|lnk|!ut|filepart)""",
    re.IGNORECASE | re.VERBOSE,
)
_AUDIO_HEADS = (b"RIFF", b"ID3", b"#!AMR", b"OggS", b"fLaC", b"#!SILK", b"\x02#!SILK", b"\xff\xfb")
_LATEST_NS = (1 << 63) - 1
_AUDIO_HEADS_LATER = ((4, b"ftyp"),)


def scan(root: Path, wanted: Callable[[str, os.stat_result], bool] = everything) -> Scan:
    """Every `wanted` file below `root`, in the order of their paths; links are seen, not followed.

    Where a name is no text, which may then look like another's, all files are wanted. Raises
    InboxError if `root` itself cannot be listed.
    """
    problems: list[Message] = []
    try:
        top = _list(root)
    except OSError as error:
        raise InboxError(
            Message.of("ingest.inbox_unreachable", path=root, error=error.strerror or error)
        ) from error
    found, count = list[Seen](), 0
    for seen in _walk(top, problems, wanted):
        count += 1
        if seen is not None:
            found.append(seen)
    if not all(seen.named for seen in found):
        if wanted is not everything:
            return scan(root)
        found = list(_told_apart(found))
    return Scan(tuple(sorted(found, key=attrgetter("source"))), tuple(problems), count)


def _told_apart(found: Sequence[Seen]) -> Iterator[Seen]:
    """An escape may be another file's real name; what is no text then ends in a backslash."""
    taken = {seen.source for seen in found if seen.named}
    for seen in sorted(found, key=attrgetter("source", "place")):
        source = seen.source
        while not seen.named and source in taken:
            source += "\\"
        taken.add(source)
        yield replace(seen, source=source)


def kind(source: str) -> Kind:
    """What a file is by its name."""
    name = PurePosixPath(source).name
    if _JUNK.fullmatch(name):
        return Kind.JUNK
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    if _SHEETS.fullmatch(suffix):
        return Kind.SHEET
    return Kind.RECORDING if _AUDIO.fullmatch(suffix) else Kind.UNKNOWN


def sounds(path: Path) -> bool:
    """A file of unknown kind begins like a recording."""
    with path.open("rb") as reader:
        head = reader.read(16)
    return head.startswith(_AUDIO_HEADS) or any(
        head[at : at + len(mark)] == mark for at, mark in _AUDIO_HEADS_LATER
    )


def escaped(source: str) -> str:
    """`source` as text: undecodable bytes on Linux, half characters on Windows become escapes."""
    try:
        source.encode()
    except UnicodeEncodeError:
        return source.encode("utf-8", "backslashreplace").decode()
    return source


def settled(seen: Seen, now: datetime, seconds: float) -> bool:
    """The file was not touched for `seconds`, as far as its mtime tells.

    An mtime well ahead of `now` comes from another clock and tells nothing; then the check that
    the copy makes (the file did not change while it was read) is what guards.
    """
    age = now.timestamp() - seen.mtime_ns / 1e9
    return abs(age) >= seconds


def settles_at(seen: Seen, now: datetime, seconds: float) -> datetime:
    """When a file that does not stand still yet will have done so, if nobody touches it again."""
    return now + timedelta(seconds=seconds - (now.timestamp() - seen.mtime_ns / 1e9))


def arrival(seen: Seen, now: datetime, *, own_clock: bool) -> datetime:
    """When a file that is first seen at `now` came to lie in the inbox.

    Its mtime goes back to the recorder; ctime (on Windows: creation) is when it was put here,
    which is earlier than `now` where no daemon was running. With a set clock only `now` counts.
    """
    if not own_clock:
        return now
    put = datetime.fromtimestamp(seen.stat.st_ctime, UTC)
    return min(now, put)


def mtime_ns(found: os.stat_result) -> int:
    """Within what a database holds: a file may say that it is of the year 2446."""
    return max(-_LATEST_NS, min(found.st_mtime_ns, _LATEST_NS))


def _walk(
    top: list[os.DirEntry[str]],
    problems: list[Message],
    wanted: Callable[[str, os.stat_result], bool],
) -> Iterator[Seen | None]:
    """Works down from `top` without recursion: somebody may nest folders by the thousand.

    `None` stands for a file that is not wanted: of 200,000 known ones nothing is kept.
    """
    open_folders = [("", top)]
    while open_folders:
        below, entries = open_folders.pop()
        for entry in entries:
            source = f"{below}{entry.name}"
            try:
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode) and not _is_junction(entry):
                    open_folders.append((f"{source}/", _list(Path(entry.path))))
                    continue
                # What DirEntry gives on Windows lacks the number of links.
                found = os.lstat(entry.path) if os.name == "nt" else found
            except FileNotFoundError:
                continue  # gone since it was listed
            except OSError as error:
                reason = error.strerror or error
                problems.append(
                    Message.of("ingest.folder_unreadable", folder=escaped(source), error=reason)
                )
                continue
            plain = escaped(source)
            named = plain == source
            if named and not wanted(source, found):
                yield None
            else:
                yield Seen(plain, entry.path, found, named)


def _list(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """A folder on Windows that is a link to another: listed, not followed."""
    found = entry.stat(follow_symlinks=False)
    return getattr(found, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
