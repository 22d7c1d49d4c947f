"""What a person or a script sees of each command: output, exit code, what is left on the disk."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from commands.advice import advise
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from commands.invocation import Invocation
from config.load import load
from tests.audit.offices import DAY, Row, miui
from tests.desk import IN_TIME, Desk, run
from tests.s3_server import S3Server
from tests.sample.office import build

CHEN = Row("陈建国", "15405381201")
CHENS = miui("陈建国", "15405381201")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A day on which all is well."""
    desk = Desk(tmp_path)
    desk.office.record(CHENS)
    desk.office.sheet(CHEN)
    return desk


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The sample office after its day was taken in."""
    desk = Desk(tmp_path_factory.mktemp("sample"))
    build(desk.inbox)
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    return desk


def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table of the catalogue has."""
    with closing(sqlite3.connect(desk.archive / ".callvault" / "catalogue.sqlite")) as catalogue:
        tables = catalogue.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: catalogue.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in tables.fetchall()
        }


class TestInit:
    def test_it_writes_settings_that_can_be_used_as_they_are(self, tmp_path: Path) -> None:
        result = run("init", str(tmp_path / "new"))
        assert result.exit_code == DONE
        written = tmp_path / "new" / "callvault.toml"
        assert str(written) in result.stdout
        assert load(written, {}).inbox.path == tmp_path / "new" / "inbox"
        assert written.read_text(encoding="utf-8").count("#") > 20

    def test_it_never_overwrites(self, tmp_path: Path) -> None:
        (tmp_path / "callvault.toml").write_text("mine", encoding="utf-8")
        result = run("init", str(tmp_path))
        assert result.exit_code == FAILED
        assert "left alone" in result.stderr
        assert (tmp_path / "callvault.toml").read_text(encoding="utf-8") == "mine"

    def test_where_nothing_can_be_written_it_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        result = run("init", str(tmp_path / "file" / "below"))
        assert result.exit_code == FAILED
        assert "choose a folder that you may write to" in result.stderr
        assert run("init", str(tmp_path / "file")).exit_code == WRONG_USE

    @pytest.mark.parametrize(
        ("environment", "said"),
        [
            ({"LC_ALL": "zh_CN.UTF-8"}, "已写好"),
            ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "已写好"),
            ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "is written"),
        ],
    )
    def test_it_speaks_the_computer_s_language(
        self, tmp_path: Path, environment: dict[str, str], said: str
    ) -> None:
        assert said in run("init", str(tmp_path), **environment).stdout


class TestSettings:
    def test_all_that_is_wrong_is_told_at_once_with_its_line(self, tmp_path: Path) -> None:
        config = tmp_path / "callvault.toml"
        config.write_text(
            "[office]\nlanguage = 'fr'\n[inbox]\npath = 'in'\npaht = 'x'\n[handoff]\n"
            "deadline = 'noon'\n",
            encoding="utf-8",
        )
        result = run("ingest", "--config", str(config))
        assert result.exit_code == WRONG_USE
        assert result.stdout == ""
        remedy = "write it like '17:00' (00:00 to 23:59)"
        assert result.stderr.splitlines() == [
            f"{config}: [archive] path is missing; set it",
            f'{config}:2: [office] language cannot be "fr"; choose one of zh, en',
            f"{config}:5: there is no key [inbox] paht; did you mean [inbox] path?",
            f'{config}:7: [handoff] deadline: "noon" is not a time of day; {remedy}',
        ]

    def test_without_settings_it_says_how_to_get_them(self, tmp_path: Path) -> None:
        nowhere = str(tmp_path / "callvault.toml")
        for args in (["--config", nowhere, "check"], ["check", "--config", nowhere]):
            result = run(*args)
            assert (result.exit_code, result.stdout) == (WRONG_USE, "")
            assert nowhere in result.stderr
            assert "callvault init" in result.stderr

    def test_they_are_found_beside_the_user_or_where_the_environment_says(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
        assert run("check", CALLVAULT_CONFIG=str(desk.config)).exit_code == DONE
        monkeypatch.chdir(tmp_path)
        assert run("check").exit_code == DONE

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            (["report", "--date", "2026-11-16", "--from", "2026-11-01"], "either --date, or"),
            (["report", "--from", "2026-11-02", "--to", "2026-11-01"], "lies after --to"),
            (["report", "--format", "xlsx"], "-o report.xlsx"),
            (["report", "--date", "16.11."], "16.11."),
            (["report", "--format", "pdf"], "pdf"),
            (["ingest", "--as-of", "noon"], "2026-11-16T18:00:00+08:00"),
            (["search", "--limit", "0"], "0"),
            (["search", "--status", "lost"], "lost"),
            (["serch"], "serch"),
        ],
    )
    def test_wrong_use_is_told_apart_from_failure(
        self, desk: Desk, args: list[str], said: str
    ) -> None:
        result = desk.run(*args)
        assert (result.exit_code, result.stdout) == (WRONG_USE, "")
        assert said in result.stderr


class TestCheck:
    def test_each_part_is_fit(self, desk: Desk) -> None:
        result = desk.run("check")
        assert result.exit_code == DONE
        assert [line[0] for line in result.stdout.splitlines()] == ["✓"] * 6
        told = desk.told("check")
        parts = ["inbox", "archive", "catalogue", "report", "mirror", "clock"]
        assert [one["part"] for one in told] == parts
        assert all(one["fit"] and one["message"] for one in told)

    def test_what_is_not_fit_needs_a_person(self, desk: Desk, tmp_path: Path) -> None:
        desk.inbox.rename(tmp_path / "unplugged")
        result = desk.run("check")
        assert result.exit_code == NEEDS_A_PERSON
        assert result.stdout.startswith("✗ inbox: ")
        assert str(desk.inbox) in result.stdout
        told = {one["part"]: one["fit"] for one in desk.told("check")}
        assert [part for part, fit in told.items() if not fit] == ["inbox"]

    def test_it_speaks_the_office_s_language(self, tmp_path: Path) -> None:
        assert "✓ 收件箱: " in Desk(tmp_path, language="zh").run("check").stdout


class TestIngest:
    def test_a_day_on_which_all_is_well_is_done(self, desk: Desk) -> None:
        result = desk.run("ingest", "--as-of", IN_TIME)
        assert (result.exit_code, result.stderr) == (DONE, "")
        assert result.stdout.startswith("2 files in the inbox: 1 recordings taken in")
        assert [path for path in desk.tree() if path.startswith("陈建国/")] == [
            f"陈建国/{DAY}/20261116_100000_陈建国_1201.mp3"
        ]

    def test_a_day_with_faults_needs_a_person_and_says_what_was_done(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        build(desk.inbox)
        result = desk.run("ingest", "--as-of", IN_TIME, "--format", "json")
        assert result.exit_code == NEEDS_A_PERSON
        assert json.loads(result.stdout) == {
            "files": 18,
            "admitted": 13,
            "duplicates": 1,
            "sheets": 2,
            "moved": 11,
            "waiting": 0,
            "held": 2,
            "put_off": 0,
            "unreadable_sheets": 1,
            "mirrored": 0,
            "mirror_refused": 0,
            "released": 0,
            "problems": [],
        }

    def test_a_second_pass_over_an_unchanged_inbox_changes_nothing(self, sample: Desk) -> None:
        def state() -> tuple[object, ...]:
            report = sample.told("report")
            del report["generated_at"]
            return sample.tree(), rows(sample), report

        before = state()
        told = sample.told("ingest", "--as-of", "2026-11-16T19:00")
        assert state() == before
        done = {name for name, count in told.items() if count and name != "problems"}
        assert done == {"files", "held", "unreadable_sheets"}

    def test_the_set_time_is_the_office_s_own_unless_it_says_otherwise(
        self, tmp_path: Path
    ) -> None:
        for name, at, late in (
            ("a", "2026-11-16T17:01", True),
            ("b", "2026-11-16T08:59+00:00", False),
            ("c", "2026-11-16T09:01Z", True),
        ):
            desk = Desk(tmp_path / name)
            desk.office.record(CHENS)
            desk.run("ingest", "--as-of", at)
            codes = {one["code"] for one in desk.told("report")["findings"]}
            assert ("late_handoff" in codes) is late, at

    def test_an_inbox_that_is_not_there_fails_and_loses_nothing(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        desk.run("ingest", "--as-of", IN_TIME)
        before = desk.tree()
        desk.inbox.rename(tmp_path / "unplugged")
        result = run("ingest", "--config", str(desk.config))
        assert (result.exit_code, result.stdout) == (FAILED, "")
        assert f"the inbox {desk.inbox} cannot be opened" in result.stderr
        assert desk.tree() == before
        assert desk.run("report").exit_code == DONE

    def test_files_written_just_now_are_looked_at_again(self, desk: Desk) -> None:
        source = desk.office.record(miui("刘海燕", "15405381202"))
        os.utime(desk.inbox / source)
        result = desk.run("ingest", "--format", "json", CALLVAULT_INBOX_SETTLE_SECONDS="1.5")
        assert "1 files were written just now; looking again in 1.5 s" in result.stderr
        told = json.loads(result.stdout)
        assert (told["admitted"], told["waiting"], told["put_off"]) == (2, 0, 0)

    def test_an_archive_that_another_works_on_is_left_alone(self, desk: Desk) -> None:
        desk.run("check")
        with FileLock(desk.archive / ".callvault" / "lock"):
            result = desk.run("ingest", "--as-of", IN_TIME)
        assert (result.exit_code, result.stdout) == (FAILED, "")
        assert "another callvault is working on the archive" in result.stderr
        assert desk.tree() == {}

    def test_it_speaks_the_office_s_language(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path, language="zh")
        assert "收件箱 0 个文件" in desk.run("ingest").stdout

    def test_an_error_that_nobody_foresaw_is_not_hidden(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_path: object) -> Any:
            raise RuntimeError("the system is out of its mind")

        monkeypatch.setattr(os, "scandir", fail)
        result = desk.run("ingest")
        assert result.exit_code == FAILED
        assert isinstance(result.exception, RuntimeError)


class TestMirror:
    @pytest.fixture
    def server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> S3Server:
        server = S3Server(tmp_path / "s3")
        server.sign_in(monkeypatch)
        return server

    @pytest.fixture
    def desk(self, tmp_path: Path, server: S3Server) -> Desk:
        mirror = f'endpoint_url = "{server.endpoint_url}"\naddressing_style = "path"\n'
        desk = Desk(tmp_path, more=f'[mirror]\nbucket = "{server.bucket}"\n{mirror}')
        desk.office.record(CHENS)
        desk.office.sheet(CHEN)
        return desk

    def test_an_outage_is_told_and_made_up_for_by_the_next_pass(
        self, desk: Desk, server: S3Server
    ) -> None:
        result = desk.run("ingest", "--as-of", IN_TIME)
        assert result.exit_code == NEEDS_A_PERSON
        assert f"{server.endpoint_url} cannot be reached" in result.stderr
        assert result.stdout.startswith("2 files in the inbox")
        told = desk.told("ingest", "--as-of", IN_TIME)
        assert told["mirrored"] == 0
        assert server.endpoint_url in told["problems"][0]
        assert desk.run("check").exit_code == NEEDS_A_PERSON
        with server:
            result = desk.run("ingest", "--as-of", IN_TIME)
            assert (result.exit_code, result.stderr) == (DONE, "")
            assert "1 mirrored" in result.stdout
            assert desk.run("check").exit_code == DONE
        (line,) = desk.told("report")["recordings"]
        assert line["mirror"]["state"] == "mirrored"
        assert line["mirror"]["checksum"] == line["sha256"]
        assert len(desk.told("search", "--status", "mirrored")) == 1


def test_a_step_that_the_computer_refuses_is_told_without_a_files_name(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == DONE
    refused = OSError(errno.EIO, os.strerror(errno.EIO), "/archive/陈建国/call.mp3")
    assert advise(refused, Invocation(desk.config)) == FAILED
    told = capsys.readouterr().err
    assert "Input/output error" in told
    assert "陈建国" not in told
