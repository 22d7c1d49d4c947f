"""Hand-offs that never came: whole ones, their recordings, or the sheet of a day. Pure.

What each of them lacks is told by findings of its own, a `missing_recording` for each customer, an
`unmatched_recording` for each recording; these say whom to ask for all of it at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from archive.records import FileState, Recording, Row
from audit.day import Finding
from audit.facts import Facts
from audit.missing import customer_of
from audit.rules import About, Rules
from config.several_people import each_of
from matcher.names import canonical

USUAL, OF_LAST = 3, 5
"""Who handed over on so many of the last working days is expected: a day or two off are told, and
who has left or is away for long is not told every day."""
_ENOUGH = 2
"""Customers; that of one alone is a missing recording."""
_NO_HANDOFF = (FileState.IGNORED, FileState.ANSWERS)
_NO_RECORDING = (FileState.SHEET, *_NO_HANDOFF)


def handoffs_missing(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Collectors who usually hand over, and of whom nothing at all came for this working day.

    Where nobody handed over, and the alarm says so, it says so for all. Nobody is accused while the
    inbox could not be looked into since the deadline: what is due may lie in it.
    """
    if not rules.calendar.is_working(facts.day) or not rules.is_over(facts.day):
        return
    if _unseen(facts, rules):
        return
    here = _heard_of(facts)
    if _nobody(facts, rules) and not here:
        return
    usual, recent = _usual(facts, rules), rules.calendar.working_days_before(facts.day, OF_LAST)
    folders = brought_for(facts, recent)
    here |= _without_sheet(facts, folders)
    known = here | set(map(canonical, usual))
    for name, days in usual.items():
        # Who is called otherwise in the sheets is told by that name.
        if canonical(name) not in here and not folders.get(canonical(name), frozenset()) & known:
            yield rules.finding(
                "handoff_missing",
                About(collector=name),
                who=name,
                day=facts.day,
                days=len(days),
                of=OF_LAST,
            )


def _without_sheet(facts: Facts, folders: Mapping[str | None, frozenset[str]]) -> frozenset[str]:
    """Whose recordings may have come: those for whom sheets lay in folders that lack theirs."""
    came = {_plain(one.collector) for one in facts.files if one.state not in _NO_RECORDING}
    came -= brought_by(facts, facts.day)
    return frozenset[str]().union(*(folders[one] for one in came & folders.keys()))


def _unseen(facts: Facts, rules: Rules) -> bool:
    """Whether the inbox went away before the day's hand-offs were due, and is away still."""
    away = (one for one in facts.alarms if one.code == "inbox_unreachable")
    due = rules.due(facts.day)
    return any(one.cleared_at is None and one.raised_at <= due for one in away)


def _nobody(facts: Facts, rules: Rules) -> bool:
    """Whether the alarm of this day says so: those of its neighbours are among the facts, too."""
    told = (one.raised_at for one in facts.alarms if one.code == "nothing_handed_over")
    return any(rules.local(raised_at).date() == facts.day for raised_at in told)


def sheets_without_recordings(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """Collectors whose rows have reached customers, and of whom not one recording came."""
    names = [one.collector for one in facts.files if one.state not in _NO_RECORDING]
    heard = {*_each([*names, *(one.collector for one in facts.held)])}
    reached: defaultdict[str | None, list[Row]] = defaultdict(list)
    for row in facts.rows:
        name = _plain(row.said.collector)
        if facts.filed_under[row.id]:
            heard |= _each([name])
        if row.said.reached and (row.said.customer_name or row.said.numbers):
            reached[name].append(row)
    folders = brought_for(facts, [facts.day])
    heard |= {name for folder in heard & folders.keys() for name in folders[folder]}
    for name, rows in reached.items():
        customers = {customer_of(row) for row in rows}
        # A recording that names no collector may be anybody's.
        came = bool(heard) if name is None else not heard.isdisjoint({*_each([name]), None})
        if not came and len(customers) >= _ENOUGH:
            said = rows[0].said
            yield rules.finding(
                "sheet_without_recordings",
                About(collector=said.collector, sheet=rows[0].sheet),
                who=said.collector or rules.words("findings.somebody"),
                count=len(customers),
            )


def recordings_of_other_days(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """One finding for each collector and day on which recordings were made, and of which the
    collector's sheet never came.
    """
    for (_, day), found in of_other_days(facts, rules).items():
        yield rules.finding(
            "recordings_of_another_day",
            About(collector=found[0].collector, source=found[0].source),
            who=found[0].collector or rules.words("findings.somebody"),
            count=len(found),
            day=day,
        )


def of_other_days(
    facts: Facts, rules: Rules
) -> Mapping[tuple[str | None, date], Sequence[Recording]]:
    """Recordings handed over for the day that are held, and were made on another day of which
    nobody has a row that could be their collector's; by collector and that day.
    """
    found: defaultdict[tuple[str | None, date], list[Recording]] = defaultdict(list)
    for one in facts.held:
        made, said = one.call_day(rules.timezone), facts.words.get(one.id)
        if one.day != facts.day or made == facts.day or (said and said.customer is None):
            continue
        written = _each(name for _, name in facts.written.get(made, ()))
        written |= brought_by(facts, made)
        name = _plain(one.collector)
        if not (written if name is None else written & {*_each([name]), None}):
            found[name, made].append(one)
    return found


def _heard_of(facts: Facts) -> frozenset[str | None]:
    """Of whom anything of the day came, when ever."""
    names = [one.collector for one in facts.files if one.state not in _NO_HANDOFF]
    names += [one.collector for one in facts.held]
    names += [row.said.collector for row in facts.rows]
    names += [one.collector for found in facts.filed_under.values() for one in found]
    return _each(names)


def _usual(facts: Facts, rules: Rules) -> Mapping[str, Sequence[date]]:
    """Who handed over on most of the last working days, as written last, and on which."""
    names: dict[str, str] = {}
    days: defaultdict[str, list[date]] = defaultdict(list)
    for day in rules.calendar.working_days_before(facts.day, OF_LAST):
        who = {*facts.attended.get(day, ()), *(name for _, name in facts.written.get(day, ()))}
        each = {name for one in who for name in each_of(one)}
        for plain, name in sorted((canonical(one), one) for one in each):
            names.setdefault(plain, name)
            if day not in days[plain]:
                days[plain].append(day)
    return {names[plain]: found for plain, found in days.items() if len(found) >= USUAL}


def brought_by(facts: Facts, day: date) -> frozenset[str]:
    """Who handed over the sheets with rows of a day that `facts.written` has; in plain forms."""
    return frozenset(canonical(by) for by, _ in facts.written.get(day, ()) if by)


def brought_for(facts: Facts, days: Iterable[date]) -> Mapping[str | None, frozenset[str]]:
    """For each folder that is called otherwise than any collector in the sheets, by a nickname or
    as a team, whose calls the sheets tell of that were handed over in it; in plain forms.
    """
    told = [pair for day in days for pair in facts.written.get(day, ())]
    names = {canonical(name) for _, name in told if name}
    found: defaultdict[str | None, set[str]] = defaultdict(set)
    for folder, name in told:
        if folder and name and canonical(folder) not in names:
            found[canonical(folder)].add(canonical(name))
    return {folder: frozenset(theirs) for folder, theirs in found.items()}


def _each(names: Iterable[str | None]) -> frozenset[str | None]:
    """In plain forms; 王芳、李雷 are both, and the two together."""
    every = {one for name in names for one in (name, *each_of(name))}
    return frozenset(map(_plain, every - {""}))


def _plain(name: str | None) -> str | None:
    return canonical(name) if name else None
