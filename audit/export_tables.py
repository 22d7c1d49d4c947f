"""The tables of a package: its calls as they were handed in, its recordings, its findings. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

from archive.layout import extension
from archive.records import Recording
from audit.bag import PAYLOAD, bag_name
from audit.export_contents import Call, Contents
from audit.tables import Grid
from audit.wording import length, status, title
from config.csv_text import csv_line, harmless
from config.language import Words

_BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the local code page."""


def grids(contents: Contents, words: Words, zone: ZoneInfo) -> tuple[Grid, Grid, Grid]:
    return (
        _calls(contents, words),
        _recordings(contents, words, zone),
        _findings(contents, words),
    )


def as_csv(grid: Grid) -> bytes:
    """Cells that a spreadsheet would run as a formula get a `'` before them."""
    lines = [grid.heads, *grid.rows]
    return (_BOM + "".join(csv_line([harmless(cell) for cell in line]) for line in lines)).encode()


def packed_name(recording: Recording) -> str:
    """Where a recording lies in the package: as in the archive."""
    return PAYLOAD + bag_name(recording.path)


def file_of(one: Recording) -> str | None:
    """Where its bytes lie in the package; `None` where they were disposed of, or are to be."""
    return None if one.disposal else packed_name(one)


def sheet_name(sha256: str, source: str) -> str:
    """Where a version of a sheet lies in the package."""
    return f"sheets/{sha256}{extension(source)}"


def recorded(call: Call, here: Collection[int]) -> str:
    """What became of a call's recording: `here`, `elsewhere`, `disposed`, `undecided`,
    `undecided_here`, `lacking`, or `not_reached`.

    `here` are the numbers of the recordings in the package.
    """
    if any(one.id in here for one in call.recordings):
        return "here"
    if any(one.disposal for one in call.recordings):
        return "disposed"
    if call.recordings:
        return "elsewhere"
    if call.perhaps:
        return "undecided_here" if any(one.id in here for one in call.perhaps) else "undecided"
    return "lacking" if call.row.said.reached else "not_reached"


def reached(call: Call, words: Words) -> str:
    said = {True: "yes", False: "no", None: "unknown"}[call.row.said.reached]
    return words(f"report.{said}")


def status_of(one: Recording, words: Words) -> str:
    if one.disposal:
        return status(words, one.disposal)
    if one.filed:
        return status(words, "filed")
    verdict = one.outcome.verdict if one.outcome else "matched"
    return status(words, "waiting" if verdict == "matched" else verdict)


def _heads(words: Words, names: str) -> tuple[str, ...]:
    return tuple(words(f"export.head_{name}") for name in names.split())


def _calls(contents: Contents, words: Words) -> Grid:
    columns = list(dict.fromkeys(key for call in contents.calls for key in _as_handed_in(call)))
    own = _heads(words, "date customer collector reached recording files sheet sheet_file tab line")
    labels = [words("export.head_raw", label=label) for label, _ in columns]
    here = {one.id: file for one in contents.recordings if (file := file_of(one))}
    rows = []
    for call in contents.calls:
        said = call.row.said
        files = [here[one.id] for one in call.recordings if one.id in here]
        raw = _as_handed_in(call)
        rows.append(
            (
                said.day.isoformat(),
                said.customer_name,
                said.collector,
                reached(call, words),
                words(f"export.recording_{recorded(call, here)}"),
                "\n".join(files),
                call.row.sheet,
                sheet_name(call.sheet.sha256, call.sheet.source),
                said.tab,
                said.line,
                *(raw.get(column) for column in columns),
            )
        )
    return Grid("calls", words("export.calls"), (*own, *labels), tuple(rows))


def _as_handed_in(call: Call) -> Mapping[tuple[str, int], str]:
    """The row's cells by their column's label, and which one of that label it is."""
    seen: Counter[str] = Counter()
    cells = {}
    for label, text in call.row.said.raw:
        cells[label, seen[label]] = text
        seen[label] += 1
    return cells


def _recordings(contents: Contents, words: Words, zone: ZoneInfo) -> Grid:
    heads = (
        "file customer date time duration collector status original_name arrived size sha256 "
        "sheet tab line custody"
    )
    calls = {call.row.id: call for call in contents.calls}
    entries: dict[str, list[int]] = {}
    for seq, sha256 in _about(contents):
        entries.setdefault(sha256, []).append(seq)
    rows = []
    for one in contents.recordings:
        call = calls.get(one.row) if one.row is not None else None
        rows.append(
            (
                file_of(one),
                one.customer_name,
                one.call_day(zone).isoformat(),
                _time_of(one, zone),
                length(one.probed.duration_seconds) if one.probed else None,
                one.collector,
                status_of(one, words),
                one.source,
                f"{one.arrived_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                one.size,
                one.sha256,
                call.row.sheet if call else None,
                call.row.said.tab if call else None,
                call.row.said.line if call else None,
                " ".join(map(str, entries.get(one.sha256, ()))),
            )
        )
    return Grid("recordings", words("export.recordings"), _heads(words, heads), tuple(rows))


def _time_of(one: Recording, zone: ZoneInfo) -> str | None:
    """As exact as its name tells it: no second is told that nobody knows."""
    if one.started_at is None or one.precision == "day":
        return None
    form = "%H:%M" if one.precision == "minute" else "%H:%M:%S"
    return one.started_at.astimezone(zone).strftime(form)


def _about(contents: Contents) -> Iterator[tuple[int, str]]:
    return ((one.seq, json.loads(one.entry)["sha256"]) for one in contents.entries)


def _findings(contents: Contents, words: Words) -> Grid:
    heads = "date severity what message customer collector original_name sheet line code"
    rows = tuple(
        (
            day.isoformat(),
            words(f"report.severity_{one.severity}"),
            title(words, one.code),
            one.message,
            one.customer,
            one.collector,
            one.source,
            one.sheet,
            one.line,
            one.code,
        )
        for day, one in contents.findings
    )
    return Grid("findings", words("export.findings"), _heads(words, heads), rows)
