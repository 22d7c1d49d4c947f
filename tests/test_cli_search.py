"""`callvault search` as a person types it: pages, saved searches, words that are days."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.exit_codes import DONE, WRONG_USE
from tests.audit.offices import DAY, Row, miui
from tests.desk import Desk

NAMES = {"张伟": "15405381201", "章薇": "15405381202", "单雄信": "15405381203"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    for name, number in NAMES.items():
        desk.office.record(miui(name, number))
    desk.office.sheet(*(Row(name, number) for name, number in NAMES.items()))
    desk.office.take_in()
    return desk


def customers(desk: Desk, *arguments: str) -> set[str]:
    told = desk.run("search", *arguments, "--format", "json")
    assert told.exit_code == DONE, told.stderr
    return {hit["customer"] for hit in json.loads(told.stdout)}


def test_a_saved_search_is_asked_again_and_added_to(desk: Desk) -> None:
    assert customers(desk, "zw", "--to", str(DAY), "--save", "zs") == {"张伟", "章薇"}
    assert customers(desk, "--saved", "zs") == {"张伟", "章薇"}
    assert customers(desk, "--saved", "zs", "1202") == {"章薇"}
    desk.run("search", "zw", "--limit", "1", "--save", "one")
    assert len(customers(desk, "--saved", "one", "--save", "other")) == 1
    assert len(customers(desk, "--saved", "other")) == 1
    unknown = desk.run("search", "--saved", "sz")
    assert unknown.exit_code == WRONG_USE
    assert "zs" in unknown.stderr


def test_a_saved_search_whose_days_would_end_before_they_begin_is_refused(desk: Desk) -> None:
    desk.run("search", "zw", "--to", str(DAY), "--save", "until")
    refused = desk.run("search", "--saved", "until", "--from", "2026-12-01", "--save", "never")
    assert refused.exit_code == WRONG_USE
    assert "--from lies after --to" in refused.stderr
    assert desk.run("search", "--saved", "never").exit_code == WRONG_USE


def test_what_was_saved_broken_is_told_with_its_place(tmp_path: Path) -> None:
    other = Desk(tmp_path)
    other.office.record(miui("张伟", "15405381201"))
    other.office.take_in()
    assert "--save" in other.run("search", "--saved", "zs").stderr
    place = other.config.parent / "callvault-searches.json"
    place.write_text("[1, 2", encoding="utf-8")
    told = other.run("search", "--saved", "zs")
    assert told.exit_code == WRONG_USE
    assert str(place) in told.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"colector": "王芳"},
        {"words": "张伟"},
        {"words": [1]},
        {"collector": " "},
        {"first": "2026-02-30"},
        {"last": 20261116},
        {"shortest": -1},
        {"longest": True},
        {"status": "gone"},
        {"reached": "yes"},
        {"limit": 0},
    ],
)
def test_what_was_mended_wrongly_by_hand_is_told_by_its_option(
    desk: Desk, wrong: dict[str, object]
) -> None:
    place = desk.config.parent / "callvault-searches.json"
    desk.run("search", "zw", "--save", "right")
    saved = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps({**saved, "wrong": wrong}), encoding="utf-8")
    told = desk.run("search", "--saved", "wrong")
    assert told.exit_code == WRONG_USE
    assert f"wrong: {next(iter(wrong))}" in told.stderr
    assert desk.run("search", "--saved", "right").exit_code == 0


def test_every_option_of_a_search_can_be_saved(desk: Desk) -> None:
    told = [
        "--customer",
        "张",
        "--phone",
        "15",
        "--collector",
        "王",
        "--department",
        "法",
        "--grade",
    ]
    told += ["A", "--file", "mp3", "--note", "x", "--finding", "silent", "--from", "2026-11-01"]
    told += ["--to", "2026-11-30", "--shortest", "1", "--longest", "9.5", "--status", "filed"]
    assert desk.run("search", "zw", *told, "--reached", "--save", "all").exit_code == 0
    assert desk.run("search", "--saved", "all").exit_code == 0


def test_blanks_around_what_is_asked_for_count_for_nothing(desk: Desk) -> None:
    assert (
        customers(desk, "--collector", " 王芳　") == customers(desk, "--collector", "王芳") != set()
    )


def test_a_page_is_turned(desk: Desk) -> None:
    pages = [customers(desk, "--limit", "2", "--page", page) for page in ("1", "2", "3")]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert set.union(*pages) == set(NAMES)
    assert "--page" in desk.run("search", "--limit", "2").stdout
    assert "--page" not in desk.run("search").stdout
    assert "after the first 100 " in desk.run("search", "--limit", "2", "--page", "51").stdout


def test_days_stand_among_the_words(desk: Desk) -> None:
    assert customers(desk, str(DAY), "zw") == {"张伟", "章薇"}
    assert customers(desk, "2026-10") == set()


def test_of_a_call_whose_day_alone_is_known_no_time_is_told(tmp_path: Path) -> None:
    other = Desk(tmp_path)
    other.office.record("张伟15405381201 20261116.mp3")
    other.office.sheet(Row("张伟", "15405381201"))
    other.office.take_in()
    (hit,) = other.told("search", "张伟")
    assert (hit["date"], hit["time"]) == (str(DAY), None)
    assert "00:00" not in other.run("search", "张伟").stdout


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_numbers_are_masked_unless_they_are_asked_for(desk: Desk, form: str) -> None:
    number, shown = NAMES["单雄信"], "154****1203"
    masked = desk.run("search", "单雄信", "--format", form).stdout
    assert number not in masked
    whole = desk.run("search", "单雄信", "--format", form, "--full").stdout
    assert shown not in whole
    if form != "table":  # where a filed recording lies tells its last digits alone
        assert shown in masked
        assert number in whole


def test_who_asks_for_whole_numbers_is_told_of(desk: Desk) -> None:
    desk.run("search", "zw")
    desk.run("search", "zw", "--full")
    assert [one["full"] for one in desk.told("access")][-2:] == [False, True]
