"""Faults of whole hand-offs and their sheets: each function plants one on a hand-off that is right
otherwise, for what a sheet says only counts where there is one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.quarter.hand_offs import Call, Drop, HandOff
from tests.quarter.moments import Slot
from tests.quarter.phones import NUMBERED, Caller
from tests.quarter.plan import COLLECTORS, Quarter
from tests.quarter.sheets import CREDIT, Cell


def late_handoff(quarter: Quarter) -> None:
    """Everything comes after the deadline."""
    quarter.whole().comes = Slot.EVENING


def handoff_missing(quarter: Quarter) -> None:
    """Nothing comes from somebody who always hands over, or only the next day, or the next day's
    folder has a recording of it.
    """
    handoff = quarter.whole(lambda one: _is_usual(quarter, one), margin=1)
    kind, night = quarter.rng.choice(("never", "later", "elsewhere")), handoff.night + 1
    handoff.absent = True
    if kind == "later":
        handoff.comes_on = handoff.sheet_comes = night
        quarter.expect("handoff_missing", handoff, until=night)
        return
    handoff.calls.clear()
    handoff.files.clear()
    handoff.has_sheet = False
    quarter.expect("handoff_missing", handoff, until=night if kind == "elsewhere" else None)
    if kind == "elsewhere":
        _in_the_next_folder(quarter, handoff)


def _in_the_next_folder(quarter: Quarter, handoff: HandOff) -> None:
    """A recording of a day whose sheet never came, and of a customer who was called on it alone."""
    following, customer = _neighbour(quarter, handoff, 1), quarter.people.customer()
    following.touched = True
    caller = Caller(customer.name, customer.number)
    phone, at = quarter.rng.choice(NUMBERED), quarter.moment(handoff)
    source = quarter.file(following, phone, caller, at)
    for code in ("recordings_of_another_day", "unmatched_recording"):
        quarter.expect(code, following, source=source)


def sheet_without_recordings(quarter: Quarter) -> None:
    """A sheet with customers who were reached, and no recording; some bring them the next day."""
    handoff = quarter.whole(margin=1)
    while sum(call.reached for call in handoff.calls) < 2:
        quarter.record(quarter.call(handoff))
    without_recordings(quarter, handoff, comes=quarter.rng.random() < 0.5)


def without_recordings(quarter: Quarter, handoff: HandOff, *, comes: bool) -> None:
    """The recordings of a hand-off do not come with its sheet, or come the next day."""
    night = handoff.night + 1
    until = night if comes else None
    if comes:
        for source, content in handoff.files:
            quarter.bring(handoff, source, content, (night, Slot.AFTERNOON))
    handoff.files.clear()
    reached = [call for call in handoff.calls if call.reached]
    for call in reached:
        quarter.expect("missing_recording", handoff, call=call, until=until)
        if comes:
            _expect_closed(quarter, handoff, call)
    if len(reached) > 1:
        code = "sheet_without_recordings"
        quarter.expect(code, handoff, sheet=handoff.sheet, until=until)


def _expect_closed(quarter: Quarter, handoff: HandOff, call: Call) -> None:
    """Both days' reports tell that the recording came the next day."""
    night, source = handoff.night + 1, quarter.recorded[call]
    for day in (handoff.day, quarter.days[night]):
        quarter.expect("missing_closed", handoff, call=call, source=source, day=day, since=night)


def clock_drift(quarter: Quarter) -> None:
    """The phone's clock is off by half an hour and more, the same at each call."""
    handoff = quarter.whole(lambda one: len(one.slots) > 20)
    handoff.calls.clear()
    handoff.files.clear()
    off = timedelta(minutes=quarter.rng.choice((-25, 25, 40)))
    for _ in range(6):
        call = quarter.call(handoff)
        caller = Caller(call.customer.name, call.customer.number)
        quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, call.at + off)
    quarter.expect("clock_drift", handoff, sheet=handoff.sheet)


def sheet_missing(quarter: Quarter) -> None:
    """No sheet comes: nobody can tell whose the recordings are."""
    handoff = quarter.whole(lambda one: bool(one.files))
    handoff.has_sheet = False
    quarter.expect("sheet_missing", handoff)
    _expect_unmatched(quarter, handoff)


def sheet_comes_later(quarter: Quarter) -> None:
    """The same; it comes the next day, late."""
    handoff = quarter.whole(lambda one: bool(one.files), margin=1)
    handoff.sheet_comes = handoff.night + 1
    quarter.stirred[handoff.sheet_comes].add(handoff.day)
    quarter.expect("sheet_missing", handoff, until=handoff.sheet_comes)
    _expect_unmatched(quarter, handoff, until=handoff.sheet_comes)


def sheet_unreadable(quarter: Quarter) -> None:
    """Only text under a workbook's name, or a workbook without a header; some are saved anew.

    A sheet that is corrected came when its first version did.
    """
    handoff = quarter.whole(lambda one: bool(one.files), margin=1)
    corrected = handoff.night + 1 if quarter.rng.random() < 0.6 else None
    handoff.has_sheet = False
    broken = f"表在U盘里 {handoff.sheet}".encode()
    quarter.drops[handoff.night, Slot.AFTERNOON].append(Drop(handoff.sheet, broken))
    if corrected is not None:
        again = Drop(handoff.sheet, handoff.workbook())
        quarter.drops[corrected, Slot.AFTERNOON].append(again)
        quarter.stirred[corrected].add(handoff.day)
    quarter.expect("sheet_unreadable", handoff, sheet=handoff.sheet, until=corrected)
    _expect_unmatched(quarter, handoff, until=corrected)


def sheet_problem(quarter: Quarter) -> None:
    """A second tab has numbers and no header."""
    handoff = quarter.whole()
    handoff.loose = tuple(quarter.people.number() for _ in range(2))
    quarter.expect("sheet_problem", handoff, sheet=handoff.sheet)


def column_missing(quarter: Quarter) -> None:
    """A required field has no column; its rows cannot be blamed for what they cannot say."""
    handoff = quarter.whole()
    fields = ["location", "promised"]
    fields += ["hours"] if handoff.collector.department == CREDIT else ["works_quantity"]
    handoff.without = quarter.rng.choice(fields)
    quarter.expect("column_missing", handoff, sheet=handoff.sheet)


def duplicate_sheet(quarter: Quarter) -> None:
    """The same sheet under a second name, with it or a day later."""
    handoff = quarter.whole(margin=1)
    copy = handoff.sheet.removesuffix(".xlsx") + quarter.rng.choice((" - 副本", "(1)")) + ".xlsx"
    comes = (handoff.night + quarter.rng.randint(0, 1), Slot.AFTERNOON)
    quarter.drops[comes].append(Drop(copy, handoff.workbook()))
    quarter.came(handoff, copy, comes)
    quarter.expect("duplicate_sheet", handoff, sheet=copy, since=comes[0])


def promise_edited(quarter: Quarter) -> None:
    """The next day's version grants another day."""
    handoff = quarter.whole(lambda one: any(call.reached for call in one.calls), margin=1)
    call = quarter.rng.choice([call for call in handoff.calls if call.reached])
    days = {quarter.promise(call) for _ in range(50)} - {call.said["promised"]}
    after = min(days, default=None)  # on the 16th nothing else may be granted
    _correct(quarter, handoff, call, promised=after)
    if after is None:
        quarter.expect("incomplete_row", handoff, call=call, since=handoff.night + 1)


def outcome_edited(quarter: Quarter) -> None:
    """The customer was reached after all, and now the recording is missing."""
    handoff = quarter.whole(margin=1)
    call = quarter.call(handoff, reached=False)
    told = quarter.call(handoff, call.customer, at=call.at)  # as it is told a day later
    handoff.calls.remove(told)
    _correct(quarter, handoff, call, **told.said)
    quarter.expect("missing_recording", handoff, call=call, since=handoff.night + 1)


def time_edited(quarter: Quarter) -> None:
    handoff = quarter.whole(margin=1)
    call = quarter.rng.choice(handoff.calls)
    minutes = timedelta(minutes=quarter.rng.choice((-4, 3, 7)))
    _correct(quarter, handoff, call, called_at=call.at.replace(second=0) + minutes)


def row_removed(quarter: Quarter) -> None:
    """A call that nobody answered is taken out again."""
    handoff = quarter.whole(margin=1)
    call = quarter.call(handoff, reached=False)
    _hand_in_again(quarter, handoff, [one for one in handoff.calls if one is not call])
    quarter.expect("row_edited", handoff, call=call, since=handoff.night + 1)


def row_added(quarter: Quarter) -> None:
    """The row of a recording was forgotten, and is added: at the end, where there is room."""
    handoff = quarter.whole(margin=1)
    night = handoff.night + 1
    last = max(call.at for call in handoff.calls)
    call = quarter.call(handoff, at=last + timedelta(minutes=15))
    caller = Caller(call.customer.name, call.customer.number)
    source = quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, call.at)
    first = handoff.workbook([one for one in handoff.calls if one is not call])
    _replace_first(quarter, handoff, first)
    _bring_again(quarter, handoff, handoff.workbook())
    quarter.stirred[night].add(handoff.day)
    quarter.expect("unmatched_recording", handoff, source=source, until=night)
    quarter.expect("row_edited", handoff, call=call, since=night)


def filing_withdrawn(quarter: Quarter) -> None:
    """A corrected sheet takes a customer's only row away, and the recording has no home."""
    handoff = quarter.whole(margin=1)
    night = handoff.night + 1
    call = quarter.call(handoff)
    caller = Caller(call.customer.name, call.customer.number)
    source = quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, call.at)
    _hand_in_again(quarter, handoff, [one for one in handoff.calls if one is not call])
    quarter.stirred[night].add(handoff.day)
    name = call.customer.name
    quarter.expect("row_edited", handoff, call=call, since=night)
    quarter.expect("filing_withdrawn", handoff, source=source, customer=name, since=night)
    quarter.expect("unmatched_recording", handoff, source=source, since=night)


def customer_edited(quarter: Quarter) -> None:
    """A corrected sheet has somebody else in the row: their recording is missing, the other's is
    nobody's.
    """
    handoff = quarter.whole(margin=1)
    night = handoff.night + 1
    call = quarter.call(handoff)
    caller = Caller(call.customer.name, call.customer.number)
    source = quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, call.at)
    other = quarter.people.customer()
    told = replace(
        call, customer=other, said=call.said | {"customer": other.name, "numbers": other.number}
    )
    _hand_in_again(quarter, handoff, [told if one is call else one for one in handoff.calls])
    quarter.stirred[night].add(handoff.day)
    former = call.customer.name
    for code in ("row_edited", "missing_recording"):
        quarter.expect(code, handoff, call=call, customer=other.name, since=night)
    quarter.expect("filing_withdrawn", handoff, source=source, customer=former, since=night)
    quarter.expect("unmatched_recording", handoff, source=source, since=night)


def _is_usual(quarter: Quarter, handoff: HandOff) -> bool:
    """The collector handed over on each of five days before, and does so on those after."""
    if handoff.night < 5 or _neighbour(quarter, handoff, 1).touched:
        return False
    beside = range(-5, min(6, len(quarter.days) - handoff.night))
    return not any(_neighbour(quarter, handoff, one).absent for one in beside)


def _neighbour(quarter: Quarter, handoff: HandOff, days: int) -> HandOff:
    """The same collector's hand-off so many days later."""
    return quarter.handoffs[quarter.handoffs.index(handoff) + days * COLLECTORS]


def _expect_unmatched(quarter: Quarter, handoff: HandOff, until: int | None = None) -> None:
    for source, _ in handoff.files:
        quarter.expect("unmatched_recording", handoff, source=source, until=until)


def _correct(quarter: Quarter, handoff: HandOff, call: Call, **said: Cell) -> None:
    """The next day's version of the sheet says these fields of a call otherwise."""
    told = replace(call, said=call.said | said)
    _hand_in_again(quarter, handoff, [told if one is call else one for one in handoff.calls])
    quarter.expect("row_edited", handoff, call=call, since=handoff.night + 1)


def _hand_in_again(quarter: Quarter, handoff: HandOff, calls: list[Call]) -> None:
    _bring_again(quarter, handoff, handoff.workbook(calls))


def _bring_again(quarter: Quarter, handoff: HandOff, content: bytes) -> None:
    night = handoff.night + 1
    quarter.drops[night, Slot.AFTERNOON].append(Drop(handoff.sheet, content))


def _replace_first(quarter: Quarter, handoff: HandOff, content: bytes) -> None:
    """The first version is another one than the hand-off as it stands in the end."""
    handoff.has_sheet = False
    quarter.drops[handoff.night, Slot.AFTERNOON].append(Drop(handoff.sheet, content))


HANDOFF_FAULTS = (
    late_handoff,
    handoff_missing,
    sheet_without_recordings,
    clock_drift,
    sheet_missing,
    sheet_comes_later,
    sheet_unreadable,
    sheet_problem,
    column_missing,
    duplicate_sheet,
    promise_edited,
    outcome_edited,
    time_edited,
    row_removed,
    row_added,
    filing_withdrawn,
    customer_edited,
)
