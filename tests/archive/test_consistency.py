"""The catalogue against its custody log: what was changed in the one is told by the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from archive.catalogue import setting_right
from archive.catalogue.consistency import check_database, check_log, compare
from archive.catalogue.database import open_catalogue
from archive.errors import CatalogueError
from archive.fixity import WHOLE, Slice
from archive.records import Recording
from tests.archive.small_archive import AT, MATCHED, SmallArchive


@pytest.fixture
def filed(archive: SmallArchive) -> Recording:
    """One recording in its customer's folder; beside it one in holding."""
    archive.admit(b"another call", "2026-11-16/王芳/other.mp3")
    one = archive.admit(b"a call")
    archive.rule(one, MATCHED, archive.customer("张三", "13800138000"))
    return archive.move(one, "张三/2026-11-16/a.mp3")


def change(archive: SmallArchive, *statements: str) -> None:
    """As somebody does who has a tool for SQLite at hand."""
    with closing(sqlite3.connect(archive.store.root / ".callvault/catalogue.sqlite")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def differences(archive: SmallArchive, part: Slice = WHOLE) -> list[tuple[str, str]]:
    check_database(archive.catalogue)
    found = [*check_log(archive.catalogue), *compare(archive.catalogue, part)]
    return [(one.code, one.what) for one in found]


def test_an_untouched_catalogue_tells_what_its_log_tells(
    archive: SmallArchive, filed: Recording
) -> None:
    assert differences(archive) == []
    archive.move(filed, "_holding/2026-11-16/back a.mp3", filed=False)
    assert differences(archive) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", "size + 1"),
        ("source", "'2026-11-16/王芳/somebody else.mp3'"),
        ("collector", "'赵敏'"),
        ("path", "'李四/2026-11-16/a.mp3'"),
        ("arrived_at", "'2026-11-15 09:00:00.000000'"),
        ("day", "'2026-11-15'"),
        ("filed", "0"),
    ],
)
def test_what_was_changed_of_a_recording_is_named(
    archive: SmallArchive, filed: Recording, column: str, value: str
) -> None:
    change(archive, f"UPDATE recording SET {column} = {value} WHERE id = {filed.id}")  # noqa: S608
    ((code, what),) = differences(archive)
    assert code == "told_otherwise"
    assert column in what.split(", ")


def test_what_nobody_decided_yet_is_set_right_and_stays_nobodys(archive: SmallArchive) -> None:
    one = archive.admit(b"a call")
    change(archive, f"UPDATE recording SET size = 1 WHERE id = {one.id}")  # noqa: S608
    with archive.catalogue.transaction() as tx:
        assert setting_right.set_right(tx, AT) == 1
    assert archive.again(one) == one
    assert differences(archive) == []


def test_another_customer_than_the_folder_s_is_named(
    archive: SmallArchive, filed: Recording
) -> None:
    other = archive.customer("李四", "13900139000")
    change(archive, f"UPDATE recording SET customer_id = {other} WHERE id = {filed.id}")  # noqa: S608
    assert differences(archive) == [("told_otherwise", "customer_id")]


def test_another_hash_is_told_from_both_sides(archive: SmallArchive, filed: Recording) -> None:
    other = "0" * 64
    change(archive, f"UPDATE recording SET sha256 = '{other}' WHERE id = {filed.id}")  # noqa: S608
    assert differences(archive) == [("not_in_catalogue", ""), ("not_in_custody", "")]
    assert ("not_in_custody", "") in differences(archive, Slice(1, 7))
    assert ("not_in_custody", "") not in differences(archive, Slice(2, 7))


@pytest.mark.parametrize(
    ("statement", "entry"),
    [
        ("UPDATE custody SET entry = replace(entry, '录音', '录像') WHERE seq = 2", "2"),
        ("UPDATE custody SET event = 'held' WHERE seq = 3", "3"),
        ("UPDATE custody SET at = '2020-01-01 00:00:00' WHERE seq = 1", "1"),
        ("DELETE FROM custody WHERE seq = 2", "2"),
    ],
)
def test_a_change_to_the_log_is_named_by_its_entry(
    archive: SmallArchive, filed: Recording, statement: str, entry: str
) -> None:
    assert filed.filed
    change(archive, statement)
    assert ("custody_broken", entry) in differences(archive)


def test_a_log_that_was_cut_is_told_by_its_custody_files(
    archive: SmallArchive, filed: Recording
) -> None:
    assert filed.filed
    last = archive.custody()[-1]
    written = (
        "INSERT INTO custody_file (number, path, sha256, size, last, head, written_at) "  # noqa: S608
        "VALUES (1, '.callvault/custody/2026-11-16/00000001.jsonl', "
        f"'{'1' * 64}', 100, {last.seq}, '{last.hash}', '2026-11-16 17:00:00')"
    )
    change(archive, written)
    assert differences(archive) == []
    change(archive, f"DELETE FROM custody WHERE seq = {last.seq}")  # noqa: S608
    assert ("custody_cut", str(last.seq)) in differences(archive)


def test_a_recording_that_was_taken_out_is_told_by_the_log(
    archive: SmallArchive, filed: Recording
) -> None:
    change(archive, "DELETE FROM outbox", f"DELETE FROM recording WHERE id = {filed.id}")  # noqa: S608
    assert differences(archive) == [("not_in_catalogue", "")]


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:4096],
        lambda data: data[: len(data) // 2],
        lambda data: data[:8192] + b"\xff" * 4096 + data[12288:],
    ],
)
def test_a_damaged_file_is_said_to_be_damaged(
    archive: SmallArchive, filed: Recording, harm: Callable[[bytes], bytes]
) -> None:
    assert filed.filed
    path = archive.store.root / "damaged.sqlite"
    path.write_bytes(harm((archive.store.root / ".callvault/catalogue.sqlite").read_bytes()))
    with pytest.raises(CatalogueError) as caught:
        check_database(open_catalogue(f"sqlite:///{path}", make=False))
    assert caught.value.message.key == "archive.catalogue_damaged"


def test_a_row_that_belongs_to_nothing_is_damage(archive: SmallArchive, filed: Recording) -> None:
    change(archive, f"UPDATE recording SET customer_id = 999 WHERE id = {filed.id}")  # noqa: S608
    with pytest.raises(CatalogueError) as caught:
        check_database(archive.catalogue)
    assert "recording" in dict(caught.value.message.values)["error"]


def test_a_value_that_is_no_date_is_damage(archive: SmallArchive, filed: Recording) -> None:
    change(archive, f"UPDATE recording SET day = 'yesterday' WHERE id = {filed.id}")  # noqa: S608
    with pytest.raises(CatalogueError) as caught:
        differences(archive)
    assert caught.value.message.key == "archive.catalogue_damaged"


@pytest.mark.parametrize("empty", [True, False])
def test_a_catalogue_that_is_not_there_is_not_made(archive: SmallArchive, *, empty: bool) -> None:
    path = archive.store.root / "gone.sqlite"
    if empty:
        path.touch()
    with pytest.raises(CatalogueError) as caught:
        open_catalogue(f"sqlite:///{path}", make=False)
    assert caught.value.message.key == "archive.catalogue_missing"
    assert path.exists() is empty
