"""A person's word: it stands whatever comes, files and objects follow, and it is remembered."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.errors import WordError
from ingest.word_told import tell_assign
from tests.ingest.people import BROTHER, CHEN, LINES, ROWS, WANG, Person, a_day, places
from tests.ingest.small_office import (
    DAY,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sheet,
    sound,
    workbook,
)
from tests.s3_server import S3Server


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    desk = a_day(tmp_path)
    assert desk.statuses() == {CHEN: "filed", WANG: "ambiguous", BROTHER: "unmatched"}
    return desk


@pytest.fixture
def person(desk: SmallOffice) -> Person:
    return Person(desk)


# Assigning


def test_a_recording_goes_to_the_row_that_a_person_names(desk: SmallOffice, person: Person) -> None:
    told = person.assign(WANG, f"记录表.csv:{LINES['王伟 1402']}")
    assert (told["customer"], told["moved"], told["by_daemon"]) == ("王伟", 1, False)
    assert places(desk)[WANG] == "王伟 (1402)"
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == WANG]
    assert line["call"]["line"] == LINES["王伟 1402"]
    assert line["reasons"][0] == "assigned by 李经理 (2026-11-16 16:30)"
    assert (desk.archive / line["archive_path"]).is_file()


def test_custody_says_who_assigned_what(desk: SmallOffice, person: Person) -> None:
    person.assign(BROTHER, "陈建国")
    *_, assigned, decided, filed = desk.custody()
    assert (assigned["event"], assigned["by"], assigned["customer"]) == (
        "assigned",
        "李经理",
        "陈建国",
    )
    assert (decided["event"], decided["why"]) == ("decided", "person")
    assert assigned["confirmed"] == [["name", "工地老赵"], ["number", "15405387777"]]
    assert (filed["event"], filed["customer"], filed["sha256"]) == (
        "filed",
        "陈建国",
        assigned["sha256"],
    )


@pytest.mark.parametrize(
    "named", [WANG, WANG.rpartition("/")[2], "2611161030.amr", "id", "hash", "path", "inbox"]
)
def test_a_recording_can_be_named_in_many_ways(
    desk: SmallOffice, person: Person, named: str
) -> None:
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == WANG]
    given = {
        "id": str(person.explained(WANG)["id"]),
        "hash": line["sha256"][:6].upper(),
        "path": str(desk.archive / line["archive_path"]),
        "inbox": str(desk.inbox / WANG),
    }
    assert person.unassign(given.get(named, named))["recording"]["source"] == WANG


@pytest.mark.parametrize(
    "named", ["王伟 15405381402", "王伟 1402", "王伟(1402)", "15405381402", "王伟 (1402)/"]
)
def test_a_namesake_can_be_named_in_many_ways(
    desk: SmallOffice, person: Person, named: str
) -> None:
    person.assign(WANG, named)
    assert places(desk)[WANG] == "王伟 (1402)"


@pytest.mark.parametrize(
    ("recording", "target", "key", "shown"),
    [
        ("nothing.amr", "陈建国", "word.no_recording", "nothing.amr"),
        (".amr", "陈建国", "word.several_recordings", "王伟-2611161030"),
        (WANG, "张三丰", "word.no_customer_yet", "--new"),
        (WANG, "王伟", "word.several_customers", "王伟 15405381402"),
        (WANG, "nothing.csv:3", "word.no_sheet", "nothing.csv"),
        (WANG, "记录表.csv:99", "word.no_row", "99"),
    ],
)
def test_what_is_unknown_or_could_be_several_is_told_and_changes_nothing(
    desk: SmallOffice, person: Person, recording: str, target: str, key: str, shown: str
) -> None:
    before = desk.rows()
    with pytest.raises(WordError) as caught:
        person.assign(recording, target)
    assert caught.value.message.key == key
    assert shown in person.desk.words.say(caught.value.message)
    assert desk.rows() == before


def test_a_row_is_named_by_its_tab_where_a_line_stands_in_several(tmp_path: Path) -> None:
    desk = office(tmp_path)
    desk.drop(BROTHER, sound(1))
    content = workbook({"上午": ROWS[0], "下午": ROWS[1]})
    desk.drop(f"{DAY}/王芳/记录表.xlsx", content)
    desk.ingest()
    person = Person(desk)
    with pytest.raises(WordError) as caught:
        person.assign(BROTHER, "记录表.xlsx:2")
    assert caught.value.message.key == "word.several_rows"
    assert "记录表.xlsx:下午:2" in person.desk.words.say(caught.value.message)
    assert person.assign(BROTHER, "王芳/记录表.xlsx：下午：2")["customer"] == "刘海燕"


def test_a_sheet_that_could_be_several_is_told(desk: SmallOffice, person: Person) -> None:
    desk.drop(f"{DAY}/李强/记录表.csv", sheet([("孙丽", "15405381299", "11:00")]))
    desk.ingest()
    with pytest.raises(WordError) as caught:
        person.assign(BROTHER, "记录表.csv:2")
    assert caught.value.message.key == "word.several_sheets"
    assert person.assign(BROTHER, "李强/记录表.csv:2")["customer"] == "孙丽"


def test_a_row_that_names_nobody_says_whom_it_may_mean(desk: SmallOffice, person: Person) -> None:
    desk.drop(SHEET, sheet([*ROWS, ("王伟", "", "11:00")]), time(13))
    desk.ingest()
    with pytest.raises(WordError) as caught:
        person.assign(BROTHER, "记录表.csv:6")
    assert caught.value.message.key == "word.row_of_nobody"
    assert "王伟 15405381401" in person.desk.words.say(caught.value.message)


def test_what_was_confirmed_for_one_is_not_confirmed_for_another(
    desk: SmallOffice, person: Person
) -> None:
    person.assign(BROTHER, "陈建国")
    desk.drop(NEXT_CALL, sound(8))
    desk.ingest()
    told = tell_assign(person.desk, NEXT_CALL, "刘海燕", "text", new=False, remember=True)
    assert "not remembered: the contact “工地老赵” is 陈建国's already" in told.output
    assert places(desk)[NEXT_CALL] == "刘海燕"
    again = tell_assign(person.desk, BROTHER, "刘海燕", "text", new=False, remember=True)
    assert "no longer remembered: the number “15405387777”" in again.output
    same = tell_assign(person.desk, BROTHER, "刘海燕", "text", new=False, remember=True)
    assert same.output == "that had been said before; nothing was changed\n"


def test_saying_it_again_changes_nothing(desk: SmallOffice, person: Person) -> None:
    person.assign(WANG, "王伟 1402")
    before = desk.kept(), desk.rows()
    assert person.assign(WANG, "王伟 1402")["act"] is None
    assert (desk.kept(), desk.rows()) == before


def test_a_customer_without_a_call_that_day_gets_the_day_of_the_recording(
    desk: SmallOffice, person: Person
) -> None:
    """And a name made of what the recording says."""
    told = person.assign(BROTHER, "赵六 13900139000", new=True)
    assert told["recording"]["archive_path"] == "赵六/2026-11-16/20261116_101530_赵六_7777.amr"
    assert desk.statuses()[BROTHER] == "filed"


def test_a_new_customer_is_known_to_a_sheet_that_comes_later(
    desk: SmallOffice, person: Person
) -> None:
    person.assign(BROTHER, "赵六", new=True)
    desk.drop(SHEET, sheet([*ROWS, ("赵六", "15405387777", "10:15")]), time(13))
    desk.ingest()
    assert places(desk)[BROTHER] == "赵六"
    (line,) = [one for one in desk.report()["recordings"] if one["source"] == BROTHER]
    assert line["call"]["line"] == 6


@pytest.mark.parametrize("name", ["陈建国", "陈建国 15405381201", "王伟", "a/b", " "])
def test_new_is_refused_for_a_known_customer_and_for_what_is_no_name(
    person: Person, name: str
) -> None:
    with pytest.raises(WordError):
        person.assign(BROTHER, name, new=True)


def test_another_person_of_a_known_name_is_new_by_number(desk: SmallOffice, person: Person) -> None:
    person.assign(BROTHER, "陈建国 13900139000", new=True)
    assert places(desk)[BROTHER] == "陈建国 (9000)"


# What stands


@pytest.mark.parametrize("rows", [ROWS[:3], [], [("王伟", "15405381401", "10:30"), *ROWS[3:]]])
def test_a_corrected_sheet_never_moves_what_a_person_assigned(
    desk: SmallOffice, person: Person, rows: list[tuple[str, str, str]]
) -> None:
    person.assign(WANG, f"记录表.csv:{LINES['王伟 1402']}")
    desk.drop(SHEET, sheet([*rows, ("刘海燕", "13869170000", "9:40")]), time(13))
    desk.ingest()
    assert places(desk)[WANG] == "王伟 (1402)"


def test_what_is_unassigned_stays_in_holding_and_asks_for_nobody(
    desk: SmallOffice, person: Person
) -> None:
    person.unassign(CHEN)
    assert places(desk)[CHEN] == "_holding"
    desk.drop(SHEET, sheet([*ROWS, ("孙丽", "15405381299", "11:00")]), time(13))
    summary = desk.ingest()
    assert places(desk)[CHEN] == "_holding"
    assert ("held_by_person", CHEN) in desk.codes()
    assert summary.attention.held == 2  # the other two
    assert person.unassign(CHEN)["act"] is None


def test_a_recording_that_needs_nobody_any_more_lets_the_pass_end_well(tmp_path: Path) -> None:
    desk = office(tmp_path)
    desk.drop(BROTHER, sound(1))
    desk.drop(SHEET, sheet(ROWS[:1]))
    assert desk.ingest().needs_a_person
    Person(desk).unassign(BROTHER)
    assert not desk.ingest().needs_a_person


def test_nobody_is_asked_for_a_recording_that_a_person_said_is_theirs_and_the_disk_lost(
    tmp_path: Path,
) -> None:
    desk = office(tmp_path)
    desk.drop(BROTHER, sound(1))
    desk.drop(SHEET, sheet(ROWS[:1]))
    desk.ingest()
    (held,) = desk.kept()
    (desk.archive / held).unlink()
    assert ("missing_recording", SHEET) in desk.codes()
    Person(desk).assign(BROTHER, "陈建国")
    assert desk.codes() == [("mirror_off", ""), ("recording_waiting", BROTHER)]


def test_objects_follow(desk: SmallOffice) -> None:
    with S3Server(desk.folder / "bucket") as server, pytest.MonkeyPatch.context() as patched:
        server.sign_in(patched)
        mirrored = desk.with_mirror(server.endpoint_url)
        mirrored.ingest()
        person = Person(mirrored)
        act = person.assign(WANG, "王伟 1402")["act"]
        assert set(desk.kept()) == set(mirrored.mirrored())
        person.undo(act)
        assert set(desk.kept()) == set(mirrored.mirrored())
        server.stop()
        told = person.assign(WANG, "王伟 1401")
        assert told["moved"] == 1
        server.start()
        mirrored.ingest()
        assert set(desk.kept()) == set(mirrored.mirrored())


def test_while_another_works_on_the_archive_the_word_is_written_down(
    desk: SmallOffice, person: Person
) -> None:
    before = desk.kept()
    with FileLock(desk.archive / ".callvault/lock"):
        told = person.assign(WANG, "王伟 1402")
    assert (told["by_daemon"], told["moved"]) == (True, 0)
    assert desk.kept() == before
    desk.ingest()
    assert places(desk)[WANG] == "王伟 (1402)"


# What is remembered


NEXT_CALL = recorded("工地老赵", "15405387777", "143000")


def test_a_contact_that_a_person_confirmed_is_evidence_from_then_on(
    desk: SmallOffice, person: Person
) -> None:
    told = person.assign(BROTHER, "陈建国")
    assert [one["value"] for one in told["remembered"]] == ["工地老赵", "15405387777"]
    desk.drop(NEXT_CALL, sound(8))
    desk.ingest()
    assert places(desk)[NEXT_CALL] == "陈建国"


def test_what_is_forgotten_is_evidence_no_more(desk: SmallOffice, person: Person) -> None:
    person.assign(BROTHER, "陈建国")
    desk.drop(NEXT_CALL, sound(8))
    desk.ingest()
    person.forget(1, 2)
    assert person.remembered() == []
    assert places(desk) == {
        CHEN: "陈建国",
        WANG: "_holding",
        BROTHER: "陈建国",
        NEXT_CALL: "_holding",
    }
    assert ("filing_withdrawn", NEXT_CALL) in desk.codes()
    forgotten = [one for one in desk.custody() if one["event"] == "forgotten"]
    assert [one["value"] for one in forgotten] == ["工地老赵", "15405387777"]
    with pytest.raises(WordError):
        person.forget(1)


def test_nothing_is_remembered_where_nobody_asked_for_it(person: Person) -> None:
    person.assign(BROTHER, "陈建国", remember=False)
    assert person.remembered() == []


def test_what_is_somebody_elses_is_not_remembered(desk: SmallOffice, person: Person) -> None:
    source = recorded("刘海燕", "13869170000", "150000")
    desk.drop(source, sound(8))
    desk.ingest()
    told = person.assign(source, "陈建国")
    assert told["remembered"] == []
    assert {one["customer"] for one in told["not_remembered"]} == {"刘海燕"}
    assert places(desk)[source] == "陈建国"


def test_whoever_is_only_somebodys_relative_is_not_remembered_by_name(
    desk: SmallOffice, person: Person
) -> None:
    source = recorded("妈妈", "15405386666", "150000")
    desk.drop(source, sound(8))
    desk.ingest()
    person.assign(source, "陈建国")
    assert person.remembered() == [("number", "15405386666", "陈建国")]


def test_a_word_that_is_corrected_takes_what_it_confirmed_along(person: Person) -> None:
    person.assign(BROTHER, "陈建国")
    told = person.assign(BROTHER, "刘海燕")
    assert {customer for _, _, customer in person.remembered()} == {"刘海燕"}
    person.undo(told["act"])
    assert {customer for _, _, customer in person.remembered()} == {"陈建国"}
    person.unassign(BROTHER)
    assert person.remembered() == []


# Again and again


def test_what_lost_its_evidence_is_told_until_it_is_clear_again(desk: SmallOffice) -> None:
    desk.drop(SHEET, sheet(ROWS[1:]), time(13))
    desk.ingest()
    assert places(desk)[CHEN] == "_holding"
    assert ("filing_withdrawn", CHEN) in desk.codes()
    (finding,) = [one for one in desk.report()["findings"] if one["code"] == "filing_withdrawn"]
    assert finding["customer"] == "陈建国"
    desk.drop(SHEET, sheet(ROWS), time(14))
    desk.ingest()
    assert places(desk)[CHEN] == "陈建国"
    assert ("filing_withdrawn", CHEN) not in desk.codes()


def test_another_name_of_the_same_bytes_is_evidence_too(desk: SmallOffice) -> None:
    plain, copy = f"{DAY}/王芳/录音001.amr", recorded("刘海燕", "13869170000", "094011")
    desk.drop(plain, sound(7))
    desk.ingest()
    assert places(desk)[plain] == "_holding"
    desk.drop(copy, sound(7), time(13))
    desk.ingest()
    assert places(desk)[plain] == "刘海燕"
    desk.drop(copy, sound(9), time(14))
    desk.ingest()
    assert places(desk)[plain] == "_holding"
    assert places(desk)[copy] == "刘海燕"


def test_nobody_hears_names_from_the_log(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", "ingest"):
        person.assign(BROTHER, "陈建国")
        person.undo(BROTHER)
    assert caplog.text
    for personal in ("陈建国", "工地老赵", "15405387777"):
        assert personal not in caplog.text
