"""`callvault check` tells what the mirror's bucket does as people read it, and as scripts do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.bucket_known import Known
from archive.trial import Trial, failed, passed
from config.language import LANGUAGES, Words
from config.settings import Mirror
from config.stores import STORES
from ingest.bucket_told import Layout, as_dict, as_text
from tests.ingest.commands import ROOT, callvault, command, settings_file, surroundings
from tests.ingest.small_office import ZONE, SmallOffice, office
from tests.s3_server import S3Server

MIRROR = Mirror("recordings", "", "https://oss-cn-hangzhou.aliyuncs.com", None, "auto", None, 8)
KNOWN = Known(
    datetime(2026, 11, 16, 9, 30, tzinfo=UTC),
    [
        Trial("mirror", "look", True, passed("look_without_checksum").meaning()),
        Trial("mirror", "keys", True, failed("keys", keys="[red]张三[/red]").meaning()),
        Trial("mirror", "put", True, passed("put")),
    ],
)


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def test_plain_lines_have_all_that_the_table_has() -> None:
    words = Words("en")
    plain = as_text(KNOWN, MIRROR, Layout(words, ZONE, None))
    look, keys, put = plain.splitlines()[1:4]
    assert look == (
        "  ✓ looked at: its size is right; no checksum is kept; callvault reads back what it sent"
    )
    assert keys.startswith("  ✗ odd keys: these keys are not kept: [red]张三[/red]; recordings")
    assert put == "  ✓ sent with its SHA-256: taken"
    assert "2026-11-16 17:30" in plain.splitlines()[0]
    assert "not run by us" in plain.splitlines()[-1]
    assert "\x1b" not in plain
    table = as_text(KNOWN, MIRROR, Layout(words, ZONE, 200))
    assert "\x1b" in table
    assert "[red]张三[/red]" in table
    assert "what the store does" in table


@pytest.mark.parametrize("store", STORES)
def test_each_store_is_told_as_documented(store: str) -> None:
    named = replace(MIRROR, store=store)
    for language in LANGUAGES:
        words = Words(language)
        assert words(f"bucket.{store}") in as_text(KNOWN, named, Layout(words, ZONE, None))
    told = as_dict(KNOWN, named, Words("en"))
    assert told["store"] == store


def test_scripts_get_stable_names_beside_the_sentences() -> None:
    told = as_dict(KNOWN, MIRROR, Words("en"))
    assert told["store"] == "aliyun"
    assert told["found_at"] == "2026-11-16T09:30:00+00:00"
    assert isinstance(told["documented"], dict)
    assert told["documented"]["if_absent"] == "x-oss-forbid-overwrite"
    assert isinstance(told["trials"], list)
    assert told["trials"][0] == {
        "name": "look",
        "outcome": "pass",
        "must": True,
        "answer": "look_without_checksum",
        "what": "looked at",
        "does": "its size is right; no checksum is kept",
        "means": "callvault reads back what it sent",
    }
    assert told["trials"][2]["means"] is None


def test_the_command_tells_it_and_keeps_it(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3Server(desk.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        config = settings_file(desk, server.endpoint_url)
        first = callvault(config, "check")
        assert (first.returncode, first.stderr) == (0, "")
        assert "the store itself refuses to overwrite: no, it does not heed" in first.stdout
        told = {one["part"]: one for one in json.loads(_json(config))}
        found_at = told["mirror"]["bucket"]["found_at"]
        assert {one for one in told if "bucket" in told[one]} == {"mirror"}
        again = {one["part"]: one for one in json.loads(_json(config, "--probe"))}
        assert again["mirror"]["bucket"]["found_at"] > found_at
        assert [one for one in (desk.folder / "bucket").rglob("*") if one.is_file()] == []


def _json(config: Path, *more: str) -> str:
    done = callvault(config, "check", "--format", "json", *more)
    assert done.returncode == 0
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pty")
def test_on_a_terminal_it_is_a_table(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    with S3Server(desk.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        config = settings_file(desk, server.endpoint_url, language="zh")
        ours, theirs = pty.openpty()
        done = subprocess.Popen(
            command(config, "check"),
            cwd=ROOT,
            env=surroundings({"COLUMNS": "160", "TERM": "xterm"}),
            stdout=theirs,
        )
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 4096):
                said += piece
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
        os.close(ours)
        assert done.wait(60) == 0
    assert "存储怎么做" in said.decode()
    assert "\x1b[" in said.decode()
