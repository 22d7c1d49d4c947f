from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from archive.catalogue.reached import Reached
from audit.day import DayReport, Finding, RecordingLine, Severity
from audit.html import render
from config.language import Words
from tests.audit.days import (
    DAY,
    HOSTILE,
    call,
    day,
    filed,
    hostile,
    large,
    missing,
    ordinary,
    ref,
)

_VOID = {"meta", "br"}


@dataclass
class Page(HTMLParser):
    """A page as a browser reads it: its elements, links, and the text outside of its style."""

    html: str
    tags: Counter[str] = field(default_factory=Counter)
    attributes: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    pieces: list[str] = field(default_factory=list)
    style: str = ""
    policy: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.feed(self.html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        named = {name: value or "" for name, value in attrs}
        self.attributes |= named.keys()
        if "href" in named:
            self.links.append(named["href"])
        if "id" in named:
            self.ids.add(named["id"])
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            self.style += data
        else:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_finding_is_told_with_whom_and_where(language: str) -> None:
    report, words = ordinary(language), Words(language)
    text = Page(render([report])).text
    for finding in report.findings:
        assert finding.message in text
        for part in (finding.customer, finding.collector, finding.source, finding.sheet):
            assert not part or part in text
        row = f"{finding.sheet} {words('report.tab')} {finding.tab} {words('report.line')}"
        assert finding.tab is None or f"{row} {finding.line}" in text
    assert ("缺录音" in text) is (language == "zh")
    assert ("Missing recording" in text) is (language == "en")


def test_the_headline_is_a_number_and_a_word() -> None:
    text = Page(render([ordinary("en")])).text
    assert "✕ Action needed 50 / 53 customers reached have their recording on file" in text
    assert "Monday 16 November 2026" in text


def test_a_complete_day_says_that_there_is_nothing_to_do() -> None:
    source = "2026-11-16/王芳/a.mp3"
    report = day([filed(source, "张三", ref(4))], [call(4, "张三", source)])
    text = Page(render([report])).text
    assert "✓ 齐全 1 / 1" in text
    assert "没有发现问题" in text


@pytest.mark.parametrize(("language", "lang"), [("zh", "zh-Hans"), ("en", "en")])
def test_the_page_names_its_language(language: str, lang: str) -> None:
    assert f'<html lang="{lang}">' in render([day(language=language)])


def test_an_empty_day_is_a_whole_page() -> None:
    text = Page(render([day()])).text
    assert "– 没有通话" in text
    assert "没有联系上的客户" in text
    assert "当日没有录音。" in text


def test_the_page_runs_no_script_and_loads_nothing() -> None:
    page = Page(render([ordinary()]))
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert page.policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not page.tags.keys() & {"script", "img", "link", "iframe", "form", "object", "audio"}
    assert not re.search(r"@import|url\(|https?:", page.style)
    # The policy would drop them silently.
    assert "style" not in page.attributes
    assert not [name for name in page.attributes if name.startswith("on")]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_do_nothing(name: str) -> None:
    plain, page = Page(render([hostile("张三")])), Page(render([hostile(name)]))
    assert page.tags == plain.tags
    assert page.attributes == plain.attributes
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\ud800\ufffe]", page.html)
    assert page.html.encode("utf-8")
    if name.isprintable():
        assert " ".join(name.split()) in page.text


def test_a_direction_mark_shows_as_an_escape() -> None:
    assert "\\u202e三张" in Page(render([hostile("\u202e三张")])).text


def test_links_lead_to_the_recordings_whatever_their_names() -> None:
    path = '2026-11-16/王芳/a#1?"100%.mp3'
    page = Page(render([day([filed(path, "张三", ref(4))], [call(4, "张三", path)])]))
    assert len(page.links) == 2  # from the call, and from the recording
    for link in page.links:
        assert re.fullmatch(r"[\w./%-]+", link, re.ASCII)
        assert unquote(link) == '张三/2026-11-16/a#1?"100%.mp3'


def test_a_held_recording_can_be_listened_to_from_its_finding_and_shows_whose_it_may_be() -> None:
    page = Page(render([ordinary("en")], link=lambda path: f"file:///D:/archive/{path}"))
    assert "file:///D:/archive/holding/ambiguous_recording.m4a" in page.links
    assert "王建国 2026-11-16/王芳/催收记录表.xlsx · Sheet1 · row 4 · 时间相近" in page.text


def test_a_recording_without_a_place_has_no_link() -> None:
    refused = RecordingLine("2026-11-16/王芳/big.wav", "refused", 5_000_000_000)
    finding = Finding(
        "refused_file", Severity.WARNING, "太大，没有收", None, "王芳", refused.source
    )
    page = Page(render([day([refused], [], [finding])]))
    assert not page.links
    assert "5000.0 MB" in page.text


def test_a_candidate_of_no_named_customer_says_so() -> None:
    report = hostile("张三")
    held = report.recordings[1]
    nobody = replace(held, candidates=(replace(held.candidates[0], customer=None),))
    text = Page(render([replace(report, recordings=(report.recordings[0], nobody))])).text
    assert "未写明 2026-11-16/张三/张三.xlsx · 张三 · 第 5 行" in text


def test_findings_stand_under_what_to_do_and_information_comes_last() -> None:
    text = Page(render([ordinary("en")])).text
    heads = ["Hand in what is missing", "Decide whose it is", "Correct the sheet"]
    places = [text.index(head) for head in [*heads, "Speak with", "For information"]]
    assert places == sorted(places)
    assert text.index("Duplicate recording") > places[-1]


def test_an_unknown_code_stands_for_itself_under_other() -> None:
    text = Page(render([day(findings=[Finding("moon_phase", Severity.WARNING, "满月")])])).text
    assert re.search(r"其他 1 .* moon_phase 注意 满月", text)


def test_calls_without_their_recording_say_so_in_the_table() -> None:
    report = day(
        [],
        [call(4, "张三"), call(5, "张三"), call(6, "李四", reached=False)],
        [missing(4, "张三")],
    )
    assert render([report]).count('class="lack"') == 2 + 2  # two rows; two bars' missing part


def test_several_days_have_one_headline_and_a_line_each() -> None:
    days = [ordinary("en", DAY + timedelta(number), rows=20) for number in (2, 0, 1)]
    page = Page(render(days))
    assert "2026-11-16 to 2026-11-18" in page.text
    assert "51 / 54 customers reached" in page.text
    assert page.links[:3] == ["#d2026-11-16", "#d2026-11-17", "#d2026-11-18"]
    assert {"d2026-11-16", "d2026-11-17", "d2026-11-18"} <= page.ids
    assert "Date 2026-11-17" in page.text


def test_the_bars_say_in_words_what_they_show() -> None:
    held = RecordingLine("2026-11-16/王芳/x.mp3", "ambiguous", 5)
    report = day(
        [held], [call(4, "张三"), call(5, "李四"), call(6, "王五", "a")], [missing(4, "张三")]
    )
    html = render([report])
    assert html.count('aria-label="已联系上客户 3 位，录音已归档 1 位"') == 2
    assert '<rect class="full" width="33.33%"' in html
    assert '<rect class="lack" x="33.33%" width="33.33%"' in html
    assert '<rect class="wait" x="66.67%" width="33.33%"' in html


def test_of_two_customers_of_one_name_the_missing_recording_is_not_hidden() -> None:
    source = "2026-11-16/王芳/a.mp3"
    report: DayReport = day(
        [filed(source, "张伟", ref(4))],
        [call(4, "张伟", source), call(9, "张伟")],
        [missing(9, "张伟")],
    )
    assert "✕ 需要处理 1 / 2" in Page(render([report])).text


def test_two_thousand_rows_render() -> None:
    page = Page(render([large(2000)]))
    assert "1800 / 2000" in page.text
    assert page.tags["tr"] == 2 + 2000 + 1800


def test_no_day_is_no_report() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        render([])


def _office_day(on: date, language: str) -> DayReport:
    """Eight collectors with 25 calls each; of each, two lack their recording and one is held."""
    calls, recordings, findings = [], [], []
    for number in range(8 * 25):
        who, line = f"催收员{number % 8}", 4 + number // 8
        customer = f"客户{number:03}"
        name = f"通话录音@{customer}(1380053{number:04})_{on:%Y%m%d}{number:06}.mp3"
        source = f"{on}/{who}/{name}"
        if number < 16:
            findings.append(missing(line, customer, who, on))
            calls.append(call(line, customer, collector=who, on=on))
        elif number < 24:
            held = replace(filed(source, customer, on=on), status="unmatched", customer=None)
            findings.append(_about(held))
            recordings.append(held)
            calls.append(call(line, customer, collector=who, on=on))
        else:
            recordings.append(filed(source, customer, ref(line, who, on), on))
            calls.append(call(line, customer, source, collector=who, on=on))
    return day(recordings, calls, findings, language=language, on=on)


def _about(held: RecordingLine) -> Finding:
    told = "没有一行与录音吻合；请确认是否为工作通话，是则在记录表中补一行，否则由主管说明"
    return Finding("unmatched_recording", Severity.WARNING, told, None, held.collector, held.source)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_month_of_an_ordinary_office_stays_under_two_megabytes(language: str) -> None:
    """It lists all there is to do; all calls and recordings stand in the days' own reports."""
    days = [_office_day(DAY - timedelta(number), language) for number in range(22)]
    past = {report.date: Reached(200, 176) for report in days}
    page = render(days, past=past)
    assert len(page.encode()) < 2_000_000
    read = Page(page)
    assert read.text.count("客户003") >= 22
    assert sum("mp3" in link for link in read.links) == 22 * 8
    assert not any(link.startswith("#") and link[1:] not in read.ids for link in read.links)
    assert ("全部通话和录音" in read.text) or ("not every call" in read.text)
    assert "通话录音@客户100" not in page


def test_a_few_days_list_every_call() -> None:
    days = [_office_day(DAY - timedelta(number), "en") for number in range(5)]
    assert "通话录音@客户100" in render(days)


def test_several_weeks_are_told_week_by_week_and_month_by_month() -> None:
    days = [ordinary("en", DAY - timedelta(number)) for number in (0, 7, 21)]
    text = Page(render(days)).text
    assert "Week by week" in text
    assert "2026-11-09 – 2026-11-15 94.3% 3 53 50" in text
    assert "November 2026 94.3% 6 106 100" in text
    one = Page(render(days[:1])).text
    assert "Week by week" not in one


def test_late_recordings_are_counted() -> None:
    late = replace(call(4, "张三", "a"), late=True, corrected=True)
    text = Page(render([day([filed("a", "张三", ref(4))], [late], language="en")])).text
    assert "Late 1 Corrected since 1" in text
