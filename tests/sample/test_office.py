import hashlib
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import av
import openpyxl
import pytest
from python_calamine import CalamineError, CalamineWorkbook

from tests.sample.office import OFFICE_SHEET, OLD_SHEET, OWN_SHEET, ZONE, SampleOffice, build


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> SampleOffice:
    return build(tmp_path_factory.mktemp("inbox"))


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_two_builds_are_equal(office: SampleOffice, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert contents(again.inbox) == contents(office.inbox)
    build(tmp_path)
    assert contents(tmp_path) == contents(office.inbox)


def test_every_file_is_accounted_for(office: SampleOffice) -> None:
    named = {*office.recordings, *office.ignored, OFFICE_SHEET, OWN_SHEET, OLD_SHEET}
    assert set(contents(office.inbox)) == named
    not_filed = set(office.recordings) - set(office.filed)
    assert not_filed == {
        fault.source
        for fault in office.faults
        if fault.code in {"duplicate_recording", "unmatched_recording", "ambiguous_recording"}
    }
    assert {fault.source for fault in office.faults if fault.source} <= set(office.recordings)


def test_only_the_copy_has_the_bytes_of_another(office: SampleOffice) -> None:
    hashes = Counter(
        hashlib.sha256((office.inbox / source).read_bytes()).hexdigest()
        for source in office.recordings
    )
    assert sorted(hashes.values()) == [1] * (len(office.recordings) - 2) + [2]


def test_files_are_from_that_day_before_the_deadline(office: SampleOffice) -> None:
    for _, mtime in contents(office.inbox).values():
        written = datetime.fromtimestamp(mtime / 1e9, ZONE)
        assert written.date() == office.day
        assert 9 <= written.hour < 17


def test_every_recording_but_the_damaged_one_plays(office: SampleOffice) -> None:
    damaged = [fault.source for fault in office.faults if fault.code == "damaged_recording"]
    assert len(damaged) == 1
    for source in office.recordings:
        if source in damaged:
            with pytest.raises(av.FFmpegError):
                av.open(str(office.inbox / source))
            continue
        with av.open(str(office.inbox / source)) as container:
            seconds = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))
        assert any(abs(seconds - length) < 0.3 for length in (8, 13, 15, 20, 27)), source


def test_lines_name_their_customers(office: SampleOffice) -> None:
    lines = {}
    tab = openpyxl.load_workbook(office.inbox / OFFICE_SHEET)["Sheet1"]
    for line in range(1, tab.max_row + 1):
        lines[OFFICE_SHEET, line] = tab.cell(line, 2).value
    book = CalamineWorkbook.from_path(str(office.inbox / OWN_SHEET))
    own = book.get_sheet_by_name("Sheet1").to_python(skip_empty_area=False)
    for line, row in enumerate(own, start=1):
        lines[OWN_SHEET, line] = row[0]
    assert lines[OFFICE_SHEET, 3] == lines[OWN_SHEET, 3] == "客户姓名"
    assert own[0][0] == "电话催收客户信息记录表"
    assert own[1][:5] == ["部门：法规部", "", "催收员：赵敏", "", "日期：2026.11.16"]
    for filing in office.filed.values():
        assert lines[filing.sheet, filing.line] == filing.customer
    for fault in office.faults:
        if fault.sheet and fault.line:
            assert lines[fault.sheet, fault.line] == fault.customer
    assert len(lines) - 6 == 16


def test_the_old_sheet_is_none(office: SampleOffice) -> None:
    with pytest.raises(CalamineError):
        CalamineWorkbook.from_path(str(office.inbox / OLD_SHEET))


def test_it_is_built_by_a_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "tests.sample.office", str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "missing_recording: 刘海燕" in done.stdout
    assert (tmp_path / OFFICE_SHEET).is_file()
