"""The catalogue's rows against the custody files: a change that callvault did not make is told."""

from __future__ import annotations

import pytest

from archive import keeping
from archive.catalogue import outbox, outbox_enlisting
from archive.comparing import compare_rows
from archive.errors import CustodyError
from archive.keeping import keep
from archive.records import Probed, Recording
from tests.archive.small_archive import AT, COMPLETE, MATCHED, SmallArchive, row, sheet
from tests.archive.test_consistency import change


@pytest.fixture
def written(archive: SmallArchive) -> Recording:
    """A filed recording with its sheet, written into two custody files one after the other."""
    one = archive.admit(b"a call")
    archive.enter(sheet(row(5, "张三", "13800138000")))
    keep(archive.catalogue, archive.store, AT)
    customer = archive.customer("张三", "13800138000")
    archive.rule(one, MATCHED, customer)
    moved = archive.move(one, "张三/2026-11-16/a.mp3")
    keep(archive.catalogue, archive.store, AT)
    return moved


def told(archive: SmallArchive) -> list[str]:
    return [one.what for one in compare_rows(archive.catalogue, archive.store)]


def test_what_was_written_down_is_what_the_catalogue_says(
    archive: SmallArchive, written: Recording
) -> None:
    assert written.filed
    assert told(archive) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE recording SET dbfs = -3.5", "recording 1: dbfs"),
        ("UPDATE sheet_row SET promised_text = '明天'", "sheet_row 1: promised_text"),
        ("UPDATE sheet_row SET raw = '[]'", "sheet_row 1: raw"),
        ("UPDATE customer SET name = '李四'", "customer 1: name"),
        ("UPDATE sheet SET arrived_at = '2020-01-01 00:00:00'", "sheet 1: arrived_at"),
        ("DELETE FROM customer_number", "customer_number 1/13800138000: the row itself"),
    ],
)
def test_a_change_by_anybody_else_is_told_in_whatever_column(
    archive: SmallArchive, written: Recording, statement: str, what: str
) -> None:
    """Whoever writes past callvault can leave the triggers out, as a flipped bit does."""
    assert written.filed
    table = what.split(maxsplit=1)[0]
    change(
        archive,
        *(f"DROP TRIGGER {table}_{one}_is_noted" for one in ("insert", "update", "delete")),
        statement,
    )
    assert told(archive) == [what]


def test_what_callvault_changed_since_is_no_difference(
    archive: SmallArchive, written: Recording
) -> None:
    from archive.catalogue import learnt

    with archive.catalogue.transaction() as tx:
        learnt.probed(tx, {written.id: COMPLETE})
    assert told(archive) == []
    keep(archive.catalogue, archive.store, AT)
    assert told(archive) == []


def test_what_another_process_writes_down_meanwhile_is_no_difference(
    archive: SmallArchive, written: Recording
) -> None:
    from archive.catalogue import learnt

    found = compare_rows(archive.catalogue, archive.store)
    silent = Probed("mp3", "mp3float", 27.0, "complete", True, None, (), ())
    with archive.catalogue.transaction() as tx:
        learnt.probed(tx, {written.id: silent})
    assert [one.what for one in found] == []


@pytest.mark.parametrize("most", [10_000, 1])
def test_a_custody_file_that_is_owed_is_no_difference(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Its errand has the number of another one that was done, and stands in no custody file."""
    monkeypatch.setattr(keeping, "_MOST", most)
    archive.admit(b"a call")
    written_and_owed(archive)
    done(archive)
    written_and_owed(archive)
    assert archive.owed()
    assert told(archive) == []
    archive.admit(b"another call", "2026-11-16/王芳/2.mp3")
    written_and_owed(archive)
    assert told(archive) == []
    done(archive)
    assert archive.owed() == []
    assert told(archive) == []


def written_and_owed(archive: SmallArchive) -> None:
    keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist_custody_files(tx, AT)


def done(archive: SmallArchive) -> None:
    """All errands, as a mirror does them."""
    with archive.catalogue.transaction() as tx:
        for errand in outbox.due(tx, None, 100):
            outbox.send(tx, [errand])
            outbox.confirm(tx, errand, AT)


def test_custody_files_that_are_no_whole_chain_tell_nothing(
    archive: SmallArchive, written: Recording
) -> None:
    assert written.filed
    first, *_ = sorted((archive.store.root / ".callvault/custody").rglob("*.jsonl"))
    first.write_bytes(first.read_bytes().replace(b"admitted", b"ADMITTED"))
    with pytest.raises(CustodyError):
        told(archive)


def test_a_row_of_no_table_there_is_damages_the_newest_file(
    archive: SmallArchive, written: Recording
) -> None:
    """Of which no later one has the hash yet."""
    assert written.filed
    *_, newest = sorted((archive.store.root / ".callvault/custody").rglob("*.jsonl"))
    newest.write_bytes(newest.read_bytes().replace(b'"table":"recording"', b'"table":"recor$ing"'))
    with pytest.raises(CustodyError) as said:
        told(archive)
    assert said.value.message.key == "custody.damaged"
