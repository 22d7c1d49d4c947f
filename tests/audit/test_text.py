from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from rich.cells import cell_len

from audit.day import DayReport, Finding, MirrorLine, RecordingLine, Severity
from audit.rules import SEVERITIES
from audit.text import render
from tests.audit.days import HOSTILE, call, day, filed, hostile, large, missing, ordinary, ref

_SPACE = re.compile(r"\s")


def unwrapped(text: str) -> str:
    """Words in the order they are read, whatever the line breaks."""
    return _SPACE.sub("", text)


def complete() -> DayReport:
    source = "2026-11-16/王芳/a.mp3"
    return day([filed(source, "张三", ref(4))], [call(4, "张三", source)])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80])
def test_every_finding_says_what_whose_where_and_what_to_do(language: str, width: int) -> None:
    report = ordinary(language)
    text = unwrapped(render(report, width, colour=False))
    for finding in report.findings:
        assert unwrapped(finding.message) in text
        assert not finding.customer or finding.customer in text
        place = finding.source or (finding.sheet and f"{finding.sheet}:{finding.line}") or ""
        assert unwrapped(place) in text


def test_a_wide_terminal_gets_a_table_with_one_row_a_finding() -> None:
    text = render(day([], [call(5, "张三")], [missing(5, "张三")]), 160, colour=False)
    (row,) = [line for line in text.splitlines() if line.startswith("缺录音 ")]
    assert re.split(r"\s{2,}", row)[:4] == [
        "缺录音",
        "张三",
        "王芳",
        "2026-11-16/王芳/催收记录表.xlsx:5",
    ]


def test_chinese_columns_line_up() -> None:
    report = day(
        [],
        [call(5, "张三"), call(6, "欧阳建国")],
        [missing(5, "张三"), missing(6, "欧阳建国")],
    )
    rows = [x for x in render(report, 160, colour=False).splitlines() if x.startswith("缺录音 ")]
    starts = {cell_len(row[: row.index("2026-11-16")]) for row in rows}
    assert len(rows) == 2
    assert len(starts) == 1


@pytest.mark.parametrize("width", [40, 80, 110, 200])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_is_wider_than_the_terminal(language: str, width: int) -> None:
    for line in render(ordinary(language), width, colour=True).splitlines():
        assert cell_len(re.sub("\x1b\\[[0-9;]*m", "", line)) <= width


def test_findings_stand_under_their_severity_the_gravest_first() -> None:
    text = render(ordinary("en"), 100, colour=False)
    heads = [line for line in text.splitlines() if line[:1] in "✗!·" and line]
    assert heads == ["✗ Error 4", "! Warning 5", "· Info 3"]
    assert text.index("Missing recording") < text.index("Incomplete row") < text.index("Duplicate")


def test_the_headline_counts_customers_once_and_says_how_the_day_stands() -> None:
    source = "2026-11-16/王芳/a.mp3"
    report = day(
        [filed(source, "张三", ref(4))],
        [call(4, "张三", source), call(5, "张三"), call(6, "李四"), call(7, "王五", reached=False)],
        [missing(6, "李四")],
        language="en",
    )
    second = render(report, 120, colour=False).splitlines()[1].replace("\xa0", " ")
    assert second == "Action needed  Reached 3  Customers reached 2  Recorded 1  Missing 1"


def test_a_held_recording_leaves_its_customer_undecided() -> None:
    held = RecordingLine("2026-11-16/王芳/x.mp3", "ambiguous", 5)
    text = render(day([held], [call(4, "张三")], language="en"), 120, colour=False)
    second = text.splitlines()[1].replace("\xa0", " ")
    assert second.startswith("Please check")
    assert second.endswith("Missing 0  Undecided 1  Held 1")
    assert "0/1  Undecided 1" in text


def test_a_customer_of_whom_nothing_is_known_yet_leaves_the_day_open() -> None:
    text = render(day([], [call(4, "张三")]), 80, colour=False)
    assert "尚未齐全" in text
    assert "0/1  待定 1" in text


@pytest.mark.parametrize("code", sorted(SEVERITIES))
def test_every_finding_that_the_audit_makes_has_a_title(code: str) -> None:
    text = render(day(findings=[Finding(code, Severity.INFO, "…")]), 80, colour=False)
    assert code not in text


def test_a_quiet_day_is_short() -> None:
    text = render(complete(), 80, colour=False)
    assert "齐全" in text
    assert "没有发现问题" in text
    assert len(text.splitlines()) <= 10


def test_an_empty_day_says_so() -> None:
    assert "No calls" in render(day(language="en"), 80, colour=False)
    assert "没有通话" in render(day(), 80, colour=False)


def test_completeness_by_collector_is_full_only_if_nothing_is_lacking() -> None:
    calls = [call(line, f"客户{line}", "a" if line else "") for line in range(100)]
    report = day([], [replace(calls[0], recordings=()), *calls[1:]], [missing(0, "客户0")])
    (bar,) = [line for line in render(report, 80, colour=False).splitlines() if "█" in line]
    assert "░" in bar
    assert bar.endswith("99/100  缺录音 1")


def test_calls_of_nobody_named_have_their_own_bar_at_the_end() -> None:
    report = day([], [call(4, "张三", "a", collector=None), call(5, "李四", "b")])
    bars = [line for line in render(report, 80, colour=False).splitlines() if "█" in line]
    assert [bar.split()[0] for bar in bars] == ["王芳", "未写明"]


def test_recordings_are_summed_by_status_and_by_mirror() -> None:
    lines = [
        filed("a/b/1.mp3", "张三"),
        replace(filed("a/b/2.mp3", "李四"), mirror=MirrorLine("pending")),
        RecordingLine("a/b/3.mp3", "unheard_of", 1),
    ]
    text = render(day(lines, language="en"), 120, colour=False)
    assert "Recordings 3  Filed 2  unheard_of 1  Length 2:47" in text
    assert "Mirror  Mirrored 1  Pending 1" in text


def test_an_unknown_code_stands_for_itself() -> None:
    finding = Finding("moon_phase", Severity.INFO, "满月")
    assert "moon_phase" in render(day(findings=[finding]), 80, colour=False)
    assert "满月" in render(day(findings=[finding]), 80, colour=False)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [80, 160])
def test_hostile_names_are_shown_and_do_nothing(name: str, width: int) -> None:
    text = render(hostile(name), width, colour=False)
    kinds = {unicodedata.category(letter) for letter in text if letter != "\n"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    if name.isprintable():
        assert unwrapped(name) in unwrapped(text)


def test_control_and_direction_marks_show_as_signs() -> None:
    text = unwrapped(render(hostile("张\x1b三\x7f\u202e\ufffe\U000e0041\u3164"), 200, colour=False))
    assert "张␛三␡\\u202e\\ufffe\\U000e0041\\u3164" in text


def test_rare_characters_of_names_are_left_alone() -> None:
    assert "䶮𠮷" in render(hostile("䶮𠮷"), 80, colour=False)


def test_colours_only_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in render(ordinary(), 80, colour=False)
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" in render(ordinary(), 80, colour=True)


def test_two_thousand_rows_render() -> None:
    text = render(large(2000), 120, colour=False)
    assert "Customers\xa0reached\xa02000  Recorded\xa01800  Missing\xa0200" in text
    assert text.count("Missing recording") == 200
