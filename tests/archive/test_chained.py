"""Whether a day's custody still holds, by what the catalogue has of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from archive import keeping
from archive.catalogue import chained, log
from tests.archive.small_archive import AT, DAY, ZONE, SmallArchive

ONE_DAY = timedelta(days=1)
DAYS = tuple(DAY + count * ONE_DAY for count in range(-1, 4))
"""One before the first custody file, three with some, and one after the last."""


@pytest.fixture
def kept(archive: SmallArchive) -> SmallArchive:
    """Five entries: one in each of the first day's two files, two in the next file, then one."""
    for number, day in enumerate((0, 0, 1, 2), start=1):
        archive.admit(bytes([number]), f"{number}.mp3")
        if number == 3:
            archive.admit(b"two in one file", "4.mp3")
        keeping.keep(archive.catalogue, archive.store, AT + day * ONE_DAY)
    return archive


def told(archive: SmallArchive) -> list[int | None]:
    with archive.catalogue.reading() as tx:
        return [chained.broken_on(tx, day, ZONE) for day in DAYS]


def test_what_nobody_touched_holds_on_every_day(kept: SmallArchive) -> None:
    assert told(kept) == [None] * 5


def test_before_anything_was_kept_there_is_nothing_to_hold(archive: SmallArchive) -> None:
    archive.admit(b"not kept yet")
    assert told(archive) == [None] * 5


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Only the day is told whose entries do not hold.
        (
            "UPDATE custody SET entry = replace(entry, '王芳', '赵敏') WHERE seq = 3",
            (None, 3, None),
        ),
        (
            "UPDATE custody SET entry = replace(entry, '王芳', '赵敏') WHERE seq = 1",
            (1, None, None),
        ),
        ("DELETE FROM custody WHERE seq = 3", (None, 3, None)),
        ("DELETE FROM custody WHERE seq = 4", (None, 4, None)),
        ("UPDATE custody SET previous = 'x' WHERE seq = 4", (None, 4, None)),
        ("UPDATE custody SET entry = 'no JSON' WHERE seq = 5", (None, None, 5)),
        # Without the row of a file, nobody knows what the next one follows from.
        ("DELETE FROM custody_file WHERE number = 2", (None, 4, None)),
        ("UPDATE custody_file SET head = 'x' WHERE number = 2", (2, 3, None)),
    ],
)
def test_what_was_changed_removed_or_put_in_is_told_on_its_day(
    kept: SmallArchive, change: str, expected: tuple[int | None, ...]
) -> None:
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql(change)
    assert told(kept) == [None, *expected, None]


def test_a_history_that_was_hashed_anew_does_not_end_as_its_file_says(kept: SmallArchive) -> None:
    """Whoever rewrites the log from an entry on has to rewrite the custody files, too."""
    with kept.catalogue.transaction() as tx:
        entries = list(log.between(tx, 3, 5))
        previous = entries[0].previous
        for one in entries:
            forged = one.entry.replace("王芳", "赵敏")
            forged_hash = hashlib.sha256(f"{previous}\n{forged}".encode()).hexdigest()
            said = (forged, previous, forged_hash, one.seq)
            tx.exec_driver_sql(
                "UPDATE custody SET entry = ?, previous = ?, hash = ? WHERE seq = ?", said
            )
            previous = forged_hash
    assert told(kept) == [None, None, 4, 5, None]


def test_files_that_were_written_under_a_wrong_clock_part_the_entries(kept: SmallArchive) -> None:
    archive = kept
    archive.admit(b"back on the first day", "6.mp3")
    keeping.keep(archive.catalogue, archive.store, AT)
    assert told(archive) == [None] * 5
    with archive.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE custody SET hash = 'x' WHERE seq = 6")
    assert told(archive) == [None, 6, None, None, None]


def test_a_file_that_has_rows_alone_ends_where_the_one_before_did(kept: SmallArchive) -> None:
    kept.customer("张三")
    keeping.keep(kept.catalogue, kept.store, AT + 3 * ONE_DAY)
    assert told(kept) == [None] * 5
    with kept.catalogue.transaction() as tx:
        tx.exec_driver_sql("UPDATE custody_file SET head = 'x' WHERE number = 5")
    assert told(kept)[-1] == 5
