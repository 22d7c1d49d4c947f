"""A search as the auditor types it, over catalogues that passes and people have changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from archive.catalogue.database import Catalogue, open_catalogue
from archive.catalogue.search import Query, search
from archive.catalogue.search_index import behind, fresh
from archive.errors import CatalogueError
from audit.asking import spell
from audit.looking import look_for, meant, query_of
from tests.audit.offices import DAY, NEXT_MORNING, Row, SmallOffice, miui

NAMES = {
    "张伟": "15405381201",
    "章薇": "15405381202",
    "单雄信": "15405381203",
    "張偉民": "15405381204",
    "解乐": "15405381205",
}
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> SmallOffice:
    office = SmallOffice(tmp_path_factory.mktemp("office"))
    for minute, (name, number) in enumerate(NAMES.items()):
        office.record(miui(name, number, time(10, minute)))
    office.record(miui("妈妈", "13905389999", time(12, 0)))
    office.sheet(
        *(
            Row(name, number, time(10, minute), remark="说下月换号" if minute == 2 else None)
            for minute, (name, number) in enumerate(NAMES.items())
        )
    )
    office.take_in()
    return office


@pytest.fixture
def catalogue(office: SmallOffice) -> Iterator[Catalogue]:
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:
        yield catalogue


def found(catalogue: Catalogue, *words: str, **asked: Any) -> set[str]:
    """The customers who are found, and contacts of what is nobody's."""
    query = meant(Query(words=words, **asked), TODAY)
    hits = look_for(catalogue, query).hits
    return {hit.customer or hit.source.partition("@")[2].partition("(")[0] for hit in hits}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("张伟", {"张伟", "張偉民"}),
        ("張偉", {"张伟", "張偉民"}),
        ("zhangwei", {"张伟", "章薇", "張偉民"}),
        ("Zhang_Wei", set()),
        ("zw", {"张伟", "章薇", "張偉民"}),
        ("zwm", {"張偉民"}),
        ("shanxiongxin", {"单雄信"}),
        ("sxx", {"单雄信"}),
        ("xieyue", {"解乐"}),
        ("xiele", {"解乐"}),
        ("善熊新", {"单雄信"}),
        ("1203", {"单雄信"}),
        ("+86 154 0538 1203", {"单雄信"}),
        ("5405381", set(NAMES)),
        ("154****1203", {"单雄信"}),
        ("154-****-1203", {"单雄信"}),
        ("****1203", {"单雄信"}),
        ("155****1203", set()),
        ("154****120", set()),
        ("999", {"妈妈"}),
        ("妈", {"妈妈"}),
        ("wang", set()),
        ("11月", {*NAMES, "妈妈"}),
        ("本周 zw", {"张伟", "章薇", "張偉民"}),
        ("last month", set()),
        ("2026-11-16 上个月", set()),
    ],
)
def test_a_customer_is_found_by_every_usual_spelling(
    catalogue: Catalogue, words: str, expected: set[str]
) -> None:
    asked = [words] if words.startswith("+") else words.split()
    assert found(catalogue, *asked) == expected


def test_what_the_row_says_can_be_asked_for(catalogue: Catalogue) -> None:
    assert found(catalogue, note="换号") == {"单雄信"}
    assert found(catalogue, note="换号%") == set()
    assert found(catalogue, note="存款") == set()  # stands in a head alone
    assert found(catalogue, note="50") == set()  # of 催, as JSON writes it
    assert found(catalogue, note='"') == found(catalogue, note="/") == set()
    assert found(catalogue, note="10:02") == {"单雄信"}
    assert found(catalogue, reached=True) == set(NAMES)
    assert found(catalogue, reached=False) == set()
    assert found(catalogue, longest=0.5) == set()
    assert found(catalogue, shortest=0.5) == {*NAMES, "妈妈"}
    assert found(catalogue, department="法规") == set(NAMES)
    assert found(catalogue, department="信用") == set()


def test_pages_follow_one_another_and_say_where_they_stand(catalogue: Catalogue) -> None:
    every = [hit.sha256 for hit in look_for(catalogue, Query(words=("张",))).hits]
    pages = [look_for(catalogue, Query(words=("张",), limit=1, skip=skip)) for skip in range(4)]
    assert [hit.sha256 for page in pages for hit in page.hits] == every
    assert [(page.page.skipped, page.page.count) for page in pages[:2]] == [(0, 2), (1, 2)]
    newest = look_for(catalogue, Query(limit=2)).page
    assert (newest.count, newest.counted) == (2, False)


def test_a_corrected_sheet_and_a_person_s_word_are_found_at_once(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.record(miui("张伟", "15405381201"))
    office.sheet(Row("张伟", "15405381201", collector="王芳"))
    office.take_in()
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:
        assert found(catalogue, "张伟", collector="王芳") == {"张伟"}
        assert found(catalogue, collector="李强") == set()
        office.sheet(Row("张伟民", "15405381201", collector="李强"))
        office.take_in(NEXT_MORNING)
        assert found(catalogue, collector="李强") == {"张伟民"}
        assert found(catalogue, "zwm") == {"张伟民"}
        (hit,) = look_for(catalogue, Query()).hits
        office.say_nobodys(hit.source)
        assert found(catalogue, "zwm") == set()
        assert found(catalogue, status="held") == {"张伟"}


@contextmanager
def plans(catalogue: Catalogue) -> Iterator[list[list[str]]]:
    """The steps of each question that is put to the database meanwhile."""
    found: list[list[str]] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.append([str(step[3]) for step in plan.fetchall()])

    event.listen(catalogue._engine, "before_cursor_execute", explain)
    yield found
    event.remove(catalogue._engine, "before_cursor_execute", explain)


def test_questions_of_whom_scan_no_table(catalogue: Catalogue) -> None:
    """However large the archive is: each is answered from an index."""
    for query in (
        Query(),
        Query(words=("张伟",)),
        Query(words=("zw",)),
        Query(words=("1203", "zw")),
        Query(phone="8120"),
        Query(collector="王芳"),
        Query(first=DAY, last=DAY, collector="王芳"),
        Query(status="held"),
        Query(status="damaged", first=DAY),
        Query(customer="善熊新"),
        Query(customer="nobody"),
        Query(words=("zw",), skip=1, limit=1),
        Query(phone="8120", skip=1, limit=1),
        Query(words=("8120",), skip=5000),
    ):
        with plans(catalogue) as found:
            look_for(catalogue, query)
        scanned = [
            step
            for steps in found
            for step in steps
            if step.startswith("SCAN") and "USING" not in step and _is_table(step)
        ]
        assert scanned == [], query


@pytest.mark.parametrize(
    ("query", "looked_at"),
    [
        (Query(phone="8120"), "(number=?)"),
        (Query(phone="8120", limit=2, skip=1), "(number=?)"),
        (Query(phone="8120", first=DAY, last=DAY), "(number=? AND rank>? AND rank<?)"),
    ],
)
def test_by_digits_recordings_are_put_in_order_without_looking_each_of_them_up(
    catalogue: Catalogue, query: Query, looked_at: str
) -> None:
    """Four digits stand in the numbers of tens of thousands."""
    with plans(catalogue) as found:
        assert look_for(catalogue, query).hits
    numbered = [steps for steps in found if any("search_number" in step for step in steps)]
    assert numbered
    for steps in numbered:
        assert f"SEARCH search_number USING PRIMARY KEY {looked_at}" in steps
        assert not any("search_entry USING INTEGER PRIMARY KEY" in step for step in steps)


def _is_table(step: str) -> bool:
    """A scan of a result that was made just now is none."""
    return step.split()[1] in {
        *("recording", "sheet_row", "sheet", "customer", "customer_number", "object"),
        *("search_entry", "search_gram", "search_number", "search_held", "search_customer"),
    }


def test_the_options_of_a_saved_search_give_way_to_new_ones() -> None:
    before = query_of({"words": ("张",), "status": "held", "limit": 50, "first": DAY}).told
    again = query_of({"words": ("三",), "status": "filed", "limit": 5, "page": 2}, before).query
    assert again == replace(Query(words=("张", "三"), status="filed", first=DAY, limit=5), skip=5)


@pytest.mark.parametrize("word", ["'", "%", "\U0010ffff", "\ud7ff", "\udce5\udcbc"])
def test_marks_and_half_characters_lead_to_nobody(catalogue: Catalogue, word: str) -> None:
    assert found(catalogue, word) == set()
    assert found(catalogue, customer=word) == set()
    assert found(catalogue, customer="-") == set()


def test_what_is_written_meanwhile_is_found_whole_or_told(tmp_path: Path) -> None:
    """Somebody changes the catalogue whenever a search has brought it up to date."""
    office = SmallOffice(tmp_path)
    office.record(miui("张伟", "15405381201"))
    office.take_in()
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:

        def change(*_: int) -> None:
            with catalogue.transaction() as tx:
                tx.exec_driver_sql("UPDATE recording SET collector = collector || '芳'")

        assert look_for(catalogue, Query(), change).behind
        times = iter(range(2))

        def change_twice(*_: int) -> None:
            if next(times, None) is not None:
                change()

        with fresh(catalogue, spell, change_twice) as tx:
            assert behind(tx) == 0
            (hit,) = search(tx, Query(collector="芳芳芳"))
        assert hit.collector is not None
        assert not look_for(catalogue, Query()).behind


def test_a_catalogue_that_cannot_be_written_is_searched_as_it_is(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.record(miui("张伟", "15405381201"))
    office.take_in()
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:
        assert not look_for(catalogue, Query()).behind
        with catalogue.transaction() as tx:
            tx.exec_driver_sql("UPDATE recording SET silent = 1")
    url = office.settings.catalogue.url.replace("sqlite:///", "sqlite:///file:")
    with closing(open_catalogue(f"{url}?mode=ro&uri=true", make=False)) as catalogue:
        told = look_for(catalogue, Query())
        assert (len(told.hits), told.behind) == (1, True)
        with pytest.raises(CatalogueError), fresh(catalogue):
            pass
