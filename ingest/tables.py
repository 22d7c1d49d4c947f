"""The tables of a tab, and which rows under a header are calls.

Totals, signatures, remarks under the table, repeated headers and the blank lines of a template are
none. A row that looks like a call stays, even if it names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from config.language import Message
from ingest import titles
from ingest.cells import is_blank, is_ditto, plain, text
from ingest.columns import NO_OWN, WHO, Header, Own, find_header, header_at
from ingest.titles import Context
from ingest.workbook import Cell, Tab
from matcher import numbers
from matcher.names import is_firm, is_person

FRAME = frozenset({"collector", "date", "department"})
"""What a template may hold already; a row that says no more is no call."""
SPOKEN = ("called_at", "reached", "promised")
"""What only a call has."""
NO_CALL = re.compile(
    r"(?:合计|总计|小计|共计|总共|本[页日月]合计)|"
    r"(?:备注|注|说明|填表说明|注意事项|审核人?|复核人?|制表人?|填表人?|(?:部门)?(?:主管|经理)|"
    r"催收人?员?|部门|日期|\S{0,6}签[字名]):"
)
TOTAL = re.compile(
    r"\S{0,8}(?:小计|合计|总计)|[本当]?[日月年]?累计|共\d+[户人条笔个通单]|"
    r"(?:未?接通|接听|已接|未接)(?:率|[总户人]?数|户数|人数)"
)
"""The whole of a cell; 累计逾期3期 is none."""
FRAME_SIGN = re.compile("[计共率数:：]")
"""Spares most cells the costlier look."""
SECTION = re.compile(r"[一二三四五六七八九十]{1,2}[、.．]|[(（][一二三四五六七八九十]{1,2}[)）]")
PROSE = re.compile(r"[，。；！,;!：:]|.{16}")
MERGED_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A header and what holds for the rows under it."""

    tab: Tab
    header: Header
    span: range
    """Positions of the rows under the header."""
    context: Context
    day: date
    """Of a row that states none."""
    merged: Mapping[tuple[int, int], int]
    """(row, column) under a merged cell to the row in which that cell has its value."""

    @property
    def has_calls_beside(self) -> bool:
        """Whether a table beside this one, of the same headers, holds anything."""
        beside, rows = self.header.beside, self.tab.rows
        return beside is not None and any(
            not is_blank(cell) for at in self.span for cell in rows[at][beside:]
        )


@dataclass(slots=True)
class Entry:
    """One call while it is read: its cells by field, and the problems found so far."""

    table: Table
    at: int
    cells: dict[str, Cell] = field(default_factory=dict)
    problems: list[Message] = field(default_factory=list)

    @property
    def own(self) -> Sequence[Cell]:
        """The row as it stands, without what merged cells and "as above" lend it."""
        return self.table.tab.rows[self.at][: self.table.header.beside]

    def lent(self, name: str) -> bool:
        """Whether the row's cell in a field is empty, and no merged one covers it."""
        column = self.table.header.fields.get(name)
        own = self.own[column] if column is not None and column < len(self.own) else None
        return own is None and (self.at, column) not in self.table.merged

    def problem(self, key: str, where: str | int | None = None, cell: Cell = None) -> None:
        """Notes `problems.<key>` for the row, or for its cell in a field or column."""
        values = {"tab": self.table.tab.name, "line": self.at + 1}
        if where is not None:
            header = self.table.header
            column = header.fields[where] if isinstance(where, str) else where
            values |= {"column": header.labels[column], "text": text(cell)}
        self.problems.append(Message.of(f"problems.{key}", **values))


def read_tables(
    tab: Tab, context: Context, near: date, own: Own = NO_OWN
) -> Iterator[tuple[Table, list[Entry]]]:
    """The tables of a tab, one under the other, with their calls.

    A title above a table also holds for those below it, until another title is found.
    """
    header, start = find_header(tab.rows, own), 0
    while header is not None:
        context = _said_above(tab, header, start, near).over(context)
        following = _next_header(tab, header, own)
        end = _title_above(tab, following) if following else len(tab.rows)
        span = range(header.last + 1, max(end, header.last + 1))
        day = context.day or context.made or near
        table = Table(tab, header, span, context, day, _merged(tab, header))
        entries = _entries(table)
        yield table, entries
        if entries:
            context = entries[-1].table.context
        start = entries[-1].at + 1 if entries else span.start
        header = following


def _next_header(tab: Tab, header: Header, own: Own) -> Header | None:
    """The next table's header, or the same one again at the head of a page."""
    for at in range(header.last + 1, len(tab.rows)):
        found = header_at(tab.rows, at, own)
        if found is not None and (len(found.fields) >= 3 or found.fields.keys() >= WHO):
            return found
    return None


def _title_above(tab: Tab, header: Header) -> int:
    """Where the titles of a further table begin: lines of one cell above it that name nobody."""
    at = header.first
    while at and _is_title(tab.rows[at - 1]):
        at -= 1
    return at


def _is_title(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if not is_blank(cell)]
    return len(filled) < 2 and not any(_may_name(cell) for cell in filled)


def _said_above(tab: Tab, header: Header, start: int, near: date) -> Context:
    """What the lines between the calls of one table and the header of the next one say."""
    rows = tab.rows[start : header.first]
    context = titles.of_rows(rows, near)
    for row in reversed(rows):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) == 1 and (line := titles.of_line(filled[0], near)):
            context = context.over(line)
    return context


def _may_name(cell: Cell) -> bool:
    return bool(is_person(text(cell)) or is_firm(text(cell)) or numbers.find(text(cell)))


def _merged(tab: Tab, header: Header) -> dict[tuple[int, int], int]:
    columns = {*header.fields.values(), *header.more_numbers}
    places = (
        ((row, column), first)
        for (first, column), (last, _) in tab.merged or ()
        if first > header.last and column in columns
        for row in range(first + 1, min(last, len(tab.rows) - 1) + 1)
    )
    return dict(islice(places, MERGED_CELLS))


def _entries(table: Table) -> list[Entry]:
    entries: list[Entry] = []
    above: Mapping[str, Cell] = {}
    for at in table.span:
        entry = Entry(table, at)
        if found := _line_alone(entry):
            context = found.over(table.context)
            table = replace(table, context=context, day=found.day or table.day)
            spoken = {"date": found.day, "collector": found.collector}
            above = {name: cell for name, cell in above.items() if not spoken.get(name)}
            continue
        if not _says_something(entry):
            above = _day_alone(entry, above)
            continue
        for name, column in table.header.fields.items():
            entry.cells[name] = _cell(entry, name, column, above)
        if not _is_the_call_above(entry) and _is_call(entry):
            entries.append(entry)
            above = entry.cells
    return entries


def _day_alone(entry: Entry, above: Mapping[str, Cell]) -> Mapping[str, Cell]:
    """What stands above the next call: a row may hold nothing but the day and its collector."""
    fields = entry.table.header.fields
    own = {at: cell for at, cell in enumerate(entry.own) if not is_blank(cell)}
    day = own.get(fields.get("date", -1))
    frame = {fields[name] for name in FRAME & fields.keys()}
    return {**above, "date": day} if day is not None and own.keys() <= frame else above


def _line_alone(entry: Entry) -> Context | None:
    """What a row holds for the calls below it, whose one cell is a day or names a collector."""
    filled = [column for column, cell in enumerate(entry.own) if not is_blank(cell)]
    if len(filled) != 1:
        return None
    fields = entry.table.header.fields
    if filled[0] in {fields[name] for name in fields.keys() - FRAME - WHO}:
        return None  # a call's time or promise
    return titles.of_line(entry.own[filled[0]], entry.table.day)


def _says_something(entry: Entry) -> bool:
    fields = entry.table.header.fields
    telling = {column for name, column in fields.items() if name not in FRAME}
    telling.update(entry.table.header.more_numbers)
    said = {column: cell for column, cell in enumerate(entry.own) if not is_blank(cell)}
    if telling.isdisjoint(said):
        return False
    if _stands_under_the_table(entry, said):
        return False
    if len(said) > 1 or not said.keys().isdisjoint(fields.get(name) for name in SPOKEN):
        return True
    alone = text(*said.values())
    if SECTION.match(alone) and not numbers.find(alone):
        return False
    return not PROSE.search(alone) or bool(numbers.find(alone))


def _stands_under_the_table(entry: Entry, said: Mapping[int, Cell]) -> bool:
    """Whether the row is a total, a signature or a remark by one of its cells.

    A call may say 共计2万方 or 说明：… in some column; it tells of a customer all the same.
    """
    fields = entry.table.header.fields
    who = {fields.get("customer"), fields.get("numbers")}
    signs = [column for column, cell in said.items() if _is_frame(cell)]
    signs = [column for column in signs if column != fields.get("remark")]
    if not signs or signs[0] == min(said) or not who.isdisjoint(signs):
        return bool(signs)
    telling = {fields.get(name) for name in ("customer", "numbers", *SPOKEN)}
    return len(telling & (said.keys() - set(signs))) < 2


def _is_frame(cell: Cell) -> bool:
    """Whether the cell begins a total, a signature or a remark under the table."""
    if not (isinstance(cell, str) and FRAME_SIGN.search(cell)):
        return False
    said = plain(cell).replace(" ", "")
    return NO_CALL.match(said) is not None or TOTAL.fullmatch(said.rstrip(":")) is not None


def _is_the_call_above(entry: Entry) -> bool:
    """Whether merged cells give the row all that it tells of a call: 备注 in two rows, say."""
    header, merged = entry.table.header, entry.table.merged
    columns = {header.fields[name] for name in (*WHO, *SPOKEN, "duration") if name in header.fields}
    columns.update(header.more_numbers, *header.rounds.values())
    own = {column for column, cell in enumerate(entry.own) if not is_blank(cell)}
    lent = {header.fields.get(name) for name in SPOKEN if not is_blank(entry.cells.get(name))}
    return bool(lent) and columns.isdisjoint(own) and all((entry.at, at) in merged for at in lent)


def _is_call(entry: Entry) -> bool:
    """Whether the row names someone; one that tells of a call without a name is noted."""
    nameless, numberless = (is_blank(entry.cells.get(name)) for name in ("customer", "numbers"))
    if nameless and numberless:
        entry.problem("row_unreadable")
        return not all(is_blank(entry.cells.get(name)) for name in SPOKEN)
    if nameless and "customer" in entry.cells:
        entry.problem("customer_missing")
    return True


def _cell(entry: Entry, name: str, column: int, above: Mapping[str, Cell]) -> Cell:
    """A field's cell, or the one it stands for: of a merged cell, of "as above"."""
    table = entry.table
    cell = entry.own[column] if column < len(entry.own) else None
    if cell is None and (entry.at, column) in table.merged:
        return table.tab.rows[table.merged[entry.at, column]][column]
    if cell is None and name == "date":
        return above.get(name)  # many write it beside the day's first call alone
    if cell is None and name == "collector" and table.tab.merged is None:
        return above.get(name)  # this format cannot say what was merged
    if name == "remark" or not is_ditto(cell):
        return cell
    if above.get(name) is None:
        entry.problem("ditto_nothing", name, cell)
    return above.get(name)
