"""A day's recordings and rows, said in few words, and what is decided of them."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from matcher.customers import Known
from matcher.decision import Candidate, Decision
from matcher.evidence import Evidence, Heard, Precision, Row
from matcher.match import match

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 16)
A, B, C = "13812345678", "13987654321", "15011112222"
GIVEN = "建国志明海玉红春"


def at(clock: str, day: date = TODAY) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def heard(
    name: str | None = None,
    *numbers: str,
    time: str | None = None,
    day: date = TODAY,
    handed_over: date = TODAY,
    key: str = "recording",
    note: str | None = None,
    surname: str | None = None,
    collector: str | None = "李娜",
    reader: str = "general",
) -> Heard:
    return Heard(
        key,
        handed_over,
        Evidence(
            reader=reader,
            contact=name,
            note=note,
            surname=surname,
            numbers=numbers,
            started_at=at(time, day) if time else None,
            precision=Precision.SECOND if time else None,
            collector=collector,
        ),
    )


def row(
    key: str,
    name: str | None,
    *numbers: str,
    time: str | None = None,
    customer: str | None = "",
    day: date = TODAY,
    collector: str | None = "李娜",
    reached: bool | None = True,
) -> Row:
    return Row(
        key=key,
        day=day,
        name=name,
        numbers=numbers,
        customer=f"{name}|{min(numbers, default='')}" if customer == "" else customer,
        called_at=at(time, day) if time else None,
        precision=Precision.MINUTE if time else None,
        collector=collector,
        reached=reached,
    )


def one(recording: Heard, *rows: Row) -> Decision:
    (decision,) = match([recording], rows)
    return decision


def outcome(decision: Decision) -> tuple[str, str | None]:
    return f"{decision.verdict} {decision.why}", decision.row


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.candidates[0].reasons}


def held(why: str) -> tuple[str, None]:
    return f"ambiguous {why}", None


def clear(row: str) -> tuple[str, str]:
    return "matched clear", row


def codes_of(candidate: Candidate) -> set[str]:
    return {reason.code for reason in candidate.reasons}


def known_as(name: str, *numbers: str) -> Known:
    return Known(f"{name}|{min(numbers)}", name, frozenset(numbers))


def filed(recording: Heard, *rows: Row, known: Sequence[Known] = ()) -> str | None:
    outcomes = {
        match([recording], order, known=whom)[0].customer
        for order in (rows, rows[::-1])
        for whom in (known, known[::-1])
    }
    (customer,) = outcomes
    return customer
