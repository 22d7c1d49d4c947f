"""Recordings in the catalogue: what is entered comes back, and custody and outbox go along."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from archive.catalogue import learnt, log, recordings
from archive.custody import broken
from archive.errors import CatalogueError
from archive.records import Outcome, Probed, Recording, Weighed
from config.language import Message
from tests.archive.small_archive import (
    AT,
    COMPLETE,
    DAY,
    MATCHED,
    UNMATCHED,
    SmallArchive,
    row,
    sha256,
    sheet,
)

FILED = "张三/2026-11-16/20261116_张三.mp3"
STARTED = AT.replace(hour=10, minute=30)
YESTERDAY = DAY - timedelta(days=1)


def events(archive: SmallArchive) -> list[dict[str, Any]]:
    assert broken(archive.custody()) is None
    return [json.loads(entry.entry) for entry in archive.custody()]


def ids(found: object) -> list[int]:
    assert isinstance(found, list)
    return [one.id for one in found]


# Admission


def test_an_admitted_recording_is_held_and_known_by_its_bytes(archive: SmallArchive) -> None:
    held = archive.admit(b"a call", started_at=STARTED, numbers=("13800138000", "053187654321"))
    assert (
        archive.store.read_sha256(held.path) == (held.sha256, held.size) == (sha256(b"a call"), 6)
    )
    assert (held.source, held.day, held.collector) == ("2026-11-16/王芳/录音.mp3", DAY, "王芳")
    assert (held.started_at, held.precision, held.arrived_at) == (STARTED, "second", AT)
    assert not held.filed
    assert (held.probed, held.outcome, held.customer, held.row, held.target) == (None,) * 5
    with archive.catalogue.transaction() as tx:
        assert recordings.by_sha256(tx, sha256(b"another call")) is None


def test_an_admission_binds_bytes_name_and_collector_in_custody(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    assert events(archive) == [
        {
            "seq": 1,
            "at": AT.isoformat(),
            "event": "admitted",
            "sha256": held.sha256,
            "original_name": "2026-11-16/王芳/录音.mp3",
            "collector": "王芳",
            "handed_over_for": "2026-11-16",
            "arrived_at": AT.isoformat(),
            "size": 6,
            "path": held.path,
        }
    ]


def test_a_mirror_owes_what_is_admitted_and_no_mirror_owes_nothing(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    archive.admit(b"another call", "b.mp3", mirrored=False)
    assert archive.owed() == [f"put {held.path}"]


def test_an_admission_that_cannot_be_entered_leaves_no_trace(archive: SmallArchive) -> None:
    archive.admit(b"a call")
    before = archive.owed(), len(archive.custody())
    with pytest.raises(CatalogueError):
        archive.admit(b"a call", "b/录音.mp3", day=YESTERDAY)
    assert (archive.owed(), len(archive.custody())) == before


def test_bytes_handed_over_again_are_an_event_of_the_recording(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    with archive.catalogue.transaction() as tx:
        recordings.hand_over_again(tx, held, "2026-11-16/李强/录音 (1).mp3", AT)
    last = events(archive)[-1]
    assert (last["event"], last["sha256"]) == ("duplicate", held.sha256)
    assert last["original_name"] == "2026-11-16/李强/录音 (1).mp3"
    assert last["first"] == "2026-11-16/王芳/录音.mp3"


def test_no_event_is_no_entry(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        log.append(tx, [], AT)
    assert archive.custody() == []


# Probing


@pytest.mark.parametrize(
    "probed",
    [
        COMPLETE,
        Probed(
            None,
            None,
            None,
            "damaged",
            True,
            None,
            (("title", "张三"), ("date", "2026")),
            (Message.of("sound.cut_short", seconds="1.5"), Message.of("sound.silent")),
        ),
    ],
)
def test_what_probing_found_comes_back_as_it_was(archive: SmallArchive, probed: Probed) -> None:
    held, later = archive.admit(b"a call"), archive.admit(b"another call", "b.mp3")
    with archive.catalogue.transaction() as tx:
        assert ids(learnt.unprobed(tx)) == [held.id, later.id]
        learnt.probed(tx, {held.id: probed})
        assert ids(learnt.unprobed(tx)) == [later.id]
    assert archive.again(held).probed == probed


# Days


def test_a_recording_belongs_to_the_day_it_came_for_and_the_day_its_name_says(
    archive: SmallArchive,
) -> None:
    today = archive.admit(b"today")
    late = archive.admit(b"late", "late.mp3", call_day=YESTERDAY)
    other = archive.admit(b"other", "other.mp3", day=date(2026, 10, 1))
    with archive.catalogue.transaction() as tx:
        assert ids(recordings.of_days(tx, [DAY])) == [today.id, late.id]
        assert ids(recordings.of_days(tx, [YESTERDAY])) == [late.id]
        assert ids(recordings.of_days(tx, [date(2026, 10, 1), YESTERDAY])) == [late.id, other.id]
        assert recordings.of_days(tx, []) == []
        assert recordings.days_beside(tx, [YESTERDAY]) == {YESTERDAY, DAY}
        assert recordings.days_beside(tx, [date(2026, 10, 1)]) == {date(2026, 10, 1)}
        assert recordings.days_beside(tx, [date(2020, 1, 1)]) == {date(2020, 1, 1)}


# Decisions


def test_a_decision_comes_back_with_its_runners_up_and_reasons(archive: SmallArchive) -> None:
    reasons = (
        Message.of("reasons.name_equal", name="张三"),
        Message.of("reasons.time_near", minutes="3"),
    )
    candidates = (
        Weighed("sheet.xlsx|Sheet1|5", "sheet.xlsx", "Sheet1", 5, "张三", 7.125, reasons),
        Weighed("sheet.xlsx|Sheet1|6", "sheet.xlsx", "Sheet1", 6, None, -1.0, ()),
    )
    held = archive.admit(b"a call")
    ruled = archive.rule(held, Outcome("ambiguous", "tie", candidates))
    assert ruled.outcome == Outcome("ambiguous", "tie", candidates)
    assert (ruled.customer, ruled.path, ruled.filed) == (None, held.path, False)
    (entered,) = archive.enter(sheet(row(5)))
    customer = archive.customer("张三", "13800138000")
    matched = archive.rule(held, MATCHED, customer, entered.id)
    assert (matched.outcome, matched.customer, matched.customer_name) == (MATCHED, customer, "张三")
    assert matched.row == entered.id


# Moves


def matched(archive: SmallArchive, *, mirrored: bool = True) -> Recording:
    held = archive.admit(b"a call", mirrored=mirrored)
    (entered,) = archive.enter(sheet(row(5)))
    return archive.rule(held, MATCHED, archive.customer("张三", "13800138000"), entered.id)


def test_filing_binds_bytes_customer_call_collector_and_name_in_one_entry(
    archive: SmallArchive,
) -> None:
    held = matched(archive)
    filed = archive.move(held, FILED)
    assert (filed.path, filed.target, filed.filed) == (FILED, None, True)
    assert archive.store.read_sha256(FILED)[0] == filed.sha256
    last = events(archive)[-1]
    assert (last["event"], last["sha256"]) == ("filed", filed.sha256)
    assert last["customer"] == "张三"
    assert last["customer_key"] == "张三|13800138000"
    assert last["call"] == {
        "sheet": "2026-11-16/王芳/sheet.xlsx",
        "sheet_sha256": sha256(b"the first version"),
        "tab": "Sheet1",
        "line": 5,
    }
    assert (last["collector"], last["original_name"]) == ("王芳", "2026-11-16/王芳/录音.mp3")
    assert (last["from"], last["path"]) == (held.path, FILED)


def test_a_recording_that_goes_back_to_holding_says_so_in_custody(archive: SmallArchive) -> None:
    filed = archive.move(matched(archive), FILED)
    undecided = archive.rule(filed, UNMATCHED)
    back = archive.move(undecided, "_holding/2026-11-16/back.mp3", filed=False)
    assert not back.filed
    last = events(archive)[-1]
    assert (last["event"], last["customer"], last["call"]["line"]) == ("held", None, None)


def test_the_mirror_follows_a_move(archive: SmallArchive) -> None:
    held = archive.mirrored(matched(archive))
    archive.move(held, FILED)
    assert archive.owed() == [f"put {FILED}", f"remove {held.path}"]


def test_without_a_mirror_a_move_owes_nothing(archive: SmallArchive) -> None:
    archive.move(matched(archive, mirrored=False), FILED, mirrored=False)
    assert archive.owed() == []


def test_a_move_that_was_begun_is_known_until_it_is_ended_or_given_up(
    archive: SmallArchive,
) -> None:
    held = archive.admit(b"a call")
    with archive.catalogue.transaction() as tx:
        recordings.aim(tx, held.id, FILED)
        assert [(one.id, one.target) for one in recordings.aimed(tx)] == [(held.id, FILED)]
        recordings.aim(tx, held.id, None)
        assert recordings.aimed(tx) == []
        assert not recordings.taken(tx, FILED)


def test_a_recording_that_was_not_on_its_way_cannot_arrive(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    with archive.catalogue.transaction() as tx, pytest.raises(ValueError, match="not on its way"):
        recordings.arrive(tx, held, True, AT, True)


# Places


def test_a_place_is_taken_by_who_lies_there_and_who_is_on_the_way(archive: SmallArchive) -> None:
    held = archive.admit(b"a call", "a.mp3")
    with archive.catalogue.transaction() as tx:
        assert recordings.taken(tx, held.path)
        assert recordings.taken(tx, held.path.upper())
        assert not recordings.taken(tx, FILED)
        recordings.aim(tx, held.id, FILED)
        assert recordings.taken(tx, held.path)
        assert recordings.taken(tx, FILED)
        assert recordings.taken(tx, FILED.replace("mp3", "ＭＰ３"))
        assert not recordings.taken(tx, FILED.replace("张三", "李四"))
        asked = [held.path.upper(), FILED.replace("mp3", "ＭＰ３"), FILED.replace("张三", "李四")]
        assert recordings.any_taken(tx, asked) == set(asked[:2])


def test_a_place_that_a_recording_left_is_free_once_its_object_is_removed(
    archive: SmallArchive,
) -> None:
    """Else another recording's object could never be put there: no object is overwritten."""
    held = archive.admit(b"a call")
    other = archive.admit(b"another call", "b.mp3")
    filed = archive.mirrored(archive.move(held, FILED))
    moved = archive.move(filed, "李四/2026-11-16/a.mp3")
    with archive.catalogue.transaction() as tx:
        assert recordings.taken(tx, FILED, other.id)
        assert recordings.taken(tx, FILED)
        assert not recordings.taken(tx, FILED, moved.id)
    archive.mirrored(moved)
    with archive.catalogue.transaction() as tx:
        assert not recordings.taken(tx, FILED, other.id)
        assert recordings.taken(tx, moved.path, other.id)


def test_an_object_keeps_its_place_also_while_no_mirror_is_configured(
    archive: SmallArchive,
) -> None:
    held = archive.mirrored(archive.admit(b"a call"))
    archive.move(held, FILED, mirrored=False)
    with archive.catalogue.transaction() as tx:
        assert recordings.taken(tx, held.path)
        assert not recordings.taken(tx, held.path, held.id)


def test_what_came_under_a_source_is_found_and_what_lies_there_now(archive: SmallArchive) -> None:
    first = archive.admit(b"first")
    second = archive.admit(b"second")
    archive.admit(b"third", "2026-11-16/王芳/other.mp3")
    with archive.catalogue.reading() as tx:
        found = recordings.handed_over_as(tx, [first.source])
    assert sorted(found) == sorted((first.source, one.sha256) for one in (first, second))
