from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from archive.records import NewRow, Probed, Recording, Row, Sheet, SheetState, Sidecar
from audit.export_contents import Call
from audit.vcon import Conversation, written
from tests.audit.offices import DAY, ZONE, miui
from tests.audit.offices import Row as Line
from tests.audit.packages import by_bagit, by_program, desk_with, exported, table, tree
from tests.audit.vcon_schema import SCHEMA
from tests.desk import IN_TIME, Desk

CHEN = Line("陈建国", "15405381201")
AGAIN = miui("陈建国", "15405381201", time(10, 1))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = desk_with(tmp_path_factory.mktemp("office"))
    desk.office.record(AGAIN)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


@pytest.fixture(scope="module")
def package(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(desk, tmp_path_factory.mktemp("out") / "package", "--vcon")


def vcons(package: Path) -> Mapping[str, Any]:
    """By the name of the customer, or "" of nobody's."""
    told = [json.loads(path.read_bytes()) for path in package.rglob("*.vcon")]
    return {one["parties"][1].get("name", ""): one for one in told}


def test_each_recorded_call_is_one_that_the_draft_allows(package: Path) -> None:
    found = vcons(package)
    assert set(found) == {"陈建国", ""}
    for one in found.values():
        jsonschema.validate(one, SCHEMA)
        for place in one["attachments"]:
            assert place["party"] < len(one["parties"])
            assert place["dialog"] < len(one["dialog"])
    assert found["陈建国"]["uuid"] != found[""]["uuid"]


def test_it_leads_to_its_recordings_whose_hash_it_tells(package: Path) -> None:
    seen = []
    for path in package.rglob("*.vcon"):
        for one in json.loads(path.read_bytes())["dialog"]:
            file = (path.parent / unquote(one["url"])).resolve()
            digest = hashlib.sha512(file.read_bytes()).digest()
            told = one["content_hash"].removeprefix("sha512-")
            assert base64.urlsafe_b64decode(told + "==") == digest
            seen.append(file.relative_to(package.resolve()).as_posix())
    assert sorted(seen) == sorted(row["文件"] for row in table(package, "recordings"))


def test_a_call_of_several_recordings_is_one_with_its_row_as_it_was_handed_in(
    package: Path,
) -> None:
    one = vcons(package)["陈建国"]
    assert [it["start"] for it in one["dialog"]] == [
        "2026-11-16T10:00:00+08:00",
        "2026-11-16T10:01:00+08:00",
    ]
    assert [it["filename"] for it in one["dialog"]] == [miui("陈建国", "15405381201"), AGAIN]
    assert one["parties"] == [
        {"name": "王芳"},
        {"tel": "+8615405381201", "name": "陈建国"},
        {"name": "济宁分公司"},
    ]
    row, *provenance = one["attachments"]
    assert ["联系情况", "已接通"] in row["body"]["cells"]
    assert (package / row["body"]["sheet_file"]).is_file()
    assert [it["dialog"] for it in provenance] == [0, 1]
    for it in provenance:
        file = package / it["body"]["file"]
        assert it["body"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        for seq in it["body"]["custody"]:
            assert (package / f"custody/entries/{seq:08d}.txt").is_file()


def test_a_recording_of_no_call_has_what_is_known_of_it(package: Path) -> None:
    one = vcons(package)[""]
    assert one["parties"][1] == {"tel": "+8615405387777"}
    assert [it["purpose"] for it in one["attachments"]] == ["provenance of the recording"]
    assert one["attachments"][0]["body"]["status"] == "Unmatched"


def test_the_same_question_gives_the_same_bytes_and_the_package_is_sound(
    desk: Desk, package: Path, tmp_path: Path
) -> None:
    again = exported(desk, tmp_path / "again", "--vcon")
    assert tree(again) == tree(package)
    assert by_bagit(again) == by_program(again) == []
    assert "vcon/" in (again / "README.html").read_text(encoding="utf-8")
    told = desk.told("export", "-o", str(tmp_path / "told.zip"), "--vcon")
    assert told["vcons"] == 2
    known = desk.told("verify-export", str(tmp_path / "told.zip"))
    assert known["exported"][-1]["vcons"] == 2


def test_nobody_gets_them_who_did_not_ask(desk: Desk, tmp_path: Path) -> None:
    plain = exported(desk, tmp_path / "plain")
    assert not (plain / "vcon").exists()
    assert "vcon/" not in (plain / "README.html").read_text(encoding="utf-8")


AT = datetime(2026, 11, 16, 17, 30, tzinfo=ZONE)
RECORDING = Recording(
    id=1, sha256="a" * 64, size=1, source="2026-11-16/王芳/100% 甲?.amr", day=DAY, collector="王芳",
    arrived_at=AT, path="甲/2026-11-16/100% 甲_.amr", target=None, filed=True, started_at=None,
    precision=None, outcome=None, customer=1, customer_name="甲", row=1,
    probed=Probed("amr", "amr_nb", None, "complete", silent=False, dbfs=None, tags=(), notes=()),
)  # fmt: skip
SAID = NewRow(
    key="k", tab="Sheet1", line=3, day=DAY, collector="李强", department=None, customer_name="乙",
    numbers=("05371234567", "13800138000"), called_at=datetime(2026, 11, 16, 9, 30, tzinfo=ZONE),
    precision="minute", reached=True, promised=None, promised_text=None, location=None, hours=None,
    raw=(("备注", "甲乙"),), problems=(),
)  # fmt: skip
SHEET = Sheet(1, "a.xlsx", "b" * 64, DAY, "王芳", AT, SheetState.READ, (), ())


def told(recording: Recording = RECORDING, said: NewRow | None = SAID) -> Any:
    call = Call(Row(1, "a.xlsx", (), 1, said), SHEET, (recording,)) if said else None
    entry = {"seq": 7, "at": "2026-11-16T17:30:00+08:00", "sha256": recording.sha256}
    one = Conversation(call, (recording,), (entry,))
    made = json.loads(written(one, {1: bytes(64)}, "济宁", ZONE))
    jsonschema.validate(made, SCHEMA)
    return made


def test_the_time_is_the_recordings_else_the_rows_else_the_day_alone() -> None:
    second = datetime(2026, 11, 16, 1, 2, 3, tzinfo=ZONE)
    day = datetime(2026, 11, 17, tzinfo=ZONE)
    for recording, said, start, by in (
        (replace(RECORDING, started_at=second, precision="second"), SAID, "T01:02:03", "recording"),
        (replace(RECORDING, started_at=day, precision="day"), SAID, "T09:30:00", "row"),
        (RECORDING, replace(SAID, precision="day"), "T00:00:00", "day"),
        (RECORDING, None, "T00:00:00", "day"),
    ):
        made = told(recording, said)
        assert made["dialog"][0]["start"] == f"{date(2026, 11, 16)}{start}+08:00"
        assert made["attachments"][-1]["body"]["start_by"] == by


def test_what_is_not_known_is_left_out() -> None:
    nobody = replace(RECORDING, collector=None, customer_name=None, probed=None)
    made = told(nobody, None)
    assert made["parties"] == [{}, {}, {"name": "济宁"}]
    assert "duration" not in made["dialog"][0]
    assert made["dialog"][0]["mediatype"] == "application/octet-stream"


def test_the_number_that_was_called_is_the_customers() -> None:
    assert told()["parties"][1]["tel"] == "05371234567"
    heard = replace(RECORDING, numbers=("13800138000",))
    assert told(heard)["parties"][1]["tel"] == "+8613800138000"
    assert told(heard, replace(SAID, numbers=()))["parties"][1]["tel"] == "+8613800138000"


def test_who_called_is_told_where_a_recorder_said_so() -> None:
    assert "originator" not in told()["dialog"][0]
    sidecar = Sidecar(None, None, None, (), None, None, "in")
    assert told(replace(RECORDING, sidecar=sidecar))["dialog"][0]["originator"] == 1


def test_names_of_files_are_encoded_as_a_url_has_them() -> None:
    (dialog,) = told()["dialog"]
    assert dialog["url"] == "../../../data/%E7%94%B2/2026-11-16/100%EF%BC%85%20%E7%94%B2_.amr"
    assert dialog["mediatype"] == "audio/amr"
