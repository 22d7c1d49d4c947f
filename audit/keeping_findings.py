"""What is found about keeping: that the day's custody holds, and whose time is over. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from audit.day import Finding
from audit.facts import Facts
from audit.rules import About, Rules


def about_keeping(facts: Facts, rules: Rules) -> Iterator[Finding]:
    if facts.custody_broken is not None:
        yield rules.finding("custody_broken", About(), entry=facts.custody_broken, day=facts.day)
    if facts.kept_long_enough:
        yield rules.finding("retention_due", About(), count=facts.kept_long_enough)
