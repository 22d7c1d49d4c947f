"""What BCR writes beside a recording, read without trusting any of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sidecar import MOST_BYTES, owners, read_sidecar, recalled, remembered
from matcher.evidence import Direction, Evidence, Precision

CHINA = timezone(timedelta(hours=8))
STARTED = datetime(2026, 11, 16, 9, 12, 7, tzinfo=CHINA)


def party(number: str | None, contact: str | None = None, caller: str | None = None) -> Any:
    return {
        "phone_number": number,
        "phone_number_formatted": number and f"{number[:-8]} {number[-8:-4]} {number[-4:]}",
        "caller_name": caller,
        "contact_name": contact,
    }


def written(*calls: Any, **other: Any) -> bytes:
    """A sidecar as BCR 1.80 writes it; `other` replaces some of its values."""
    said = {
        "timestamp_unix_ms": int(STARTED.timestamp() * 1000) + 88,
        "timestamp": "2026-11-16T09:12:07.088+08:00",
        "direction": "out",
        "sim_slot": 1,
        "call_log_name": None,
        "calls": calls,
        "output": {"format": {"type": "OGG/Opus"}, "recording": {"duration_secs_total": 27.3}},
    }
    return json.dumps(said | other, ensure_ascii=False, indent=4).encode()


def read(*calls: Any, **other: Any) -> Evidence:
    found = read_sidecar(written(*calls, **other))
    assert found is not None
    return found


def test_a_sidecar_tells_who_was_called_when_and_by_whom() -> None:
    assert read(party("+8615405381201", "陈建国 逾期2期")) == Evidence(
        reader="sidecar",
        contact="陈建国",
        note="逾期2期",
        numbers=("15405381201",),
        started_at=STARTED,
        precision=Precision.SECOND,
        direction=Direction.OUT,
    )


def test_a_title_tells_the_surname_alone() -> None:
    found = read(party("15405381201", "老王"))
    assert (found.contact, found.surname) == (None, "王")


def test_what_the_phone_does_not_know_stays_empty() -> None:
    found = read(party(None), direction=None, timestamp=None, timestamp_unix_ms=1794791527088)
    assert (found.contact, found.numbers, found.direction) == (None, (), None)
    assert found.started_at == datetime.fromtimestamp(1794791527, UTC)


def test_the_callers_own_name_stands_in_for_a_contact() -> None:
    assert read(party("15405381201", None, "陈建国")).contact == "陈建国"


def test_a_conference_names_all_its_numbers_and_no_contact() -> None:
    found = read(
        party("15405381201", "陈建国"), party("15405381202", "刘海燕"), direction="conference"
    )
    assert found.numbers == ("15405381201", "15405381202")
    assert (found.contact, found.direction) == (None, None)


def test_two_times_that_differ_are_none() -> None:
    found = read(party("15405381201"), timestamp="2026-11-16T10:12:07.088+08:00")
    assert (found.started_at, found.precision) == (None, None)


@pytest.mark.parametrize(
    ("timestamp", "milliseconds"),
    [
        ("2026-11-16T09:12:07", None),  # whose time?
        ("1970-01-01T08:00:05+08:00", 5000),  # a phone that lost its clock
        ("yesterday", "1794791527088"),
        (None, 10**30),
        (None, True),
        (20261116, 1.5),
    ],
)
def test_a_time_that_cannot_be_believed_is_none(timestamp: Any, milliseconds: Any) -> None:
    found = read(party("15405381201"), timestamp=timestamp, timestamp_unix_ms=milliseconds)
    assert found.started_at is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"null",
        b'"a text"',
        b"[1, 2]",
        b"{}",
        b'{"calls": 5, "timestamp": []}',
        b'{"calls": [[], 5, {"phone_number": 15405381201}]}',
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b'{"calls": ' + b"[" * 60_000,
        b'{"timestamp_unix_ms": ' + b"9" * 5000 + b"}",
        b'{"name": "another program", "version": 3}',
    ],
)
def test_other_contents_say_nothing(text: bytes) -> None:
    assert read_sidecar(text) is None


def test_a_file_beyond_all_measure_says_nothing() -> None:
    assert read_sidecar(written(party("15405381201"), padding=" " * MOST_BYTES)) is None


def test_what_cannot_be_printed_is_no_part_of_a_name() -> None:
    sidecar = written(party("15405381201", "X")).replace(b'"X"', rb'"\ud800\u0000\u202e\u9648 X"')
    found = read_sidecar(sidecar)
    assert found is not None
    assert (found.contact or "").isprintable()
    (found.contact or "").encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["timestamp", "timestamp_unix_ms", "calls", "direction", "phone_number"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_at_all_is_an_error(value: object) -> None:
    read_sidecar(json.dumps(value).encode())


@pytest.mark.parametrize(
    "evidence",
    [
        read(party("+8615405381201", "陈建国 逾期2期")),
        read(party("15405381201", "老王"), direction="in"),
        read(party("15405381201"), timestamp=None, timestamp_unix_ms=None, direction=None),
    ],
)
def test_what_is_remembered_is_what_was_read(evidence: Evidence) -> None:
    assert recalled(remembered(evidence)) == evidence


# Whose it is


@pytest.mark.parametrize(
    ("sources", "owned"),
    [
        (["a/x.oga", "a/x.json"], {"a/x.json": "a/x.oga"}),
        (["a/x.oga", "a/x.oga.json"], {"a/x.oga.json": "a/x.oga"}),
        (["a/x.oga", "a/x.JSON"], {"a/x.JSON": "a/x.oga"}),
        (["a/20261116_091207.088+0800.oga", "a/20261116_091207.088+0800.json"],
         {"a/20261116_091207.088+0800.json": "a/20261116_091207.088+0800.oga"}),
        (["a/x.oga", "b/x.json"], {}),
        (["a/x.oga", "a/x.m4a", "a/x.json"], {}),
        (["a/x.oga", "a/x.m4a", "a/x.m4a.json"], {"a/x.m4a.json": "a/x.m4a"}),
        (["a/x.xlsx", "a/x.json"], {}),
        (["a/x.oga", "a/._x.json"], {}),
        (["a/x.oga", "a/.json"], {}),
        (["a/x.json"], {}),
    ],
)  # fmt: skip
def test_a_sidecar_belongs_to_the_one_recording_of_its_name(
    sources: list[str], owned: dict[str, str]
) -> None:
    assert owners(sources) == owned
    assert owners(reversed(sources)) == owned
