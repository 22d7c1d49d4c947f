"""What people said of findings: the last word counts, custody has all, and a rebuilding too."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import timedelta

from archive import keeping
from archive.catalogue import answers
from archive.catalogue.answers import Speech
from archive.catalogue.database import open_catalogue
from archive.rebuilding import rebuild
from archive.said_records import Answer, KnownFinding
from tests.archive.small_archive import AT, DAY, SmallArchive

MISSING = KnownFinding("261116-3f9a2c1b", DAY, "missing_recording", "张三 · 王芳")
DAMAGED = KnownFinding(
    "261117-00000000", DAY + timedelta(1), "damaged_recording", "a.mp3", "ab" * 32
)


def give(archive: SmallArchive, to: KnownFinding, reason: str, by: str = "李经理") -> None:
    with archive.catalogue.transaction() as tx:
        answers.give(tx, to, Speech(reason, by, AT))


def test_the_last_reason_of_a_finding_counts(archive: SmallArchive) -> None:
    give(archive, MISSING, "手机送修")
    give(archive, MISSING, "手机丢失", "王芳")
    give(archive, DAMAGED, "存储卡坏了")
    with archive.catalogue.transaction() as tx:
        of_day = answers.of_day(tx, DAY)
        everything = answers.everything(tx)
        ever = answers.ever_said(tx, [MISSING.id])
    about = (MISSING.code, MISSING.about)
    assert of_day == {MISSING.id: Answer(MISSING.id, DAY, *about, "手机丢失", "王芳", AT)}
    assert [one.reason for one in everything] == ["存储卡坏了", "手机丢失"]
    assert ever == {(MISSING.id, "手机送修"), (MISSING.id, "手机丢失")}


def test_what_was_taken_back_stands_no_more(archive: SmallArchive) -> None:
    give(archive, MISSING, "手机送修")
    give(archive, DAMAGED, "存储卡坏了")
    with archive.catalogue.transaction() as tx:
        answers.withdraw(tx, MISSING, "李经理", AT)
        assert answers.of_day(tx, DAY) == {}
        assert [one.finding for one in answers.everything(tx)] == [DAMAGED.id]
        assert answers.ever_said(tx, [MISSING.id]) == {(MISSING.id, "手机送修")}


def test_an_answer_is_found_by_the_beginning_of_its_finding(archive: SmallArchive) -> None:
    give(archive, MISSING, "手机送修")
    with archive.catalogue.transaction() as tx:
        assert [one.finding for one in answers.beginning(tx, "261116-3f")] == [MISSING.id]
        assert answers.beginning(tx, "261116-4") == []
        assert answers.beginning(tx, "26%") == []


def test_custody_tells_who_said_what_of_which_finding(archive: SmallArchive) -> None:
    with archive.catalogue.transaction() as tx:
        answers.give(tx, MISSING, Speech("手机送修", "李经理", AT, "李经理/报告.xlsx"))
        answers.withdraw(tx, MISSING, "王芳", AT)
    give(archive, DAMAGED, "存储卡坏了")
    given, taken_back, of_recording = (json.loads(one.entry) for one in archive.custody())
    assert given["event"] == "answered"
    assert given["sha256"] == hashlib.sha256(MISSING.id.encode()).hexdigest()
    assert (given["finding"], given["reason"], given["by"]) == (MISSING.id, "手机送修", "李经理")
    assert (given["about"], given["original_name"]) == (MISSING.about, "李经理/报告.xlsx")
    assert (taken_back["event"], taken_back["by"]) == ("answer_withdrawn", "王芳")
    assert of_recording["sha256"] == DAMAGED.sha256


def test_answers_come_back_from_the_custody_files(archive: SmallArchive) -> None:
    give(archive, MISSING, "手机送修")
    keeping.keep(archive.catalogue, archive.store, AT)
    give(archive, DAMAGED, "存储卡坏了")
    keeping.keep(archive.catalogue, archive.store, AT)
    with archive.catalogue.transaction() as tx:
        before = answers.everything(tx)
    url = f"sqlite:///{archive.store.root}/.callvault/catalogue.sqlite"
    archive.catalogue.close()
    rebuild(archive.store, url, AT)
    with closing(open_catalogue(url)) as anew, anew.reading() as tx:
        assert answers.everything(tx) == before
        assert len(before) == 2
