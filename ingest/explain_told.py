"""`callvault explain`: an explanation in the office's language, or as JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.catalogue import customers
from archive.records import Weighed
from config.visible import visible
from ingest.desk import Desk, Told, as_json, recording_json
from ingest.explaining import Explanation, apart, explain, remedies, strength
from ingest.naming import recording_named
from matcher.evidence import Evidence


def tell_explain(desk: Desk, named: str, form: str) -> Told:
    """Raises WordError where the recording is not known, or could be several."""
    with desk.reading() as tx:
        explained = explain(tx, recording_named(tx, named, desk.roots), desk.ears)
        word = explained.word
        said = customers.by_ids(tx, [word.customer]) if word and word.customer else ()
    shown = {"command": "explain", "recordings": str(explained.recording.id)}
    desk.enter("numbers_shown", shown)
    if form == "json":
        return Told(as_json(_as_json(desk, explained, said[0].name if said else None)))
    told = "\n".join(visible_lines(_lines(desk, explained)))
    return Told(told + "\n")


def visible_lines(told: Iterable[str]) -> Iterator[str]:
    for one in told:
        yield from (visible(line) for line in one.split("\n"))


def _lines(desk: Desk, explained: Explanation) -> Iterator[str]:
    words, recording = desk.words, explained.recording
    if recording.filed:
        customer = recording.customer_name
        yield words(
            "explain.filed", source=recording.source, customer=customer, path=recording.path
        )
        yield _call(desk, explained)
    else:
        yield words("explain.held", source=recording.source, path=recording.path)
    if (disposal := explained.disposal) is not None:
        key = "explain.to_be_disposed" if disposal.disposed_at is None else "explain.disposed"
        at = desk.minute(disposal.disposed_at or disposal.said_at)
        yield words(key, at=at, by=disposal.said_by, reason=disposal.reason)
    if explained.withdrawn is not None:
        yield words("explain.withdrawn", customer=explained.withdrawn)
    yield _decision(desk, explained)
    for source, evidence in explained.said:
        reader = words(f"inspect.reader_{evidence.reader}")
        said = words("explain.and").join(_said(desk, evidence)) or words("explain.nothing")
        yield words("explain.evidence", source=source, reader=reader, said=said)
    for candidate in explained.candidates:
        yield from _candidate(desk, candidate)
    yield from _apart(desk, explained)
    if explained.disposal is None:
        yield words("explain.change")
        yield from _remedies(desk, explained)


def _call(desk: Desk, explained: Explanation) -> str:
    row = explained.row
    if row is None:
        return desk.words("explain.no_row")
    return desk.words("explain.row", sheet=row.sheet, tab=row.said.tab, line=row.said.line)


def _remedies(desk: Desk, explained: Explanation) -> Iterator[str]:
    day = explained.recording.call_day(desk.settings.office.timezone)
    yield from (desk.words.say(one) for one in remedies(explained, day.isoformat()))


def _decision(desk: Desk, explained: Explanation) -> str:
    if explained.word is not None:
        key = "explain.said_held" if explained.word.customer is None else "explain.said_whose"
        at = desk.minute(explained.word.said_at)
        return desk.words(key, by=explained.word.said_by, at=at)
    if explained.why is None:
        return desk.words("explain.undecided")
    return desk.words("explain.decision", why=desk.words(f"reasons.why_{explained.why}"))


def _said(desk: Desk, said: Evidence) -> Iterator[str]:
    words = desk.words
    if said.contact:
        yield words("explain.contact", contact=said.contact)
    if said.surname:
        yield words("explain.surname", surname=said.surname)
    if said.note:
        yield words("explain.note", note=said.note)
    if said.numbers:
        yield words("explain.numbers", numbers=" ".join(said.numbers))
    if said.started_at:
        at = said.started_at
        day_alone = said.precision == "day"
        told = desk.local(at).date().isoformat() if day_alone else desk.minute(at)
        yield words("explain.time", at=told)
    if said.collector:
        yield words("explain.collector", collector=said.collector)


def _candidate(desk: Desk, one: Weighed) -> Iterator[str]:
    yield desk.words(
        "explain.candidate", customer=one.customer or "?", sheet=one.sheet, line=one.line
    )
    weights = one.weights or (0.0,) * len(one.reasons)
    for reason, weight in sorted(
        zip(one.reasons, weights, strict=True), key=lambda pair: -abs(pair[1])
    ):
        word = desk.words(f"explain.{strength(weight)}")
        yield desk.words("explain.reason", strength=word, reason=desk.words.say(reason))


def _apart(desk: Desk, explained: Explanation) -> Iterator[str]:
    """What the likeliest has and the next has not, and the other way round."""
    pair = apart(explained)
    if pair is None:
        return
    first, second = pair
    names = [f"{one.customer or '?'} ({one.line})" for one in pair]
    told = [*_only(desk, first, second, names[0]), *_only(desk, second, first, names[1])]
    key = "explain.apart" if told else "explain.apart_not"
    difference = desk.words("explain.and").join(told)
    yield desk.words(key, first=names[0], second=names[1], difference=difference)


def _only(desk: Desk, one: Weighed, other: Weighed, name: str) -> Iterator[str]:
    for reason in one.reasons:
        if reason not in other.reasons:
            yield desk.words("explain.only", customer=name, reason=desk.words.say(reason))


def _as_json(desk: Desk, explained: Explanation, customer: str | None) -> dict[str, object]:
    recording, word = explained.recording, explained.word
    row = explained.row
    return {
        **recording_json(recording),
        "status": recording.disposal or ("filed" if recording.filed else "held"),
        "customer": recording.customer_name,
        "call": {"sheet": row.sheet, "tab": row.said.tab, "line": row.said.line} if row else None,
        "why": explained.why,
        "decision": _decision(desk, explained),
        "word": {
            "customer": customer,
            "row": word.row,
            "by": word.said_by,
            "at": desk.instant(word.said_at),
        }
        if word
        else None,
        "withdrawn_from": explained.withdrawn,
        "evidence": [
            {"source": source, "reader": said.reader, "says": list(_said(desk, said))}
            for source, said in explained.said
        ],
        "candidates": [_candidate_json(desk, one) for one in explained.candidates],
        "what_would_change_it": list(_remedies(desk, explained)),
    }


def _candidate_json(desk: Desk, one: Weighed) -> dict[str, object]:
    weights: Sequence[float | None] = one.weights or (None,) * len(one.reasons)
    return {
        "customer": one.customer,
        "call": {"sheet": one.sheet, "tab": one.tab, "line": one.line},
        "weight": one.weight,
        "reasons": [
            {"says": desk.words.say(reason), "weight": weight}
            for reason, weight in zip(one.reasons, weights, strict=True)
        ],
    }
