"""Writes docs/reading.md from the tables that the code goes by: `python -m tests.make_reading`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from config.forms import LEGAL_ALONE, required
from config.language import Words
from ingest import inbox, tags, titles
from ingest.cells import NO, YES, read_duration, read_reached, text
from ingest.columns import HEADER_ROWS, NAMES, sense
from ingest.dates import read_day, read_moment, read_promise
from ingest.folders import read_folders
from ingest.probe import probe
from ingest.recorders import read_name
from ingest.sound import SILENCE_DBFS, listen
from ingest.workbook import Cell
from matcher.evidence import Evidence, Precision
from matcher.names import parse_contact
from matcher.numbers import find
from tests import reading_examples as examples
from tests.reading_examples import DAY, ZONE

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reading.md"
TEMPLATE = Path(__file__).with_name("reading_template.md")
AUDIO = ROOT / "tests" / "audio"

WORDS = Words("en")
LEGAL = required("法规部", LEGAL_ALONE)
NOTHING = "–"
OFFSET = timedelta(hours=8)
"""The office's, which goes without saying."""


def page() -> str:
    """The whole page: the template's prose with the tables in their places."""
    own = [re.compile(examples.OWN_PATTERN)]
    made = {
        "recorders": "\n\n".join(_recorders()),
        "any_name": _evidence_table(examples.ANY_NAME),
        "copies": _evidence_table(examples.COPIES),
        "contacts": _contacts(),
        "folders": _folders(),
        "tags": ", ".join(sorted(set(tags._NAMES.values()))),
        "pattern": examples.OWN_PATTERN,
        "own_names": _evidence_table(examples.OWN_NAMES, own),
        "audio_extensions": _extensions(inbox._AUDIO),
        "silence": f"{SILENCE_DBFS:g}",
        "sounds": _sounds(),
        "sheet_extensions": _extensions(inbox._SHEETS),
        "header_rows": str(HEADER_ROWS),
        "columns": _columns(),
        "composed": _composed(),
        "every": _fields(field for field in required(None, ()) if field in LEGAL),
        "legal": _fields(LEGAL_ALONE),
        "credit": _fields(field for field in required(None, ()) if field not in LEGAL),
        "around": _around(),
        "numbers": _cells(examples.NUMBERS, lambda cell: _listed(find(str(cell)))),
        "days": _cells(examples.DAYS, lambda cell: read_day(cell, DAY)),
        "no_days": _listed(map(_cell, examples.NO_DAYS)),
        "times": _cells(examples.TIMES, _moment),
        "no_times": _listed(map(_cell, examples.NO_TIMES)),
        "durations": _cells(examples.DURATIONS, _seconds),
        "no_durations": _listed(map(_cell, examples.NO_DURATIONS)),
        "promises": _cells(examples.PROMISES, lambda cell: read_promise(cell, DAY)),
        "no_promises": _listed(map(_cell, examples.NO_PROMISES)),
        "outcomes": _outcomes(),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda place: made[place[1]], TEMPLATE.read_text("utf-8"))


def _recorders() -> Iterator[str]:
    for reader, (form, names) in examples.RECORDERS.items():
        yield f"### {WORDS(f'inspect.reader_{reader}')} (`{reader}`)\n\n{form}"
        yield _evidence_table(names)


def _evidence_table(names: Iterable[str], patterns: Sequence[re.Pattern[str]] = ()) -> str:
    read = ((name, read_name(name, ZONE, DAY, patterns)) for name in names)
    return _table(
        ("file", "contact", "number", "time of call", "direction"),
        (
            (
                _code(name),
                _contact(said),
                _listed(said.numbers),
                _time(said),
                said.direction or NOTHING,
            )
            for name, said in read
        ),
    )


def _contact(said: Evidence) -> str:
    name = said.contact or (f"surname {said.surname}" if said.surname else "")
    note = f"note: {said.note}" if said.note else ""
    copy = "a copy" if said.is_copy else ""
    return "; ".join(filter(None, (name, note, copy))) or NOTHING


def _time(said: Evidence) -> str:
    if said.started_at is None:
        return NOTHING
    return _shown(said.started_at, said.precision)


def _shown(moment: datetime, precision: Precision | None) -> str:
    form = {
        Precision.DAY: "%Y-%m-%d",
        Precision.HOUR: "%Y-%m-%d, some time from %H:00",
        Precision.MINUTE: "%Y-%m-%d %H:%M",
    }
    zone = "" if moment.utcoffset() == OFFSET else f"{moment:%z}"
    stated = moment.strftime(form.get(precision or Precision.SECOND, "%Y-%m-%d %H:%M:%S"))
    return f"{stated} {zone}".strip()


def _contacts() -> str:
    read = ((said, parse_contact(said)) for said in examples.CONTACTS)
    return _table(
        ("contact", "name", "surname alone", "note"),
        (
            (_code(said), one.name or NOTHING, one.surname or NOTHING, one.note or NOTHING)
            for said, one in read
        ),
    )


def _folders() -> str:
    read = ((path, read_folders(path, DAY)) for path in examples.FOLDERS)
    return _table(
        ("path", "day", "collector"),
        ((_code(path), str(one.day or NOTHING), one.collector or NOTHING) for path, one in read),
    )


def _sounds() -> str:
    return _table(
        ("file", "container", "codec", "state", "seconds", "what is said of it"),
        (
            _sound(path)
            for folder in ("formats", "calls", "broken")
            for path in sorted((AUDIO / folder).iterdir())
        ),
    )


def _sound(path: Path) -> tuple[str, ...]:
    found = probe(path)
    level = listen(path, found)
    state = "silent" if level and level.silent else str(found.state)
    seconds = found.duration_seconds
    notes = "; ".join(WORDS.say(note).partition(";")[0] for note in found.notes)
    return (
        _code(path.relative_to(AUDIO).as_posix()),
        found.container or NOTHING,
        found.codec or NOTHING,
        state,
        NOTHING if seconds is None else f"{seconds:.1f}",
        notes or NOTHING,
    )


def _columns() -> str:
    rows = []
    for field, names in NAMES.items():
        first, _, second = names.partition("|")
        label = WORDS(f"inspect.field_{field}")
        rows.append(
            (label, f"`{field}`", _listed(first.split()), _listed(second.replace("|", " ").split()))
        )
    return _table(("column", "field", "headers", "only where none of these is there"), rows)


def _fields(names: Iterable[str]) -> str:
    return ", ".join(WORDS(f"inspect.field_{name}") for name in names)


def _composed() -> str:
    read = ((header, sense(header)) for header in examples.COMPOSED_HEADERS)
    return _table(
        ("header", "read as"),
        (
            (
                _code(header.replace("\n", "⏎")),
                WORDS(f"inspect.field_{meant[0]}") if meant else "not one of ours",
            )
            for header, meant in read
        ),
    )


def _around() -> str:
    def row(kind: str, said: str, context: titles.Context) -> tuple[str, ...]:
        told = (str(context.day) if context.day else None, context.collector, context.department)
        return kind, _code(said), *(one or NOTHING for one in told)

    files = (
        row("file", name, titles.of_file(name.rpartition(".")[0], DAY))
        for name in examples.SHEET_NAMES
    )
    tabs = (row("tab", name, titles.of_tab(name, DAY, None)) for name in examples.TAB_NAMES)
    above = (row("title", said, titles.of_rows([(said,)], DAY)) for said in examples.TITLES)
    return _table(
        ("where", "what stands there", "day", "collector", "department"), (*files, *tabs, *above)
    )


def _moment(cell: Cell) -> str | None:
    read = read_moment(cell, DAY, ZONE)
    return read and _shown(*read)


def _seconds(cell: Cell) -> str:
    return f"{read_duration(cell):g}"


def _cells(cells: Iterable[Cell], read: Callable[[Cell], object]) -> str:
    return _table(("cell", "read as"), ((_cell(cell), str(read(cell))) for cell in cells))


def _cell(cell: Cell) -> str:
    kind = "a date" if isinstance(cell, date) else "a time"
    if isinstance(cell, str):
        return _code(cell)
    return f"{_code(text(cell))} ({'a number' if isinstance(cell, int | float) else kind} in Excel)"


def _outcomes() -> str:
    words = [*sorted(YES | NO), *examples.OUTCOMES]
    meanings = {True: "reached", False: "not reached", None: "left open, and named in the report"}
    return _table(
        ("read as", "words"),
        (
            (said, _listed(word for word in words if read_reached(word) is meaning))
            for meaning, said in meanings.items()
        ),
    )


def _extensions(pattern: re.Pattern[str]) -> str:
    return " ".join(f".{one}" for one in re.sub(r"\s", "", pattern.pattern).split("|"))


def _listed(said: Iterable[str]) -> str:
    return "、".join(said) or NOTHING


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_escaped(cell) for cell in line)} |" for line in lines)


def _escaped(cell: str) -> str:
    """Without what would end the cell or be taken for markup."""
    return re.sub(r"([|*<])", r"\\\1", cell) if "`" not in cell else cell.replace("|", r"\|")


def _code(said: str) -> str:
    return f"`{said}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
