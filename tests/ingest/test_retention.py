"""Retention by rule, in an office without a mirror: what is due, the signed list, what goes."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.fixity import Level, Slice
from archive.places import InArchive
from archive.store import Store
from archive.verify import Verifying
from config.csv_text import csv_line
from config.language import LANGUAGES
from config.settings import Retention
from ingest.desk import DONE, NEEDS_A_PERSON
from ingest.errors import ListenError, WordError
from ingest.hold_told import tell_add, tell_release
from ingest.listening import proven
from ingest.retention_list import HEAD
from ingest.retention_told import tell_due
from tests.ingest.people import BROTHER, CHEN, LIU, ROWS, WANG, Person, a_day
from tests.ingest.retiring import (
    LATER,
    WHY,
    Keeper,
    disposals,
    entries,
    kept_for,
    two_customers,
)
from tests.ingest.small_office import DAY, SHEET, SmallOffice, office, recorded, sheet, sound


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    desk = two_customers(tmp_path)
    desk.ingest()
    return desk


# What is due


def test_customers_are_due_once_the_years_since_their_last_recording_are_over(
    desk: SmallOffice,
) -> None:
    day_before = replace(Keeper(desk), at=LATER - timedelta(days=2))
    assert day_before.due()["customers"] == []
    told = Keeper(desk).due()
    assert (told["on"], told["years"], told["recordings"]) == ("2031-11-18", 5, 2)
    first = told["customers"][1]
    assert first == {
        "customer": "陈建国",
        "folder": "陈建国",
        "recordings": 1,
        "from": "2026-11-16",
        "to": "2026-11-16",
        "last": "2026-11-16",
        "rule": "years",
        "name": None,
        "years": 5,
        "until": "2031-11-16",
        "due": True,
        "bound": None,
    }


def test_a_later_recording_keeps_all_that_came_before(desk: SmallOffice) -> None:
    again = recorded("陈建国", "15405381201", "091207").replace("20261116", "20281103")
    desk.drop(again.replace(str(DAY), "2028-11-03"), sound(7))
    desk.drop("2028-11-03/王芳/表.csv", sheet([("陈建国", "15405381201", "9:12")]))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    assert Keeper(desk).folders_due() == ["刘海燕"]
    assert replace(Keeper(desk), at=LATER.replace(year=2033)).due()["recordings"] == 3


def test_a_later_call_without_a_recording_keeps_them_too(desk: SmallOffice) -> None:
    desk.drop("2028-11-03/王芳/表.csv", sheet([("陈建国", "15405381201", "9:12")]))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    assert Keeper(desk).folders_due() == ["刘海燕"]


def test_a_phone_that_lost_its_clock_makes_nothing_due(tmp_path: Path) -> None:
    desk = two_customers(tmp_path)
    desk.drop(CHEN.replace("20261116", "20100101"), sound(9))
    desk.ingest()
    Person(desk).assign(CHEN.replace("20261116", "20100101"), "陈建国")
    tomorrow = datetime(2026, 11, 17, 9, tzinfo=LATER.tzinfo)
    assert replace(Keeper(desk), at=tomorrow).due()["customers"] == []


def test_department_and_grade_lengthen_it_and_the_longest_goes(tmp_path: Path) -> None:
    desk = two_customers(tmp_path)
    head = "客户姓名,联系方式,通话时间,联系情况,预计存款时间,车辆位置,工作小时数,部门,客户等级\n"
    rows = [
        "陈建国,15405381201,9:12,已接通,2026-11-16,济宁,8,法务部,D类\n",
        "刘海燕,13869170000,9:40,已接通,2026-11-16,济宁,8,信用部,A\n",
    ]
    desk.drop(SHEET, (head + "".join(rows)).encode("utf-8-sig"))
    desk.ingest()
    longer = kept_for(desk, Retention(5, (("legal", 6),), (("D", 8),)))
    assert Keeper(longer).folders_due() == ["刘海燕"]
    told = replace(Keeper(longer), at=LATER.replace(year=2034)).due()["customers"]
    assert [(one["rule"], one["name"], one["until"]) for one in told] == [
        ("years", None, "2031-11-16"),
        ("grade", "D", "2034-11-16"),
    ]
    legal = kept_for(desk, Retention(5, (("legal", 6),)))
    told = replace(Keeper(legal), at=LATER.replace(year=2032)).due()["customers"]
    assert (told[1]["rule"], told[1]["name"], told[1]["years"]) == ("department", "legal", 6)


def test_who_is_under_legal_hold_is_listed_as_bound_and_never_due(desk: SmallOffice) -> None:
    tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
    told = {one["folder"]: (one["due"], one["bound"]) for one in Keeper(desk).due()["customers"]}
    assert told == {"刘海燕": (True, None), "陈建国": (False, "hold")}
    assert "陈建国" not in Keeper(desk).draw_up().read_text("utf-8")
    tell_release(Person(desk).desk, "陈建国", "json")
    assert Keeper(desk).folders_due() == ["刘海燕", "陈建国"]


def test_what_lies_in_holding_is_never_due_and_binds_whose_it_may_be(tmp_path: Path) -> None:
    desk = kept_for(a_day(tmp_path), Retention(5))
    told = Keeper(desk).due()
    assert (told["in_holding"], [one["folder"] for one in told["customers"]]) == (2, ["陈建国"])
    Person(desk).assign(BROTHER, "王伟 1401")  # now one of the two has a file, WANG may be theirs
    bound = {one["customer"]: one["bound"] for one in Keeper(desk).due()["customers"]}
    assert bound == {"陈建国": None, "王伟": "undecided"}
    Person(desk).assign(WANG, "王伟 1402")
    assert len(Keeper(desk).folders_due()) == 3


@pytest.mark.parametrize(
    "name", ["通话录音@建国(15405381201)_20281103091207.amr", "陈建国-2811031012.amr"]
)
def test_what_came_without_a_sheet_binds_whose_name_or_number_it_has(
    desk: SmallOffice, name: str
) -> None:
    desk.drop(f"2028-11-03/王芳/{name}", sound(7))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    keeper = replace(Keeper(desk), at=LATER.replace(year=2040))
    told = {one["folder"]: one["bound"] for one in keeper.due()["customers"]}
    assert told == {"刘海燕": None, "陈建国": "undecided"}
    Person(desk).unassign(name)  # nobody's, a person says
    assert keeper.folders_due() == ["刘海燕", "陈建国"]


def test_a_row_that_may_be_of_either_namesake_counts_for_both(tmp_path: Path) -> None:
    desk = kept_for(a_day(tmp_path), Retention(5))
    Person(desk).assign(BROTHER, "王伟 1401")
    Person(desk).assign(WANG, "王伟 1402")
    desk.drop("2028-11-03/王芳/表.csv", sheet([("王伟", "", "9:12")]))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    assert Keeper(desk).folders_due() == ["陈建国"]
    assert len(replace(Keeper(desk), at=LATER.replace(year=2034)).folders_due()) == 3


def test_a_customer_with_a_bad_copy_is_bound_until_it_is_repaired(desk: SmallOffice) -> None:
    bad = desk.archive / next(path for path in desk.kept() if path.startswith("陈"))
    bad.write_bytes(b"something else")
    Keeper(desk).draw_up()
    assert Keeper(desk).apply(1)["kept"] == [{"recording": 2, "why": "altered"}]
    assert bad.read_bytes() == b"something else"
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        copies = InArchive(Store(desk.archive))
        Verifying(catalogue, copies, 1, lambda: LATER).run(Level.CONTENTS, Slice(1, 1))
    (told,) = Keeper(desk).due()["customers"]
    assert (told["folder"], told["bound"]) == ("陈建国", "fault")


def test_the_report_counts_what_is_due(desk: SmallOffice) -> None:
    tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
    found = {one["code"]: one["message"] for one in desk.report(LATER.date(), LATER)["findings"]}
    assert found["retention_due"].startswith("1 recording")
    before = desk.report(date(2031, 11, 16), LATER)["findings"]
    assert "retention_due" not in {one["code"] for one in before}


def test_without_a_rule_nothing_is_due_and_that_is_told(desk: SmallOffice) -> None:
    without = Keeper(kept_for(desk, None))
    with pytest.raises(WordError) as caught:
        without.due()
    assert caught.value.message.key == "retention.no_rule"


def test_who_saw_what_is_due_is_written_down(desk: SmallOffice) -> None:
    Keeper(desk).draw_up()
    desk.ingest(LATER)
    (seen,) = entries(desk, "numbers_shown")
    assert (seen["by"], seen["command"]) == ("li", "retention due")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_words(desk: SmallOffice, language: str) -> None:
    tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
    keeper = replace(Keeper(desk), language=language)
    told = tell_due(keeper.desk, None, "text", None).output
    assert "刘海燕" in told
    assert "2031-11-16" in told
    assert ("hold" in told) == (language == "en")
    keeper.draw_up()
    assert "1" in keeper.order(1, "text").output
    assert tell_due(keeper.desk, None, "text", None).output


# What a person signs


def test_what_was_listed_goes_and_its_history_stays(desk: SmallOffice) -> None:
    before, keeper = desk.rows(), Keeper(desk)
    told = keeper.dispose(2)
    assert (told["ordered"], told["disposed"], told["kept"]) == ([1, 2], 2, [])
    assert sorted(told["sources_in_inbox"]) == sorted([CHEN, LIU])
    assert desk.kept() == {}
    assert not (desk.archive / "陈建国").exists()
    after = desk.rows()
    assert disposals(desk) == ["disposed", "disposed"]
    assert [row[:-1] for row in after["recording"]] == [row[:-1] for row in before["recording"]]
    ordered = entries(desk, "disposal_ordered")
    assert [(one["by"], one["reason"], one["customer"]) for one in ordered] == [
        ("李经理", WHY, "刘海燕"),
        ("李经理", WHY, "陈建国"),
    ]
    assert ordered[0]["rule"] == {
        "kind": "years",
        "name": "",
        "years": 5,
        "last": "2026-11-16",
        "until": "2031-11-16",
    }
    assert len({one["list_sha256"] for one in ordered}) == 1
    assert [one["file"] for one in entries(desk, "disposed")] == ["removed", "removed"]
    assert Keeper(desk).due()["customers"] == []


def test_a_second_pass_changes_nothing(desk: SmallOffice) -> None:
    Keeper(desk).dispose(2)
    desk.ingest(LATER)
    rows, kept = desk.rows(), desk.kept()
    desk.ingest(LATER)
    assert (desk.rows(), desk.kept()) == (rows, kept)


def test_a_line_that_was_struck_out_stays(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    assert keeper.apply(1)["ordered"] == [1]
    assert [path.split("/")[0] for path in desk.kept()] == ["陈建国"]


Edit = Callable[[str], str]


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("陈建国,陈建国", "王伟,王伟"),
        lambda text: text.replace(",2031-11-16,", ",2030-11-16,"),
        lambda text: text + text.splitlines(keepends=True)[1],
        lambda text: text.replace("\n2,", "\n3,"),
        lambda text: text.replace(",years,", ",grade,"),
        lambda text: text.splitlines(keepends=True)[0],
        lambda text: text.replace("recording,", "number,"),
        lambda _: "",
        lambda _: "\x00",
        lambda text: text + "x" * 200_000,
    ],
)
def test_a_list_that_was_changed_is_refused_as_a_whole(desk: SmallOffice, edit: Edit) -> None:
    keeper = Keeper(desk)
    text = keeper.draw_up().read_text("utf-8-sig")
    keeper.signed.write_text(edit(text), "utf-8-sig", newline="")
    with pytest.raises(WordError):
        keeper.apply(2)
    assert disposals(desk) == [None, None]
    assert len(desk.kept()) == 2


def test_a_line_of_another_list_is_refused(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    whole = keeper.draw_up().read_text("utf-8-sig").splitlines(keepends=True)
    tell_add(Person(desk).desk, "陈建国", "", "json")
    part = keeper.draw_up().read_text("utf-8-sig").splitlines(keepends=True)
    tell_release(Person(desk).desk, "陈建国", "json")
    mixed = [*part, next(line for line in whole if "陈建国" in line)]
    keeper.signed.write_text("".join(mixed), "utf-8-sig", newline="")
    with pytest.raises(WordError) as caught:
        keeper.apply(2)
    assert caught.value.message.key == "retention.list_changed"


@pytest.mark.parametrize(
    ("cell", "forged"), [("recording", "9" * 30), ("recording", "one"), ("until", "2031-02-30")]
)
def test_what_somebody_forged_with_its_checks_is_refused_as_well(
    desk: SmallOffice, cell: str, forged: str
) -> None:
    """Whoever knows how may make them; lines of such cells no catalogue can be asked about."""
    keeper = Keeper(desk)
    text = keeper.draw_up().read_text("utf-8-sig")
    cells = dict(zip(HEAD, next(csv.reader(text.splitlines()[1:])), strict=True)) | {cell: forged}
    *body, _, _ = cells.values()
    cells["check"] = (
        "c" + hashlib.sha256(f"{cells['list']}\x1f{chr(31).join(body)}".encode()).hexdigest()[:16]
    )
    row = csv_line(tuple(cells.values()))
    keeper.signed.write_text(csv_line(HEAD) + row, "utf-8-sig", newline="")
    with pytest.raises(WordError) as caught:
        keeper.apply(1)
    assert caught.value.message.key == "retention.list_changed"


def test_what_is_no_text_at_all_is_no_list(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.signed.write_bytes(b"\xff\xff\xff\x00")
    with pytest.raises(WordError) as caught:
        keeper.apply(2)
    assert caught.value.message.key == "retention.no_list"


def test_excel_may_save_it(desk: SmallOffice) -> None:
    """In Chinese, with other days and a blank line where one was."""
    keeper = Keeper(desk)
    text = keeper.draw_up().read_text("utf-8-sig").replace("2031-11-16", "2031/11/16")
    first, one, _ = text.splitlines(keepends=True)
    blank = "," * first.count(",") + "\n"
    keeper.signed.write_bytes((first + one + blank).encode("gb18030"))
    assert len(keeper.apply(1)["ordered"]) == 1
    semicolons = keeper.draw_up().read_text("utf-8-sig").replace(",", ";")
    keeper.signed.write_text(semicolons, "utf-8-sig", newline="")
    assert len(keeper.apply(1)["ordered"]) == 1
    assert desk.kept() == {}


def test_a_customer_whose_name_looks_like_a_formula_can_go_too(tmp_path: Path) -> None:
    desk = kept_for(office(tmp_path), Retention(5))
    desk.drop(recorded("=陈建国", "15405381201", "091207"), sound(1))
    desk.drop(SHEET, sheet([("=陈建国", "15405381201", "9:12")]))
    desk.ingest()
    assert Keeper(desk).dispose(1)["disposed"] == 1


def test_somebody_answers_for_it_with_a_name_a_reason_and_the_number(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    asked: list[str] = []

    def types(said: str) -> str:
        asked.append(said)
        return f" {said and '3'}\n"

    orders: Sequence[Callable[[], object]] = (
        lambda: keeper.order(2, by=" "),
        lambda: keeper.order(2, reason=""),
        lambda: keeper.order(3),
        lambda: keeper.order(None),
        lambda: keeper.order(None, ask=types),
    )
    for order in orders:
        with pytest.raises(WordError):
            order()
    assert "2 recordings will be disposed of" in asked[0]
    assert disposals(desk) == [None, None]
    assert keeper.order(None, ask=lambda _: "2\n").exit_code == DONE
    assert disposals(desk) == ["disposed", "disposed"]


def test_a_file_whose_times_alone_changed_is_not_handed_over_again(desk: SmallOffice) -> None:
    """As all are that were copied onto another computer."""
    Keeper(desk).dispose(2)
    before = desk.report()
    desk.drop(CHEN, (desk.inbox / CHEN).read_bytes(), time(13))
    desk.ingest(LATER)
    after = desk.report()
    assert after["recordings"] == before["recordings"]
    assert after["findings"] == before["findings"]
    assert entries(desk, "duplicate") == []


# Looked at again


def test_a_hold_that_came_since_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
    told = keeper.order(1)
    assert told.exit_code == NEEDS_A_PERSON
    assert '"why": "hold"' in told.output
    assert [path.split("/")[0] for path in desk.kept()] == ["陈建国"]


def test_a_hold_that_comes_while_the_count_is_typed_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()

    def types(_: str) -> str:
        tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
        return "2"

    told = keeper.order(None, ask=types)
    assert told.exit_code == NEEDS_A_PERSON
    assert disposals(desk) == ["disposed", None]


def test_whatever_else_changed_since_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()

    def why(changed: Keeper) -> set[str]:
        return {one["why"] for one in changed.apply(0)["kept"]}

    longer = replace(keeper, office=kept_for(desk, Retention(6)))
    assert why(longer) == {"rule"}
    by_grade = kept_for(desk, Retention(4))
    assert why(replace(keeper, office=by_grade)) == {"rule"}
    assert why(replace(keeper, at=LATER - timedelta(days=2))) == {"early"}
    for path in desk.kept():
        (desk.archive / path).write_bytes(b"other bytes")
    assert why(keeper) == {"altered"}
    for path in desk.kept():
        (desk.archive / path).unlink()
    assert why(keeper) == {"missing"}
    assert disposals(desk) == [None, None]


def test_a_newer_recording_or_another_customer_keeps_them(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    desk.drop("2028-11-03/王芳/表.csv", sheet([("陈建国", "15405381201", "9:12")]))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    Person(desk).assign(LIU, "王伟 1402")
    kept = {one["recording"]: one["why"] for one in keeper.apply(0)["kept"]}
    assert kept == {2: "newer", 1: "reassigned"}
    Person(desk).unassign(LIU)
    assert {one["why"] for one in keeper.apply(0)["kept"]} == {"newer", "reassigned"}


def test_a_list_that_was_carried_out_disposes_of_nothing_more(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.dispose(2)
    assert {one["why"] for one in keeper.apply(0)["kept"]} == {"already"}


# What it means to the rest


def test_people_and_passes_leave_it_as_it_is(desk: SmallOffice) -> None:
    Keeper(desk).dispose(2)
    person = Person(desk, at=LATER)
    words: Sequence[Callable[[], object]] = (
        lambda: person.assign(CHEN, "刘海燕"),
        lambda: person.unassign(CHEN),
        lambda: person.undo(CHEN),
        lambda: person.undo(1),
    )
    for word in words:
        with pytest.raises(WordError) as caught:
            word()
        assert caught.value.message.key == "word.disposed"
    rows = [("马俊峰", "15405381201", "9:12"), *ROWS[1:]]
    desk.drop(SHEET, sheet(rows))
    desk.ingest(LATER + timedelta(days=1))
    assert disposals(desk) == ["disposed", "disposed"]
    assert "disposed of" in person.explain(CHEN)
    assert person.explained(CHEN)["status"] == "disposed"
    assert person.explained(CHEN)["archive_path"].startswith("陈建国/")


def test_nobody_can_listen_to_it_and_that_is_said(desk: SmallOffice, tmp_path: Path) -> None:
    keeper = Keeper(desk)
    keeper.dispose(2)
    gone = Person(desk).desk.after(1)
    with pytest.raises(ListenError) as caught:
        proven(Person(desk).desk, gone, tmp_path)
    assert caught.value.message.key == "listen.disposed"


def test_an_undoing_leaves_what_is_disposed_of_and_says_so(desk: SmallOffice) -> None:
    keeper = Keeper(desk)
    keeper.draw_up()
    keeper.strike_out("陈建国")
    keeper.apply(1)
    undone = Person(desk, at=LATER).undo(1)
    assert [one["source"] for one in undone["recordings"]] == [CHEN]
    assert [one["source"] for one in undone["left_alone"]] == [LIU]


def test_the_days_report_tells_it_and_misses_nothing(desk: SmallOffice) -> None:
    before = desk.report()
    Keeper(desk).dispose(2)
    report = desk.report()
    assert report["findings"] == before["findings"]
    assert [one["status"] for one in report["recordings"]] == ["filed", "filed"]
    assert all("李经理" in one["reasons"][0] for one in report["recordings"])


def test_the_same_bytes_handed_over_again_are_known_and_left_alone(desk: SmallOffice) -> None:
    Keeper(desk).dispose(2)
    later = desk.drop(f"{DAY}/王芳/again.amr", (desk.inbox / CHEN).read_bytes())
    (desk.inbox / CHEN).write_bytes((desk.inbox / CHEN).read_bytes())  # with another time
    desk.ingest(LATER)
    assert desk.kept() == {}
    told = {one["source"]: one for one in desk.report(at=LATER)["recordings"]}
    assert told[f"{DAY}/王芳/again.amr"]["status"] == "duplicate"
    assert "李经理" in told[f"{DAY}/王芳/again.amr"]["reasons"][0]
    assert later.exists()
    assert disposals(desk) == ["disposed", "disposed"]
    assert entries(desk, "duplicate")
