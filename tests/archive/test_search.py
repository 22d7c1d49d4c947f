"""A recording is found by what a person remembers of it, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count as count_up

import pytest
from sqlalchemy import insert

from archive.catalogue import customers, learnt, search_triggers
from archive.catalogue.search import STATUSES, Hit, Query, after, count, search
from archive.catalogue.search_index import behind, fresh
from archive.catalogue.search_names import FEW
from archive.catalogue.search_schema import stale
from archive.records import Outcome, Recording
from tests.archive.small_archive import (
    AT,
    COMPLETE,
    DAY,
    MATCHED,
    UNMATCHED,
    SmallArchive,
    row,
    sheet,
)

STARTED = AT.replace(hour=10, minute=30)
YESTERDAY = DAY - timedelta(days=1)
TOMORROW = DAY + timedelta(days=1)
AMBIGUOUS = Outcome("ambiguous", "tie", ())


def spell(name: str) -> tuple[str, list[str]]:
    return name.casefold(), []


def probe(archive: SmallArchive, one: Recording, condition: str, *, silent: bool = False) -> None:
    with archive.catalogue.transaction() as tx:
        learnt.probed(tx, {one.id: replace(COMPLETE, condition=condition, silent=silent)})


@pytest.fixture
def found(archive: SmallArchive) -> SmallArchive:
    """Four recordings: one filed and mirrored, one tie, one nobody's, one not decided yet."""
    filed = archive.admit(
        b"filed", "2026-11-17/王芳/录音1.mp3", day=TOMORROW, call_day=TOMORROW, started_at=STARTED
    )
    probe(archive, filed, "complete")
    (call, _) = archive.enter(
        sheet(row(5, "张三", "13800138000"), replace(row(6, "李四"), collector="李强"))
    )
    customer = archive.customer("张三", "13800138000")
    archive.rule(filed, MATCHED, customer, call.id)
    archive.mirrored(archive.move(archive.again(filed), "张三/2026-11-16/a.mp3"))
    tie = archive.admit(
        b"tie", "2026-11-16/李强/王五_100%.mp3", collector="李强", numbers=("13900139000",)
    )
    probe(archive, tie, "truncated")
    archive.rule(tie, AMBIGUOUS)
    nobody = archive.admit(
        b"nobody", "b_c.amr", collector=None, call_day=YESTERDAY, numbers=("053187654321", "95588")
    )
    probe(archive, nobody, "complete", silent=True)
    archive.rule(nobody, UNMATCHED)
    archive.admit(b"new", "2026-11-16/王芳/new.mp3", call_day=YESTERDAY, started_at=STARTED)
    return archive


def hits(archive: SmallArchive, query: Query) -> list[Hit]:
    with fresh(archive.catalogue, spell) as tx:
        return list(search(tx, query))


def names(archive: SmallArchive, query: Query) -> str:
    """The hits in their order, each by the contents of its file."""
    found = hits(archive, query)
    return " ".join(archive.store.path(one.archive_path).read_text() for one in found)


def test_without_a_question_the_newest_calls_come_first(found: SmallArchive) -> None:
    """Those whose time nobody knows come after the others of their day."""
    assert names(found, Query()) == "filed tie new nobody"


def test_a_hit_tells_all_that_a_person_needs_to_find_and_judge_it(found: SmallArchive) -> None:
    filed, tie, new, nobody = (
        hits(found, Query(file=word))[0] for word in ("录音1", "王五", "new", "b_c")
    )
    assert filed == Hit(
        id=found.recording(filed.sha256).id,
        sha256=filed.sha256,
        customer="张三",
        collector="王芳",
        day=DAY,
        started_at=STARTED,
        duration_seconds=27.0,
        status="filed",
        archive_path="张三/2026-11-16/a.mp3",
        source="2026-11-17/王芳/录音1.mp3",
        sheet="2026-11-16/王芳/sheet.xlsx",
        line=5,
        mirrored=True,
    )
    assert (tie.customer, tie.sheet, tie.line, tie.mirrored) == (None, None, None, False)
    assert (tie.status, nobody.status, new.status) == ("ambiguous", "unmatched", "waiting")
    assert (tie.day, nobody.day) == (DAY, YESTERDAY)
    assert (nobody.collector, nobody.started_at, new.duration_seconds) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(words=("张",)), "filed"),
        (Query(words=("王芳",)), "filed new"),
        (Query(words=("王五",)), "tie"),
        (Query(words=("8000",)), "filed"),
        (Query(words=("9000",)), "tie"),
        (Query(words=("2026-11-16",)), "tie new"),
        (Query(words=("录音1",)), ""),
        (Query(file="录音1"), "filed"),
        (Query(file="2026-11-1"), "filed tie new"),
        (Query(words=("王芳", "new")), "new"),
        (Query(words=("王芳", "王五")), ""),
        (Query(words=("MP3", "王五")), "tie"),
        (Query(customer="张三"), "filed"),
        (Query(customer="王"), ""),
        (Query(phone="8000"), "filed"),
        (Query(phone="13800138000"), "filed"),
        (Query(phone="2195588"), ""),
        (Query(phone="95588"), "nobody"),
        (Query(collector="李强"), "tie"),
        (Query(collector="芳"), "filed new"),
        (Query(first=DAY, collector="王芳"), "filed"),
        (Query(first=TOMORROW), ""),
        (Query(last=YESTERDAY), "new nobody"),
        (Query(first=YESTERDAY, last=YESTERDAY), "new nobody"),
        (Query(first=DAY, last=YESTERDAY), ""),
        (Query(status="filed"), "filed"),
        (Query(status="ambiguous"), "tie"),
        (Query(status="unmatched"), "nobody"),
        (Query(status="damaged"), "tie"),
        (Query(status="silent"), "nobody"),
        (Query(status="mirrored"), "filed"),
        (Query(status="held", last=YESTERDAY), "new nobody"),
        (Query(words=("张",), status="unmatched"), ""),
    ],
)
def test_all_that_is_asked_must_hold(found: SmallArchive, query: Query, expected: str) -> None:
    assert names(found, query) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%", "tie"),
        ("_", "tie nobody"),
        ("100%", "tie"),
        ("b_c", "nobody"),
        ("王%五", ""),
        ("\\", ""),
    ],
)
def test_marks_of_the_database_are_looked_for_as_they_stand(
    found: SmallArchive, text: str, expected: str
) -> None:
    assert names(found, Query(words=(text,))) == expected


@pytest.mark.parametrize("limit", [0, 1, 2, 4, 9])
def test_no_more_are_given_than_asked_for_and_always_the_same(
    found: SmallArchive, limit: int
) -> None:
    everything = hits(found, Query())
    assert len(everything) == 4
    assert hits(found, Query(limit=limit)) == everything[:limit]


def test_a_customer_is_found_by_every_number_they_ever_had(found: SmallArchive) -> None:
    found.customer("张三", "13800138000", "15405381201")
    assert names(found, Query(phone="1201")) == "filed"
    assert names(found, Query(words=("15405381201",))) == "filed"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(phone="1"), "newest two older"),
        (Query(phone="1", limit=1, skip=1), "two"),
        (Query(phone="1", limit=2, skip=1), "two older"),
        (Query(phone="1", first=DAY), "newest two"),
        (Query(phone="1", last=YESTERDAY), "older"),
        (Query(words=("1",), first=YESTERDAY, last=YESTERDAY), "older"),
        (Query(phone="1", status="damaged"), "two"),
        (Query(phone="1", status="damaged", last=YESTERDAY), ""),
        (Query(words=("1", "李强")), "two"),
        (Query(phone="13900139001"), "two older"),
        (Query(phone="13900139001", skip=1), "older"),
        (Query(phone="13900139001", skip=2), ""),
    ],
)
def test_by_digits_of_several_numbers_each_recording_is_found_once(
    archive: SmallArchive, query: Query, expected: str
) -> None:
    archive.admit(b"newest", "c.mp3", started_at=STARTED, numbers=("13900139002",))
    both = ("13900139001", "13900139002")
    probe(archive, archive.admit(b"two", "b.mp3", collector="李强", numbers=both), "truncated")
    archive.admit(b"older", "a.mp3", call_day=YESTERDAY, numbers=("13900139001",))
    archive.admit(b"another", "d.mp3", numbers=("95588",))
    assert names(archive, query) == expected
    with fresh(archive.catalogue, spell) as tx:
        counted = count(tx, query, 10)
    assert counted == len(hits(archive, replace(query, skip=0, limit=10)))


def test_by_number_too_a_call_stands_where_its_corrected_row_says(archive: SmallArchive) -> None:
    one, _ = (
        archive.admit(name, f"{name.decode()}.mp3", numbers=("13900139000",))
        for name in (b"one", b"other")
    )
    assert names(archive, Query(phone="9000")) == "other one"
    for day, order in ((TOMORROW, "one other"), (YESTERDAY, "other one")):
        (call,) = archive.enter(sheet(row(5, day=day), contents=str(day).encode(), day=day))
        archive.rule(one, MATCHED, archive.customer("张三"), call.id)
        assert names(archive, Query(phone="9000")) == order
    assert names(archive, Query(phone="9000", last=YESTERDAY)) == "one"
    assert names(archive, Query(phone="9000", first=DAY)) == "other"


def test_the_collector_of_the_call_is_found_too(archive: SmallArchive) -> None:
    (call,) = archive.enter(sheet(replace(row(5), collector="赵敏")))
    held = archive.admit(b"a call", collector=None)
    archive.rule(held, MATCHED, archive.customer("张三"), call.id)
    assert names(archive, Query(collector="赵敏")) == "a call"
    assert names(archive, Query(words=("赵敏",))) == "a call"


def test_a_moved_recording_is_not_mirrored_until_its_new_object_is(found: SmallArchive) -> None:
    filed = found.recording(hits(found, Query(status="filed"))[0].sha256)
    found.move(filed, "张三/2026-11-16/b.mp3")
    assert names(found, Query(status="mirrored")) == ""


def test_every_status_can_be_asked_for_in_an_empty_archive(archive: SmallArchive) -> None:
    assert [hits(archive, Query(status=status)) for status in STATUSES] == [[]] * len(STATUSES)


def test_one_customer_can_be_meant_by_number(found: SmallArchive) -> None:
    (hit,) = hits(found, Query(status="filed"))
    customer = found.recording(hit.sha256).customer
    assert names(found, Query(customer_id=customer)) == "filed"
    assert names(found, Query(customer_id=(customer or 0) + 1)) == ""


def test_the_row_s_grade_is_asked_for_by_its_letter(archive: SmallArchive) -> None:
    (call,) = archive.enter(sheet(replace(row(5), further=(("grade", "a类"),))))
    held = archive.admit(b"a call")
    archive.rule(held, MATCHED, archive.customer("张三"), call.id)
    assert names(archive, Query(grade="A")) == "a call"
    assert names(archive, Query(grade="B")) == ""


def test_who_goes_through_them_gets_all_that_fit_by_number(found: SmallArchive) -> None:
    with fresh(found.catalogue, spell) as tx:
        first = after(tx, Query(collector="王芳"), 0, 1)
        rest = after(tx, Query(collector="王芳"), first[-1], 10)
    assert [*first, *rest] == sorted(
        found.recording(hit.sha256).id for hit in hits(found, Query(collector="王芳"))
    )
    assert len(rest) == 1


def test_of_a_name_that_hundreds_have_the_newest_call_is_found(archive: SmallArchive) -> None:
    """More than are looked through one by one: the calls are walked from the newest on."""
    with archive.catalogue.transaction() as tx:
        ids = [
            customers.register(tx, f"王{number}|", f"王{number}", [f"138{number:08}"])
            for number in range(FEW + 1)
        ]
    older, newer = (
        archive.admit(name, f"{name.decode()}.mp3", started_at=STARTED + timedelta(minutes=at))
        for at, name in enumerate((b"older", b"newer"))
    )
    archive.rule(older, MATCHED, ids[0], None)
    archive.rule(newer, MATCHED, ids[-1], None)
    assert names(archive, Query(words=("王",))) == "newer older"
    assert names(archive, Query(phone="138")) == "newer older"
    assert names(archive, Query(words=("王400",))) == "newer"
    with fresh(archive.catalogue, spell) as tx:
        assert count(tx, Query(words=("王",)), 10) is None
        assert count(tx, Query(words=("王400",)), 10) == 1


@pytest.mark.parametrize("deep", [0, 1, 1000])
def test_the_pages_of_a_name_that_hundreds_have_follow_one_another(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch, deep: int
) -> None:
    """However far down the way to the hits changes."""
    with archive.catalogue.transaction() as tx:
        ids = [
            customers.register(tx, f"王{number}|", f"王{number}", [f"138{number:08}"])
            for number in range(FEW + 1)
        ]
    for at in range(5):
        one = archive.admit(str(at).encode(), f"{at}.mp3", started_at=STARTED - timedelta(hours=at))
        archive.rule(one, MATCHED, ids[at * 100], None)
    monkeypatch.setattr("archive.catalogue.search._DEEP", deep)
    for query in (Query(words=("王",)), Query(phone="138"), Query(words=("王", "138"))):
        pages = [names(archive, replace(query, skip=skip, limit=2)) for skip in (0, 2, 4, 6)]
        assert pages == ["0 1", "2 3", "4", ""]
    by_who = Query(words=("王",), collector="王芳", skip=1)
    assert names(archive, by_who) == "1 2 3 4"
    assert names(archive, replace(by_who, collector="李")) == ""
    assert names(archive, Query(collector="李", skip=1)) == ""
    with fresh(archive.catalogue, spell) as tx:
        assert [count(tx, by_who, most) for most in (4, 5)] == [None, 5]
        assert count(tx, Query(collector="李", skip=1), 5) == 0


def test_a_name_of_nothing_to_look_for_is_no_error(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    archive.rule(held, MATCHED, archive.customer("…"), None)
    with fresh(archive.catalogue, lambda _: ("", [])) as tx:
        assert len(search(tx, Query())) == 1


def test_what_is_noted_already_is_not_noted_anew(archive: SmallArchive) -> None:
    """After a later migration only what changed is stale, and not the whole archive."""
    archive.admit(b"a call")
    assert len(hits(archive, Query())) == 1
    with archive.catalogue.transaction() as tx:
        search_triggers.install(tx)
    with archive.catalogue.reading() as tx:
        assert behind(tx) == 0


@pytest.mark.parametrize(
    ("tick", "turns"), [(0, [9000]), (2, [8000, 1000]), (5, [4000, 4000, 1000])]
)
def test_a_whole_archive_is_made_findable_in_turns_of_a_few_seconds(
    archive: SmallArchive, tick: int, turns: list[int]
) -> None:
    """Between which others write; a shorter turn takes longer for the same."""
    with archive.catalogue.transaction() as tx:
        tx.execute(insert(stale), [{"kind": "recording", "id": id} for id in range(1, 9001)])
    done: list[tuple[int, int]] = []
    with fresh(
        archive.catalogue,
        progress=lambda *told: done.append(told),
        clock=count_up(0, tick).__next__,
    ) as tx:
        assert behind(tx, ["recording"]) == 0
    assert done == [(one, 9000) for one in turns]
