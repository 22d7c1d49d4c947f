"""What was the matter with the office's machines on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules

_OF_ITS_DAY = ("nothing_handed_over",)
"""It ends with the day, a moment after midnight."""


def about_alarms(facts: Facts, rules: Rules) -> Iterator[Finding]:
    """The alarms that stood at some time of the day."""
    for alarm in facts.alarms:
        raised = rules.local(alarm.raised_at)
        over = rules.local(alarm.cleared_at) if alarm.cleared_at else None
        last = raised if over and alarm.code in _OF_ITS_DAY else over
        if raised.date() > facts.day or (last and last.date() < facts.day):
            continue
        since = f"{raised:%Y-%m-%d %H:%M}"
        times = rules.words("findings.alarm_stands", since=since)
        if over:
            until = f"{over:%Y-%m-%d %H:%M}"
            times = rules.words("findings.alarm_over", since=since, until=until)
        said = rules.words.say(alarm.message)
        yield rules.finding(alarm.code, About(), said=said, times=times)
