"""`callvault review`: a walk through what is held, the best candidates first, a key to confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from archive.catalogue import recordings, words
from archive.catalogue.database import Transaction
from archive.number_ranges import ranges
from archive.records import Recording, Weighed
from config.language import Message
from ingest.desk import Desk, Told, as_json, lines, recording_json
from ingest.errors import WordError
from ingest.naming import Whose, whose_row
from ingest.undo_told import undone_lines
from ingest.undoing import undo
from ingest.word import assign, unassign
from ingest.word_told import spoken_lines

MOST = 5
"""Candidates that are shown."""
QUIT, SKIP, NOBODY, UNDO = "q", "s", "n", "u"


@dataclass(frozen=True, slots=True)
class _Answer:
    act: int
    at: int
    """Where in the queue it was given."""
    key: str


def queue(tx: Transaction, day: date | None = None) -> list[Recording]:
    """What is held and waits for a person, the one with the likeliest candidate first."""
    held = recordings.held(tx, day)
    said = words.of(tx, [one.id for one in held])
    return sorted([one for one in held if one.id not in said], key=_likeliest_first)


def _likeliest_first(one: Recording) -> tuple[float, int]:
    best = max((found.weight for found in _candidates(one)), default=float("-inf"))
    return -best, one.id


def _candidates(one: Recording) -> Sequence[Weighed]:
    return one.outcome.candidates[:MOST] if one.outcome else ()


def tell_queue(desk: Desk, day: date | None) -> Told:
    """What the walk would go through, as JSON, without asking."""
    with desk.reading() as tx:
        held = queue(tx, day)
    _enter(desk, held)
    return Told(as_json([_as_json(desk, one) for one in held]))


def walk(
    desk: Desk, day: date | None, ask: Callable[[str], str], tell: Callable[[str], None]
) -> Told:
    """Asks about each held recording in turn, and carries out what is said at once.

    `ask` shows a prompt and returns one key; nothing means that there are no more.
    """
    with desk.reading() as tx:
        waiting = queue(tx, day)
    if not waiting:
        return Told(lines(desk.words("word.nothing_held")))
    _enter(desk, waiting)
    given, at, count = list[_Answer](), 0, len(waiting)
    while at < count:
        one = desk.after(waiting[at].id)
        if one.filed or _spoken_of(desk, one):  # clear by what was confirmed meanwhile
            at += 1
            continue
        tell(lines(*_shown(desk, one, at + 1, count)).rstrip("\n"))
        key = ask(desk.words("word.keys", most=max(len(_candidates(one)), 1))).strip().lower()
        if key in ("", QUIT):
            break
        if key == UNDO:
            at = _take_back(desk, given, at, tell)
        elif key == SKIP:
            at += 1
        elif (act := _say(desk, one, key, tell)) is not None:
            given.append(_Answer(act, at, key))
            at += 1
    followed = desk.follow()
    with desk.reading() as tx:
        left = len(queue(tx, day))
    kept = sum(answer.key == NOBODY for answer in given)
    said = desk.words("word.reviewed", confirmed=len(given) - kept, kept=kept, left=left)
    return Told(lines(said), desk.notes(followed))


def _enter(desk: Desk, held: Sequence[Recording]) -> None:
    """Who says whose a recording is needs the whole numbers, and is shown them."""
    shown = {"command": "review", "recordings": ranges(one.id for one in held)}
    desk.enter("numbers_shown", shown)


def _spoken_of(desk: Desk, one: Recording) -> bool:
    with desk.reading() as tx:
        return bool(words.of(tx, [one.id]))


def _say(desk: Desk, one: Recording, key: str, tell: Callable[[str], None]) -> int | None:
    """Carries out what a key says; the act's number, or `None` where it says nothing."""
    found = _candidates(one)
    try:
        with desk.writing() as tx:
            if key == NOBODY:
                spoken = unassign(tx, one, desk.speaker)
            elif key.isdecimal() and 0 < int(key) <= len(found):
                of = _as_shown(tx, one, found[int(key) - 1])
                spoken = assign(tx, one, of, desk.speaker, desk.ears)
            else:
                tell(desk.said("word.no_such_key", key=key))
                return None
    except WordError as error:
        tell(desk.words.say(error.message))
        return None
    followed = desk.follow(mirror=False)
    tell(lines(*spoken_lines(desk, spoken, followed)))
    return spoken.act


def _as_shown(tx: Transaction, one: Recording, shown: Weighed) -> Whose:
    """Whose the row is that was shown; WordError where a sheet came in since and it is another."""
    of = whose_row(tx, shown.row)
    now = recordings.by_ids(tx, [one.id])[0]
    row = of.row.said.customer_name if of.row else None
    if now.outcome != one.outcome or row != shown.customer:
        raise WordError(Message.of("word.changed_meanwhile"))
    return of


def _take_back(desk: Desk, given: list[_Answer], at: int, tell: Callable[[str], None]) -> int:
    """Undoes the last thing that was said here, and goes back to that recording."""
    if not given:
        tell(desk.words("word.nothing_to_take_back"))
        return at
    last = given.pop()
    try:
        with desk.writing() as tx:
            undone = undo(tx, str(last.act), desk.roots, desk.speaker)
    except WordError as error:  # somebody decided it anew
        tell(desk.words.say(error.message))
        return at
    desk.follow(mirror=False)
    tell(lines(*undone_lines(desk, undone)))
    return last.at


def _shown(desk: Desk, one: Recording, at: int, count: int) -> list[str]:
    seconds = one.probed.duration_seconds if one.probed else None
    length = "" if seconds is None else desk.words("word.seconds", seconds=f"{seconds:.0f}")
    told = [desk.said("word.held", at=at, count=count, source=one.source, length=length)]
    if one.outcome is not None:
        told.append("  " + desk.words(f"reasons.why_{one.outcome.why}"))
    for key, found in enumerate(_candidates(one), 1):
        reasons = "; " if desk.words.language == "en" else "；"
        told.append(
            desk.said(
                "word.candidate",
                key=key,
                customer=found.customer or "?",
                sheet=found.sheet,
                line=found.line,
                reasons=reasons.join(desk.words.say(reason) for reason in found.reasons),
            )
        )
    return told if _candidates(one) else [*told, desk.words("word.no_candidates")]


def _as_json(desk: Desk, one: Recording) -> dict[str, object]:
    return {
        **recording_json(one),
        "duration_seconds": one.probed.duration_seconds if one.probed else None,
        "why": one.outcome.why if one.outcome else None,
        "candidates": [
            {
                "customer": found.customer,
                "call": {"sheet": found.sheet, "tab": found.tab, "line": found.line},
                "weight": found.weight,
                "reasons": [desk.words.say(reason) for reason in found.reasons],
            }
            for found in _candidates(one)
        ],
    }
