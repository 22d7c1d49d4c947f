"""The custody log shows whether anybody changed the past."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.custody import GENESIS, Entry, Event, broken, chain
from tests.archive.small_archive import AT, SmallArchive

DETAILS = st.dictionaries(
    st.sampled_from(["customer", "path", "original_name", "line"]),
    st.none() | st.integers() | st.text(),
)
EVENTS = st.builds(
    Event, st.sampled_from(["admitted", "filed", "mirrored"]), st.text(max_size=64), DETAILS
)
LOGS = st.lists(EVENTS, min_size=2, max_size=8)


def written(events: Sequence[Event]) -> list[Entry]:
    """The log of these events, one a minute."""
    entries: list[Entry] = []
    for minute, event in enumerate(events):
        last = entries[-1] if entries else None
        entries.append(chain(event, AT + timedelta(minutes=minute), last))
    return entries


def rehashed(entry: Entry) -> Entry:
    """What somebody writes who knows how the log is made."""
    digest = hashlib.sha256(f"{entry.previous}\n{entry.entry}".encode()).hexdigest()
    return replace(entry, hash=digest)


@given(st.lists(EVENTS, max_size=8))
def test_a_log_that_nobody_touched_holds(events: list[Event]) -> None:
    assert broken(written(events)) is None


CHANGES: dict[str, Callable[[Entry], Entry]] = {
    "another year": lambda one: replace(one, entry=one.entry.replace("2026", "2025", 1)),
    "a space": lambda one: replace(one, entry=one.entry + " "),
    "nothing": lambda one: replace(one, entry=""),
    "previous": lambda one: replace(one, previous="f" * 64),
    "previous, hashed anew": lambda one: rehashed(replace(one, previous="f" * 64)),
    "hash": lambda one: replace(one, hash="f" * 64),
    "number": lambda one: replace(one, seq=one.seq + 1),
}


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=25)
@given(log=LOGS.map(written), data=st.data())
def test_a_changed_entry_is_found(change: str, log: list[Entry], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(log) - 1))
    log[at] = CHANGES[change](log[at])
    assert broken(log) == at + 1


@given(LOGS, st.data())
def test_a_change_that_was_hashed_anew_is_found_at_the_next_entry(
    events: list[Event], data: st.DataObject
) -> None:
    log = written(events)
    at = data.draw(st.integers(0, len(log) - 2))
    log[at] = rehashed(replace(log[at], entry=log[at].entry.replace("2026", "2025", 1)))
    assert broken(log) == at + 2


@given(LOGS, st.data())
def test_a_removed_entry_is_found(events: list[Event], data: st.DataObject) -> None:
    log = written(events)
    at = data.draw(st.integers(0, len(log) - 2))
    del log[at]
    assert broken(log) == at + 1


@given(LOGS)
def test_a_log_whose_beginning_was_cut_off_is_found_though_the_rest_was_hashed_anew(
    events: list[Event],
) -> None:
    rest: list[Entry] = []
    for one in written(events)[1:]:
        rest.append(rehashed(replace(one, previous=rest[-1].hash if rest else GENESIS)))
    assert broken(rest) == 1


@given(LOGS, EVENTS, st.data())
def test_an_inserted_entry_is_found(events: list[Event], event: Event, data: st.DataObject) -> None:
    log = written(events)
    at = data.draw(st.integers(0, len(log) - 1))
    log.insert(at, chain(event, AT, log[at - 1] if at else None))
    assert broken(log) == at + 2


@given(LOGS, st.data())
def test_a_repeated_entry_is_found(events: list[Event], data: st.DataObject) -> None:
    log = written(events)
    at = data.draw(st.integers(0, len(log) - 1))
    log.insert(at, log[at])
    assert broken(log) == at + 2


@given(LOGS, st.data())
def test_two_entries_that_changed_places_are_found(
    events: list[Event], data: st.DataObject
) -> None:
    log = written(events)
    first, second = sorted(
        data.draw(st.lists(st.integers(0, len(log) - 1), min_size=2, max_size=2, unique=True))
    )
    log[first], log[second] = log[second], log[first]
    assert broken(log) == first + 1


@given(LOGS)
def test_a_log_that_begins_anew_in_the_middle_is_found(events: list[Event]) -> None:
    assert broken([*written(events), *written(events)]) == len(events) + 1


@pytest.mark.parametrize("text", ["", "no JSON", "[1]", "1", '"seq"', '{"seq":2}', '{"a":1}'])
def test_an_entry_that_does_not_say_its_own_number_is_found(text: str) -> None:
    forged = rehashed(Entry(1, text, GENESIS, ""))
    assert broken([forged]) == 1


@given(EVENTS)
@example(Event("filed", "0" * 64, {"customer": "张\u202e三", "path": "a\nb"}))
def test_an_entry_says_what_happened_when_and_to_which_bytes(event: Event) -> None:
    said = json.loads(chain(event, AT, None).entry)
    assert said["at"] == "2026-11-16T17:00:00+08:00"
    assert (said["event"], said["sha256"]) == (event.event, event.sha256)
    assert said.items() >= dict(event.details).items()


def test_equal_events_are_written_in_equal_bytes_whatever_the_order_of_their_details() -> None:
    one = chain(Event("filed", "ab", {"customer": "张三", "path": "x"}), AT, None)
    other = chain(Event("filed", "ab", {"path": "x", "customer": "张三"}), AT, None)
    assert one == other
    assert "张三" in one.entry


def test_the_catalogues_log_holds_and_shows_an_edit_in_the_database(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    archive.move(held, "张三/2026-11-16/a.mp3")
    archive.admit(b"another call", "2026-11-16/王芳/b.mp3")
    assert [json.loads(entry.entry)["event"] for entry in archive.custody()] == [
        "admitted",
        "filed",
        "admitted",
    ]
    assert broken(archive.custody()) is None
    with archive.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE custody SET entry = replace(entry, '张三', '李四')")
    assert broken(archive.custody()) == 2
