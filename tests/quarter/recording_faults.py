"""Faults of recordings and other files: each function plants one, with the findings it leads to."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath

from tests.quarter.hand_offs import Drop, HandOff, Word
from tests.quarter.moments import Slot
from tests.quarter.phones import NAMED, NUMBERED, Caller
from tests.quarter.plan import Quarter

_STRANGERS = ("妈妈", "快递", "工地老赵", None)


def missing_recording(quarter: Quarter) -> None:
    """Never handed over."""
    handoff = quarter.spot()
    quarter.expect("missing_recording", handoff, call=quarter.call(handoff))


def missing_once(quarter: Quarter) -> None:
    """Of a customer who was called twice and reached the second time, or both times."""
    handoff = quarter.spot()
    customer, begin = quarter.people.customer(), quarter.moment(handoff)
    first = quarter.call(handoff, customer, at=begin, reached=quarter.rng.random() < 0.5)
    second = quarter.call(handoff, customer, at=begin + timedelta(minutes=3))
    quarter.expect("missing_recording", handoff, call=first if first.reached else second)


def recording_comes_later(quarter: Quarter) -> None:
    """It is missing until the next day, on which it comes late; both days' reports say so then."""
    handoff = quarter.spot(margin=1)
    call = quarter.call(handoff)
    night = handoff.night + 1
    source = quarter.record(call, comes=(night, Slot.AFTERNOON))
    quarter.expect("missing_recording", handoff, call=call, until=night)
    for day in (handoff.day, quarter.days[night]):
        quarter.expect("missing_closed", handoff, call=call, source=source, day=day, since=night)


def recording_waiting(quarter: Quarter) -> None:
    """It is still being written in the evening, and taken the next day."""
    handoff = quarter.spot(margin=1)
    call = quarter.call(handoff)
    night = handoff.night + 1
    source = quarter.record(call, comes=(handoff.night, Slot.EVENING), fresh=True)
    quarter.expect("recording_waiting", handoff, source=source, until=night)
    quarter.expect("missing_recording", handoff, call=call, until=night)


def duplicate_recording(quarter: Quarter) -> None:
    """A copy beside the original, as a file manager makes one."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    content = quarter.sounds.sound(handoff.collector.ending)
    source = PurePosixPath(quarter.record(call, content))
    mark = quarter.rng.choice((" - 副本", "(1)", " - Copy"))
    copy = str(source.with_name(f"{source.stem}{mark}{source.suffix}"))
    handoff.files.append((copy, content))
    quarter.expect("duplicate_recording", handoff, source=copy)


def handed_over_again(quarter: Quarter) -> None:
    """The same recording lies in the next day's folder, too."""
    handoff = quarter.spot(lambda one: _next_is_open(quarter, one), margin=1)
    call = quarter.call(handoff)
    content = quarter.sounds.sound(handoff.collector.ending)
    source = quarter.record(call, content)
    following = _following(quarter, handoff)
    following.touched = True
    again = source.replace(handoff.folder, following.folder)
    night = following.night
    quarter.drops[night, Slot.AFTERNOON].append(Drop(again, content))
    quarter.expect("duplicate_recording", following, source=again)


def extra_recording(quarter: Quarter) -> None:
    """Two recordings of one customer, of one call or two."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    if quarter.rng.random() < 0.5:
        quarter.call(handoff, call.customer, at=call.at + timedelta(minutes=4))
    phone = quarter.rng.choice(NUMBERED)
    caller = Caller(call.customer.name, call.customer.number)
    quarter.file(handoff, phone, caller, call.at)
    last = quarter.file(handoff, phone, caller, call.at + timedelta(minutes=4))
    quarter.expect("extra_recording", handoff, source=last, customer=call.customer.name)


def damaged_recording(quarter: Quarter) -> None:
    """Cut short, empty, zeros, or a web page: filed all the same, for its call is known."""
    handoff = quarter.spot()
    call = quarter.call(handoff)
    content, ending = quarter.rng.choice(
        (
            (quarter.sounds.cut(), "m4a"),
            (quarter.sounds.cut(), "m4a"),
            (quarter.sounds.empty(), "wav"),
            (quarter.sounds.zeros(), "mp3"),
            (quarter.sounds.page(), "mp3"),
        )
    )
    source = quarter.record(call, content, ending=ending)
    quarter.expect("damaged_recording", handoff, source=source, customer=call.customer.name)


def damaged_stranger(quarter: Quarter) -> None:
    """A damaged recording of nobody's."""
    handoff = quarter.spot()
    source = _stranger(quarter, handoff, quarter.sounds.cut(), "m4a")
    quarter.expect("damaged_recording", handoff, source=source)
    quarter.expect("unmatched_recording", handoff, source=source)


def silent_recording(quarter: Quarter) -> None:
    handoff = quarter.spot()
    call = quarter.call(handoff)
    source = quarter.record(call, quarter.sounds.silent(), ending="wav")
    quarter.expect("silent_recording", handoff, source=source, customer=call.customer.name)


def header_wrong(quarter: Quarter) -> None:
    handoff = quarter.spot()
    call = quarter.call(handoff)
    source = quarter.record(call, quarter.sounds.lying(), ending="wav")
    quarter.expect("header_wrong", handoff, source=source, customer=call.customer.name)


def recording_replaced(quarter: Quarter) -> None:
    """Another recording lies under its name, in the evening or the next day: both are kept."""
    handoff = quarter.spot(margin=1)
    call = quarter.call(handoff)
    source = quarter.record(call)
    comes = quarter.rng.choice(((handoff.night, Slot.EVENING), (handoff.night + 1, Slot.AFTERNOON)))
    quarter.bring(handoff, source, quarter.sounds.sound(handoff.collector.ending), comes)
    for code in ("recording_replaced", "extra_recording"):
        name = call.customer.name
        quarter.expect(code, handoff, source=source, customer=name, since=comes[0])


def unmatched_recording(quarter: Quarter) -> None:
    """A private call."""
    handoff = quarter.spot()
    quarter.expect("unmatched_recording", handoff, source=_stranger(quarter, handoff))


def held_by_person(quarter: Quarter) -> None:
    """A private call, of which somebody says the next morning that it is one."""
    handoff = quarter.spot(margin=1)
    source, night = _stranger(quarter, handoff), handoff.night + 1
    quarter.words[night].append(Word(source))
    quarter.expect("unmatched_recording", handoff, source=source, until=night)
    quarter.expect("held_by_person", handoff, source=source, since=night)


def more_recordings_than_calls(quarter: Quarter) -> None:
    """Somebody knows whose a recording is, and nobody wrote the call down."""
    handoff = quarter.spot(margin=1)
    source, night, name = _stranger(quarter, handoff), handoff.night + 1, quarter.people.name()
    quarter.words[night].append(Word(source, new=name))
    quarter.stirred[night].add(handoff.day)
    quarter.expect("unmatched_recording", handoff, source=source, until=night)
    code = "more_recordings_than_calls"
    quarter.expect(code, handoff, source=source, customer=name, since=night)


def duration_differs(quarter: Quarter) -> None:
    """The sheet says minutes, and the recording has some seconds."""
    handoff = quarter.spot(lambda one: "duration" in one.collector.form.headers)
    call = quarter.call(handoff)
    call.said["duration"] = quarter.rng.choice(("5分20秒", "8分钟", "12:30"))
    caller = Caller(call.customer.name, call.customer.number)
    source = quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, call.at)
    quarter.expect("duration_differs", handoff, call=call, source=source)


def ambiguous_recording(quarter: Quarter) -> None:
    """Two namesakes were called, and the recording tells the name alone and a time between."""
    _tie(quarter, quarter.spot())


def tie_decided(quarter: Quarter) -> None:
    """The same; in the morning somebody says which one it is."""
    handoff = quarter.spot(margin=1)
    night = handoff.night + 1
    _tie(quarter, handoff, night)


def _tie(quarter: Quarter, handoff: HandOff, decided: int | None = None) -> None:
    name, at = quarter.people.name(), quarter.moment(handoff).replace(second=0)
    first, second = (
        quarter.call(handoff, quarter.people.customer(name), at=at + timedelta(minutes=minutes))
        for minutes in (-18, 18)
    )
    for call in (first, second):
        call.said["duration"] = None
    source = quarter.file(handoff, NAMED, Caller(name, ""), at)
    quarter.expect("ambiguous_recording", handoff, source=source, until=decided)
    quarter.expect("missing_recording", handoff, either=(first, second), until=decided)
    if decided is not None:
        whose, other = quarter.rng.sample((first, second), 2)
        quarter.words[decided].append(Word(source, whose))
        quarter.stirred[decided].add(handoff.day)
        quarter.expect("missing_recording", handoff, call=other, since=decided)


def refused_file(quarter: Quarter) -> None:
    """A link, or a file over the limit."""
    handoff = quarter.spot()
    source = f"{handoff.folder}录音{quarter.rng.randrange(10**6)}.mp3"
    drop = Drop(source, link=True) if quarter.rng.random() < 0.5 else Drop(source, size=3 << 20)
    quarter.drops[handoff.night, Slot.AFTERNOON].append(drop)
    quarter.expect("refused_file", handoff, source=source)


def ignored_file(quarter: Quarter) -> None:
    """Neither a recording nor a sheet; what systems leave behind is not told."""
    handoff = quarter.spot()
    name = quarter.rng.choice(("说明.docx", "通话清单.txt", "备份.zip"))
    source = f"{handoff.folder}{quarter.rng.randrange(10**4)}{name}"
    for one in (source, f"{handoff.folder}Thumbs.db", f"{handoff.folder}~$记录表.xlsx"):
        quarter.drops[handoff.night, Slot.AFTERNOON].append(Drop(one, b"PK\3\4 nothing"))
    quarter.expect("ignored_file", handoff, source=source)


def _stranger(
    quarter: Quarter, handoff: HandOff, content: bytes | None = None, ending: str | None = None
) -> str:
    caller = Caller(quarter.rng.choice(_STRANGERS), quarter.people.number())
    at = quarter.moment(handoff)
    return quarter.file(handoff, quarter.rng.choice(NUMBERED), caller, at, content, ending)


def _next_is_open(quarter: Quarter, handoff: HandOff) -> bool:
    """Something may come with the collector's next one without making another fault of it."""
    last = handoff.night + 1 == len(quarter.days)
    return not last and quarter.is_open(_following(quarter, handoff))


def _following(quarter: Quarter, handoff: HandOff) -> HandOff:
    """The same collector's next one."""
    return next(
        one
        for one in quarter.handoffs
        if one.night == handoff.night + 1 and one.collector is handoff.collector
    )


RECORDING_FAULTS = (
    missing_recording,
    missing_once,
    recording_comes_later,
    recording_waiting,
    duplicate_recording,
    handed_over_again,
    extra_recording,
    damaged_recording,
    damaged_stranger,
    silent_recording,
    header_wrong,
    recording_replaced,
    unmatched_recording,
    held_by_person,
    more_recordings_than_calls,
    duration_differs,
    ambiguous_recording,
    tie_decided,
    refused_file,
    ignored_file,
)
