"""The promises of `docs/design.md`, held against all that lies in an office and its bucket.

`standing` are those that hold at any moment, right after a kill too; `settled` those that hold once
a pass has gone through. Both return what is broken, each a sentence that begins with its promise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.custody import Entry, broken
from archive.layout import CUSTODY, PRIVATE
from tests.crash.place import Look, Row

_ACCESS = "access/"
_BINDS = ("sha256", "customer", "call", "collector", "original_name")


@dataclass(frozen=True, slots=True)
class Terms:
    """What may and must be there in the end."""

    bytes: frozenset[str]
    """SHA-256 of every recording that was handed over."""
    inboxes: Sequence[Mapping[str, str]]
    """As it was handed over, at first and in the end."""
    mirrored: bool
    once_mirrored: frozenset[str]
    """SHA-256 of what the bucket had confirmed before the command."""
    accesses: frozenset[str] = frozenset()
    """Files of the access log that waited before the command."""
    going: frozenset[str] = frozenset()
    """SHA-256 of what a person orders to be disposed of, and may be there until then."""


def standing(now: Look, terms: Terms) -> list[str]:
    return [*_kept(now, terms), *_told(now), *_objects(now, terms), *_custody(now, terms)]


def settled(now: Look, terms: Terms) -> list[str]:
    waiting = any(path.startswith(_ACCESS) for path in now.own)
    untaken = ["P4: who saw what is not in custody yet"] if waiting else []
    return [*standing(now, terms), *_accounted(now, terms), *untaken]


def _kept(now: Look, terms: Terms) -> Iterator[str]:
    if now.inbox not in terms.inboxes:
        yield "P1: the inbox was changed"
    if not set(now.kept.values()) <= terms.bytes | terms.going:
        yield "P1: something partial or strange stands under a final name"
    for path, digest in now.own.items():
        name = path.removeprefix("sheets/")
        if name != path and not name.startswith(digest):
            yield "P1: a kept sheet is not what its name says"


def _told(now: Look) -> Iterator[str]:
    """What the catalogue says of files, and what it must know of them."""
    for row in now.of("recording"):
        places = [row["path"], row["target"]]
        there = any(now.kept.get(path) == row["sha256"] for path in places if path)
        if row["disposal"] == "disposed" and there:
            yield f"P2: recording {row['id']} is there and called disposed of"
        if not there and row["disposal"] is None:
            yield f"P2: recording {row['id']} is not where the catalogue says"
    known = {row[column] for row in now.of("recording") for column in ("path", "target")}
    known |= {row["path"] for row in now.of("inbox_file")}
    if not set(now.kept) <= known:
        yield "P3: a file under a final name of which the catalogue knows nothing"


def _objects(now: Look, terms: Terms) -> Iterator[str]:
    leaving = {row["key"] for row in now.of("outbox") if row["action"] == "remove"}
    for row in now.of("object"):
        if row["key"] not in leaving and now.bucket.get(row["key"]) != row["checksum"]:
            yield f"P2: the object of recording {row['recording_id']} is not in the bucket"
    leaving = {row["sha256"] for row in now.of("recording") if row["disposal"]}
    if not leaving <= terms.going:
        yield "P1: more is to go than was ordered"
    if not terms.once_mirrored - leaving <= set(now.bucket.values()):
        yield "P1: bytes that were mirrored are in the bucket no more"
    papers = _papers(now)
    known = terms.bytes | terms.going
    if any(one not in known and papers.get(key) != one for key, one in now.bucket.items()):
        yield "P1: something partial or strange is in the bucket"


def _custody(now: Look, terms: Terms) -> Iterator[str]:
    entries = [
        Entry(row["seq"], row["entry"], row["previous"], row["hash"])
        for row in sorted(now.of("custody"), key=lambda row: row["seq"])
    ]
    if broken(entries) is not None:
        yield "P4: the custody chain is broken"
    if now.told_up_to is None:
        yield "P4: the custody files are no chain"
    elif now.told_up_to > len(entries):
        yield "P4: the custody files tell more than the catalogue"
    told = [json.loads(one.entry) for one in entries]
    yield from _accesses(now, terms, told)
    admitted = Counter(one["sha256"] for one in told if one["event"] == "admitted")
    if admitted != Counter(row["sha256"] for row in now.of("recording")):
        yield "P4: custody tells other admissions than the catalogue"
    for row in now.of("recording"):
        yield from _told_of(row, [one for one in told if one["sha256"] == row["sha256"]])
    confirmed = {(one["sha256"], one["key"]) for one in told if one["event"] == "mirrored"}
    objects = {(row["checksum"], row["key"]) for row in now.of("object")}
    if not {one for one in objects if not one[1].startswith(CUSTODY)} <= confirmed:
        yield "P4: an object that custody knows nothing of"


def _accesses(now: Look, terms: Terms, told: list[Any]) -> Iterator[str]:
    tokens = Counter(one["token"] for one in told if "token" in one)
    waiting = {path.removeprefix(_ACCESS) for path in now.own if path.startswith(_ACCESS)}
    if any(name not in waiting and name[-21:-5] not in tokens for name in terms.accesses):
        yield "P4: who saw what was lost"
    if any(count > 1 for count in tokens.values()):
        yield "P4: who saw what stands twice in custody"


def _told_of(row: Row, told: list[Any]) -> Iterator[str]:
    ordered = any(one["event"] == "disposal_ordered" for one in told)
    if bool(row["disposal"]) != ordered:
        yield f"P4: custody and catalogue differ on whether recording {row['id']} is to go"
    moves = [one for one in told if one["event"] in ("admitted", "filed", "held")]
    if not moves or moves[-1]["path"] != row["path"]:
        yield f"P4: custody has recording {row['id']} lie somewhere else"
    elif row["filed"] and not all(moves[-1].get(what) for what in _BINDS):
        yield f"P4: no entry binds what is known of recording {row['id']}"


def _accounted(now: Look, terms: Terms) -> Iterator[str]:
    """Nothing is left half-way, and everything is there once."""
    yield from _there_once(now, terms)
    if any(path.startswith("staging/") for path in now.own):
        yield "P3: copies are left"
    if {row["source"] for row in now.of("inbox_file")} != set(now.inbox):
        yield "P6: a file of the inbox is not accounted for"
    if any(row["state"] in ("planned", "waiting", "refused") for row in now.of("inbox_file")):
        yield "P3: a file of the inbox was not taken in"
    if any(row["target"] for row in now.of("recording")) or now.of("open_day"):
        yield "P3: something is left to be done"
    whole = {**now.kept, **_known_papers(now)}
    if terms.mirrored and (now.of("outbox") or now.bucket != whole):
        yield "P2: the bucket is not the archive"
    if terms.mirrored and {row["key"] for row in now.of("object")} != set(whole):
        yield "P2: something is not marked as mirrored"
    if max((row["seq"] for row in now.of("custody")), default=0) != now.told_up_to:
        yield "P4: the custody files do not tell all that custody tells"


def _there_once(now: Look, terms: Terms) -> Iterator[str]:
    gone = {row["sha256"] for row in now.of("recording") if row["disposal"]}
    if Counter(now.kept.values()) != Counter((terms.bytes | terms.going) - gone):
        yield "P1: bytes were lost or doubled"
    if any(row["disposal"] == "ordered" for row in now.of("recording")):
        yield "P3: what was ordered to go is not gone"
    staying = [row for row in now.of("recording") if not row["disposal"]]
    if now.kept != {row["path"]: row["sha256"] for row in staying}:
        yield "P3: catalogue and archive differ"


def _known_papers(now: Look) -> dict[str, str]:
    """Without a copy of a sheet that was replaced before it was entered: nobody's, and harmless."""
    entered = {row["sha256"] for row in now.of("sheet")}
    return {
        key: digest
        for key, digest in _papers(now).items()
        if key.startswith(CUSTODY) or digest in entered
    }


def _papers(now: Look) -> dict[str, str]:
    """Sheets and custody files, by their paths in the archive and keys in the bucket."""
    return {
        f"{PRIVATE}/{path}": digest
        for path, digest in now.own.items()
        if path.startswith(("sheets/", "custody/"))
    }
