"""Calls are found as recordings are, and those without a recording, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.catalogue import calls, sheets
from archive.catalogue.search import Query
from archive.catalogue.search_index import fresh
from archive.catalogue.search_names import Asked, plain
from tests.archive.small_archive import DAY, MATCHED, SmallArchive, row, sheet

TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def office(archive: SmallArchive) -> SmallArchive:
    """A call with a recording, one without, one of tomorrow; and a version that counts no more."""
    archive.enter(sheet(row(3, "钱七", "13800138777"), contents=b"before"))
    (first, *_) = archive.enter(
        sheet(
            row(3, "张三", "13800138000"),
            replace(
                row(4, "李四", "13900139000"),
                collector="李强",
                department="法规部",
                reached=False,
                further=(("grade", "B+"),),
            ),
            row(5, "100%王五", day=TOMORROW),
        )
    )
    customer = archive.customer("张三丰", "13700137000")
    with archive.catalogue.transaction() as tx:
        sheets.name_customer(tx, first.id, customer)
    filed = archive.admit(b"filed")
    archive.rule(filed, MATCHED, customer, first.id)
    archive.move(archive.again(filed), "张三丰/2026-11-16/a.mp3")
    return archive


def lines(archive: SmallArchive, query: Query) -> list[int]:
    with fresh(archive.catalogue, lambda name: (name.casefold(), ())) as tx:
        return [one.said.line for one in sheets.rows_by_id(tx, calls.fitting(tx, query))]


def test_without_a_question_all_that_count_are_found(office: SmallArchive) -> None:
    assert lines(office, Query()) == [3, 4, 5]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(customer="张三"), [3]),
        (Query(customer="三丰"), [3]),  # as the customer is called, not the row
        (Query(customer="0%王"), [5]),
        (Query(customer="%"), [5]),
        (Query(customer="钱七"), []),
        (Query(customer_id=1), [3]),
        (Query(phone="8000"), [3]),
        (Query(phone="7000"), [3]),  # the customer's other number
        (Query(phone="9000"), [4]),
        (Query(collector="李强"), [4]),
        (Query(first=TOMORROW), [5]),
        (Query(last=DAY), [3, 4]),
        (Query(words=("李",)), [4]),
        (Query(words=("王芳", "13800")), [3]),
        (Query(words=("王芳", "李四")), []),
        (Query(status="filed", collector="王芳"), [5]),
        (Query(status="silent", customer="张三"), []),  # it has a recording
        (Query(status="silent", words=("李四",)), [4]),
        (Query(status="silent", customer_id=1), []),
        (Query(shortest=3.5, phone="9000"), [4]),
        (Query(longest=3.5, first=TOMORROW), [5]),
        (Query(longest=3.5, last=DAY), [4]),
        # Of recordings alone: nobody's calls.
        (Query(status="silent"), []),
        (Query(shortest=3.5), []),
        (Query(longest=3.5), []),
        (Query(file="录音"), []),
        (Query(file="录音", customer="李四"), []),
        (Query(department="法规"), [4]),
        (Query(grade="b"), [4]),
        (Query(grade="A"), []),
        (Query(reached=False), [4]),
        (Query(reached=True), [3, 5]),
        (Query(note="李"), [4]),
        (Query(words=("三丰",)), [3]),
    ],
)
def test_what_is_asked_is_found(office: SmallArchive, query: Query, found: list[int]) -> None:
    assert lines(office, query) == found


def test_an_open_row_is_found_in_another_spelling(archive: SmallArchive) -> None:
    archive.enter(sheet(row(3, "王偉"), row(4, "李四")))

    def levelled(word: str) -> Asked:
        return replace(plain(word), spelling=word.replace("偉", "伟"))

    with fresh(archive.catalogue, lambda name: (name, ())) as tx:
        for query in (Query(customer="王伟"), Query(words=("王偉",))):
            found = sheets.rows_by_id(tx, calls.fitting(tx, query, levelled))
            assert [one.said.line for one in found] == [3]


def test_each_row_has_the_version_that_it_stands_in(office: SmallArchive) -> None:
    with office.catalogue.reading() as tx:
        ids = calls.fitting(tx, Query())
        versions = calls.sheets_of(tx, ids)
        assert set(versions) == set(ids)
        (version,) = {one.sha256 for one in versions.values()}
        assert [one.sha256 for one in calls.sheets_of_bytes(tx, [version])] == [version]
