"""`callvault resolve`: a person's reason for a finding, given, taken back or listed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from archive.answer_form import LONGEST, day_of, plain_id, plain_reason
from archive.catalogue import answers
from archive.catalogue.answers import Speech
from archive.catalogue.database import Catalogue
from archive.said_records import Answer, KnownFinding
from audit.errors import FindingError
from audit.report import known_findings
from audit.wording import title
from config.language import Message, Words
from config.settings import Settings
from config.visible import visible

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something, and when."""

    by: str
    at: datetime
    """Aware."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of one finding's answer."""

    finding: KnownFinding
    reason: str
    done: str
    """`given`, `given_before` or `withdrawn`."""


Told = Resolved | Sequence[Answer]
"""What the command did, or all answers that stand."""


def do(
    catalogue: Catalogue,
    settings: Settings,
    named: str | None,
    reason: str | None,
    speaker: Speaker,
) -> Told:
    """Answers the finding of this id; with no `reason` takes its answer back; with no finding lists
    all answers. FindingError as the functions below.
    """
    if named is None:
        return standing(catalogue)
    if reason is None:
        return withdraw(catalogue, settings, named, speaker)
    return resolve(catalogue, settings, named, reason, speaker)


def resolve(
    catalogue: Catalogue, settings: Settings, named: str, reason: str, speaker: Speaker
) -> Resolved:
    """Answers the finding of this id, of which an unambiguous beginning is enough.

    Raises FindingError where its day's report has none such or several, or the reason is no text.
    """
    said = plain_reason(reason)
    finding = _named(catalogue, settings, named, speaker.at)
    if not said:
        raise FindingError(Message.of("answers.reason_empty", id=finding.id))
    if len(said) > LONGEST:
        raise FindingError(Message.of("answers.reason_long", most=LONGEST))
    with catalogue.transaction() as tx:
        before = answers.of_day(tx, finding.day).get(finding.id)
        if before is not None and before.reason == said:
            return Resolved(finding, said, "given_before")
        answers.give(tx, finding, Speech(said, speaker.by, speaker.at))
    return Resolved(finding, said, "given")


def withdraw(catalogue: Catalogue, settings: Settings, named: str, speaker: Speaker) -> Resolved:
    """Takes back an answer, also one whose finding is there no more; FindingError as `resolve`."""
    id = plain_id(named)
    with catalogue.reading() as tx:
        found = answers.beginning(tx, id)
    one = _only(
        [_known(answer) for answer in found], id, Message.of("answers.none_stands", text=id)
    )
    present = known_findings(settings, catalogue, [one.day], speaker.at).get(one.id, one)
    with catalogue.transaction() as tx:
        answers.withdraw(tx, present, speaker.by, speaker.at)
    return Resolved(present, found[0].reason, "withdrawn")


def standing(catalogue: Catalogue) -> Sequence[Answer]:
    """All answers that stand, the latest first."""
    with catalogue.reading() as tx:
        return answers.everything(tx)


def as_json(told: Told, words: Words, zone: ZoneInfo) -> str:
    del words  # scripts read the same in every language
    if isinstance(told, Resolved):
        finding = told.finding
        body: object = {
            "done": told.done,
            "finding": finding.id,
            "date": finding.day.isoformat(),
            "code": finding.code,
            "about": finding.about,
            "reason": told.reason,
        }
    else:
        body = [_listed(one, zone) for one in told]
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def as_text(told: Told, words: Words, zone: ZoneInfo) -> str:
    lines = _done(told, words) if isinstance(told, Resolved) else _list(told, words, zone)
    return "".join(f"{visible(line)}\n" for line in lines)


def _done(told: Resolved, words: Words) -> Iterator[str]:
    finding = told.finding
    yield words(f"answers.{told.done}", id=finding.id, reason=told.reason)
    yield words("answers.of", what=title(words, finding.code), about=finding.about)
    if told.done == "given":
        yield words("answers.undo_with", id=finding.id)


def _list(told: Sequence[Answer], words: Words, zone: ZoneInfo) -> Iterator[str]:
    if not told:
        yield words("answers.nothing")
    for one in told:
        yield words("answers.line", id=one.finding, what=title(words, one.code), about=one.about)
        at = f"{one.said_at.astimezone(zone):%Y-%m-%d %H:%M}"
        yield words("answers.reason", reason=one.reason, by=one.said_by, at=at)


def _listed(one: Answer, zone: ZoneInfo) -> dict[str, object]:
    return {
        "finding": one.finding,
        "date": one.day.isoformat(),
        "code": one.code,
        "about": one.about,
        "reason": one.reason,
        "by": one.said_by,
        "at": one.said_at.astimezone(zone).isoformat(timespec="seconds"),
    }


def _named(catalogue: Catalogue, settings: Settings, named: str, now: datetime) -> KnownFinding:
    id = plain_id(named)
    day = day_of(id)
    if day is None:
        raise FindingError(Message.of("answers.no_id", text=named))
    found = known_findings(settings, catalogue, [day], now)
    nothing = Message.of("answers.none_found", text=id, day=day)
    return _only([one for key, one in found.items() if key.startswith(id)], id, nothing)


def _only(found: Sequence[KnownFinding], id: str, nothing: Message) -> KnownFinding:
    if not found:
        raise FindingError(nothing)
    if len(found) > 1:
        listed = "".join(f"\n  {one.id}  {one.about}" for one in found[:_SHOWN])
        more = "\n  …" if len(found) > _SHOWN else ""
        raise FindingError(Message.of("answers.several_found", text=id, choices=listed + more))
    return found[0]


def _known(answer: Answer) -> KnownFinding:
    return KnownFinding(answer.finding, answer.day, answer.code, answer.about)
