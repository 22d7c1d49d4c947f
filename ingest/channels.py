"""The office's channels: addresses as apprise knows them, in a file of their own, one a line.

An address holds a password or a key, so it is never shown: a channel goes by its kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config.language import Message
from ingest.errors import InboxError

_LONGEST = 1 << 16
"""Bytes: it may be the path of something else."""
_KIND = re.compile(r"([a-z][a-z0-9+.-]*)://\S", re.IGNORECASE)


class ChannelsError(InboxError):
    """The file with the addresses cannot be used; nobody is written to."""


@dataclass(frozen=True, slots=True)
class Channel:
    name: str
    """`mailto`; the second of a kind is `mailto 2`. It stays when the address is corrected."""
    line: int
    url: str = field(repr=False)


def read(file: Path) -> list[Channel]:
    """The channels in their order; empty lines and those after `#` are passed over.

    Raises ChannelsError where the file cannot be read, holds none, or a line is no address.
    """
    channels: list[Channel] = []
    kinds: Counter[str] = Counter()
    for number, line in _lines(file):
        found = _KIND.match(line)
        if found is None:
            raise _refused("no_address", file, line=number)
        kind = found[1].lower()
        kinds[kind] += 1
        name = kind if kinds[kind] == 1 else f"{kind} {kinds[kind]}"
        channels.append(Channel(name, number, line))
    if not channels:
        raise _refused("no_channels", file)
    return channels


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        with file.open("rb") as reader:
            text = reader.read(_LONGEST + 1).decode("utf-8-sig")  # Notepad's mark
    except FileNotFoundError:
        raise _refused("file_missing", file) from None
    except OSError as error:
        raise _refused("file_unreadable", file, error=error.strerror or error) from None
    except UnicodeDecodeError:
        raise _refused("file_not_text", file) from None
    if len(text) > _LONGEST:
        raise _refused("file_not_text", file)
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if said and not said.startswith("#"):
            yield number, said


def _refused(code: str, file: Path, **said: object) -> ChannelsError:
    return ChannelsError(Message.of(f"notify.{code}", path=file, **said))
