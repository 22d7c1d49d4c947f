"""Reports and alarms come to each channel once, after outages and restarts too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import enumerate as enumerate_threads
from typing import Any

import pytest

from config.language import LANGUAGES, Message, Words
from config.settings import Notify, Settings
from ingest import owed_file
from ingest import postman as postman_module
from ingest.postman import MOST_BYTES, Postman, at_work
from ingest.sender import Sender
from tests.ingest.small_office import DAY, EVENING, office
from tests.web_hook import WebHook

SECRET = "s3cr3t-path"
ALARM = "示例公司 callvault alarm"


@dataclass
class Place:
    """An office with one hook, whose clock stands still until it is moved."""

    settings: Settings
    hook: WebHook
    now: datetime = EVENING
    said: list[Message] = field(default_factory=list)

    @property
    def reports(self) -> Path:
        return self.settings.report.folder

    def postman(self) -> Postman:
        """As after a restart."""
        return Postman(self.settings, lambda: self.now, self.said.append, shorten, Sender())

    def write(self, day: str = f"{DAY}") -> None:
        self.reports.mkdir(exist_ok=True)
        (self.reports / f"{day}.html").write_text(f"报告 {day}", encoding="utf-8")
        (self.reports / f"{day}.json").write_text(f"{day}", encoding="utf-8")

    def name(self, *urls: str) -> None:
        assert self.settings.notify.urls_file is not None
        self.settings.notify.urls_file.write_text("\n".join(urls), encoding="utf-8")

    def wanting(self, **wanted: Any) -> None:
        self.settings = replace(self.settings, notify=replace(self.settings.notify, **wanted))

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    @property
    def got(self) -> list[tuple[str, str, Sequence[str]]]:
        """What came: title, text and the names of files."""
        return [
            (said["title"], said["message"], [one["filename"] for one in said["attachments"]])
            for _, said in self.hook.posts
        ]

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.said]


def shorten(path: Path) -> tuple[str, Sequence[str]]:
    text = path.read_text(encoding="utf-8")
    if text != path.stem:
        raise ValueError(text)
    return f"报告 {text}", ["缺录音 2", "王芳 2"]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    addresses = tmp_path / "to.txt"
    plain = office(tmp_path).settings
    with WebHook() as hook:
        place = Place(replace(plain, notify=Notify(addresses)), hook)
        place.name(hook.url(SECRET))
        yield place
    said = "".join(Words(language).say(one) for one in place.said for language in LANGUAGES)
    assert SECRET not in said
    kept = place.reports / owed_file.NAME
    assert not kept.is_file() or SECRET not in kept.read_text(encoding="utf-8")


REPORT = (f"报告 {DAY}", "缺录音 2\n王芳 2", [f"{DAY}.html"])


def test_a_new_report_is_sent_once_with_its_file(place: Place) -> None:
    postman = place.postman()
    place.write()
    postman.round()
    assert place.got == [REPORT]
    postman.round()
    place.postman().round()
    assert (place.got, place.said) == ([REPORT], [])


def test_what_was_made_while_the_clock_was_ahead_is_news_once_its_day_has_come(
    place: Place,
) -> None:
    postman = place.postman()
    place.write()
    postman.round()
    aside = place.reports / f"{DAY}.clock-ahead.json"
    (place.reports / f"{DAY}.json").rename(aside)
    away = place.reports.rename(place.reports.with_name("unplugged"))
    postman.round()
    away.rename(place.reports)
    postman.round()
    place.write()
    postman.round()
    assert place.got == [REPORT, REPORT]
    place.later(days=1)
    (place.reports / f"{DAY}.json").unlink()
    postman.round()
    place.write()
    postman.round()
    assert (len(place.got), place.said) == (2, [])


def test_reports_that_lay_there_before_are_no_news(place: Place) -> None:
    """A kill before the next one changes nothing about that."""
    place.write("2026-11-13")
    place.postman()
    place.write()
    place.postman().round()
    assert place.got == [REPORT]


def test_what_could_not_be_sent_is_sent_later_after_a_restart_too(place: Place) -> None:
    postman = place.postman()
    place.write()
    place.hook.status = 500
    postman.round()
    postman.alarm("镜像没有回应")
    assert place.keys == ["notify.outcome_refused"]
    place.later(minutes=1)
    postman.round()
    assert place.keys == ["notify.outcome_refused"]  # told when it is new
    place.hook.status = 200
    place.hook.posts.clear()
    place.later(minutes=2)
    place.postman().round()
    assert place.got == [REPORT, (ALARM, "2026-11-16 16:30 镜像没有回应", [])]


def test_a_channel_that_fails_keeps_no_other_waiting(place: Place) -> None:
    with WebHook() as gone:
        nowhere = gone.url("nowhere")
    place.name(nowhere, place.hook.url(SECRET))
    postman = place.postman()
    place.write()
    postman.round()
    assert place.got == [REPORT]
    assert place.keys == ["notify.outcome_unreachable"]
    place.name(place.hook.url(SECRET), place.hook.url(SECRET))  # the first address is corrected
    place.later(minutes=1)
    postman.round()
    assert place.got == [REPORT, REPORT]
    assert owed_file.read(place.reports) == replace(postman._owed, letters=(), waits={})


def test_alarms_of_an_outage_come_in_one_message_the_latest_at_its_end(place: Place) -> None:
    postman = place.postman()
    for number in range(60):
        postman.alarm(f"第 {number} 次：归档所在磁盘快满了，请尽快腾出空间")
        place.later(minutes=1)
    postman.round()
    ((title, text, files),) = place.got
    assert (title, files) == (ALARM, [])
    first, *others = text.splitlines()
    assert len(text.encode()) < MOST_BYTES + 100
    assert first == f"({60 - len(others)} earlier ones are in the reports)"
    assert others[-1].startswith("2026-11-16 17:29 第 59 次")
    assert len(others) > 10


def test_a_long_alarm_comes_whole(place: Place) -> None:
    postman = place.postman()
    postman.alarm("x" * 2 * MOST_BYTES)
    postman.round()
    ((_, text, _),) = place.got
    assert text.endswith("x" * 2 * MOST_BYTES)


def test_what_is_not_wanted_is_not_sent(place: Place) -> None:
    place.wanting(report=False, alarms=False)
    postman = place.postman()
    place.write()
    postman.alarm("x")
    postman.round()
    place.wanting(report=True, alarms=True)
    place.postman().round()
    assert place.got == []


@pytest.mark.parametrize(("attach", "files"), [("none", []), ("xlsx", [])])
def test_a_file_that_is_not_wanted_or_not_there_stays_away(
    place: Place, attach: str, files: list[str]
) -> None:
    """No workbook was written here."""
    place.wanting(attach=attach)
    postman = place.postman()
    place.write()
    postman.round()
    assert place.got == [(*REPORT[:2], files)]


def test_what_is_no_report_is_told_and_passed_over(place: Place) -> None:
    postman = place.postman()
    place.reports.mkdir(exist_ok=True)
    (place.reports / "2026-11-15.json").write_text("{}", encoding="utf-8")
    (place.reports / "notes.json").write_text("{}", encoding="utf-8")
    place.write()
    postman.round()
    postman.round()
    assert place.got == [REPORT]
    assert place.keys == ["notify.report_unreadable"]


@pytest.fixture
def on_disk(place: Place, tmp_path: Path) -> Place:
    """The report folder lies on a disk, on which there is a report that was sent."""
    disk = tmp_path / "disk"
    disk.mkdir()
    report = replace(place.settings.report, folder=disk / "reports")
    place.settings = replace(place.settings, report=report)
    place.postman()
    place.write("2026-11-13")
    place.postman().round()
    assert len(place.got) == 1
    place.hook.posts.clear()
    return place


def test_while_the_report_folder_is_away_nothing_is_made_there_and_alarms_are_sent(
    on_disk: Place, tmp_path: Path
) -> None:
    disk = on_disk.reports.parent
    disk.rename(tmp_path / "away")
    postman = on_disk.postman()
    postman.alarm("x")
    postman.round()
    assert [text for _, text, _ in on_disk.got] == ["2026-11-16 16:30 x"]
    assert not disk.exists()
    on_disk.hook.posts.clear()
    (tmp_path / "away").rename(disk)
    on_disk.write()
    postman.round()
    on_disk.postman().round()
    assert on_disk.got == [REPORT]
    assert set(on_disk.keys) == {"notify.not_kept"}


def test_what_an_empty_mount_point_hid_is_no_news_and_what_is_owed_there_is_sent(
    on_disk: Place, tmp_path: Path
) -> None:
    disk = on_disk.reports.parent
    on_disk.hook.status = 500
    on_disk.postman().alarm("from before")
    disk.rename(tmp_path / "away")
    disk.mkdir()
    postman = on_disk.postman()
    postman.alarm("meanwhile")
    postman.round()
    disk.rename(tmp_path / "empty")
    (tmp_path / "away").rename(disk)
    on_disk.hook.status = 200
    on_disk.hook.posts.clear()
    on_disk.later(hours=1)
    postman.round()
    ((title, text, _),) = on_disk.got
    assert title == ALARM
    assert [line[17:] for line in text.splitlines()] == ["from before", "meanwhile"]
    on_disk.postman().round()
    assert len(on_disk.got) == 1


def test_of_a_folder_that_comes_later_and_says_nothing_the_last_report_is_news(
    on_disk: Place, tmp_path: Path
) -> None:
    disk = on_disk.reports.parent
    (on_disk.reports / owed_file.NAME).unlink()
    disk.rename(tmp_path / "away")
    postman = on_disk.postman()
    (tmp_path / "away").rename(disk)
    on_disk.write()
    postman.round()
    assert on_disk.got == [REPORT]


def test_a_report_that_breaks_the_reading_keeps_nothing_else_waiting(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(path: Path) -> tuple[str, Sequence[str]]:
        if path.stem == "2026-11-15":
            raise ZeroDivisionError
        return shorten(path)

    postman = Postman(place.settings, lambda: place.now, place.said.append, broken, Sender())
    place.write("2026-11-15")
    place.write()
    postman.alarm("x")
    postman.round()
    postman.round()
    assert place.got == [(ALARM, "2026-11-16 16:30 x", []), REPORT]
    assert place.keys == ["notify.report_unreadable"]
    assert "ZeroDivisionError" in caplog.text


def test_without_addresses_it_is_told_once_and_made_up_for(place: Place) -> None:
    place.name("# nobody")
    postman = place.postman()
    place.write()
    postman.round()
    postman.round()
    assert place.keys == ["notify.no_channels"]
    place.name(place.hook.url(SECRET))
    postman.round()
    assert place.got == [REPORT]


def test_after_a_week_it_is_given_up(place: Place) -> None:
    place.hook.status = 500
    postman = place.postman()
    postman.alarm("x")
    place.later(days=8)
    postman.round()
    assert place.keys == ["notify.outcome_refused", "notify.given_up"]
    place.later(days=1)
    postman.round()
    assert len(place.got) == 1


def test_where_nothing_can_be_written_down_it_is_sent_and_told(place: Place) -> None:
    place.reports.mkdir()
    (place.reports / owed_file.NAME).mkdir()  # neither read nor replaced
    postman = place.postman()
    place.write()
    postman.round()
    postman.round()
    assert place.got == [REPORT]
    assert set(place.keys) == {"notify.not_kept"}


def test_without_channels_nothing_is_made(place: Place) -> None:
    settings = replace(place.settings, notify=Notify())
    with at_work(settings, lambda: place.now, place.said.append, shorten) as postman:
        postman.announce("x")
        postman.look()
        postman.round()
    assert not place.reports.exists()
    assert place.said == []


def test_at_work_it_sends_by_itself_and_ends_though_a_server_hangs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hung is owed still."""
    monkeypatch.setattr(postman_module, "PARTING_SECONDS", 0.0)
    place.hook.hangs = True
    place.name(f"{place.hook.url(SECRET)}?rto=600")
    with at_work(place.settings, lambda: place.now, place.said.append, shorten) as postman:
        postman.announce("x")
        postman.look()
        assert place.hook.asked.wait(60)
    assert [one.name for one in enumerate_threads() if one.name == "postman"] == []
    assert place.said == []
    owed = owed_file.read(place.reports)
    assert owed is not None
    assert [one.lines for one in owed.letters] == [("2026-11-16 16:30 x",)]
