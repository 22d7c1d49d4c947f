"""What a person signs goes; a list that was changed otherwise than by striking out is refused."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from datetime import time
from pathlib import Path

import pytest

from config.csv_text import csv_line
from config.settings import Retention
from ingest.desk import DONE
from ingest.errors import WordError
from ingest.hold_told import tell_add, tell_release
from ingest.retention_list import HEAD
from tests.ingest.people import CHEN, LIU, Person
from tests.ingest.retiring import LATER, WHY, Keeper, disposals, entries, kept_for
from tests.ingest.small_office import SHEET, SmallOffice, office, recorded, sheet, sound


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
