"""`callvault inspect` on recordings: what it says, from which part, and its exit code."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from mutagen.id3 import ID3, TIT2, Encoding

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from config.language import LANGUAGES, Words, sentences
from ingest.recorders import FORMS
from tests.desk import Desk, run
from tests.ingest.audio_samples import AUDIO, SAMPLES

MIUI = "2026-11-16/王芳/通话录音@张三(配偶)(13800138000)_20261116093015.amr"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder on a computer without settings."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    return folder


def put(folder: Path, source: str, sample: str = "calls/8.amr") -> Path:
    path = folder / source
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(AUDIO / sample, path)
    return path


def told(*args: str) -> Any:
    return json.loads(run("inspect", "--format", "json", *args).stdout)


def shown(desk: Desk, path: Path) -> str:
    """The text about a file, its line breaks as spaces."""
    return " ".join(desk.run("inspect", str(path)).stdout.split())


def test_a_recording_in_the_inbox_is_told_whole(desk: Desk) -> None:
    path = put(desk.inbox, MIUI)
    result = desk.run("inspect", str(path), "--format", "json")
    assert (result.exit_code, result.stderr) == (DONE, "")
    assert json.loads(result.stdout) == {
        "kind": "recording",
        "source": MIUI,
        "container": "amr",
        "codec": "amr_nb",
        "duration_seconds": 8.02,
        "state": "complete",
        "recorder": "miui",
        "contact": "张三",
        "numbers": ["13800138000"],
        "started_at": "2026-11-16T09:30:15+08:00",
        "precision": "second",
        "direction": None,
        "note": "配偶",
        "surname": None,
        "collector": "王芳",
        "day": "2026-11-16",
        "is_copy": False,
        "silent": False,
        "level_dbfs": pytest.approx(-25, abs=2),
        "tags": {},
        "reasons": [],
    }


def test_the_text_says_what_was_read_from_which_part(desk: Desk) -> None:
    lines = desk.run("inspect", str(put(desk.inbox, MIUI))).stdout.splitlines()
    assert lines[0] == f"✓ {MIUI}"
    assert {" ".join(line.split()) for line in lines[2:]} == {
        "Name read as Xiaomi MIUI, HyperOS",
        "Contact 张三, noted: 配偶 (from the file's name)",
        "Number 13800138000 (from the file's name)",
        "Time of call 2026-11-16 09:30:15+08:00, to the second (from the file's name)",
        "Collector 王芳 (from the folders)",
        "Handed over for 2026-11-16 (from the folders)",
    }
    assert lines[1].split("  ")[-1].startswith("complete, 8.0 s, amr, amr_nb, -2")


def test_every_sample_is_told_with_its_state_and_codec() -> None:
    paths = [str(AUDIO / name) for name, *_ in SAMPLES]
    result = run("inspect", "--format", "json", *paths)
    assert (result.exit_code, result.stderr) == (NEEDS_A_PERSON, "")
    found = {
        one["source"]: (one["state"], one["container"], one["codec"], len(one["reasons"]))
        for one in json.loads(result.stdout)
    }
    expected = {}
    for name, state, container, codec, _seconds, notes in SAMPLES:
        silent = Path(name).name.startswith("silent.")
        heard = "silent" if silent else state
        count = len(notes.split()) + silent
        expected[(AUDIO / name).as_posix()] = (heard, container, codec, count)
    assert found == expected


@pytest.mark.parametrize(
    ("sample", "keep", "state", "said"),
    [
        ("calls/8.amr", 1.0, "complete", "✓"),
        ("calls/silent.mp3", 1.0, "silent", "there is hardly any sound"),
        ("formats/m4a_faststart.m4a", 0.5, "truncated", "only 9.8 seconds are there"),
        ("formats/m4a_moov_end.m4a", 0.5, "damaged", "index (moov) is missing"),
        ("calls/8.amr", 0.0, "empty", "0 bytes"),
    ],
)
def test_what_is_wrong_with_the_sound_needs_a_person(
    desk: Desk, sample: str, keep: float, state: str, said: str
) -> None:
    path = put(desk.inbox, f"2026-11-16/王芳/张三{Path(sample).suffix}", sample)
    os.truncate(path, int(path.stat().st_size * keep))
    result = desk.run("inspect", str(path), "--format", "json")
    assert json.loads(result.stdout)["state"] == state
    assert result.exit_code == (DONE if state == "complete" else NEEDS_A_PERSON)
    assert said in shown(desk, path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("老张_261116_093015.amr", "a surname without a number never matches by itself"),
        ("4f3a1b2c-13ab-4c5d-8e9f-a13812345678.amr", "neither a number nor a name"),
        ("张三 13800138000.amr", "no time of call"),
        ("张三 13800138000.amr", "no recorder that callvault knows"),
        ("张三_261115_093015.amr", "the call was on 2026-11-15, the hand-off is for 2026-11-16"),
        ("张三_261116_093015 (1).amr", "a file manager's copy"),
        ("20261116_093015+0800_out_13800138000.amr", "Direction outgoing (from the file's name)"),
    ],
)
def test_the_text_says_why_a_recording_may_stay_unmatched(desk: Desk, name: str, said: str) -> None:
    assert said in shown(desk, put(desk.inbox, f"2026-11-16/王芳/{name}"))


def test_what_the_sidecar_and_the_tags_say_is_told_with_its_origin(desk: Desk) -> None:
    path = put(desk.inbox, "2026-11-16/王芳/张三.oga", "formats/bcr_opus.oga")
    sidecar = path.with_name("张三.oga.json")
    call = {"phone_number": "13800138000", "contact_name": "张三"}
    said = {"timestamp": "2026-11-16T09:30:15+08:00", "direction": "out", "calls": [call]}
    sidecar.write_text(json.dumps(said), encoding="utf-8")
    text = shown(desk, path)
    assert "Contact 张三 (from the file's name)" in text
    assert "Number 13800138000 (from the .json beside it)" in text
    assert "09:30:15+08:00, to the second (from the .json beside it)" in text
    tagged = put(desk.inbox, "2026-11-16/王芳/rec1.mp3", "calls/8.mp3")
    tags = ID3()  # type: ignore[no-untyped-call]
    title = "李四(13900139000)_20261116101500"
    tags.add(TIT2(encoding=Encoding.UTF8, text=title))  # type: ignore[no-untyped-call]
    tags.save(tagged)
    assert "Number 13900139000 (from the sound's tags)" in shown(desk, tagged)
    one = desk.run("inspect", str(tagged), "--format", "json")
    assert json.loads(one.stdout)["tags"] == {"title": title}


def test_a_sidecar_is_told_for_what_it_is(desk: Desk) -> None:
    put(desk.inbox, "张三.oga", "formats/bcr_opus.oga")
    sidecar = desk.inbox / "张三.json"
    sidecar.write_text('{"direction": "out"}', encoding="utf-8")
    result = desk.run("inspect", str(sidecar))
    assert result.exit_code == DONE
    assert "belongs to 张三.oga" in result.stdout
    sidecar.write_text("{", encoding="utf-8")
    result = desk.run("inspect", str(sidecar), "--format", "json")
    assert result.exit_code == NEEDS_A_PERSON
    (problem,) = json.loads(result.stdout)["problems"]
    assert "cannot be read and was not used" in problem


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_sidecar_that_is_a_link_says_nothing(desk: Desk) -> None:
    path = put(desk.inbox, "2026-11-16/王芳/张三.oga", "formats/bcr_opus.oga")
    elsewhere = desk.inbox.parent / "said.json"
    elsewhere.write_text('{"direction": "out"}', encoding="utf-8")
    path.with_suffix(".json").symlink_to(elsewhere)
    assert "Direction" not in shown(desk, path)
    path.with_suffix(".json").unlink()
    shutil.copy(elsewhere, path.with_suffix(".json"))
    assert "Direction outgoing (from the .json beside it)" in shown(desk, path)


class TestPlaces:
    def test_outside_the_inbox_the_path_as_given_speaks(self, elsewhere: Path) -> None:
        put(elsewhere, MIUI)
        one = told(MIUI)
        assert (one["source"], one["collector"], one["day"]) == (MIUI, "王芳", "2026-11-16")

    def test_the_computer_s_own_folders_are_no_collectors(self, elsewhere: Path) -> None:
        for source, collector, day in (
            ("2026-11-16/王芳/张三.amr", "王芳", "2026-11-16"),
            ("2026-11-16/wangfang/张三.amr", "wangfang", "2026-11-16"),
            ("2026-11-16/王芳、李雷/张三.amr", "王芳、李雷", "2026-11-16"),
            ("王芳/张三.amr", "王芳", "2026-10-01"),
            ("abc/张三.amr", None, "2026-10-01"),
        ):
            path = put(elsewhere, source)
            moment = datetime(2026, 10, 1, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()
            os.utime(path, (moment, moment))
            one = told(str(path))
            assert (one["source"], one["collector"], one["day"]) == (
                path.as_posix(), collector, day,
            )  # fmt: skip

    @pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
    def test_in_the_inbox_the_source_is_relative_wherever_one_stands(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = put(desk.inbox, MIUI)
        monkeypatch.chdir(path.parent)
        assert (
            json.loads(desk.run("inspect", "--format", "json", path.name).stdout)["source"] == MIUI
        )
        (desk.inbox.parent / "link").symlink_to(desk.inbox)
        through = desk.inbox.parent / "link" / MIUI
        result = desk.run("inspect", "--format", "json", str(through))
        assert json.loads(result.stdout)["source"] == MIUI

    def test_without_any_date_the_file_s_own_stands_in(self, desk: Desk) -> None:
        path = put(desk.inbox, "王芳/张三_通话_11月15日_15点26分.amr")
        os.utime(path, (0, datetime(2024, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()))
        result = desk.run("inspect", "--format", "json", str(path))
        assert json.loads(result.stdout)["started_at"] == "2023-11-15T15:26:00+08:00"
        path = put(desk.inbox, "王芳/张三.amr")
        os.utime(path, (0, datetime(2024, 2, 1, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()))
        assert "2024-02-01 (from the time the file was last changed)" in shown(desk, path)

    @pytest.mark.parametrize("seconds", [0, -(10**9), 10**12])
    def test_a_clock_that_was_never_set_says_nothing(self, desk: Desk, seconds: int) -> None:
        path = put(desk.inbox, "王芳/张三_261116_093015.amr")
        os.utime(path, (0, seconds))
        if int(path.stat().st_mtime) != seconds:
            pytest.skip("this disk keeps no such time")
        result = desk.run("inspect", "--format", "json", str(path))
        assert json.loads(result.stdout)["day"] == "2026-11-16"

    def test_the_office_s_zone_and_patterns_count(self, desk: Desk) -> None:
        pattern = r"(?P<contact>\w+)#(?P<date>\d{8})#(?P<time>\d{4})"
        config = desk.config.read_text(encoding="utf-8")
        config = config.replace("[inbox]", f"[inbox]\npatterns = ['{pattern}']")
        config = config.replace("[office]", '[office]\ntimezone = "Asia/Urumqi"')
        desk.config.write_text(config, encoding="utf-8")
        path = put(desk.inbox, "张三#20261116#0930.amr")
        one = json.loads(desk.run("inspect", "--format", "json", str(path)).stdout)
        assert (one["recorder"], one["contact"]) == ("office", "张三")
        assert one["started_at"] == "2026-11-16T09:30:00+06:00"
        assert "The office's own form" in shown(desk, path)
        raw = str(put(desk.inbox, "张三.alaw", "formats/raw_alaw.alaw"))
        assert desk.run("inspect", raw).exit_code == NEEDS_A_PERSON
        assert desk.run("inspect", raw, CALLVAULT_INBOX_RAW_AUDIO="['alaw']").exit_code == DONE


class TestFilesThatAreNotThere:
    def test_the_others_are_shown_and_it_failed(self, desk: Desk) -> None:
        path = put(desk.inbox, MIUI)
        result = desk.run("inspect", "--format", "json", "absent.mp3", str(path), str(desk.inbox))
        assert result.exit_code == FAILED
        assert [one["source"] for one in json.loads(result.stdout)] == [MIUI]
        assert result.stderr.splitlines() == [
            "absent.mp3: there is no such file; check the path",
            f"{desk.inbox} is a folder; name files in it",
        ]

    def test_a_single_one_leaves_nothing_on_stdout(self, elsewhere: Path) -> None:
        assert list(elsewhere.iterdir()) == []
        for form in ("json", "text"):
            result = run("inspect", "--format", form, "absent.mp3")
            assert (result.exit_code, result.stdout) == (FAILED, "")

    @pytest.mark.skipif(sys.platform == "win32", reason="it says no such file there")
    def test_what_cannot_be_opened_is_told_with_its_reason(self, elsewhere: Path) -> None:
        (elsewhere / "file").write_bytes(b"")
        result = run("inspect", "file/x.mp3")
        assert result.exit_code == FAILED
        assert result.stderr == (
            "file/x.mp3: cannot be opened (Not a directory); close the program that uses it, "
            "and check its permissions\n"
        )

    def test_settings_that_are_named_must_be_there_and_right(self, desk: Desk) -> None:
        path = put(desk.inbox, MIUI)
        missing = str(desk.inbox / "callvault.toml")
        assert run("--config", missing, "inspect", str(path)).exit_code == WRONG_USE
        desk.config.write_text("[inbox]\npaht = 1", encoding="utf-8")
        result = desk.run("inspect", str(path))
        assert (result.exit_code, result.stdout) == (WRONG_USE, "")

    def test_no_file_at_all_is_wrong_use(self) -> None:
        assert run("inspect").exit_code == WRONG_USE


class TestHostileNames:
    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
    def test_names_cannot_play_with_the_terminal(self, desk: Desk) -> None:
        name = "张三\x1b[31m\n[bold red]\u202e(13800138000)_20261116093015.amr"
        path = put(desk.inbox, f"2026-11-16/王芳/{name}")
        text = desk.run("inspect", str(path)).stdout
        assert text.splitlines()[0] == (
            "✓ 2026-11-16/王芳/张三␛[31m␊[bold red]\\u202e(13800138000)_20261116093015.amr"
        )
        assert not {"\x1b", "\u202e"} & set(text)
        source = json.loads(desk.run("inspect", "--format", "json", str(path)).stdout)["source"]
        assert source == f"2026-11-16/王芳/{name}"
        missing = desk.run("inspect", str(path) + "x")
        assert "\x1b" not in missing.stderr

    @pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
    def test_a_name_that_is_no_text_is_told_to_be_renamed(self, desk: Desk) -> None:
        name = "张三.amr".encode("gb18030")
        path = put(desk.inbox, os.fsdecode(name))
        result = desk.run("inspect", "--format", "json", str(path))
        one = json.loads(result.stdout)
        assert (one["kind"], one["source"]) == ("ignored", "\\udcd5\\udcc5\\udcc8\\udcfd.amr")
        assert "rename it" in one["problems"][0]
        assert result.exit_code == NEEDS_A_PERSON

    def test_a_long_name_is_folded_and_not_cut(self, desk: Desk) -> None:
        contact = "李" * 70
        path = put(desk.inbox, f"{contact}_261116_093015.amr")
        assert contact in "".join(shown(desk, path).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reader_has_a_name_for_people(language: str) -> None:
    words = Words(language)
    readers = {form.reader for form in FORMS} | {"office", "general"}
    known = {key.removeprefix("inspect.reader_") for key in sentences() if ".reader_" in key}
    assert known == readers
    assert len({words(f"inspect.reader_{reader}") for reader in readers}) == len(readers)


def test_it_speaks_the_computer_s_language_or_the_office_s(elsewhere: Path, tmp_path: Path) -> None:
    path = str(put(elsewhere, "2026-11-16/王芳/张三.amr"))
    assert "没有通话时间" in run("inspect", path, LC_ALL="zh_CN.UTF-8").stdout
    assert "no time of call" in run("inspect", path, LC_ALL="C").stdout
    assert "没有通话时间" in Desk(tmp_path, language="zh").run("inspect", path).stdout
