"""Faults of rows: each function plants one, with the findings that it must lead to.

Beside a fault stand calls that come close to one and are none.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tests.quarter.hand_offs import Drop, HandOff
from tests.quarter.moments import Slot
from tests.quarter.phones import NUMBERED, Caller
from tests.quarter.plan import GRACE, Quarter
from tests.quarter.sheets import CREDIT, LEGAL


def _credit(handoff: HandOff) -> bool:
    return handoff.collector.department == CREDIT


def incomplete_row(quarter: Quarter) -> None:
    """A required field is blank, or only a stroke stands there."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    fields = ["promised", "location"]
    fields += ["hours"] if _credit(handoff) else ["overdue_reason", "works_name", "money_source"]
    for field in quarter.rng.sample(fields, quarter.rng.randint(1, 2)):
        call.said[field] = quarter.rng.choice((None, "/", "——"))
    quarter.record(call)
    quarter.expect("incomplete_row", handoff, call=call)


def number_blank(quarter: Quarter) -> None:
    """The number is blank; the recording tells it, and the name."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    call.said["numbers"] = None
    caller = Caller(call.customer.name, call.customer.number)
    quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, call.at)
    quarter.expect("incomplete_row", handoff, call=call)


def row_unreadable(quarter: Quarter) -> None:
    """A cell says what nobody can understand; the rest of the row counts."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    field, text = quarter.rng.choice(
        (
            ("called_at", "上午15点"),
            ("called_at", "饭后"),
            ("promised", "2月30日"),
            ("promised", "11/13/26"),
        )
    )
    call.said[field] = text
    quarter.record(call)
    quarter.expect("row_unreadable", handoff, call=call)


def outcome_unknown(quarter: Quarter) -> None:
    """Nobody can tell whether the customer was reached: then no recording is missing."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    call.said["reached"] = quarter.rng.choice(("再说", "见备注"))
    quarter.expect("row_unreadable", handoff, call=call)


def customer_unclear(quarter: Quarter) -> None:
    """Two namesakes are known by their numbers, and a later row has none."""
    first = quarter.spot(margin=1)
    name = quarter.people.name()
    for _ in range(2):
        call = quarter.call(first, quarter.people.customer(name))
        quarter.file(
            first, quarter.rng.choice(NUMBERED), Caller(name, call.customer.number), call.at
        )
    later = quarter.spot(lambda one: one.night > first.night)
    call = quarter.call(later, quarter.people.customer(name), reached=quarter.rng.random() < 0.5)
    call.said["numbers"] = None
    quarter.expect("customer_unclear", later, call=call)
    if call.reached:
        quarter.expect("incomplete_row", later, call=call)
        quarter.expect("missing_recording", later, call=call)


def promise_beyond_authority(quarter: Quarter) -> None:
    """A credit collector grants more than one day, by the due day and its grace."""
    handoff = quarter.spot(lambda one: _credit(one) and one.day.day <= GRACE)
    latest = handoff.day.replace(day=GRACE)
    call = quarter.call(handoff)
    call.said["promised"] = latest + timedelta(days=quarter.rng.choice((1, 2, 5, 14)))
    quarter.record(call)
    quarter.expect("promise_beyond_authority", handoff, call=call)


def promise_within_authority(quarter: Quarter) -> None:
    """No fault: the legal department may grant more, and so may who calls after the 16th."""
    handoff = quarter.spot(lambda one: one.collector.department == LEGAL or one.day.day > GRACE)
    call = quarter.call(handoff)
    call.said["promised"] = handoff.day + timedelta(days=20)
    quarter.record(call)


def call_out_of_hours(quarter: Quarter) -> None:
    """Before eight, by the recorder's clock and the collector's hand."""
    handoff = quarter.spot()
    at = datetime.combine(
        handoff.day, time(quarter.rng.choice((6, 7)), quarter.rng.randrange(60), 30)
    )
    call = quarter.call(handoff, at=at, reached=quarter.rng.random() < 0.7)
    if call.reached:
        quarter.record(call)
    quarter.expect("call_out_of_hours", handoff, call=call)


def call_nearly_out_of_hours(quarter: Quarter) -> None:
    """The recorder's clock goes before the hand: the one is two minutes early, the other late."""
    handoff = quarter.spot()
    eight = datetime.combine(handoff.day, time(8))
    early = quarter.call(handoff, at=eight + timedelta(minutes=1))
    quarter.record(early, at=eight - timedelta(minutes=1))
    quarter.expect("call_out_of_hours", handoff, call=early)
    handoff = quarter.spot()
    eight = datetime.combine(handoff.day, time(8))
    early = quarter.call(handoff, at=eight - timedelta(minutes=2))
    quarter.record(early, at=eight)


def call_at_night(quarter: Quarter) -> None:
    """At ten in the evening, on a sheet of its own that comes the next day."""
    handoff = quarter.spot(margin=1)
    night = handoff.night + 1
    at = datetime.combine(handoff.day, time(22, quarter.rng.randrange(59)))
    collector = handoff.collector
    other = HandOff(handoff.night, handoff.day, collector, handoff.folder, slots=[])
    call = quarter.call(other, at=at)
    quarter.record(call, comes=(night, Slot.AFTERNOON))
    sheet = f"{handoff.folder}补充{collector.form.name}.xlsx"
    quarter.drops[night, Slot.AFTERNOON].append(Drop(sheet, other.workbook()))
    quarter.came(handoff, sheet, (night, Slot.AFTERNOON))
    quarter.expect("call_out_of_hours", other, call=call, sheet=sheet, since=night)


def too_many_calls(quarter: Quarter) -> None:
    """Four or five calls to one customer; beside them somebody who is called three times."""
    handoff = quarter.spot(lambda one: len(one.slots) > 20)
    customer, other = quarter.people.customer(), quarter.people.customer()
    many = quarter.rng.randint(4, 5)
    calls = [quarter.call(handoff, customer, reached=False) for _ in range(many)]
    for _ in range(3):
        quarter.call(handoff, other, reached=False)
    last = max(calls, key=lambda call: call.at)
    quarter.expect("too_many_calls", handoff, call=last)


def too_many_calls_by_two(quarter: Quarter) -> None:
    """Two calls by each of two collectors are four."""
    one = quarter.spot()
    two = quarter.spot(lambda other: other.night == one.night and other is not one)
    customer = quarter.people.customer()
    calls = [quarter.call(handoff, customer, reached=False) for handoff in (one, one, two, two)]
    last = max(calls, key=lambda call: (call.handoff.sheet, call.at))
    quarter.expect("too_many_calls", last.handoff, call=last)


ROW_FAULTS = (
    incomplete_row,
    number_blank,
    row_unreadable,
    outcome_unknown,
    customer_unclear,
    promise_beyond_authority,
    promise_within_authority,
    call_out_of_hours,
    call_nearly_out_of_hours,
    call_at_night,
    too_many_calls,
    too_many_calls_by_two,
)
