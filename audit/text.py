"""The day's report for a terminal. The one owner of rich in the audit.

Everything that others wrote reaches rich as `Text` made `visible`, so it is neither markup nor a
control sequence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from audit.actions import SEVERITIES, Found, found
from audit.completeness import State, Tally, by_collector, held, state, tally
from audit.day import DayReport, Finding, MirrorLine, Severity
from audit.wording import answered_by, length, long_date, status, title, where
from config.language import Words
from config.visible import visible

_STATE_COLOURS = {
    State.ACT: "bold red",
    State.LOOK: "bold yellow",
    State.OPEN: "bold cyan",
    State.ANSWERED: "bold cyan",
    State.DONE: "bold green",
    State.QUIET: "bold",
}
_SEVERITY_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "·"}
_TABLE_WIDTH = 110
"""A narrower terminal gets each finding as a paragraph: five columns would be slivers."""
_BAR = 20


def render(report: DayReport, width: int, colour: bool) -> str:
    """The report as lines of at most `width` cells, with ANSI colours only if `colour`."""
    return printed(_parts(report, Words(report.language), width), width, colour)


def printed(parts: Iterable[RenderableType], width: int, colour: bool) -> str:
    """What rich makes of the parts, one below the other, without spaces at the ends of lines."""
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
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _parts(report: DayReport, words: Words, width: int) -> Iterator[RenderableType]:
    yield _headline(report, words)
    every = found([report])
    for severity in SEVERITIES:
        of_it = [item for item in every if item.finding.severity is severity]
        items = [item for item in of_it if item.finding.answer is None]
        if items:
            yield Text()
            yield _severity(words, severity, len(items))
            yield _table(items, words) if width >= _TABLE_WIDTH else _list(items, words)
    answered = [item for item in every if item.finding.answer is not None]
    if answered:
        yield Text()
        yield Text(f"✓ {words('report.action_answered')} {len(answered)}", style="bold green")
        yield _table(answered, words) if width >= _TABLE_WIDTH else _list(answered, words)
    if not report.findings:
        yield Text(words("report.nothing_found"))
    collectors = by_collector([report])
    if collectors:
        yield Text()
        yield Text(words("report.by_collector"), style="bold")
        yield _bars(collectors, words)
    yield Text()
    yield from _recordings(report, words)


def _headline(report: DayReport, words: Words) -> Text:
    people = tally([report])
    standing = state([report])
    line = Text(f"{long_date(words, report.date)}  {visible(report.office)}\n")
    line.append(words(f"report.state_{standing}"), _STATE_COLOURS[standing])
    figures = {
        "reached": report.counts.get("reached", 0),
        "customers_due": people.due,
        "recorded": people.recorded,
        "missing": people.missing,
        "late": people.late,
        "corrected": people.corrected,
        "open": people.open,
        "held": held(report),
    }
    for name, number in figures.items():
        if number or name not in ("late", "corrected", "open", "held"):
            graver = "red" if name == "missing" and number else ""
            label = words(f"report.{name}").replace(" ", "\N{NO-BREAK SPACE}")
            line.append(f"  {label}\N{NO-BREAK SPACE}").append(str(number), f"bold {graver}")
    return line


def _severity(words: Words, severity: Severity, number: int) -> Text:
    name = words(f"report.severity_{severity}")
    return Text(f"{_MARKS[severity]} {name} {number}", style=f"bold {_SEVERITY_COLOURS[severity]}")


def _table(items: list[Found], words: Words) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column(words("report.what"), max_width=26)
    table.add_column(words("report.customer"), max_width=16, overflow="fold")
    table.add_column(words("report.collector"), max_width=16, overflow="fold")
    table.add_column(words("report.where"), ratio=3, overflow="fold")
    table.add_column(words("report.message"), ratio=4, overflow="fold")
    for item in items:
        finding = item.finding
        table.add_row(
            Text(title(words, finding.code)).append(f"\n{finding.id}", "dim"),
            _shown(finding.customer),
            _shown(finding.collector),
            _shown(where(finding)),
            _message(finding),
        )
    return table


def _list(items: list[Found], words: Words) -> Group:
    return Group(*(part for item in items for part in _paragraph(item, words)))


def _paragraph(item: Found, words: Words) -> tuple[Padding, Padding]:
    finding = item.finding
    line = Text(title(words, finding.code), style="bold", overflow="fold")
    for part in (finding.id, finding.customer, finding.collector, where(finding)):
        if part:
            line.append(f"  {visible(part)}", "not bold")
    return Padding(line, (0, 0, 0, 2)), Padding(_message(finding), (0, 0, 0, 4))


def _message(finding: Finding) -> Text:
    """What was found, and the reason for it where somebody gave one."""
    told = _shown(finding.message)
    if finding.answer is not None:
        said = f"\n→ {visible(finding.answer.reason)} · {visible(answered_by(finding.answer))}"
        told.append(said, "green")
    return told


def _shown(text: str | None) -> Text:
    return Text(visible(text or ""), overflow="fold")


def _bars(collectors: dict[str | None, Tally], words: Words) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, people in collectors.items():
        shown = Text(words("report.nobody"), "dim") if name is None else _shown(name)
        table.add_row(shown, _bar(people), _figures(people, words))
    return table


def _bar(people: Tally) -> Text:
    """Whole cells; a bar is full only if nothing is lacking."""
    full = people.recorded * _BAR // people.due
    return Text("█" * full, "green").append("░" * (_BAR - full), "red" if people.missing else "dim")


def _figures(people: Tally, words: Words) -> Text:
    line = Text(f"{people.recorded}/{people.due}")
    if people.missing:
        line.append(f"  {words('report.missing')} {people.missing}", "red")
    for name, number in (("open", people.open), ("late", people.late)):
        if number:
            line.append(f"  {words(f'report.{name}')} {number}", "dim")
    return line


def _recordings(report: DayReport, words: Words) -> Iterator[RenderableType]:
    statuses = Counter(line.status for line in report.recordings)
    sizes = length(sum(line.duration_seconds or 0 for line in report.recordings))
    line = Text(f"{words('report.recordings')} {len(report.recordings)}", style="bold")
    for name, number in statuses.most_common():
        line.append(f"  {status(words, name)} {number}", "not bold")
    if report.recordings:
        line.append(f"  {words('report.duration')} {sizes}", "not bold")
    yield line
    yield from _mirror(words("report.mirror"), [line.mirror for line in report.recordings], words)
    named = [one for line in report.recordings for one in line.further]
    for mirror in dict.fromkeys(name for name, _ in named):
        title = f"{words('report.mirror')} {mirror}"
        yield from _mirror(title, [one for name, one in named if name == mirror], words)


def _mirror(title: str, lines: Sequence[MirrorLine], words: Words) -> Iterator[RenderableType]:
    counts = Counter(line.state for line in lines)
    shown = Text(title, style="bold")
    for name in ("mirrored", "pending", "failed"):
        if counts[name]:
            shown.append(f"  {words(f'report.mirror_{name}')} {counts[name]}", "not bold")
    if counts.keys() - {"off"}:
        yield shown
