"""Workbooks are opened in a process apart that outlives neither a bad one nor its caller."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from ingest import opening as module
from ingest.opening import Opening

BOUNDS = (100, 100, 1000, 1_000)


@pytest.fixture
def opening() -> Iterator[Opening]:
    with Opening() as process:
        yield process


def book(*cells: str) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def program(folder: Path, *lines: str) -> Path:
    path = folder / "program.py"
    head = ("import pickle, sys, time", "said = pickle.load(sys.stdin.buffer)")
    path.write_text("\n".join((*head, *lines)), encoding="utf-8")
    return path


def first_rows(answer: Sequence[tuple[str, Sequence[object], object]]) -> object:
    return [rows for _, rows, _ in answer]


def test_one_process_opens_one_workbook_after_another(opening: Opening) -> None:
    assert first_rows(opening.tabs(book("张三"), BOUNDS, 60)) == [[["张三"]]]
    process = opening._process
    assert opening.tabs(b"no workbook", BOUNDS, 60) == ("not_a_sheet", {})
    assert first_rows(opening.tabs(book("李四"), BOUNDS, 60)) == [[["李四"]]]
    assert process is not None
    assert opening._process is process


def test_what_it_opened_before_a_process_ends_is_asked_for_again(opening: Opening) -> None:
    opening.tabs(book("张三"), BOUNDS, 60)
    assert opening._process is not None
    opening._process.kill()
    assert first_rows(opening.tabs(book("李四"), BOUNDS, 60)) == [[["李四"]]]


def test_a_workbook_that_takes_too_long_is_given_up(
    opening: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PROGRAM", program(tmp_path, "time.sleep(60)"))
    assert opening.tabs(b"", BOUNDS, 0.2) is None


@pytest.mark.parametrize("end", ["sys.exit(1)", "print('x', flush=True)"])
def test_a_workbook_that_ends_the_process_is_given_up(
    opening: Opening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(module, "_PROGRAM", program(tmp_path, end))
    assert opening.tabs(b"", BOUNDS, 60) is None


def test_a_process_that_does_not_end_when_asked_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("pickle.dump((), sys.stdout.buffer)", "sys.stdout.flush()", "time.sleep(60)")
    monkeypatch.setattr(module, "_PROGRAM", program(tmp_path, *lines))
    monkeypatch.setattr("ingest.child._GRACE", 0.1)
    with Opening() as opening:
        assert opening.tabs(b"", BOUNDS, 60) == ()
        process = opening._process
    assert process is not None
    assert process.returncode not in (None, 0)


def test_what_was_never_needed_was_never_started() -> None:
    with Opening() as opening:
        assert opening._process is None
