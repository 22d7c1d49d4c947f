from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from audit.contract import as_json
from audit.day import CallRef, CandidateLine, Finding, MirrorLine, RecordingLine, Severity
from tests.audit.days import HOSTILE, call, day, filed, hostile, large, missing, ordinary, ref

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_filed_recording_its_call_and_a_finding_read_as_the_contract_says() -> None:
    source = "2026-11-16/王芳/a.mp3"
    line = replace(
        filed(source, "张三", ref(5)),
        candidates=(CandidateLine("张三", ref(5), 12.5, ("号码相同",)),),
        sha256="a" * 64,
        mirror=MirrorLine("mirrored", "k", "a" * 64),
    )
    report = day([line], [call(5, "张三", source)], [missing(7, "李四")])
    place = {"sheet": "2026-11-16/王芳/催收记录表.xlsx", "tab": "Sheet1", "line": 5}

    said = as_json(report)

    assert said == {
        "date": "2026-11-16",
        "generated_at": "2026-11-16T20:00:00+08:00",
        "counts": {
            "recordings": 1,
            "filed": 1,
            "calls": 1,
            "reached": 1,
            "missing": 1,
            "findings": 1,
        },
        "recordings": [
            {
                "source": source,
                "sha256": "a" * 64,
                "size": 120_000,
                "duration_seconds": 83.4,
                "format": "mp3",
                "status": "filed",
                "customer": "张三",
                "call": place,
                "archive_path": "张三/2026-11-16/a.mp3",
                "mirror": {"state": "mirrored", "key": "k", "checksum": "a" * 64},
                "reasons": ["号码与第 5 行相同"],
                "candidates": [
                    {"customer": "张三", "call": place, "weight": 12.5, "reasons": ["号码相同"]}
                ],
            }
        ],
        "calls": [
            {
                **place,
                "customer": "张三",
                "who": None,
                "collector": "王芳",
                "reached": True,
                "recordings": [source],
            }
        ],
        "findings": [
            {
                "code": "missing_recording",
                "severity": "error",
                "customer": "李四",
                "collector": "王芳",
                "source": None,
                "sheet": place["sheet"],
                "tab": "Sheet1",
                "line": 7,
                "message": report.findings[0].message,
                "id": "",
                "answer": None,
            }
        ],
    }
    assert list(said) == ["date", "generated_at", "counts", "recordings", "calls", "findings"]


@pytest.mark.parametrize(
    "report",
    [
        day(),
        day(language="en"),
        ordinary(),
        ordinary("en"),
        large(200),
        hostile("; ".join(HOSTILE)),
    ],
)
def test_every_report_keeps_to_the_schema(report: Any) -> None:
    assert not list(VALIDATOR.iter_errors(json.loads(json.dumps(as_json(report)))))


def test_what_is_not_known_is_null_and_keeps_to_the_schema() -> None:
    nothing = RecordingLine("2026-11-16/x.tmp", "waiting", 0)
    report = day(
        [nothing, replace(nothing, source="y", status="refused", reasons=("太大",))],
        [call(3, None, collector=None, reached=None)],
        [Finding("sheet_missing", Severity.INFO, "没有记录表")],
    )
    said: Any = as_json(replace(report, generated_at=datetime(2026, 11, 16, 12, 0, 0, 99, UTC)))

    assert said["recordings"][0]["call"] is None
    assert said["recordings"][0]["mirror"] == {"state": "off", "key": None, "checksum": None}
    assert said["calls"][0]["reached"] is None
    assert said["generated_at"] == "2026-11-16T12:00:00+00:00"
    VALIDATOR.validate(said)


def test_paths_and_names_stand_as_they_were_handed_over() -> None:
    said: Any = as_json(hostile("\u202e=cmd<script>"))
    assert said["calls"][0]["customer"] == "\u202e=cmd<script>"
    assert said["calls"][0]["sheet"].startswith("2026-11-16/\u202e=cmd<script>/")


def test_rows_of_one_customer_have_one_mark_which_is_neither_number_nor_name() -> None:
    calls = [replace(call(3 + at, "王伟"), who=who) for at, who in enumerate(("#7", "#2", "#7"))]
    nameless = [replace(call(9, None), who="15405381201"), call(10, None)]
    said: Any = as_json(day([], [*calls, *nameless]))
    VALIDATOR.validate(said)
    assert [one["who"] for one in said["calls"]] == ["#1", "#2", "#1", "#3", None]
    assert "15405381201" not in json.dumps(said)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda r: r.pop("counts"), id="part lacking"),
        pytest.param(lambda r: r.update(version=2), id="part added"),
        pytest.param(lambda r: r.update(date="16.11.2026"), id="date"),
        pytest.param(lambda r: r.update(date="2026-13-45"), id="no such date"),
        pytest.param(lambda r: r.update(generated_at="2026-11-16T20:00:00"), id="no zone"),
        pytest.param(lambda r: r["counts"].update(lost=1), id="unknown count"),
        pytest.param(lambda r: r["counts"].update(filed=-1), id="negative count"),
        pytest.param(lambda r: r["counts"].pop("missing"), id="count lacking"),
        pytest.param(lambda r: r["recordings"][0].update(status="matched"), id="status"),
        pytest.param(lambda r: r["recordings"][0].update(size="5"), id="size as text"),
        pytest.param(lambda r: r["recordings"][0].update(sha256="ABC"), id="hash"),
        pytest.param(lambda r: r["recordings"][0].update(archive_path=None), id="filed nowhere"),
        pytest.param(lambda r: r["recordings"][0].update(customer=None), id="filed under nobody"),
        pytest.param(lambda r: r["recordings"][0].pop("candidates"), id="candidates lacking"),
        pytest.param(lambda r: r["recordings"][0].update(number="139"), id="a number"),
        pytest.param(lambda r: r["recordings"][0]["call"].update(line=0), id="row 0"),
        pytest.param(lambda r: r["recordings"][0]["mirror"].update(state="ok"), id="mirror"),
        pytest.param(lambda r: r["recordings"][0]["mirror"].update(checksum=None), id="unproved"),
        pytest.param(lambda r: r["calls"][0].update(reached="yes"), id="reached"),
        pytest.param(lambda r: r["calls"][0].pop("tab"), id="tab lacking"),
        pytest.param(lambda r: r["findings"][0].update(severity="fatal"), id="severity"),
        pytest.param(lambda r: r["findings"][0].update(code="Missing recording"), id="code"),
        pytest.param(lambda r: r["findings"][0].update(message=None), id="no message"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_allow(change: Change) -> None:
    said: Any = as_json(ordinary())
    VALIDATOR.validate(said)
    altered = copy.deepcopy(said)
    change(altered)
    assert list(VALIDATOR.iter_errors(altered))


def test_the_schema_describes_every_field() -> None:
    objects = [SCHEMA, SCHEMA["properties"]["counts"], *SCHEMA["$defs"].values()]
    for one in objects:
        assert one["additionalProperties"] is False
        for name, field in one["properties"].items():
            assert field.get("description") or "$ref" in field, name


def test_a_row_is_named_by_sheet_tab_and_line() -> None:
    line = replace(filed("a/b/c.mp3", "张三"), call=CallRef("a/b/s.xls", "11月", 12))
    said: Any = as_json(day([line]))
    assert said["recordings"][0]["call"] == {"sheet": "a/b/s.xls", "tab": "11月", "line": 12}
