"""`callvault notify`, and what `check` says of the channels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from ingest import owed_file
from ingest.owed import Letter, Owed
from tests.audit.offices import DAY, IN_TIME
from tests.desk import Desk
from tests.mail_server import PASSWORD, MailServer
from tests.web_hook import WebHook

KEY = "s3cr3t-path"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with WebHook() as server:
        yield server


def desk_with(folder: Path, *urls: str, language: str = "en") -> Desk:
    file = folder / "to.txt"
    file.write_text("\n".join(urls), encoding="utf-8")
    file.chmod(0o600)
    return Desk(folder, language=language, more="[notify]\nurls_file = 'to.txt'\n")


def run(desk: Desk, *args: str) -> Result:
    done = desk.run(*args)
    assert PASSWORD not in done.output
    assert KEY not in done.output
    return done


def test_a_test_message_comes_through_every_channel(
    tmp_path: Path, mail: MailServer, hook: WebHook
) -> None:
    desk = desk_with(tmp_path, mail.url(), hook.url(KEY), language="zh")
    done = run(desk, "notify", "--test")
    assert done.exit_code == DONE
    assert done.stdout.splitlines() == [
        "✓ mailto（E-Mail）：已送到 · 附报告",
        "✓ json（JSON）：已送到 · 附报告",
    ]
    assert [one["subject"] for one in mail.letters] == ["济宁分公司 callvault 测试消息"]
    assert [said["title"] for _, said in hook.posts] == ["济宁分公司 callvault 测试消息"]


def test_what_failed_is_told_by_its_channel_and_the_others_go_on(
    tmp_path: Path, mail: MailServer, hook: WebHook
) -> None:
    desk = desk_with(tmp_path, mail.url(f"{PASSWORD}x"), f"nosuch://{KEY}", hook.url(KEY))
    done = run(desk, "notify", "--test", "--format", "json")
    assert done.exit_code == NEEDS_A_PERSON
    told = json.loads(done.stdout)
    assert [(one["channel"], one["service"], one["outcome"], one["code"]) for one in told] == [
        ("mailto", "E-Mail", "refused", "535"),
        ("nosuch", "", "unknown", ""),
        ("json", "JSON", "sent", ""),
    ]
    assert "there is no such service" in told[1]["message"]
    assert len(hook.posts) == 1


def test_what_is_owed_is_told(tmp_path: Path, hook: WebHook) -> None:
    desk = desk_with(tmp_path, hook.url(KEY), "mailto://a:b@c.d")
    assert run(desk, "notify").stdout == "no message is owed\n"
    letter = Letter(f"{DAY}", IN_TIME, "报告", ("一",), taken_by=frozenset({"json"}))
    owed_file.write(tmp_path / "reports", Owed().with_report(letter))
    done = run(desk, "notify")
    assert done.exit_code == NEEDS_A_PERSON
    assert done.stdout == "owed: 报告 (since 2026-11-16T16:30:00+08:00), not yet to mailto\n"
    (told,) = desk.told("notify")
    assert told["channels"] == ["mailto"]
    assert hook.posts == []


def test_without_channels_it_says_how_to_have_them(tmp_path: Path) -> None:
    for desk in (Desk(tmp_path / "off"), desk_with(tmp_path, "# nobody")):
        done = run(desk, "notify", "--test")
        assert done.exit_code == FAILED
        assert "urls_file" in done.stderr


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path, hook: WebHook) -> None:
    (tmp_path / "reports" / owed_file.NAME).mkdir(parents=True)
    done = run(desk_with(tmp_path, hook.url(KEY)), "notify")
    assert done.exit_code == FAILED
    assert os.strerror(21) in done.stderr


def test_check_says_whether_the_addresses_are_fit(tmp_path: Path, hook: WebHook) -> None:
    desk = desk_with(tmp_path, hook.url(KEY))
    parts = desk.told("check")
    assert parts[-1]["part"] == "notify"
    assert parts[-1]["fit"]
    assert "can be sent by json (JSON)" in parts[-1]["message"]
    assert hook.posts == []
    assert "messages: reports and alarms" in run(desk, "check").stdout


@pytest.mark.skipif(os.name == "nt", reason="rights as POSIX has them")
def test_check_says_that_others_may_read_the_passwords(tmp_path: Path, hook: WebHook) -> None:
    desk = desk_with(tmp_path, hook.url(KEY))
    (tmp_path / "to.txt").chmod(0o644)
    said = desk.told("check")[-1]
    assert said["fit"]
    assert f"chmod 600 '{tmp_path / 'to.txt'}'" in said["message"]


@pytest.mark.parametrize(
    ("line", "part"),
    [(f"nosuch://{KEY}", "there is no such service"), (KEY, "line 1 of [notify] urls_file")],
)
def test_check_names_what_is_wrong(tmp_path: Path, line: str, part: str) -> None:
    done = run(desk_with(tmp_path, line), "check")
    assert done.exit_code == NEEDS_A_PERSON
    assert part in done.stdout


def test_an_address_in_the_settings_is_refused_and_not_shown(tmp_path: Path) -> None:
    desk = Desk(tmp_path, more=f"[notify]\nurls_file = 'mailto://office:{PASSWORD}@c.d'\n")
    done = run(desk, "notify", "--test")
    assert done.exit_code == WRONG_USE
    assert "not an address" in done.stderr
