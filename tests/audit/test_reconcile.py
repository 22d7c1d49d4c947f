"""The day's report as a whole: every file, every call, every figure in its place."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from audit.day import CallRef, Severity
from audit.rules import SEVERITIES
from config.language import sentences
from ingest.inbox import Kind, kind
from ingest.inbox_pass import Steps
from tests.audit.offices import (
    DAY,
    FIRST_LINE,
    IN_TIME,
    NEXT_DAY,
    SHEET,
    ZONE,
    Row,
    SmallOffice,
    miui,
    oppo,
)
from tests.sample.office import SampleOffice, build

CHEN = Row("陈建国", "15405381201")
CHENS = miui("陈建国", "15405381201")


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallOffice, SampleOffice]:
    """The sample office's whole day, with all its faults."""
    office = SmallOffice(tmp_path_factory.mktemp("sample"))
    sample = build(office.inbox)
    office.take_in()
    return office, sample


def test_every_fault_of_the_sample_office_is_found_and_no_other_error(
    taken_in: tuple[SmallOffice, SampleOffice],
) -> None:
    office, sample = taken_in
    findings = office.report().findings
    for fault in sample.faults:
        assert any(
            finding.code == fault.code
            and fault.customer in (None, finding.customer)
            and fault.source in (None, finding.source)
            and fault.sheet in (None, finding.sheet)
            and fault.line in (None, finding.line)
            for finding in findings
        ), fault
    found = Counter(finding.code for finding in findings)
    assert found == Counter([fault.code for fault in sample.faults] + ["mirror_off"])


def test_every_file_that_is_no_sheet_has_exactly_one_line(
    taken_in: tuple[SmallOffice, SampleOffice],
) -> None:
    office, sample = taken_in
    files = [path.relative_to(office.inbox) for path in office.inbox.rglob("*") if path.is_file()]
    sheets = {path.as_posix() for path in files if kind(path.as_posix()) is Kind.SHEET}
    others = sorted(path.as_posix() for path in files if path.as_posix() not in sheets)
    assert sorted(line.source for line in office.report().recordings) == others
    assert sorted(others) == sorted([*sample.recordings, *sample.ignored])
    report = office.report()
    named = {call.call.sheet for call in report.calls} | {one.sheet for one in report.findings}
    assert sheets <= named


def test_recordings_are_filed_under_the_row_that_names_their_customer(
    taken_in: tuple[SmallOffice, SampleOffice],
) -> None:
    office, sample = taken_in
    report = office.report()
    lines = {line.source: line for line in report.recordings}
    assert {source for source, line in lines.items() if line.status == "filed"} == set(sample.filed)
    for source, place in sample.filed.items():
        line = lines[source]
        assert line.customer == place.customer
        assert line.call == CallRef(place.sheet, "Sheet1", place.line)
        assert line.archive_path is not None
        assert line.archive_path.startswith(f"{place.customer}/{DAY}/")
        assert (office.archive / line.archive_path).read_bytes() == (
            office.inbox / source
        ).read_bytes()
    under = {source: call.call for call in report.calls for source in call.recordings}
    assert under == {source: lines[source].call for source in sample.filed}


def test_the_figures_add_up(taken_in: tuple[SmallOffice, SampleOffice]) -> None:
    office, sample = taken_in
    report = office.report()
    counts = report.counts
    assert counts["recordings"] == len(report.recordings) == len(sample.recordings) + 1
    statuses = Counter(line.status for line in report.recordings)
    assert {name: count for name, count in counts.items() if name in statuses} == statuses
    assert counts["calls"] == len(report.calls) == 16
    assert counts["reached"] == 13
    assert counts["missing"] == 2
    assert counts["findings"] == len(report.findings)


def test_the_gravest_findings_come_first(taken_in: tuple[SmallOffice, SampleOffice]) -> None:
    office, _ = taken_in
    ranks = [list(Severity).index(one.severity) for one in office.report().findings]
    assert ranks == sorted(ranks)
    assert office.report().findings[0].code == "missing_recording"


def test_the_report_says_of_what_and_when_it_is(
    taken_in: tuple[SmallOffice, SampleOffice],
) -> None:
    office, _ = taken_in
    report = office.report()
    assert (report.date, report.office, report.language) == (DAY, office.settings.office.name, "zh")
    assert report.generated_at == IN_TIME
    assert report.generated_at.utcoffset() == IN_TIME.utcoffset()


def test_both_languages_tell_the_same_findings(
    taken_in: tuple[SmallOffice, SampleOffice],
) -> None:
    office, _ = taken_in
    chinese, english = office.report(), office.report(language="en")
    assert [one.code for one in chinese.findings] == [one.code for one in english.findings]
    assert all(
        one.message != other.message
        for one, other in zip(chinese.findings, english.findings, strict=True)
    )


def test_a_recording_s_line_says_what_is_known_of_it(office: SmallOffice) -> None:
    source = office.record_as(CHENS, "calls/15.pcm.wav")
    office.sheet(CHEN)
    office.take_in()
    line = office.line(source)
    assert line.size == (office.inbox / source).stat().st_size
    assert line.duration_seconds == pytest.approx(15, abs=0.1)
    assert line.format == "wav/pcm_s16le"
    assert line.collector == "王芳"
    assert any("号码一致" in reason for reason in line.reasons)
    assert line.candidates[0].call == line.call


def test_a_recording_that_nothing_is_told_of_says_so(office: SmallOffice) -> None:
    source = office.record_as("新录音 3.m4a", "broken/zero_byte.m4a")
    office.take_in()
    line = office.line(source)
    assert (line.duration_seconds, line.format) in {(None, None), (0.0, None)}
    assert len(line.reasons) == 2
    assert "没有号码" in line.reasons[0]
    assert "0 字节" in line.reasons[1]


def test_a_decided_recording_whose_place_is_taken_waits(office: SmallOffice) -> None:
    """A file of the customer's name stands where their folder has to be."""
    source = office.record(CHENS)
    office.sheet(CHEN)
    office.archive.mkdir()
    (office.archive / "陈建国").write_bytes(b"somebody's notes")
    with pytest.raises(ArchiveError):
        office.take_in()
    line = office.line(source)
    assert line.status == "waiting"
    assert line.archive_path is not None
    assert (office.archive / line.archive_path).is_file()
    assert [one.source for one in office.found("recording_waiting")] == [source]
    assert office.found("missing_recording") == []

    (office.archive / "陈建国").unlink()
    office.take_in()
    assert office.line(source).status == "filed"
    assert office.found("recording_waiting") == []


def test_a_recording_waits_where_a_pass_was_cut_short_before_it_was_looked_at(
    office: SmallOffice,
) -> None:
    source = office.record(CHENS)
    office.sheet(CHEN)

    def interrupt(step: str, _done: int, _total: int) -> None:
        if step == "sheets":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.take_in(steps=Steps(interrupt))
    line = office.line(source)
    assert (line.status, line.duration_seconds, line.reasons) == ("waiting", None, ())
    assert line.archive_path is not None
    assert (office.archive / line.archive_path).is_file()
    (finding,) = office.found("recording_waiting")
    assert "callvault ingest" in finding.message
    office.take_in()
    assert office.line(source).status == "filed"


def test_a_file_waits_where_a_pass_was_cut_short_while_it_was_copied(
    office: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.take_in()
    source = office.record(CHENS)
    office.sheet(CHEN)

    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            office.take_in()
    line = office.line(source)
    assert (line.status, line.sha256, line.archive_path) == ("waiting", None, None)
    (finding,) = office.found("recording_waiting")
    assert "callvault ingest" in finding.message
    office.take_in()
    assert office.line(source).status == "filed"


def test_a_day_of_which_nothing_is_known_is_quiet(office: SmallOffice) -> None:
    report = office.report(date(2026, 11, 22))
    assert (report.recordings, report.calls) == ((), ())
    assert [finding.code for finding in report.findings] == ["mirror_off"]
    assert {count for name, count in report.counts.items() if name != "findings"} == {0}


def test_the_recordings_of_a_call_are_named_on_its_day_late_ones_too(office: SmallOffice) -> None:
    first = office.record(miui("陈建国", "15405381201", time(10, 0)))
    late = office.record(miui("陈建国", "15405381201", time(10, 8)), day=NEXT_DAY)
    office.sheet(CHEN)
    office.take_in(datetime(2026, 11, 17, 9, tzinfo=ZONE))
    (call,) = office.report().calls
    assert set(call.recordings) == {first, late}
    assert call.call == CallRef(SHEET, "Sheet1", FIRST_LINE)
    assert (call.customer, call.collector, call.reached) == ("陈建国", "王芳", True)


def test_equal_days_give_equal_reports_in_whatever_order_they_came(tmp_path: Path) -> None:
    told: list[object] = []
    for order in (1, -1):
        office = SmallOffice(tmp_path / str(order))
        sheet = office.sheet(
            Row("王伟", "15405381401", time(10, 20)), Row("王伟", "15405381402", time(10, 40))
        )
        sources = [
            sheet,
            *(office.hand_over(f"{DAY}/王芳/{name}", sound) for name, sound in SOUNDS),
        ]
        hidden = tmp_path / f"hidden {order}"
        hidden.mkdir()
        for place, source in enumerate(sources):
            (office.inbox / source).rename(hidden / str(place))
        for place, source in list(enumerate(sources))[::order]:
            (hidden / str(place)).rename(office.inbox / source)
            office.take_in()
        report = office.report()
        told.append([(line.source, line.status, line.call) for line in report.recordings])
        told.append([(one.code, one.source, one.line) for one in report.findings])
    assert told[:2] == told[2:]


SOUNDS = [
    (name, Path(__file__).parents[1].joinpath("audio", "calls", sample).read_bytes())
    for name, sample in (
        (oppo("王伟", time(10, 30)), "8.mp3"),
        (miui("王伟", "15405381402", time(10, 41)), "15.mp3"),
        (miui("妈妈", "15405389999"), "27.mp3"),
    )
]


def test_every_code_has_its_sentence_and_its_title() -> None:
    for code in SEVERITIES:
        assert f"findings.{code}" in sentences()
        assert f"report.code_{code}" in sentences()
