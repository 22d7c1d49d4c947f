"""What is found about the rows of a day's sheets. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from archive.records import Row
from audit.clock_findings import drifts, moment
from audit.day import Finding
from audit.facts import Facts
from audit.missing import customer_of
from audit.rules import About, Rules
from config.forms import is_credit, required
from matcher.names import canonical


def about_rows(facts: Facts, rules: Rules) -> Iterator[Finding]:
    drifting = drifts(facts, rules)
    blank_in: dict[tuple[object, ...], str] = {}
    for row in facts.rows:
        if row.said.problems:
            yield _finding("row_unreadable", row, rules, why=_problems(row, rules))
        if row.said.reached and (blank := _blank(row, rules)):
            sheet = blank_in.setdefault((*blank, *_call(row, rules)), row.sheet)
            if sheet == row.sheet:  # else it stands in two sheets, a collector's and the team's
                yield _finding("incomplete_row", row, rules, fields=rules.fields(blank))
        if row.said.customer_name and row.customer is None:
            yield _finding("customer_unclear", row, rules)
        if (latest := _latest_promise(row, rules)) and row.said.promised:
            yield _finding(
                "promise_beyond_authority", row, rules, promised=row.said.promised, latest=latest
            )
        if called := _out_of_hours(row, facts, rules, drifting):
            hours = rules.calls.call_hours
            said = {"time": f"{called:%H:%M}", "start": _hour(hours.start), "end": _hour(hours.end)}
            yield _finding("call_out_of_hours", row, rules, **said)


def too_many_calls(facts: Facts, rules: Rules) -> Iterator[Finding]:
    calls: defaultdict[int, list[Row]] = defaultdict(list)
    for row in facts.rows:
        if row.customer is not None:
            calls[row.customer].append(row)
    most = rules.calls.calls_a_day
    for rows in calls.values():
        if len(rows) > most and (count := _calls(rows, rules)) > most:
            yield _finding("too_many_calls", rows[-1], rules, count=count, most=most)


def _calls(rows: Sequence[Row], rules: Rules) -> int:
    """A call that stands in two sheets, a collector's and the team's, is one: by its minute."""
    untimed = 0
    timed: defaultdict[tuple[datetime, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        if at := moment(row.said, rules):
            timed[at, canonical(row.said.collector or "")][row.sheet] += 1
        else:
            untimed += 1
    return untimed + sum(max(sheets.values()) for sheets in timed.values())


def _call(row: Row, rules: Rules) -> tuple[object, ...]:
    """Equal for rows of one call: by its minute, or where none is told by all that they say."""
    said = row.said
    who = customer_of(row), canonical(said.collector or "")
    if at := moment(said, rules):
        return *who, at
    return (
        *who,
        said.numbers,
        said.masked,
        said.promised_text,
        said.location,
        said.hours,
        said.further,
    )


def _finding(code: str, row: Row, rules: Rules, **values: object) -> Finding:
    said = row.said
    return rules.finding(
        code,
        About.of_row(said, row.sheet),
        tab=said.tab,
        at=said.line,
        where=row.sheet,
        who=said.customer_name or "",
        **values,
    )


def _problems(row: Row, rules: Rules) -> str:
    return " ".join(rules.words.say(problem) for problem in row.said.problems)


def _blank(row: Row, rules: Rules) -> list[str]:
    """The required fields that the sheet has a column for and this row leaves empty."""
    said = row.said
    given = {
        "customer": said.customer_name,
        "numbers": said.numbers or said.masked,
        "collector": said.collector,
        "called_at": said.called_at,
        "duration": said.duration_seconds is not None,
        "promised": said.promised or said.promised_text,
        "location": said.location,
        "hours": said.hours,
        **dict(said.further),
    }
    needed = required(said.department, row.columns, rules.calls.required)
    return [field for field in needed if field in row.columns and not given.get(field)]


def _latest_promise(row: Row, rules: Rules) -> date | None:
    """The last day that a credit collector could promise, where this row goes beyond it.

    The rule speaks of calls up to the due day and its grace: who is called later is overdue.
    """
    said = row.said
    last_of_month = monthrange(said.day.year, said.day.month)[1]
    due = said.day.replace(day=min(rules.calls.due_day, last_of_month))
    latest = due + timedelta(rules.calls.grace_days)
    if (
        not is_credit(said.department)
        or said.promised is None
        or said.day > latest
        or said.promised <= latest
    ):
        return None
    return latest


def _out_of_hours(
    row: Row, facts: Facts, rules: Rules, drifting: Collection[str]
) -> datetime | None:
    """A time of the call at which nobody may be called.

    The recordings' clock counts before the collector's hand, unless it is itself a finding.
    """
    recorded = [moment(one, rules) for one in facts.filed_under[row.id]]
    if canonical(row.said.collector or "") in drifting or not any(recorded):
        recorded = [moment(row.said, rules)]
    allowed = rules.calls.call_hours
    return next((at for at in recorded if at and not allowed.has(at.time())), None)


def _hour(at: time) -> str:
    return f"{at.hour}:{at:%M}"
