"""The model's own truth: what was handed over, what was harmed, and whose word stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.ingest.small_office import sha256
from tests.model.seen import Line, Seen


@dataclass(frozen=True, slots=True)
class Drop:
    """A file as it was put into the inbox; no two have one source and one time."""

    source: str
    mtime_ns: int
    content: bytes
    kind: str
    """`recording`, `sheet` or `junk`."""

    @property
    def digest(self) -> str:
        return sha256(self.content)


@dataclass
class Truth:
    inbox: dict[str, Drop] = field(default_factory=dict)
    """What lies there now, by source."""
    dropped: list[Drop] = field(default_factory=list)
    """Everything that ever lay there."""
    must: set[str] = field(default_factory=set)
    """SHA-256 of recordings that a pass has met, and ended: from then on none may be lost."""
    names: dict[str, set[str]] = field(default_factory=dict)
    """All sources under which the bytes of a recording ever lay, by SHA-256."""
    taken: list[Drop] = field(default_factory=list)
    """What the product took in, in its order."""
    harmed: dict[str, bytes | None] = field(default_factory=dict)
    """SHA-256 of recordings that were damaged in the archive, with what is left of them."""
    objects_harmed: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the recordings whose objects were damaged in the store, by key."""
    strays: set[str] = field(default_factory=set)
    """SHA-256 of what was left of recordings that were repaired, where it may still lie."""
    safe: set[str] = field(default_factory=set)
    """SHA-256 of recordings that the store has confirmed once."""
    said: dict[str, int | None] = field(default_factory=dict)
    """The customer whom a person named for a recording, or nobody, by its SHA-256."""

    @property
    def is_harmed(self) -> bool:
        return bool(self.harmed or self.objects_harmed)

    def put(self, drop: Drop) -> None:
        self.inbox[drop.source] = drop
        self.dropped.append(drop)
        if drop.kind == "recording":
            self.names.setdefault(drop.digest, set()).add(drop.source)

    def passed(self, settled_before_ns: int) -> None:
        """A pass has ended that met all that was last written before then."""
        met = [one for one in self.inbox.values() if one.mtime_ns <= settled_before_ns]
        self.must |= {one.digest for one in met if one.kind == "recording"}

    def note(self, seen: Seen) -> None:
        """Learns from the catalogue which of the inbox's files it has taken by now, and which
        harmed objects were given up: those are safe again once the store confirms them anew.
        """
        self.safe -= {
            digest for key, digest in self.objects_harmed.items() if key not in seen.objects
        }
        self.objects_harmed = {
            key: digest
            for key, digest in self.objects_harmed.items()
            if key in seen.objects or digest in seen.doubtful
        }
        drops = {(one.source, one.mtime_ns): one for one in self.dropped}
        known = {(one.source, one.mtime_ns) for one in self.taken}
        for line in sorted(_ended(seen), key=_first_come):
            one = drops[line["source"], line["mtime_ns"]]
            if (one.source, one.mtime_ns) not in known:
                self.taken += [*self._missed(one, seen), one]

    def mended(self, seen: Seen, objects: Mapping[str, bytes]) -> None:
        """Learns from the disk and the store what of the harm is no more.

        An object that a killed repair sent anew is not confirmed yet.
        """
        here = set(seen.paths.values())
        for digest, left in list(self.harmed.items()):
            if seen.paths.get(seen.recordings[digest]["path"]) == digest:
                del self.harmed[digest]
                if left is not None:
                    self.strays.add(sha256(left))
            elif left is not None and sha256(left) not in here:
                self.harmed[digest] = None  # it is aside, and the good copy did not come yet
        self.objects_harmed = {
            key: digest
            for key, digest in self.objects_harmed.items()
            if key not in seen.objects or key not in objects or sha256(objects[key]) != digest
        }

    def _missed(self, last: Drop, seen: Seen) -> Sequence[Drop]:
        """What a killed pass took under a name before it was replaced by `last`."""
        taken = {(one.source, one.digest) for one in self.taken}
        return [
            one
            for one in self.dropped
            if one.source == last.source
            and one.mtime_ns < last.mtime_ns
            and one.kind == "recording"
            and (one.source, one.digest) not in taken
            and (found := seen.recordings.get(one.digest)) is not None
            and found["source"] == one.source
        ]


def _ended(seen: Seen) -> Iterator[Line]:
    ended = ("recording", "duplicate", "sheet")
    return (one for one in seen.tables["inbox_file"] if one["state"] in ended)


def _first_come(line: Line) -> tuple[bool, str]:
    return line["state"] == "duplicate", line["source"]
