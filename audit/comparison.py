"""`callvault compare`: what catalogue, archive and bucket have, with rclone's signs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from archive.catalogue.database import Catalogue
from archive.comparing_sides import Comparing
from archive.connecting import connect
from archive.errors import DiskError
from archive.objects import StoreError
from archive.sides import Compared, Sign
from archive.store import Store
from config.language import Message, Words
from config.settings import FolderMirror, Mirror, Settings
from config.visible import visible


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the command came to."""

    counts: Counter[Sign]
    shown: tuple[Compared, ...]
    """What differs; where all was asked for, the rest before it."""
    stopped: Message | None
    """Why a place could not be read, or is suddenly empty: then nothing is said of any key."""

    @property
    def differs(self) -> bool:
        return any(sign.differs for sign in +self.counts)


def compare(
    catalogue: Catalogue,
    settings: Settings,
    mirror: Mirror | FolderMirror,
    prefix: str,
    tell: Callable[[int, int], None],
    *,
    everything: bool,
) -> Comparison:
    """Holds one `mirror` against the rest. Only keys that begin with `prefix`.

    `tell` hears how many more are through, and of how many.

    Raises StoreError for a mirror that cannot be spoken to at all.
    """
    store = Store(settings.archive.path)
    objects = connect(mirror, store.root, catalogue)
    comparing = Comparing(catalogue, store, objects, mirror.name)
    counts: Counter[Sign] = Counter()
    shown = []
    try:
        for one in comparing.run(prefix, tell):
            counts[one.code.sign] += 1
            if everything or one.code.sign.differs:
                shown.append(one)
    except (DiskError, StoreError) as error:
        return Comparison(Counter(), (), error.message)
    return Comparison(counts, tuple(shown), None)


def as_json(comparison: Comparison, words: Words) -> str:
    told = {
        "counts": {sign.name.lower(): comparison.counts[sign] for sign in Sign},
        "keys": [
            {
                "sign": one.code.sign.value,
                "code": one.code.value,
                "key": one.key,
                "size_catalogue": one.expected and one.expected.size,
                "size_archive": one.file,
                "size_bucket": one.object,
                "message": words(f"compare.{one.code}"),
            }
            for one in comparison.shown
        ],
        "stopped": [words.say(comparison.stopped)] if comparison.stopped else [],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_text(comparison: Comparison, words: Words) -> str:
    """A line for each key, then what to do about each kind of difference, then how many."""
    if comparison.stopped is not None:
        return ""
    told = [visible(_line(one, words)) for one in comparison.shown]
    told += _remedies(comparison.shown, words)
    counts = {sign.name.lower(): comparison.counts[sign] for sign in Sign}
    told.append(words("compare.done", **counts))
    return "".join(f"{line}\n" for line in told)


def _line(one: Compared, words: Words) -> str:
    if one.code.sign is not Sign.DIFFERENT:
        return f"{one.code.sign} {one.key}"
    known = one.expected.size if one.expected else None
    sizes = {"archive": one.file, "bucket": one.object, "catalogue": known}
    said = {name: "-" if size is None or size < 0 else size for name, size in sizes.items()}
    return f"{one.code.sign} {one.key}  {words('compare.bytes', **said)}"


def _remedies(shown: Iterable[Compared], words: Words) -> list[str]:
    kinds = Counter(one.code for one in shown if one.code.sign.differs)
    return [
        words("compare.kind", sign=code.sign, count=count, what=words(f"compare.{code}"))
        for code, count in sorted(kinds.items())
    ]
