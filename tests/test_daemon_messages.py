"""The daemon as a process of its own sends the nightly report and alarms, and never a secret."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from archive.lock import locked
from audit.report import NIGHTLY_FORMS
from ingest import owed_file
from ingest.owed import Letter, Owed
from tests.ingest.commands import callvault, settings_file
from tests.ingest.small_office import DAY, ZONE, SmallOffice, office
from tests.mail_server import PASSWORD, MailServer
from tests.test_daemon import hand_over, running
from tests.web_hook import WebHook

KEY = "s3cr3t-path"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends the daemon by SIGTERM")


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def named(desk: SmallOffice, *urls: str) -> dict[str, str]:
    """The daemon's environment; its report is due at once."""
    file = desk.folder / "to.txt"
    file.write_text("\n".join(urls), encoding="utf-8")
    at_once = {"CALLVAULT_REPORT_AT": "00:00", "CALLVAULT_HANDOFF_DEADLINE": "00:00"}
    return {"CALLVAULT_NOTIFY_URLS_FILE": str(file), **at_once}


def attached(letter: EmailMessage) -> dict[str | None, bytes | None]:
    return {
        one.get_filename(): one.get_payload(decode=True)  # type: ignore[misc]
        for one in letter.iter_attachments()
    }


def test_the_report_is_sent_once_and_an_outage_only_delays_it(
    desk: SmallOffice, mail: MailServer
) -> None:
    """Killed while a server hangs, which is another one after the restart."""
    config = settings_file(desk)
    hand_over(desk)
    today = datetime.now(ZONE).date()
    report = desk.settings.report.folder / f"{today}.html"
    report.parent.mkdir()
    for form in NIGHTLY_FORMS:  # of the hand-off's day, so that today's alone is news
        report.with_name(f"{DAY}.{form}").touch()
    with WebHook() as hook:
        hook.hangs = True
        with running(config, None, **named(desk, f"{hook.url(KEY)}?rto=600")) as daemon:
            daemon.wait_for(hook.asked.is_set)
            assert report.is_file()
            assert daemon.end(9) != 0
            assert KEY not in daemon.said()
    environment = named(desk, mail.url())
    with running(config, None, **environment) as daemon:
        daemon.wait_for(lambda: len(mail.letters) == 1)
        daemon.wait_for_words(f"message {today} by mailto: sent")
        assert daemon.end() == 0
        assert PASSWORD not in daemon.said()
        assert "Traceback" not in daemon.said()
    (letter,) = mail.letters
    assert str(letter["subject"]).startswith("示例公司 recordings of ")
    assert attached(letter) == {report.name: report.read_bytes()}
    assert callvault(config, "notify", environment=environment).stdout == "no message is owed\n"
    with running(config, None, **environment) as daemon:
        daemon.wait_for(lambda: bool(desk.kept()))
        assert daemon.end() == 0
    assert len(mail.letters) == 1


def test_a_second_daemon_sends_nothing_of_what_is_owed(desk: SmallOffice) -> None:
    config = settings_file(desk)
    desk.ingest()
    letter = Letter("2026-11-16", datetime.now(ZONE), "报告", ("一",))
    owed_file.write(desk.settings.report.folder, Owed().with_report(letter))
    with WebHook() as hook, locked(desk.archive):
        told = callvault(config, "run", environment=named(desk, hook.url(KEY)))
        assert (told.returncode, hook.posts) == (1, [])
        assert "another callvault" in told.stderr


def test_alarms_are_sent_and_what_failed_is_told_without_a_secret(
    desk: SmallOffice, mail: MailServer
) -> None:
    config = settings_file(desk)
    with WebHook() as gone:
        nowhere = gone.url(KEY)
    desk.inbox.rmdir()
    urls = (nowhere, mail.url(f"{PASSWORD}-not"), mail.url())
    environment = named(desk, *urls) | {"CALLVAULT_NOTIFY_REPORT": "false"}
    with running(config, None, **environment) as daemon:
        daemon.wait_for(lambda: len(mail.letters) == 1)
        daemon.wait_for_words(r"json \(JSON\): cannot be reached")
        daemon.wait_for_words(r"mailto \(E-Mail\): refused, with 535")
        assert daemon.end() == 0
        assert KEY not in daemon.said()
        assert PASSWORD not in daemon.said()
    (letter,) = mail.letters
    assert letter["subject"] == "示例公司 callvault alarm"
    assert "cannot be opened" in letter.get_content()
    assert attached(letter) == {}
    owed = callvault(config, "notify", environment=environment)
    assert owed.returncode == 3
    assert "not yet to json, mailto\n" in owed.stdout
