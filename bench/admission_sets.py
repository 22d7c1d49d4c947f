"""What `bench.admission` takes in: a day's inbox, made of real recordings that were made unique.

Twenty collectors hand it over, each in a folder, under names such as a phone gives them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.sample.sound import AUDIO, tagged_mp3

COLLECTORS = 20
_SECONDS = 60 * 60 * 8
"""Of a day, in which all calls are made."""


@dataclass(frozen=True, slots=True)
class Corpus:
    name: str
    count: int
    sound: bytes
    """What each is, before it is made unique."""

    @property
    def megabytes(self) -> float:
        return self.count * len(self.sound) / 1e6


def large(count: int) -> Corpus:
    """Recordings of two minutes, 0.5 MB each."""
    sound = (AUDIO / "formats" / "mp3_cbr32_16k_noxing.mp3").read_bytes()
    # Frames from end to end, as a phone writes them: the tag before them stands once.
    sound += sound[_tag_bytes(sound) :] * 5
    return Corpus(f"{count} of 0.5 MB", count, sound)


def _tag_bytes(sound: bytes) -> int:
    """The length of the ID3v2 tag that `sound` begins with (id3.org, 2.4.0, section 3.1)."""
    return 10 + sum(bits << 7 * place for place, bits in enumerate(reversed(sound[6:10])))


def small(count: int) -> Corpus:
    """Recordings of twenty seconds, 40 KB each."""
    sound = (AUDIO / "formats" / "mp3_cbr16_8k_xing.mp3").read_bytes()
    return Corpus(f"{count} of 40 KB", count, sound)


def lay(corpus: Corpus, inbox: Path) -> None:
    """Lays a corpus below `inbox`, whose folders are made; nothing of it was touched of late."""
    for number, source in enumerate(names(corpus.count)):
        path = inbox / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tagged_mp3(corpus.sound, f"{number:06}"))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    os.sync()


def names(count: int) -> Iterator[str]:
    """Where each recording lies in the inbox: a number and a time of its own."""
    for number in range(count):
        second = number * _SECONDS // count
        clock = f"{9 + second // 3600:02}{second // 60 % 60:02}{second % 60:02}"
        folder = f"2026-11-16/催收员{number % COLLECTORS:02}"
        yield f"{folder}/138{number:08}_20261116{clock}.mp3"


def forget(inbox: Path) -> None:
    """Has the system's cache forget what lies below `inbox`, where it can be asked to."""
    os.sync()
    for path in inbox.rglob("*.mp3"):
        forget_file(path)


def forget_file(path: Path) -> None:
    """As `forget`; what was not written yet stays."""
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
