"""A report in a few lines: what matters, no customer, no number, and never too long."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from audit.completeness import Tally, by_collector, held, lacking, state, tally
from audit.contract import as_json
from audit.day import AnswerLine, DayReport
from audit.reread import reread
from audit.summary import MOST_BYTES, in_short, summarise
from tests.audit.days import HOSTILE, call, day, filed, hostile, large, missing, ordinary, ref
from tests.audit.offices import ZONE, SmallOffice

EVERY = [ordinary(), *map(hostile, HOSTILE), large(300)]
"""Days as they are, as attackers would have them, and full ones."""
LONG_DAY = "2026年11月16日 星期一"


def told(report: DayReport, attach: str = "html") -> str:
    title, lines = summarise(report, attach)
    return "\n".join([title, *lines])


def test_it_says_how_the_day_stands_what_to_do_and_who_lacks_recordings() -> None:
    source = "2026-11-16/王芳/a.mp3"
    report = day(
        [filed(source, "张三", ref(4)), replace(filed("b.mp3", "x"), status="unmatched")],
        [
            call(4, "张三", source),
            call(5, "刘海燕"),
            call(6, "李四", collector="李强"),
            call(7, "赵六", collector="李强"),
            call(8, "钱七", collector=None),
        ],
        [
            missing(5, "刘海燕"),
            missing(6, "李四", "李强"),
            missing(7, "赵六", "李强"),
            replace(missing(8, "钱七"), code="unmatched_recording"),
        ],
    )
    assert told(report).splitlines() == [
        f"济南分公司 {LONG_DAY} 录音核对：需要处理",
        "已联系上客户 5 位：已有录音 1，缺录音 3，待定 1。录音 2 个，其中待人工处理 1",
        "缺录音的催收员：李强 2，王芳 1",
        "· 补交录音或记录表：3 条（缺录音 3）",
        "· 由人判定归属：1 条（录音未匹配 1）",
        "callvault 的完整报告：2026-11-16.html，在报告文件夹里，能收附件的已附上",
    ]


def test_a_good_day_says_so_in_either_language() -> None:
    source = "2026-11-16/王芳/a.mp3"
    report = day([filed(source, "张三", ref(4))], [call(4, "张三", source)], language="en")
    figures = "Customers reached: 1; recorded 1, missing 0, undecided 0. "
    figures += "Recordings: 1, of which 0 held for a person"
    assert told(report, "none").splitlines() == [
        "济南分公司 recordings of Monday 16 November 2026: Complete",
        figures,
        "Nothing needs doing",
        "callvault's whole report is 2026-11-16.html in the report folder",
    ]


def test_what_was_answered_is_nothing_to_do() -> None:
    answer = AnswerLine("客户改用固定电话", "李经理", datetime(2026, 11, 16, 19, 0, tzinfo=ZONE))
    late = replace(missing(5, "x"), code="late_handoff", answer=answer)
    report = day([], [], [late])
    text = told(report)
    assert "没有需要处理的事" in text
    assert "李经理" not in text
    back = reread(json.dumps(as_json(report)), report.office, report.language)
    assert back.findings == report.findings
    old = json.loads(json.dumps(as_json(report)))
    for one in old["findings"]:
        del one["answer"], one["id"], one["tab"]
    (earlier,) = reread(json.dumps(old), report.office, report.language).findings
    assert (earlier.answer, earlier.tab) == (None, None)


def test_the_file_counts_as_the_report_does() -> None:
    """Two customers have one name, and one customer two ways to write theirs."""
    called = (("王伟", "#1"), ("王伟", "#2"), ("张三", "#3"), ("张三丰", "#3"))
    calls = [replace(call(3 + at, name), who=who) for at, (name, who) in enumerate(called)]
    report = day([], calls, [missing(3, "王伟"), missing(4, "王伟"), missing(5, "张三")])
    said = json.loads(json.dumps(as_json(report)))
    back = reread(json.dumps(said), report.office, report.language)
    assert tally([back]) == tally([report]) == Tally(due=3, missing=3)
    assert summarise(back, "html") == summarise(report, "html")
    for one in (*said["calls"], *said["findings"]):  # as it was written before there were these
        del one["who" if "recordings" in one else "tab"]
    earlier = reread(json.dumps(said), report.office, report.language)
    assert tally([earlier]).missing == 3


def test_a_call_of_nobody_named_is_counted() -> None:
    report = day([], [call(5, "刘海燕", collector=None)], [missing(5, "刘海燕", "办公室")])
    assert "缺录音的催收员：未写明 1" in told(report)


def test_of_many_collectors_those_who_lack_most_are_named() -> None:
    names = [f"催收{chr(0x7532 + one)}" for one in range(12)]
    rows = [(name, line) for one, name in enumerate(names) for line in range(one + 1)]
    calls = [call(at, f"客户{at}", collector=name) for at, (name, _) in enumerate(rows)]
    lacking = [missing(at, f"客户{at}", name) for at, (name, _) in enumerate(rows)]
    report = day([], calls, lacking)
    (line,) = [one for one in told(report).splitlines() if one.startswith("缺录音的")]
    assert line.startswith(f"缺录音的催收员：{names[11]} 12，{names[10]} 11，")
    assert line.endswith("，等 2 人")
    assert names[0] not in line


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("report", EVERY)
def test_it_names_no_customer_and_shows_no_number(report: DayReport, language: str) -> None:
    text = told(replace(report, language=language, office="济南分公司"))
    customers = {one.customer for one in report.calls} | {one.customer for one in report.findings}
    assert [name for name in customers if name and len(name) > 1 and name in text] == []
    assert not re.search(r"\d{5}", text)
    assert all(letter.isprintable() or letter == "\n" for letter in text)


@pytest.mark.parametrize(
    "name",
    [
        "13800000001",
        "王芳 138 0000 0001",
        "+86-138-0000-0001",
        "１３８０００００００１",
        "0537.1234567",
    ],
)
def test_whoever_is_called_by_a_number_is_not_told_by_it(name: str) -> None:
    report = day([], [call(5, "刘海燕", collector=name)], [missing(5, "刘海燕")], office=name)
    text = told(report)
    assert not re.search(r"0{4}|０{4}|1234567", text)
    assert "…" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_never_longer_than_a_group_takes(language: str) -> None:
    """The last line stays, whatever the others need."""
    names = [f"{'一二三四五六七八九十' * 9}{one}" for one in range(30)]
    calls = [call(at, f"客{at}", collector=name) for at, name in enumerate(names)]
    every = replace(ordinary(), language=language, office="济" * 450)
    report = replace(every, calls=tuple(calls), findings=(*every.findings, *large(300).findings))
    text = told(report)
    assert len(text.encode()) <= MOST_BYTES
    assert "2026-11-16.html" in text.splitlines()[-1]


@pytest.mark.parametrize("report", EVERY)
def test_what_is_read_back_has_the_same_headline(report: DayReport) -> None:
    back = reread(json.dumps(as_json(report)), report.office, report.language)
    assert [back.date, back.generated_at, back.counts] == [
        report.date,
        report.generated_at,
        report.counts,
    ]
    assert (back.calls, back.findings) == (report.calls, report.findings)
    for one in (state, tally, by_collector):
        assert one([back]) == one([report])
    assert (held(back), lacking(back)) == (held(report), lacking(report))
    assert summarise(back, "html") == summarise(report, "html")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"date": "x"}', '{"date": "2026-11-16", "generated_at": 5}']
)
def test_another_file_is_no_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "2026-11-16.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError):  # noqa: PT011 - one of JSON's or our own
        in_short(SmallOffice(tmp_path).settings, path)


def test_a_file_is_told_in_the_offices_words(tmp_path: Path) -> None:
    path = tmp_path / "2026-11-16.json"
    path.write_text(json.dumps(as_json(ordinary("en"))), encoding="utf-8")
    title, lines = in_short(SmallOffice(tmp_path).settings, path)
    assert title.startswith(f"济宁分公司 {LONG_DAY} 录音核对")
    assert isinstance(lines, Sequence)
    assert HOSTILE[0] not in title
