"""What is typed wrong is told in a sentence that says what is allowed, never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.exit_codes import FAILED, WRONG_USE
from tests.audit.packages import CALL, CHEN
from tests.desk import IN_TIME, Desk

HUGE = "9" * 25
DAYS = "does not lie from 1970-01-01 to 2999-12-31"
ORDER = "--from lies after --to"
EMPTY = "empty"
RESTRICTING = ("collector", "department", "grade", "file", "note")
BACKWARDS = ("--from", "2027-01-01", "--to", "2026-01-01")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("office")
    nas = tmp_path_factory.mktemp("nas")
    desk = Desk(
        folder,
        more=f"[retention]\nyears = 5\n[mirror]\nbucket = 'b'\nendpoint_url = 'http://127.0.0.1:9'\n"
        f"[[mirrors]]\nname = 'nas'\nfolder = '{nas.as_posix()}'\n",
    )
    desk.office.record(CALL)
    desk.office.sheet(CHEN)
    asked = ("ingest", "--as-of", IN_TIME)
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    desk.run(*asked, AWS_MAX_ATTEMPTS="1", AWS_EC2_METADATA_DISABLED="true", **keys)
    return desk


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("search", "--limit", HUGE), "1<=x<=1000000"),
        (("search", "--page", HUGE), "1<=x<=1000000"),
        (("verify", "--slice", f"1/{HUGE}"), "of at most 99999"),
        (("verify", "--slice", f"next/{HUGE}"), "of at most 99999"),
        (("verify", "--slice", f"{HUGE}/30"), "of at most 99999"),
        (("report", "--date", "0001-01-01"), DAYS),
        (("report", "--date", "9999-12-31"), DAYS),
        (("report", "--month", "9999-12"), DAYS),
        (("coverage", "--month", "9999-12"), DAYS),
        (("coverage", "--month", "0001-01"), DAYS),
        (("access", "--since", "0001-01-01"), DAYS),
        (("retention", "due", "--on", "0001-01-01"), DAYS),
        (("retention", "due", "--on", "0004-02-29"), DAYS),
        (("report", "-o", ""), EMPTY),
        (("coverage", "-o", ""), EMPTY),
        (("retention", "due", "--out", ""), EMPTY),
        (("export", "陈建国", "-o", ""), EMPTY),
        (("listen-copy", "1", "-o", ""), EMPTY),
        (("restore", ""), EMPTY),
        (("init", ""), EMPTY),
        (("compare", "--customer", ""), EMPTY),
        (("restore", "out", "--customer", ""), EMPTY),
        (("export", "--customer", " ", "-o", "out"), EMPTY),
        (("export", "", "-o", "out"), EMPTY),
        *((("export", f"--{of}", "", "-o", "out"), EMPTY) for of in RESTRICTING),
        *((("search", f"--{of}", ""), EMPTY) for of in (*RESTRICTING, "saved")),
        (("report", *BACKWARDS), ORDER),
        (("restore", "out", *BACKWARDS), ORDER),
        (("search", *BACKWARDS), ORDER),
        (("export", *BACKWARDS, "-o", "out"), ORDER),
        (("history", "陈建国", *BACKWARDS), ORDER),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_is_allowed(
    desk: Desk, asked: tuple[str, ...], told: str
) -> None:
    done = desk.run(*asked)
    assert done.exit_code == WRONG_USE
    assert told in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("command", ["custody", "repair"])
def test_bytes_that_are_no_text_name_no_recording(desk: Desk, command: str) -> None:
    done = desk.run(command, "\udcff.mp3")
    assert done.exit_code == WRONG_USE
    assert "\\udcff.mp3" in done.stderr


@pytest.mark.parametrize("name", ["round", "round/below"])
@pytest.mark.parametrize(
    "asked",
    [("restore", "--using", "nas"), ("export", "陈建国", "-o"), ("listen-copy", "1", "-o")],
)
def test_a_link_that_leads_to_itself_is_no_folder(
    desk: Desk, tmp_path: Path, asked: tuple[str, ...], name: str
) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    done = desk.run(*asked, str(tmp_path / name))
    assert done.exit_code in (FAILED, WRONG_USE)
    assert "round" in done.stderr


def test_a_list_that_cannot_be_written_is_told_with_its_name(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    out = tmp_path / "file" / "due.csv"
    done = desk.run("retention", "due", "--out", str(out))
    assert done.exit_code == FAILED
    assert f"{out} cannot be written" in done.stderr
    assert "network" not in done.stderr
