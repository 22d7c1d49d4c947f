"""From the catalogue to the matcher and back: one cluster of days is decided as a whole.

Days hang together where a recording was handed over on one and made on another, or a person named
a row of another. The outcome is a function of the recordings and rows of the cluster, of what
people said, and of the customers named before it, whatever the order in which they came.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from archive.catalogue import acts, customers, disposals, mentions, recordings, sheets, words
from archive.catalogue import log as custody
from archive.catalogue.database import Transaction
from archive.catalogue.rulings import Ruling, decided, rule
from archive.custody import Event
from archive.records import Outcome, Recording, Row, Weighed
from archive.said_records import Change, Place, Word
from config.language import Message
from ingest.hearing import Ears, heard_as
from ingest.known import Acquaintance, acquaintance
from ingest.mentioned import Mentioned, by_evidence, by_row, reopen_later, reopen_others, together
from matcher import evidence
from matcher.customers import identify
from matcher.decision import Candidate, Decision
from matcher.match import match

log = logging.getLogger(__name__)


class PassAct:
    """The act of one pass: entered with the first decision that it changes."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._id: int | None = None

    def changed(self, tx: Transaction, changes: Sequence[Change]) -> None:
        if not changes:
            return
        if self._id is None:
            self._id = acts.begin(tx, acts.PASS, self.at)
        acts.change(tx, self._id, changes, settled=True)


def cluster(tx: Transaction, day: date) -> frozenset[date]:
    """`day` and all days that recordings and people's words tie to it."""
    days = frozenset({day})
    while (wider := words.days_beside(tx, recordings.days_beside(tx, days))) != days:
        days = wider
    return days


def decide(
    tx: Transaction, days: frozenset[date], ears: Ears, act: PassAct, *, mirrored: bool
) -> Sequence[Recording]:
    """Decides all recordings of `days` again and writes down what changed.

    Returns the recordings of these days as they stand afterwards. Where the first mirror is
    `mirrored` to, it is owed what comes back of those that were to go and stay.
    """
    held = recordings.of_days(tx, days)
    rows = sheets.rows_of_days(tx, days)
    told = _hear(tx, held, ears)
    known = acquaintance(tx, _note(tx, days, rows, told), days)
    named, ids = _identified(tx, days, rows, known, ears.timezone)
    said = words.of(tx, [one.id for one in held])
    people = customers.by_ids(tx, {word.customer for word in said.values() if word.customer})
    ids |= {one.key: one.id for one in people}
    by_key = {row.said.key: row for row in rows}
    said = _where_they_count(tx, said, by_key)
    heard = _with_words(told, said, {one.id: one.key for one in people}, named)
    decisions = match(list(heard.values()), named, known=known.with_rows(named))
    rulings = [
        _ruling(recording, decision, by_key, ids)
        for recording, decision in zip(held, decisions, strict=True)
    ]
    _take_back(tx, held, rulings, act.at, mirrored=mirrored)
    changed = _write(tx, held, rulings, act)
    log.info("%d recordings, %d rows: %d decisions changed", len(held), len(rows), changed)
    return recordings.of_days(tx, days)


def _hear(
    tx: Transaction, held: Sequence[Recording], ears: Ears
) -> Mapping[int, tuple[Recording, evidence.Heard]]:
    """What each recording says, under all names under which its bytes were handed over."""
    said = heard_as(tx, held, ears)
    heard = {}
    for one in held:
        own, *also = (_local(found, ears.timezone) for _, found in said[one.id])
        length = one.probed.duration_seconds if one.probed else None
        heard[one.id] = (one, evidence.Heard(one.sha256, one.day, own, tuple(also), length))
    return heard


def _local(found: evidence.Evidence, timezone: ZoneInfo) -> evidence.Evidence:
    """The matcher takes the date as it stands."""
    if found.started_at is None:
        return found
    return replace(found, started_at=found.started_at.astimezone(timezone))


def _note(
    tx: Transaction,
    days: Collection[date],
    rows: Sequence[Row],
    told: Mapping[int, tuple[Recording, evidence.Heard]],
) -> Mentioned:
    """All that is said on these days; the catalogue keeps by what they are found again."""
    by_day: dict[date, list[Mentioned]] = {day: [] for day in days}
    for row in rows:
        by_day[row.said.day].append(by_row(row.said))
    for recording, heard in told.values():
        by_day[recording.day].append(by_evidence(heard.evidence, *heard.also))
    mentions.note(tx, {day: together(said).values for day, said in by_day.items()})
    return together(said for of_day in by_day.values() for said in of_day)


def _identified(
    tx: Transaction,
    days: Collection[date],
    rows: Sequence[Row],
    known: Acquaintance,
    timezone: ZoneInfo,
) -> tuple[Sequence[evidence.Row], dict[str, int]]:
    """The rows with their customers, and the catalogue's number of each customer."""
    said = [_row(row, timezone) for row in rows]
    identified = identify(said, known.to_rows, known.later)
    ids = {one.key: one.id for one in known.customers}
    for new in identified.new:
        ids[new.customer] = customers.register(tx, new.customer, new.name, new.numbers)
    renamed, news = [], []
    for row, named in zip(rows, identified.rows, strict=True):
        customer = ids[named.customer] if named.customer else None
        if customer is not None:
            customers.learn(tx, customer, named.numbers)
        if row.customer != customer:
            sheets.name_customer(tx, row.id, customer)
            renamed.append((row.said.day, by_row(row.said)))
            news.append(_news(row, customer, known))
    reopen_later(tx, renamed)
    reopen_others(tx, news, but=days)
    return identified.rows, ids


def _news(row: Row, customer: int | None, known: Acquaintance) -> Mentioned:
    """What no other day tells of the customer whom a row names by now; all, of whom it named."""
    said = by_row(row.said)
    if customer is None or row.customer is not None:
        return said
    there = known.elsewhere.get(customer)
    return said if there is None else Mentioned(numbers=said.numbers - there)


def _row(row: Row, timezone: ZoneInfo) -> evidence.Row:
    said = row.said
    return evidence.Row(
        key=said.key,
        day=said.day,
        name=said.customer_name,
        numbers=said.numbers,
        called_at=said.called_at.astimezone(timezone) if said.called_at else None,
        precision=evidence.Precision(said.precision) if said.precision else None,
        collector=said.collector,
        reached=said.reached,
        duration_seconds=said.duration_seconds,
        misread=said.misread,
        masked=said.masked,
        of_others=said.of_others,
    )


def _where_they_count(
    tx: Transaction, said: Mapping[int, Word], rows: Mapping[str, Row]
) -> Mapping[int, Word]:
    """The words with the rows that count now: a row's sheet may have become another's copy."""
    lines = sheets.same_lines(tx, {one.row for one in said.values() if one.row} - rows.keys())
    return {
        id: replace(one, row=lines[one.row].key) if one.row and one.row in lines else one
        for id, one in said.items()
    }


def _with_words(
    told: Mapping[int, tuple[Recording, evidence.Heard]],
    said: Mapping[int, Word],
    keys: Mapping[int, str],
    rows: Sequence[evidence.Row],
) -> Mapping[int, evidence.Heard]:
    named = {row.key: row.customer for row in rows}
    return {
        id: replace(heard, word=_word(said[id], keys, named)) if id in said else heard
        for id, (_, heard) in told.items()
    }


def _word(said: Word, keys: Mapping[int, str], named: Mapping[str, str | None]) -> evidence.Word:
    """What a person said; the row only while it is that customer's, for its line may be another's
    since the sheet was corrected.
    """
    if said.customer is None:
        return evidence.Word(None)
    customer = keys[said.customer]
    theirs = said.row is not None and named.get(said.row) == customer
    return evidence.Word(customer, said.row if theirs else None)


def _take_back(
    tx: Transaction,
    held: Sequence[Recording],
    rulings: Sequence[Ruling],
    now: datetime,
    *,
    mirrored: bool,
) -> None:
    """Takes back the orders on recordings that are another's, or nobody's: they were to go as this
    customer's, and the other may be under legal hold, or have been called yesterday.
    """
    others = [
        (one, ruling)
        for one, ruling in zip(held, rulings, strict=True)
        if one.disposal == disposals.ORDERED and ruling.customer != one.customer
    ]
    for why, nobodys in (("reassigned", False), ("undecided", True)):
        if back := [one for one, ruling in others if (ruling.customer is None) == nobodys]:
            disposals.withdraw(tx, back, why, now, mirrored=mirrored)
    for one, _ in others:
        log.warning("recording %d is decided anew and stays", one.id)


def _write(
    tx: Transaction, held: Sequence[Recording], rulings: Sequence[Ruling], act: PassAct
) -> int:
    """Writes down the decisions that are others than before; returns how many those are.

    What follows from a person's word belongs to that act, all else to the pass.
    """
    keys = _keys_before(tx, held, rulings)
    after = {one.recording: Place(one.customer, one.row_key) for one in rulings}
    said = acts.unsettled(tx, after)
    changes, changed, entries = list[Change](), list[Ruling](), list[Event]()
    for recording, ruling in zip(held, rulings, strict=True):
        before = Place(recording.customer, keys.get(recording.row) if recording.row else None)
        as_it_was = (recording.outcome, recording.customer, recording.row)
        gone = recording.disposal == disposals.DISPOSED
        if gone and ruling.customer != recording.customer:
            continue  # its bytes went as this customer's, and nobody can hear them again
        if as_it_was != (ruling.outcome, ruling.customer, ruling.row):
            changed.append(ruling)
            verdict = recording.outcome.verdict if recording.outcome else None
            if (verdict, before) != (ruling.outcome.verdict, after[recording.id]):
                entries.append(decided(ruling, recording.sha256))
        if before != after[recording.id] and recording.id not in said:
            changes.append(Change(recording.id, before, after[recording.id], None, None))
    rule(tx, changed)
    acts.settle(tx, {id: after[id] for id in said})
    act.changed(tx, changes)
    custody.append(tx, entries, act.at)
    return len(changed)


def _keys_before(
    tx: Transaction, held: Sequence[Recording], rulings: Sequence[Ruling]
) -> Mapping[int, str]:
    """The key of each row that recordings have, where it counts now: that the same line counts in
    an equal sheet is no change.
    """
    keys = sheets.keys(tx, {one.row for one in held if one.row is not None})
    lines = sheets.same_lines(tx, set(keys.values()) - {one.row_key for one in rulings})
    return {id: lines[key].key if key in lines else key for id, key in keys.items()}


def _ruling(
    recording: Recording,
    decision: Decision,
    rows: Mapping[str, Row],
    ids: Mapping[str, int],
) -> Ruling:
    outcome = Outcome(
        verdict=decision.verdict,
        why=decision.why,
        candidates=tuple(_weighed(one, rows) for one in decision.candidates),
    )
    return Ruling(
        recording=recording.id,
        outcome=outcome,
        customer=ids[decision.customer] if decision.customer else None,
        row=rows[decision.row].id if decision.row else None,
        row_key=decision.row,
        customer_key=decision.customer,
    )


def _weighed(candidate: Candidate, rows: Mapping[str, Row]) -> Weighed:
    row = rows[candidate.row]
    return Weighed(
        row=candidate.row,
        sheet=row.sheet,
        tab=row.said.tab,
        line=row.said.line,
        customer=row.said.customer_name,
        weight=round(candidate.weight, 3),
        reasons=tuple(
            Message(f"reasons.{reason.code}", reason.values) for reason in candidate.reasons
        ),
        weights=tuple(round(reason.weight, 3) for reason in candidate.reasons),
    )
