"""The commands by which people say what is so: output, exit codes, and what lies where then."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.exit_codes import DONE, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.ingest.commands import callvault

CHEN = Row("陈建国", "15405381201")
STRANGER = miui("工地老赵", "15405387777")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.record(STRANGER)
    desk.office.sheet(CHEN)
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    return desk


def test_a_word_is_said_listed_explained_and_undone(desk: Desk) -> None:
    done = desk.run("assign", STRANGER, "陈建国")
    assert done.exit_code == DONE
    assert f"{STRANGER} → 陈建国" in done.stdout
    assert "remembered: the number “15405387777” is 陈建国's" in done.stdout
    assert "to undo: callvault undo 2" in done.stdout
    assert (desk.archive / "陈建国/2026-11-16/20261116_100000_陈建国_1201 (2).mp3").is_file()
    assert "工地老赵" in desk.run("remembered").stdout
    assert "Said by " in desk.run("explain", STRANGER).stdout
    assert "assigned" in desk.run("undo").stdout
    undone = desk.run("undo", "2")
    assert (undone.exit_code, undone.stderr) == (DONE, "")
    assert "act 2 is undone" in undone.stdout
    assert desk.told("explain", STRANGER)["status"] == "held"
    assert desk.run("remembered").stdout.startswith("nothing is remembered yet")


def test_a_sheet_s_line_and_a_new_customer_are_said_the_same_way(desk: Desk) -> None:
    assert desk.told("assign", STRANGER, "电话催收客户信息记录表.xlsx:3")["customer"] == "陈建国"
    assert desk.told("assign", STRANGER, "赵六", "--new", "--no-remember")["customer"] == "赵六"
    assert desk.told("remembered") == []
    assert desk.told("unassign", STRANGER)["customer"] is None


def test_what_is_forgotten_is_told(desk: Desk) -> None:
    desk.run("assign", STRANGER, "陈建国")
    forgotten = desk.run("forget", "1", "2")
    assert forgotten.exit_code == DONE
    assert forgotten.stdout.splitlines() == [
        "no longer remembered: the contact “工地老赵”",
        "no longer remembered: the number “15405387777”",
    ]


def test_what_is_forgotten_is_told_to_scripts(desk: Desk) -> None:
    desk.run("assign", STRANGER, "陈建国")
    assert desk.told("forget", "2") == [{"kind": "number", "value": "15405387777"}]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["assign", "nothing.mp3", "陈建国"], "there is no recording “nothing.mp3”"),
        (["assign", STRANGER, "张三丰"], "there is no customer “张三丰”"),
        (["unassign", ".mp3"], "can be several recordings"),
        (["undo", "99"], "there is no act 99"),
        (["undo", "9" * 20], "there is no recording"),
        (["forget", "7"], "nothing is remembered under 7"),
        (["explain", "nothing.mp3"], "there is no recording"),
    ],
)
def test_what_is_not_known_is_wrong_use_and_says_what_to_do(
    desk: Desk, args: list[str], said: str
) -> None:
    result = desk.run(*args)
    assert (result.exit_code, result.stdout) == (WRONG_USE, "")
    assert said in result.stderr


def test_review_is_answered_by_what_is_piped_in(desk: Desk) -> None:
    assert [one["source"] for one in desk.told("review", "--day", "2026-11-16")] == [
        f"2026-11-16/王芳/{STRANGER}"
    ]
    assert desk.told("review", "--day", "2026-11-17") == []
    done = callvault(desk.config, "review", answers="1\n")
    assert (done.returncode, done.stderr) == (DONE, "")
    assert "1 confirmed, 0 stay held, 0 still wait" in done.stdout
    again = callvault(desk.config, "review", answers="")
    assert again.stdout == "no recording waits for a person\n"
