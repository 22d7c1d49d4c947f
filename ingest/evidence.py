"""All that a recording's place and name in the inbox say about its call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.several_people import each_of
from ingest.folders import read_folders
from ingest.name_form import noted
from ingest.recorders import read_name
from matcher.evidence import Evidence, Precision
from matcher.names import canonical, is_person, parse_contact
from matcher.numbers import same

_SPEAKING_TAGS = ("title", "comment")
"""An artist may be the phone's owner, who is the collector."""
_TAGGED_DAYS = 31
"""Up to so many days before the hand-off a date tag is believed; a later one is an export's."""

_MISPLACED = timedelta(days=7)
"""Up to so long after a folder's day a recording may have been made that lies there by mistake."""
_MONTHS = timedelta(days=300)
_LETTERS = re.compile(r"[^\W\d_]")


def gather(
    source: str, tz: ZoneInfo, arrived: date, patterns: Sequence[re.Pattern[str]] = ()
) -> tuple[date, Evidence]:
    """The day a recording was handed over for, and its evidence.

    The day is the folder's, else the date in the name (in `tz`), else `arrived`. Where folder and
    name differ, both stay: the folder's as the day, the name's as `started_at`.
    `source` is relative to the inbox, with `/`; `arrived` also completes dates without a year;
    `patterns` are the office's own for names.
    """
    folders = read_folders(source, arrived)
    name = source.rpartition("/")[2]
    evidence = read_name(name, tz, folders.day or arrived, patterns)
    if folders.day and arrived > folders.day:
        until = min(arrived, folders.day + _MISPLACED)
        evidence = _nearer(name, evidence, read_name(name, tz, until, patterns), until)
    if folders.collector:
        evidence = replace(_without(evidence, folders.collector), collector=folders.collector)
    if folders.persons:
        evidence = _within(evidence, folders.persons, folders.numbers)
    started = evidence.started_at
    named = started.astimezone(tz).date() if started else None
    return folders.day or named or arrived, evidence


def _nearer(name: str, by_folder: Evidence, by_arrival: Evidence, until: date) -> Evidence:
    """A date without a year in an earlier day's folder is of days ago, and not of a year ago.

    `11.18` in the folder of the 16th may be no date; handed in on the 18th it is one. `1118` may be
    a number's last digits as well, and stays in the note.
    """
    one, other = by_folder.started_at, by_arrival.started_at
    if other is None or other.date() > until or (one and other - one <= _MONTHS):
        return by_folder
    if one is None and f"{other:%m%d}" in name:
        return replace(by_folder, started_at=other, precision=by_arrival.precision)
    return by_arrival


def _within(evidence: Evidence, persons: Sequence[str], numbers: tuple[str, ...]) -> Evidence:
    """What a customer's folder within the collector's says: `王芳/张三13800138000/老婆.mp3`.

    Beside another customer's name it is a contradiction, so it stands in the note. That of two,
    张三、李四, says whose a recording may be; which of them only its own name tells.
    """
    others = [one for one in persons if not _is_of(one, evidence.collector)]
    named = canonical(evidence.contact or "") in map(canonical, others)
    numbers = numbers if named or len(others) < 2 else ()
    note = noted(evidence.note, *(() if named else others))
    return replace(evidence, note=note, numbers=evidence.numbers or numbers)


def _is_of(name: str, collector: str | None) -> bool:
    """Whether a name is the collector's, or of two collectors one's."""
    return canonical(name) in map(canonical, each_of(collector))


def _without(evidence: Evidence, collector: str) -> Evidence:
    """A file named by hand may name the collector beside the customer: `王芳 张三.mp3`."""
    if evidence.reader != "general" or not evidence.contact:
        return evidence
    words = evidence.contact.split(" ")
    others = [word for word in words if not _is_of(word, collector)]
    if len(others) == len(words):
        return evidence
    if not (others or evidence.numbers or _LETTERS.search(evidence.note or "")):
        return evidence  # a customer may be called like the collector: `王芳_0002.mp3`
    if not others:  # `王芳-张三女儿.mp3`: the note is the customer's contact
        others, evidence = [evidence.note or ""], replace(evidence, note=None)
    contact = parse_contact(" ".join(others))
    note = noted(contact.note, evidence.note)
    return replace(evidence, contact=contact.name, note=note, surname=contact.surname)


def completed(named: Evidence, sidecar: Evidence, tz: ZoneInfo) -> Evidence:
    """What a name says, completed from the recording's sidecar.

    The sidecar knows the time zone, the second and the whole number, and goes before the name in
    these. Where the two contradict each other it may be another recording's: then it adds nothing.
    """
    if not (_agree(named, sidecar) and _at_one_time(named, sidecar, tz)):
        return named
    who = sidecar if named.contact is None and (sidecar.contact or sidecar.surname) else named
    when = sidecar if sidecar.started_at else named
    return replace(
        named,
        contact=who.contact,
        note=who.note if who is named else noted(who.note, named.note),
        surname=who.surname,
        numbers=sidecar.numbers or named.numbers,
        started_at=when.started_at,
        precision=when.precision,
        direction=named.direction or sidecar.direction,
    )


def completed_by_tags(
    found: Evidence,
    tags: Sequence[tuple[str, str]],
    tz: ZoneInfo,
    day: date,
    patterns: Sequence[re.Pattern[str]] = (),
) -> Evidence:
    """Evidence completed from the audio's tags, where it names nobody or tells no time.

    Tags come from whatever wrote or converted the file, so they never go before anything else.
    `day` is the one that the recording was handed over for.
    """
    said = dict(tags)
    for key in _SPEAKING_TAGS:
        told = _told(said.get(key, ""), found.collector, tz, day, patterns)
        if not _agree(found, told):
            continue
        if not _names_somebody(found):
            found = replace(
                found,
                contact=told.contact,
                note=noted(told.note, found.note),
                surname=told.surname,
                numbers=told.numbers,
            )
        if found.started_at is None:
            found = replace(found, started_at=told.started_at, precision=told.precision)
    if found.started_at is None and (tagged := _tagged_day(said.get("date", ""), tz, day)):
        found = replace(found, started_at=tagged, precision=Precision.DAY)
    return found


def _names_somebody(evidence: Evidence) -> bool:
    return bool(evidence.contact or evidence.surname or evidence.numbers)


def _agree(one: Evidence, other: Evidence) -> bool:
    """Whether both can be about one call's partner; who names nobody agrees with all."""
    if one.numbers and other.numbers:
        return any(same(mine, theirs) for mine in one.numbers for theirs in other.numbers)
    if one.contact and other.contact:
        return canonical(one.contact) == canonical(other.contact)
    names = (one.contact or one.surname or "", other.contact or other.surname or "")
    return names[0].startswith(names[1]) or names[1].startswith(names[0])


def _at_one_time(named: Evidence, sidecar: Evidence, tz: ZoneInfo) -> bool:
    """Whether a name's time is the sidecar's, in its own zone or by the clock that was shown."""
    if named.started_at is None or sidecar.started_at is None:
        return True
    shown = named.started_at.replace(tzinfo=None)
    moments = (sidecar.started_at, sidecar.started_at.astimezone(named.started_at.tzinfo or tz))
    return any(_floor(moment, named.precision) == shown for moment in moments)


def _floor(moment: datetime, precision: Precision | None) -> datetime:
    """What a clock that shows no more than `precision` shows."""
    shown = moment.replace(tzinfo=None, microsecond=0)
    if precision is Precision.SECOND:
        return shown
    shown = shown.replace(second=0)
    return shown if precision is Precision.MINUTE else shown.replace(hour=0, minute=0)


def _told(
    text: str,
    collector: str | None,
    tz: ZoneInfo,
    day: date,
    patterns: Sequence[re.Pattern[str]],
) -> Evidence:
    """What a tag tells: a recorder's own name of the file, or a number, or a person's name.

    Any other text, `Track 5` or `encoded in 00:15`, tells nothing, its time neither.
    """
    told = read_name(text, tz, day, patterns)
    if told.reader != "general":
        return told
    if collector:
        told = _without(told, collector)
    own = _is_of(told.contact or "", collector)  # the collector's own phone
    if told.contact and (own or not is_person(told.contact)):
        told = replace(told, contact=None, note=None)
    return told if _names_somebody(told) else Evidence(reader="general")


def _tagged_day(text: str, tz: ZoneInfo, day: date) -> datetime | None:
    """Midnight of the day that a date tag tells.

    Its hour is not believed: some writers mean UTC, some the end of the call, and none says so.
    """
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        return None
    stated = stated.astimezone(tz) if stated.tzinfo else stated
    if not timedelta() <= day - stated.date() <= timedelta(days=_TAGGED_DAYS):
        return None
    return datetime(stated.year, stated.month, stated.day, tzinfo=tz)
