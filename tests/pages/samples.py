"""Pages to look at: a day, a week, a month and a month's coverage of a made-up office."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from archive.catalogue.customer_calls import CustomerCall
from archive.catalogue.reached import Reached
from audit import coverage_html
from audit.coverage import Coverage, cover
from audit.html import render
from audit.periods import month_of
from config.grades import DEFAULT_PLAN, plan
from config.language import Words
from config.settings import Coverage as Planned
from tests.audit.days import AT, DAY, ordinary

OFFICE = "济南分公司"


def pages(language: str) -> Mapping[str, str]:
    """By name; equal at each call."""
    days = [ordinary(language, DAY - timedelta(back)) for back in range(30) if _works(back)]
    late = [replace(call, late=True, corrected=True) for call in days[0].calls[:2]]
    day = replace(days[0], calls=(*late, *days[0].calls[2:]))
    words = Words(language)
    return {
        "day": render([day], past=_past()),
        "week": render(days[:6], past=_past()),
        "month": render(days, past=_past()),
        "coverage": coverage_html.render(_coverage(), OFFICE, words, AT),
    }


def _works(back: int) -> bool:
    return (DAY - timedelta(back)).weekday() < 5


def _past() -> Mapping[date, Reached]:
    chance = random.Random(3)
    found = {}
    for back in filter(_works, range(80)):
        due, without = chance.randint(40, 60), chance.choice([0, 0, 0, 1, 2, 3, 5, 9, 22])
        found[DAY - timedelta(back)] = Reached(due, due - without)
    return found


def _coverage() -> Coverage:
    chance = random.Random(7)
    calls = []
    for number, line in enumerate(ordinary().calls):
        days = [DAY.replace(day=one) for one in chance.sample(range(1, 26), chance.randint(1, 4))]
        for day in days if number % 6 else [date(2026, 10, 12)]:
            reached = chance.random() < 0.8
            calls.append(
                CustomerCall(
                    customer=number,
                    name=line.customer or "",
                    day=day,
                    collector=line.collector,
                    department="法规部" if number % 5 else "信贷部",
                    grade="ABCD"[number % 4] if number % 7 else None,
                    reached=reached,
                    recorded=reached and chance.random() < 0.9,
                )
            )
    calls.sort(key=lambda call: call.day)
    planned = Planned(plan(DEFAULT_PLAN, Path()))
    return cover(calls, planned, month_of(DAY), date(2026, 11, 26), nameless=3)
