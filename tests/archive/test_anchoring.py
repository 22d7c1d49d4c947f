"""What is time-stamped is a file of anchors alone, and all entries come under one of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive import anchoring, custody_files, keeping
from archive.anchoring import anchor, of_anchors_alone
from archive.catalogue import log, papers
from archive.custody import Event
from archive.custody_files import CustodyFile
from archive.custody_tree import Tree
from archive.rebuilding import rebuild
from tests.archive.small_archive import AT, SmallArchive


def files(archive: SmallArchive) -> list[CustodyFile]:
    with archive.catalogue.reading() as tx:
        known = papers.custody_files(tx)
    return [custody_files.read(archive.store.path(one.path)) for one in known]


def anchors(archive: SmallArchive) -> list[dict[str, Any]]:
    with archive.catalogue.reading() as tx:
        return [json.loads(one.entry) for one in log.of_event(tx, "anchored")]


def over(archive: SmallArchive) -> list[tuple[int, int]]:
    return [(one["first"], one["last"]) for one in anchors(archive)]


def stamped(archive: SmallArchive) -> None:
    """An authority answered to the newest file."""
    with archive.catalogue.transaction() as tx:
        papers.enter_stamp(tx, papers.last_file(tx).number, "0" * 64, AT)


def test_the_newest_file_has_anchors_alone_over_all_before(archive: SmallArchive) -> None:
    archive.admit(b"one")
    archive.admit(b"two", "2.mp3")
    anchor(archive.catalogue, archive.store, AT)
    before, last = files(archive)
    assert (of_anchors_alone(before), of_anchors_alone(last)) == (False, True)
    assert "录音" not in last.entries[0].entry
    root = Tree([one.hash for one in before.entries]).root
    assert anchors(archive)[0]["sha256"] == root
    assert over(archive) == [(1, 2)]


def test_of_nothing_and_where_nothing_is_new_there_is_no_anchor(archive: SmallArchive) -> None:
    anchor(archive.catalogue, archive.store, AT)
    assert files(archive) == []
    archive.admit(b"one")
    for _ in range(2):
        anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 1)]


def test_after_a_stamp_the_next_goes_on_where_that_anchor_ended(archive: SmallArchive) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    archive.admit(b"two", "2.mp3")
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 1), (2, 3)]


def test_what_got_no_stamp_comes_under_the_next_anchor_again(archive: SmallArchive) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)
    archive.admit(b"two", "2.mp3")
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 1), (1, 3)]


def test_stamps_from_before_there_were_anchors_count_for_none(archive: SmallArchive) -> None:
    archive.admit(b"one")
    keeping.keep(archive.catalogue, archive.store, AT)
    stamped(archive)
    archive.admit(b"two", "2.mp3")
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 2)]


def test_a_long_log_is_under_several_roots(
    archive: SmallArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchoring, "_MOST", 2)
    for number in range(5):
        archive.admit(bytes([number]), f"{number}.mp3")
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 2), (3, 4), (5, 5)]
    assert of_anchors_alone(files(archive)[-1])


def test_a_file_of_rows_alone_has_no_anchors(archive: SmallArchive) -> None:
    archive.customer("张三")
    keeping.keep(archive.catalogue, archive.store, AT)
    assert [of_anchors_alone(one) for one in files(archive)] == [False]


def test_anchors_outlast_the_catalogue(archive: SmallArchive) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    before = anchors(archive)
    archive.catalogue.close()
    rebuild(archive.store, f"sqlite:///{archive.store.root}/.callvault/catalogue.sqlite", AT)
    assert anchors(archive) == before
    with archive.catalogue.reading() as tx:
        assert papers.file_of_number(tx, 2).last == 2


def test_a_kill_between_an_anchor_and_its_file_leaves_work_for_the_next(
    archive: SmallArchive,
) -> None:
    archive.admit(b"one")
    keeping.keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        log.append(tx, [Event("anchored", "0" * 64, {"first": 1, "last": 1})], AT)
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 1)]
    assert [of_anchors_alone(one) for one in files(archive)] == [False, True]


# What gets no stamp, or one that cannot be shown


def proven(archive: SmallArchive) -> set[int]:
    """The entries that a package can prove."""
    with archive.catalogue.reading() as tx:
        numbers = {one.file.number for one in papers.stamped(tx)}
    alone = [one for one in files(archive) if one.heading.number in numbers]
    told = [
        json.loads(one.entry) for file in alone if of_anchors_alone(file) for one in file.entries
    ]
    return {seq for one in told for seq in range(one["first"], one["last"] + 1)}


def test_rows_that_come_after_an_anchor_without_a_stamp_do_not_take_its_stamp(
    archive: SmallArchive,
) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)  # and the authority fails
    archive.customer("张三")
    keeping.keep(archive.catalogue, archive.store, AT)
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    assert proven(archive) == {1, 2}


def test_what_a_stamp_on_a_later_file_of_rows_left_out_comes_under_the_next_anchor(
    archive: SmallArchive,
) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)
    archive.customer("张三")
    keeping.keep(archive.catalogue, archive.store, AT)
    stamped(archive)
    archive.admit(b"two", "2.mp3")
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    assert proven(archive) == {1, 2, 3}


def test_what_is_written_between_an_anchor_and_its_file_costs_no_proof(
    archive: SmallArchive,
) -> None:
    archive.admit(b"one")
    keeping.keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        log.append(tx, [Event("anchored", "0" * 64, {"first": 1, "last": 1})], AT)
    archive.customer("张三")
    keeping.keep(archive.catalogue, archive.store, AT)
    stamped(archive)
    assert proven(archive) == set()
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    assert proven(archive) == {1, 2}


def test_an_anchor_whose_file_was_damaged_proves_nothing(archive: SmallArchive) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    archive.admit(b"two", "2.mp3")
    keeping.keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.reading() as tx:
        file = archive.store.path(papers.file_of_number(tx, 2).path)
    file.write_bytes(b"damaged")
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 1), (1, 3)]


def test_after_a_stamp_there_is_no_anchor_over_anchors_alone(archive: SmallArchive) -> None:
    archive.admit(b"one")
    anchor(archive.catalogue, archive.store, AT)
    stamped(archive)
    archive.customer("张三")  # a row, and no entry
    anchor(archive.catalogue, archive.store, AT)
    assert over(archive) == [(1, 1)]
