"""What goes into a package under which name, before anything is written. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from archive.catalogue.search import Query
from archive.custody import Entry
from archive.errors import ArchiveError
from archive.layout import fold, sheet_path
from audit import export_custody, vcon, xlsx
from audit.export_contents import Contents
from audit.export_custody import Papers
from audit.export_pages import instructions, report
from audit.export_proofs import Chain
from audit.export_tables import as_csv, grids, packed_name, sheet_name
from config.language import Message, Words
from config.visible import visible

LANGUAGE = "zh"
"""A package speaks Chinese, whatever the office's screens do: it is for a court."""


class ExportError(ArchiveError):
    """No package can be made as things are."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A file of the archive that goes along as it is."""

    name: str
    path: str
    sha256: str
    recording: int | None = None
    """Its number; `None` of a paper."""


@dataclass(frozen=True, slots=True)
class Written:
    name: str
    contents: bytes


@dataclass(frozen=True, slots=True)
class Referring:
    """Written after the recordings, to which it refers by their SHA-512."""

    name: str
    contents: Callable[[Mapping[int, bytes]], bytes]
    """Of the digests by the recordings' numbers."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a package says of where it comes from."""

    office: str
    zone: ZoneInfo
    query: Query
    with_sheets: bool
    with_vcons: bool
    authority: bytes | None
    """The office's certificates that time stamps are verified with."""
    program: bytes
    """`verify.py`."""
    version: str


@dataclass(frozen=True, slots=True)
class Plan:
    files: tuple[Copied | Written | Referring, ...]
    info: tuple[tuple[str, str], ...]
    """For `bag-info.txt`."""

    @property
    def vcons(self) -> int:
        return sum(isinstance(one, Referring) for one in self.files)


def plan(contents: Contents, chain: Chain, around: Around) -> Plan:
    """Raises ExportError where two files would meet, or one has a name that leads elsewhere."""
    papers = Papers.of(chain, contents.stamps)
    files = (*_files(contents, chain, papers, around),)
    _refuse_bad_names(files)
    return Plan(files, tuple(_info(contents, around)))


def asked(query: Query) -> dict[str, object]:
    """What a query asks for; what does not restrict is left out."""
    told = {
        "words": list(query.words),
        "customer": query.customer,
        "phone": query.phone,
        "collector": query.collector,
        "from": query.first and query.first.isoformat(),
        "to": query.last and query.last.isoformat(),
        "status": query.status,
        "department": query.department,
        "grade": query.grade,
        "reached": query.reached,
        "shortest": query.shortest,
        "longest": query.longest,
        "file": query.file,
        "note": query.note,
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def _files(
    contents: Contents, chain: Chain, papers: Papers, around: Around
) -> Iterator[Copied | Written | Referring]:
    for one in contents.recordings:
        if not one.disposal:
            yield Copied(packed_name(one), one.path, one.sha256, one.id)
    if around.with_sheets:
        for sheet in contents.sheets:
            path = sheet_path(sheet.sha256, sheet.source)
            yield Copied(sheet_name(sheet.sha256, sheet.source), path, sheet.sha256)
    yield from _tables(contents, around)
    yield from _custody(chain, papers, around)
    told = report(contents, chain, asked(around.query), around.office, around.zone)
    yield Written("report.html", told.encode())
    has_authority = around.authority is not None
    how = instructions(
        papers,
        with_sheets=around.with_sheets,
        with_authority=has_authority,
        with_vcons=around.with_vcons,
    )
    yield Written("README.html", how.encode())
    yield Written("verify.py", around.program)
    if around.with_vcons:
        for call in vcon.conversations(contents):
            write = partial(vcon.written, call, office=around.office, zone=around.zone)
            yield Referring(call.name, write)


def _tables(contents: Contents, around: Around) -> Iterator[Written]:
    words = Words(LANGUAGE)
    three = grids(contents, words, around.zone)
    for grid in three:
        yield Written(f"{grid.name}.csv", as_csv(grid))
    made = as_of(contents.entries)
    yield Written("calls.xlsx", xlsx.plain(three, words, words("export.title"), made))


def _custody(chain: Chain, papers: Papers, around: Around) -> Iterator[Copied | Written]:
    for name, lines in (
        (export_custody.ENTRIES, export_custody.entry_lines(chain)),
        (export_custody.CHECKSUMS, export_custody.checksums(chain)),
        (export_custody.FILES, export_custody.file_lines(papers)),
    ):
        yield Written(name, b"".join(lines))
    for name, preimage in export_custody.preimages(chain):
        yield Written(name, preimage)
    for paper in papers.copied():
        yield Copied(paper.name, paper.path, paper.sha256)
    if around.authority is not None and papers.stamps:
        yield Written(export_custody.AUTHORITY, around.authority)


def as_of(entries: Sequence[Entry]) -> datetime:
    """When the last of these custody entries was written; a package has no other time."""
    if not entries:
        return datetime(1980, 1, 1, tzinfo=UTC)
    return datetime.fromisoformat(json.loads(entries[-1].entry)["at"])


def _info(contents: Contents, around: Around) -> Iterator[tuple[str, str]]:
    yield "Source-Organization", visible(around.office)
    yield "External-Description", Words(LANGUAGE)("export.title")
    yield "Bag-Software-Agent", f"callvault {around.version}"
    yield "Callvault-Query", visible(json.dumps(asked(around.query), ensure_ascii=False))
    if contents.entries:
        seq = contents.entries[-1].seq
        yield "Callvault-As-Of", f"custody entry {seq} of {as_of(contents.entries).isoformat()}"


def _refuse_bad_names(files: Sequence[Copied | Written | Referring]) -> None:
    seen: set[str] = set()
    for one in files:
        parts = PurePosixPath(one.name).parts
        whole = "/".join(parts) == one.name and ".." not in parts and "\\" not in one.name
        if not whole or fold(one.name) in seen or one.name != visible(one.name):
            raise ExportError(Message.of("export.bad_name", name=one.name))
        seen.add(fold(one.name))
