"""A person's word on a recording: whose it is, or that it stays in holding; and what is remembered.

A word outlives passes, corrected sheets and late recordings: the machine never overrules a person.
What the recording calls the customer, a contact or a number, is evidence from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archive.catalogue import customers, memory, words
from archive.catalogue.database import Transaction
from archive.records import Customer, Recording
from archive.said_records import Confirmed, Kind, Word
from config.language import Message
from ingest.act import Doing, Speaker, do
from ingest.errors import WordError
from ingest.hearing import Ears, heard_as
from ingest.mentioned import Mentioned, by_evidence
from ingest.naming import Whose, customers_named, newcomer, spelt
from matcher.names import relative


@dataclass(frozen=True, slots=True)
class Kept:
    """A name or number that is not remembered, being somebody else's already."""

    kind: Kind
    value: str
    owner: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of a person's word."""

    act: int | None
    """`None` where it had been said before, and nothing changed."""
    recording: Recording
    customer: Customer | None
    learned: tuple[Confirmed, ...] = ()
    forgotten: tuple[Confirmed, ...] = ()
    kept: tuple[Kept, ...] = ()


def assign(
    tx: Transaction,
    recording: Recording,
    of: Whose,
    speaker: Speaker,
    ears: Ears | None,
) -> Spoken:
    """`recording` is this customer's; what it calls them is remembered where `ears` are given.

    WordError where it is disposed of, or to be.
    """
    refuse_disposed(recording)
    word = Word(of.customer.id, of.row.said.key if of.row else None, speaker.by, speaker.at)
    old = memory.of_recordings(tx, [recording.id])
    forgotten = [one for one in old if one.customer != of.customer.id]
    learned: list[Confirmed] = []
    kept: list[Kept] = []
    if ears is not None:
        memory.forget(tx, forgotten)  # so that what was wrongly confirmed is free again
        found = list(_to_remember(tx, recording, of.customer, speaker, ears))
        learned = [one for one in found if isinstance(one, Confirmed)]
        kept = [one for one in found if isinstance(one, Kept)]
    if _says(tx, recording, word) and not (learned or forgotten):
        return Spoken(None, recording, of.customer, kept=tuple(kept))
    doing = Doing("assign", {recording.id: word}, learned, forgotten)
    act = do(tx, doing, speaker)
    return Spoken(act, recording, of.customer, tuple(learned), tuple(forgotten), tuple(kept))


def add(tx: Transaction, text: str) -> Whose:
    """A customer whom no sheet has named; WordError where one of that name and number is known."""
    key, name, numbers = newcomer(text)
    known = customers_named(tx, text) or (() if numbers else customers_named(tx, name))
    if known:
        raise WordError(Message.of("word.not_new", text=text, known=spelt(known[0])))
    id = customers.add_by_person(tx, key, name, numbers)
    return Whose(customers.by_ids(tx, [id])[0], None)


def unassign(tx: Transaction, recording: Recording, speaker: Speaker) -> Spoken:
    """`recording` stays in holding until a person says otherwise; WordError as in `assign`."""
    refuse_disposed(recording)
    word = Word(None, None, speaker.by, speaker.at)
    if _says(tx, recording, word):
        return Spoken(None, recording, None)
    forgotten = memory.of_recordings(tx, [recording.id])
    act = do(tx, Doing("unassign", {recording.id: word}, (), forgotten), speaker)
    return Spoken(act, recording, None, (), tuple(forgotten))


def refuse_disposed(recording: Recording) -> None:
    if recording.disposal is not None:
        raise WordError(Message.of("word.disposed", source=recording.source))


def forget(tx: Transaction, ids: Collection[int], speaker: Speaker) -> Sequence[Confirmed]:
    """Takes back what was confirmed; days that may have gone by it are decided again."""
    known = {one.id: one for one in memory.everything(tx)}
    unknown = [str(id) for id in ids if id not in known]
    if unknown:
        raise WordError(Message.of("word.not_remembered", ids=", ".join(unknown)))
    gone = [known[id] for id in dict.fromkeys(ids)]
    do(tx, Doing("forget", forgotten=gone), speaker)
    return gone


def mentioned_by(tx: Transaction, recording: Recording, ears: Ears) -> Mentioned:
    """The names and numbers that a recording says, under all its names."""
    return by_evidence(*(said for _, said in heard_as(tx, [recording], ears)[recording.id]))


def _says(tx: Transaction, recording: Recording, word: Word) -> bool:
    said = words.of(tx, [recording.id]).get(recording.id)
    return said is not None and (said.customer, said.row) == (word.customer, word.row)


def _to_remember(
    tx: Transaction, recording: Recording, customer: Customer, speaker: Speaker, ears: Ears
) -> Iterator[Confirmed | Kept]:
    """What the recording calls the customer, as far as it is new and nobody else's.

    A contact that only says what somebody is to the phone's owner, `妈妈` or `司机`, names nobody.
    """
    said = mentioned_by(tx, recording, ears)
    names = [
        (Kind.NAME, name) for name in sorted(said.names - {customer.spelling}) if not relative(name)
    ]
    numbers = [(Kind.NUMBER, number) for number in sorted(said.numbers)]
    everyone = customers.everyone(tx)
    for kind, value in [*names, *numbers]:
        owners = {one.id for one in everyone if _has(one, kind, value)}
        if (confirmed := memory.owner(tx, kind, value)) is not None:
            owners.add(confirmed)
        others = [one.name for one in everyone if one.id in owners and one.id != customer.id]
        if others:
            yield Kept(kind, value, others[0])
        elif not owners:
            yield Confirmed(customer.id, kind, value, recording.id, speaker.by, speaker.at)


def _has(customer: Customer, kind: Kind, value: str) -> bool:
    if kind is Kind.NUMBER:
        return value in customer.numbers
    return customer.spelling == value
