"""What a manager or an auditor gets from `report` and `search`, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import DAY, NEXT_DAY
from tests.desk import IN_TIME, ROOT, Desk
from tests.sample.office import build

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The sample office after its day was taken in."""
    desk = Desk(tmp_path_factory.mktemp("sample"))
    build(desk.inbox)
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    return desk


class TestReport:
    def test_before_anything_was_taken_in_there_is_nothing_to_report(self, tmp_path: Path) -> None:
        result = Desk(tmp_path).run("report")
        assert (result.exit_code, result.stdout) == (NEEDS_A_PERSON, "")
        assert "run callvault ingest" in result.stderr

    def test_a_day_with_faults_needs_a_person(self, sample: Desk) -> None:
        result = sample.run("report", "--date", f"{DAY}")
        assert (result.exit_code, result.stderr) == (NEEDS_A_PERSON, "")
        assert "Monday 16 November 2026" in result.stdout
        assert "刘海燕 was reached, but there is" in " ".join(result.stdout.split())
        assert "\x1b" not in result.stdout

    def test_a_quiet_day_is_done(self, sample: Desk) -> None:
        assert sample.run("report", "--date", f"{NEXT_DAY}").exit_code == DONE

    def test_as_json_it_keeps_the_contract(self, sample: Desk) -> None:
        told = sample.told("report")
        jsonschema.Draft202012Validator(SCHEMA).validate(told)
        assert told["date"] == f"{DAY}"
        files = {path.relative_to(sample.inbox).as_posix() for path in sample.inbox.rglob("*.*")}
        sources = [one["source"] for one in told["recordings"]]
        assert len(sources) == len(set(sources))
        sheets = {one["sheet"] for one in told["calls"] + told["findings"] if one["sheet"]}
        assert files == set(sources) | sheets

    @pytest.mark.parametrize(
        ("args", "days"),
        [
            (["--from", "2026-11-01", "--to", "2026-11-30"], [f"{DAY}"]),
            (["--from", "2026-11-01"], [f"{DAY}"]),
            (["--month", "2026-11"], [f"{DAY}"]),
            (["--month", "2026-10"], []),
            (["--to", "2026-11-15"], []),
        ],
    )
    def test_as_json_a_range_is_a_list_of_days(
        self, sample: Desk, args: list[str], days: list[str]
    ) -> None:
        told = sample.told("report", *args)
        assert [one["date"] for one in told["days"]] == days

    def test_a_range_of_which_nothing_is_known_is_no_fault(self, sample: Desk) -> None:
        result = sample.run("report", "--to", "2026-11-15")
        assert (result.exit_code, result.stdout) == (DONE, "")
        assert "of these days" in result.stderr

    def test_a_month_is_asked_for_alone(self, sample: Desk) -> None:
        result = sample.run("report", "--month", "2026-11", "--date", f"{DAY}")
        assert result.exit_code == WRONG_USE
        assert "--month" in result.stderr

    def test_as_html_it_is_one_page(self, sample: Desk) -> None:
        result = sample.run("report", "--format", "html")
        assert result.stdout.lower().startswith("<!doctype html>")
        assert result.stdout.rstrip().endswith("</html>")
        assert 'class="calendar"' in result.stdout

    @pytest.mark.parametrize("form", ["text", "json", "html"])
    def test_a_file_takes_the_place_of_stdout(
        self, sample: Desk, tmp_path: Path, form: str
    ) -> None:
        path = tmp_path / "new" / f"report.{form}"
        result = sample.run("report", "--format", form, "-o", str(path))
        assert (result.exit_code, result.stdout) == (NEEDS_A_PERSON, "")
        assert "刘海燕" in path.read_text(encoding="utf-8")

    def test_as_xlsx_it_is_a_workbook(self, sample: Desk, tmp_path: Path) -> None:
        path = tmp_path / "report.xlsx"
        sample.run("report", "--format", "xlsx", "-o", str(path))
        assert len(openpyxl.load_workbook(path).sheetnames) == 4

    def test_a_file_that_cannot_be_written_fails_with_advice(
        self, sample: Desk, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_bytes(b"")
        result = sample.run("report", "-o", str(tmp_path / "file" / "report.txt"))
        assert result.exit_code == FAILED
        assert "cannot be written" in result.stderr


class TestSearch:
    def test_as_a_table_it_is_for_people(self, sample: Desk) -> None:
        result = sample.run("search", "徐磊", "--from", f"{DAY}", "--to", f"{DAY}")
        assert (result.exit_code, result.stderr) == (DONE, "")
        assert result.stdout.rstrip().endswith("2 recordings found")

    @pytest.mark.parametrize(
        ("args", "found"),
        [
            (["--customer", "徐"], 2),
            (["--phone", "1303"], 2),
            (["--collector", "赵敏"], 3),
            (["--status", "held"], 2),
            (["--status", "filed", "--limit", "3"], 3),
            (["--from", f"{NEXT_DAY}"], 0),
            (["徐磊", "李强", "1303"], 2),
            (["nobody"], 0),
        ],
    )
    def test_everything_asked_must_hold_and_nothing_found_is_no_error(
        self, sample: Desk, args: list[str], found: int
    ) -> None:
        result = sample.run("search", *args, "--format", "json")
        assert result.exit_code == DONE
        assert len(json.loads(result.stdout)) == found

    def test_as_csv_it_has_a_line_each(self, sample: Desk) -> None:
        lines = sample.run("search", "--format", "csv").stdout.splitlines()
        assert len(lines) == 14
        assert lines[0].startswith("customer,date,time,")
