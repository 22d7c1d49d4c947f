"""What befalls the office's machines: the store's weather, copies that go bad, disks that are away.

The mirror is told of for the days whose recordings it owes, and so the truth of it hangs on which
days' recordings came or moved while the store was not well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from tests.quarter.hand_offs import HandOff, Harm
from tests.quarter.handoff_faults import without_recordings
from tests.quarter.moments import Slot, Trouble, Weather
from tests.quarter.phones import Caller
from tests.quarter.plan import RETENTION_YEARS, Quarter
from tests.quarter.working_days import every_day, is_holiday, is_working

_LEAP = ((2, 29), (3, 1))
_HARM = ("archive_missing", "archive_altered", "mirror_missing", "mirror_altered")
_ALARMS = {
    Trouble.INBOX: "inbox_unreachable",
    Trouble.ARCHIVE: "archive_unreachable",
    Trouble.ROOM: "disk_nearly_full",
    Trouble.CLOCK: "clock_off",
}
_OWED = {Weather.AWAY: "mirror_pending", Weather.REFUSES: "mirror_failed"}


def plan_weather(quarter: Quarter) -> None:
    """The first day has no mirror yet; of six days one is bad, now and then two in a row."""
    quarter.weather[0] = Weather.UNSET
    kinds = (Weather.AWAY, Weather.REFUSES, Weather.UNLOCKED, Weather.AWAY)
    at, turn = 2, quarter.rng.randrange(2)
    while at < len(quarter.days) - 1:
        if not _before_holiday(quarter, at):
            quarter.weather[at] = kinds[turn % len(kinds)]
            turn += 1
            follows = at + 1 < len(quarter.days) - 1 and not _before_holiday(quarter, at + 1)
            if follows and quarter.rng.random() < 0.3:
                at += 1
                quarter.weather[at] = quarter.weather[at - 1]
        at += 2 if len(quarter.days) < 20 else quarter.rng.randint(4, 7)


def _before_holiday(quarter: Quarter, night: int) -> bool:
    """On holidays there are passes, too, and the store is well then."""
    return is_holiday(quarter.days[night] + timedelta(days=1))


def plan_harm(quarter: Quarter, often: int) -> None:
    """Copies go bad in the morning of a few days, are found at night, and mostly repaired."""
    fine = [
        night
        for night in range(3, len(quarter.days))
        if quarter.weather[night] is Weather.FINE
        and (night + 1 == len(quarter.days) or quarter.weather[night + 1] is Weather.FINE)
    ]
    last = max(fine, default=len(quarter.days) - 1)
    drawn = quarter.rng.sample(fine, min(often, len(fine)))
    chosen = sorted({last, *drawn})
    for night in chosen:
        if night - 1 in quarter.harms:  # one alarm is over before the next is raised
            continue
        _harm(quarter, night)
        if night + 1 < len(quarter.days) and night != last:
            quarter.repairs.add(night + 1)
        _expect_alarm(quarter, night)


def _harm(quarter: Quarter, night: int) -> None:
    for code in _HARM:
        handoff = quarter.whole(
            lambda one: _is_mirrored(quarter, one, night) and _has_recorded(one)
        )
        call = next(call for call in handoff.calls if call.reached)
        source = quarter.recorded[call]
        quarter.harms[night].append(Harm(source, handoff.day, code))
        until = night + 1 if night + 1 < len(quarter.days) else None
        for day in (handoff.day, quarter.days[night]):
            quarter.expect(
                code,
                handoff,
                source=source,
                customer=call.customer.name,
                day=day,
                since=night,
                until=until,
            )


def _expect_alarm(quarter: Quarter, night: int) -> None:
    """It stands until the evening after the repair, when all was verified again."""
    last = night + 1 if night + 1 in quarter.repairs else len(quarter.days) - 1
    for day in every_day(quarter.days[night], quarter.days[last]):
        quarter.expect_office("copies_bad", day, night)


def _is_mirrored(quarter: Quarter, handoff: HandOff, night: int) -> bool:
    """Whether its recordings lie in the store by the morning of a day, and were there a while."""
    since = quarter.weather[handoff.night : night]
    return handoff.night <= night - 2 and bool({Weather.FINE, Weather.UNLOCKED} & {*since})


def _has_recorded(handoff: HandOff) -> bool:
    return any(call.reached for call in handoff.calls)


def plan_troubles(quarter: Quarter, often: int) -> None:
    """After the deadline of some days something is the matter with the computer for a while."""
    for trouble, code in _ALARMS.items():
        free = [
            night
            for night in range(1, len(quarter.days))
            if night not in quarter.troubles and night not in quarter.empty
        ]
        for night in quarter.rng.sample(free, min(often, len(free))):
            quarter.troubles[night] = trouble
            quarter.expect_office(code, quarter.days[night], night)


def plan_empty_afternoon(quarter: Quarter) -> None:
    """By the deadline of a day nobody has handed in; all come in the evening."""
    nights = {
        one.night
        for one in quarter.handoffs
        if not any(quarter.drops[one.night, slot] for slot in Slot)
    }
    free = [
        night
        for night in sorted(nights)
        if quarter.days[night].weekday() < 5
        and quarter.weather[night] is Weather.FINE
        and all(not one.touched for one in quarter.handoffs if one.night == night)
    ]
    night = quarter.rng.choice(free)
    for handoff in [one for one in quarter.handoffs if one.night == night]:
        handoff.comes = Slot.EVENING
        handoff.touched = True
        quarter.reserve(handoff)
    quarter.empty.add(night)
    quarter.expect_office("nothing_handed_over", quarter.days[night], night)


def holidays(quarter: Quarter) -> Iterator[date]:
    """Those from Monday to Friday, within the quarter."""
    for day in every_day(quarter.days[0], quarter.days[-1]):
        if day.weekday() < 5 and not is_working(day):
            yield day


def plan_silent_day(quarter: Quarter) -> None:
    """On one day nobody brings recordings: they come with the next day's."""
    free = [
        night
        for night in range(1, len(quarter.days) - 1)
        if not {night, night + 1} & quarter.empty
        and all(not one.touched for one in quarter.handoffs if one.night == night)
    ]
    night = quarter.rng.choice(free)
    for handoff in [one for one in quarter.handoffs if one.night == night]:
        without_recordings(quarter, handoff, comes=True)
        handoff.touched = True
        quarter.reserve(handoff)
    quarter.expect_office("completeness_low", quarter.days[night], night, night + 1)


def plan_old_recording(quarter: Quarter) -> None:
    """A recording of so long ago is found that it would be due if it were somebody's."""
    handoff = quarter.spot(lambda one: (one.day.month, one.day.day) not in _LEAP)
    eve = handoff.day - timedelta(days=1)
    old = datetime.combine(eve.replace(year=eve.year - RETENTION_YEARS), time(10))
    caller = Caller(None, quarter.people.number())
    source = quarter.file(handoff, "miui", caller, old)
    for code in ("unmatched_recording", "recordings_of_another_day"):
        quarter.expect(code, handoff, source=source)


def expect_of_mirror(quarter: Quarter) -> None:
    """What the reports say of the mirror, by the weather of each day."""
    owed: dict[date, str] = {}
    """Days whose recordings are owed, and what is told of them."""
    unlocked: set[date] = set()
    silent: int | None = None
    """Since when nothing was confirmed though something was owed."""
    for night, weather in enumerate(quarter.weather):
        if weather is Weather.UNSET:
            _expect_unset(quarter, night)
        elif weather in _OWED:
            owed |= dict.fromkeys(quarter.stirred[night], _OWED[weather])
            for day, code in owed.items():
                quarter.expect_office(code, day, night, night + 1)
            silent = night if silent is None else silent
        else:
            owed.clear()
        if weather is Weather.UNLOCKED:
            unlocked |= quarter.stirred[night] | _caught_up(quarter, night)
            for day in unlocked:
                quarter.expect_office("mirror_unlocked", day, night, night + 1)
        if silent is not None and weather not in _OWED:
            _expect_silence(quarter, silent, night)
            silent = None


def _caught_up(quarter: Quarter, night: int) -> set[date]:
    """Days whose recordings were owed from bad days just before."""
    found: set[date] = set()
    before = night - 1
    while before >= 0 and quarter.weather[before] in (*_OWED, Weather.UNSET):
        found |= quarter.stirred[before]
        before -= 1
    return found


def _expect_unset(quarter: Quarter, night: int) -> None:
    """Without a mirror every report says so, whatever its day."""
    quarter.expect_office("mirror_off", quarter.days[night], night, night + 1)


def _expect_silence(quarter: Quarter, first: int, last: int) -> None:
    """It is an alarm from the first evening until the day on which something is confirmed."""
    for day in every_day(quarter.days[first], quarter.days[last]):
        quarter.expect_office("mirror_silent", day, first)
