"""The auditor's search over a catalogue that real passes have filled, in each form."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from click import Choice
from rich.cells import cell_len

from archive.catalogue import search as finder
from archive.catalogue.database import open_catalogue
from archive.catalogue.search import Hit, Query
from archive.errors import ArchiveError
from audit.looking import look_for
from audit.search import FORMS, render, without_numbers
from commands.looking_up import search
from config.language import Words
from tests.audit.offices import (
    DAY,
    FIRST_LINE,
    NEXT_DAY,
    NEXT_MORNING,
    SHEET,
    ZONE,
    Row,
    SmallOffice,
    miui,
    oppo,
)

CHENS = miui("陈建国", "15405381201")
LATE = f"{NEXT_DAY}/王芳/{miui('陈建国', '15405381201', time(10, 9))}"
WEIS = oppo("王伟", time(10, 30))
MUMS = miui("妈妈", "15405389999")
BROKEN = miui("高明", "15405381301", time(9, 30))
SILENT = miui("何丽华", "15405381206", time(14, 10))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> SmallOffice:
    office = SmallOffice(tmp_path_factory.mktemp("office"))
    office.record(CHENS)
    office.record(LATE.rpartition("/")[2], day=NEXT_DAY)
    office.record(WEIS, collector="赵敏")
    office.record(MUMS)
    office.record_as(BROKEN, "broken/m4a_no_moov.m4a", collector="李强")
    office.record_as(SILENT, "calls/silent.mp3")
    office.sheet(
        Row("陈建国", "15405381201"),
        Row("王伟", "15405381401", time(10, 20), collector="赵敏"),
        Row("王伟", "15405381402", time(10, 40), collector="赵敏"),
        Row("高明", "15405381301", time(9, 30), collector="李强"),
        Row("何丽华", "15405381206", time(14, 10)),
    )
    office.take_in(NEXT_MORNING)
    return office


def hits(office: SmallOffice, query: Query) -> list[Hit]:
    with closing(open_catalogue(office.settings.catalogue.url)) as catalogue:
        return list(look_for(catalogue, query).hits)


def found(office: SmallOffice, **asked: Any) -> set[str]:
    """The names of what is found, without their extension."""
    return {Path(hit.source).stem for hit in hits(office, Query(**asked))}


def stems(*names: str) -> set[str]:
    return {Path(name).stem for name in names}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"words": ("陈建",)}, [CHENS, LATE]),
        ({"words": ("陈建国", "王芳")}, [CHENS, LATE]),
        ({"words": ("陈建国", "赵敏")}, []),
        ({"words": ("1201",)}, [CHENS, LATE]),
        ({"words": ("1301",)}, [BROKEN]),
        ({"words": ("李强",)}, [BROKEN]),
        ({"words": ("妈妈",)}, [MUMS]),
        ({"words": ("%",)}, []),
        ({"words": ("_",)}, [MUMS]),
        ({"file": "_"}, [CHENS, LATE, MUMS, BROKEN, SILENT]),
        ({"file": "通话录音@陈"}, [CHENS, LATE]),
        ({"customer": "陈"}, [CHENS, LATE]),
        ({"customer": "王伟"}, []),
        ({"phone": "9999"}, [MUMS]),
        ({"phone": "8120"}, [CHENS, LATE, SILENT]),
        ({"collector": "赵"}, [WEIS]),
        ({"collector": "李强", "customer": "高明"}, [BROKEN]),
        ({"first": NEXT_DAY}, []),
        ({"first": DAY, "last": DAY, "customer": "陈"}, [CHENS, LATE]),
        ({"last": date(2026, 11, 15)}, []),
        ({"status": "filed"}, [CHENS, LATE, BROKEN, SILENT]),
        ({"status": "held"}, [WEIS, MUMS]),
        ({"status": "ambiguous"}, [WEIS]),
        ({"status": "unmatched"}, [MUMS]),
        ({"status": "damaged"}, [BROKEN]),
        ({"status": "silent"}, [SILENT]),
        ({"status": "mirrored"}, []),
        ({"status": "filed", "phone": "1206"}, [SILENT]),
    ],
)
def test_what_a_person_remembers_finds_the_recording(
    office: SmallOffice, asked: dict[str, Any], names: list[str]
) -> None:
    assert found(office, **asked) == stems(*names)


def test_the_newest_call_comes_first_and_the_limit_holds(office: SmallOffice) -> None:
    every = [Path(hit.source).stem for hit in hits(office, Query())]
    assert len(every) == 6
    assert every[0] == Path(SILENT).stem
    assert every[-1] == Path(BROKEN).stem
    assert [Path(hit.source).stem for hit in hits(office, Query(limit=2))] == every[:2]


def test_the_command_offers_every_status_and_every_form() -> None:
    def choices(option: str) -> tuple[str, ...]:
        (of_option,) = (one.type for one in search.params if one.name == option)
        assert isinstance(of_option, Choice)
        return tuple(of_option.choices)

    assert choices("status") == finder.STATUSES
    assert choices("form") == FORMS


def shown(office: SmallOffice, form: str, query: Query, language: str = "zh") -> str:
    return render(hits(office, query), form, ZONE, Words(language), 140, colour=False)


def test_as_json_a_filed_recording_names_its_place_and_its_row(office: SmallOffice) -> None:
    told = json.loads(shown(office, "json", Query(customer="陈建国", file="100000")))
    (hit,) = told
    line = office.line(f"{DAY}/王芳/{CHENS}")
    assert hit == {
        "customer": "陈建国",
        "date": "2026-11-16",
        "time": "10:00:00",
        "collector": "王芳",
        "seconds": line.duration_seconds,
        "status": "filed",
        "mirrored": False,
        "archive_path": line.archive_path,
        "source": f"{DAY}/王芳/{CHENS}",
        "sheet": SHEET,
        "line": FIRST_LINE,
        "sha256": line.sha256,
    }


def test_as_json_a_held_recording_names_nobody(office: SmallOffice) -> None:
    (hit,) = json.loads(shown(office, "json", Query(status="ambiguous")))
    assert (hit["customer"], hit["sheet"], hit["line"]) == (None, None, None)
    assert hit["status"] == "ambiguous"
    assert (office.archive / hit["archive_path"]).is_file()


def test_a_collector_who_is_called_by_their_number_is_masked_too(office: SmallOffice) -> None:
    one = replace(hits(office, Query())[0], collector="王芳13905380001")
    assert without_numbers([one])[0].collector == "王芳139****0001"


def test_nothing_found_is_an_empty_list(office: SmallOffice) -> None:
    nothing = Query(words=("nobody",))
    assert json.loads(shown(office, "json", nothing)) == []
    assert len(shown(office, "csv", nothing).splitlines()) == 1
    assert "找到 0 个录音" in shown(office, "table", nothing)


def test_as_csv_it_has_a_head_and_a_line_each(office: SmallOffice) -> None:
    text = shown(office, "csv", Query(status="held"))
    head, *lines = csv.reader(io.StringIO(text))
    told = json.loads(shown(office, "json", Query(status="held")))
    assert head == list(told[0])
    assert [dict(zip(head, line, strict=True))["sha256"] for line in lines] == [
        one["sha256"] for one in told
    ]
    assert lines[0][head.index("customer")] == ""


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1", "-2+3", "＝1+1"])
def test_as_csv_a_name_that_is_a_formula_is_made_harmless(tmp_path: Path, name: str) -> None:
    office = SmallOffice(tmp_path)
    office.record(miui("someone", "15405381201"))
    office.sheet(Row(name, "15405381201"))
    office.take_in()
    text = shown(office, "csv", Query())
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell[:1] in {"=", "+", "-", "@", "＝"} for cell in row), row


def test_the_table_speaks_the_office_s_language(office: SmallOffice) -> None:
    chinese = shown(office, "table", Query())
    assert "客户" in chinese
    assert "待定" in chinese
    assert chinese.rstrip().endswith("找到 6 个录音")
    english = shown(office, "table", Query(), "en")
    assert "customer" in english
    assert "ambiguous" in english
    assert english.rstrip().endswith("6 recordings found")


def test_the_table_keeps_within_the_width_and_colours_only_where_asked(
    office: SmallOffice,
) -> None:
    found = hits(office, Query())
    plain = render(found, "table", ZONE, Words("zh"), 90, colour=False)
    assert max(cell_len(line.rstrip()) for line in plain.splitlines()) <= 90
    assert "\x1b" not in plain
    assert "\x1b" in render(found, "table", ZONE, Words("zh"), 90, colour=True)


def test_a_recording_that_waits_to_be_filed_is_shown_as_waiting(tmp_path: Path) -> None:
    office = SmallOffice(tmp_path)
    office.record(CHENS)
    office.sheet(Row("陈建国", "15405381201"))
    office.archive.mkdir()
    (office.archive / "陈建国").write_bytes(b"in the way of the customer's folder")
    with pytest.raises(ArchiveError):
        office.take_in()
    assert [hit.status for hit in hits(office, Query())] == ["waiting"]
    assert "待归档" in shown(office, "table", Query())
    assert found(office, status="held") == stems(CHENS)
