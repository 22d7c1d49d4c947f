"""The custody of a package as files of JSON lines, which its own program checks. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.catalogue.papers import KnownFile, StampedFile
from archive.custody import Entry
from archive.layout import stamp_path
from audit.export_proofs import Chain, Told

ENTRIES = "custody/entries.jsonl"
FILES = "custody/files.jsonl"
CHECKSUMS = "custody/entries.sha256"
"""As `sha256sum -c` reads them."""
AUTHORITY = "custody/authority.pem"


@dataclass(frozen=True, slots=True)
class Paper:
    """A custody file or a time stamp that goes along as it is."""

    name: str
    """In the package."""
    path: str
    """In the archive."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Papers:
    files: Mapping[int, KnownFile]
    """The custody files that are spoken of."""
    stamps: Mapping[int, StampedFile]
    """Of those of them that have one that goes along."""
    shown: frozenset[int]
    """Those that go along themselves."""

    @classmethod
    def of(cls, chain: Chain, stamps: Sequence[StampedFile]) -> Papers:
        shown = {one.stamp.file.number: one.stamp for one in chain.shown}
        without = [one.file for one in chain.entries if one.proof is None and one.file]
        later = (_stamp_over(file, stamps) for file in without)
        taken = shown | {one.file.number: one for one in later if one is not None}
        files = {one.file.number: one.file for one in chain.entries if one.file}
        files |= {number: one.file for number, one in taken.items()}
        return cls(dict(sorted(files.items())), dict(sorted(taken.items())), frozenset(shown))

    def copied(self) -> Iterator[Paper]:
        for number, stamp in self.stamps.items():
            if number in self.shown:
                yield Paper(shown_name(number), stamp.file.path, stamp.file.sha256)
            yield Paper(stamp_name(number), stamp_path(stamp.file.path), stamp.stamp_sha256)


def shown_name(number: int) -> str:
    return f"custody/{number:08d}.jsonl"


def stamp_name(number: int) -> str:
    return f"custody/{number:08d}.tsr"


def preimages(chain: Chain) -> Iterator[tuple[str, bytes]]:
    """A file of each entry and anchor: the very bytes whose SHA-256 is the entry's hash."""
    for one in _every(chain):
        yield entry_name(one.seq), f"{one.previous}\n{one.entry}".encode()


def checksums(chain: Chain) -> Iterator[bytes]:
    for one in _every(chain):
        yield f"{one.hash}  {entry_name(one.seq)}\n".encode()


def entry_name(seq: int) -> str:
    return f"custody/entries/{seq:08d}.txt"


def entry_lines(chain: Chain) -> Iterator[bytes]:
    """Where each entry and anchor stands, and the way of entries up to their anchors."""
    told = {one.entry.seq: _where(one) for one in chain.entries}
    anchors = {one.anchor.seq: one.stamp.file.number for one in chain.shown}
    for one in _every(chain):
        where = told.get(one.seq) or {"file": anchors[one.seq], "anchor": None, "path": []}
        yield _line({"seq": one.seq, "hash": one.hash} | where)


def file_lines(papers: Papers) -> Iterator[bytes]:
    """The custody files that are spoken of; most stay in the office, for they tell of others."""
    for number, file in papers.files.items():
        stamp = papers.stamps.get(number)
        yield _line(
            {
                "number": number,
                "sha256": file.sha256,
                "last": file.last,
                "head": file.head,
                "shown": shown_name(number) if number in papers.shown else None,
                "stamp": stamp_name(number) if stamp else None,
                "stamped_at": stamp.at.isoformat() if stamp else None,
            }
        )


def _stamp_over(file: KnownFile, stamps: Sequence[StampedFile]) -> StampedFile | None:
    """The first stamp of this custody file or one after it, which stands for this one, too."""
    return next((one for one in stamps if one.file.number >= file.number), None)


def _every(chain: Chain) -> Sequence[Entry]:
    every = {*(one.entry for one in chain.entries), *(one.anchor for one in chain.shown)}
    return sorted(every, key=lambda one: one.seq)


def _where(one: Told) -> dict[str, object]:
    return {
        "file": one.file.number if one.file else None,
        "anchor": one.proof.anchor if one.proof else None,
        "path": list(one.proof.path) if one.proof else [],
    }


def _line(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
