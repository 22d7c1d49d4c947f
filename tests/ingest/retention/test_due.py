"""What is due by rule, what keeps it, and to whom that is told."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.catalogue.database import open_catalogue
from archive.fixity import Level, Slice
from archive.places import InArchive
from archive.store import Store
from archive.verify import Verifying
from config.language import LANGUAGES
from config.settings import Retention
from ingest.errors import WordError
from ingest.hold_told import tell_add, tell_release
from ingest.retention_told import tell_due
from tests.ingest.people import BROTHER, CHEN, WANG, Person, a_day
from tests.ingest.retiring import LATER, Keeper, entries, kept_for, two_customers
from tests.ingest.small_office import DAY, SHEET, SmallOffice, office, recorded, sheet, sound


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
    "name",
    [
        "通话录音@建国(15405381201)_20281103091207.amr",
        "陈建国-2811031012.amr",
        "陳建國-2811031012.amr",
        "陈 建国-2811031012.amr",
        "陈建国/2811031012.amr",
        "陳建國/补/2811031012.amr",
    ],
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


def test_whose_name_a_sidecar_has_is_bound_too(desk: SmallOffice) -> None:
    desk.drop("2028-11-03/王芳/2811031012.amr", sound(7))
    at = datetime(2028, 11, 3, 10, 12, tzinfo=LATER.tzinfo)
    said = {
        "timestamp_unix_ms": int(at.timestamp() * 1000),
        "timestamp": at.isoformat(),
        "direction": "out",
        "calls": [{"phone_number": None, "contact_name": "陳建國", "caller_name": None}],
    }
    desk.drop("2028-11-03/王芳/2811031012.json", json.dumps(said).encode())
    desk.ingest(at.replace(hour=16))
    keeper = replace(Keeper(desk), at=LATER.replace(year=2040))
    assert keeper.folders_due() == ["刘海燕"]


def test_a_customer_written_in_traditional_characters_is_bound_in_either(tmp_path: Path) -> None:
    desk = kept_for(office(tmp_path), Retention(5))
    desk.drop(recorded("陳建國", "15405381201", "091207"), sound(1))
    desk.drop(SHEET, sheet([("陳建國", "15405381201", "9:12")]))
    desk.ingest()
    assert Keeper(desk).folders_due() == ["陳建國"]
    desk.drop("2028-11-03/王芳/陈建国-2811031012.amr", sound(7))
    desk.ingest(datetime(2028, 11, 3, 16, 30, tzinfo=LATER.tzinfo))
    assert replace(Keeper(desk), at=LATER.replace(year=2040)).folders_due() == []


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
