"""What was read from one file, for a terminal. The one owner of rich in this room.

Everything that others wrote reaches rich as `Text` made `visible`, so it is neither markup nor a
control sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from itertools import chain

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from config.forms import required
from config.language import Message, Words
from config.visible import visible
from ingest.inspection import (
    Inspection,
    NotRead,
    RecordingInspection,
    SheetInspection,
    needs_a_person,
)
from ingest.sheet import Sheet
from ingest.sheet_row import SheetRow
from matcher.evidence import Evidence, Precision

_EXPECTED = ("customer", "numbers", "called_at", "reached")
"""Columns that every sheet should have, whatever its department's form asks for."""
_REACHED = {True: "yes", False: "no", None: "unknown"}


def render(seen: Inspection, words: Words, width: int, *, colour: bool) -> str:
    """Lines of at most `width` cells, with ANSI colours only if `colour`."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        color_system="standard" if colour else None,
        force_terminal=colour,
        force_jupyter=False,
        no_color=not colour,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    mark = Text("✗ ", "bold red") if needs_a_person(seen) else Text("✓ ", "bold green")
    console.print(mark + Text(visible(seen.source), "bold"), soft_wrap=True)
    for part in _parts(seen, words):
        console.print(Padding(part, (0, 0, 0, 2)))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _parts(seen: Inspection, words: Words) -> Iterator[RenderableType]:
    if isinstance(seen, NotRead):
        yield _text(words.say(seen.reason))
    elif isinstance(seen, SheetInspection):
        yield from _sheet(seen.sheet, words)
    else:
        yield _recording(seen, words)


def _recording(seen: RecordingInspection, words: Words) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")

    def line(label: str, said: str, of: str = "") -> None:
        value = _text(said) if said else Text(words("inspect.none"), "dim")
        if said and of in seen.parts:
            value.append(words(f"inspect.part_{seen.parts[of]}"), "dim")
        grid.add_row(words(f"inspect.{label}"), value)

    evidence, comma = seen.evidence, words("inspect.comma")
    line("sound", _sound(seen, words))
    line("recorder", words(f"inspect.reader_{evidence.reader}"))
    line("customer", _contact(evidence, words), "contact" if evidence.contact else "surname")
    line("numbers", comma.join(evidence.numbers), "numbers")
    line("called_at", _called_at(evidence, words), "started_at")
    if evidence.direction:
        line("direction", words(f"inspect.direction_{evidence.direction}"), "direction")
    line("collector", evidence.collector or "", "collector")
    line("day", seen.day.isoformat(), "day")
    if seen.probed.tags:
        line("tags", comma.join(f"{name}: {value}" for name, value in seen.probed.tags))
    for label, messages in (("notes", seen.notes), ("matching", tuple(_hints(seen)))):
        if messages:
            grid.add_row(words(f"inspect.{label}"), _list(messages, words))
    return grid


def _sound(seen: RecordingInspection, words: Words) -> str:
    probed = seen.probed
    said = [words(f"inspect.state_{seen.state}")]
    if probed.duration_seconds is not None:
        said.append(words("inspect.seconds", seconds=f"{probed.duration_seconds:.1f}"))
    said += dict.fromkeys(filter(None, (probed.container, probed.codec)))
    if probed.dbfs is not None:
        said.append(f"{probed.dbfs:.1f} dBFS")
    return words("inspect.comma").join(said)


def _contact(evidence: Evidence, words: Words) -> str:
    surname = evidence.surname and words("inspect.surname", surname=evidence.surname)
    note = evidence.note and words("inspect.noted", note=evidence.note)
    return words("inspect.comma").join(filter(None, (evidence.contact or surname, note)))


def _called_at(evidence: Evidence, words: Words) -> str:
    if evidence.started_at is None or evidence.precision is None:
        return ""
    precision = words(f"inspect.precision_{evidence.precision}")
    return words("inspect.comma").join((evidence.started_at.isoformat(sep=" "), precision))


def _hints(seen: RecordingInspection) -> Iterator[Message]:
    """Why the recording may stay unmatched, as far as it can be told from the recording alone."""
    evidence = seen.evidence
    if not evidence.numbers and not evidence.contact:
        key = "inspect.surname_only" if evidence.surname else "reasons.why_no_evidence"
        yield Message.of(key)
    if evidence.started_at is None:
        yield Message.of("inspect.no_time")
    elif seen.call_day != seen.day:
        yield Message.of("inspect.other_day", called=seen.call_day, day=seen.day)
    if evidence.reader == "general":
        yield Message.of("inspect.read_as_any")
    if evidence.is_copy:
        yield Message.of("inspect.copied")


def _sheet(sheet: Sheet, words: Words) -> Iterator[RenderableType]:
    comma = words("inspect.comma")
    for tab in sheet.tabs:
        columns = (f"{words(f'inspect.field_{field}')} = {label}" for field, label in tab.columns)
        yield _say(
            words, "tab_columns", tab=tab.name, line=tab.header_line, columns=comma.join(columns)
        )
    if lacking := _lacking(sheet):
        names = (words(f"inspect.field_{name}") for name in lacking)
        yield _say(words, "not_found", columns=comma.join(names))
    if sheet.rows:
        days = dict.fromkeys(row.day.isoformat() for row in sheet.rows)
        collectors = dict.fromkeys(row.collector for row in sheet.rows if row.collector)
        yield _say(words, "days", days=comma.join(days))
        named = comma.join(collectors) or words("inspect.none")
        yield _say(words, "collectors", collectors=named)
        yield _rows(sheet, words)
    for problem in sheet.problems:
        yield Text("! ", "red") + _text(words.say(problem))


def _lacking(sheet: Sheet) -> list[str]:
    departments = {row.department for row in sheet.rows} or {None}
    forms = (required(one, sheet.columns) for one in sorted(departments, key=str))
    expected = dict.fromkeys((*_EXPECTED, *chain(*forms)))
    return [field for field in expected if field not in sheet.columns]


def _list(messages: Sequence[Message], words: Words) -> Text:
    return Text("\n").join(_text(words.say(message)) for message in messages)


def _say(words: Words, key: str, **values: object) -> Text:
    return _text(words(f"inspect.{key}", **values))


def _rows(sheet: Sheet, words: Words) -> Table:
    """A line for each call; tab and date only where there are several."""
    rows = sheet.rows
    columns: dict[str, Callable[[SheetRow], Text]] = {
        "tab": lambda row: _text(row.tab),
        "line": lambda row: Text(str(row.line)),
        "field_date": lambda row: Text(row.day.isoformat()),
        "field_customer": lambda row: _text(row.customer or ""),
        "numbers": lambda row: _text(words("inspect.comma").join(row.numbers)),
        "time": lambda row: Text(_clock(row)),
        "field_duration": lambda row: Text(_length(row, words)),
        "reached": lambda row: Text(words(f"inspect.{_REACHED[row.reached]}")),
        "problems": lambda row: _list(row.problems, words),
    }
    if len(sheet.tabs) == 1:
        del columns["tab"]
    if len({row.day for row in rows}) == 1:
        del columns["field_date"]
    if "duration" not in sheet.columns:
        del columns["field_duration"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        label = words(f"inspect.{name}")
        table.add_column(label[:1].upper() + label[1:], overflow="fold", no_wrap=name == "line")
    for row in rows:
        table.add_row(*(cell(row) for cell in columns.values()))
    return table


def _clock(row: SheetRow) -> str:
    known = row.called_at is not None and row.precision is not Precision.DAY
    return f"{row.called_at:%H:%M}" if known else ""


def _length(row: SheetRow, words: Words) -> str:
    seconds = row.duration_seconds
    return "" if seconds is None else words("inspect.seconds", seconds=f"{seconds:g}")


def _text(said: str) -> Text:
    return Text(visible(said), overflow="fold")
