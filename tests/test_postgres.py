"""An office whose catalogue is on PostgreSQL says and finds what one on SQLite does.

Left out where no PostgreSQL is installed; `make postgres` installs Debian's.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from archive.catalogue import log
from archive.catalogue.database import open_catalogue
from archive.catalogue.search import Query
from archive.custody import Event, broken
from archive.errors import CatalogueError
from audit.looking import look_for
from commands.exit_codes import DONE, NEEDS_A_PERSON
from config.load import load
from tests.archive.small_archive import AT
from tests.audit.offices import DAY, SHEET, Row, miui, oppo
from tests.desk import IN_TIME, Desk
from tests.postgres_server import PostgresServer, programs

pytestmark = pytest.mark.skipif(programs() is None, reason="no PostgreSQL is installed")

QUESTIONS = (
    ("陈建国",),
    ("建国",),
    ("chenjianguo",),
    ("cjg",),
    ("1202",),
    ("15405381201",),
    ("2026-11",),
    ("MP3",),
    ("济宁", "陈"),
    ("--status", "held"),
    ("--status", "mirrored"),
    ("--collector", "王芳"),
    ("--department", "法规部"),
    ("--note", "已接通"),
    ("--note", "存款"),
)


NEW_CUSTOMER = "INSERT INTO customer (name, key, folder, folder_fold) VALUES ('三', '三', '', '')"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with PostgresServer(folder / "postgres") as running:
        yield running


@pytest.fixture
def desks(tmp_path: Path, server: PostgresServer) -> tuple[Desk, Desk]:
    """The same office twice: its catalogue is SQLite's, and PostgreSQL's."""
    url = f"[catalogue]\nurl = '{server.database()}'\n"
    return _filled(Desk(tmp_path / "one")), _filled(Desk(tmp_path / "two", more=url))


def _filled(desk: Desk) -> Desk:
    office = desk.office
    office.record(miui("陈建国", "15405381201"))
    office.record(oppo("刘海燕", time(11, 5)))
    office.record(miui("妈妈", "15405389999", time(12)))
    office.sheet(
        Row("陈建国", "15405381201"),
        Row("刘海燕", "15405381202", time(11, 5)),
        Row("张三", "13800000001", time(15)),
    )
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    return desk


def _alike(desks: tuple[Desk, Desk], *args: str) -> Any:
    """What both print as JSON, but for when and where."""
    one, two = (
        re.sub(
            r'"(generated_at|taken_in_at|at)": "[^"]*"',
            '"": ""',
            desk.run(*args, "--format", "json").stdout,
        ).replace(desk.config.parent.as_posix(), "")
        for desk in desks
    )
    assert one == two
    return json.loads(one)


def test_reports_searches_and_words_are_the_same(desks: tuple[Desk, Desk]) -> None:
    report = _alike(desks, "report", "--date", f"{DAY}")
    assert {one["code"] for one in report["findings"]} >= {"missing_recording", "mirror_off"}
    found = [len(_alike(desks, "search", *words)) for words in QUESTIONS]
    assert found == [1, 1, 1, 1, 1, 1, 3, 1, 0, 1, 0, 3, 2, 2, 0]
    held = f"{DAY}/王芳/{miui('妈妈', '15405389999', time(12))}"
    for desk in desks:
        assert desk.run("assign", held, f"{SHEET}:5").exit_code == DONE
    assert _alike(desks, "report", "--date", f"{DAY}")["findings"] != report["findings"]
    assert len(_alike(desks, "search", "张三")) == 1
    for desk in desks:
        assert desk.run("undo", held).exit_code == DONE
    assert not _alike(desks, "search", "张三")
    assert _alike(desks, "report", "--date", f"{DAY}")["calls"] == report["calls"]
    for desk in desks:
        assert desk.run("custody", "--verify").exit_code == DONE
        assert desk.run("verify").exit_code == DONE


def test_what_is_due_is_disposed_of_by_a_list(tmp_path: Path, server: PostgresServer) -> None:
    long_ago = date(2019, 11, 18)
    more = f"[retention]\nyears = 3\n[catalogue]\nurl = '{server.database()}'\n"
    desk, signed = _filled(Desk(tmp_path, more=more)), tmp_path / "due.csv"
    desk.office.record(miui("马俊峰", "15405380001", day=long_ago), day=long_ago)
    sheet = f"{long_ago}/王芳/表.xlsx"
    desk.office.sheet(Row("马俊峰", "15405380001"), day=long_ago, source=sheet)
    desk.run("ingest", "--as-of", IN_TIME)
    told = desk.told("retention", "due", "--on", "2026-11-18")
    assert [(one["folder"], one["until"]) for one in told["customers"]] == [
        ("马俊峰", "2022-11-18")
    ]
    assert desk.run("retention", "due", "--out", str(signed)).exit_code == DONE
    order = ("--by", "li", "--reason", "over", "--yes", "1")
    done = desk.run("retention", "apply", str(signed), *order)
    assert done.exit_code == DONE, done.stderr
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    assert [one["status"] for one in desk.told("search", "马俊峰")] == ["disposed"]
    assert not any(path.startswith("马俊峰") for path in desk.tree())
    assert desk.run("custody", "--verify").exit_code == DONE
    assert desk.run("verify").exit_code == DONE


def test_reading_is_of_one_moment_and_writes_nothing(server: PostgresServer) -> None:
    url = server.database()
    with closing(open_catalogue(url)) as catalogue, closing(open_catalogue(url)) as other:
        asked = text("SELECT count(*) FROM customer")
        with catalogue.reading() as tx:
            before = tx.execute(asked).scalar_one()
            with other.transaction() as writing:
                writing.execute(text(NEW_CUSTOMER))
            assert tx.execute(asked).scalar_one() == before
        with catalogue.reading() as tx:
            assert tx.execute(asked).scalar_one() == before + 1
        with pytest.raises(CatalogueError), catalogue.reading() as tx:
            tx.execute(text("DELETE FROM customer"))


def test_writers_never_fork_the_history(server: PostgresServer) -> None:
    url = server.database()
    open_catalogue(url).close()

    def write(who: int) -> None:
        with closing(open_catalogue(url)) as catalogue:
            for number in range(20):
                with catalogue.transaction() as tx:
                    log.append(tx, [Event("noted", f"{who}", {"who": who, "number": number})], AT)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with closing(open_catalogue(url)) as catalogue, catalogue.reading() as tx:
        entries = list(log.entries(tx))
    assert len(entries) == 80
    assert broken(entries) is None


def test_no_question_of_a_name_or_number_reads_a_whole_table(desks: tuple[Desk, Desk]) -> None:
    """Sequential scans are made dear, so that whoever makes one has no other way."""
    url = load(desks[1].config, {}).catalogue.url
    scanned: list[str] = []
    with closing(open_catalogue(url)) as catalogue:
        engine = catalogue._engine

        @event.listens_for(engine, "before_cursor_execute")
        def explain(_c: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement.startswith(("SELECT", "WITH")) and "pg_" not in statement:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {statement}", parameters)
                scanned.extend(line for (line,) in cursor.fetchall() if _is_scan(line))

        for query in (
            Query(),
            Query(words=("陈建国",)),
            Query(words=("cjg",)),
            Query(words=("1202", "陈")),
            Query(phone="1202"),
            Query(collector="王芳"),
            Query(first=DAY, last=DAY, collector="王芳"),
            Query(status="held"),
            Query(customer="陈健国"),
        ):
            look_for(catalogue, query)
            assert scanned == [], query


def _is_scan(step: str) -> bool:
    return (
        re.search(r"Seq Scan on (recording|sheet_row|sheet|customer|search_entry)\b", step)
        is not None
    )
